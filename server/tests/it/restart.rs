//! A process dies, another one takes over: nothing twice, nothing silent.

use app::channel::ChannelKind;
use app::run::{RunState, Trigger};
use app::task::{Mode, TaskDraft};
use chrono::TimeDelta;
use server::scheduler::{HeartbeatEvidence, reap_dead_nodes};
use server::store::{Decide, Decision, Due, Outcome, StoredOutput, Verdict, View};

use super::helpers::message::all_at_once;
use super::helpers::place::Place;
use super::helpers::{ManualClock, TestApp, at, draft};

const FLAGS: [&str; 1] = ["--outbound-allow=127.0.0.0/8"];

/// Rules that start whatever is due.
struct StartAll;

impl Decide for StartAll {
    fn depends_on(&self, _: &[Due]) -> Vec<app::id::TaskId> {
        Vec::new()
    }

    fn decide(&self, view: &View<'_>) -> Decision {
        Decision {
            due: vec![Verdict::Start(Trigger::Schedule, None); view.due.len()],
            ..Decision::default()
        }
    }
}

async fn again((place, clock): (std::sync::Arc<Place>, std::sync::Arc<ManualClock>)) -> TestApp {
    TestApp::start(place, clock, None, &FLAGS).await
}

#[tokio::test]
async fn what_is_planned_survives_and_fires_once() {
    let app = TestApp::new().await;
    let ledger = app.place.ledger();
    let task = app
        .add(draft("t", "0 9 * * *", &ledger.command("fired")))
        .await
        .id;
    app.clock.set(at("2026-11-22T08:59:56Z"));
    app.node().await.turn().await;
    let before = app
        .place
        .database
        .rows("SELECT CONCAT_WS(' ', id, state) FROM occurrence")
        .await;
    assert_eq!(before.len(), 1);

    let app = again(app.die()).await;
    app.clock.set(at("2026-11-22T08:59:58Z"));
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T09:00:01Z")).await;
    assert_eq!(app.history(task).await, ["succeeded"]);
    let app = again(app.die()).await;
    app.node().await.go_to(at("2026-11-22T09:00:30Z")).await;
    assert_eq!(app.history(task).await, ["succeeded"]);
    assert_eq!(ledger.lines(), ["fired"]);
}

#[tokio::test]
async fn a_run_whose_process_died_is_lost_and_says_so() {
    let app = TestApp::new().await;
    let ledger = app.place.ledger();
    let channel = app
        .channel("hook", ChannelKind::Webhook, "http://127.0.0.1:9/")
        .await;
    let reporting = TaskDraft {
        channel_id: Some(channel.id.0),
        ..draft("t", "0 9 * * *", &ledger.command("fired"))
    };
    let task = app.add(reporting).await.id;
    app.clock.set(at("2026-11-22T08:59:56Z"));
    let mut node = app.node().await;
    node.turn().await;
    // The claim is committed; the process dies before it can start anything.
    app.clock.set(at("2026-11-22T09:00:00Z"));
    let seen = node.agenda.seen;
    let claimed = app
        .components
        .store
        .claim(&app.me.id, at("2026-11-22T09:00:00Z"), seen, &StartAll)
        .await
        .expect("the database")
        .expect("up to date");
    assert_eq!(claimed.claimed.len(), 1);
    drop(node);

    let app = again(app.die()).await;
    app.clock.set(at("2026-11-22T09:00:05Z"));
    app.node().await.go_to(at("2026-11-22T09:00:30Z")).await;
    let runs = app.runs(task).await;
    assert_eq!(runs.len(), 1, "it is not run again: {runs:?}");
    assert_eq!(runs[0].state, RunState::Lost);
    assert!(runs[0].finished_at.is_some() && runs[0].reason.is_some());
    assert_eq!(
        app.place
            .database
            .rows("SELECT state FROM occurrence")
            .await,
        ["lost"]
    );
    assert!(ledger.lines().is_empty());
    let events: Vec<String> = app
        .messages(task)
        .await
        .into_iter()
        .map(|message| message.event)
        .collect();
    assert_eq!(events, ["created", "lost"]);
    assert_eq!(
        app.place
            .database
            .count("SELECT COUNT(*) FROM node WHERE stopped_at IS NULL")
            .await,
        1
    );
}

