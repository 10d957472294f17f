//! Receivers whose certificates are of a private CA: trusted by one channel, or by the server.

use app::auth::Role;
use app::backend::Runs;
use app::channel::{ChannelDraft, ChannelKind};
use app::run::RunState;
use app::task::TaskDraft;
use app::task::execution::{ExecutionDraft, HttpDraft};
use serde_json::json;

use super::super::helpers::TestApp;
use super::super::helpers::clock::at;
use super::super::helpers::place::Place;
use super::super::helpers::private_ca::PrivateCa;
use super::super::helpers::program::Server;
use super::{made, quiet, tested};

/// What is said about a certificate of an authority that is not trusted.
const NOT_TRUSTED: &str = "由不受信任的机构签发";

fn webhook(name: &str, url: String, ca: Option<String>) -> ChannelDraft {
    ChannelDraft {
        name: name.to_owned(),
        kind: ChannelKind::Webhook,
        url,
        ca,
        ..ChannelDraft::default()
    }
}

#[tokio::test]
async fn a_channel_trusts_the_ca_that_was_entered_for_it_and_no_other_channel_does() {
    let app = TestApp::new().await;
    app.notify();
    let (ours, theirs) = (
        PrivateCa::new(&app.place, "ours").await,
        PrivateCa::new(&app.place, "theirs").await,
    );
    let receiver = ours.receiver("ok").await;
    let url = receiver.url("/hook/0123456789ab");
    for (name, ca) in [("none", None), ("wrong", Some(theirs.pem()))] {
        let channel = made(&app, &webhook(name, url.clone(), ca)).await;
        let test = tested(&app, channel.id).await;
        assert!(!test.ok && test.answer.contains("authority"), "{test:?}");
        // The message of a run says it in its row, and waits for a CA that fits.
        let failing = TaskDraft {
            name: name.to_owned(),
            command: "exit 3".to_owned(),
            ..quiet(channel.id)
        };
        let task = app.add(failing).await;
        let run = app.start_run(task.id).await;
        app.ended(run).await;
        let viewer = app.signed_in(&format!("viewer-{name}"), Role::Viewer).await;
        let path = format!("/api/v1/messages?task={}&event=failed", task.id);
        let row = app
            .until("the answer of the message", async || {
                let rows = viewer.get(&path).await.expect(200);
                let row = rows["items"][0].clone();
                row["answer"].is_string().then_some(row)
            })
            .await;
        assert_eq!(row["state"], "pending", "{row}");
        assert_eq!(row["maybe_twice"], false, "nothing has left: {row}");
        let answer = row["answer"].as_str().expect("a text");
        assert!(
            answer.contains("authority") || answer.contains(NOT_TRUSTED),
            "{answer}"
        );
    }
    assert_eq!(receiver.got(), 0);
    for (kind, name) in [
        (ChannelKind::Webhook, "right"),
        (ChannelKind::Slack, "chat"),
    ] {
        let draft = ChannelDraft {
            kind,
            ..webhook(name, url.clone(), Some(ours.pem()))
        };
        let channel = made(&app, &draft).await;
        assert_eq!(channel.settings.ca, ours.pem().trim());
        let test = tested(&app, channel.id).await;
        assert!(test.ok, "{test:?}");
    }
    assert_eq!(receiver.got(), 2);
    // The one that was entered for another channel is trusted there only.
    let other = made(&app, &webhook("other", url, None)).await;
    assert!(!tested(&app, other.id).await.ok);
}

