//! Nothing that is not a person's decision is silent: each reason for which a planned run does not run, as a rule that
//! names its event hears of it.

use app::auth::Role;
use app::backend::{Calendars, Tasks};
use app::calendar::{BlackoutDraft, BlackoutPolicy};
use app::channel::ChannelKind;
use app::id::TaskId;
use app::message::Event;
use app::task::execution::{ExecutionDraft, RetryDraft, WaitsDraft};
use app::task::{Control, TaskDraft};
use chrono::TimeDelta;
use serde_json::json;

use super::helpers::{TestApp, at, draft};

/// An app with a rule that sends every event about every task to a channel.
async fn app() -> TestApp {
    let app = TestApp::new().await;
    let url = "http://127.0.0.1:9/hook";
    let channel = app.channel("ops", ChannelKind::Webhook, url).await.id;
    let admin = app.signed_in("root", Role::Admin).await;
    for scope in ["all", "system"] {
        let events: Vec<&str> = Event::ALL
            .iter()
            .filter(|event| event.is_routed() && event.is_of_system() == (scope == "system"))
            .map(|event| event.as_str())
            .collect();
        let rule = json!({"scope": scope, "channel_id": channel, "events": events});
        admin.post("/api/v1/rules", rule).await.expect(201);
    }
    app
}

/// Events of the messages of a task since it was created, oldest first, with what they say first.
async fn heard(app: &TestApp, task: TaskId) -> Vec<(String, String)> {
    let all = app.messages(task).await.into_iter().skip(1);
    all.map(|message| {
        let first = message.text.lines().next().unwrap_or_default().to_owned();
        (message.event, first)
    })
    .collect()
}

async fn events(app: &TestApp, task: TaskId) -> Vec<String> {
    let all = heard(app, task).await.into_iter();
    all.map(|(event, _)| event).collect()
}

/// A task of every minute whose runs last as long as a file exists.
fn lasting(app: &TestApp, name: &str, overlap: &str) -> TaskDraft {
    let file = app.place.work().join("lasts");
    std::fs::write(&file, "").expect("written");
    let command = format!("while test -e {}; do sleep 0.05; done", file.display());
    TaskDraft {
        execution: ExecutionDraft {
            overlap: overlap.to_owned(),
            ..ExecutionDraft::default()
        },
        ..draft(name, "* * * * *", &command)
    }
}

#[tokio::test]
async fn a_run_that_is_skipped_for_lack_of_room_is_reported() {
    let app = app().await;
    let skips = app.add(lasting(&app, "skips", "skip")).await.id;
    let queues = app.add(lasting(&app, "queues", "queue:1")).await.id;
    let mut node = app.node().await;
    for minute in 1..=4 {
        app.clock
            .set(at("2026-11-22T08:00:00Z") + TimeDelta::seconds(minute * 60 - 5));
        node.turn().await;
        app.clock
            .set(at("2026-11-22T08:00:00Z") + TimeDelta::minutes(minute));
        node.turn().await;
    }
    assert_eq!(
        events(&app, skips).await,
        ["started", "skipped", "skipped", "skipped"]
    );
    let (_, text) = heard(&app, skips).await.remove(1);
    assert_eq!(text, "【跳过执行】skips：上一次执行还没有结束");
    // One runs, one waits, and two find no room.
    assert_eq!(
        events(&app, queues).await,
        ["started", "skipped", "skipped"]
    );
    let (_, text) = heard(&app, queues).await.remove(1);
    assert_eq!(text, "【跳过执行】queues：排队已满");
    std::fs::remove_file(app.place.work().join("lasts")).expect("removed");
    // What waited starts two minutes late, and says why.
    app.until("the end of the first", async || {
        node.turn().await;
        let events = events(&app, queues).await;
        events.contains(&"late_start".to_owned()).then_some(())
    })
    .await;
    let late = heard(&app, queues).await;
    let (_, text) = late
        .iter()
        .find(|(event, _)| event == "late_start")
        .expect("it");
    assert!(text.contains("一直在等上一次执行结束"), "{text}");
    node.settled().await;
}

