//! Search finds what a person means: in any case, width and script, the same on both databases.

use app::auth::Role;
use app::backend::Tasks;
use app::task::TaskDraft;
use serde_json::Value;

use super::super::helpers::{Browser, TestApp, draft};

/// The names of what a search finds.
async fn found(who: &Browser, words: &str) -> Vec<String> {
    let query: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
    let list = who
        .get(&format!("/api/v1/tasks?q={query}"))
        .await
        .expect(200);
    let items = list["items"].as_array().cloned().unwrap_or_default();
    let name = |item: &Value| item["name"].as_str().expect("a name").to_owned();
    items.iter().map(name).collect()
}

#[tokio::test]
async fn a_task_is_found_in_any_case_and_width() {
    let app = TestApp::new().await;
    for (name, command) in [
        ("ÄRGER", "true"),
        ("Straße", "true"),
        ("ΟΔΟΣ", "true"),
        ("ＤＢ备份", "echo İstanbul"),
        ("Привет Мир", "true"),
        ("ｶﾀｶﾅ", "true"),
        ("cafe\u{301}", "true"),
        ("100%_done!", "true"),
        ("run", "/opt/BACKUP.sh --Full"),
    ] {
        app.add(draft(name, "0 9 * * *", command)).await;
    }
    let viewer = app.signed_in("vi", Role::Viewer).await;
    for (words, name) in [
        ("ÄRGER", "ÄRGER"),
        ("ärger", "ÄRGER"),
        ("a\u{308}rg", "ÄRGER"),
        ("STRASSE", "Straße"),
        ("straße", "Straße"),
        ("οδος", "ΟΔΟΣ"),
        ("οδοσ", "ΟΔΟΣ"),
        ("db备份", "ＤＢ备份"),
        ("ｄｂ", "ＤＢ备份"),
        ("istanbul", "ＤＢ备份"),
        ("ПРИВЕТ", "Привет Мир"),
        ("カタカナ", "ｶﾀｶﾅ"),
        ("CAFÉ", "cafe\u{301}"),
        ("100%", "100%_done!"),
        ("%_d", "100%_done!"),
        ("done!", "100%_done!"),
        ("backup.SH", "run"),
        ("ｆｕｌｌ", "run"),
        ("мир　привет", "Привет Мир"),
    ] {
        assert_eq!(found(&viewer, words).await, [name], "{words}");
    }
    for words in ["x%x", "_", "arger", "100_"] {
        let expected: &[&str] = if words == "_" { &["100%_done!"] } else { &[] };
        assert_eq!(found(&viewer, words).await, expected, "{words}");
    }
    // A change is found at once, and what it was before no longer.
    let list = viewer.get("/api/v1/tasks?q=strasse").await.expect(200);
    let id = list["items"][0]["id"].as_i64().expect("an id");
    let editor = app.signed_in("ed", Role::Editor).await;
    editor
        .call(
            "PATCH",
            &format!("/api/v1/tasks/{id}"),
            Some(serde_json::json!({"name": "ÉTÉ"})),
        )
        .await
        .expect(200);
    assert_eq!(found(&viewer, "été").await, ["ÉTÉ"]);
    assert!(found(&viewer, "strasse").await.is_empty());
}

#[tokio::test]
async fn owners_and_tags_can_be_asked_for() {
    let app = TestApp::new().await;
    let with = |name: &str, owners: &[&str], tags: &[&str]| TaskDraft {
        owners: owners.iter().map(|one| (*one).to_owned()).collect(),
        tags: tags.iter().map(|one| (*one).to_owned()).collect(),
        ..draft(name, "0 9 * * *", "echo owner:bob")
    };
    app.add(with("one", &["Bob", "张三"], &["Infra"])).await;
    app.add(with("two", &["bobby"], &["infra", "web server"]))
        .await;
    app.add(with("bob", &[], &[])).await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    for (words, names) in [
        ("owner:bob", &["one"][..]),
        ("OWNER:BOB", &["one"]),
        ("owner：ｂｏｂ", &["one"]),
        ("owner:@张三", &["one"]),
        ("责任人：张三", &["one"]),
        ("tag:infra", &["two", "one"]),
        ("tag:infra owner:bobby", &["two"]),
        ("标签:infra two", &["two"]),
        ("tag:\"web server\"", &["two"]),
        ("tag:web", &[]),
        ("bob", &["bob", "two", "one"]),
    ] {
        assert_eq!(found(&viewer, words).await, names, "{words}");
    }
}

#[tokio::test]
async fn an_endless_search_and_an_unknown_state_are_refused() {
    let app = TestApp::new().await;
    app.add(draft("seen", "0 9 * * *", "true")).await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    for words in [
        "x".repeat(60_000),
        "%25".repeat(1_000),
        "ä".repeat(400),
        "a+".repeat(40),
    ] {
        let reply = viewer.get(&format!("/api/v1/tasks?q={words}")).await;
        assert_eq!(reply.status, 422, "{}", reply.text());
        assert_eq!(reply.faults()[0].0, "q");
    }
    let page = viewer.open("/tasks?state=failed").await;
    let text = page.text();
    assert!(
        text.contains("failed") && !text.contains(">seen<"),
        "{text}"
    );
    let page = viewer.open("/tasks?state=active").await.text();
    assert!(page.contains(">seen<"));
}

#[tokio::test]
async fn what_was_there_before_is_found() {
    let app = TestApp::new().await;
    app.add(draft("ÄLTER", "0 9 * * *", "echo ＯＬＤ")).await;
    let place = std::sync::Arc::clone(&app.place);
    place
        .database
        .execute("UPDATE task SET search = NULL")
        .await;
    place
        .database
        .execute("DELETE FROM seaql_migrations WHERE version LIKE '%000008%'")
        .await;
    app.components.store.migrate().await.expect("a migration");
    let list = app
        .service
        .task_list(
            &app.console(),
            &app::task::TaskQuery {
                q: "älter old".into(),
                ..Default::default()
            },
        )
        .await
        .expect("a list");
    assert_eq!(list.items.len(), 1);
}
