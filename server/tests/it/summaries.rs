//! Summaries: what they say, that each is sent once for its instant, and every door to them.

mod doors;

use app::backend::Summaries as _;
use app::channel::ChannelKind;
use app::id::ChannelId;
use app::summary::{Summary, SummaryDraft};
use app::task::{TaskDraft, TicketDraft};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use server::clock::{Clock, SharedClock};
use server::loops::Periodic;
use server::messages::Summaries;
use server::store::Store;
use std::sync::Arc;

use super::helpers::database::mysql_server;
use super::helpers::{Robot, TestApp, at, draft};

const SELDOM: &str = "0 0 1 1 *";

/// An app with a robot and a channel to it.
async fn with_robot() -> (TestApp, Robot, ChannelId) {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app.channel("ops", ChannelKind::Wecom, &robot.url()).await;
    (app, robot, channel.id)
}

fn daily(channel: ChannelId) -> SummaryDraft {
    SummaryDraft {
        name: "每日".to_owned(),
        channel_id: Some(channel.0),
        time: "09:00".to_owned(),
        ..SummaryDraft::default()
    }
}

async fn create(app: &TestApp, draft: &SummaryDraft) -> Summary {
    let made = app.service.summary_create(&app.console(), draft).await;
    made.expect("a summary")
}

/// The loop of a server on a store.
fn looping(app: &TestApp, store: &Store) -> Summaries {
    let clock: SharedClock = app.clock.clone();
    Summaries {
        store: store.clone(),
        clock,
        signals: Arc::clone(&app.components.signals),
        patterns: Arc::clone(&app.components.patterns),
    }
}

async fn turn(app: &TestApp) {
    let turn = looping(app, &app.components.store);
    turn.turn().await.expect("a turn");
}

/// Summaries in the outbox, sent or not.
async fn made(app: &TestApp) -> i64 {
    let count = "SELECT COUNT(*) FROM message WHERE event = 'summary'";
    app.place.database.count(count).await
}

/// An instant as the database stores it.
fn stored(at: DateTime<Utc>) -> String {
    if mysql_server().is_some() {
        format!("'{}'", at.format("%Y-%m-%d %H:%M:%S%.6f"))
    } else {
        format!("'{}'", at.to_rfc3339_opts(SecondsFormat::AutoSi, false))
    }
}

/// Everything up to an instant is planned, so no summary waits for that.
async fn planned(app: &TestApp, until: &str) {
    let until = stored(at(until));
    let set = format!("UPDATE cluster SET planned_until = {until}");
    app.place.database.execute(&set).await;
}

/// The summary that the robot got, and with it all others.
async fn received(app: &TestApp, robot: &Robot) -> String {
    app.until("the summary", async || {
        let texts = robot.texts();
        texts.into_iter().find(|text| text.starts_with("【日报】"))
    })
    .await
}

#[tokio::test]
async fn a_summary_says_what_needs_attention() {
    let (app, robot, channel) = with_robot().await;
    let (broken, _) = app.execute(draft("broken", SELDOM, "exit 3")).await;
    let again = app.start_run(broken.task_id).await;
    app.ended(again).await;
    let chased = TaskDraft {
        urge_cron: SELDOM.to_owned(),
        urging: true,
        ..draft("交周报", SELDOM, "true")
    };
    let chased = app.add(chased).await.id;
    let order = TaskDraft {
        owners: vec!["张三".to_owned()],
        tickets: TicketDraft {
            opens: "task".to_owned(),
            ..TicketDraft::default()
        },
        ..draft("盘点", SELDOM, "true")
    };
    let order = app.add(order).await.id;
    let never = app.add(draft("never", "*/10 * * * *", "true")).await.id;
    // Thirty runs that took no time, and one of a minute.
    let (report, _) = app.execute(draft("report", SELDOM, "true")).await;
    let copy = format!(
        "INSERT INTO run (task_id, attempt, trigger_kind, state, node_id, epoch, started_at, \
         finished_at, output_bytes, output_dropped) SELECT task_id, attempt, trigger_kind, state, \
         node_id, epoch, started_at, finished_at, output_bytes, output_dropped FROM run \
         WHERE id = {}",
        report.id
    );
    for _ in 0..30 {
        app.place.database.execute(&copy).await;
    }
    let database = &app.place.database;
    let slow = database.integers("SELECT MAX(id) FROM run").await[0];
    let earlier = stored(app.clock.now() - TimeDelta::minutes(1));
    database
        .execute(&format!(
            "UPDATE run SET started_at = {earlier} WHERE id = {slow}"
        ))
        .await;
    create(&app, &daily(channel)).await;
    // No server was up from 08:00 to 08:55.
    drop(app.node().await);
    app.clock.set(at("2026-11-22T08:55:00Z"));
    let mut node = app.node().await;
    let caught_up = format!("DELETE FROM run WHERE task_id = {never}");
    database.execute(&caught_up).await;
    node.go_to(at("2026-11-22T09:00:06Z")).await;
    database.execute(&caught_up).await;
    app.notify();
    turn(&app).await;
    let text = received(&app, &robot).await;
    let lines: Vec<&str> = text.lines().collect();
    let has = |line: &str| assert!(lines.contains(&line), "{line}: {text}");
    assert_eq!(lines[0], "【日报】每日");
    has("2026-11-21 09:00 至 2026-11-22 09:00（UTC），全部任务");
    has("执行失败：1 个任务，共 2 次");
    has(&format!(
        "· broken ×2，最近 11-22 08:00 http://cron.test/runs/{again}"
    ));
    assert!(text.contains("错过执行：1 个任务"), "{text}");
    assert!(text.contains("应执行而一次都没有执行：1 个任务"), "{text}");
    has("明显变慢：1 个任务");
    has(&format!(
        "· report 用时 1 分钟，平时不超过 0.0 秒（p95）http://cron.test/runs/{slow}"
    ));
    has("催单中：1 个任务");
    has(&format!("· 交周报 http://cron.test/tasks/{chased}"));
    has("未完成的待办：1 个任务，共 1 个");
    has(&format!(
        "· 盘点 ×1，最早 2026-11-22 08:00 http://cron.test/tasks/{order}"
    ));
    // It names several tasks and belongs to none.
    let row = "SELECT task_id FROM message WHERE event = 'summary'";
    assert_eq!(database.integers(row).await, [0]);
}

