//! Tickets (催单): opened once, urged once by however many servers, ended by people, by success, by number and by time.

mod acts;
mod asked;
mod at_once;
mod attacks;
mod chase;
mod check;
mod conflict;
mod defaults;
mod listing;
mod names;
mod oncall;
mod oncall_page;
mod opening;
mod people;
mod quiet;
mod snooze;
mod terminal;
mod urging;
mod waking;

use std::sync::{Arc, Mutex};

use app::backend::{Answer, Caller, Tickets};
use app::channel::ChannelKind;
use app::id::{TaskId, TicketId};
use app::task::{TaskDraft, TaskView, TicketDraft};
use app::ticket::{TicketAct, TicketDetail, TicketQuery, TicketView};
use chrono::TimeDelta;
use server::clock::{Clock, SharedClock};
use server::loops::Periodic;
use server::store::Store;
use server::urge::{CHECKS_AT_ONCE, Dependencies, Urging};
use tokio::sync::Semaphore;

use super::helpers::{TestApp, draft};

/// A server's loop, on a store.
fn urging(app: &TestApp, store: &Store, node: &str) -> Urging {
    let clock: SharedClock = app.clock.clone();
    Urging {
        tools: Dependencies {
            store: store.clone(),
            clock,
            signals: Arc::clone(&app.components.signals),
        },
        executor: app.components.executor.clone(),
        checks: Arc::new(Semaphore::new(CHECKS_AT_ONCE)),
        patterns: Arc::clone(&app.components.patterns),
        calendar_cache: Arc::clone(&app.components.calendar_cache),
        node_id: node.to_owned(),
        plan: Mutex::default(),
    }
}

/// One turn of the loop.
pub(crate) async fn look(app: &TestApp) {
    let turn = urging(app, &app.components.store, "node").turn().await;
    turn.expect("a turn");
}

/// The clock goes on, and the loop turns.
pub(crate) async fn later(app: &TestApp, seconds: i64) {
    app.clock.set(app.clock.now() + TimeDelta::seconds(seconds));
    look(app).await;
}

/// A task with a channel.
async fn task(app: &TestApp, change: impl FnOnce(&mut TaskDraft)) -> TaskView {
    let channel = app
        .channel("ops", ChannelKind::Webhook, "http://127.0.0.1:9/hook")
        .await;
    let mut draft = TaskDraft {
        channel_id: Some(channel.id.0),
        owners: vec!["张三".to_owned()],
        zone: "UTC".to_owned(),
        ..draft("t", "0 9 * * *", "true")
    };
    change(&mut draft);
    app.add(draft).await
}

/// The task is the order.
pub(crate) fn order(rule: TicketDraft) -> impl FnOnce(&mut TaskDraft) {
    move |draft| {
        draft.tickets = TicketDraft {
            opens: "task".to_owned(),
            ..rule
        };
    }
}

async fn tickets(app: &TestApp, state: &str) -> Vec<TicketView> {
    let query = TicketQuery {
        state: state.to_owned(),
        ..TicketQuery::default()
    };
    let list = app.service.ticket_list(&app.console(), &query).await;
    list.expect("tickets").items
}

/// The only open ticket.
async fn the_ticket(app: &TestApp) -> TicketView {
    let mut open = tickets(app, "open").await;
    assert_eq!(open.len(), 1, "{open:?}");
    open.remove(0)
}

pub(crate) async fn ticket(app: &TestApp, id: TicketId) -> TicketDetail {
    let found = app.service.ticket_get(&app.console(), id).await;
    found.expect("a ticket")
}

async fn act(app: &TestApp, who: &Caller, id: TicketId, act: TicketAct) -> Answer<TicketView> {
    app.service.ticket_act(who, id, &act).await
}

/// Texts of a task's messages of an event, newest first.
async fn said(app: &TestApp, task: TaskId, event: &str) -> Vec<String> {
    let all = app.messages(task).await.into_iter();
    all.filter(|message| message.event == event)
        .map(|message| message.text)
        .collect()
}
