//! After a step back the scheduler plans by the new time: nothing twice, and nothing is lost.

use chrono::TimeDelta;

use super::helpers::{TestApp, at, draft};

/// B: the first seconds after a step back are planned, too.
#[tokio::test]
async fn b_the_first_seconds_after_a_step_back_are_not_lost() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "* * * * * *", "true")).await.id;
    app.clock.set(at("2026-11-22T08:00:00.5Z"));
    let mut node = app.node().await;
    app.clock.set(at("2026-11-22T09:00:00.5Z"));
    node.turn().await;
    node.go_to(at("2026-11-22T09:00:03.5Z")).await;
    app.clock.step(TimeDelta::minutes(-30));
    node.go_to(at("2026-11-22T08:30:08.5Z")).await;
    let seconds: Vec<String> = app
        .runs(task)
        .await
        .iter()
        .filter_map(|run| Some(run.scheduled_for?.rfc3339()))
        .filter(|at| at.contains("T08:30"))
        .collect();
    assert_eq!(
        seconds.len(),
        5,
        "{seconds:?} {:?}",
        app.history(task).await
    );
}

/// C: a task whose heap entry lies behind the new time.
#[tokio::test]
async fn c_a_task_entered_before_a_step_back_fires_by_the_new_time() {
    let app = TestApp::new().await;
    app.clock.set(at("2026-11-22T08:00:00Z"));
    let mut node = app.node().await;
    node.turn().await;
    app.clock.set(at("2026-11-22T10:00:00Z"));
    node.turn().await;
    let task = app.add(draft("t", "1 8 * * *", "true")).await.id;
    node.turn().await;
    app.clock.step(TimeDelta::seconds(-7200 + 45));
    node.go_to(at("2026-11-22T08:01:05Z")).await;
    assert_eq!(app.history(task).await, ["succeeded"]);
}

/// D: what a mistaken step forward recorded as skipped fires when its time comes after all.
#[tokio::test]
async fn d_a_mistaken_step_forward_does_not_cost_the_firings_of_the_hole() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "0 9 * * *", "true")).await.id;
    app.clock.set(at("2026-11-22T08:00:00Z"));
    let mut node = app.node().await;
    node.turn().await;
    app.clock.step(TimeDelta::hours(5));
    node.turn().await;
    assert_eq!(app.history(task).await, ["missed(clock)"]);
    app.clock.step(TimeDelta::hours(-5));
    node.turn().await;
    node.go_to(at("2026-11-22T09:00:05Z")).await;
    assert_eq!(app.history(task).await, ["succeeded"]);
}

/// G: a skipped period ends when the clock is set back.
#[tokio::test]
async fn g_an_outage_inside_a_former_hole_is_an_outage() {
    let app = TestApp::new().await;
    app.clock.set(at("2026-11-22T08:00:00Z"));
    let mut node = app.node().await;
    node.turn().await;
    app.clock.step(TimeDelta::hours(5));
    node.turn().await;
    app.clock.step(TimeDelta::hours(-5));
    node.turn().await;
    let task = app.add(draft("t", "0 9 * * *", "true")).await.id;
    node.turn().await;
    app.clock.set(at("2026-11-22T09:05:00Z"));
    node.go_to(at("2026-11-22T09:05:05Z")).await;
    assert_eq!(app.history(task).await, ["succeeded"], "caught up");
}
