//! Bots and people on the page, in the API and in the terminal.

use app::auth::Role;
use serde_json::json;

use crate::helpers::TestApp;
use crate::helpers::place::Place;
use crate::helpers::program::{admin_token, jcrontab};
use crate::helpers::wecom_bot::{BOT, SECRET, WecomVendor};

#[tokio::test]
async fn a_bot_is_added_on_the_page_and_people_are_managed_by_administrators() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let vendor = WecomVendor::start().await;
    let fields = [
        ("name", "bot"),
        ("kind", "wecom_bot"),
        ("url", &vendor.url()),
        ("bot", BOT),
        ("secret", SECRET),
        ("chat", "group-1"),
        ("format", "template_card"),
    ];
    let added = admin.submit("/admin/channels", &fields).await;
    assert_eq!(added.status, 303, "{}", added.text());
    let listed = admin.get("/api/v1/channels").await.expect(200);
    assert_eq!(listed["items"][0]["settings"]["bot"], BOT);
    assert!(!listed.to_string().contains(SECRET));
    let mut faulty = fields;
    faulty[3].1 = "";
    faulty[6].1 = "news";
    faulty[0].1 = "other";
    let refused = admin.submit("/admin/channels", &faulty).await;
    assert_eq!(refused.status, 422);

    let ann = json!({"vendor": "wecom_bot", "person": "ann-7", "user": "ada"});
    let added = admin
        .post("/api/v1/chat/people", ann.clone())
        .await
        .expect(201);
    assert_eq!(added["user"], "ada");
    assert_eq!(admin.post("/api/v1/chat/people", ann).await.status, 409);
    for bad in [
        json!({"vendor": "slack", "person": "x", "user": "ada"}),
        json!({"vendor": "wecom_bot", "person": "a b", "user": "ada"}),
        json!({"vendor": "wecom_bot", "person": "x", "user": "no-such-user"}),
    ] {
        assert_eq!(admin.post("/api/v1/chat/people", bad).await.status, 422);
    }
    let page = admin.open("/admin/channels").await.text();
    assert!(page.contains("ann-7"), "{page}");
    let viewer = app.signed_in("vic", Role::Viewer).await;
    assert_eq!(viewer.get("/api/v1/chat/people").await.status, 403);
    let page = viewer.open("/admin/channels").await.text();
    assert!(!page.contains("ann-7"));
    let path = format!("/api/v1/chat/people/{}", added["id"]);
    assert_eq!(admin.call("DELETE", &path, None).await.status, 204);
    assert_eq!(admin.call("DELETE", &path, None).await.status, 404);
}

#[tokio::test]
async fn people_are_managed_in_the_terminal() {
    let place = Place::new().await;
    admin_token(&place).await;
    let add = ["chat", "person", "add", "ann-7", "--user=root"];
    assert_eq!(jcrontab(&place, &add).await.code, 0);
    let listed = jcrontab(&place, &["chat", "person", "list"]).await;
    assert!(
        listed.out.contains("ann-7") && listed.out.contains("root"),
        "{listed:?}"
    );
    let asked = jcrontab(&place, &["chat", "person", "delete", "ann-7"]).await;
    assert!(asked.refused(2).contains("--yes"), "{asked:?}");
    let gone = ["chat", "person", "delete", "ann-7", "--yes"];
    assert_eq!(jcrontab(&place, &gone).await.code, 0);
    jcrontab(&place, &gone).await.refused(3);
}
