//! `jcrontab demo`: an empty database becomes one with tasks and weeks of history, and no other database does.

use std::collections::BTreeSet;

use app::auth::Role;
use app::backend::{Channels, Messages, Runs, System, Tasks, Tickets};
use app::i18n::Lang;
use app::message::MessageQuery;
use app::run::{RunQuery, RunState};
use app::task::{TaskQuery, TaskState};
use app::ticket::{TicketQuery, TicketState};
use server::demo::{DemoError, Made, Stage, fill};
use server::store::Store;

use super::helpers::TestApp;
use super::helpers::browser::page_routes;
use super::helpers::clock::at;
use super::helpers::place::Place;
use super::helpers::program::{jcrontab, jcrontab_with};

const NOW: &str = "2026-11-30T09:41:07Z";

async fn made(app: &TestApp, lang: Lang) -> Result<Made, DemoError> {
    let stage = Stage {
        service: &app.service,
        components: &app.components,
        node: &app.me,
        set_clock: &|now| app.clock.set(now),
        lang,
        seed: 7,
    };
    fill(&stage, at(NOW)).await
}

/// What history says, without numbers that the database gives.
async fn recorded(store: &Store) -> Vec<String> {
    let mut all = Vec::new();
    for id in store.task_ids().await.expect("tasks") {
        for run in store.task_runs(id, None, 1_000).await.expect("runs") {
            all.push(format!(
                "{} {:?} {:?} {:?} {:?} {:?}",
                run.task_id.0,
                run.scheduled_for,
                run.started_at,
                run.finished_at,
                run.state,
                run.excerpt
            ));
        }
    }
    all.sort();
    all
}

#[tokio::test]
async fn a_demo_has_something_of_everything_and_is_made_once() {
    let app = TestApp::new().await;
    let done = made(&app, Lang::Zh).await.expect("a demo");
    assert_eq!((done.tasks, done.days), (20, 21));
    assert_eq!(app.service.now().0, at(NOW), "history ends now");
    let console = app.console();
    let query = TaskQuery {
        limit: Some(100),
        ..TaskQuery::default()
    };
    let tasks = app
        .service
        .task_list(&console, &query)
        .await
        .expect("tasks");
    let states: Vec<TaskState> = tasks.items.iter().map(|task| task.task.state).collect();
    let count = |state| states.iter().filter(|known| **known == state).count();
    assert_eq!(count(TaskState::Closed), 1);
    assert_eq!(
        count(TaskState::Paused),
        3,
        "by people, until later, by failures"
    );
    assert!(tasks.items.iter().any(|task| task.task.urging));
    for state in [RunState::Succeeded, RunState::Failed, RunState::TimedOut] {
        let query = RunQuery {
            state: state.as_str().to_owned(),
            ..RunQuery::default()
        };
        let runs = app.service.run_search(&console, &query).await;
        assert!(!runs.expect("runs").items.is_empty(), "{state:?}");
    }
    let mut seen = BTreeSet::new();
    for task in &tasks.items {
        seen.extend(app.history(task.task.id).await);
    }
    // Some are further back than a list of history reaches.
    for (state, reason) in [
        ("missed", "down"),
        ("skipped", "overlap"),
        ("skipped", "calendar"),
    ] {
        let rows = format!(
            "SELECT COUNT(*) FROM occurrence WHERE state = '{state}' AND reason = '{reason}'"
        );
        let rows = app.place.database.count(&rows).await;
        assert!(rows > 0, "{state} {reason}: {seen:?}");
    }
    assert!(
        seen.iter()
            .all(|one| !["running", "sending", "waiting"].contains(&one.as_str()))
    );
    let tickets = TicketQuery {
        state: "all".to_owned(),
        limit: Some(200),
        ..TicketQuery::default()
    };
    let tickets = app.service.ticket_list(&console, &tickets).await;
    let tickets = tickets.expect("tickets").items;
    for state in [TicketState::Done, TicketState::Acknowledged] {
        assert!(
            tickets.iter().any(|ticket| ticket.state == state),
            "{state:?}"
        );
    }
    assert!(
        tickets
            .iter()
            .any(|ticket| ticket.done_by.is_some() && ticket.urges > 0)
    );
    let messages = app
        .service
        .message_history(&console, &MessageQuery::default())
        .await
        .expect("messages");
    assert!(messages.items.len() >= 50);
    let overview = app.service.overview(&console).await.expect("the overview");
    assert!(!overview.failing.is_empty());
    for channel in app.service.channel_list(&console).await.expect("channels") {
        assert_eq!(channel.pending, 0, "{}", channel.name);
    }
    let before = recorded(&app.components.store).await;
    let again = made(&app, Lang::Zh).await;
    assert!(matches!(again, Err(DemoError::NotEmpty)), "{again:?}");
    assert_eq!(recorded(&app.components.store).await, before);
    every_page_loads(&app).await;
}

async fn every_page_loads(app: &TestApp) {
    let admin = app.signed_in("admin", Role::Admin).await;
    let mut wrong = Vec::new();
    let ids = app.components.store.task_ids().await.expect("tasks");
    let own = |id: i64| [format!("/tasks/{id}"), format!("/tasks/{id}/occurrences")];
    let query = RunQuery {
        limit: Some(20),
        ..RunQuery::default()
    };
    let runs = app.service.run_search(&app.console(), &query).await;
    let runs = runs.expect("runs").items;
    assert!(!runs.is_empty());
    let runs = runs.iter().map(|run| format!("/runs/{}", run.id));
    let routes = page_routes().await;
    let plain = routes
        .into_iter()
        .filter(|path| !path.contains('{') && !["/login", "/setup"].contains(&path.as_str()));
    for path in plain.chain(ids.iter().flat_map(|id| own(id.0))).chain(runs) {
        let answer = admin.get(&path).await;
        if answer.status != 200 {
            wrong.push((path, answer.status));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test]
async fn the_same_seed_makes_the_same_history() {
    let (one, other) = (TestApp::new().await, TestApp::new().await);
    made(&one, Lang::En).await.expect("a demo");
    made(&other, Lang::En).await.expect("a demo");
    let history = recorded(&one.components.store).await;
    assert!(history.len() > 1_000, "{} runs", history.len());
    assert_eq!(history, recorded(&other.components.store).await);
}

#[tokio::test]
async fn the_command_makes_a_demo_in_the_language_that_is_asked_for() {
    let place = Place::new().await;
    let done = jcrontab(&place, &["demo", "--lang", "en", "--json"])
        .await
        .json();
    assert_eq!((&done["tasks"], &done["lang"]), (&20.into(), &"en".into()));
    let again = jcrontab(&place, &["demo"]).await;
    assert!(again.refused(4).contains("--data-dir"));
    jcrontab(&place, &["demo", "--lang", "fr"]).await.refused(2);
    let listed = jcrontab(&place, &["channel", "list", "--json"])
        .await
        .json();
    let channels = listed["items"].as_array().expect("channels");
    assert!(channels.iter().all(|channel| {
        channel["url_masked"]
            .as_str()
            .expect("a URL")
            .starts_with("http://127.0.0.1:9/")
    }));
    let elsewhere = jcrontab_with(
        &place,
        &["demo"],
        &[("JCRONTAB_URL", "http://127.0.0.1:1")],
        "",
    )
    .await;
    elsewhere.refused(2);
}
