//! Tasks through REST: entering, changing, controlling, finding, deleting.

use app::auth::Role;
use app::id::TaskId;
use app::task::{TaskState, TaskStep};
use serde_json::json;
use server::store::Updated;

use super::helpers::{TestApp, at, draft};

#[tokio::test]
async fn a_task_is_entered_changed_and_deleted() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let entered = editor
        .post(
            "/api/v1/tasks",
            json!({
                "name": " 每日备份 ", "nickname": "小王", "owners": ["张三", "李四"], "tags": ["db"],
                "mode": "command", "command": "echo a\r\necho b", "zone": "Asia/Shanghai", "cron": "0  9 * * 1-5",
                "starts_at": "2026-11-01 00:00", "ends_at": "2027-01-01T00:00:00+08:00", "timeout": "90",
            }),
        )
        .await
        .expect(201);
    let path = format!("/api/v1/tasks/{}", entered["id"]);
    let expected = json!({
        "id": entered["id"], "name": "每日备份", "nickname": "小王", "owners": ["张三", "李四"], "tags": ["db"],
        "mode": "command", "command": "echo a\necho b", "zone": "Asia/Shanghai", "cron": "0 9 * * 1-5",
        "urge_cron": null, "urging": false, "channel_id": null, "starts_at": "2026-10-31T16:00:00Z",
        "ends_at": "2026-12-31T16:00:00Z", "timeout_seconds": 90, "state": "active", "version": 1,
        "created_at": "2026-11-22T08:00:00Z", "updated_at": "2026-11-22T08:00:00Z",
        // 09:00 in Shanghai on the Monday after this Sunday.
        "next_at": "2026-11-23T01:00:00Z",
        "schedules": [{
            "id": entered["schedules"][0]["id"], "purpose": "work", "spec": "0 9 * * 1-5",
            "day_rule": "any", "calendar": null, "jitter": {"seconds": 0, "stable": false},
        }],
        "missed": {"policy": null, "grace_seconds": 60, "max": 10, "max_age_seconds": 2_592_000},
        "paused_until": null, "finished": false,
        "execution": json!(app::task::Execution::default()), "runbook": "",
        "pause_after_failures": null, "notice_before_seconds": null,
        "health": {"state": "waiting"}, "last_run": null,
    });
    // What is saved is answered with what to look at again: nothing here.
    let mut answered = expected.clone();
    answered["warnings"] = json!([]);
    assert_eq!(entered, answered);
    assert_eq!(editor.get(&path).await.expect(200), expected);

    app.clock.set(at("2026-11-22T08:00:01Z"));
    let patched = editor
        .call(
            "PATCH",
            &path,
            Some(json!({"name": "备份", "timeout": null})),
        )
        .await
        .expect(200);
    assert_eq!(patched["name"], "备份");
    assert_eq!(patched["timeout_seconds"], json!(null));
    assert_eq!(patched["version"], 2);
    assert_eq!(
        patched["starts_at"], expected["starts_at"],
        "what was not named stays"
    );
    assert_eq!(patched["updated_at"], "2026-11-22T08:00:01Z");

    let put = json!({"name": "备份", "cron": "*/5 * * * *", "command": "true", "zone": "UTC"});
    let replaced = editor.call("PUT", &path, Some(put)).await.expect(200);
    assert_eq!(replaced["owners"], json!([]), "what was not named is empty");
    assert_eq!(replaced["next_at"], "2026-11-22T08:05:00Z");

    editor.call("DELETE", &path, None).await.expect(204);
    for (method, body) in [
        ("GET", None),
        ("DELETE", None),
        (
            "PUT",
            Some(json!({"name": "x", "cron": "* * * * *", "command": "x"})),
        ),
    ] {
        assert_eq!(
            editor.call(method, &path, body).await.expect(404)["code"],
            "not_found",
            "{method}"
        );
    }
}

