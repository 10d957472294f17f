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

    let bot = listed["items"][0]["id"].clone();
    let hook = json!({"name": "hook", "kind": "webhook", "url": "http://127.0.0.1:9/hook"});
    let hook = admin.post("/api/v1/channels", hook).await.expect(201)["id"].clone();
    let ann = json!({"channel_id": bot, "person": "ann-7", "user": "ada"});
    let added = admin
        .post("/api/v1/chat/people", ann.clone())
        .await
        .expect(201);
    assert_eq!(
        (&added["user"], &added["channel"], &added["vendor"]),
        (&json!("ada"), &json!("bot"), &json!("wecom_bot"))
    );
    assert_eq!(admin.post("/api/v1/chat/people", ann).await.status, 409);
    for bad in [
        json!({"person": "x", "user": "ada"}),
        json!({"channel_id": 999, "person": "x", "user": "ada"}),
        json!({"channel_id": hook, "person": "x", "user": "ada"}),
        json!({"channel_id": bot, "person": "a b", "user": "ada"}),
        json!({"channel_id": bot, "person": "x", "user": "no-such-user"}),
    ] {
        assert_eq!(admin.post("/api/v1/chat/people", bad).await.status, 422);
    }
    let bot = bot.to_string();
    let form = [
        ("channel_id", bot.as_str()),
        ("person", "bob-8"),
        ("user", "ada"),
        ("owner", ""),
    ];
    let added_there = admin.submit("/fn/chat_person_add", &form).await;
    assert!(added_there.status < 400, "{}", added_there.text());
    let page = admin.open("/admin/channels").await.text();
    assert!(page.contains("ann-7") && page.contains("bob-8"), "{page}");
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
    let run = async |arguments: &[&str]| jcrontab(&place, arguments).await;
    let add = ["chat", "person", "add", "ann-7", "--user=root"];
    run(&add).await.refused(3);
    let bot = ["--kind=wecom_bot", "--bot=b", "--secret=of-the-bot"];
    for name in ["north", "south"] {
        let mut made = vec!["channel", "add", name];
        made.extend(bot);
        assert_eq!(run(&made).await.code, 0);
        if name == "north" {
            // The only bot there is.
            assert_eq!(run(&add).await.code, 0);
        }
    }
    let listed = run(&["chat", "person", "list"]).await;
    for word in ["ann-7", "root", "north"] {
        assert!(listed.out.contains(word), "{listed:?}");
    }
    let which = run(&add).await;
    assert!(which.refused(2).contains("north, south"), "{which:?}");
    let mut south = add.to_vec();
    south.push("--channel=south");
    assert_eq!(run(&south).await.code, 0);

    let asked = run(&["chat", "person", "delete", "ann-7", "--channel=north"]).await;
    assert!(asked.refused(2).contains("--yes"), "{asked:?}");
    let gone = ["chat", "person", "delete", "ann-7", "--yes"];
    let which = run(&gone).await;
    assert!(which.refused(2).contains("--channel"), "{which:?}");
    let mut north = gone.to_vec();
    north.push("--channel=north");
    assert_eq!(run(&north).await.code, 0);
    assert_eq!(run(&gone).await.code, 0, "one is left");
    run(&gone).await.refused(3);
}
