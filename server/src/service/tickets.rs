//! Tickets: reading them, and what people do to them.
//!
//! What a person does is decided by the machine on the ticket as it is now, and written if it still is: of two people
//! at the same time the second one reads what the first one did, and gets one sentence about that.

mod known;
mod listing;
mod parsed;
mod snooze;
mod unasked;
mod views;

use app::auth::{Action, Principal};
use app::backend::{Answer, Caller, List, Tickets};
use app::error::AppError;
use app::i18n::Lang;
use app::id::{RunId, TaskId, TicketId};
use app::message::{Event, answer_text};
use app::rule::TaskNotify;
use app::task::{Task, TaskDraft, TaskState};
use app::ticket::machine::{self, Effect, Next, Refused, TicketEvent};
use app::ticket::{
    TicketAct, TicketDetail, TicketEntry, TicketEntryKind, TicketKind, TicketQuery, TicketState,
    TicketView,
};
use app::time::Stamp;
use app::transition::Word;
use async_trait::async_trait;
use chrono::{DateTime, Utc};

use self::parsed::ParsedAct;
use super::Service;
use crate::error::OrInternal;
use crate::facts::{End, Facts, TaskEvent, TicketFacts};
use crate::store::{
    Notice, StoredTicket, TaskFollows, TicketChange, TicketChanged, event_of_effect,
};
use crate::texts::tickets::TicketRefusal;
use crate::texts::{Missing, Refusal};
use crate::timetable::{rules, zone};
use crate::urge::{People, PolicyTimes};

/// Times that an act is tried on a ticket that others change.
const TRIES: u32 = 5;

impl Service {
    async fn find_ticket(&self, lang: Lang, id: TicketId) -> Answer<(StoredTicket, Task)> {
        let missing = || Missing::Ticket.answer(lang);
        let ticket = self.store.ticket(id).await.or_internal(lang)?;
        let ticket = ticket.ok_or_else(missing)?;
        let task = self.store.task(ticket.task_id).await.or_internal(lang)?;
        Ok((ticket, task.ok_or_else(missing)?))
    }

    /// A ticket with what happened to it, for a person who may see it: a caller with the right to read, or one who was
    /// given a link to it.
    ///
    /// # Errors
    /// When there is no such ticket.
    pub async fn ticket_detail(&self, lang: Lang, id: TicketId) -> Answer<TicketDetail> {
        let (ticket, task) = self.find_ticket(lang, id).await?;
        let (mut history, mut urges) = self.store.ticket_history(id).await.or_internal(lang)?;
        for urge in &mut urges {
            urge.answer = answer_text(&urge.answer, lang);
        }
        let opened = TicketEntry {
            at: Stamp(ticket.opened_at),
            what: TicketEntryKind::Opened.word().to_owned(),
            who: "jcrontab".to_owned(),
            detail: String::new(),
        };
        history.insert(0, opened);
        let warnings = match ticket.ticket.state.is_over() {
            true => Vec::new(),
            false => {
                let mut warnings = self.unasked(lang, &task).await?;
                warnings.extend(self.unknown_people(lang, &ticket, &task).await?);
                warnings
            }
        };
        Ok(TicketDetail {
            warnings,
            ticket: self.seen_ticket(lang, ticket, &task).await?,
            history,
            urges,
        })
    }

    /// Does something to a ticket in the name of a person who may: a caller with the right to operate tasks, or one
    /// who was given a link to it. The ticket knows the person by a name that may differ from the account's.
    ///
    /// # Errors
    /// When the ticket does not allow it, in one sentence.
    pub async fn act_on_ticket(
        &self,
        lang: Lang,
        (who, name): (&Principal, &str),
        id: TicketId,
        act: &TicketAct,
    ) -> Answer<TicketView> {
        for _ in 0..TRIES {
            let (ticket, task) = self.find_ticket(lang, id).await?;
            let names_rota = People::names_rota(&ticket, &task);
            let people = self.people_asked(lang, names_rota).await?;
            let wanted = self.check_act(lang, act, (name, &people), &ticket, &task)?;
            let done = self.try_act(lang, (who, name, &people), &ticket, &task, &wanted);
            if done.await? {
                self.signals.tasks_changed();
                self.signals.outbox.notify_one();
                self.signals.publish(Some(task.id), None);
                let (ticket, task) = self.find_ticket(lang, id).await?;
                return self.seen_ticket(lang, ticket, &task).await;
            }
        }
        Err(TicketRefusal::Busy.answer(lang))
    }

