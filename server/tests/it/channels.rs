//! Channels: their URLs are secrets, and only allowed addresses are called.

use app::auth::Role;
use app::backend::{Channels, Tasks};
use app::channel::{ChannelDraft, ChannelKind};
use app::task::{Mode, TaskDraft};
use chrono::TimeDelta;
use serde_json::json;

use super::helpers::message::{reminder, with_robot};
use super::helpers::robot::Mood;
use super::helpers::{Robot, TestApp};

#[tokio::test]
async fn a_url_is_sealed_in_the_database_and_masked_outside() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    // Nothing listens there: the failure must not reveal the URL either.
    let url = "http://127.0.0.1:9/cgi-bin/webhook/send?key=SECRET-OF-THE-ROBOT";
    let made = admin
        .post(
            "/api/v1/channels",
            json!({"name": "ops", "kind": "wecom", "url": url}),
        )
        .await
        .expect(201);
    let id = made["id"].as_i64().expect("an id");
    assert_eq!(made["url_masked"], "http://127.0.0.1:9/…OBOT");
    assert!(made.get("url").is_none());
    let test = admin
        .call("POST", &format!("/api/v1/channels/{id}/test"), None)
        .await
        .expect(200);
    assert_eq!(test["ok"], false);
    let renamed = json!({"name": "运维", "kind": "wecom", "url": ""});
    let renamed = admin
        .call("PUT", &format!("/api/v1/channels/{id}"), Some(renamed))
        .await
        .expect(200);
    assert_eq!(
        (&renamed["name"], &renamed["url_masked"]),
        (&json!("运维"), &made["url_masked"]),
        "an empty URL keeps the old one"
    );
    app.notify();
    let task = app.add(reminder("t", app::id::ChannelId(id))).await;
    app.until("a failed attempt", async || {
        let row = app.messages(task.id).await.remove(0);
        row.last_answer
    })
    .await;

    let everywhere = [
        "SELECT CONCAT_WS(' ', name, kind, url_sealed, url_masked, last_answer) FROM channel",
        "SELECT CONCAT_WS(' ', event, body, mentions, last_answer) FROM message",
        "SELECT CONCAT_WS(' ', who, action, detail) FROM audit",
    ];
    for query in everywhere {
        let rows = app.place.database.rows(query).await.join("\n");
        assert!(!rows.is_empty());
        assert!(
            !rows.contains("SECRET-OF") && !rows.contains("cgi-bin"),
            "{rows}"
        );
    }
    for path in ["/api/v1/channels", &format!("/api/v1/channels/{id}")] {
        let text = admin.get(path).await.text();
        assert!(
            text.contains("url_masked") && !text.contains("SECRET-OF") && !text.contains("cgi-bin"),
            "{text}"
        );
    }
    for page in ["/admin/channels", &format!("/tasks/{}", task.id)] {
        let page = admin.open(page).await;
        assert_eq!(page.status, 200);
        assert!(!page.text().contains("SECRET-OF") && !page.text().contains("cgi-bin"));
    }
    // The key is a file of the server's own.
    let key = app.place.data().join("secret.key");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(key).expect("the key").permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn private_addresses_are_refused_where_nothing_allows_them() {
    let app = TestApp::with(&[]).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    for url in [
        "http://127.0.0.1/x",
        "http://2130706433/x",
        "http://[::1]/x",
        "http://10.0.0.1/x",
        "http://169.254.169.254/latest",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://user:pw@example.com/",
        "not a url",
        "",
    ] {
        let reply = admin
            .post(
                "/api/v1/channels",
                json!({"name": "c", "kind": "webhook", "url": url}),
            )
            .await;
        assert_eq!(reply.status, 422, "{url}");
        assert_eq!(reply.faults()[0].0, "url", "{url}");
    }
    assert_eq!(
        app.place
            .database
            .count("SELECT COUNT(*) FROM channel")
            .await,
        0
    );

    // A name is resolved only when it is used: then it is refused, too, permanently.
    let robot = Robot::start(app.clock.clone()).await;
    let port = robot
        .url()
        .split(':')
        .nth(2)
        .expect("a port")
        .split('/')
        .next()
        .expect("a port")
        .to_owned();
    let channel = app
        .channel(
            "name",
            ChannelKind::Wecom,
            &format!("http://localhost:{port}/send"),
        )
        .await
        .id;
    let test = app
        .service
        .channel_test(&app.console(), channel)
        .await
        .expect("an answer");
    assert!(!test.ok && test.answer.contains("private"), "{test:?}");
    app.notify();
    let task = app.add(reminder("t", channel)).await;
    let row = app
        .until("a dead letter", async || {
            let row = app.messages(task.id).await.remove(0);
            (row.state.as_str() == "dead").then_some(row)
        })
        .await;
    assert!(
        row.last_answer
            .is_some_and(|answer| answer.contains("private"))
    );
    assert!(robot.received().is_empty());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let app = TestApp::new().await;
    let (robot, elsewhere) = (
        Robot::start(app.clock.clone()).await,
        Robot::start(app.clock.clone()).await,
    );
    robot.always(Some(Mood::Redirect(elsewhere.url())));
    for (name, kind) in [("a", ChannelKind::Wecom), ("b", ChannelKind::Webhook)] {
        let channel = app.channel(name, kind, &robot.url()).await;
        let test = app
            .service
            .channel_test(&app.console(), channel.id)
            .await
            .expect("an answer");
        assert!(!test.ok && test.answer.contains("307"), "{test:?}");
    }
    assert_eq!((robot.received().len(), elsewhere.received().len()), (2, 0));
}

