//! What is reported: failures in a row, recoveries and timeouts; outages and tasks that pause themselves are in files of
//! their own.

mod outages;
mod pauses;

use app::backend::Tasks;
use app::channel::ChannelKind;
use app::id::TaskId;
use app::run::RunState;
use app::task::TaskDraft;
use app::task::execution::{ExecutionDraft, RetryDraft};
use chrono::TimeDelta;

use super::helpers::{TestApp, at, draft};

/// A channel to an address where nothing listens: the outbox's loop does not run here.
async fn channel(app: &TestApp) -> Option<i64> {
    let channel = app
        .channel("ops", ChannelKind::Webhook, "http://127.0.0.1:9/hook")
        .await;
    Some(channel.id.0)
}

/// A task that sends its messages to a channel, and fails while the file exists.
fn failing(app: &TestApp, name: &str, channel_id: Option<i64>) -> TaskDraft {
    let switch = app.place.work().join("broken");
    TaskDraft {
        channel_id,
        ..draft(
            name,
            "0 0 1 1 *",
            &format!("! test -e {}", switch.display()),
        )
    }
}

fn set_broken(app: &TestApp, broken: bool) {
    let switch = app.place.work().join("broken");
    if broken {
        std::fs::write(switch, "").expect("written");
    } else if switch.exists() {
        std::fs::remove_file(switch).expect("removed");
    }
}

/// Runs a task once, to its end.
async fn run(app: &TestApp, task: TaskId) -> RunState {
    let id = app.start_run(task).await;
    app.ended(id).await.state
}

/// Events and texts of the messages of a task, without its first one, oldest first.
async fn heard(app: &TestApp, task: TaskId) -> Vec<(String, String)> {
    let all = app.messages(task).await.into_iter();
    all.filter(|message| message.event != "created")
        .map(|message| (message.event, message.text))
        .collect()
}

async fn events(app: &TestApp, task: TaskId) -> Vec<String> {
    let all = heard(app, task).await.into_iter();
    all.map(|(event, _)| event).collect()
}

#[tokio::test]
async fn a_failure_says_which_in_a_row_it_is_and_a_success_that_it_is_over() {
    let app = TestApp::new().await;
    let channel_id = channel(&app).await;
    let task = app.add(failing(&app, "t", channel_id)).await.id;
    assert_eq!(run(&app, task).await, RunState::Succeeded);
    assert_eq!(events(&app, task).await, [""; 0], "nothing to recover from");
    set_broken(&app, true);
    for _ in 0..3 {
        assert_eq!(run(&app, task).await, RunState::Failed);
        app.clock.advance(TimeDelta::minutes(1));
    }
    let failed = heard(&app, task).await;
    assert_eq!(failed.len(), 3);
    assert!(!failed[0].1.contains("连续失败"), "{}", failed[0].1);
    assert!(
        failed[2]
            .1
            .contains("连续失败：3 次，始于 2026-11-22 星期日 08:00:00"),
        "{}",
        failed[2].1
    );
    set_broken(&app, false);
    assert_eq!(run(&app, task).await, RunState::Succeeded);
    assert_eq!(run(&app, task).await, RunState::Succeeded);
    let after = heard(&app, task).await.split_off(3);
    assert_eq!(after.len(), 1, "once: {after:?}");
    assert_eq!(after[0].0, "recovered");
    assert!(
        after[0]
            .1
            .starts_with("【恢复正常】t：连续失败 3 次后执行成功"),
        "{}",
        after[0].1
    );
    assert!(after[0].1.contains("首次失败：2026-11-22 星期日 08:00:00"));
}

/// A retry that succeeds has nothing to recover from: no failure was reported.
#[tokio::test]
async fn a_retry_that_succeeds_is_no_recovery() {
    let app = TestApp::new().await;
    let channel_id = channel(&app).await;
    let twice = TaskDraft {
        channel_id,
        execution: ExecutionDraft {
            retry: RetryDraft {
                attempts: "3".into(),
                delay: "1s".into(),
                ..RetryDraft::default()
            },
            ..ExecutionDraft::default()
        },
        ..draft("t", "0 9 * * *", "test \"$JCRONTAB_ATTEMPT\" = 2")
    };
    let task = app.add(twice).await.id;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T09:00:10Z")).await;
    let runs = app.runs(task).await;
    let states: Vec<RunState> = runs.iter().map(|run| run.state).collect();
    assert_eq!(states, [RunState::Failed, RunState::Succeeded]);
    assert_eq!(events(&app, task).await, [""; 0]);
    // After a day without it, the next firing fails for good and the one after recovers.
    let never = TaskDraft {
        command: "exit 1".to_owned(),
        ..app
            .service
            .task_draft(&app.console(), task)
            .await
            .expect("a draft")
    };
    app.service
        .task_update(&app.console(), task, &never)
        .await
        .expect("saved");
    node.go_to(at("2026-11-23T09:10:00Z")).await;
    let runs = app.runs(task).await;
    let states: Vec<RunState> = runs.iter().map(|run| run.state).collect();
    assert_eq!(states[2..], [RunState::Failed; 3]);
    assert_eq!(events(&app, task).await, ["failed"]);
    let fine = TaskDraft {
        command: "true".to_owned(),
        ..never
    };
    app.service
        .task_update(&app.console(), task, &fine)
        .await
        .expect("saved");
    node.go_to(at("2026-11-24T09:10:00Z")).await;
    assert_eq!(events(&app, task).await, ["failed", "recovered"]);
    let (_, text) = heard(&app, task).await.remove(1);
    assert!(text.contains("连续失败 1 次后"), "{text}");
}

#[tokio::test]
async fn a_timeout_is_an_event_of_its_own() {
    let app = TestApp::new().await;
    let channel_id = channel(&app).await;
    let slow = TaskDraft {
        channel_id,
        timeout: "1s".to_owned(),
        ..draft("slow", "0 0 1 1 *", "sleep 600")
    };
    let task = app.add(slow).await.id;
    assert_eq!(run(&app, task).await, RunState::TimedOut);
    let (event, text) = heard(&app, task).await.remove(0);
    assert_eq!(event, "timed_out");
    assert!(
        text.starts_with("【执行超时】slow：超过 1 秒，已终止"),
        "{text}"
    );
}