    /// Does it to the ticket as it was read; false when that was changed meanwhile.
    async fn try_act(
        &self,
        lang: Lang,
        (who, name, people): (&Principal, &str, &People),
        ticket: &StoredTicket,
        task: &Task,
        wanted: &ParsedAct,
    ) -> Answer<bool> {
        let policy = &task.tickets.policy;
        let calendars = self.calendar_cache.snapshot();
        let now = self.clock.now();
        let asks = wanted.asks(ticket, name, now);
        let times = PolicyTimes::new(policy, &task.zone, &calendars, &self.patterns);
        let times = times.asking(people, &asks);
        let is_closed = task.state == TaskState::Closed;
        if wanted.happening == TicketEvent::Reopen && ticket.ticket.state.is_over() {
            if !task.tickets.has(ticket.ticket.kind, task.urging) {
                return Err(TicketRefusal::NotOpened.answer(lang));
            }
            if is_closed && ticket.ticket.kind != TicketKind::Task {
                return Err(TicketRefusal::TaskClosed.answer(lang));
            }
        }
        let run = match wanted.happening {
            TicketEvent::HandOver | TicketEvent::Reopen => ticket.failed_run(),
            _ => None,
        };
        let runs: Vec<RunId> = run.into_iter().collect();
        let failed = self.store.failed_ends(&runs).await.or_internal(lang)?;
        let failed = run.and_then(|run| failed.get(&run));
        let next = machine::next(&ticket.ticket, wanted.happening, policy, now, &times)
            .map_err(|refused| refusal(&refused, ticket, wanted.happening, task).answer(lang))?;
        let detail = format!("{} #{}", task.name, ticket.id);
        let act = |action| self.act(who, action).detail(detail.as_str());
        let follows = match (ticket.ticket.kind, wanted.happening) {
            // The task is the order: both are closed and reopened together.
            (TicketKind::Task, TicketEvent::Done) => Some(TaskFollows::Closes),
            // A paused one stays as it is: a person paused it.
            (TicketKind::Task, TicketEvent::Reopen) => is_closed.then_some(TaskFollows::Reopens),
            // So does a chase of such a task: it asks for the order.
            (TicketKind::Chase, TicketEvent::Done) => {
                let is_order = task.tickets.has(TicketKind::Task, task.urging);
                Some(match is_order && !is_closed {
                    true => TaskFollows::Closes,
                    false => TaskFollows::IsNotChased,
                })
            }
            _ => None,
        };
        // What has expired has no part in its task any more.
        let is_over = ticket.ticket.state.is_over();
        let follows = follows.filter(|follows| *follows == TaskFollows::Reopens || !is_over);
        let changed = match follows {
            None => {
                let act = act(action(wanted.happening));
                let change = TicketChange {
                    who: name.to_owned(),
                    to: wanted.to.clone(),
                    word: wanted.word.clone(),
                    notices: notices((name, act.at()), (ticket, failed), &next, task, wanted),
                };
                let changed = self.store.change_ticket(&act, ticket, &next, &change);
                changed.await
            }
            Some(follows) => {
                let act = act(match follows {
                    TaskFollows::Closes => "task.close",
                    TaskFollows::Reopens => "task.restore",
                    TaskFollows::IsNotChased => "task.unurge",
                });
                let about = |event| Notice::about(task, Facts::of_task(task, None, now, event));
                let mut all = notices((name, act.at()), (ticket, failed), &next, task, wanted);
                all.extend(match follows {
                    TaskFollows::Closes => Some(about(TaskEvent::closed(act.who()))),
                    TaskFollows::Reopens => Some(about(TaskEvent::restored(act.who()))),
                    TaskFollows::IsNotChased => None,
                });
                let follows = (follows, name, wanted.word.as_str());
                self.store
                    .change_ticket_and_task(&act, ticket, &next, follows, &all)
                    .await
            }
        };
        match changed.or_internal(lang)? {
            TicketChanged::Done => Ok(true),
            TicketChanged::Outdated => Ok(false),
            TicketChanged::OpenAgain => Err(TicketRefusal::OpenAgain.answer(lang)),
        }
    }
}

/// The action in the audit log.
fn action(happening: TicketEvent) -> &'static str {
    match happening {
        TicketEvent::Acknowledge => "ticket.acknowledge",
        TicketEvent::Snooze(_) => "ticket.snooze",
        TicketEvent::HandOver => "ticket.assign",
        TicketEvent::Done | TicketEvent::Due => "ticket.done",
        TicketEvent::Reopen => "ticket.reopen",
    }
}

