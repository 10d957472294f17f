//! Plans: what they say, that they are carried out as a whole, and when they are refused.

use app::auth::Role;
use serde_json::{Value, json};

use super::super::access::things::everything;
use super::{APPLY, EXPORT, apply, counts, full, furnished, plain};

#[tokio::test]
async fn a_plan_shows_each_field_before_and_after_and_changes_nothing() {
    let (app, editor) = furnished().await;
    let documents = json!([full("all"), plain("7"), plain("first: step")]);
    editor.post(APPLY, documents).await.expect(200);
    let mut changed = full("all");
    changed.timeout = "600".to_owned();
    changed.runbook = String::new();
    changed.execution.retry.attempts = "3".to_owned();
    changed.execution.waits.tasks = vec!["new one".to_owned()];
    changed.channel = String::new();
    let before = everything(&app).await;
    let documents = json!([changed, plain("new one"), plain("7")]);
    let path = format!("{APPLY}?dry_run=true");
    let plan = editor.post(&path, documents.clone()).await.expect(200);
    assert_eq!(everything(&app).await, before, "a dry run changes nothing");
    assert_eq!(counts(&plan), [1, 1, 1, 0]);
    let change = &plan["tasks"][0];
    let mut fields: Vec<(&str, &Value, &Value)> = change["changes"]
        .as_array()
        .expect("changes")
        .iter()
        .map(|one| {
            (
                one["field"].as_str().expect("a field"),
                &one["old"],
                &one["new"],
            )
        })
        .collect();
    fields.sort_by_key(|(field, ..)| *field);
    // 600 seconds are the 10 minutes that it has.
    let expected = [
        ("channel", &json!("ops: 1"), &Value::Null),
        ("execution.retry.attempts", &json!("5"), &json!("3")),
        (
            "execution.waits.tasks",
            &json!(["7", "first: step"]),
            &json!(["new one"]),
        ),
        (
            "runbook",
            &json!("- 看日志\n- https://example.com/x#y"),
            &Value::Null,
        ),
    ];
    assert_eq!(fields, expected);
    let done = editor.post(APPLY, documents.clone()).await.expect(200);
    assert_eq!(counts(&done), [1, 1, 1, 0]);
    let again = editor.post(APPLY, documents).await.expect(200);
    assert_eq!(counts(&again), [0, 0, 3, 0]);
    let id = &change["id"];
    let task = editor.get(&format!("/api/v1/tasks/{id}")).await.expect(200);
    let made = done["tasks"][1]["id"].clone();
    assert_eq!(task["execution"]["waits"]["tasks"], json!([made]));
}

#[tokio::test]
async fn a_fault_in_the_seven_hundredth_document_changes_nothing() {
    let (app, editor) = furnished().await;
    let before = everything(&app).await;
    let mut documents: Vec<_> = (0..800).map(|n| plain(&format!("task {n}"))).collect();
    documents[699].cron = "61 * * * *".to_owned();
    documents[700].channel = "nowhere".to_owned();
    documents[701].execution.pool = "none".to_owned();
    documents[702].execution.waits.tasks = vec!["absent".to_owned()];
    let refused = editor.post(APPLY, json!(documents)).await;
    assert_eq!(refused.status, 422);
    let fields: Vec<String> = refused
        .faults()
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    let expected = [
        "documents[699].cron",
        "documents[700].channel",
        "documents[701].execution.pool",
        "documents[702].execution.waits.tasks",
    ];
    assert_eq!(fields, expected);
    assert_eq!(everything(&app).await, before);
}

#[tokio::test]
async fn tasks_wait_for_one_another_in_any_order_but_not_in_a_circle() {
    let (_app, editor) = furnished().await;
    let after = |name: &str, tasks: &[&str]| {
        let mut document = plain(name);
        document.execution.waits.tasks = tasks.iter().map(|name| (*name).to_owned()).collect();
        document
    };
    let chain = json!([after("c", &["b", "a"]), after("b", &["a"]), plain("a")]);
    let made = editor.post(APPLY, chain).await.expect(200);
    assert_eq!(counts(&made), [3, 0, 0, 0]);
    let circle = json!([after("a", &["d"]), after("d", &["c"])]);
    let refused = editor.post(APPLY, circle).await.expect(422);
    let message = refused["errors"][0]["message"]
        .as_str()
        .expect("a sentence");
    assert_eq!(
        refused["errors"][0]["field"],
        "documents[0].execution.waits.tasks"
    );
    assert!(message.contains('d') && message.contains('c'), "{message}");
    let itself = editor.post(APPLY, json!([after("e", &["e"])])).await;
    assert_eq!(itself.status, 422, "{}", itself.text());
    // A number is a name here, not the id of another installation.
    let by_id = editor.post(APPLY, json!([after("f", &["1"])])).await;
    assert_eq!(by_id.status, 422, "{}", by_id.text());
}

