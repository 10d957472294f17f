//! The pace of a channel is one for all servers, and what is too much for it becomes a digest.

use app::backend::{Channels, Messages, Rules, Runs, System, Tasks};
use app::id::{ChannelId, MessageId, RunId, TaskId};
use app::message::Event;
use app::rule::RuleDraft;
use app::run::RunState;
use app::task::{Control, Mode, Task, TaskDraft};
use chrono::TimeDelta;
use server::clock::Clock;
use server::facts::{End, Ends, Facts, TaskFacts};
use server::store::Notice;

use super::helpers::database::mysql_server;
use super::helpers::message::with_robot;
use super::helpers::robot::Mood;
use super::helpers::{Robot, TestApp, draft};

/// What the robot takes in a minute.
const LIMIT: usize = 20;

/// A task that sends to a channel, whose announcement is taken away before any server sends it.
pub(crate) async fn silent(app: &TestApp, name: &str, mode: Mode, channel: ChannelId) -> Task {
    let entered = app
        .add(TaskDraft {
            mode,
            channel_id: Some(channel.0),
            ..draft(
                name,
                "0 0 1 1 *",
                if mode.runs_command() { "false" } else { "" },
            )
        })
        .await;
    app.place
        .database
        .execute(&format!(
            "DELETE FROM message WHERE task_id = {}",
            entered.id
        ))
        .await;
    entered.task
}

/// Messages about runs of a task that failed now.
pub(crate) async fn fail(app: &TestApp, task: &Task, count: usize) {
    let now = app.clock.now();
    let facts = Facts::Ended {
        task: TaskFacts::of(task),
        run: RunId(1),
        at: now,
        end: Box::new(End {
            event: Event::Failed,
            state: RunState::Failed,
            reason: None,
            exit_code: Some(1),
            exit_signal: None,
            attempt: 1,
            started_at: now,
            finished_at: now,
            output: Ends::default(),
            failures: None,
        }),
    };
    let notice = Notice::about(task, facts);
    let store = &app.components.store;
    store
        .add_notices(&vec![notice; count])
        .await
        .expect("added");
    app.components.signals.outbox.notify_one();
}

/// Waits until the outbox has done what it can at this time.
async fn settled(app: &TestApp, robot: &Robot) {
    let sending = "SELECT COUNT(*) FROM message WHERE state = 'sending'";
    let pending = "SELECT COUNT(*) FROM message WHERE state = 'pending'";
    app.until("the outbox to settle", async || {
        let database = &app.place.database;
        if database.count(sending).await > 0 {
            return None;
        }
        let since = app.clock.now() - TimeDelta::seconds(61);
        let used = robot.received().iter().filter(|one| one.at > since).count();
        (used >= LIMIT || database.count(pending).await == 0).then_some(())
    })
    .await;
}

/// How many messages that were not made by merging are in each state, as `state count`.
async fn states(app: &TestApp) -> Vec<String> {
    let mysql = mysql_server().is_some();
    let text = if mysql { "CHAR" } else { "TEXT" };
    let counted = format!(
        "SELECT state, CAST(COUNT(*) AS {text}) FROM message WHERE kind = 'text' AND event <> \
         'digest' GROUP BY state ORDER BY state"
    );
    app.place.database.rows(&counted).await
}

/// The sum of the numbers behind `×` in the digests that the robot took, and how many digests it took.
fn digested(robot: &Robot) -> (u64, usize) {
    let texts = robot.texts();
    let digests = texts.iter().filter(|text| text.starts_with("【消息汇总】"));
    let sum = digests
        .clone()
        .flat_map(|text| text.lines())
        .filter_map(|line| {
            let (_, rest) = line.split_once('×')?;
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<u64>().ok()
        });
    (sum.sum(), digests.count())
}

