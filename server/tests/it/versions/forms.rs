//! Forms that were opened before others changed what they are about.

use super::*;
use crate::pictures::{png_of, upload_over};

#[tokio::test]
async fn the_form_of_a_secret_keeps_what_was_typed_except_the_value() {
    let app = TestApp::new().await;
    let admin = app.signed_in("root", Role::Admin).await;
    let secret = json!({"name": "KEY", "value": "value-of-the-secret", "note": "first"});
    admin.post("/api/v1/secrets", secret).await.expect(201);
    let page = admin.open("/admin/secrets?edit=1").await.text();
    assert!(page.contains(r#"name="version" value="1""#), "{page}");
    let path = "/api/v1/secrets/1";
    let second = json!({"note": "second"});
    admin.call("PATCH", path, Some(second)).await.expect(200);
    let send = async |version: &str, note: &str| {
        let fields = [
            ("id", "1"),
            ("version", version),
            ("name", "KEY"),
            ("value", "other-value-of-it"),
            ("note", note),
        ];
        admin.submit("/admin/secrets", &fields).await
    };
    let late = send("1", "mine").await;
    let page = late.text();
    assert_eq!(late.status, 409, "{page}");
    assert!(
        page.contains("别人修改过这个密钥") && page.contains("说明、值"),
        "{page}"
    );
    assert!(
        page.contains(r#"name="version" value="2""#) && page.contains("mine"),
        "{page}"
    );
    for hidden in HIDDEN {
        assert!(!page.contains(hidden), "{page}");
    }
    // A fault in a form that is outdated, too, is not reported first: the form would come back with a version whose
    // content its sender has not seen.
    let long = "n".repeat(1_000);
    assert_eq!(send("1", &long).await.status, 409);
    assert_eq!(send("2", &long).await.status, 422);
    assert_eq!(admin.get(path).await.expect(200)["note"], "second");
    assert_eq!(send("2", "mine").await.status, 303);
    assert_eq!(admin.get(path).await.expect(200)["note"], "mine");
}

#[tokio::test]
async fn the_form_of_a_template_stays_about_the_version_it_was_opened_with() {
    let app = TestApp::new().await;
    let admin = app.signed_in("root", Role::Admin).await;
    let url = "http://127.0.0.1:9/";
    let channel = app.channel("ops", ChannelKind::Slack, url).await.id;
    let page = format!("/admin/channels/{channel}/templates");
    let send = async |act: &str, version: &str, words: &str| {
        let fields = [
            ("event", "failed"),
            ("version", version),
            ("body", words),
            ("task", ""),
            ("act", act),
        ];
        admin.submit(&page, &fields).await
    };
    let opened = admin.open(&format!("{page}?event=failed")).await.text();
    assert!(opened.contains(r#"name="version" value="0""#), "{opened}");
    let path = format!("/api/v1/channels/{channel}/templates/failed");
    let theirs = json!({"body": "theirs {{ task }}"});
    admin.call("PUT", &path, Some(theirs)).await.expect(200);
    // A preview stores nothing, and does not bring the form up to date.
    let shown = send("preview", "0", "mine {{ task }}").await.text();
    assert!(shown.contains(r#"name="version" value="0""#), "{shown}");
    let shown = send("preview", "0", "mine {{ task").await.text();
    assert!(shown.contains(r#"name="version" value="0""#), "{shown}");
    for act in ["save", "delete"] {
        let late = send(act, "0", "mine {{ task }}").await;
        let text = late.text();
        assert_eq!(late.status, 409, "{act}: {text}");
        assert!(text.contains("别人修改过这个模板"), "{text}");
        assert!(text.contains("mine {{ task }}"), "{text}");
        assert!(text.contains(r#"name="version" value="1""#), "{text}");
    }
    assert_eq!(
        admin.get(&path).await.expect(200)["body"],
        "theirs {{ task }}"
    );
    assert_eq!(send("save", "1", "mine {{ task }}").await.status, 303);
    assert_eq!(
        admin.get(&path).await.expect(200)["body"],
        "mine {{ task }}"
    );
}

#[tokio::test]
async fn the_forms_of_pictures_pools_calendars_and_accounts_are_refused_when_outdated() {
    let app = TestApp::new().await;
    let admin = app.signed_in("root", Role::Admin).await;
    let put = async |path: &str, body: Value| {
        admin.call("PUT", path, Some(body)).await.expect(200);
    };
    let theirs = json!({"base64": super::super::pictures::png()});
    put("/api/v1/pictures/urge", theirs).await;
    for act in ["set", "delete"] {
        let late = upload_over(&admin, "urge", 0, &png_of(4, 2), act).await;
        assert_eq!(late.status, 409, "{act}: {}", late.text());
        assert!(
            late.text().contains("别人修改过这张图片"),
            "{}",
            late.text()
        );
    }
    let current = upload_over(&admin, "urge", 1, &png_of(4, 2), "set").await;
    assert_eq!(current.status, 303);

    put("/api/v1/pools/db", json!({"slots": 2})).await;
    let page = admin.open("/admin/pools").await.text();
    assert!(page.contains(r#"name="seen" value="1 db""#), "{page}");
    put("/api/v1/pools/db", json!({"slots": 3})).await;
    let pool = async |seen: &str| {
        let fields = [("seen", seen), ("name", "db"), ("slots", "4")];
        admin.submit("/admin/pools", &fields).await
    };
    for seen in ["1 db", "", "x db"] {
        let late = pool(seen).await;
        let text = late.text();
        assert_eq!(late.status, 409, "{seen}: {text}");
        assert!(
            text.contains("别人修改过这个并发池") && text.contains("名额"),
            "{text}"
        );
        assert!(
            text.contains(r#"name="slots" value="4""#) || text.contains("value=\"4\""),
            "{text}"
        );
        assert!(text.contains(r#"name="seen" value="2 db""#), "{text}");
    }
    assert_eq!(pool("7 other\r\n2 db").await.status, 303);

    let calendar = json!({"name": "ours"});
    admin.post("/api/v1/calendars", calendar).await.expect(201);
    let import = async |version: &str| {
        let fields = [("version", version), ("text", "2026-06-24 rest Feast")];
        admin
            .submit("/admin/calendars/ours?year=2026", &fields)
            .await
    };
    let page = admin.open("/admin/calendars/ours?year=2026").await.text();
    assert_eq!(
        page.matches(r#"name="version" value="1""#).count(),
        2,
        "{page}"
    );
    assert_eq!(import("1").await.status, 200);
    let late = import("1").await;
    assert_eq!(late.status, 409, "{}", late.text());
    assert!(
        late.text().contains("2026-06-24 rest Feast"),
        "{}",
        late.text()
    );
    assert_eq!(import("2").await.status, 200);
    let source = async |version: &str| {
        let url = "https://example.com/days.ics";
        let fields = [("name", "ours"), ("version", version), ("source_url", url)];
        admin.submit("/fn/calendar_source", &fields).await
    };
    source("1").await;
    let stored = async || admin.get("/api/v1/calendars/ours").await.expect(200);
    assert_eq!(stored().await["calendar"]["source_url"], Value::Null);
    source("3").await;
    assert_eq!(stored().await["calendar"]["version"], 4);

    let user = json!({"name": "other", "password": "quite another password", "role": "viewer"});
    let id = admin.post("/api/v1/users", user).await.expect(201)["id"].clone();
    let user = id.to_string();
    let role = Some(json!({"role": "operator"}));
    let path = format!("/api/v1/users/{user}");
    admin.call("PATCH", &path, role).await.expect(204);
    let disabled = async || {
        let users = admin.get("/api/v1/users").await.expect(200);
        let users = users["items"].as_array().expect("users").clone();
        let found = users.into_iter().find(|one| one["id"] == id);
        let found = found.expect("the account");
        (found["disabled"] == true, found["version"].clone())
    };
    for (version, is_disabled) in [("1", false), ("2", true)] {
        let fields = [
            ("id", user.as_str()),
            ("version", version),
            ("disabled", "true"),
        ];
        admin.submit("/fn/user_set_disabled", &fields).await;
        let (now, counted) = disabled().await;
        assert_eq!(
            (now, counted),
            (is_disabled, json!(2 + i64::from(is_disabled)))
        );
    }
}
