//! The check before an urge: a ticket closes itself, or people are asked.

use app::backend::{Secrets, Tasks};
use app::secret::SecretDraft;

use super::*;

/// An order that is asked for every minute, with a check.
fn checked(change: impl FnOnce(&mut TicketDraft)) -> impl FnOnce(&mut TaskDraft) {
    let mut rule = TicketDraft {
        first_after: "1m".to_owned(),
        every: "1m".to_owned(),
        max: "1m".to_owned(),
        ..TicketDraft::default()
    };
    change(&mut rule);
    order(rule)
}

/// Waits for the end of the check of a ticket, which its history has.
async fn checked_once(app: &TestApp, id: TicketId, what: &str) -> String {
    app.until("the end of a check", async || {
        let shown = ticket(app, id).await;
        let entry = shown.history.iter().rev().find(|entry| entry.what == what);
        entry.map(|entry| entry.detail.clone())
    })
    .await
}

#[tokio::test]
async fn a_check_that_passes_closes_the_ticket_and_its_task() {
    let app = TestApp::new().await;
    let flag = app.place.work().join("fixed");
    let command = format!("test -e {} && echo all is well", flag.display());
    let task = task(&app, checked(|rule| rule.check_command = command)).await;
    let id = the_ticket(&app).await.id;
    later(&app, 60).await;
    let failed = checked_once(&app, id, "check_failed").await;
    assert_eq!(failed, "exit 1");
    // The check of the first urge is over: it goes out, unchecked.
    look(&app).await;
    assert_eq!(ticket(&app, id).await.urges.len(), 1);
    assert_eq!(said(&app, task.id, "ticket_urged").await.len(), 1);
    std::fs::write(&flag, "").expect("a file");
    later(&app, 60).await;
    let passed = checked_once(&app, id, "check_passed").await;
    assert_eq!(passed, "exit 0\nall is well");
    let over = ticket(&app, id).await;
    assert_eq!(over.ticket.state.as_str(), "done");
    assert_eq!(over.ticket.done_by.as_deref(), Some("jcrontab"));
    assert_eq!(over.urges.len(), 1);
    let done = said(&app, task.id, "ticket_done").await;
    assert!(done[0].contains("检查已通过，自动完成"), "{done:?}");
    let closed = app.service.task_get(&app.console(), task.id).await;
    assert_eq!(closed.expect("the task").state.as_str(), "closed");
    // No run came of it.
    let runs = app.place.database.count("SELECT COUNT(*) FROM run").await;
    assert_eq!(runs, 0);
}

#[tokio::test]
async fn a_check_that_takes_too_long_lets_the_urge_go_out() {
    let app = TestApp::new().await;
    let rule = checked(|rule| {
        rule.check_command = "echo waiting; sleep 600".to_owned();
        rule.check_timeout = "1s".to_owned();
    });
    task(&app, rule).await;
    let id = the_ticket(&app).await.id;
    later(&app, 60).await;
    // While it runs, nothing is due, and nothing is asked.
    later(&app, 1).await;
    assert_eq!(ticket(&app, id).await.urges, []);
    let failed = checked_once(&app, id, "check_failed").await;
    assert_eq!(failed, "timeout 1s\nwaiting");
    look(&app).await;
    assert_eq!(ticket(&app, id).await.urges.len(), 1);
}

#[tokio::test]
async fn the_check_has_the_secrets_of_the_task_and_shows_none() {
    let app = TestApp::new().await;
    let rule = checked(|rule| rule.check_command = "echo \"is $TOKEN\"; exit 3".to_owned());
    let task = task(&app, rule).await;
    let secret = SecretDraft {
        name: "TOKEN".to_owned(),
        value: "s3cr3t-value".to_owned(),
        tasks: vec![task.id.to_string()],
        ..SecretDraft::default()
    };
    let made = app.service.secret_create(&app.console(), &secret).await;
    made.expect("a secret");
    let id = the_ticket(&app).await.id;
    later(&app, 60).await;
    let failed = checked_once(&app, id, "check_failed").await;
    assert_eq!(failed, "exit 3\nis ***");
}

