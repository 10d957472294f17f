//! Outages: one message for each task that missed something, once, over crashes and servers.

use app::id::TaskId;
use app::schedule::MissedDraft;
use app::task::TaskDraft;
use chrono::{DateTime, Utc};

use super::{channel, events, heard};
use crate::helpers::place::Place;
use crate::helpers::{ManualClock, TestApp, at, draft};

const FLAGS: [&str; 1] = ["--outbound-allow=127.0.0.0/8"];

async fn again((place, clock): (std::sync::Arc<Place>, std::sync::Arc<ManualClock>)) -> TestApp {
    TestApp::start(place, clock, None, &FLAGS).await
}

/// How many firings of a task the ledger has as missed, or as started by no server in time.
async fn missed(app: &TestApp, task: TaskId) -> i64 {
    let sql = format!(
        "SELECT firings FROM occurrence WHERE (state = 'missed' OR reason = 'late') AND task_id = {task}"
    );
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

/// Within the grace one firing starts, and no server was there for the others.
#[tokio::test]
async fn a_short_outage_is_reported_as_well() {
    let app = TestApp::new().await;
    let channel_id = channel(&app).await;
    let task = TaskDraft {
        channel_id,
        ..draft("t", "*/10 * * * * *", "true")
    };
    let task = app.add(task).await.id;
    let app = outage(app, at("2026-11-22T08:01:05Z")).await;
    app.node().await.go_to(at("2026-11-22T08:01:06Z")).await;
    let history = app.history(task).await;
    let late = history.iter().filter(|one| *one == "skipped(late)");
    assert_eq!(late.count(), 2, "{history:?}");
    assert_eq!(events(&app, task).await, ["missed"]);
    let (_, text) = heard(&app, task).await.remove(0);
    assert!(text.contains("错过 2 次执行"), "{text}");
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
