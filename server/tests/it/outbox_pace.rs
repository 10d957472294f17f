//! The pace of a channel is one for all servers, and what is too much for it becomes a digest.

mod digests;
mod robots;

use app::id::{ChannelId, RunId};
use app::message::Event;
use app::run::RunState;
use app::task::{Mode, Task, TaskDraft};
use chrono::TimeDelta;
use server::clock::Clock;
use server::facts::{End, Facts, HeadAndTail, TaskFacts};
use server::store::Notice;

use super::helpers::database::mysql_server;
use super::helpers::message::{all_at_once, with_robot};
use super::helpers::robot::Mood;
use super::helpers::{Robot, TestApp, draft};

/// What the robot takes in a minute.
const LIMIT: usize = 20;

/// A task that sends to a channel, whose announcement is taken away before any server sends it.
pub(crate) async fn silent(app: &TestApp, name: &str, mode: Mode, channel: ChannelId) -> Task {
    let entered = app
        .add(TaskDraft {
            mode,
            execution: all_at_once(),
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
            output: HeadAndTail::default(),
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
    if mysql_server().is_some() {
        // Three servers on one database, as failures come from all of them.
        app.notify_elsewhere().await;
        app.notify_elsewhere().await;
    }
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
                    Ok(server::store::TakeResult::Message(item)) => return item.id.0,
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
        matches!(more, Ok(server::store::TakeResult::Nothing)),
        "{more:?}"
    );
    fail(&app, &task, 1).await;
    let more = app
        .components
        .store
        .outbox_take(channel, Some(20.into()), "n", now + TimeDelta::seconds(60))
        .await;
    assert!(
        matches!(more, Ok(server::store::TakeResult::Wait(until)) if until == now + TimeDelta::seconds(61)),
        "{more:?}"
    );
}
