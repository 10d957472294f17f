//! What rules hold back: repetitions, quiet hours, single failures.

use app::backend::{Rules, Tasks};
use app::channel::ChannelKind;
use app::id::{ChannelId, TaskId};
use app::message::Event;
use app::rule::{RuleDraft, ScopeKind};
use app::task::TaskDraft;
use chrono::TimeDelta;
use server::clock::Clock;

use super::super::helpers::{Robot, TestApp, at, draft};
use super::{add, channel, failure, got, rule};

async fn fails(app: &TestApp, task: TaskId) {
    let run = app.start_run(task).await;
    app.ended(run).await;
}

#[tokio::test]
async fn what_is_throttled_is_counted_and_said_in_the_next_message() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let ops = app
        .channel("ops", ChannelKind::Wecom, &robot.url())
        .await
        .id;
    let throttled = RuleDraft {
        throttle: "10m".to_owned(),
        ..rule(ScopeKind::All, "", &[Event::Failed], ops)
    };
    add(&app, throttled).await;
    let zone = |name: &str| TaskDraft {
        zone: "Asia/Shanghai".to_owned(),
        ..draft(name, "0 0 1 1 *", "exit 3")
    };
    let task = app.add(zone("t")).await.id;
    let other = app.add(zone("other")).await.id;
    for _ in 0..3 {
        fails(&app, task).await;
        app.clock.advance(TimeDelta::minutes(2));
    }
    // Each task for itself.
    fails(&app, other).await;
    assert_eq!(got(&app, task, Event::Failed).await, [(ops.0, 1)]);
    assert_eq!(got(&app, other, Event::Failed).await, [(ops.0, 1)]);
    app.clock.advance(TimeDelta::minutes(5));
    fails(&app, task).await;
    let rows = app.messages(task).await;
    assert_eq!(rows.len(), 2);
    let since = "自 2026-11-22 16:02:00（Asia/Shanghai）起，另有 2 条同类消息因限频未发送";
    assert!(rows[1].text.ends_with(since), "{}", rows[1].text);
    // As it is shown, so it is sent.
    app.notify();
    robot.wait_for(3).await;
    assert!(robot.texts().iter().any(|text| text.ends_with(since)));
    fails(&app, task).await;
    app.clock.advance(TimeDelta::minutes(11));
    fails(&app, task).await;
    let last = app.messages(task).await.remove(2).text;
    assert!(last.contains("另有 1 条"), "{last}");
}

/// The task recovers, is closed, or does not run any more.
#[tokio::test]
async fn what_is_held_back_is_said_also_where_no_message_follows() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let ops = app
        .channel("ops", ChannelKind::Wecom, &robot.url())
        .await
        .id;
    let throttled = RuleDraft {
        throttle: "10m".to_owned(),
        ..rule(ScopeKind::All, "", &[Event::Failed], ops)
    };
    let throttled = add(&app, throttled).await;
    let task = app.add(draft("t", "0 0 1 1 *", "exit 3")).await.id;
    for _ in 0..3 {
        fails(&app, task).await;
        app.clock.advance(TimeDelta::minutes(2));
    }
    let store = &app.components.store;
    let reported = async || store.report_held(app.clock.now()).await.expect("a pass");
    app.clock.advance(TimeDelta::minutes(3));
    assert!(!reported().await, "the time of the rule is not over");
    app.clock.advance(TimeDelta::minutes(1));
    assert!(reported().await);
    assert!(!reported().await, "once");
    app.notify();
    robot.wait_for(2).await;
    let text = robot.texts().pop().expect("a text");
    assert!(
        text.starts_with(
            "【消息汇总】2 条消息因限频未单独发送\n执行失败：2 条\n· t ×2，2026-11-22 08:02:00 – 08:04:00 (UTC) "
        ),
        "{text}"
    );
    // The time of the rule has begun anew, and a rule that is off reports nothing.
    fails(&app, task).await;
    assert_eq!(got(&app, task, Event::Failed).await, [(ops.0, 1)]);
    let off = RuleDraft {
        enabled: false,
        ..throttled.draft()
    };
    let changed = app
        .service
        .rule_update(&app.console(), throttled.id, None, &off)
        .await;
    changed.expect("changed");
    app.clock.advance(TimeDelta::minutes(11));
    assert!(!reported().await);
    let left = "SELECT COUNT(*) FROM message_throttle WHERE report_at IS NOT NULL";
    assert_eq!(app.place.database.count(left).await, 0);
}

#[tokio::test]
async fn quiet_hours_hold_messages_until_they_end() {
    // Sunday, 08:00 UTC.
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let ops = app
        .channel("ops", ChannelKind::Wecom, &robot.url())
        .await
        .id;
    let quiet = RuleDraft {
        quiet_from: "22:00".to_owned(),
        quiet_until: "09:00".to_owned(),
        quiet_zone: "UTC".to_owned(),
        quiet_calendar: "cn".to_owned(),
        ..rule(ScopeKind::All, "", &[Event::Failed], ops)
    };
    let held = add(&app, quiet).await;
    let task = app.add(draft("t", "0 0 1 1 *", "exit 3")).await.id;
    fails(&app, task).await;
    assert_eq!(got(&app, task, Event::Failed).await, [(ops.0, 1)]);
    let waiting = app.components.store.outbox_look(app.clock.now()).await;
    let next = waiting.expect("the outbox").next;
    assert_eq!(next, Some(at("2026-11-22T09:00:00Z")));
    app.notify();
    // Another one, which passes: failures are urgent.
    let urgent = RuleDraft {
        urgent: true,
        ..held.draft()
    };
    let changed = app
        .service
        .rule_update(&app.console(), held.id, Some(held.version), &urgent)
        .await;
    changed.expect("changed");
    fails(&app, task).await;
    robot.wait_for(1).await;
    let states: Vec<&str> = app
        .messages(task)
        .await
        .iter()
        .map(|row| row.state.as_str())
        .collect();
    assert_eq!(states[0], "pending");
    app.clock
        .advance(at("2026-11-22T09:00:01Z") - app.clock.now());
    robot.wait_for(2).await;
    // A night that begins on a working day is not one of the calendar's.
    app.clock
        .advance(at("2026-11-23T23:00:00Z") - app.clock.now());
    add(&app, held.draft()).await;
    let view = app.service.task_get(&app.console(), task).await;
    let notice = failure(&app, &view.expect("the task").task);
    app.components
        .store
        .add_notices(&[notice])
        .await
        .expect("routed");
    app.components.signals.outbox.notify_one();
    robot.wait_for(3).await;
}

#[tokio::test]
async fn only_the_failure_with_the_right_number_is_sent() {
    let app = TestApp::new().await;
    let (third, every): (ChannelId, ChannelId) =
        (channel(&app, "third").await, channel(&app, "every").await);
    for (failures, to) in [("3", third), ("*/2", every)] {
        let counted = RuleDraft {
            failures: failures.to_owned(),
            ..rule(ScopeKind::All, "", &[Event::Failed], to)
        };
        add(&app, counted).await;
    }
    let task = app.add(draft("t", "0 0 1 1 *", "exit 3")).await.id;
    let mut seen = Vec::new();
    for _ in 0..5 {
        fails(&app, task).await;
        let all = got(&app, task, Event::Failed).await;
        let count = |id: ChannelId| all.iter().find(|one| one.0 == id.0).map_or(0, |one| one.1);
        seen.push((count(third), count(every)));
    }
    assert_eq!(seen, [(0, 0), (0, 1), (1, 1), (1, 2), (1, 2)]);
}