/// What an act gives notice of.
fn notices(
    (who, at): (&str, DateTime<Utc>),
    (ticket, failed): (&StoredTicket, Option<&End>),
    next: &Next,
    task: &Task,
    wanted: &ParsedAct,
) -> Vec<Notice> {
    let Some(effect) = next.effect else {
        return Vec::new();
    };
    let event = event_of_effect(effect);
    if event == Event::TicketDone && task.tickets.policy.quiet_done {
        return Vec::new();
    }
    let kind = ticket.ticket.kind;
    let word = wanted.to.as_ref().unwrap_or(&wanted.word);
    let asked = match &wanted.to {
        Some(to) => vec![to.clone()],
        None => ticket.asks(&task.tickets.policy.asked_at(next.ticket.level)),
    };
    let facts = TicketFacts::new(ticket.id, kind, event, ticket.opened_at);
    let mut facts = facts
        .asking(
            next.ticket.urged(ticket.opened_at),
            next.ticket.level,
            &asked,
        )
        .by(who, word);
    if let Effect::Snoozed(until) = effect {
        facts.until = Some(until);
    }
    let facts = facts.failing(failed);
    let run = facts.failed.as_ref().and(ticket.run_id);
    let facts = Facts::of_task(task, run, at, TaskEvent::Ticket(facts));
    let mut notice = Notice::about(task, facts);
    // It is the ticket's message: the run ended with its own.
    notice.run_id = None;
    notice.mentions = match event {
        Event::TicketHandedOver | Event::TicketReopened => asked,
        // It asks for nothing.
        _ => Vec::new(),
    };
    vec![notice]
}

/// An instant as it is shown in a sentence.
fn shown(at: DateTime<Utc>, task: &Task) -> String {
    match zone(&task.zone) {
        Ok(zone) => rules(&task.zone, &zone, at).local(Stamp(at)),
        Err(_) => Stamp(at).rfc3339(),
    }
}

/// The sentence about a ticket that is over.
fn over(ticket: &StoredTicket, lang: Lang, task: &Task) -> AppError {
    ended(ticket, task).answer(lang)
}

fn ended(ticket: &StoredTicket, task: &Task) -> TicketRefusal {
    let (who, at) = match &ticket.done {
        Some((who, at)) => (who.clone(), shown(*at, task)),
        None => (String::new(), String::new()),
    };
    match ticket.ticket.state {
        TicketState::Expired => TicketRefusal::Expired { at },
        _ => TicketRefusal::Done { who, at },
    }
}

/// Why the machine refuses something.
fn refusal(
    refused: &Refused,
    ticket: &StoredTicket,
    happening: TicketEvent,
    task: &Task,
) -> TicketRefusal {
    match refused {
        Refused::SnoozeEnd { expires_at } => TicketRefusal::SnoozeBeyond {
            at: shown(*expires_at, task),
        },
        Refused::Chase => TicketRefusal::Chase,
        Refused::State(_) if ticket.ticket.state.is_over() => ended(ticket, task),
        Refused::State(_) => match (&ticket.acknowledged, happening) {
            (Some((who, at)), TicketEvent::Acknowledge) => TicketRefusal::Taken {
                who: who.clone(),
                at: shown(*at, task),
            },
            _ => TicketRefusal::Open,
        },
    }
}

#[async_trait]
impl Tickets for Service {
    async fn ticket_list(&self, caller: &Caller, query: &TicketQuery) -> Answer<List<TicketView>> {
        self.allow(caller, Action::Read)?;
        self.ticket_page(caller.lang, query).await
    }

    async fn ticket_get(&self, caller: &Caller, id: TicketId) -> Answer<TicketDetail> {
        self.allow(caller, Action::Read)?;
        self.ticket_detail(caller.lang, id).await
    }

    async fn ticket_act(
        &self,
        caller: &Caller,
        id: TicketId,
        act: &TicketAct,
    ) -> Answer<TicketView> {
        let who = self.allow(caller, Action::Operate)?;
        let by = (who, who.name.as_str());
        self.act_on_ticket(caller.lang, by, id, act).await
    }

    async fn ticket_warnings(
        &self,
        caller: &Caller,
        id: Option<TaskId>,
        draft: &TaskDraft,
        further: &[TaskNotify],
    ) -> Answer<Vec<String>> {
        self.allow(caller, Action::Edit)?;
        self.unasked_as_typed(caller.lang, id, draft, further).await
    }
}