#[tokio::test]
async fn a_run_that_falls_into_a_blackout_or_waits_in_vain_is_reported() {
    let app = app().await;
    let awaited = app.add(draft("awaited", "0 0 1 1 *", "true")).await.id;
    let waits = TaskDraft {
        execution: ExecutionDraft {
            waits: WaitsDraft {
                tasks: vec![format!("#{awaited}")],
                patience: "5s".to_owned(),
                ..WaitsDraft::default()
            },
            ..ExecutionDraft::default()
        },
        ..draft("waits", "1 8 * * *", "true")
    };
    let waits = app.add(waits).await.id;
    let dark = app.add(draft("dark", "5-8 8 * * *", "true")).await.id;
    let blackout = BlackoutDraft {
        name: "发布".to_owned(),
        starts_at: "2026-11-22 08:04".to_owned(),
        ends_at: "2026-11-22 08:10".to_owned(),
        policy: BlackoutPolicy::Drop,
        ..BlackoutDraft::default()
    };
    app.service
        .blackout_create(&app.console(), &blackout)
        .await
        .expect("a blackout");
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:12:00Z")).await;
    assert_eq!(app.history(waits).await, ["skipped(dependency)"]);
    assert_eq!(events(&app, waits).await, ["skipped"]);
    // Four runs close together are one row, and one message.
    assert_eq!(events(&app, dark).await, ["skipped"]);
    let (_, text) = heard(&app, dark).await.remove(0);
    assert_eq!(text, "【跳过执行】dark：处于停跑时段");
}

/// What a person decides is no news to them: it is the act that is reported.
#[tokio::test]
async fn a_persons_decision_is_reported_as_the_act_and_not_as_a_skip() {
    let app = app().await;
    let task = app.add(draft("t", "* * * * *", "true")).await.id;
    let console = app.console();
    let mut node = app.node().await;
    let control = async |control| {
        app.service
            .task_control(&console, task, &control)
            .await
            .expect("done");
    };
    control(Control::Pause(None)).await;
    node.go_to(at("2026-11-22T08:02:30Z")).await;
    assert_eq!(events(&app, task).await, [""; 0]);
    control(Control::Restore).await;
    let mut changed = app.service.task_draft(&console, task).await.expect("it");
    changed.command = "exit 0".to_owned();
    app.service
        .task_update(&console, task, &changed)
        .await
        .expect("saved");
    control(Control::Close).await;
    assert_eq!(events(&app, task).await, ["restored", "changed", "closed"]);
    let texts = heard(&app, task).await;
    assert_eq!(texts[1].1, "【任务变更】t：命令行 修改了命令");
    assert_eq!(texts[2].1, "【已结单】t：由 命令行 结单");
    node.go_to(at("2026-11-22T08:05:00Z")).await;
    assert_eq!(events(&app, task).await.len(), 3);
}

#[tokio::test]
async fn a_clock_that_jumps_over_runs_is_reported() {
    let app = app().await;
    let task = app.add(draft("t", "every 10m", "true")).await.id;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:01:00Z")).await;
    app.clock.step(TimeDelta::hours(1));
    node.turn().await;
    node.settled().await;
    let all = heard(&app, task).await;
    let missed: Vec<_> = all.iter().filter(|(event, _)| event == "missed").collect();
    assert_eq!(missed.len(), 1, "{all:?}");
    assert!(missed[0].1.contains("系统时钟被调快"), "{all:?}");
    let system = "SELECT CONCAT(event, ' ', task_id) FROM message WHERE task_id = 0";
    assert_eq!(app.place.database.rows(system).await, ["clock_stepped 0"]);
}

#[tokio::test]
async fn a_run_that_is_too_fast_and_one_that_is_tried_again_are_reported() {
    let app = app().await;
    let with = |name: &str, command: &str, execution: ExecutionDraft| TaskDraft {
        execution,
        ..draft(name, "0 9 * * *", command)
    };
    let fast = ExecutionDraft {
        min_duration: "30s".to_owned(),
        ..ExecutionDraft::default()
    };
    let fast = app.add(with("fast", "true", fast)).await.id;
    let retry = RetryDraft {
        attempts: "2".to_owned(),
        delay: "10s".to_owned(),
        ..RetryDraft::default()
    };
    let retried = ExecutionDraft {
        retry,
        ..ExecutionDraft::default()
    };
    let retried = app.add(with("retried", "exit 3", retried)).await.id;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T09:00:05Z")).await;
    let count = async |task, event: &str| {
        let all = events(&app, task).await;
        all.iter().filter(|one| *one == event).count()
    };
    assert_eq!(count(fast, "too_fast").await, 1);
    assert_eq!(count(retried, "retried").await, 1);
    assert_eq!(count(retried, "failed").await, 0, "it is not known yet");
    node.go_to(at("2026-11-22T09:01:00Z")).await;
    assert_eq!(count(retried, "failed").await, 1);
    assert_eq!(count(retried, "retried").await, 1);
}
