//! Each kind of channel against a receiver that behaves as its vendor does.

use app::auth::Role;
use app::backend::Channels;
use app::channel::{Channel, ChannelDraft, ChannelKind, ChannelTest};
use app::id::ChannelId;
use app::task::{Mode, TaskDraft};
use chrono::TimeDelta;
use serde_json::json;

use super::helpers::receiver::{Odd, Receiver, SECRET, TOKEN, WEBHOOK_SECRET};
use super::helpers::{TestApp, draft};

mod cli;
mod faults;
mod mail;
mod pace;
mod private_ca;
mod settings;

/// The kinds that speak HTTP and are not WeCom, which has tests of its own.
const KINDS: [ChannelKind; 6] = [
    ChannelKind::Dingtalk,
    ChannelKind::Feishu,
    ChannelKind::Slack,
    ChannelKind::Telegram,
    ChannelKind::Teams,
    ChannelKind::Webhook,
];

/// A channel to a receiver, with the secret that it knows.
fn draft_to(kind: ChannelKind, url: &str) -> ChannelDraft {
    let secret = match kind {
        ChannelKind::Dingtalk | ChannelKind::Feishu => Some(SECRET),
        ChannelKind::Telegram => Some(TOKEN),
        ChannelKind::Webhook => Some(WEBHOOK_SECRET),
        _ => None,
    };
    ChannelDraft {
        name: kind.as_str().to_owned(),
        kind,
        url: url.to_owned(),
        secret: secret.map(str::to_owned),
        chat: (kind == ChannelKind::Telegram).then(|| "-100200300".to_owned()),
        ..ChannelDraft::default()
    }
}

async fn made(app: &TestApp, draft: &ChannelDraft) -> Channel {
    let made = app.service.channel_create(&app.console(), draft).await;
    made.expect("a channel")
}

async fn tested(app: &TestApp, id: ChannelId) -> ChannelTest {
    let tested = app.service.channel_test(&app.console(), id).await;
    tested.expect("an answer")
}

fn quiet(channel: ChannelId) -> TaskDraft {
    TaskDraft {
        mode: Mode::Command,
        channel_id: Some(channel.0),
        ..draft("t", "0 0 1 1 *", "true")
    }
}

#[tokio::test]
async fn every_vendor_takes_what_is_sent_and_a_test_shows_it_without_secrets() {
    let app = TestApp::new().await;
    for kind in KINDS {
        let receiver = Receiver::start(kind, app.clock.clone()).await;
        let channel = made(&app, &draft_to(kind, &receiver.url())).await;
        let test = tested(&app, channel.id).await;
        assert!(test.ok, "{kind:?}: {test:?}");
        assert_eq!(receiver.taken(), 1, "{kind:?}");
        let got = receiver.last();
        assert!(got.text.contains("来自 Jcrontab 的测试消息"), "{got:?}");
        assert!(test.sent.contains("来自 Jcrontab 的测试消息"), "{test:?}");
        assert!(test.sent.starts_with("POST http://127.0.0.1:"), "{test:?}");
        let sign = got.parameter("sign").unwrap_or_default();
        let body_sign = got.json()["sign"].as_str().unwrap_or_default().to_owned();
        let header_sign = got.header("webhook-signature").to_owned();
        for secret in [
            "TOKEN-OF-THE",
            SECRET,
            TOKEN,
            WEBHOOK_SECRET,
            &sign,
            &body_sign,
            &header_sign,
        ] {
            let shown = format!("{test:?}");
            assert!(
                secret.is_empty() || !shown.contains(secret),
                "{kind:?}: {shown}"
            );
        }
    }
}

