//! A run in message mode ends with its message; waiting messages of a closed task are withdrawn; a permanent refusal
//! is final, and visible.

use app::auth::Role;
use app::backend::{Channels, Runs, System, Tasks};
use app::channel::ChannelKind;
use app::id::{ChannelId, TaskId};
use app::run::{Run, RunState};
use app::task::execution::ExecutionDraft;
use app::task::{Control, RunRequest, TaskDraft};
use chrono::TimeDelta;
use serde_json::json;
use server::clock::Clock;

use super::helpers::message::{reminder, with_robot};
use super::helpers::robot::Mood;
use super::helpers::{Robot, TestApp};

mod retries;
mod withdrawn;

/// An app with a robot, a channel to it, and a task in message mode whose creation was announced.
async fn with_reminder() -> (TestApp, Robot, ChannelId, TaskId) {
    let (app, robot, channel) = with_robot().await;
    app.notify();
    let task = app.add(reminder("交周报", channel)).await.id;
    app.until("the announcement", async || {
        let sent = app.messages(task).await;
        (sent.len() == 1 && sent[0].state.as_str() == "sent").then_some(())
    })
    .await;
    (app, robot, channel, task)
}

async fn run(app: &TestApp, id: app::id::RunId) -> Run {
    app.service
        .run_get(&app.console(), id)
        .await
        .expect("the run")
}

/// Waits until the last message but its picture is in a state.
async fn text_is(app: &TestApp, task: TaskId, state: &str) {
    app.until(state, async || {
        let rows = app.messages(task).await;
        let text = rows.iter().rev().find(|row| row.kind == "text")?;
        (text.state.as_str() == state && text.last_answer.is_some()).then_some(())
    })
    .await;
}

async fn close(app: &TestApp, task: TaskId) {
    app.service
        .task_control(&app.console(), task, &Control::Close)
        .await
        .expect("closed");
}

#[tokio::test]
async fn a_message_run_succeeds_when_its_channel_has_accepted_the_message() {
    let (app, robot, _, task) = with_reminder().await;
    robot.next([Mood::Refuse(-1)]);
    let id = app.start_run(task).await;
    robot.wait_for(2).await;
    text_is(&app, task, "pending").await;
    let waiting = run(&app, id).await;
    assert_eq!(waiting.state, RunState::Sending);
    assert_eq!(waiting.finished_at, None);
    assert_eq!(app.history(task).await, ["sending"]);
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let page = viewer.open(&format!("/runs/{id}")).await.text();
    assert!(
        page.contains("发送中") || page.contains("Sending"),
        "{page}"
    );

    app.clock.advance(TimeDelta::seconds(2));
    let done = app.ended(id).await;
    assert_eq!(done.state, RunState::Succeeded);
    assert_eq!(done.reason, None);
    assert!(done.finished_at.is_some_and(|at| at.0 >= app.clock.now()));
    let excerpt = done.excerpt.expect("the message's text");
    assert!(excerpt.starts_with("【提醒】交周报"), "{excerpt}");
    let states = "SELECT state FROM occurrence UNION ALL SELECT state FROM run";
    assert_eq!(app.place.database.rows(states).await, ["succeeded"]);
}

#[tokio::test]
async fn a_planned_message_run_ends_with_its_firing() {
    let (app, robot, channel, _) = with_reminder().await;
    let task = app
        .add(TaskDraft {
            cron: "0 9 * * *".into(),
            ..reminder("nine", channel)
        })
        .await
        .id;
    text_is(&app, task, "sent").await;
    robot.next([Mood::Refuse(-1), Mood::Refuse(93_000)]);
    app.node()
        .await
        .go_to(super::helpers::at("2026-11-22T09:00:01Z"))
        .await;
    let count = "SELECT COUNT(*) FROM occurrence o JOIN run r ON r.occurrence_id = o.id \
                 WHERE o.state = r.state AND o.state = 'failed'";
    app.until("the refusal to end both", async || {
        app.clock.advance(TimeDelta::seconds(5));
        (app.place.database.count(count).await == 1).then_some(())
    })
    .await;
    assert_eq!(app.history(task).await, ["failed"]);
}

