//! Each kind of channel against a receiver that behaves as its vendor does.

use app::backend::Channels;
use app::channel::{Channel, ChannelDraft, ChannelKind, ChannelTest};
use app::id::ChannelId;
use app::task::{Mode, TaskDraft};
use chrono::TimeDelta;
use serde_json::json;

use super::helpers::receiver::{Odd, Receiver, SECRET, TOKEN, WEBHOOK_SECRET};
use super::helpers::{TestApp, draft};

mod cli;
mod mail;

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
        assert!(got.text.contains("A test message from Jcrontab"), "{got:?}");
        assert!(
            test.sent.contains("A test message from Jcrontab"),
            "{test:?}"
        );
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
        // A webhook's status says all.
        if kind != ChannelKind::Webhook {
            odd.push(Odd::Say(200, "<html>sign in to the network</html>"));
            odd.push(Odd::Flood);
        }
        odd.push(Odd::Say(404, "Cannot POST /hook/TOKEN-OF-THE-ROBOT"));
        for one in odd {
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
        .channel_update(&app.console(), channel.id, &kept)
        .await;
    assert_eq!(edited.expect("edited").settings.headers, ["authorization"]);
    assert!(tested(&app, channel.id).await.ok);
    let last = receiver.last();
    assert_eq!(last.header("authorization"), "Bearer S3CRET-VALUE");
    assert_eq!(last.header("x-team"), "");
}

#[tokio::test]
async fn a_fault_stands_at_its_field_in_both_languages() {
    let app = TestApp::new().await;
    let url = "http://127.0.0.1:9/x";
    let long: Vec<String> = (0..11).map(|number| format!("X-{number}: y")).collect();
    let people: Vec<String> = (0..51).map(|number| format!("a{number}@b.test")).collect();
    for (body, field, code) in [
        (
            json!({"kind": "telegram", "chat": "1"}),
            "secret",
            "required",
        ),
        (
            json!({"kind": "telegram", "secret": TOKEN}),
            "chat",
            "required",
        ),
        (
            json!({"kind": "telegram", "secret": "x", "chat": "1"}),
            "secret",
            "invalid",
        ),
        (
            json!({"kind": "telegram", "secret": TOKEN, "chat": "ops room"}),
            "chat",
            "invalid",
        ),
        (
            json!({"kind": "dingtalk", "url": url, "secret": "有空格 "}),
            "secret",
            "invalid",
        ),
        (
            json!({"kind": "webhook", "url": url, "secret": "hush"}),
            "secret",
            "invalid",
        ),
        (
            json!({"kind": "webhook", "url": url, "method": "GET"}),
            "method",
            "unknown",
        ),
        (
            json!({"kind": "webhook", "url": url, "headers": ["nonsense"]}),
            "headers",
            "invalid",
        ),
        (
            json!({"kind": "webhook", "url": url, "headers": ["Host: x"]}),
            "headers",
            "reserved",
        ),
        (
            json!({"kind": "webhook", "url": url, "headers": ["A: …"]}),
            "headers",
            "invalid",
        ),
        (
            json!({"kind": "webhook", "url": url, "headers": long}),
            "headers",
            "too_many",
        ),
        (
            json!({"kind": "wecom", "url": url, "secret": "x"}),
            "secret",
            "not_for_kind",
        ),
        (
            json!({"kind": "slack", "url": url, "chat": "1"}),
            "chat",
            "not_for_kind",
        ),
        (
            json!({"kind": "slack", "url": url, "lang": "fr"}),
            "lang",
            "unknown",
        ),
        (
            json!({"kind": "email", "url": "smtp://127.0.0.1", "to": ["a@b.test"]}),
            "from",
            "required",
        ),
        (
            json!({"kind": "email", "url": "smtp://127.0.0.1", "from": "a@b.test"}),
            "to",
            "required",
        ),
        (
            json!({"kind": "email", "url": "smtp://127.0.0.1", "from": "a@b.test", "to": ["no-address"]}),
            "to",
            "invalid",
        ),
        (
            json!({"kind": "email", "url": "smtp://127.0.0.1", "from": "a@b.test", "to": people}),
            "to",
            "too_many",
        ),
        (
            json!({"kind": "email", "url": "https://127.0.0.1", "from": "a@b.test", "to": ["a@b.test"]}),
            "url",
            "not_a_server",
        ),
        (
            json!({"kind": "email", "url": "smtp://u:p@127.0.0.1", "from": "a@b.test", "to": ["a@b.test"]}),
            "url",
            "not_a_server",
        ),
        (
            json!({"kind": "email", "url": "smtp://10.0.0.1", "from": "a@b.test", "to": ["a@b.test"]}),
            "url",
            "refused",
        ),
        (
            json!({"kind": "email", "url": "smtps://127.0.0.1", "tls": "none", "from": "a@b.test", "to": ["a@b.test"]}),
            "tls",
            "contradiction",
        ),
        (
            json!({"kind": "email", "url": "smtp://127.0.0.1", "from": "a@b.test", "to": ["a@b.test"], "user": "u"}),
            "secret",
            "required",
        ),
        (
            json!({"kind": "email", "url": "smtp://127.0.0.1", "from": "a@b.test", "to": ["a@b.test"], "ca": "x"}),
            "ca",
            "invalid",
        ),
        (
            json!({"kind": "email", "url": "smtp://127.0.0.1", "from": "a@b.test", "to": ["a@b.test"], "proxy": "http://127.0.0.1:3128"}),
            "proxy",
            "refused",
        ),
    ] {
        let mut sentences = Vec::new();
        for lang in ["zh", "en"] {
            let admin = app
                .signed_in(
                    &format!("{lang}-{}", server::auth::token::random_id(8)),
                    app::auth::Role::Admin,
                )
                .await
                .with("accept-language", lang);
            let mut body = body.clone();
            body["name"] = json!("c");
            let reply = admin.post("/api/v1/channels", body.clone()).await;
            assert_eq!(reply.status, 422, "{body}: {}", reply.text());
            assert_eq!(
                reply.faults(),
                [(field.to_owned(), code.to_owned())],
                "{body}"
            );
            sentences.push(reply.json()["errors"][0]["message"].clone());
        }
        assert_ne!(sentences[0], sentences[1], "{body}");
    }
}

