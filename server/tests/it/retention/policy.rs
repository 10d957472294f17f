//! Who decides how long history is kept and who deletes it, and what is answered about deleted history.

use app::auth::Role;
use app::retention::Retention;
use chrono::TimeDelta;
use futures_util::FutureExt;
use serde_json::{Value, json};
use server::loops::Periodic;
use server::store::RetentionTurn;

use super::super::helpers::in_time;
use super::{ids, installation, keep, now, pruning, run, task, text, turn};

#[tokio::test]
async fn the_policy_is_changed_by_administrators_in_its_version() {
    let app = installation().await;
    let admin = app.signed_in("root", Role::Admin).await;
    let path = "/api/v1/retention";
    let defaults = admin.get(path).await.expect(200);
    assert_eq!(defaults["version"], 0);
    let usual: Retention = serde_json::from_value(defaults).expect("a policy");
    assert_eq!(usual, Retention::default());
    let set = admin
        .call("PUT", path, Some(json!({"run_days": 90, "runs": 500})))
        .await;
    assert_eq!(set.header("etag"), "\"1\"");
    let set = set.expect(200);
    assert_eq!((&set["run_days"], &set["version"]), (&json!(90), &json!(1)));
    assert_eq!(set["message_days"], Value::Null);
    let refused = admin
        .call("PUT", path, Some(json!({"run_days": 0, "runs": -1})))
        .await;
    let refused = refused.expect(422);
    let fields: Vec<&str> = refused["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .filter_map(|error| error["field"].as_str())
        .collect();
    assert_eq!(fields, ["run_days", "runs"]);
    admin
        .call("PUT", path, Some(json!({"days": 3})))
        .await
        .expect(422);
    let operator = app.signed_in("olga", Role::Operator).await;
    operator
        .call("PUT", path, Some(json!({"run_days": 1})))
        .await
        .expect(403);

    // The form of the page: refused where somebody was faster, and nothing that was typed is lost.
    let form = |version: &'static str, days: &'static str| {
        [
            ("version", version),
            ("run_days", days),
            ("runs", ""),
            ("output_mib", ""),
            ("message_days", ""),
            ("audit_days", ""),
            ("ticket_days", ""),
            ("count_days", ""),
        ]
    };
    let late = admin.submit("/admin/retention", &form("0", "45")).await;
    assert_eq!(late.status, 409);
    assert!(late.text().contains("value=\"45\""), "{}", late.text());
    let wrong = admin.submit("/admin/retention", &form("1", "never")).await;
    assert_eq!(wrong.status, 422);
    assert_eq!(
        admin
            .submit("/admin/retention", &form("1", "45"))
            .await
            .status,
        303
    );
    assert_eq!(admin.get(path).await.expect(200)["run_days"], 45);
}

#[tokio::test]
async fn one_server_deletes_at_a_time_and_another_takes_over() {
    let app = installation().await;
    let (store, at) = (&app.components.store, now());
    let until = at + TimeDelta::minutes(5);
    let take = async |node: &str, at, until| {
        let taken = store.take_retention_turn(node, at, until).await;
        taken.expect("a turn")
    };
    assert_eq!(take("a", at, until).await, RetentionTurn::Own);
    assert_eq!(take("a", at, until).await, RetentionTurn::Own);
    assert_eq!(take("b", at, until).await, RetentionTurn::OfOther(until));
    assert_eq!(take("b", until, until).await, RetentionTurn::Own);
    let long = until + TimeDelta::minutes(5);
    assert_eq!(take("b", until, long).await, RetentionTurn::Own);
    store
        .end_retention_turn("b", until, 0)
        .await
        .expect("ended");
    // It had nothing left to do, and holds the turn no longer.
    assert_eq!(take("a", until, long).await, RetentionTurn::Own);
}

#[tokio::test]
async fn a_server_deletes_once_the_turn_of_one_that_was_killed_is_over() {
    let app = installation().await;
    let task = task(&app, "a").await;
    for id in 1..=3 {
        run(&app, task, id, 40, "succeeded").await;
    }
    let until = now() + TimeDelta::minutes(5);
    let killed = app
        .components
        .store
        .take_retention_turn("killed", now(), until);
    assert_eq!(killed.await.expect("a turn"), RetentionTurn::Own);
    keep(&app, json!({"run_days": 30})).await;
    let pruning = pruning(&app);
    pruning.turn().await.expect("a turn");
    assert_eq!(ids(&app, "run").await, [1, 2, 3]);

    let woken = pruning.woken();
    tokio::pin!(woken);
    assert!(woken.as_mut().now_or_never().is_none(), "long before");
    app.clock.set(until);
    in_time("the other turn to end", woken).await;
    pruning.turn().await.expect("a turn");
    assert_eq!(ids(&app, "run").await, [3]);
    assert!(
        pruning.woken().now_or_never().is_none(),
        "nothing is left to do"
    );
}

#[tokio::test]
async fn what_is_asked_about_deleted_history_is_answered() {
    let app = installation().await;
    let task = task(&app, "a").await;
    run(&app, task, 1, 100, "succeeded").await;
    run(&app, task, 2, 1, "succeeded").await;
    let created = text(now() - TimeDelta::days(200));
    let old = format!("UPDATE task SET created_at = {created}, updated_at = {created}");
    app.place.database.execute(&old).await;
    keep(&app, json!({"run_days": 30})).await;
    turn(&app).await;
    assert_eq!(ids(&app, "run").await, [2]);
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let asked = (now() - TimeDelta::days(100)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let path = format!("/api/v1/tasks/{task}/explain?at={asked}");
    let answer = viewer.get(&path).await.expect(200);
    assert_eq!(answer["verdict"], "unknown");
    let sentence = answer["sentence"].as_str().expect("a sentence");
    assert!(
        sentence.contains("保留") || sentence.contains("kept"),
        "{sentence}"
    );
}

#[tokio::test]
async fn a_deleted_task_leaves_no_outputs_and_no_counts() {
    let app = installation().await;
    let task = task(&app, "a").await;
    run(&app, task, 1, 100, "succeeded").await;
    run(&app, task, 2, 99, "succeeded").await;
    let store = &app.components.store;
    store
        .delete_old_runs(task, &[1], now())
        .await
        .expect("deleted");
    let admin = app.signed_in("root", Role::Admin).await;
    let path = format!("/api/v1/tasks/{task}");
    assert!(admin.call("DELETE", &path, None).await.status < 300);
    let names = store.outputs_gone("", 10).await.expect("names");
    assert_eq!(names.len(), 2);
    for table in ["run_day", "task_gone"] {
        let rows = format!("SELECT COUNT(*) FROM {table}");
        assert_eq!(app.place.database.integers(&rows).await, [0], "{table}");
    }
}