#[tokio::test]
async fn a_summary_is_made_once_for_an_instant() {
    let (app, robot, channel) = with_robot().await;
    app.execute(draft("broken", SELDOM, "exit 3")).await;
    create(&app, &daily(channel)).await;
    planned(&app, "2026-11-24T12:00:00Z").await;
    turn(&app).await;
    assert_eq!(made(&app).await, 0, "it was made an hour before its time");
    app.clock.set(at("2026-11-22T09:00:05Z"));
    // Three servers look at the same time.
    let url = &app.place.database.url;
    let mut stores = vec![app.components.store.clone()];
    for _ in 0..2 {
        stores.push(if url.is_empty() {
            app.components.store.clone()
        } else {
            let store = Store::open(url, &app.place.data()).await;
            store.expect("the database")
        });
    }
    let loops: Vec<Summaries> = stores.iter().map(|store| looping(&app, store)).collect();
    let (a, b, c) = tokio::join!(loops[0].turn(), loops[1].turn(), loops[2].turn());
    for turn in [a, b, c] {
        turn.expect("a turn");
    }
    assert_eq!(made(&app).await, 1);
    // After a restart, and until the evening, it is done.
    for now in ["2026-11-22T09:00:20Z", "2026-11-22T23:00:00Z"] {
        app.clock.set(at(now));
        turn(&app).await;
        assert_eq!(made(&app).await, 1, "{now}");
    }
    app.notify();
    received(&app, &robot).await;
    // Nothing failed since: an empty one is done without a message.
    app.clock.set(at("2026-11-23T09:00:05Z"));
    turn(&app).await;
    assert_eq!(made(&app).await, 1);
    let listed = app.service.summary_list(&app.console()).await;
    let listed = listed.expect("summaries").remove(0);
    let last = listed.last_sent_for.map(|at| at.0);
    assert_eq!(last, Some(at("2026-11-23T09:00:00Z")));
}

#[tokio::test]
async fn a_late_summary_is_sent_on_its_day_and_no_older_one() {
    let (app, _robot, channel) = with_robot().await;
    let empty_too = SummaryDraft {
        send_when_empty: true,
        ..daily(channel)
    };
    create(&app, &empty_too).await;
    planned(&app, "2026-12-31T00:00:00Z").await;
    // No server was up for two days.
    app.clock.set(at("2026-11-25T15:00:00Z"));
    turn(&app).await;
    let facts = "SELECT facts FROM message WHERE event = 'summary'";
    let rows = app.place.database.rows(facts).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    let facts: serde_json::Value = serde_json::from_str(&rows[0]).expect("facts");
    assert_eq!(facts["from"], "2026-11-24T09:00:00Z");
    assert_eq!(facts["to"], "2026-11-25T09:00:00Z");
    // Down over the next one, until another day.
    app.clock.set(at("2026-11-27T08:00:00Z"));
    turn(&app).await;
    assert_eq!(made(&app).await, 1);
}

