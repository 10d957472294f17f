//! The settings of a channel: edited on its page, and encrypted in the database.

use app::backend::Channels;
use app::channel::{ChannelDraft, ChannelKind};
use app::id::ChannelId;
use serde_json::json;

use super::{draft_to, made, tested};
use crate::helpers::TestApp;
use crate::helpers::receiver::{Receiver, SECRET};

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
        ("version", "1"),
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
    let mut wrong = edit;
    (wrong[1].1, wrong[5].1) = ("2", "nosec");
    let refused = admin.submit("/admin/channels", &wrong).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("以 SEC 开头"), "{}", refused.text());
    let id: ChannelId = id.parse().expect("an id");
    assert!(tested(&app, id).await.ok, "URL and secret are kept");
    let shown = app
        .service
        .channel_get(&app.console(), id)
        .await
        .expect("it");
    assert_eq!((shown.name.as_str(), shown.lang), ("ops 2", None));

    let mut bad = edit;
    bad[1].1 = "2";
    bad[3] = ("kind", "telegram");
    let refused = admin.submit("/admin/channels", &bad).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains(r#"name="id""#),
        "it still changes this one"
    );
    assert!(tested(&app, id).await.ok, "nothing was changed");

    let mut clear: Vec<(&str, &str)> = edit.into_iter().chain([("secret_clear", "true")]).collect();
    clear[1] = ("version", "2");
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