#[tokio::test]
async fn a_plan_that_was_seen_is_applied_only_while_it_holds() {
    let (_app, editor) = furnished().await;
    let mut document = plain("nightly");
    editor.post(APPLY, json!([document])).await.expect(200);
    document.command = "false".to_owned();
    let documents = json!([document]);
    let dry = format!("{APPLY}?dry_run=true");
    let plan = editor.post(&dry, documents.clone()).await.expect(200);
    let seen = plan["plan"].as_str().expect("a plan").to_owned();
    let id = plan["tasks"][0]["id"].clone();
    let path = format!("/api/v1/tasks/{id}");
    let nickname = Some(json!({"nickname": "all"}));
    editor.call("PATCH", &path, nickname).await.expect(200);
    let with_plan = format!("{APPLY}?plan={seen}");
    let refused = editor.post(&with_plan, documents.clone()).await.expect(409);
    assert_eq!(refused["code"], "files.plan_outdated");
    let task = editor.get(&path).await.expect(200);
    assert_eq!(task["command"], "true", "nothing was applied");
    let plan = editor.post(&dry, documents.clone()).await.expect(200);
    let seen = plan["plan"].as_str().expect("a plan");
    let with_plan = format!("{APPLY}?plan={seen}");
    let done = editor.post(&with_plan, documents).await.expect(200);
    assert_eq!(counts(&done), [0, 1, 0, 0]);
}

#[tokio::test]
async fn only_tasks_with_the_tag_are_deleted_and_only_if_nothing_needs_them() {
    let (_app, editor) = furnished().await;
    let tagged = |name: &str, waits: &[&str]| {
        let mut document = plain(name);
        document.tags = vec!["git".to_owned()];
        document.execution.waits.tasks = waits.iter().map(|name| (*name).to_owned()).collect();
        document
    };
    let mut other = plain("by hand");
    other.tags = vec!["GIT".to_owned(), "git2".to_owned()];
    let all = json!([
        tagged("a", &[]),
        tagged("b", &["c"]),
        tagged("c", &["a"]),
        other
    ]);
    editor.post(APPLY, all).await.expect(200);
    let prune = format!("{APPLY}?prune=git");
    let without = editor.post(&prune, json!([plain("a")])).await.expect(422);
    assert_eq!(without["errors"][0]["field"], "documents[0].tags");
    let none = editor.post(&prune, json!([])).await.expect(422);
    assert_eq!(none["code"], "files.none");
    // `c` waits for `a`, and is itself deleted after `b`, which waits for it.
    let done = editor
        .post(&prune, json!([tagged("a", &[])]))
        .await
        .expect(200);
    assert_eq!(counts(&done), [0, 0, 1, 2]);
    let rest = editor.get(EXPORT).await.text();
    assert_eq!(rest.matches("name:").count(), 2, "{rest}");
    assert!(rest.contains("name: by hand"), "{rest}");
    // What another task needs stays, and so does everything else.
    let mut waits = plain("by hand");
    waits.execution.waits.tasks = vec!["a".to_owned()];
    editor.post(APPLY, json!([waits])).await.expect(200);
    let refused = editor
        .post(&prune, json!([tagged("new", &[])]))
        .await
        .expect(409);
    assert_eq!(refused["code"], "task.awaited");
    let rest = editor.get(EXPORT).await.text();
    assert!(
        rest.contains("name: a\n") && !rest.contains("name: new"),
        "{rest}"
    );
}

#[tokio::test]
async fn viewers_export_and_do_not_apply() {
    let (app, editor) = furnished().await;
    editor.post(APPLY, json!([plain("a")])).await.expect(200);
    let viewer = app.signed_in("eve", Role::Viewer).await;
    assert_eq!(viewer.get(EXPORT).await.status, 200);
    assert_eq!(viewer.post(APPLY, json!([plain("b")])).await.status, 403);
    assert_eq!(
        apply(&viewer, "?dry_run=true", "name: b\n").await.status,
        403
    );
    let closed = app.browser().get(EXPORT).await;
    assert_eq!(closed.status, 401);
}