#[tokio::test]
async fn missed_firings_are_caught_up_once_for_commands_and_never_for_reminders() {
    let app = TestApp::new().await;
    let ledger = app.place.ledger();
    let channel = app
        .channel("hook", ChannelKind::Webhook, "http://127.0.0.1:9/")
        .await;
    let command = app
        .add(draft(
            "command",
            "*/5 * * * *",
            &ledger.command("$JCRONTAB_SCHEDULED_FOR"),
        ))
        .await
        .id;
    let reminder = TaskDraft {
        mode: Mode::Message,
        channel_id: Some(channel.id.0),
        execution: all_at_once(),
        ..draft("reminder", "*/5 * * * *", "")
    };
    let reminder = app.add(reminder).await.id;
    app.node().await.go_to(at("2026-11-22T08:05:01Z")).await;
    assert_eq!(app.history(command).await, ["succeeded"]);
    // Nothing sends here, so the channel has accepted nothing.
    assert_eq!(app.history(reminder).await, ["sending"]);

    let (place, clock) = app.die();
    clock.set(at("2026-11-22T08:22:30Z"));
    let app = again((place, clock)).await;
    app.node().await.go_to(at("2026-11-22T08:22:40Z")).await;
    assert_eq!(
        app.history(command).await,
        ["succeeded", "missed(down)", "missed(down)"]
            .into_iter()
            .chain(["succeeded"])
            .map(str::to_owned)
            .collect::<Vec<_>>()[..]
            .to_vec()
    );
    let caught_up = &app.runs(command).await[1];
    assert_eq!(caught_up.trigger, Trigger::CatchUp);
    assert_eq!(
        caught_up.scheduled_for.map(|at| at.rfc3339()),
        Some("2026-11-22T08:20:00Z".to_owned())
    );
    assert_eq!(
        app.history(reminder).await,
        ["missed(down)", "missed(down)", "missed(down)", "sending"]
    );

    let app = again(app.die()).await;
    app.node().await.go_to(at("2026-11-22T08:25:01Z")).await;
    assert_eq!(
        ledger.lines(),
        [
            "2026-11-22T08:05:00Z",
            "2026-11-22T08:20:00Z",
            "2026-11-22T08:25:00Z"
        ]
    );
    assert_eq!(
        app.history(reminder).await[..2],
        ["sending", "missed(down)"]
    );
}

#[tokio::test]
async fn a_firing_that_is_a_little_late_is_on_time() {
    let app = TestApp::new().await;
    let channel = app
        .channel("hook", ChannelKind::Webhook, "http://127.0.0.1:9/")
        .await;
    let reminder = TaskDraft {
        mode: Mode::Message,
        channel_id: Some(channel.id.0),
        ..draft("r", "0 9 * * *", "")
    };
    let task = app.add(reminder).await.id;
    app.clock.set(at("2026-11-22T08:59:56Z"));
    app.node().await.turn().await;
    let (place, clock) = app.die();
    clock.set(at("2026-11-22T09:00:50Z"));
    let app = again((place, clock)).await;
    app.node().await.go_to(at("2026-11-22T09:00:51Z")).await;
    assert_eq!(app.history(task).await, ["sending"]);
    assert_eq!(app.runs(task).await[0].trigger, Trigger::Schedule);
}

#[tokio::test]
async fn a_long_outage_is_recorded_in_few_rows_that_count_every_firing() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "* * * * * *", "true")).await.id;
    app.node().await.go_to(at("2026-11-22T08:00:01Z")).await;
    let (place, clock) = app.die();
    clock.set(at("2026-11-22T09:00:00Z"));
    let app = again((place, clock)).await;
    app.node().await.turn().await;
    let rows = app
        .place
        .database
        .count("SELECT COUNT(*) FROM occurrence")
        .await;
    assert!(rows < 40, "{rows} rows");
    let shown = "SELECT CAST(SUM(firings) AS SIGNED) FROM occurrence WHERE scheduled_for <= (SELECT MAX(scheduled_for) FROM occurrence WHERE state <> 'planned')";
    let shown = if app.place.database.url.is_empty() {
        shown.replace("SIGNED", "INTEGER")
    } else {
        shown.to_owned()
    };
    assert_eq!(
        app.place.database.count(&shown).await,
        3600,
        "08:00:01 to 09:00:00"
    );
    assert!(app.history(task).await.contains(&"missed(down)".to_owned()));
}

