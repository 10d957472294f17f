//! Two people who change the same channel or summary: the second is refused, and sees what is different.

use app::auth::Role;
use serde_json::json;

use super::helpers::{Browser, TestApp};

const URL: &str = "http://127.0.0.1:9/cgi-bin/webhook/send?key=SECRET-OF-THE-ROBOT";

/// The same person, with the version that was read.
pub(crate) fn who_read(app: &TestApp, admin: &Browser, version: &str) -> Browser {
    let other = app.browser().with("if-match", version);
    let session = admin.cookie("jcrontab_session").expect("a session");
    other.put_cookie("jcrontab_session", &session);
    other
}

#[tokio::test]
async fn a_channel_that_was_changed_since_it_was_read_is_not_overwritten() {
    let app = TestApp::new().await;
    let admin = app.signed_in("root", Role::Admin).await;
    let body = json!({"name": "ops", "kind": "wecom", "url": URL});
    let made = admin.post("/api/v1/channels", body).await;
    assert_eq!(made.header("etag"), "\"1\"");
    let path = format!("/api/v1/channels/{}", made.expect(201)["id"]);
    assert_eq!(admin.get(&path).await.header("etag"), "\"1\"");

    let first = who_read(&app, &admin, "\"1\"");
    let body = json!({"name": "ops", "kind": "wecom", "lang": "en"});
    let changed = first.call("PUT", &path, Some(body)).await;
    assert_eq!(changed.header("etag"), "\"2\"");
    assert_eq!(changed.expect(200)["version"], 2);
    let body = json!({"name": "ops", "kind": "wecom", "lang": "zh", "brief": "off"});
    let refused = first.call("PUT", &path, Some(body)).await.expect(409);
    assert_eq!(refused["code"], "channel.outdated");
    let words = refused["title"].as_str().expect("a sentence").to_owned();
    assert!(
        words.contains("消息语言") && words.contains("失败速览"),
        "{words}"
    );
    assert!(!words.contains("名称"), "{words}");
    let kept = admin.get(&path).await.expect(200);
    assert_eq!((&kept["lang"], &kept["version"]), (&json!("en"), &json!(2)));

    // The form of a person who opened the page before that.
    let id = kept["id"].to_string();
    let form = |version: &'static str| {
        [
            ("id", id.clone()),
            ("version", version.to_owned()),
            ("name", "ops".to_owned()),
            ("kind", "wecom".to_owned()),
            ("brief", "off".to_owned()),
        ]
    };
    let send = async |version| {
        let fields = form(version);
        let fields = fields.each_ref().map(|(name, text)| (*name, text.as_str()));
        admin.submit("/admin/channels", &fields).await
    };
    let late = send("1").await;
    assert_eq!(late.status, 409, "{}", late.text());
    let page = late.text();
    assert!(
        page.contains("别人修改过这个渠道") && page.contains("消息语言"),
        "{page}"
    );
    assert!(page.contains(r#"name="version" value="2""#), "{page}");
    assert_eq!(send("x").await.status, 409);
    assert_eq!(send("2").await.status, 303);
    let saved = admin.get(&path).await.expect(200);
    assert_eq!(saved["version"], 3);
    assert_eq!(saved["settings"]["brief"], "off");
}

#[tokio::test]
async fn a_summary_that_was_changed_since_it_was_read_is_not_overwritten() {
    let app = TestApp::new().await;
    let admin = app.signed_in("root", Role::Admin).await;
    let channel = json!({"name": "ops", "kind": "wecom", "url": URL});
    let channel = admin.post("/api/v1/channels", channel).await.expect(201)["id"].clone();
    let body = json!({"name": "daily", "channel_id": channel, "time": "09:00"});
    let made = admin.post("/api/v1/summaries", body).await.expect(201);
    let path = format!("/api/v1/summaries/{}", made["id"]);
    assert_eq!(admin.get(&path).await.header("etag"), "\"1\"");

    let reader = who_read(&app, &admin, "\"1\"");
    let put = async |time: &str| {
        let body = json!({"name": "daily", "channel_id": channel, "time": time});
        reader.call("PUT", &path, Some(body)).await
    };
    assert_eq!(put("10:00").await.expect(200)["version"], 2);
    assert_eq!(put("11:00").await.expect(409)["code"], "summary.outdated");
    assert_eq!(admin.get(&path).await.expect(200)["time"], "10:00");

    let (id, channel) = (made["id"].to_string(), channel.to_string());
    let send = async |version| {
        let fields = [
            ("id", id.as_str()),
            ("version", version),
            ("name", "daily"),
            ("channel_id", channel.as_str()),
            ("time", "12:00"),
        ];
        admin.submit("/summaries", &fields).await
    };
    let late = send("1").await;
    assert_eq!(late.status, 409);
    assert!(
        late.text().contains("别人修改过这个汇总"),
        "{}",
        late.text()
    );
    assert_eq!(send("2").await.status, 303);
}
