//! What opens a ticket, and what closes it without a person.

use app::backend::{Rules, Tasks};
use app::rule::{RuleDraft, ScopeKind};
use app::task::{Control, Mode, RunRequest};

use super::*;
use crate::helpers::at;
use crate::helpers::message::all_at_once;
use crate::helpers::receiver::Receiver;

#[tokio::test]
async fn each_firing_of_a_reminder_opens_a_ticket_of_its_own() {
    let app = TestApp::new().await;
    let task = task(&app, |draft| {
        draft.mode = Mode::Message;
        draft.execution = all_at_once();
        draft.command = String::new();
        draft.tickets.opens = "firing".to_owned();
    })
    .await;
    let mut node = app.node().await;
    for day in 22..=23 {
        app.clock.set(at(&format!("2026-11-{day}T08:59:58Z")));
        node.turn().await;
        app.clock.set(at(&format!("2026-11-{day}T09:00:00Z")));
        node.turn().await;
        node.turn().await;
        node.settled().await;
    }
    let open = tickets(&app, "open").await;
    assert_eq!(open.len(), 2, "{open:?}");
    for ticket in &open {
        assert_eq!(ticket.kind.as_str(), "firing");
        assert!(ticket.occurrence_id.is_some() && ticket.run_id.is_some());
    }
    assert_ne!(open[0].occurrence_id, open[1].occurrence_id);
    // One is done, the other one and the task go on.
    let console = app.console();
    let done = TicketAct::Done("看过了".to_owned());
    let done = act(&app, &console, open[1].id, done).await.expect("done");
    assert_eq!(done.word.as_deref(), Some("看过了"));
    assert_eq!(the_ticket(&app).await.id, open[0].id);
    let said = said(&app, task.id, "ticket_done").await;
    assert!(
        said[0].contains("由 console 完成") && said[0].contains("看过了"),
        "{said:?}"
    );
    // 结单 closes what is open.
    let control = app
        .service
        .task_control(&console, task.id, &Control::Close)
        .await;
    control.expect("closed");
    assert_eq!(tickets(&app, "open").await, []);
    app.service
        .task_delete(&console, task.id, None)
        .await
        .expect("deleted");
    assert_eq!(
        app.place
            .database
            .count("SELECT COUNT(*) FROM ticket")
            .await,
        0
    );
}

#[tokio::test]
async fn a_reminder_that_is_started_by_hand_asks_as_a_firing_does() {
    let app = TestApp::new().await;
    let task = task(&app, |draft| {
        draft.mode = Mode::Message;
        draft.execution = all_at_once();
        draft.command = String::new();
        draft.tickets.opens = "firing".to_owned();
    })
    .await;
    let console = app.console();
    let start = async || {
        let started = app
            .service
            .start_manually(&console, task.id, &RunRequest::default())
            .await;
        started.expect("started").run
    };
    let first = start().await;
    let mut node = app.node().await;
    node.turn().await;
    node.settled().await;
    let ticket = the_ticket(&app).await;
    assert_eq!(ticket.kind.as_str(), "firing");
    assert_eq!(
        (ticket.run_id, ticket.occurrence_id),
        (Some(first.id), None)
    );
    // Another start asks for its own, and a ticket that is done can be reopened beside it.
    let second = start().await;
    let open = tickets(&app, "open").await;
    assert_eq!(open.len(), 2, "{open:?}");
    assert!(open.iter().any(|one| one.run_id == Some(second.id)));
    for what in [TicketAct::Done("看过了".to_owned()), TicketAct::Reopen] {
        act(&app, &console, ticket.id, what).await.expect("done");
    }
    assert_eq!(tickets(&app, "open").await.len(), 2);
}

#[tokio::test]
async fn a_failure_opens_one_ticket_which_a_success_closes() {
    let app = TestApp::new().await;
    let flag = app.place.work().join("ok");
    let command = format!("test -e {}", flag.display());
    let task = task(&app, |draft| {
        draft.command = command;
        draft.tickets.opens = "failure".to_owned();
    })
    .await;
    for _ in 0..2 {
        app.ended(app.start_run(task.id).await).await;
    }
    let open = the_ticket(&app).await;
    assert_eq!(open.kind.as_str(), "failure");
    assert!(open.run_id.is_some());
    let to = TicketAct::Assign("李四".to_owned());
    let handed = act(&app, &app.console(), open.id, to).await;
    handed.expect("handed over");
    std::fs::write(&flag, "").expect("a file");
    app.ended(app.start_run(task.id).await).await;
    assert_eq!(tickets(&app, "open").await, []);
    let closed = ticket(&app, open.id).await;
    assert_eq!(closed.ticket.state.as_str(), "done");
    assert_eq!(closed.ticket.done_by.as_deref(), Some("jcrontab"));
    let said = said(&app, task.id, "ticket_done").await;
    assert!(said[0].contains("执行已成功，自动完成"), "{said:?}");
    // It mentions the person who has it by now, and not the owner of the task.
    let mentioned = "SELECT mentions FROM message WHERE event = 'ticket_done'";
    let mentioned = app.place.database.rows(mentioned).await;
    assert_eq!(mentioned, ["[\"李四\"]"]);
}

