//! Concurrent changes of a task: none is lost, and an outdated one is refused.

use app::auth::Role;
use serde_json::json;

use crate::helpers::{TestApp, draft};

#[tokio::test]
async fn concurrent_changes_of_different_fields_are_both_kept() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let task = app.add(draft("own", "0 9 * * *", "true")).await.id;
    let path = format!("/api/v1/tasks/{task}");
    for round in 0..100 {
        let nickname = format!("n{round}");
        let command = format!("echo {round}");
        let (one, two) = tokio::join!(
            editor.call("PATCH", &path, Some(json!({"nickname": nickname}))),
            editor.call("PATCH", &path, Some(json!({"command": command}))),
        );
        one.expect(200);
        two.expect(200);
        let after = editor.get(&path).await.expect(200);
        assert_eq!(after["nickname"], nickname);
        assert_eq!(after["command"], command);
    }
    // Each of them is in the log with the version that it made.
    let versions = app
        .place
        .database
        .integers(
            "SELECT object_version FROM audit WHERE action = 'task.update' ORDER BY object_version",
        )
        .await;
    assert_eq!(versions, (2..=201).collect::<Vec<i64>>());
}

#[tokio::test]
async fn an_outdated_version_is_refused_with_the_changes_since() {
    let app = TestApp::new().await;
    let (ed, other) = (
        app.signed_in("ed", Role::Editor).await,
        app.signed_in("other", Role::Operator).await,
    );
    let task = app.add(draft("own", "0 9 * * *", "true")).await.id;
    let path = format!("/api/v1/tasks/{task}");
    let read = ed.get(&path).await;
    let etag = read.header("etag").to_owned();
    assert_eq!(etag, "\"1\"");
    let saved = ed
        .call("PATCH", &path, Some(json!({"command": "echo b"})))
        .await;
    assert_eq!((saved.status, saved.header("etag")), (200, "\"2\""));
    other
        .call("POST", &format!("{path}/pause"), None)
        .await
        .expect(200);

    let old = app
        .signed_in("late", Role::Editor)
        .await
        .with("if-match", &etag);
    for method in ["PUT", "PATCH"] {
        let body = json!({"name": "own", "cron": "0 8 * * *", "command": "echo c", "zone": "UTC"});
        let refused = old.call(method, &path, Some(body)).await;
        assert_eq!(refused.status, 409, "{}", refused.text());
        let problem = refused.json();
        assert_eq!(problem["code"], "task.outdated");
        let reported = problem["title"].to_string();
        for part in ["ed 2026-11-22 08:00:00 +00:00", "echo b", "other", "暂停"] {
            assert!(reported.contains(part), "{part}: {reported}");
        }
    }
    let riddle = app
        .signed_in("riddle", Role::Editor)
        .await
        .with("if-match", "7");
    let refused = riddle
        .call("PATCH", &path, Some(json!({"command": "x"})))
        .await;
    assert_eq!(refused.json()["code"], "if_match");
    let now = ed.get(&path).await;
    assert_eq!(now.json()["command"], "echo b");
    assert_eq!(now.header("etag"), "\"3\"");

    // The form likewise; the input stays, and saving again overwrites.
    let form = [
        ("version", "1"),
        ("name", "own"),
        ("mode", "command"),
        ("command", "echo typed"),
        ("zone", "UTC"),
        ("schedules[0].spec", "0 9 * * *"),
    ];
    let edit = format!("/tasks/{task}/edit");
    let reply = ed.submit(&edit, &form).await;
    let page = reply.text();
    assert_eq!(reply.status, 409);
    assert!(
        page.contains("echo typed") && page.contains("echo b"),
        "{page}"
    );
    assert!(page.contains("name=\"version\" value=\"3\""), "{page}");
    let mut again = form;
    again[0].1 = "3";
    assert_eq!(ed.submit(&edit, &again).await.status, 303);
    assert_eq!(ed.get(&path).await.json()["command"], "echo typed");
}

#[tokio::test]
async fn a_conflict_names_the_differing_values_and_unknown_versions() {
    let app = TestApp::new().await;
    let ed = app.signed_in("ed", Role::Editor).await;
    let mut rich = draft("own", "0 9 * * *", "");
    rich.execution.http.url = format!("https://example.com/{}", "x".repeat(200));
    rich.execution.http.headers = "X-Long: 1\n".repeat(20);
    let task = app.add(rich).await.id;
    let path = format!("/api/v1/tasks/{task}");
    ed.call(
        "PATCH",
        &path,
        Some(json!({"execution": {"retry": {"attempts": "3"}}})),
    )
    .await
    .expect(200);
    let conflict = async |version: &str, lang: &str| {
        let name = format!("{lang}-{version}");
        let late = app.signed_in(&name, Role::Editor).await;
        let late = late.with("accept-language", lang);
        let late = late.with("if-match", &format!("\"{version}\""));
        let refused = late
            .call("PATCH", &path, Some(json!({"nickname": "n"})))
            .await;
        refused.expect(409)
    };
    for (lang, label) in [
        ("zh", app::texts::execution::ExecutionUi::ZH.attempts),
        ("en", app::texts::execution::ExecutionUi::EN.attempts),
    ] {
        let refused = conflict("1", lang).await;
        assert_eq!(refused["code"], "task.outdated");
        let title = refused["title"].as_str().expect("a title");
        // By the label of the form, not by the name in the API.
        let (_, change) = title.split_once(label).expect("the place");
        assert_eq!(change.matches('→').count(), 1, "{title}");
        assert!(!title.contains("retry.attempts"), "{title}");
        assert!(change.ends_with(" → 3"), "{title}");
    }
    for (version, lang, words) in [
        ("7", "zh", "没有版本 7，当前版本是 2"),
        ("7", "en", "no version 7; its current version is 2"),
        ("0", "en", "no version 0;"),
    ] {
        let refused = conflict(version, lang).await;
        assert_eq!(refused["code"], "task.no_such_version");
        let title = refused["title"].as_str().expect("a title");
        assert!(title.contains(words), "{title}");
    }
}
