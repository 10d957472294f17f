//! Messages that a node which was declared dead had taken, and runs that wait for messages.

use app::backend::Tasks;
use app::id::ChannelId;
use app::message::Event;
use app::run::RunState;
use app::task::{TaskDraft, TaskState};
use chrono::TimeDelta;
use server::clock::Clock;
use server::store::{NewMessage, OutboxItem, Outcome, RetryCause, StopOutcome, TakeResult};

use super::{TIMES, runs_elsewhere};
use crate::helpers::TestApp;
use crate::helpers::message::{reminder, with_robot};

/// A message that is about to be sent by a node.
async fn take(app: &TestApp, channel: ChannelId, node: &str) -> OutboxItem {
    let now = app.clock.now();
    let store = &app.components.store;
    match store.outbox_take(channel, None, node, now).await {
        Ok(TakeResult::Message(item)) => *item,
        other => panic!("{other:?}"),
    }
}

async fn states(app: &TestApp) -> Vec<String> {
    let sql =
        "SELECT CONCAT(state, ' ', attempts, ' ', COALESCE(node_id, '')) FROM message ORDER BY id";
    app.place.database.rows(sql).await
}

#[tokio::test]
async fn what_a_node_takes_that_has_just_joined_is_not_put_back() {
    let (app, _robot, channel) = with_robot().await;
    for name in ["a", "b"] {
        app.add(reminder(name, channel)).await;
    }
    let (store, now) = (&app.components.store, app.clock.now());
    take(&app, channel, "dead").await;
    let sending = store.sending_nodes().await.expect("the database");
    assert_eq!(sending, ["dead"]);
    // Here the nodes that live are read, and another one joins.
    take(&app, channel, "new").await;
    let reclaimed = store.outbox_reclaim(&sending, now).await;
    assert_eq!(reclaimed.expect("the database"), 1);
    assert_eq!(states(&app).await, ["pending 1 dead", "sending 1 new"]);
    let marked = "SELECT CONCAT(id, ' ', maybe_twice) FROM message ORDER BY id";
    assert_eq!(app.place.database.rows(marked).await, ["1 1", "2 0"]);
}

#[tokio::test]
async fn a_node_that_was_declared_dead_settles_nothing_that_another_one_sends() {
    let (app, _robot, channel) = with_robot().await;
    app.add(reminder("a", channel)).await;
    let (store, now) = (&app.components.store, app.clock.now());
    let old = take(&app, channel, "old").await;
    let reclaimed = store.outbox_reclaim(&["old".to_owned()], now).await;
    assert_eq!(reclaimed.expect("the database"), 1);
    let new = take(&app, channel, "new").await;
    let next = now + TimeDelta::minutes(1);
    for setback in [RetryCause::Pace, RetryCause::Passing] {
        let back = store.outbox_retry(&old, "late", next, setback, now).await;
        back.expect("the database");
        assert_eq!(states(&app).await, ["sending 2 new"]);
    }
    let dead = store.outbox_dead(&old, "refused", true, now).await;
    dead.expect("the database");
    assert_eq!(states(&app).await, ["sending 2 new"]);
    // It may have arrived, which counts.
    let sent = store.outbox_sent(&old, "ok", now).await;
    sent.expect("the database");
    assert_eq!(states(&app).await, ["sent 2 new"]);
    let back = store.outbox_retry(&new, "late", next, RetryCause::Passing, now);
    back.await.expect("the database");
    assert_eq!(states(&app).await, ["sent 2 new"]);
}

/// As its node writes it: it waits for its message.
fn sending(outcome: &Outcome, channel: ChannelId) -> Outcome {
    let message = NewMessage {
        task_id: outcome.task_id,
        run_id: Some(outcome.run_id),
        channel_id: channel,
        event: Event::Reminder,
        facts: None,
        body: "words".to_owned(),
        mentions: Vec::new(),
        picture: None,
        created_at: outcome.finished_at,
        held_until: None,
        held_back: None,
        template: None,
    };
    Outcome {
        state: RunState::Sending,
        reason: None,
        messages: vec![message],
        ..outcome.clone()
    }
}

#[tokio::test]
async fn a_run_that_is_stopped_while_it_is_recorded_is_not_over() {
    let (app, _robot, channel) = with_robot().await;
    let task = app.add(reminder("a", channel)).await.id;
    let store = &app.components.store;
    for _ in 0..TIMES {
        let outcome = runs_elsewhere(&app, task, 1).await.remove(0);
        let outcome = sending(&outcome, channel);
        let act = app.act();
        let (stopped, recorded) = tokio::join!(
            store.stop_run(&act, outcome.run_id),
            store.record(std::slice::from_ref(&outcome)),
        );
        recorded.expect("recorded");
        // It was asked to end, or its message was withdrawn.
        let stopped = stopped.expect("the database");
        assert_ne!(stopped, StopOutcome::AlreadyOver);
    }
}

#[tokio::test]
async fn a_message_run_without_a_channel_is_a_failure_after_which_its_task_pauses() {
    let (app, _robot, channel) = with_robot().await;
    let draft = TaskDraft {
        pause_after_failures: "2".to_owned(),
        ..reminder("a", channel)
    };
    let task = app.add(draft).await.id;
    let store = &app.components.store;
    for expected in [TaskState::Active, TaskState::Paused] {
        let outcome = runs_elsewhere(&app, task, 1).await.remove(0);
        let outcome = Outcome {
            messages: Vec::new(),
            ..sending(&outcome, channel)
        };
        let recorded = store.record(std::slice::from_ref(&outcome)).await;
        recorded.expect("recorded");
        let found = app.service.task_get(&app.console(), task).await;
        assert_eq!(found.expect("the task").state, expected);
    }
    let ended = "SELECT COUNT(*) FROM run WHERE state = 'failed' AND reason = 'no_channel'";
    assert_eq!(app.place.database.count(ended).await, 2);
}