#[tokio::test]
async fn of_two_servers_one_checks_and_a_person_may_come_first() {
    let app = TestApp::new().await;
    let lines = app.place.work().join("lines");
    let command = format!("echo line >> {}; false", lines.display());
    task(&app, checked(|rule| rule.check_command = command)).await;
    let id = the_ticket(&app).await.id;
    let url = app.place.database.url.clone();
    let other = match url.is_empty() {
        true => app.components.store.clone(),
        false => Store::open(&url, &app.place.data())
            .await
            .expect("the database"),
    };
    let first = urging(&app, &app.components.store, "first");
    let second = urging(&app, &other, "second");
    app.clock.set(app.clock.now() + TimeDelta::seconds(60));
    let (one, two) = tokio::join!(first.turn(), second.turn());
    one.expect("a turn");
    two.expect("a turn");
    checked_once(&app, id, "check_failed").await;
    let count = || {
        let text = std::fs::read_to_string(&lines).expect("lines");
        text.lines().count()
    };
    assert_eq!(count(), 1);
    look(&app).await;
    assert_eq!(ticket(&app, id).await.urges.len(), 1);
    // What is done meanwhile stays as the person left it.
    let console = app.console();
    let done = TicketAct::Done("by hand".to_owned());
    act(&app, &console, id, done).await.expect("done");
    later(&app, 60).await;
    let over = ticket(&app, id).await.ticket;
    assert_eq!(over.done_by.as_deref(), Some("console"));
    assert_eq!(count(), 1);
}

#[tokio::test]
async fn a_server_that_dies_while_it_checks_leaves_an_urge() {
    let app = TestApp::new().await;
    let rule = checked(|rule| {
        rule.check_command = "sleep 600".to_owned();
        rule.check_timeout = "5m".to_owned();
    });
    task(&app, rule).await;
    let id = the_ticket(&app).await.id;
    later(&app, 60).await;
    // As if nothing was running: the ticket rests for the limit and a little longer, and is asked for then.
    later(&app, 300).await;
    assert_eq!(ticket(&app, id).await.urges, []);
    later(&app, 20).await;
    assert_eq!(ticket(&app, id).await.urges.len(), 1);
}

#[tokio::test]
async fn a_request_is_a_check_too() {
    let app = TestApp::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let address = listener.local_addr().expect("its address");
    let healthy = axum::Router::new().route("/health", axum::routing::get(async || "fine"));
    let serving = tokio::spawn(async move { axum::serve(listener, healthy).await });
    let sick = format!("http://{address}/sick");
    let task = task(&app, checked(|rule| rule.check_url = sick)).await;
    let id = the_ticket(&app).await.id;
    later(&app, 60).await;
    let failed = checked_once(&app, id, "check_failed").await;
    assert!(failed.contains("404"), "{failed}");
    look(&app).await;
    assert_eq!(ticket(&app, id).await.urges.len(), 1);
    let console = app.console();
    let mut draft = app.service.task_draft(&console, task.id).await.expect("it");
    draft.tickets.check_url = format!("http://{address}/health");
    let saved = app.service.task_update(&console, task.id, &draft).await;
    saved.expect("saved");
    later(&app, 60).await;
    checked_once(&app, id, "check_passed").await;
    assert_eq!(tickets(&app, "open").await, []);
    serving.abort();
}

#[tokio::test]
async fn checks_that_fail_again_and_again_do_not_push_people_out_of_the_history() {
    let app = TestApp::new().await;
    task(
        &app,
        checked(|rule| rule.check_command = "false".to_owned()),
    )
    .await;
    let id = the_ticket(&app).await.id;
    let console = app.console();
    let hand_over = TicketAct::Assign("李四".to_owned());
    act(&app, &console, id, hand_over)
        .await
        .expect("handed over");
    let taken = act(&app, &console, id, TicketAct::Acknowledge).await;
    let first = taken.expect("taken").version;
    let checks = 210;
    for number in 0..checks {
        let version = (id, first + number);
        let (detail, now) = (format!("exit {number}"), app.clock.now());
        let urged = app.components.store.urge_after_check(version, &detail, now);
        assert!(urged.await.expect("written"), "check {number}");
    }
    let history = ticket(&app, id).await.history;
    let acts: Vec<&str> = history.iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(acts[..3], ["opened", "handed_over", "acknowledged"]);
    assert!(
        acts[3..].iter().all(|what| *what == "check_failed"),
        "{acts:?}"
    );
    assert_eq!(acts.len(), 3 + 20);
    let last = history.last().expect("an entry");
    assert_eq!(last.detail, format!("exit {}", checks - 1));
}