#[tokio::test]
async fn controls_lead_from_state_to_state() {
    let app = TestApp::new().await;
    let operator = app.signed_in("op", Role::Operator).await;
    let task = app.add(draft("t", "0 * * * *", "true")).await;
    let path = |act: &str| format!("/api/v1/tasks/{}/{act}", task.id);
    // (what is done, status, state afterwards, next firing afterwards)
    let steps = [
        ("pause", 200, "paused", None),
        ("pause", 200, "paused", None),
        ("restore", 200, "active", Some("2026-11-22T09:00:00Z")),
        ("close", 200, "closed", None),
        ("pause", 409, "closed", None),
        ("restore", 200, "active", Some("2026-11-22T09:00:00Z")),
    ];
    for (act, status, state, next_at) in steps {
        operator.call("POST", &path(act), None).await.expect(status);
        let now = operator
            .get(&format!("/api/v1/tasks/{}", task.id))
            .await
            .expect(200);
        assert_eq!(
            (now["state"].as_str(), now["next_at"].as_str()),
            (Some(state), next_at),
            "{act}"
        );
    }

    let refused = operator.call("POST", &path("urge"), None).await;
    assert_eq!(
        refused.faults(),
        [("urge_cron".to_owned(), "required".to_owned())]
    );
    let refused = operator
        .post(&path("urge"), json!({"cron": "61 * * * *"}))
        .await;
    assert_eq!(
        refused.faults(),
        [("urge_cron".to_owned(), "cron".to_owned())]
    );
    let urged = operator
        .post(&path("urge"), json!({"cron": "*/10 * * * *"}))
        .await
        .expect(200);
    assert_eq!(
        (&urged["urging"], &urged["next_at"]),
        (&json!(true), &json!("2026-11-22T08:10:00Z"))
    );
    assert_eq!(urged["cron"], "0 * * * *", "the work cycle is kept");
    let back = operator
        .call("POST", &path("unurge"), None)
        .await
        .expect(200);
    assert_eq!(
        (&back["urging"], &back["next_at"]),
        (&json!(false), &json!("2026-11-22T09:00:00Z"))
    );
    let again = operator.call("POST", &path("urge"), None).await.expect(200);
    assert_eq!(
        again["next_at"], "2026-11-22T08:10:00Z",
        "without a new cycle the old one counts"
    );
    operator
        .call("POST", &path("close"), None)
        .await
        .expect(200);
    let closed = operator.call("POST", &path("urge"), None).await;
    assert_eq!(closed.expect(409)["code"], "task.closed");

    operator
        .call("POST", "/api/v1/tasks/999/close", None)
        .await
        .expect(404);
}

#[tokio::test]
async fn an_edit_touches_no_other_task() {
    let app = TestApp::new().await;
    let mut node = app.node().await;
    let edited = app.add(draft("edited", "* * * * * *", "true")).await;
    let other = app.add(draft("other", "* * * * * *", "true")).await;
    node.go_to(at("2026-11-22T08:00:03Z")).await;

    let everything_of = async |id: TaskId| {
        let of = |table: &str, columns: &str| {
            format!(
                "SELECT CONCAT_WS(' ', {columns}) FROM {table} WHERE task_id = {id} ORDER BY id"
            )
        };
        let database = &app.place.database;
        (
            app.components.store.task(id).await.expect("reading"),
            database
                .rows(&of("schedule", "id, purpose, expression, created_at"))
                .await,
            database
                .rows(&of("occurrence", "id, scheduled_for, state, reason, epoch"))
                .await,
            database
                .rows(&of(
                    "run",
                    "id, occurrence_id, state, started_at, finished_at",
                ))
                .await,
        )
    };
    let before = everything_of(other.id).await;
    assert!(
        before.2.len() > before.3.len() && !before.3.is_empty(),
        "planned and done: {before:?}"
    );

    let editor = app.signed_in("ed", Role::Editor).await;
    let path = format!("/api/v1/tasks/{}", edited.id);
    editor
        .call(
            "PATCH",
            &path,
            Some(json!({"cron": "0 9 * * *", "tags": ["x"]})),
        )
        .await
        .expect(200);
    editor
        .call("POST", &format!("{path}/pause"), None)
        .await
        .expect(200);
    editor
        .call("POST", &format!("{path}/restore"), None)
        .await
        .expect(200);
    editor
        .post(&format!("{path}/urge"), json!({"cron": "0 8 * * *"}))
        .await
        .expect(200);
    assert_eq!(everything_of(other.id).await, before);

    let runs_of_edited = app.runs(edited.id).await.len();
    node.go_to(at("2026-11-22T08:00:06Z")).await;
    assert_eq!(
        app.runs(other.id).await.len(),
        before.3.len() + 3,
        "no gap for the other task"
    );
    assert_eq!(app.runs(edited.id).await.len(), runs_of_edited);

    editor.call("DELETE", &path, None).await.expect(204);
    node.go_to(at("2026-11-22T08:00:07Z")).await;
    assert_eq!(app.runs(other.id).await.len(), before.3.len() + 4);
    for table in ["task", "schedule", "occurrence", "run", "message"] {
        let column = if table == "task" { "id" } else { "task_id" };
        let left = format!(
            "SELECT COUNT(*) FROM {table} WHERE {column} = {}",
            edited.id
        );
        assert_eq!(app.place.database.count(&left).await, 0, "{table}");
    }
}

