//! What people hear of: missed runs, recoveries, timeouts, and a task that pauses itself.

use app::auth::Role;
use app::backend::Tasks;
use app::channel::ChannelKind;
use app::id::TaskId;
use app::run::{RunReason, RunState};
use app::schedule::MissedDraft;
use app::task::execution::{ExecutionDraft, RetryDraft};
use app::task::{Control, TaskDraft, TaskState};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use server::store::{Outcome, Store};

use super::helpers::place::Place;
use super::helpers::{ManualClock, TestApp, at, draft};

const FLAGS: [&str; 1] = ["--outbound-allow=127.0.0.0/8"];

async fn again((place, clock): (std::sync::Arc<Place>, std::sync::Arc<ManualClock>)) -> TestApp {
    TestApp::start(place, clock, None, &FLAGS).await
}

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

/// How many firings of a task the ledger has as missed.
async fn missed(app: &TestApp, task: TaskId) -> i64 {
    let sql = format!("SELECT firings FROM occurrence WHERE state = 'missed' AND task_id = {task}");
    app.place.database.integers(&sql).await.iter().sum()
}

fn with_policy(policy: &str, draft: TaskDraft) -> TaskDraft {
    TaskDraft {
        missed: MissedDraft {
            policy: policy.to_owned(),
            ..MissedDraft::default()
        },
        ..draft
    }
}

/// The server is down from 08:00:30 up to `until`.
async fn outage(app: TestApp, until: DateTime<Utc>) -> TestApp {
    app.node().await.go_to(at("2026-11-22T08:00:30Z")).await;
    let (place, clock) = app.die();
    clock.set(until);
    again((place, clock)).await
}

#[tokio::test]
async fn an_outage_is_one_message_for_each_task_that_missed_something() {
    let app = TestApp::new().await;
    let channel_id = channel(&app).await;
    let task = |name: &str, cron: &str| TaskDraft {
        channel_id,
        ..draft(name, cron, "true")
    };
    let none = app
        .add(with_policy("none", task("none", "*/10 * * * *")))
        .await
        .id;
    let latest = app
        .add(with_policy("latest", task("latest", "*/10 * * * *")))
        .await
        .id;
    let caught = app.add(task("hourly", "0 9 * * *")).await.id;
    let seconds = app.add(task("seconds", "* * * * * *")).await.id;
    let later = app.add(task("later", "0 12 * * *")).await.id;
    let app = outage(app, at("2026-11-22T09:02:00Z")).await;
    app.node().await.go_to(at("2026-11-22T09:03:00Z")).await;

    let (event, text) = heard(&app, none).await.remove(0);
    assert_eq!(event, "missed");
    assert!(
        text.starts_with("【错过执行】none：错过 6 次执行"),
        "{text}"
    );
    assert!(text.contains("首次：2026-11-22 星期日 08:10:00"), "{text}");
    assert!(text.contains("末次：2026-11-22 星期日 09:00:00"), "{text}");
    assert!(text.contains("不补执行"), "{text}");
    let (_, text) = heard(&app, latest).await.remove(0);
    assert!(text.contains("错过 5 次"), "{text}");
    assert!(text.contains("另有 1 次正在补执行"), "{text}");
    // One hour and two minutes of seconds, of which the last minute is within the grace.
    let (_, text) = heard(&app, seconds).await.remove(0);
    let ledger = missed(&app, seconds).await;
    assert!(ledger > 3_500, "{ledger}");
    assert!(text.contains(&format!("错过 {ledger} 次")), "{text}");
    // All of it is caught up, or nothing was planned: no message is sent.
    for quiet in [caught, later] {
        assert_eq!(events(&app, quiet).await, [""; 0]);
    }
    for task in [none, latest, seconds] {
        assert_eq!(events(&app, task).await, ["missed"], "once");
    }
    let kept = "SELECT COUNT(*) FROM unreported_miss";
    assert_eq!(app.place.database.count(kept).await, 0);
}

