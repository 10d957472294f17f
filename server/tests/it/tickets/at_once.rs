//! What happens to a ticket at the same moment happens once.

use app::backend::{Rules, Tasks};
use app::rule::{RuleDraft, ScopeKind};
use app::run::RunState;
use app::task::{Control, Mode};
use app::ticket::TicketKind;
use server::store::{Outcome, TicketSeed};

use super::*;
use crate::at_once::runs_elsewhere;
use crate::helpers::message::all_at_once;

const TIMES: i64 = 10;

#[tokio::test]
async fn a_ticket_is_opened_once_and_done_once() {
    let app = TestApp::new().await;
    let task = task(&app, |draft| draft.tickets.opens = "failure".to_owned()).await;
    // Only a rule has it reported that a ticket was opened.
    let rule = RuleDraft {
        scope: ScopeKind::All,
        events: vec!["ticket_opened".to_owned()],
        channel_id: task.channel_id.map(|id| id.0),
        ..RuleDraft::default()
    };
    let added = app.service.rule_create(&app.console(), &rule).await;
    added.expect("a rule");
    let store = &app.components.store;
    let stored = store.task(task.id).await.expect("the database");
    let stored = stored.expect("a task");
    let count = async |sql: &str| app.place.database.count(sql).await;
    for round in 1..=TIMES {
        let now = app.clock.now();
        let runs = runs_elsewhere(&app, task.id, 4).await;
        let outcome = |number: usize, state| {
            let lost: &Outcome = &runs[number];
            let seed = TicketSeed::new(TicketKind::Failure, &stored, now).of_run(lost.run_id);
            [Outcome {
                state,
                ticket: Some(Box::new(seed)),
                ..lost.clone()
            }]
        };
        let (first, second) = (outcome(0, RunState::Failed), outcome(1, RunState::Failed));
        let (first, second) = tokio::join!(store.record(&first), store.record(&second));
        first.expect("recorded");
        second.expect("recorded");
        let open = the_ticket(&app).await.id;
        let said = "SELECT COUNT(*) FROM message WHERE event = 'ticket_opened'";
        assert_eq!(count(said).await, round);

        let good = RunState::Succeeded;
        let (first, second) = (outcome(2, good), outcome(3, good));
        let console = app.console();
        let (first, second, person) = tokio::join!(
            store.record(&first),
            store.record(&second),
            act(&app, &console, open, TicketAct::Done(String::new())),
        );
        first.expect("recorded");
        second.expect("recorded");
        if let Err(refused) = person {
            assert_ne!(refused.code, "internal");
        }
        assert_eq!(tickets(&app, "open").await, []);
        let said = "SELECT COUNT(*) FROM message WHERE event = 'ticket_done'";
        assert_eq!(count(said).await, round);
        let history = "SELECT COUNT(*) FROM ticket_event WHERE what = 'done'";
        assert_eq!(count(history).await, round);
    }
}

fn chased(draft: &mut TaskDraft) {
    draft.execution = all_at_once();
    draft.mode = Mode::Message;
    draft.command = String::new();
    draft.urge_cron = "* * * * *".to_owned();
}

#[tokio::test]
async fn what_was_read_before_a_chase_fired_does_not_take_the_firing_back() {
    let app = TestApp::new().await;
    let task = task(&app, chased).await;
    let console = app.console();
    let urge = app
        .service
        .task_control(&console, task.id, &Control::Urge(None));
    urge.await.expect("chased");
    let version = async || {
        let sql = "SELECT version FROM ticket";
        app.place.database.integers(sql).await
    };
    let before = version().await;
    let mut node = app.node().await;
    app.clock.set(crate::helpers::at("2026-11-22T08:01:00Z"));
    node.turn().await;
    node.turn().await;
    node.settled().await;
    assert_eq!(the_ticket(&app).await.urges, 1);
    // Every write that was made from the ticket as it was asks for its version.
    assert_eq!(version().await, [before[0] + 1]);
}

#[tokio::test]
async fn a_chase_that_is_ended_while_it_is_adopted_stays_ended() {
    let app = TestApp::new().await;
    let task = task(&app, chased).await;
    let console = app.console();
    for _ in 0..TIMES {
        let urge = app
            .service
            .task_control(&console, task.id, &Control::Urge(None));
        urge.await.expect("chased");
        app.place.database.execute("DELETE FROM ticket").await;
        let unurge = app
            .service
            .task_control(&console, task.id, &Control::Unurge);
        let ((), ended) = tokio::join!(look(&app), unurge);
        assert!(!ended.expect("not chased any more").urging);
        assert_eq!(tickets(&app, "open").await, []);
    }
}