#[tokio::test]
async fn messages_of_tasks_leave_the_outbox_for_every_vendor() {
    let app = TestApp::new().await;
    app.notify();
    for kind in KINDS {
        let receiver = Receiver::start(kind, app.clock.clone()).await;
        let channel = made(&app, &draft_to(kind, &receiver.url())).await;
        let failing = TaskDraft {
            name: format!("task of {}", kind.as_str()),
            command: "yes '<at user_id=\"all\"></at> *短* <!channel>' | head -c 6000; exit 4"
                .to_owned(),
            owners: vec!["13800138000".to_owned(), "@all".to_owned()],
            ..quiet(channel.id)
        };
        let task = app.add(failing).await;
        let run = app.start_run(task.id).await;
        app.ended(run).await;
        // That it was created, and that its run failed.
        app.until(&format!("two messages to {kind:?}"), async || {
            (receiver.taken() == 2).then_some(())
        })
        .await;
        assert_eq!(receiver.got().len(), 2, "{kind:?}: none was refused");
        if kind == ChannelKind::Slack {
            let text = receiver.last().json()["text"].to_string();
            assert_eq!(
                text.matches("<!channel>").count(),
                1,
                "the owner's alone: {text}"
            );
        }
        if kind == ChannelKind::Feishu {
            let body = receiver.last().json();
            assert_eq!(body["msg_type"], "post", "output mentions no one: {body}");
        }
    }
}

#[tokio::test]
async fn pictures_are_not_counted_as_sent_where_a_vendor_takes_none() {
    let app = TestApp::new().await;
    app.notify();
    let admin = app.signed_in("ada", Role::Admin).await;
    // One for new tasks, too, which has no row of its own before its text is sent.
    let draft = serde_json::json!({"base64": crate::pictures::png()});
    let path = "/api/v1/pictures/created";
    admin.call("PUT", path, Some(draft)).await.expect(200);
    let kind = ChannelKind::Slack;
    let receiver = Receiver::start(kind, app.clock.clone()).await;
    let channel = made(&app, &draft_to(kind, &receiver.url())).await;
    let reminding = TaskDraft {
        mode: Mode::MessageCommand,
        ..quiet(channel.id)
    };
    let task = app.add(reminding).await;
    let run = app.start_run(task.id).await;
    app.ended(run).await;
    let list = format!("/api/v1/messages?channel={}", channel.id);
    let ended = app.until("the messages to end", async || {
        let list = admin.get(&list).await.expect(200)["items"].clone();
        let list = list.as_array().expect("messages").clone();
        let over = |one: &serde_json::Value| one["state"] == "sent" || one["state"] == "withdrawn";
        let all_over = list.iter().all(over);
        (all_over && list.iter().any(|one| one["kind"] == "image")).then_some(list)
    });
    let ended = ended.await;
    for message in &ended {
        let expected = match message["kind"].as_str() {
            Some("image") => "withdrawn",
            _ => "sent",
        };
        assert_eq!(message["state"], expected, "{message}");
        if expected == "withdrawn" {
            let answer = message["answer"].as_str().unwrap_or_default();
            assert!(answer.contains("不发送图片"), "{message}");
        }
    }
    assert_eq!(
        receiver.taken(),
        ended.iter().filter(|one| one["state"] == "sent").count()
    );
    let path = format!("/api/v1/channels/{}", channel.id);
    let shown = admin.get(&path).await.expect(200);
    let answer = shown["last_answer"].as_str().unwrap_or_default();
    assert!(!answer.is_empty() && !answer.contains("图片"), "{shown}");
}

#[tokio::test]
async fn what_a_vendor_refuses_is_refused_at_once_and_in_its_words() {
    let app = TestApp::new().await;
    for (kind, words) in [
        (ChannelKind::Dingtalk, "sign not match"),
        (ChannelKind::Feishu, "sign match fail"),
        (ChannelKind::Webhook, "no matching signature"),
        (ChannelKind::Telegram, "Unauthorized"),
    ] {
        let receiver = Receiver::start(kind, app.clock.clone()).await;
        let wrong = match kind {
            ChannelKind::Telegram => "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-xx",
            ChannelKind::Webhook => "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            _ => "SECwrong",
        };
        let draft = ChannelDraft {
            secret: Some(wrong.to_owned()),
            ..draft_to(kind, &receiver.url())
        };
        let channel = made(&app, &draft).await;
        let test = tested(&app, channel.id).await;
        assert!(
            !test.ok && test.answer.contains(words),
            "{kind:?}: {test:?}"
        );
        let shown = app.service.channel_get(&app.console(), channel.id).await;
        assert!(shown.expect("a channel").refuses, "{kind:?}: for good");
    }
}