#[tokio::test]
async fn a_summary_waits_for_firings_that_are_still_to_be_recorded() {
    let (app, _robot, channel) = with_robot().await;
    let empty_too = SummaryDraft {
        send_when_empty: true,
        ..daily(channel)
    };
    create(&app, &empty_too).await;
    planned(&app, "2026-11-22T08:30:00Z").await;
    app.clock.set(at("2026-11-22T09:00:05Z"));
    turn(&app).await;
    assert_eq!(made(&app).await, 0, "half an hour is not planned yet");
    planned(&app, "2026-11-22T08:58:00Z").await;
    turn(&app).await;
    assert_eq!(made(&app).await, 1);
    // A scheduler that does not get on holds it back for ten minutes.
    planned(&app, "2026-11-22T10:00:00Z").await;
    for (now, count) in [("2026-11-23T09:09:59Z", 1), ("2026-11-23T09:10:00Z", 2)] {
        app.clock.set(at(now));
        turn(&app).await;
        assert_eq!(made(&app).await, count, "{now}");
    }
}

#[tokio::test]
async fn what_changes_its_time_sends_it_from_the_next_time_on() {
    let (app, _robot, channel) = with_robot().await;
    planned(&app, "2026-12-31T00:00:00Z").await;
    let console = app.console();
    let late = SummaryDraft {
        send_when_empty: true,
        time: "07:00".to_owned(),
        ..daily(channel)
    };
    // Today's time is over when it is added.
    let summary = create(&app, &late).await;
    turn(&app).await;
    assert_eq!(made(&app).await, 0);
    let save = async |draft: SummaryDraft| {
        let saved = app
            .service
            .summary_update(&console, summary.id, None, &draft)
            .await;
        saved.expect("saved");
        turn(&app).await;
    };
    app.clock.set(at("2026-11-22T12:00:00Z"));
    let earlier = SummaryDraft {
        time: "11:00".to_owned(),
        ..late.clone()
    };
    save(earlier.clone()).await;
    assert_eq!(made(&app).await, 0, "that was before the change");
    // Another name is no other time.
    app.clock.set(at("2026-11-23T11:30:00Z"));
    save(SummaryDraft {
        name: "renamed".to_owned(),
        ..earlier.clone()
    })
    .await;
    assert_eq!(made(&app).await, 1);
    let off = SummaryDraft {
        enabled: false,
        ..earlier.clone()
    };
    save(off).await;
    app.clock.set(at("2026-11-24T11:30:00Z"));
    turn(&app).await;
    save(earlier).await;
    assert_eq!(made(&app).await, 1, "it was disabled then");
}

#[tokio::test]
async fn owners_and_tags_choose_their_tasks() {
    let (app, _robot, channel) = with_robot().await;
    for (name, owner, tag) in [
        ("a", "Bob", "core"),
        ("b", "bobby", "Core"),
        ("c", "eve", "corer"),
    ] {
        let failing = TaskDraft {
            owners: vec![owner.to_owned()],
            tags: vec![tag.to_owned()],
            ..draft(name, SELDOM, "exit 3")
        };
        app.execute(failing).await;
    }
    app.clock.advance(TimeDelta::minutes(1));
    for (owner, tag, wanted) in [
        ("@bob", "", &["a"][..]),
        ("", "core", &["a", "b"]),
        ("nobody", "", &[]),
        ("", "", &["a", "b", "c"]),
    ] {
        let chosen = SummaryDraft {
            name: format!("{owner}{tag}."),
            owner: owner.to_owned(),
            tag: tag.to_owned(),
            ..daily(channel)
        };
        let summary = create(&app, &chosen).await;
        let console = app.console();
        let preview = app.service.summary_preview(&console, summary.id);
        let preview = preview.await.expect("a preview");
        assert_eq!(preview.empty, wanted.is_empty());
        for name in ["a", "b", "c"] {
            let named = preview.text.contains(&format!("· {name} ×1"));
            assert_eq!(named, wanted.contains(&name), "{name}: {}", preview.text);
        }
    }
    // A preview is no message.
    assert_eq!(made(&app).await, 0);
}

/// When more waits than the vendor takes, the others become a digest.
#[tokio::test]
async fn a_summary_stays_a_message_of_its_own() {
    let (app, robot, channel) = with_robot().await;
    let failing = TaskDraft {
        channel_id: Some(channel.0),
        ..draft("broken", SELDOM, "exit 3")
    };
    let (run, _) = app.execute(failing).await;
    for _ in 0..30 {
        let id = app.start_run(run.task_id).await;
        app.ended(id).await;
    }
    create(&app, &daily(channel)).await;
    planned(&app, "2026-11-22T12:00:00Z").await;
    app.clock.set(at("2026-11-22T09:00:05Z"));
    turn(&app).await;
    app.notify();
    let text = received(&app, &robot).await;
    assert!(text.contains("执行失败：1 个任务，共 31 次"), "{text}");
    let digests = robot.texts();
    let digest = digests.iter().find(|text| text.starts_with("【消息汇总】"));
    let digest = digest.expect("a digest before it");
    assert!(digest.contains("执行失败：31 条"), "{digest}");
}