#[tokio::test]
async fn a_webhook_gets_json() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app
        .channel("hook", ChannelKind::Webhook, &robot.url())
        .await
        .id;
    app.notify();
    let owners = TaskDraft {
        owners: vec!["ops".into()],
        command: "echo hi; exit 4".into(),
        ..reminder("t", channel)
    };
    let task = app
        .add(TaskDraft {
            mode: Mode::Command,
            ..owners
        })
        .await;
    let first = robot.wait_for(1).await[0].body.clone();
    assert_eq!(
        (&first["event"], &first["task_id"], &first["run_id"]),
        (&json!("created"), &json!(task.id), &json!(null))
    );
    assert_eq!(
        (&first["mentions"], &first["created_at"]),
        (&json!(["ops"]), &json!("2026-11-22T08:00:00Z"))
    );
    let run = app.start_run(task.id).await;
    app.ended(run).await;
    let second = robot.wait_for(2).await[1].body.clone();
    assert_eq!(
        (&second["event"], &second["run_id"]),
        (&json!("failed"), &json!(run))
    );
    assert!(
        second["text"]
            .as_str()
            .is_some_and(|text| text.contains("退出码 4") && text.contains("hi")),
        "{second}"
    );

    // Not WeCom: a status that is not 2xx is a refusal, whatever the body says.
    robot.next([Mood::Status(503)]);
    let test = app
        .service
        .channel_test(&app.console(), channel)
        .await
        .expect("an answer");
    assert!(!test.ok && test.answer.contains("503"));
}

#[tokio::test]
async fn a_test_message_shows_the_vendors_own_answer() {
    let (app, robot, channel) = with_robot().await;
    let test = app
        .service
        .channel_test(&app.console(), channel)
        .await
        .expect("an answer");
    assert!(test.ok && test.answer.contains("errcode"), "{test:?}");
    robot.next([Mood::Refuse(93_000), Mood::Status(502)]);
    let test = app
        .service
        .channel_test(&app.console(), channel)
        .await
        .expect("an answer");
    assert!(
        !test.ok && test.answer.contains("93000"),
        "HTTP 200 says nothing: {test:?}"
    );
    let test = app
        .service
        .channel_test(&app.console(), channel)
        .await
        .expect("an answer");
    assert!(!test.ok && test.answer.contains("502"), "{test:?}");
    let gone = app
        .service
        .channel_test(&app.console(), app::id::ChannelId(99))
        .await
        .expect_err("no channel");
    assert_eq!(gone.kind.status(), 404);
}

#[tokio::test]
async fn only_an_unused_channel_can_be_deleted() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let channel = app
        .channel("ops", ChannelKind::Webhook, "http://127.0.0.1:9/")
        .await
        .id;
    let again = ChannelDraft {
        name: "ops".into(),
        kind: ChannelKind::Webhook,
        url: "http://127.0.0.1:9/".into(),
        ..ChannelDraft::default()
    };
    let taken = app
        .service
        .channel_create(&app.console(), &again)
        .await
        .expect_err("taken");
    assert_eq!(
        (taken.kind.status(), taken.fields[0].field.as_str()),
        (409, "name")
    );
    let task = app.add(reminder("t", channel)).await;
    let path = format!("/api/v1/channels/{channel}");
    let refused = admin.call("DELETE", &path, None).await.expect(409);
    assert_eq!(refused["code"], "channel.in_use");
    app.service
        .task_delete(&app.console(), task.id, None)
        .await
        .expect("deleted");
    admin.call("DELETE", &path, None).await.expect(204);
    admin.call("DELETE", &path, None).await.expect(404);
    assert_eq!(
        app.place
            .database
            .count("SELECT COUNT(*) FROM message")
            .await,
        0
    );
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(
        admin.get("/api/v1/channels").await.expect(200)["items"],
        json!([])
    );
}

#[tokio::test]
async fn a_test_message_obeys_the_pace_of_its_channel() {
    let (app, robot, channel) = with_robot().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let path = format!("/api/v1/channels/{channel}/test");
    for _ in 0..20 {
        assert_eq!(
            admin.call("POST", &path, None).await.expect(200)["ok"],
            true
        );
    }
    // Another channel to the same robot has no slots of its own.
    let same = app.channel("same", ChannelKind::Wecom, &robot.url()).await;
    for id in [channel, same.id] {
        let path = format!("/api/v1/channels/{id}/test");
        let refused = admin.call("POST", &path, None).await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, "62"));
        let problem = refused.json();
        assert_eq!(problem["code"], "channel.no_slot");
        assert!(problem.to_string().contains("08:01:01"), "{problem}");
    }
    assert_eq!(robot.received().len(), 20);
    app.clock.advance(TimeDelta::seconds(61));
    assert_eq!(
        admin.call("POST", &path, None).await.expect(200)["ok"],
        true
    );
    // What the vendor asks for is obeyed as well.
    robot.next([Mood::Later(429, 600)]);
    app.notify();
    app.add(reminder("t", channel)).await;
    app.until("the robot to ask for a pause", async || {
        let blocked = "SELECT COUNT(*) FROM channel WHERE blocked_until IS NOT NULL";
        (app.place.database.count(blocked).await > 0).then_some(())
    })
    .await;
    assert_eq!(admin.call("POST", &path, None).await.status, 429);
}