/// The server dies again between recording an outage and claiming what is left of it.
#[tokio::test]
async fn an_outage_is_reported_once_over_a_crash() {
    let app = TestApp::new().await;
    let channel_id = channel(&app).await;
    let draft = TaskDraft {
        channel_id,
        ..draft("t", "* * * * * *", "true")
    };
    let task = app.add(with_policy("none", draft)).await.id;
    let app = outage(app, at("2026-11-22T09:00:00Z")).await;
    // It plans, and claims nothing.
    drop(app.node().await);
    assert_eq!(events(&app, task).await, [""; 0]);
    let kept = "SELECT COUNT(*) FROM unreported_miss";
    assert_eq!(app.place.database.count(kept).await, 1);
    let app = again(app.die()).await;
    let mut node = app.node().await;
    node.turn().await;
    node.settled().await;
    assert_eq!(events(&app, task).await, ["missed"]);
    let missed = missed(&app, task).await;
    let (_, text) = heard(&app, task).await.remove(0);
    assert!(
        text.contains(&format!("错过 {missed} 次")),
        "{missed}: {text}"
    );
    assert_eq!(app.place.database.count(kept).await, 0);
    drop(node);
    let app = again(app.die()).await;
    app.node().await.turn().await;
    assert_eq!(events(&app, task).await, ["missed"]);
}

#[tokio::test]
async fn two_servers_report_an_outage_once() {
    let app = TestApp::new().await;
    let channel_id = channel(&app).await;
    let mut tasks = Vec::new();
    for (name, cron) in [("seconds", "* * * * * *"), ("minutes", "*/10 * * * *")] {
        let draft = TaskDraft {
            channel_id,
            ..draft(name, cron, "true")
        };
        tasks.push(app.add(with_policy("none", draft)).await.id);
    }
    let app = outage(app, at("2026-11-22T09:02:00Z")).await;
    let (mut one, mut other) = tokio::join!(app.node(), app.second_node());
    for _ in 0..3 {
        tokio::join!(one.turn(), other.turn());
    }
    one.settled().await;
    for task in tasks {
        let heard = heard(&app, task).await;
        assert_eq!(heard.len(), 1, "{heard:?}");
        let missed = missed(&app, task).await;
        let text = &heard[0].1;
        assert!(
            text.contains(&format!("错过 {missed} 次")),
            "{missed}: {text}"
        );
    }
}