#[tokio::test]
async fn a_refusal_for_good_is_final_and_seen() {
    for code in [93_000, 40_058] {
        let (app, robot, channel, task) = with_reminder().await;
        robot.always(Some(Mood::Refuse(code)));
        let id = app.start_run(task).await;
        let ended = app.ended(id).await;
        assert_eq!(ended.state, RunState::Failed);
        let reason = ended.reason.expect("the vendor's words");
        assert!(reason.contains(&code.to_string()), "{reason}");
        let rows = app.messages(task).await;
        assert_eq!((rows[1].state.as_str(), rows[1].attempts), ("dead", 1));
        let answer = rows[1].last_answer.as_deref().expect("its own words");
        assert!(answer.contains("refused by the test robot"), "{answer}");
        assert_eq!(rows[2].state.as_str(), "dead", "its picture goes with it");
        app.clock.advance(TimeDelta::hours(3));
        tokio::task::yield_now().await;
        assert_eq!(robot.received().len(), 2, "it is not tried again");

        let found = app
            .service
            .channel_get(&app.console(), channel)
            .await
            .expect("the channel");
        assert!(found.refuses && found.failing_since.is_some(), "{found:?}");
        let viewer = app.signed_in("vera", Role::Viewer).await;
        for path in ["/", "/admin/channels", &format!("/tasks/{task}")] {
            let page = viewer.open(path).await.text();
            assert!(page.contains(&code.to_string()), "{path}");
        }
        let overview = app
            .service
            .overview(&app.console())
            .await
            .expect("the overview");
        let notice = overview
            .notices
            .iter()
            .find(|one| one.code == "channel_failing");
        let text = &notice.expect("a notice").text;
        assert!(
            text.contains("ops") && text.contains("2026-11-22 08:00:00"),
            "{text}"
        );

        // A channel that accepts messages again is no longer reported.
        robot.always(None);
        let test = app.service.channel_test(&app.console(), channel).await;
        assert!(test.expect("an answer").ok);
        let found = app
            .service
            .channel_get(&app.console(), channel)
            .await
            .expect("the channel");
        assert!(!found.refuses && found.failing_since.is_none(), "{found:?}");
    }
}

#[tokio::test]
async fn a_status_of_a_webhook_is_final_unless_it_passes() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app
        .channel("hook", ChannelKind::Webhook, &robot.url())
        .await
        .id;
    app.notify();
    for (number, status) in [400, 401, 403, 404, 410, 422].into_iter().enumerate() {
        robot.next([Mood::Status(status)]);
        let task = app.add(reminder(&format!("t{status}"), channel)).await.id;
        text_is(&app, task, "dead").await;
        let row = app.messages(task).await.remove(0);
        assert_eq!(row.attempts, 1, "{status}");
        assert!(
            row.last_answer
                .is_some_and(|words| words.contains("the proxy is unwell"))
        );
        assert_eq!(robot.received().len(), number + 1);
    }
    for status in [408, 425, 500, 503] {
        robot.next([Mood::Status(status)]);
        let task = app.add(reminder(&format!("t{status}"), channel)).await.id;
        text_is(&app, task, "pending").await;
    }
}

#[tokio::test]
async fn a_wait_that_is_asked_for_is_kept() {
    let (app, robot, _, task) = with_reminder().await;
    for status in [503, 429] {
        let before = robot.received().len();
        robot.next([Mood::Later(status, 600)]);
        let id = app.start_run(task).await;
        robot.wait_for(before + 1).await;
        text_is(&app, task, "pending").await;
        app.clock.advance(TimeDelta::seconds(599));
        tokio::task::yield_now().await;
        assert_eq!(robot.received().len(), before + 1, "too early");
        app.clock.advance(TimeDelta::seconds(2));
        assert_eq!(app.ended(id).await.state, RunState::Succeeded);
        let rows = app.messages(task).await;
        let text = rows.iter().rev().find(|row| row.kind == "text");
        assert_eq!(text.map(|row| row.attempts), Some(2), "{status}");
        robot.wait_for(before + 3).await;
    }
}

#[tokio::test]
async fn a_message_run_of_a_dead_process_ends_in_the_next_one() {
    let (app, robot, _, task) = with_reminder().await;
    robot.always(Some(Mood::Hang));
    let id = app.start_run(task).await;
    robot.wait_for(2).await;
    let (place, clock) = app.die();
    robot.always(None);
    let app = TestApp::start(place, clock, None, &["--outbound-allow=127.0.0.0/8"]).await;
    assert_eq!(run(&app, id).await.state, RunState::Sending);
    app.notify();
    assert_eq!(app.ended(id).await.state, RunState::Succeeded);
}

#[tokio::test]
async fn a_run_that_waits_for_its_channel_can_be_called_off_and_ends_with_the_channel() {
    let (app, robot, channel, task) = with_reminder().await;
    robot.next([Mood::Refuse(-1), Mood::Refuse(-1)]);
    let id = app.start_run(task).await;
    text_is(&app, task, "pending").await;
    let stopped = app
        .service
        .run_stop(&app.console(), id)
        .await
        .expect("stopped");
    assert_eq!(stopped.state, RunState::Killed);
    text_is(&app, task, "withdrawn").await;

    let id = app.start_run(task).await;
    text_is(&app, task, "pending").await;
    let second = app
        .channel("second", ChannelKind::Webhook, &robot.url())
        .await
        .id;
    app.service
        .task_update(&app.console(), task, &reminder("交周报", second))
        .await
        .expect("edited");
    app.service
        .channel_delete(&app.console(), channel, None)
        .await
        .expect("deleted");
    let ended = run(&app, id).await;
    assert_eq!(
        (ended.state, ended.reason.as_deref()),
        (RunState::Failed, Some("no_channel"))
    );
}