#[tokio::test]
async fn tasks_are_found_and_paged() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let mut first = draft("Nightly BACKUP", "0 1 * * *", "pg_dump --all");
    first.owners = vec!["Zhang San".into()];
    first.tags = vec!["数据库".into()];
    app.add(first).await;
    app.add(draft("100% sure", "0 1 * * *", "true")).await;
    let closed = app.add(draft("周报_提醒", "0 1 * * *", "true")).await;
    let found = async |query: &str| -> Vec<String> {
        let list = viewer
            .get(&format!("/api/v1/tasks?{query}"))
            .await
            .expect(200);
        let items = list["items"].as_array().expect("items");
        items
            .iter()
            .map(|task| task["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    app.components
        .store
        .set_task_state(&app.act(), closed.id, TaskStep::Close, None, &[])
        .await
        .expect("closed");

    assert_eq!(
        found("").await,
        ["周报_提醒", "100% sure", "Nightly BACKUP"],
        "newest first"
    );
    let table = [
        ("q=backup", "Nightly BACKUP"),
        ("q=zhang+DUMP", "Nightly BACKUP"),
        ("q=%E6%95%B0%E6%8D%AE%E5%BA%93", "Nightly BACKUP"),
        ("q=%25", "100% sure"),
        ("q=_", "Nightly BACKUP"),
        ("state=closed", "周报_提醒"),
        ("state=paused", ""),
        ("q=%27%3B+drop+table", ""),
    ];
    for (query, expected) in table {
        let names = found(query).await;
        // `_` is found where it is written, not as "any character".
        let expected: Vec<&str> = if query == "q=_" {
            vec!["周报_提醒", expected]
        } else {
            vec![expected]
        };
        assert_eq!(
            names,
            expected
                .into_iter()
                .filter(|name| !name.is_empty())
                .collect::<Vec<_>>(),
            "{query}"
        );
    }

    let mut names = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = viewer
            .get(&format!("/api/v1/tasks?limit=2{cursor}"))
            .await
            .expect(200);
        assert!(
            page["items"]
                .as_array()
                .is_some_and(|items| items.len() <= 2)
        );
        names.extend(
            page["items"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|task| task["name"].clone()),
        );
        let Some(next) = page["next"].as_str() else {
            break;
        };
        cursor = format!("&after={next}");
    }
    assert_eq!(names, ["周报_提醒", "100% sure", "Nightly BACKUP"]);
}

/// Two people act at once: the pause reads the task before the close, and writes after it.
#[tokio::test]
async fn a_pause_that_comes_behind_a_close_leaves_the_task_closed() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "0 9 * * *", "true")).await.id;
    let store = &app.components.store;
    let step = async |step| {
        let done = store
            .set_task_state(&app.act(), task, step, None, &[])
            .await;
        done.expect("an answer")
    };
    assert_eq!(step(TaskStep::Close).await, Updated::Done);
    assert_eq!(step(TaskStep::Pause).await, Updated::Outdated);
    let found = store.task(task).await.expect("an answer").expect("a task");
    assert_eq!(found.state, TaskState::Closed);
    assert_eq!(step(TaskStep::Restore).await, Updated::Done);
    assert_eq!(step(TaskStep::Pause).await, Updated::Done);
}