/// More firings than one claim takes.
#[tokio::test]
async fn an_outage_of_many_tasks_is_one_message_each() {
    let app = TestApp::new().await;
    let channel_id = channel(&app).await;
    let mut tasks = Vec::new();
    for number in 0..70 {
        let draft = TaskDraft {
            channel_id,
            ..draft(&format!("t{number}"), "*/4 * * * *", "true")
        };
        tasks.push(app.add(with_policy("none", draft)).await.id);
    }
    let app = outage(app, at("2026-11-22T09:02:00Z")).await;
    let mut node = app.node().await;
    let due = "SELECT COUNT(*) FROM occurrence WHERE state = 'planned'";
    assert!(app.place.database.count(due).await > 1_000);
    node.turn().await;
    for task in tasks {
        let heard = heard(&app, task).await;
        assert_eq!(heard.len(), 1, "{heard:?}");
        assert!(heard[0].1.contains("错过 15 次"), "{}", heard[0].1);
    }
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

async fn state(app: &TestApp, task: TaskId) -> TaskState {
    let task = app.components.store.task(task).await.expect("the database");
    task.expect("it exists").state
}

#[tokio::test]
async fn a_task_pauses_itself_after_failures_in_a_row_and_counts_anew_when_resumed() {
    let app = TestApp::new().await;
    let channel_id = channel(&app).await;
    let draft = TaskDraft {
        pause_after_failures: "3".to_owned(),
        cron: "* * * * *".to_owned(),
        ..failing(&app, "t", channel_id)
    };
    let task = app.add(draft).await.id;
    set_broken(&app, true);
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:02:30Z")).await;
    assert_eq!(state(&app, task).await, TaskState::Active);
    node.go_to(at("2026-11-22T08:05:30Z")).await;
    assert_eq!(state(&app, task).await, TaskState::Paused);
    assert_eq!(app.runs(task).await.len(), 3, "none after the third");
    assert_eq!(
        events(&app, task).await,
        ["failed", "failed", "failed", "paused"]
    );
    let (_, text) = heard(&app, task).await.remove(3);
    assert!(
        text.starts_with("【自动暂停】t：连续失败 3 次，已自动暂停"),
        "{text}"
    );
    let audit = "SELECT CONCAT(who, ' ', via, ' ', object_version, ' ', detail) FROM audit \
                 WHERE action = 'task.pause'";
    assert_eq!(
        app.place.database.rows(audit).await,
        ["jcrontab server 2 3 failures in a row"]
    );
    // A run by hand fails while it is paused: it stays so, and nothing is said twice.
    assert_eq!(run(&app, task).await, RunState::Failed);
    assert_eq!(events(&app, task).await.len(), 5);
    app.clock.advance(TimeDelta::seconds(1));
    app.service
        .task_control(&app.console(), task, &Control::Restore)
        .await
        .expect("resumed");
    // Two more failures are not three.
    node.go_to(at("2026-11-22T08:07:30Z")).await;
    assert_eq!(app.runs(task).await.len(), 6);
    assert_eq!(state(&app, task).await, TaskState::Active);
    node.go_to(at("2026-11-22T08:10:30Z")).await;
    assert_eq!(state(&app, task).await, TaskState::Paused);
    assert_eq!(app.runs(task).await.len(), 7);
    let paused = events(&app, task).await;
    assert_eq!(paused.iter().filter(|event| *event == "paused").count(), 2);
    // A success in between starts the count again.
    set_broken(&app, false);
    app.service
        .task_control(&app.console(), task, &Control::Restore)
        .await
        .expect("resumed");
    node.go_to(at("2026-11-22T08:11:30Z")).await;
    set_broken(&app, true);
    node.go_to(at("2026-11-22T08:13:30Z")).await;
    assert_eq!(state(&app, task).await, TaskState::Active);
    node.go_to(at("2026-11-22T08:16:30Z")).await;
    assert_eq!(state(&app, task).await, TaskState::Paused);
}

/// Results of one task that are written by several servers at once.
#[tokio::test]
async fn several_servers_pause_a_task_once() {
    let app = TestApp::new().await;
    let channel_id = channel(&app).await;
    let draft = TaskDraft {
        pause_after_failures: "3".to_owned(),
        channel_id,
        ..draft("t", "0 9 * * *", "true")
    };
    let task = app.add(draft).await.id;
    for _ in 0..8 {
        app.place
            .database
            .execute(&format!(
                "INSERT INTO run (task_id, attempt, trigger_kind, state, node_id, epoch, started_at, \
                 output_bytes, output_dropped) \
                 VALUES ({task}, 1, 'manual', 'running', 'another', 1, '2026-11-22 08:00:00', 0, 0)"
            ))
            .await;
    }
    let now = at("2026-11-22T08:01:00Z");
    let store = &app.components.store;
    let runs = store.claimed_by("another").await.expect("runs");
    let mut outcomes: Vec<Outcome> = runs
        .iter()
        .map(|run| run.lost(&RunReason::Lost, now))
        .collect();
    let together = outcomes.split_off(2);
    store.record(&outcomes).await.expect("recorded");
    assert_eq!(state(&app, task).await, TaskState::Active);
    let url = &app.place.database.url;
    let other = match url.is_empty() {
        true => store.clone(),
        false => Store::open(url, &app.place.data())
            .await
            .expect("the database"),
    };
    let writing = together.iter().enumerate().map(|(number, outcome)| {
        let store = [store, &other][number % 2];
        store.record(std::slice::from_ref(outcome))
    });
    for recorded in futures_util::future::join_all(writing).await {
        assert!(recorded.expect("recorded").fenced.is_empty());
    }
    assert_eq!(state(&app, task).await, TaskState::Paused);
    assert_eq!(events(&app, task).await, ["paused"]);
    let acts = "SELECT COUNT(*) FROM audit WHERE action = 'task.pause'";
    assert_eq!(app.place.database.count(acts).await, 1);
}

/// The field goes through the API unchanged, and out of bounds it is refused.
#[tokio::test]
async fn the_number_of_failures_is_saved_shown_and_checked() {
    let app = TestApp::new().await;
    let ada = app.signed_in("ada", Role::Admin).await;
    let task = json!({
        "name": "t", "cron": "0 0 1 1 *", "command": "true", "pause_after_failures": "5",
        "execution": {"min_duration": "30s"},
    });
    let created = ada.post("/api/v1/tasks", task).await.expect(201);
    assert_eq!(created["pause_after_failures"], 5);
    assert_eq!(created["execution"]["min_seconds"], 30);
    let path = format!("/api/v1/tasks/{}", created["id"]);
    let none = json!({"pause_after_failures": ""});
    let saved = ada.call("PATCH", &path, Some(none)).await.expect(200);
    assert_eq!(saved["pause_after_failures"], json!(null));
    assert_eq!(saved["execution"]["min_seconds"], 30, "the rest stays");
    for wrong in ["0", "1001", "-1", "three"] {
        let wrong = json!({"pause_after_failures": wrong});
        let refused = ada.call("PATCH", &path, Some(wrong)).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.faults()[0].0, "pause_after_failures");
    }
}