#[tokio::test]
async fn an_answer_that_no_vendor_gives_is_no_acceptance() {
    let app = TestApp::new().await;
    for kind in KINDS {
        let receiver = Receiver::start(kind, app.clock.clone()).await;
        let elsewhere = Receiver::start(kind, app.clock.clone()).await;
        let channel = made(&app, &draft_to(kind, &receiver.url())).await;
        let mut odd = vec![
            Odd::Say(500, "oops"),
            Odd::Redirect(elsewhere.url()),
            Odd::Later(429, 7),
        ];
        odd.push(Odd::Say(200, "<html>sign in to the network</html>"));
        // Whatever else a webhook's receiver says, its status decides.
        if kind != ChannelKind::Webhook {
            odd.push(Odd::Flood);
        }
        odd.push(Odd::Say(404, "Cannot POST /hook/TOKEN-OF-THE-ROBOT"));
        for one in odd {
            // Tests obey the pace of their channel.
            app.clock.advance(TimeDelta::minutes(1));
            receiver.next([one.clone()]);
            let test = tested(&app, channel.id).await;
            assert!(!test.ok, "{kind:?} {one:?}: {test:?}");
            assert!(test.answer.len() <= 2100, "{kind:?} {one:?}");
            assert!(
                kind == ChannelKind::Telegram || !test.answer.contains("TOKEN-OF"),
                "{test:?}"
            );
        }
        assert!(
            elsewhere.got().is_empty(),
            "{kind:?}: redirects are not followed"
        );
        assert!(tested(&app, channel.id).await.ok, "{kind:?}");
    }
}