/// Another machine's process stops sending heartbeats: after the lease its runs are lost, and its late results are
/// refused.
#[tokio::test]
async fn a_silent_process_is_declared_dead_and_its_late_result_is_fenced() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "* * * * * *", "true")).await.id;
    let mut other = app.second_node().await;
    app.clock.set(at("2026-11-22T08:00:01Z"));
    other.turn().await;
    other.settled().await;
    app.clock.set(at("2026-11-22T08:00:02Z"));
    let seen = other.agenda.seen;
    let their_name = other.scheduler.node.id.clone();
    let claims = app
        .components
        .store
        .claim(&their_name, at("2026-11-22T08:00:02Z"), seen, &StartAll)
        .await
        .expect("the database")
        .expect("up to date");
    assert_eq!(claims.claimed.len(), 1);

    let clock: server::clock::SharedClock = app.clock.clone();
    let bury = async |silence| {
        let components = &app.components;
        reap_dead_nodes(&components.store, &clock, &app.me, silence)
            .await
            .expect("burying")
    };
    app.clock.set(at("2026-11-22T08:00:11Z"));
    assert_eq!(bury(HeartbeatEvidence::Conclusive).await, 0, "not yet");
    app.clock.set(at("2026-11-22T08:00:25Z"));
    assert_eq!(
        bury(HeartbeatEvidence::Inconclusive).await,
        0,
        "no heartbeat could have been seen"
    );
    assert_eq!(bury(HeartbeatEvidence::Conclusive).await, 1);
    assert_eq!(app.runs(task).await[1].state, RunState::Lost);
    assert!(
        !app.components
            .store
            .heartbeat(&their_name, at("2026-11-22T08:00:26Z"), 0)
            .await
            .expect("the database")
    );

    let late = Outcome {
        run_id: claims.claimed[0].run_id,
        occurrence_id: Some(claims.claimed[0].due.id),
        task_id: task,
        epoch: claims.claimed[0].epoch,
        state: RunState::Succeeded,
        reason: None,
        finished_at: at("2026-11-22T08:00:30Z"),
        exit_code: Some(0),
        exit_signal: None,
        output: StoredOutput::default(),
        retry_at: None,
        messages: Vec::new(),
        notices: Vec::new(),
        ticket: None,
    };
    let recorded = app
        .components
        .store
        .record(&[late])
        .await
        .expect("the database");
    assert_eq!(recorded.fenced, [claims.claimed[0].run_id]);
    let run = &app.runs(task).await[1];
    assert_eq!((run.state, run.exit_code), (RunState::Lost, None));
    let states = app
        .place
        .database
        .rows("SELECT state FROM occurrence ORDER BY id")
        .await;
    assert_eq!(states[..2], ["succeeded", "lost"]);
}

/// The first process of all has nothing to plan for hours and dies before it had to.
#[tokio::test]
async fn firings_missed_before_anything_was_ever_planned_are_caught_up_as_well() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "0 9 * * *", "true")).await.id;
    app.node().await.go_to(at("2026-11-22T08:00:05Z")).await;
    let (place, clock) = app.die();
    clock.set(at("2026-11-22T09:30:00Z"));
    let app = again((place, clock)).await;
    app.node().await.go_to(at("2026-11-22T09:30:01Z")).await;
    assert_eq!(
        app.history(task).await,
        ["succeeded"],
        "09:00 has to end in some state"
    );
    assert_eq!(app.runs(task).await[0].trigger, Trigger::CatchUp);
}

/// More missed firings than one claim takes: still only the latest of each task is caught up.
#[tokio::test]
async fn a_great_many_missed_firings_are_caught_up_once_each() {
    let app = TestApp::new().await;
    let ledger = app.place.ledger();
    let command = ledger.command("$JCRONTAB_TASK_ID $JCRONTAB_SCHEDULED_FOR");
    app.add_many(60, "*/2 * * * *", &command).await;
    app.node().await.go_to(at("2026-11-22T08:01:56Z")).await;
    let (place, clock) = app.die();
    // 20 firings of each.
    clock.set(at("2026-11-22T08:41:30Z"));
    let app = again((place, clock)).await;
    app.node()
        .await
        .go_to(at("2026-11-22T08:41:30Z") + TimeDelta::milliseconds(1))
        .await;
    let early: Vec<String> = ledger
        .lines()
        .into_iter()
        .filter(|line| !line.ends_with("T08:40:00Z"))
        .collect();
    assert_eq!(
        early,
        Vec::<String>::new(),
        "older firings were started as well"
    );
    assert_eq!(ledger.lines().len(), 60);
    assert_eq!(
        app.place
            .database
            .count("SELECT COUNT(*) FROM occurrence WHERE state = 'missed'")
            .await,
        60 * 19
    );
}

/// The command line can enter and edit tasks while no server runs.
#[tokio::test]
async fn tasks_entered_or_edited_between_two_processes_fire_from_then_on() {
    let app = TestApp::new().await;
    let kept = app.add(draft("kept", "* * * * * *", "true")).await.id;
    let edited = app.add(draft("edited", "* * * * * *", "true")).await.id;
    app.node().await.go_to(at("2026-11-22T08:00:01Z")).await;

    // The old process has planned ahead; now no scheduler runs.
    app.clock.set(at("2026-11-22T08:00:01.5Z"));
    let entered = app.add(draft("entered", "* * * * * *", "true")).await.id;
    let changed = TaskDraft {
        tags: vec!["x".into()],
        ..draft("edited", "* * * * * *", "true")
    };
    app::backend::Tasks::task_update(&*app.service, &app.console(), edited, &changed)
        .await
        .expect("edited");
    let app = again(app.die()).await;
    app.clock.set(at("2026-11-22T08:00:02.5Z"));
    app.node().await.go_to(at("2026-11-22T08:00:06Z")).await;
    let seconds = async |task| -> Vec<i64> {
        app.runs(task)
            .await
            .iter()
            .filter_map(|run| Some(run.scheduled_for?.unix() % 60))
            .collect()
    };
    assert_eq!(*seconds(kept).await.last().expect("runs"), 6);
    for task in [entered, edited] {
        let seconds = seconds(task).await;
        assert_eq!(
            seconds[seconds.len().saturating_sub(4)..],
            [3, 4, 5, 6],
            "{seconds:?}"
        );
    }
}
