//! Background loops: backoff after an error, restart after a panic, and both are visible.

mod described;
mod spans;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::auth::Role;
use app::channel::ChannelKind;
use app::node::{LoopResult, LoopStatus};
use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::Value;
use server::clock::{Clock, SharedClock};
use server::loops::{Backoff, Loops, Periodic, Spec, TurnError, Turns, repeat, supervise};
use server::store::StoreError;
use server::telemetry::Metrics;
use tokio_util::sync::CancellationToken;

use super::helpers::place::Place;
use super::helpers::program::{Server, admin_token, jcrontab, jcrontab_with};
use super::helpers::{ManualClock, Robot, TestApp, at, in_time};

const SPEC: Spec = Spec {
    name: "sample",
    every: Some(Duration::from_secs(60)),
    woken: false,
    backoff: Backoff::new(Duration::from_secs(1), Duration::from_secs(3)),
};

/// A loop whose turns go as a list says, and well when it is empty.
struct Sample {
    moods: Mutex<VecDeque<Mood>>,
    turns: tokio::sync::mpsc::UnboundedSender<()>,
}

enum Mood {
    Fails,
    Panics,
}

#[async_trait]
impl Periodic for Sample {
    fn spec(&self) -> Spec {
        SPEC
    }

    async fn turn(&self) -> Result<(), TurnError> {
        self.turns.send(()).expect("the test listens");
        let mood = self.moods.lock().expect("moods").pop_front();
        match mood {
            None => Ok(()),
            Some(Mood::Fails) => Err(StoreError::Silent.into()),
            Some(Mood::Panics) => panic!("the sample fell over"),
        }
    }
}

/// The longest pauses of each backoff.
fn loops(clock: &Arc<ManualClock>) -> Loops {
    let clock: SharedClock = clock.clone();
    let metrics = Arc::new(Metrics::new(&Default::default(), 0));
    Loops::new(clock, || 1.0, metrics)
}

