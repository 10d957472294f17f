//! The scheduler: planned ahead, claimed at the instant, once; every firing ends with a reason.

use std::collections::BTreeSet;

use app::backend::Tasks;
use app::channel::ChannelKind;
use app::run::{RunState, Trigger};
use app::task::{Control, TaskDraft};
use chrono::TimeDelta;
use server::clock::Clock;

use super::helpers::message::all_at_once;
use super::helpers::{Leash, TestApp, at, draft};

mod edits;
mod stopped_in_a_turn;

const PLANNED: &str = "SELECT COUNT(*) FROM occurrence WHERE state = 'planned'";

#[tokio::test]
async fn a_firing_is_planned_ahead_and_claimed_at_its_instant() {
    let app = TestApp::new().await;
    let task = app
        .add(draft("t", "0 9 * * *", "echo $JCRONTAB_SCHEDULED_FOR"))
        .await;
    app.clock.set(at("2026-11-22T08:59:40Z"));
    let mut node = app.node().await;
    assert!(
        node.turn().await <= at("2026-11-22T08:59:55Z"),
        "in time to plan"
    );
    assert_eq!(app.place.database.count(PLANNED).await, 0);

    node.go_to(at("2026-11-22T08:59:56Z")).await;
    assert_eq!(
        app.place.database.count(PLANNED).await,
        1,
        "a row before it is an act"
    );
    assert!(
        node.turn().await <= at("2026-11-22T09:00:00Z"),
        "awake at the instant"
    );
    node.go_to(at("2026-11-22T08:59:59.999999Z")).await;
    assert_eq!(app.runs(task.id).await.len(), 0, "never early");

    app.clock.set(at("2026-11-22T09:00:00Z"));
    node.turn().await;
    node.settled().await;
    let runs = app.runs(task.id).await;
    assert_eq!(runs.len(), 1);
    let run = &runs[0];
    assert_eq!(
        (run.state, run.trigger),
        (RunState::Succeeded, Trigger::Schedule)
    );
    assert_eq!(
        run.scheduled_for.map(|at| at.0),
        Some(at("2026-11-22T09:00:00Z"))
    );
    assert_eq!(run.started_at.0, at("2026-11-22T09:00:00Z"));
    let output = app::backend::Runs::run_output_raw(&*app.service, &app.console(), run.id)
        .await
        .expect("output");
    assert_eq!(output, b"2026-11-22T09:00:00Z\n");
    let states = app
        .place
        .database
        .rows("SELECT state FROM occurrence")
        .await;
    assert_eq!(states, ["succeeded"]);
}

#[tokio::test]
async fn a_claim_that_was_rehearsed_goes_by_what_holds_at_the_instant() {
    const STATES: &str = "SELECT state FROM occurrence ORDER BY id";
    let app = TestApp::new().await;
    let stays = app.add(draft("stays", "0 9 * * *", "true")).await;
    let pauses = app.add(draft("pauses", "0 9 * * *", "true")).await;
    app.clock.set(at("2026-11-22T08:59:56Z"));
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:59:59.900Z")).await;
    let ready = node.turn().await;
    assert!(
        ready < at("2026-11-22T09:00:00Z") && ready > at("2026-11-22T08:59:59.900Z"),
        "shortly before the instant: {ready}"
    );
    app.clock.set(ready);
    assert_eq!(node.turn().await, at("2026-11-22T09:00:00Z"));
    let planned = app.place.database.rows(STATES).await;
    assert_eq!(
        planned,
        ["planned", "planned"],
        "a rehearsal writes nothing"
    );

    app.service
        .task_control(&app.console(), pauses.id, &Control::Pause(None))
        .await
        .expect("a pause");
    let late = app.add(draft("late", "0 9 * * *", "true")).await;
    app.clock.set(at("2026-11-22T09:00:00Z"));
    node.turn().await;
    node.settled().await;
    assert_eq!(app.runs(stays.id).await.len(), 1);
    assert_eq!(app.runs(pauses.id).await.len(), 0);
    assert_eq!(
        app.runs(late.id).await.len(),
        1,
        "entered after the rehearsal"
    );
}

#[tokio::test]
async fn every_second_fires_every_second_in_its_zone() {
    let app = TestApp::new().await;
    let mut node = app.node().await;
    let even = app.add(draft("even", "*/2 * * * * *", "true")).await;
    let zoned = TaskDraft {
        zone: "Asia/Kolkata".into(),
        ..draft("zoned", "3 30 13 * * *", "true")
    };
    let zoned = app.add(zoned).await;
    node.go_to(at("2026-11-22T08:00:10Z")).await;
    let instants: Vec<i64> = app
        .runs(even.id)
        .await
        .iter()
        .map(|run| {
            run.scheduled_for.expect("an instant").unix() - at("2026-11-22T08:00:00Z").timestamp()
        })
        .collect();
    assert_eq!(instants, [2, 4, 6, 8, 10]);
    let runs = app.runs(zoned.id).await;
    assert_eq!(runs.len(), 1);
    assert_eq!(
        runs[0].scheduled_for.map(|at| at.rfc3339()),
        Some("2026-11-22T08:00:03Z".to_owned())
    );
}

#[tokio::test]
async fn two_nodes_fire_each_instant_once() {
    let app = TestApp::new().await;
    let ledger = app.place.ledger();
    let each = app
        .add(draft(
            "each",
            "* * * * * *",
            &ledger.command("$JCRONTAB_SCHEDULED_FOR"),
        ))
        .await;
    let mut first = app.node().await;
    let mut second = app.second_node().await;
    for second_of_minute in 1..=12 {
        app.clock
            .set(at("2026-11-22T08:00:00Z") + TimeDelta::seconds(second_of_minute));
        tokio::join!(first.turn(), second.turn());
        first.settled().await;
    }
    let lines = ledger.lines();
    let instants: BTreeSet<&String> = lines.iter().collect();
    assert_eq!((lines.len(), instants.len()), (12, 12), "{lines:?}");
    assert_eq!(app.history(each.id).await, ["succeeded"; 12]);
}