#[tokio::test]
async fn a_webhook_can_say_what_an_answer_has_to_hold() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let kind = ChannelKind::Webhook;
    let receiver = Receiver::start(kind, app.clock.clone()).await;
    let expecting = ChannelDraft {
        expect: Some(r#" {"code": 0} "#.to_owned()),
        ..draft_to(kind, &receiver.url())
    };
    let channel = made(&app, &expecting).await;
    assert_eq!(channel.settings.expect, r#"{"code": 0}"#);
    for (words, ok) in [
        (r#"{"code":0,"message":"taken"}"#, true),
        (r#"{"code":40001,"message":"no such group"}"#, false),
        ("ok", false),
    ] {
        receiver.next([Odd::Say(200, words)]);
        let test = tested(&app, channel.id).await;
        assert_eq!(test.ok, ok, "{test:?}");
        assert!(test.answer.contains(words), "{test:?}");
        assert_eq!(!ok, test.answer.contains("expects"), "{test:?}");
    }
    // Where the receiver takes messages with a page, that is no sign of a proxy in between.
    let paged = ChannelDraft {
        name: "paged".to_owned(),
        expect: Some("queued".to_owned()),
        ..draft_to(kind, &receiver.url())
    };
    let paged = made(&app, &paged).await;
    receiver.next([Odd::Say(200, "<html>queued</html>")]);
    let test = tested(&app, paged.id).await;
    assert_eq!(
        (test.ok, test.answer.as_str()),
        (true, "HTTP 200 <html>queued</html>")
    );
    let shown = app.service.channel_get(&app.console(), paged.id).await;
    let answer = shown.expect("it").last_answer;
    assert_eq!(answer.as_deref(), Some("HTTP 200 <html>queued</html>"));
    // What begins like JSON and is none is no text by mistake.
    let broken =
        json!({"name": "b", "kind": "webhook", "url": receiver.url(), "expect": "{\"code\": 0"});
    let refused = admin.post("/api/v1/channels", broken).await;
    assert_eq!(
        refused.faults(),
        [("expect".to_owned(), "not_json".to_owned())]
    );
    assert!(refused.text().contains("10"), "{}", refused.text());
    // The page shows it and, saved as it is, keeps it; empty, the status decides again.
    let path = format!("/admin/channels?edit={}", channel.id);
    let page = admin.open(&path).await.text();
    let shown = page.contains(r#"value="{&quot;code&quot;: 0}""#);
    assert!(shown, "{page}");
    let id = channel.id.to_string();
    let edit = |version, expect| {
        [
            ("id", id.as_str()),
            ("version", version),
            ("name", "hook"),
            ("kind", "webhook"),
            ("url", ""),
            ("expect", expect),
        ]
    };
    for (version, expect) in [("1", "taken"), ("2", "")] {
        let saved = admin
            .submit("/admin/channels", &edit(version, expect))
            .await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        let stored = app.service.channel_get(&app.console(), channel.id).await;
        assert_eq!(stored.expect("it").settings.expect, expect);
    }
    assert!(tested(&app, channel.id).await.ok);
}

#[tokio::test]
async fn dingtalk_is_left_alone_for_ten_minutes_when_it_says_too_many() {
    let app = TestApp::new().await;
    let receiver = Receiver::start(ChannelKind::Dingtalk, app.clock.clone()).await;
    let channel = made(&app, &draft_to(ChannelKind::Dingtalk, &receiver.url())).await;
    // Another program uses the robot, too.
    receiver.next([Odd::Say(
        200,
        r#"{"errcode":130101,"errmsg":"send too fast"}"#,
    )]);
    app.notify();
    let task = app.add(quiet(channel.id)).await;
    app.until("the refusal", async || {
        (receiver.got().len() == 1).then_some(())
    })
    .await;
    app.until("the message waits", async || {
        let row = app.messages(task.id).await.remove(0);
        (row.state.as_str() == "pending" && row.last_answer.is_some()).then_some(())
    })
    .await;
    app.clock.advance(TimeDelta::seconds(595));
    app.components.signals.outbox.notify_one();
    assert_eq!(receiver.got().len(), 1, "not before ten minutes are over");
    app.clock.advance(TimeDelta::seconds(10));
    app.until("the second attempt", async || {
        (receiver.taken() == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_webhook_has_its_method_and_headers_and_keeps_its_id_over_attempts() {
    let app = TestApp::new().await;
    let receiver = Receiver::start(ChannelKind::Webhook, app.clock.clone()).await;
    let draft = ChannelDraft {
        method: Some("put".to_owned()),
        headers: Some(vec![
            "Authorization: Bearer S3CRET-VALUE".to_owned(),
            "X-Team: ops".to_owned(),
        ]),
        ..draft_to(ChannelKind::Webhook, &receiver.url())
    };
    let channel = made(&app, &draft).await;
    assert_eq!(channel.settings.headers, ["Authorization", "X-Team"]);
    receiver.next([Odd::Say(503, "busy")]);
    app.notify();
    app.add(quiet(channel.id)).await;
    app.until("the first attempt", async || {
        (receiver.got().len() == 1).then_some(())
    })
    .await;
    app.clock.advance(TimeDelta::seconds(10));
    app.until("the second attempt", async || {
        app.clock.advance(TimeDelta::seconds(1));
        (receiver.taken() == 1).then_some(())
    })
    .await;
    let got = receiver.got();
    assert_eq!(got[0].method, axum::http::Method::PUT);
    assert_eq!(got[0].header("authorization"), "Bearer S3CRET-VALUE");
    assert_eq!(got[0].header("webhook-id"), got[1].header("webhook-id"));
    assert_ne!(
        got[0].header("webhook-timestamp"),
        got[1].header("webhook-timestamp"),
        "each attempt is signed anew"
    );
    let test = tested(&app, channel.id).await;
    assert!(
        test.sent.starts_with("PUT ") && test.sent.contains("X-Team: …"),
        "{test:?}"
    );
    assert!(!format!("{test:?}").contains("S3CRET"), "{test:?}");

    // A header that is shown as … keeps its value, one that is missing is removed.
    let kept = ChannelDraft {
        name: "hook".to_owned(),
        kind: ChannelKind::Webhook,
        headers: Some(vec!["authorization: …".to_owned()]),
        ..ChannelDraft::default()
    };
    let edited = app
        .service
        .channel_update(&app.console(), channel.id, None, &kept)
        .await;
    assert_eq!(edited.expect("edited").settings.headers, ["authorization"]);
    assert!(tested(&app, channel.id).await.ok);
    let last = receiver.last();
    assert_eq!(last.header("authorization"), "Bearer S3CRET-VALUE");
    assert_eq!(last.header("x-team"), "");
}
