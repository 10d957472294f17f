//! Waiting messages of closed and deleted tasks are withdrawn.

use app::backend::{Runs, Tasks};
use app::run::RunState;
use app::task::Control;
use chrono::TimeDelta;
use server::clock::Clock;
use server::store::{RetryCause, TakeResult};

use super::{close, run, text_is, with_reminder};
use crate::helpers::message::{reminder, with_robot};
use crate::helpers::robot::Mood;

#[tokio::test]
async fn what_waits_for_a_closed_task_is_withdrawn() {
    let (app, robot, channel, task) = with_reminder().await;
    let other = app.add(reminder("other", channel)).await.id;
    robot.wait_for(2).await;
    text_is(&app, other, "sent").await;
    robot.next([Mood::Refuse(45_009)]);
    let mut runs = Vec::new();
    for _ in 0..3 {
        let id = app.start_run(task).await;
        // While it is `running` the overlap rule refuses another one.
        app.until("the message to be in the outbox", async || {
            (run(&app, id).await.state == RunState::Sending).then_some(())
        })
        .await;
        runs.push(id);
    }
    let kept = app.start_run(other).await;
    robot.wait_for(3).await;
    app.until("the rate limit, and the other messages", async || {
        let rows = app.messages(task).await;
        let others = app.messages(other).await;
        let limited = rows.len() == 7 && others.len() == 3 && rows[1].last_answer.is_some();
        (limited && rows[1].state.as_str() == "pending").then_some(())
    })
    .await;
    close(&app, task).await;
    let rows = app.messages(task).await;
    assert!(
        rows[1..]
            .iter()
            .all(|row| row.state.as_str() == "withdrawn"),
        "{rows:?}"
    );
    for id in runs {
        let run = run(&app, id).await;
        assert_eq!(
            (run.state, run.reason.as_deref()),
            (RunState::Killed, Some("task:closed"))
        );
    }
    app.clock.advance(TimeDelta::minutes(2));
    assert_eq!(app.ended(kept).await.state, RunState::Succeeded);
    robot.wait_for(5).await;
    assert!(
        robot.texts()[2..].iter().all(|text| text.contains("other")),
        "{:?}",
        robot.texts()
    );
    // After reopening nothing is left from before, and new messages are sent.
    app.service
        .task_control(&app.console(), task, &Control::Restore)
        .await
        .expect("restored");
    let id = app.start_run(task).await;
    assert_eq!(app.ended(id).await.state, RunState::Succeeded);
}

#[tokio::test]
async fn a_message_on_its_way_at_the_close_does_not_come_back() {
    let (app, _robot, channel) = with_robot().await;
    let task = app.add(reminder("t", channel)).await.id;
    let (store, now) = (app.components.store.clone(), app.clock.now());
    let id = app.start_run(task).await;
    app.until("the run's message", async || {
        (app.messages(task).await.len() == 3).then_some(())
    })
    .await;
    let take = async || {
        let taken = store
            .outbox_take(channel, Some(20.into()), &app.me.id, now)
            .await;
        match taken.expect("the database") {
            TakeResult::Message(item) => *item,
            other => panic!("{other:?}"),
        }
    };
    let first = take().await;
    store.outbox_sent(&first, "ok", now).await.expect("sent");
    let taken = take().await;
    app.clock.advance(TimeDelta::seconds(1));
    close(&app, task).await;
    assert_eq!(
        run(&app, id).await.state,
        RunState::Sending,
        "it may arrive"
    );
    let now = app.clock.now();
    store
        .outbox_retry(
            &taken,
            "45009",
            now + TimeDelta::minutes(1),
            RetryCause::Pace,
            now,
        )
        .await
        .expect("noted");
    let states: Vec<&str> = app
        .messages(task)
        .await
        .into_iter()
        .map(|row| row.state.as_str())
        .collect();
    assert_eq!(states, ["sent", "withdrawn", "withdrawn"]);
    assert_eq!(run(&app, id).await.state, RunState::Killed);
}

#[tokio::test]
async fn a_deleted_task_sends_nothing_more() {
    let (app, robot, channel, task) = with_reminder().await;
    robot.next([Mood::Refuse(45_009)]);
    let id = app.start_run(task).await;
    robot.wait_for(2).await;
    text_is(&app, task, "pending").await;
    app.service
        .task_delete(&app.console(), task, None)
        .await
        .expect("deleted");
    assert!(app.service.run_get(&app.console(), id).await.is_err());
    app.clock.advance(TimeDelta::minutes(5));
    app.add(reminder("next", channel)).await;
    let all = robot.wait_for(3).await;
    assert!(
        all[2].body["text"]["content"]
            .as_str()
            .is_some_and(|text| text.contains("next"))
    );
}