#[tokio::test]
async fn what_is_no_certificate_is_refused_at_the_field() {
    let app = TestApp::new().await;
    let ca = PrivateCa::new(&app.place, "ours").await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let admin = admin.with("accept-language", "en");
    let half = ca.pem().replace("-----END CERTIFICATE-----", "");
    let many = ca.pem().repeat(40);
    for (pem, says) in [
        ("MIIB".to_owned(), "BEGIN CERTIFICATE"),
        (ca.key(), "private key"),
        (format!("{}{}", ca.pem(), ca.key()), "private key"),
        (half, "cannot be used"),
        (many, "16 KiB"),
    ] {
        let draft =
            json!({"name": "ops", "kind": "webhook", "url": "https://127.0.0.1:9/", "ca": pem});
        let reply = admin.post("/api/v1/channels", draft).await;
        assert_eq!(reply.status, 422, "{says}");
        assert_eq!(reply.faults()[0].0, "ca", "{says}");
        assert!(reply.text().contains(says), "{says}: {}", reply.text());
    }
}

#[tokio::test]
async fn the_server_trusts_a_ca_for_messages_requests_and_calendars() {
    let place = Place::new().await;
    let ca = PrivateCa::new(&place, "ours").await;
    let days = r#"{"days":[{"date":"2031-01-01","isOffDay":true,"name":"元旦"}]}"#;
    let (robot, feed) = (
        ca.receiver(r#"{"errcode":0,"errmsg":"ok"}"#).await,
        ca.receiver(days).await,
    );
    let file = format!("--outbound-ca={}", ca.file().display());
    let flags = ["--outbound-allow=127.0.0.0/8", file.as_str()];
    let clock = std::sync::Arc::new(super::super::helpers::clock::ManualClock::new(at(
        "2026-11-22T08:00:00Z",
    )));
    let app = TestApp::start(place, clock, None, &flags).await;
    let draft = ChannelDraft {
        kind: ChannelKind::Wecom,
        ..webhook(
            "ops",
            robot.url("/cgi-bin/webhook/send?key=0123456789ab"),
            None,
        )
    };
    let channel = made(&app, &draft).await;
    let test = tested(&app, channel.id).await;
    assert!(test.ok, "{test:?}");
    let direct = ChannelDraft {
        name: "by no proxy".to_owned(),
        proxy: Some("direct".to_owned()),
        ..draft
    };
    let channel = made(&app, &direct).await;
    let test = tested(&app, channel.id).await;
    assert!(test.ok, "{test:?}");
    let asking = TaskDraft {
        execution: ExecutionDraft {
            http: HttpDraft {
                url: robot.url("/start"),
                ..HttpDraft::default()
            },
            ..ExecutionDraft::default()
        },
        command: String::new(),
        ..super::super::helpers::draft("ask", "0 0 1 1 *", "")
    };
    let task = app.add(asking).await;
    let run = app.start_run(task.id).await;
    app.ended(run).await;
    let ended = app.service.run_get(&app.console(), run).await;
    assert_eq!(ended.expect("the run").state, RunState::Succeeded);
    assert_eq!(robot.got(), 3);
    let admin = app.signed_in("ada", Role::Admin).await;
    let source = json!({"name": "cn", "source_url": feed.url("/2031.json")});
    let put = admin.call("PUT", "/api/v1/calendars/cn", Some(source));
    put.await.expect(200);
    let refreshed = admin.call("POST", "/api/v1/calendars/cn/refresh", None);
    assert_eq!(refreshed.await.expect(200)["days"], 1);
}

#[tokio::test]
async fn a_server_does_not_start_with_a_file_that_holds_no_certificate() {
    let place = Place::new().await;
    let file = place.work().join("ca.pem");
    std::fs::write(&file, "not a certificate").expect("a file");
    let (empty, gone) = (file.display().to_string(), "/nowhere/ca.pem");
    for (path, says) in [(empty.as_str(), "no certificate in PEM"), (gone, gone)] {
        let mut server = Server::spawn(&place, &[("JCRONTAB_OUTBOUND_CA", path)]);
        assert_ne!(server.ended().await, 0);
        let log = server.log();
        assert!(
            log.contains("JCRONTAB_OUTBOUND_CA") && log.contains(says),
            "{log}"
        );
    }
}