#[tokio::test]
async fn two_hundred_tasks_due_at_one_instant_are_two_hundred_runs() {
    let app = TestApp::new().await;
    let ledger = app.place.ledger();
    let command = ledger.command("$JCRONTAB_TASK_ID");
    app.add_many(200, "0 9 * * *", &command).await;
    app.clock.set(at("2026-11-22T08:59:50Z"));
    let mut first = app.node().await;
    let mut second = app.second_node().await;
    app.clock.set(at("2026-11-22T08:59:56Z"));
    tokio::join!(first.turn(), second.turn());
    assert_eq!(app.place.database.count(PLANNED).await, 200);
    app.clock.set(at("2026-11-22T09:00:00Z"));
    tokio::join!(first.turn(), second.turn());
    first.settled().await;
    tokio::join!(first.turn(), second.turn());
    assert_eq!(
        app.place
            .database
            .count("SELECT COUNT(*) FROM run WHERE state = 'succeeded'")
            .await,
        200
    );
    assert_eq!(
        app.place.database.count("SELECT COUNT(*) FROM run").await,
        200
    );
    let tasks: BTreeSet<String> = ledger.lines().into_iter().collect();
    assert_eq!((ledger.lines().len(), tasks.len()), (200, 200));
}

#[tokio::test]
async fn a_task_does_not_overlap_itself() {
    let app = TestApp::new().await;
    let mut leash = Leash::new(&app.place.work());
    let task = app.add(draft("t", "* * * * * *", &leash.endless())).await;
    let mut node = app.node().await;
    let tick = async |node: &mut super::helpers::Node, second: i64| {
        app.clock
            .set(at("2026-11-22T08:00:00Z") + TimeDelta::seconds(second));
        node.turn().await;
    };
    tick(&mut node, 1).await;
    leash.ready().await;
    tick(&mut node, 2).await;
    tick(&mut node, 3).await;
    assert_eq!(
        app.history(task.id).await,
        ["skipped(overlap)", "skipped(overlap)", "running"]
    );
    let refused = app
        .service
        .task_run(&app.console(), task.id, &Default::default())
        .await
        .expect_err("it runs");
    assert_eq!(refused.code, "task.running");

    let run = app.runs(task.id).await[0].id;
    app::backend::Runs::run_stop(&*app.service, &app.console(), run)
        .await
        .expect("stopped");
    app.ended(run).await;
    leash.gone().await;
    // A manual start counts as well.
    let mut leash = Leash::new(&app.place.work());
    app.service
        .task_update(
            &app.console(),
            task.id,
            &draft("t", "* * * * * *", &leash.endless()),
        )
        .await
        .expect("edited");
    let manual = app.start_run(task.id).await;
    leash.ready().await;
    tick(&mut node, 4).await;
    tick(&mut node, 5).await;
    assert_eq!(app.history(task.id).await[0], "skipped(overlap)");
    app::backend::Runs::run_stop(&*app.service, &app.console(), manual)
        .await
        .expect("stopped");
    app.ended(manual).await;
}

#[tokio::test]
async fn nothing_fires_outside_the_window_and_both_ends_belong_to_it() {
    let app = TestApp::new().await;
    let window = TaskDraft {
        starts_at: "2026-11-22 08:00:03".into(),
        ends_at: "2026-11-22 08:00:05".into(),
        ..draft("t", "* * * * * *", "true")
    };
    let task = app.add(window.clone()).await;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:00:10Z")).await;
    let seconds: Vec<i64> = app
        .runs(task.id)
        .await
        .iter()
        .filter_map(|run| Some(run.scheduled_for?.unix() % 60))
        .collect();
    assert_eq!(seconds, [3, 4, 5]);

    // A window that closes earlier takes back what was planned in it.
    let longer = TaskDraft {
        ends_at: String::new(),
        ..window.clone()
    };
    app.service
        .task_update(&app.console(), task.id, &longer)
        .await
        .expect("edited");
    node.go_to(at("2026-11-22T08:00:12Z")).await;
    let shorter = TaskDraft {
        ends_at: "2026-11-22 08:00:13".into(),
        ..window
    };
    app.service
        .task_update(&app.console(), task.id, &shorter)
        .await
        .expect("edited");
    node.go_to(at("2026-11-22T08:00:20Z")).await;
    assert_eq!(app.history(task.id).await, ["succeeded"; 6]);
    assert_eq!(app.place.database.count(PLANNED).await, 0);
}

#[tokio::test]
async fn a_reminder_fires_without_a_command() {
    let app = TestApp::new().await;
    let channel = app
        .channel("hook", ChannelKind::Webhook, "http://127.0.0.1:9/")
        .await;
    let reminder = TaskDraft {
        mode: app::task::Mode::Message,
        execution: all_at_once(),
        channel_id: Some(channel.id.0),
        ..draft("t", "* * * * * *", "")
    };
    let task = app.add(reminder).await;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:00:03Z")).await;
    assert_eq!(app.history(task.id).await, ["sending"; 3]);
    let events: Vec<String> = app
        .messages(task.id)
        .await
        .into_iter()
        .map(|message| message.event)
        .collect();
    assert_eq!(
        events.iter().filter(|event| *event == "reminder").count(),
        6,
        "text and picture each: {events:?}"
    );
    assert_eq!(app.clock.now(), at("2026-11-22T08:00:03Z"));
}
