//! What becomes of messages that are merged, and of runs that end with them.

use app::backend::{Channels, Messages, Rules, Runs, System, Tasks};
use app::id::{MessageId, RunId, TaskId};
use app::rule::RuleDraft;
use app::run::RunState;
use app::task::{Control, Mode};
use chrono::TimeDelta;

use super::{LIMIT, digested, fail, settled, silent};
use crate::helpers::TestApp;
use crate::helpers::message::with_robot;
use crate::helpers::robot::Mood;

/// Wherever waiting and failed messages are counted, a digest is what it consists of.
#[tokio::test]
async fn messages_in_a_digest_are_counted_once() {
    let (app, robot, channel) = with_robot().await;
    let task = silent(&app, "job", Mode::Command, channel).await;
    robot.always(Some(Mood::Status(500)));
    fail(&app, &task, 45).await;
    app.notify();
    let merged = "SELECT COUNT(*) FROM message WHERE state = 'merged'";
    app.until("a digest that is refused", async || {
        let tried = "SELECT COUNT(*) FROM message WHERE event = 'digest' AND attempts > 0 AND state = 'pending'";
        (app.place.database.count(tried).await == 1).then_some(())
    })
    .await;
    assert_eq!(app.place.database.count(merged).await, 45);
    let console = app.console();
    let counted = async || {
        let shown = app.service.channel_get(&console, channel).await;
        let channel = shown.expect("the channel");
        let overview = app.service.overview(&console).await.expect("it").health;
        assert_eq!(
            (overview.outbox_pending, overview.outbox_dead),
            (channel.pending, channel.dead)
        );
        (channel.pending, channel.dead)
    };
    assert_eq!(counted().await, (45, 0));
    let depths = app.components.store.queue_depths().await.expect("depths");
    assert_eq!(depths.outbox.iter().sum::<u64>(), 45);
    robot.always(Some(Mood::Refuse(93_000)));
    app.clock.advance(TimeDelta::minutes(10));
    app.components.signals.outbox.notify_one();
    app.until("the refusal", async || {
        (app.place.database.count(merged).await == 0).then_some(())
    })
    .await;
    assert_eq!(counted().await, (0, 45));
}

/// What a rule held back before a message is counted where the message is, also in a digest.
#[tokio::test]
async fn a_digest_counts_what_rules_held_back() {
    let (app, robot, channel) = with_robot().await;
    let throttled = RuleDraft {
        events: vec!["failed".to_owned()],
        channel_id: Some(channel.0),
        throttle: "10m".to_owned(),
        ..RuleDraft::default()
    };
    let added = app.service.rule_create(&app.console(), &throttled).await;
    added.expect("a rule");
    let mut tasks = Vec::new();
    for number in 0..LIMIT + 5 {
        let name = format!("task {number}");
        tasks.push(silent(&app, &name, Mode::Command, channel).await);
    }
    // One is sent, two are held back, and the fourth one is sent with their count.
    for task in &tasks {
        fail(&app, task, 3).await;
    }
    app.clock.advance(TimeDelta::minutes(11));
    for task in &tasks {
        fail(&app, task, 1).await;
    }
    app.notify();
    settled(&app, &robot).await;
    let all = 4 * u64::try_from(tasks.len()).expect("few");
    assert_eq!(digested(&robot), (all, 1), "{:?}", robot.texts());
    let text = robot.texts().remove(0);
    let first = format!("【消息汇总】{all} 条消息合并发送");
    let held = format!("其中 {} 条因限频未单独发送\n", all / 2);
    assert!(text.starts_with(&first) && text.contains(&held), "{text}");
}