#[tokio::test]
async fn a_channel_is_changed_on_its_page_and_keeps_what_is_left_empty() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", app::auth::Role::Admin).await;
    let receiver = Receiver::start(ChannelKind::Dingtalk, app.clock.clone()).await;
    // Fields of other kinds come along from a form without a script, and do not count.
    let fields = [
        ("name", "ops"),
        ("kind", "dingtalk"),
        ("url", &receiver.url()),
        ("secret", SECRET),
        ("proxy", "direct"),
        ("lang", "en"),
        ("tls", "starttls"),
        ("method", "POST"),
        ("from", ""),
        ("headers", ""),
    ];
    let added = admin.submit("/admin/channels", &fields).await;
    assert_eq!(added.status, 303, "{}", added.text());
    let listed = admin.get("/api/v1/channels").await.expect(200);
    let channel = &listed["items"][0];
    let id = channel["id"].to_string();
    assert_eq!(channel["settings"]["has_secret"], true);
    assert_eq!(
        (&channel["lang"], &channel["proxy"]),
        (&json!("en"), &json!("direct"))
    );

    let page = admin.open(&format!("/admin/channels?edit={id}")).await;
    let text = page.text();
    assert_eq!(page.status, 200);
    assert!(
        text.contains(r#"name="proxy_shown""#) && text.contains("secret_clear"),
        "{text}"
    );
    assert!(
        !text.contains(SECRET) && !text.contains("TOKEN-OF-THE"),
        "{text}"
    );

    let edit = [
        ("id", id.as_str()),
        ("name", "ops 2"),
        ("kind", "dingtalk"),
        ("url", ""),
        ("secret", ""),
        ("proxy", "direct"),
        ("proxy_shown", "direct"),
        ("lang", ""),
    ];
    let saved = admin.submit("/admin/channels", &edit).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let id: ChannelId = id.parse().expect("an id");
    assert!(tested(&app, id).await.ok, "URL and secret are kept");
    let shown = app
        .service
        .channel_get(&app.console(), id)
        .await
        .expect("it");
    assert_eq!((shown.name.as_str(), shown.lang), ("ops 2", None));

    let mut bad = edit;
    bad[2] = ("kind", "telegram");
    let refused = admin.submit("/admin/channels", &bad).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains(r#"name="id""#),
        "it still changes this one"
    );
    assert!(tested(&app, id).await.ok, "nothing was changed");

    let clear: Vec<(&str, &str)> = edit.into_iter().chain([("secret_clear", "true")]).collect();
    assert_eq!(admin.submit("/admin/channels", &clear).await.status, 303);
    let test = tested(&app, id).await;
    assert!(
        !test.ok && test.answer.contains("sign not match"),
        "{test:?}"
    );
}

#[tokio::test]
async fn settings_are_sealed_and_an_older_channel_still_sends() {
    let app = TestApp::new().await;
    let receiver = Receiver::start(ChannelKind::Webhook, app.clock.clone()).await;
    let secretive = ChannelDraft {
        headers: Some(vec!["Authorization: Bearer S3CRET-VALUE".to_owned()]),
        ..draft_to(ChannelKind::Webhook, &receiver.url())
    };
    made(&app, &secretive).await;
    let query = "SELECT CONCAT_WS(' ', name, kind, url_sealed, url_masked, settings, settings_sealed) FROM channel";
    let rows = app.place.database.rows(query).await.join("\n");
    assert!(
        rows.contains("Authorization") && rows.contains("1:"),
        "{rows}"
    );
    assert!(
        !rows.contains("S3CRET") && !rows.contains("whsec"),
        "{rows}"
    );
    let plain = app
        .channel("plain", ChannelKind::Webhook, &receiver.url())
        .await;
    let count = "SELECT COUNT(*) FROM channel WHERE settings_sealed IS NULL AND settings IS NULL";
    assert_eq!(
        app.place.database.count(count).await,
        1,
        "as before this was there"
    );
    assert!(tested(&app, plain.id).await.ok);
    assert_eq!(receiver.last().header("webhook-signature"), "");
}
