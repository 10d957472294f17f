//! Edits, pauses and closes take effect at once.

use app::backend::Tasks;
use app::task::{Control, TaskDraft};

use super::PLANNED;
use crate::helpers::{TestApp, at, draft};

#[tokio::test]
async fn an_edit_takes_effect_at_once_on_every_node() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "0 9 * * *", "true")).await;
    app.clock.set(at("2026-11-22T08:59:54Z"));
    let mut node = app.node().await;
    let mut other = app.second_node().await;
    app.clock.set(at("2026-11-22T08:59:56Z"));
    tokio::join!(node.turn(), other.turn());
    assert_eq!(app.place.database.count(PLANNED).await, 1);

    app.service
        .task_update(
            &app.console(),
            task.id,
            &draft("t", "59,1 * * * * *", "true"),
        )
        .await
        .expect("an edit");
    assert_eq!(
        app.place.database.count(PLANNED).await,
        0,
        "the old instant is withdrawn with the edit"
    );
    // Each node learns of it by itself.
    other.turn().await;
    node.turn().await;
    assert!(app.place.database.count(PLANNED).await >= 1);
    node.go_to(at("2026-11-22T09:00:02Z")).await;
    other.turn().await;
    let instants: Vec<String> = app
        .runs(task.id)
        .await
        .iter()
        .filter_map(|run| Some(run.scheduled_for?.rfc3339()))
        .collect();
    assert_eq!(
        instants,
        ["2026-11-22T08:59:59Z", "2026-11-22T09:00:01Z"],
        "09:00:00 belonged to the old cycle"
    );

    let urge = Control::Urge(Some("*/2 * * * * *".into()));
    app.service
        .task_control(&app.console(), task.id, &urge)
        .await
        .expect("urging");
    node.go_to(at("2026-11-22T09:00:05Z")).await;
    app.service
        .task_control(&app.console(), task.id, &Control::Unurge)
        .await
        .expect("the original cycle");
    node.go_to(at("2026-11-22T09:00:10Z")).await;
    let seconds: Vec<i64> = app.runs(task.id).await[2..]
        .iter()
        .filter_map(|run| Some(run.scheduled_for?.unix() % 60))
        .collect();
    // 09:00:02 lay before the switch, 04 after it.
    assert_eq!(seconds, [4]);
}

/// An edit withdraws what is planned; an instant that comes before the loop has looked again is
/// still the task's, and must not fall into the gap between the two.
#[tokio::test]
async fn an_edit_just_before_an_instant_does_not_lose_it() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "0 9 * * *", "true")).await;
    app.clock.set(at("2026-11-22T08:59:56Z"));
    let mut node = app.node().await;
    node.turn().await;
    app.clock.set(at("2026-11-22T08:59:59.9Z"));
    let edited = TaskDraft {
        tags: vec!["x".into()],
        ..draft("t", "0 9 * * *", "true")
    };
    app.service
        .task_update(&app.console(), task.id, &edited)
        .await
        .expect("an edit");
    app.clock.set(at("2026-11-22T09:00:00.1Z"));
    node.turn().await;
    node.settled().await;
    assert_eq!(
        app.history(task.id).await,
        ["succeeded"],
        "09:00 has to end in some state"
    );
}

#[tokio::test]
async fn paused_and_closed_tasks_do_not_fire_and_say_why() {
    let app = TestApp::new().await;
    let paused = app.add(draft("paused", "* * * * * *", "true")).await;
    let closed = app.add(draft("closed", "* * * * * *", "true")).await;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:00:02Z")).await;
    // Due, and stopped before the loop could claim it.
    app.clock.set(at("2026-11-22T08:00:03Z"));
    app.service
        .task_control(&app.console(), paused.id, &Control::Pause(None))
        .await
        .expect("paused");
    app.service
        .task_control(&app.console(), closed.id, &Control::Close)
        .await
        .expect("closed");
    assert_eq!(
        app.place.database.count(PLANNED).await,
        0,
        "the later ones are withdrawn"
    );
    node.go_to(at("2026-11-22T08:00:30Z")).await;
    assert_eq!(
        app.history(paused.id).await,
        ["skipped(paused)", "succeeded", "succeeded"]
    );
    assert_eq!(
        app.history(closed.id).await,
        ["skipped(closed)", "succeeded", "succeeded"]
    );

    for task in [paused.id, closed.id] {
        app.service
            .task_control(&app.console(), task, &Control::Restore)
            .await
            .expect("restored");
    }
    node.go_to(at("2026-11-22T08:00:32Z")).await;
    assert_eq!(
        app.history(paused.id).await.len(),
        5,
        "from now on, and nothing of the pause is made up for"
    );
    assert_eq!(
        app.history(closed.id).await[..2],
        ["succeeded", "succeeded"]
    );
}
