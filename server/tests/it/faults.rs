//! The database goes down and comes back: the scheduler continues and no result is lost.
//!
//! An SQLite file does not go away while it is open, so these tests speak to a MySQL server
//! through a proxy and have nothing to do without one.

use std::sync::Arc;

use app::run::RunState;
use app::task::TaskView;
use chrono::TimeDelta;
use serde_json::json;
use server::store::StoreError;

use super::helpers::database::mysql_server;
use super::helpers::place::Place;
use super::helpers::program::{Server, jcrontab};
use super::helpers::proxy::Proxy;
use super::helpers::{Leash, ManualClock, TestApp, at, draft};

/// The database's address through a proxy.
fn through(proxy: &Proxy, place: &Place) -> String {
    let (before, rest) = place.database.url.rsplit_once('@').expect("user and host");
    let (_, name) = rest.split_once('/').expect("a database");
    format!("{before}@{}/{name}", proxy.address)
}

fn target() -> Option<String> {
    let server = mysql_server()?;
    Some(server.rsplit_once('@').expect("user and host").1.to_owned())
}

/// A server whose database is behind a proxy, and a task whose command runs until it is released.
struct Rig {
    place: Arc<Place>,
    proxy: Proxy,
    url: String,
    app: TestApp,
    leash: Leash,
    held: TaskView,
}

impl Rig {
    async fn new(target: String) -> Self {
        let place = Place::new().await;
        let proxy = Proxy::start(target, true).await;
        let url = through(&proxy, &place);
        let clock = Arc::new(ManualClock::new(at("2026-11-22T08:00:00Z")));
        let app = TestApp::start(Arc::clone(&place), clock, Some(&url), &[]).await;
        let leash = Leash::new(&place.work());
        let command = format!("{}; echo kept; exit 5", leash.start());
        let held = app.add(draft("held", "0 0 1 1 *", &command)).await;
        Self {
            place,
            proxy,
            url,
            app,
            leash,
            held,
        }
    }
}

#[tokio::test]
async fn the_loop_and_the_results_survive_an_absence_of_the_database() {
    let Some(target) = target() else { return };
    let rig = Rig::new(target).await;
    let (app, proxy, held, mut leash) = (rig.app, rig.proxy, rig.held, rig.leash);
    let each = app.add(draft("each", "* * * * * *", "true")).await;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:00:02Z")).await;
    let run = app.start_run(held.id).await;
    leash.ready().await;
    proxy.cut();
    // It ends while its result cannot be written.
    leash.gone().await;

    app.clock.advance(TimeDelta::seconds(3));
    let failed = node
        .scheduler
        .turn(&mut node.agenda)
        .await
        .expect_err("no database");
    assert!(failed.is_away(), "{failed:?}");
    let ready = app.browser().get("/readyz").await;
    assert_eq!(
        (ready.status, &ready.json()["database"]),
        (503, &json!("down"))
    );
    assert_eq!(
        app.browser().get("/api/v1/tasks").await.status,
        401,
        "strangers stay out"
    );
    let token = app
        .browser()
        .with("authorization", "Bearer jct_x")
        .get("/api/v1/tasks")
        .await;
    assert!(matches!(token.status, 401 | 503), "{}", token.status);

    proxy.restore();
    let ended = app.ended(run).await;
    assert_eq!((ended.state, ended.exit_code), (RunState::Failed, Some(5)));
    let output = app::backend::Runs::run_output_raw(&*app.service, &app.console(), run)
        .await
        .expect("its output");
    assert_eq!(output, b"kept\n");
    loop {
        // What was in doubt is settled before anything new is claimed.
        match node.scheduler.turn(&mut node.agenda).await {
            Ok(_) => break,
            Err(error) => assert!(
                error.is_away() || matches!(error, StoreError::Raced),
                "{error:?}"
            ),
        }
    }
    node.go_to(at("2026-11-22T08:00:08Z")).await;
    let instants: Vec<i64> = app
        .runs(each.id)
        .await
        .iter()
        .map(|run| {
            assert_eq!(run.state, RunState::Succeeded);
            run.scheduled_for.expect("an instant").unix() % 60
        })
        .collect();
    let mut unique = instants.clone();
    unique.dedup();
    assert_eq!(unique, instants, "nothing twice");
    assert_eq!(instants[instants.len() - 3..], [6, 7, 8]);
    assert_eq!(
        app.history(each.id).await.len(),
        8,
        "every second has ended in some state"
    );
}

#[tokio::test]
async fn a_result_survives_the_server_while_the_database_is_away() {
    let Some(target) = target() else { return };
    let Rig {
        place,
        proxy,
        url,
        app,
        mut leash,
        held,
    } = Rig::new(target).await;
    let run = app.start_run(held.id).await;
    leash.ready().await;
    proxy.cut();
    leash.gone().await;
    let spool = place.data().join("results.spool");
    super::helpers::in_time("the result to be on disk", async {
        while !std::fs::read_to_string(&spool).is_ok_and(|text| text.ends_with('\n')) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    let (place, clock) = app.die();
    proxy.restore();

    let app = TestApp::start(place, clock, Some(&url), &[]).await;
    let ended = app.runs(held.id).await.remove(0);
    assert_eq!(ended.id, run);
    assert_eq!((ended.state, ended.exit_code), (RunState::Failed, Some(5)));
    assert!(!spool.exists(), "it is written once");
}

#[tokio::test]
async fn a_server_waits_for_a_database_that_is_away_at_its_start() {
    let Some(target) = target() else { return };
    let place = Place::new().await;
    jcrontab(&place, &["migrate"]).await;
    let proxy = Proxy::start(target, false).await;
    let url = through(&proxy, &place);
    let mut server = Server::spawn(&place, &[("DATABASE_URL", &url)]);
    proxy.restore();
    server.ready().await;
    assert_eq!(server.stop().await, 0);

    // Asked to stop while it waits, it does.
    proxy.cut();
    let log = place.data().join("server.log");
    std::fs::remove_file(&log).expect("the log");
    let away = jcrontab_away(&place, &url).await;
    assert!(away.contains("database"), "{away}");
}

/// What the command line prints when its database is down.
async fn jcrontab_away(place: &Place, url: &str) -> String {
    let variables = [("DATABASE_URL", url)];
    let ended =
        super::helpers::program::jcrontab_with(place, &["task", "list"], &variables, "").await;
    let sentence = ended.refused(1).to_owned();
    assert!(
        !sentence.contains("jcrontab:"),
        "the password is not in it: {sentence}"
    );
    sentence
}