/// Waits until the driver has noted what it does after a turn.
async fn noted(turns: &Turns, what: &str, is: impl Fn(&LoopStatus) -> bool) -> LoopStatus {
    in_time(what, async {
        loop {
            let status = turns.status();
            if is(&status) {
                return status;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

#[tokio::test]
async fn a_loop_that_fails_backs_off_and_recovers() {
    let clock = Arc::new(ManualClock::new(at("2026-11-22T08:00:00Z")));
    let loops = loops(&clock);
    let turns = loops.register(SPEC);
    let (sender, mut made) = tokio::sync::mpsc::unbounded_channel();
    let moods = [Mood::Fails, Mood::Fails, Mood::Panics, Mood::Fails];
    let sample = Sample {
        moods: Mutex::new(moods.into()),
        turns: sender,
    };
    let stop = CancellationToken::new();
    let looping = tokio::spawn(repeat(sample, turns.clone(), stop.clone()));
    // Pauses of 1, 2, 3 and 3 seconds: doubled, up to the limit.
    for (failures, pause) in [(1, 1), (2, 2), (3, 3), (4, 3)] {
        in_time("a turn", made.recv()).await.expect("a turn");
        let failed = noted(&turns, "a failure", |status| {
            status.failures == failures && status.next_at.is_some()
        })
        .await;
        let pause = TimeDelta::seconds(pause);
        assert_eq!(failed.next_at.map(|at| at.0), Some(clock.now() + pause));
        let (result, words) = match failures {
            3 => (LoopResult::Panic, "the sample fell over"),
            _ => (LoopResult::Error, "the database does not answer"),
        };
        assert_eq!(failed.result, Some(result));
        assert_eq!(failed.error.as_deref(), Some(words));
        assert!(failed.succeeded_at.is_none() && !failed.running);
        assert!(made.is_empty(), "it does not turn before its pause is over");
        clock.advance(pause);
    }
    in_time("a turn", made.recv()).await.expect("a turn");
    let well = noted(&turns, "a good turn", |status| status.failures == 0).await;
    assert_eq!(well.result, Some(LoopResult::Ok));
    assert_eq!(well.succeeded_at.map(|at| at.0), Some(clock.now()));
    assert_eq!(well.panics, 1);
    // The last error can still be read.
    assert_eq!(well.error.as_deref(), Some("the database does not answer"));
    // From here on by its period.
    clock.advance(TimeDelta::seconds(60));
    in_time("a turn", made.recv()).await.expect("a turn");
    stop.cancel();
    in_time("the loop to end", looping).await.expect("no panic");
    assert_eq!(loops.list().len(), 1);
}

#[tokio::test]
async fn a_loop_that_panics_is_restarted_with_what_it_had() {
    let clock = Arc::new(ManualClock::new(at("2026-11-22T08:00:00Z")));
    let turns = loops(&clock).register(SPEC);
    let (send, queue) = tokio::sync::mpsc::unbounded_channel();
    for number in 1..=4 {
        send.send(number).expect("a queue");
    }
    drop(send);
    let queue = Arc::new(tokio::sync::Mutex::new(queue));
    let done = Arc::new(Mutex::new(Vec::new()));
    let make = {
        let (queue, done) = (Arc::clone(&queue), Arc::clone(&done));
        move || {
            let (queue, done) = (Arc::clone(&queue), Arc::clone(&done));
            async move {
                while let Some(number) = queue.lock().await.recv().await {
                    assert!(number != 2, "two is too many");
                    done.lock().expect("numbers").push(number);
                }
            }
        }
    };
    let looping = tokio::spawn(supervise(turns.clone(), CancellationToken::new(), make));
    let status = noted(&turns, "the panic", |status| status.next_at.is_some()).await;
    assert_eq!(status.result, Some(LoopResult::Panic));
    assert_eq!(status.error.as_deref(), Some("two is too many"));
    assert_eq!((status.panics, status.failures), (1, 1));
    assert_eq!(*done.lock().expect("numbers"), [1]);
    clock.advance(TimeDelta::seconds(1));
    in_time("the end", looping).await.expect("no panic");
    assert_eq!(*done.lock().expect("numbers"), [1, 3, 4]);
}

/// The outbox on a database that lacks its table for a while.
#[tokio::test]
async fn the_outbox_goes_on_after_the_database_failed() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    app.channel("ops", ChannelKind::Webhook, &robot.url()).await;
    let away = "ALTER TABLE message RENAME TO message_away";
    app.place.database.execute(away).await;
    app.notify();
    let outbox = || {
        let list = app.components.loops.list();
        list.into_iter().find(|one| one.name == "outbox")
    };
    let failed = in_time("a failure", async {
        loop {
            if let Some(failed) = outbox().filter(|one| one.next_at.is_some()) {
                return failed;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(failed.result, Some(LoopResult::Error));
    assert!(failed.error.expect("words").contains("message"));

    // Administrators read why on the page and in the API; others read that it fails.
    let admin = app.signed_in("ada", Role::Admin).await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    for (browser, knows) in [(&admin, true), (&viewer, false)] {
        let page = browser.open("/admin/nodes").await.text();
        assert!(page.contains("出错 ×"), "{page}");
        assert!(page.contains("发送通知消息"), "{page}");
        assert_eq!(page.contains("the database failed"), knows, "{page}");
        let nodes = browser.get("/api/v1/nodes").await.expect(200);
        let listed = nodes["loops"].as_array().expect("loops");
        let outbox = listed.iter().find(|one| one["name"] == "outbox");
        assert_eq!(outbox.expect("the outbox")["error"].is_string(), knows);
        let ready = browser.get("/readyz").await.json();
        assert_eq!(ready.get("loops").is_some(), knows);
    }

    let back = "ALTER TABLE message_away RENAME TO message";
    app.place.database.execute(back).await;
    in_time("a good turn", async {
        while outbox().is_none_or(|one| one.failures > 0) {
            app.clock.advance(TimeDelta::seconds(1));
            tokio::task::yield_now().await;
        }
    })
    .await;
    let metrics = app
        .service
        .scraped(app::i18n::Lang::En)
        .await
        .expect("text");
    let gauge = r#"jcrontab_loop_consecutive_failures{loop="outbox"} 0"#;
    assert!(metrics.contains(gauge), "{metrics}");
}

/// A real server whose scheduler panics before it plans, once: it goes on, runs what it has to run,
/// and says what happened.
#[tokio::test]
async fn a_scheduler_that_panics_is_restarted_and_goes_on() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let panics = [("FAILPOINTS", "plan.before=1*panic(out of the blue)")];
    let server = Server::start(&place, &panics).await;
    let url = [
        ("JCRONTAB_URL", server.url.as_str()),
        ("JCRONTAB_TOKEN", &token),
    ];
    let added = jcrontab_with(
        &place,
        &[
            "task",
            "add",
            "--name",
            "each",
            "--cron",
            "* * * * * *",
            "--command",
            "true",
        ],
        &url,
        "",
    )
    .await;
    assert_eq!(added.code, 0, "{added:?}");
    server
        .until(&token, "a run", async || {
            let runs = server.get(&token, "/api/v1/runs?task=1").await;
            let ended = runs["items"]
                .as_array()?
                .iter()
                .any(|run| run["state"] == "succeeded");
            ended.then_some(())
        })
        .await;
    let ready = server.get(&token, "/readyz").await;
    let named = |name: &str| -> Value {
        let loops = ready["loops"].as_array().expect("loops");
        let found = loops.iter().find(|one| one["name"] == name);
        found
            .unwrap_or_else(|| panic!("no {name}: {loops:?}"))
            .clone()
    };
    let scheduler = named("scheduler");
    assert_eq!(scheduler["panics"], 1, "{scheduler}");
    assert_eq!(scheduler["failures"], 0, "{scheduler}");
    let words = scheduler["error"].as_str().expect("words");
    assert!(words.contains("out of the blue"), "{words}");
    for name in [
        "outbox",
        "results",
        "notices",
        "output",
        "streams",
        "summaries",
    ] {
        assert_eq!(named(name)["panics"], 0);
    }
    let log = server.log();
    let line = "a background loop panicked and is restarted";
    assert_eq!(log.matches(line).count(), 1, "{log}");
    // Over the socket, as the administrator that the server's own user is.
    let doctor = jcrontab(&place, &["doctor", "--json"]).await;
    let checks: Value = serde_json::from_str(&doctor.out).expect("JSON");
    let checks = checks["checks"].as_array().expect("checks");
    let loops = checks.iter().find(|check| check["name"] == "loops");
    assert_eq!(
        loops.expect("a check of the loops")["status"],
        "ok",
        "{doctor:?}"
    );
    assert_eq!(server.stop().await, 0);
}