#[tokio::test]
async fn missed_firings_open_a_ticket_about_failures() {
    let app = TestApp::new().await;
    task(&app, |draft| {
        draft.tickets.opens = "failure".to_owned();
        draft.missed.policy = "none".to_owned();
    })
    .await;
    let node = app.node().await;
    drop(node);
    app.clock.set(at("2026-11-24T12:00:00Z"));
    let mut node = app.node().await;
    node.turn().await;
    node.turn().await;
    assert_eq!(the_ticket(&app).await.kind.as_str(), "failure");
}

#[tokio::test]
async fn missed_reminders_open_a_ticket_too_and_a_message_that_arrives_closes_it() {
    let app = TestApp::new().await;
    let receiver = Receiver::start(ChannelKind::Webhook, Arc::clone(&app.clock)).await;
    let heard = app
        .channel("heard", ChannelKind::Webhook, &receiver.url())
        .await;
    let task = task(&app, |draft| {
        draft.channel_id = Some(heard.id.0);
        draft.mode = Mode::Message;
        draft.execution = all_at_once();
        draft.command = String::new();
        draft.tickets.opens = "failure".to_owned();
        draft.missed.policy = "none".to_owned();
    })
    .await;
    let node = app.node().await;
    drop(node);
    app.clock.set(at("2026-11-24T12:00:00Z"));
    let mut node = app.node().await;
    node.turn().await;
    node.turn().await;
    let ticket = the_ticket(&app).await;
    assert_eq!((ticket.kind.as_str(), ticket.task_id), ("failure", task.id));
    assert_eq!(ticket.run_id, None);
    let run = app.start_run(task.id).await;
    app.notify();
    assert_eq!(app.ended(run).await.state.as_str(), "succeeded");
    assert_eq!(tickets(&app, "open").await, []);
    let done = said(&app, task.id, "ticket_done").await;
    assert_eq!(done.len(), 1, "{done:?}");
}

#[tokio::test]
async fn the_end_of_an_order_is_reported_unless_that_is_to_be_quiet_and_so_is_its_reopening() {
    let app = TestApp::new().await;
    let rule = TicketDraft {
        quiet_done: true,
        ..TicketDraft::default()
    };
    let task = task(&app, order(rule)).await;
    let other = app
        .channel("other", ChannelKind::Webhook, "http://127.0.0.1:9/other")
        .await;
    let rule = RuleDraft {
        scope: ScopeKind::All,
        events: vec!["ticket_done".to_owned(), "ticket_reopened".to_owned()],
        channel_id: Some(other.id.0),
        ..RuleDraft::default()
    };
    let added = app.service.rule_create(&app.console(), &rule).await;
    added.expect("a rule");
    let (console, id) = (app.console(), the_ticket(&app).await.id);
    for what in [TicketAct::Done(String::new()), TicketAct::Reopen] {
        act(&app, &console, id, what).await.expect("done");
    }
    assert_eq!(said(&app, task.id, "ticket_done").await, [""; 0]);
    let reopened = said(&app, task.id, "ticket_reopened").await;
    assert_eq!(reopened.len(), 1, "{reopened:?}");
    assert!(reopened[0].contains("由 console 重开"), "{reopened:?}");
}

#[tokio::test]
async fn a_task_that_is_the_order_is_closed_and_reopened_with_its_ticket() {
    let app = TestApp::new().await;
    let task = task(&app, order(TicketDraft::default())).await;
    let (console, id) = (app.console(), the_ticket(&app).await.id);
    let done = act(&app, &console, id, TicketAct::Done("好了".to_owned())).await;
    assert_eq!(done.expect("done").word.as_deref(), Some("好了"));
    let state = async || {
        app.service
            .task_get(&console, task.id)
            .await
            .expect("it")
            .state
    };
    assert_eq!(state().await.as_str(), "closed");
    let reported = said(&app, task.id, "ticket_done").await;
    assert_eq!(reported.len(), 1, "{reported:?}");
    assert!(
        reported[0].contains("由 console 完成") && reported[0].contains("好了"),
        "{reported:?}"
    );
    let open = act(&app, &console, id, TicketAct::Reopen)
        .await
        .expect("open");
    assert_eq!((open.id, open.state.as_str()), (id, "open"));
    assert_eq!(state().await.as_str(), "active");
    assert_eq!(the_ticket(&app).await.id, id);
    // Its rule is another one: nothing is open any more.
    let mut draft = app.service.task_draft(&console, task.id).await.expect("it");
    draft.tickets.opens = String::new();
    app.service
        .task_update(&console, task.id, &draft)
        .await
        .expect("saved");
    assert_eq!(tickets(&app, "open").await, []);
}