#[tokio::test]
async fn runs_end_with_the_digest_that_their_messages_are_part_of() {
    for (mood, state, message) in [
        (None, RunState::Succeeded, "digested"),
        (Some(Mood::Refuse(93_000)), RunState::Failed, "dead"),
    ] {
        let (app, robot, channel) = with_robot().await;
        let task = silent(&app, "交周报", Mode::Message, channel).await;
        let other = silent(&app, "closed", Mode::Message, channel).await;
        let mut runs: Vec<RunId> = Vec::new();
        for _ in 0..25 {
            runs.push(sending(&app, task.id).await);
        }
        let withdrawn = sending(&app, other.id).await;
        app.service
            .task_control(&app.console(), other.id, &Control::Close)
            .await
            .expect("closed");
        robot.always(mood);
        app.notify();
        for run in &runs {
            let ended = app.ended(*run).await;
            assert_eq!(ended.state, state);
            let excerpt = ended.excerpt.expect("what was sent");
            assert!(excerpt.starts_with("【消息汇总】25 条消息"), "{excerpt}");
            let reason = ended.reason.unwrap_or_default();
            assert_eq!(
                reason.starts_with("undelivered:"),
                state == RunState::Failed
            );
        }
        let ended = app.ended(withdrawn).await;
        assert_eq!(ended.reason.as_deref(), Some("task:closed"));
        // One message, without pictures.
        assert_eq!(robot.received().len(), 1);
        let rows = app.messages(task.id).await;
        assert_eq!(rows.len(), 50);
        assert!(rows.iter().all(|row| row.state.as_str() == message));
        if state == RunState::Failed {
            // Sent again by hand, it takes its messages along.
            robot.always(None);
            let digest = "SELECT id FROM message WHERE event = 'digest'";
            let digest = MessageId(app.place.database.count(digest).await);
            let resent = app.service.message_resend(&app.console(), digest).await;
            resent.expect("queued again");
            app.until("the digest to be accepted", async || {
                let rows = app.messages(task.id).await;
                let all = rows.iter().all(|row| row.state.as_str() == "digested");
                all.then_some(())
            })
            .await;
        }
    }
}

/// A run in message mode whose message is in the outbox.
async fn sending(app: &TestApp, task: TaskId) -> RunId {
    let id = app.start_run(task).await;
    app.until("the message to be in the outbox", async || {
        let run = app.service.run_get(&app.console(), id).await;
        (run.expect("the run").state == RunState::Sending).then_some(())
    })
    .await;
    id
}

#[tokio::test]
async fn few_messages_that_ask_for_something_stay_alone() {
    let (app, robot, channel) = with_robot().await;
    let job = silent(&app, "job", Mode::Command, channel).await;
    let asks = silent(&app, "ask", Mode::Message, channel).await;
    fail(&app, &job, 30).await;
    let run = sending(&app, asks.id).await;
    app.notify();
    assert_eq!(app.ended(run).await.state, RunState::Succeeded);
    robot.wait_for(3).await;
    let texts = robot.texts();
    assert_eq!(texts.len(), 2, "and a picture: {texts:?}");
    for start in ["【消息汇总】30 条消息", "【提醒】ask"] {
        let found = texts.iter().any(|text| text.starts_with(start));
        assert!(found, "{start}: {texts:?}");
    }
}

#[tokio::test]
async fn a_digest_goes_with_its_channel() {
    let (app, robot, channel) = with_robot().await;
    let task = silent(&app, "交周报", Mode::Message, channel).await;
    let mut runs = Vec::new();
    for _ in 0..22 {
        runs.push(sending(&app, task.id).await);
    }
    robot.always(Some(Mood::Refuse(-1)));
    app.notify();
    robot.wait_for(1).await;
    app.until("the digest to be put back", async || {
        let back = "SELECT COUNT(*) FROM message WHERE event = 'digest' AND state = 'pending'";
        (app.place.database.count(back).await == 1).then_some(())
    })
    .await;
    app.place
        .database
        .execute("UPDATE task SET channel_id = NULL")
        .await;
    let listed = app.service.channel_get(&app.console(), channel).await;
    assert_eq!(listed.expect("the channel").pending, 44);
    app.service
        .channel_delete(&app.console(), channel, None)
        .await
        .expect("deleted");
    for run in runs {
        let ended = app.ended(run).await;
        assert_eq!(ended.reason.as_deref(), Some("no_channel"));
    }
    let left = "SELECT COUNT(*) FROM message";
    assert_eq!(app.place.database.count(left).await, 0);
    let slots = "SELECT COUNT(*) FROM channel_slot";
    assert_eq!(app.place.database.count(slots).await, 0);
}