#[tokio::test]
async fn a_task_that_waits_for_a_message_waits_until_it_is_accepted() {
    let (app, robot, _, task) = with_reminder().await;
    robot.next([Mood::Refuse(-1)]);
    let id = app.start_run(task).await;
    text_is(&app, task, "pending").await;
    let ends = "SELECT COUNT(*) FROM run WHERE finished_at IS NOT NULL";
    assert_eq!(app.place.database.count(ends).await, 0);
    app.clock.advance(TimeDelta::seconds(2));
    app.ended(id).await;
    assert_eq!(app.place.database.count(ends).await, 1);
}

#[tokio::test]
async fn addresses_that_are_no_robots_are_refused_with_what_belongs_there() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let key = "693a91f6-7aac-4bc4-97a0-0ec2fa5aaa01";
    let whole = format!("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={key}");
    let half = format!("qyapi.weixin.qq.com/cgi-bin/webhook/send?key={key}");
    let table = [
        (key, whole.as_str()),
        (&half, &whole),
        (
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=",
            "key",
        ),
        (
            "https://oapi.dingtalk.com/robot/send?access_token=x",
            "钉钉",
        ),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/x", "飞书"),
        ("https://hooks.slack.com/services/T/B/x", "Slack"),
    ];
    for (url, wanted) in table {
        let draft = json!({"name": "ops", "kind": "wecom", "url": url});
        let reply = admin.post("/api/v1/channels", draft).await;
        assert_eq!(reply.status, 422, "{url}");
        let (field, said) = reply.faults().remove(0);
        let text = reply.text();
        assert!(
            field == "url" && text.contains(wanted),
            "{url}: {said} {text}"
        );
    }
    let draft = json!({"name": "ops", "kind": "wecom", "url": whole});
    admin.post("/api/v1/channels", draft).await.expect(201);
}

#[tokio::test]
async fn a_run_that_is_recorded_while_its_channel_goes_ends_all_the_same() {
    let (app, _robot, channel) = with_robot().await;
    let (store, now) = (&app.components.store, app.clock.now());
    let mut tasks = Vec::new();
    for number in 0..12 {
        let task = app.add(reminder(&format!("t{number}"), channel)).await;
        tasks.push(task.id);
    }
    // As all servers do with what waits for a channel that does not exist.
    let look = async || {
        let done = store.outbox_orphaned(channel, now).await;
        done.expect("the database");
    };
    let start = async {
        for task in &tasks {
            app.start_run(*task).await;
        }
    };
    let looks = async {
        for _ in 0..100 {
            look().await;
        }
    };
    tokio::join!(start, looks);
    let ended = "SELECT COUNT(*) FROM run WHERE state = 'failed' AND reason = 'no_channel'";
    app.until("all runs to end", async || {
        for _ in 0..10 {
            look().await;
        }
        (app.place.database.count(ended).await == 12).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_reminder_that_is_still_being_sent_counts_for_the_overlap_rule() {
    let (app, robot, channel, _) = with_reminder().await;
    // None is tried again during this test.
    robot.always(Some(Mood::Later(503, 3_600)));
    let every_minute = |name: &str, overlap: &str| TaskDraft {
        cron: "* * * * *".into(),
        execution: ExecutionDraft {
            overlap: overlap.to_owned(),
            ..ExecutionDraft::default()
        },
        ..reminder(name, channel)
    };
    let skips = app.add(every_minute("skips", "skip")).await.id;
    let replaces = app.add(every_minute("replaces", "replace")).await.id;
    let mut node = app.node().await;
    node.go_to(super::helpers::at("2026-11-22T08:01:05Z")).await;
    for task in [skips, replaces] {
        text_is(&app, task, "pending").await;
    }
    node.go_to(super::helpers::at("2026-11-22T08:02:05Z")).await;
    assert_eq!(
        app.history(skips).await,
        ["skipped(overlap)", "sending"],
        "they do not pile up"
    );
    // A start by hand is refused, as while a command runs.
    let (console, request) = (app.console(), RunRequest::default());
    let again = app.service.task_run(&console, skips, &request).await;
    assert_eq!(again.expect_err("it overlaps").code, "task.running");
    // A newer one takes the place of the former, whose message is withdrawn.
    assert_eq!(app.history(replaces).await, ["sending", "killed"]);
}
