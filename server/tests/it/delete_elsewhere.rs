//! Deleting a task that another node has a run of.

use app::backend::Tasks;
use app::task::TaskState;

use super::helpers::{TestApp, draft, in_time};

#[tokio::test]
async fn a_run_of_another_node_is_ended_before_its_task_is_deleted() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "0 0 1 1 *", "true")).await;
    let (id, read) = (task.id, Some(task.version));
    let database = &app.place.database;
    database
        .execute(&format!(
            "INSERT INTO run (task_id, attempt, trigger_kind, state, node_id, epoch, started_at, \
             output_bytes, output_dropped) \
             VALUES ({}, 1, 'manual', 'running', 'another', 1, '2026-11-22 08:00:00', 0, 0)",
            id.0
        ))
        .await;
    let (service, console) = (std::sync::Arc::clone(&app.service), app.console());
    let deleting = tokio::spawn(async move { service.task_delete(&console, id, read).await });
    let asked = "SELECT COUNT(*) FROM run WHERE stop_by IS NOT NULL";
    app.until("the other node to be asked", async || {
        (database.count(asked).await == 1).then_some(())
    })
    .await;
    // Nothing is lost of what the other node needs, and nothing starts any more.
    app.until("the task to be closed", async || {
        let task = app.components.store.task(id).await.expect("the database");
        (task.expect("it is there").state == TaskState::Closed).then_some(())
    })
    .await;
    assert!(!deleting.is_finished());
    database
        .execute("UPDATE run SET state = 'killed', finished_at = '2026-11-22 08:00:01'")
        .await;
    in_time("the end of deleting", deleting)
        .await
        .expect("no panic")
        .expect("it is deleted");
    for table in ["task", "run"] {
        let left = format!("SELECT COUNT(*) FROM {table}");
        assert_eq!(database.count(&left).await, 0, "{table}");
    }
}