#[tokio::test]
async fn five_hundred_failures_in_a_minute_are_few_messages_that_add_up() {
    let (app, robot, channel) = with_robot().await;
    let mut tasks = Vec::new();
    for number in 0..5 {
        tasks.push(silent(&app, &format!("job {number}"), Mode::Command, channel).await);
    }
    app.notify();
    let begun = app.clock.now();
    for second in 0..50 {
        fail(&app, &tasks[second % 5], 10).await;
        settled(&app, &robot).await;
        app.clock.advance(TimeDelta::seconds(1));
    }
    let open = "SELECT COUNT(*) FROM message WHERE state NOT IN ('sent', 'digested')";
    while app.place.database.count(open).await > 0 {
        app.clock.advance(TimeDelta::seconds(1));
        settled(&app, &robot).await;
    }
    let took = app.clock.now() - begun;
    assert!(took <= TimeDelta::minutes(5), "{took}");
    assert!(
        robot.busiest_minute() <= LIMIT,
        "{}",
        robot.busiest_minute()
    );
    assert!(robot.received().iter().all(|one| one.taken));
    let (sum, digests) = digested(&robot);
    let alone = robot.texts().len() - digests;
    assert!(digests >= 1, "{:?}", robot.texts());
    assert_eq!(sum + u64::try_from(alone).expect("few"), 500);
    let listed = states(&app).await;
    assert_eq!(listed, [format!("digested|{sum}"), format!("sent|{alone}")]);
    let text = robot.texts().pop().expect("a digest");
    for task in &tasks {
        assert!(
            text.contains(&format!("http://cron.test/tasks/{}", task.id)),
            "{text}"
        );
    }
    let page = app.signed_in("vera", app::auth::Role::Viewer).await;
    let page = page.open(&format!("/tasks/{}", tasks[0].id)).await.text();
    assert!(page.contains("Sent in a digest") || page.contains("已随汇总发送"));
}

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
async fn servers_share_the_pace_of_a_channel() {
    let (app, robot, channel) = with_robot().await;
    let task = silent(&app, "job", Mode::Command, channel).await;
    app.notify();
    let several = mysql_server().is_some();
    if several {
        app.notify_elsewhere().await;
        app.notify_elsewhere().await;
    }
    // More than the robot takes, and less than makes a digest at once.
    let seconds = 150;
    let mut app = app;
    for second in 0..seconds {
        if !several && second == 75 {
            let (place, clock) = app.die();
            app = TestApp::start(place, clock, None, &["--outbound-allow=127.0.0.0/8"]).await;
            app.notify();
        }
        fail(&app, &task, 1).await;
        settled(&app, &robot).await;
        app.clock.advance(TimeDelta::seconds(1));
    }
    let open = "SELECT COUNT(*) FROM message WHERE state NOT IN ('sent', 'digested')";
    while app.place.database.count(open).await > 0 {
        app.clock.advance(TimeDelta::seconds(1));
        settled(&app, &robot).await;
    }
    assert!(
        robot.busiest_minute() <= LIMIT,
        "{}",
        robot.busiest_minute()
    );
    assert!(robot.received().iter().all(|one| one.taken));
    let (sum, digests) = digested(&robot);
    let alone = robot.texts().len() - digests;
    assert_eq!(sum + u64::try_from(alone).expect("few"), seconds);
    // The pace is used, not only kept.
    assert!(alone >= 2 * LIMIT, "{alone}");
}

#[tokio::test]
async fn a_channel_that_asks_for_less_is_left_alone_by_all_servers() {
    let (app, robot, channel) = with_robot().await;
    let task = silent(&app, "job", Mode::Command, channel).await;
    robot.next([Mood::Later(429, 600)]);
    app.notify();
    fail(&app, &task, 2).await;
    robot.wait_for(1).await;
    app.until("the answer to be noted", async || {
        let rows = app.messages(task.id).await;
        rows.iter()
            .any(|row| row.last_answer.is_some() && row.state.as_str() == "pending")
            .then_some(())
    })
    .await;
    // The next server knows it from the database.
    let (place, clock) = app.die();
    let app = TestApp::start(place, clock, None, &["--outbound-allow=127.0.0.0/8"]).await;
    app.notify();
    for _ in 0..9 {
        app.clock.advance(TimeDelta::seconds(65));
        fail(&app, &task, 1).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(robot.received().len(), 1, "too early");
    app.clock.advance(TimeDelta::seconds(20));
    robot.wait_for(12).await;
    app.until("all to be noted", async || {
        let rows = app.messages(task.id).await;
        let sent = rows.iter().filter(|row| row.state.as_str() == "sent");
        (sent.count() == 11).then_some(())
    })
    .await;
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

/// Servers that take at the same time neither take the same message nor use a slot twice.
#[tokio::test]
async fn two_takers_at_once_get_two_messages() {
    let (app, _robot, channel) = with_robot().await;
    let task = silent(&app, "job", Mode::Command, channel).await;
    fail(&app, &task, LIMIT).await;
    let now = app.clock.now();
    let mut takers = tokio::task::JoinSet::new();
    for taker in 0..LIMIT {
        let (store, node) = (app.components.store.clone(), format!("n{}", taker % 3));
        takers.spawn(async move {
            loop {
                match store
                    .outbox_take(channel, Some(20.into()), &node, now)
                    .await
                {
                    Ok(server::store::Taken::Message(item)) => return item.id.0,
                    Ok(other) => panic!("{other:?}"),
                    // So many at once meet more often than a transaction starts over.
                    Err(error) => assert!(error.is_transient(), "{error:?}"),
                }
            }
        });
    }
    let mut taken = takers.join_all().await;
    taken.sort_unstable();
    taken.dedup();
    assert_eq!(taken.len(), LIMIT);
    let slots = "SELECT COUNT(*) FROM channel_slot";
    assert_eq!(app.place.database.count(slots).await, 20);
    let more = app
        .components
        .store
        .outbox_take(channel, Some(20.into()), "n", now)
        .await;
    assert!(
        matches!(more, Ok(server::store::Taken::Nothing)),
        "{more:?}"
    );
    fail(&app, &task, 1).await;
    let more = app
        .components
        .store
        .outbox_take(channel, Some(20.into()), "n", now + TimeDelta::seconds(60))
        .await;
    assert!(
        matches!(more, Ok(server::store::Taken::Wait(until)) if until == now + TimeDelta::seconds(61)),
        "{more:?}"
    );
}
