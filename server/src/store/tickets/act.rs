//! What people do to a ticket: one transaction with its history, its audit row and its messages.

use app::id::TicketId;
use app::message::Event;
use app::task::{TaskState, TaskStep};
use app::ticket::machine::{Effect, Next};
use app::ticket::{TicketEntryKind, TicketKind, TicketStep};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::super::code::{Lenient, TakeStep};
use super::super::delivery::withdraw_urges;
use super::super::entity::{ticket, ticket_event};
use super::super::ledger::note_change;
use super::super::messages::{Notice, insert_notices};
use super::super::tasks::{Updated, end_chasing, state_of, step_task, stop_urging, to_json};
use super::super::txn::transaction;
use super::super::{Act, Store, StoreError, Tx};
use super::{CHECKS_SHOWN, ITSELF, SHOWN, StoredTicket, open_key};

/// What a person does to a ticket.
#[derive(Clone, Debug, Default)]
pub struct TicketChange {
    /// The person who does it, as tickets name people.
    pub who: String,
    /// The person to whom it is handed over.
    pub to: Option<String>,
    /// The word that is left; empty for none.
    pub word: String,
    /// What this gives notice of.
    pub notices: Vec<Notice>,
}

/// What came of changing a ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TicketChanged {
    /// It is done.
    Done,
    /// It was changed since it was read.
    Outdated,
    /// Another ticket about the same is open.
    OpenAgain,
}

/// By whom and when, and with which words, a ticket changes.
pub(super) struct By<'a> {
    pub(super) who: &'a str,
    pub(super) at: DateTime<Utc>,
    pub(super) to: Option<&'a str>,
    pub(super) word: &'a str,
}

impl By<'_> {
    /// By the product itself.
    pub(super) fn itself(at: DateTime<Utc>) -> Self {
        Self {
            who: ITSELF,
            at,
            to: None,
            word: "",
        }
    }
}

impl Store {
    /// Writes what a person did to a ticket, if it still is as it was read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_ticket(
        &self,
        act: &Act,
        read: &StoredTicket,
        next: &Next,
        change: &TicketChange,
    ) -> Result<TicketChanged, StoreError> {
        let by = || By {
            who: &change.who,
            at: act.at(),
            to: change.to.as_deref(),
            word: &change.word,
        };
        let changed: Result<TicketChanged, StoreError> = self
            .change_ticket_once(act, read, next, by, &change.notices)
            .await;
        match changed {
            Err(error) if error.is_duplicate() => Ok(TicketChanged::OpenAgain),
            changed => changed,
        }
    }

    async fn change_ticket_once<'a>(
        &self,
        act: &Act,
        read: &StoredTicket,
        next: &Next,
        by: impl Fn() -> By<'a>,
        notices: &[Notice],
    ) -> Result<TicketChanged, StoreError> {
        transaction!(self, |tx| {
            if !move_on(tx, read, next, by()).await? {
                return Ok(TicketChanged::Outdated);
            }
            insert_notices(tx, notices).await?;
            act.record(tx, Some(read.id.0)).await?;
            Ok(TicketChanged::Done)
        })
    }
}

/// What becomes of a task together with its ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TaskFollows {
    /// It is closed, and no longer chased where the ticket was about that.
    Closes,
    /// It is reopened.
    Reopens,
    /// It is not chased any more.
    IsNotChased,
}

impl Store {
    /// Writes what a person did to a ticket that stands for its task, if it still is as it was read, and what becomes of
    /// the task with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_ticket_and_task(
        &self,
        act: &Act,
        read: &StoredTicket,
        next: &Next,
        (follows, who, word): (TaskFollows, &str, &str),
        notices: &[Notice],
    ) -> Result<TicketChanged, StoreError> {
        let changed: Result<TicketChanged, StoreError> = self
            .change_both(act, read, next, (follows, who, word), notices)
            .await;
        match changed {
            Err(error) if error.is_duplicate() => Ok(TicketChanged::OpenAgain),
            Err(StoreError::Overtaken) => Ok(TicketChanged::Outdated),
            changed => changed,
        }
    }

    async fn change_both(
        &self,
        act: &Act,
        read: &StoredTicket,
        next: &Next,
        (follows, who, word): (TaskFollows, &str, &str),
        notices: &[Notice],
    ) -> Result<TicketChanged, StoreError> {
        let id = read.task_id;
        transaction!(self, |tx| {
            // The lock that every change of a task takes first.
            note_change(tx, id, act.at()).await?;
            let by = By {
                who,
                at: act.at(),
                to: None,
                word,
            };
            // The ticket before the task, which would open another one, or end this one.
            if !move_on(tx, read, next, by).await? {
                return Err(StoreError::Overtaken);
            }
            let followed = match follows {
                TaskFollows::IsNotChased => stop_urging(tx, act, id).await?,
                TaskFollows::Closes => {
                    if next.ticket.kind == TicketKind::Chase {
                        end_chasing(tx, id).await?;
                    }
                    let step = (TaskStep::Close, None);
                    step_task(tx, act, id, step, Some(word)).await? == Updated::Done
                }
                // It was closed when it was read.
                TaskFollows::Reopens if state_of(tx, id).await? != Some(TaskState::Closed) => false,
                TaskFollows::Reopens => {
                    let step = (TaskStep::Restore, None);
                    step_task(tx, act, id, step, None).await? == Updated::Done
                }
            };
            if !followed {
                return Err(StoreError::Overtaken);
            }
            insert_notices(tx, notices).await?;
            Ok(TicketChanged::Done)
        })
    }
}

/// Writes the next state of a ticket with its history; false when it was changed since it was read.
pub(super) async fn move_on(
    tx: &Tx,
    read: &StoredTicket,
    next: &Next,
    by: By<'_>,
) -> Result<bool, StoreError> {
    use ticket::Column as C;
    let ticket = &next.ticket;
    let mut update = ticket::Entity::update_many()
        .col_expr(C::Level, Expr::value(ticket.level))
        .col_expr(C::Since, Expr::value(ticket.since))
        .col_expr(C::UrgesBefore, Expr::value(ticket.urges_before))
        .col_expr(C::NextUrgeAt, Expr::value(ticket.next_urge_at))
        .col_expr(C::RestsSince, Expr::value(ticket.rests_since))
        .col_expr(C::ExpiresAt, Expr::value(ticket.expires_at))
        .col_expr(C::SnoozedUntil, Expr::value(ticket.snoozed_until))
        .col_expr(C::Version, Expr::col(C::Version).add(1));
    let person = |who: &str| Expr::value(Some(who.to_owned()));
    let none = || Expr::value(None::<String>);
    let never = || Expr::value(None::<DateTime<Utc>>);
    match next.step {
        Some(TicketStep::Acknowledge) => {
            update = update
                .col_expr(C::Owner, Expr::value(by.who))
                .col_expr(C::AcknowledgedBy, person(by.who))
                .col_expr(C::AcknowledgedAt, Expr::value(Some(by.at)));
        }
        Some(TicketStep::HandOver) => {
            let to = by.to.unwrap_or_default();
            update = update
                .col_expr(C::Owner, Expr::value(to))
                .col_expr(C::Asked, Expr::value(to_json(&[to.to_owned()])))
                .col_expr(C::AcknowledgedBy, none())
                .col_expr(C::AcknowledgedAt, never());
        }
        Some(TicketStep::Finish | TicketStep::Expire) => {
            let word = Some(by.word.to_owned()).filter(|word| !word.is_empty());
            update = update
                .col_expr(C::OpenKey, none())
                .col_expr(C::DoneBy, person(by.who))
                .col_expr(C::DoneAt, Expr::value(Some(by.at)))
                .col_expr(C::Word, Expr::value(word));
        }
        Some(TicketStep::Reopen) => {
            let key = open_key(ticket.kind, read.task_id, read.occurrence_id, read.run_id);
            update = update
                .col_expr(C::OpenKey, Expr::value(Some(key)))
                .col_expr(C::AcknowledgedBy, none())
                .col_expr(C::AcknowledgedAt, never())
                .col_expr(C::DoneBy, none())
                .col_expr(C::DoneAt, never())
                .col_expr(C::Word, none());
        }
        Some(TicketStep::Snooze | TicketStep::Wake) | None => {}
    }
    let update = update
        .filter(C::Id.eq(read.id.0))
        .filter(C::Version.eq(read.version));
    let update = match next.step {
        Some(step) => update.step(C::State, step),
        None => update,
    };
    if update.exec(tx).await?.rows_affected != 1 {
        return Ok(false);
    }
    let asks_no_more = match next.step {
        Some(
            TicketStep::Finish | TicketStep::Expire | TicketStep::Snooze | TicketStep::HandOver,
        ) => true,
        // Where the policy stops then, nothing is left until its end.
        Some(TicketStep::Acknowledge) => ticket.next_urge_at == Some(ticket.expires_at),
        _ => false,
    };
    if asks_no_more {
        withdraw_urges(tx, &[read.id.0]).await?;
    }
    if let Some(what) = next.effect.and_then(entry_of) {
        let detail = match next.effect {
            Some(Effect::Snoozed(until)) => app::time::Stamp(until).rfc3339(),
            Some(Effect::HandedOver) => by.to.unwrap_or_default().to_owned(),
            _ => by.word.to_owned(),
        };
        note(tx, read.id, what, (by.who, by.at), detail).await?;
    }
    Ok(true)
}

/// The entry in its history; `None` for an urge, which has a row of its own.
fn entry_of(effect: Effect) -> Option<TicketEntryKind> {
    Some(match effect {
        Effect::Urge {
            escalated: false, ..
        } => return None,
        Effect::Urge { .. } => TicketEntryKind::Escalated,
        Effect::Acknowledged => TicketEntryKind::Acknowledged,
        Effect::Snoozed(_) => TicketEntryKind::Snoozed,
        Effect::HandedOver => TicketEntryKind::HandedOver,
        Effect::Done => TicketEntryKind::Done,
        Effect::Expired => TicketEntryKind::Expired,
        Effect::Reopened => TicketEntryKind::Reopened,
    })
}

/// The event that reports it.
#[must_use]
pub fn event_of(effect: Effect) -> Event {
    match effect {
        Effect::Urge {
            escalated: true, ..
        } => Event::TicketEscalated,
        Effect::Urge { .. } => Event::TicketUrged,
        Effect::Acknowledged => Event::TicketAcknowledged,
        Effect::Snoozed(_) => Event::TicketSnoozed,
        Effect::HandedOver => Event::TicketHandedOver,
        Effect::Done => Event::TicketDone,
        Effect::Expired => Event::TicketExpired,
        Effect::Reopened => Event::TicketReopened,
    }
}

/// Adds an entry to the history of a ticket, of which the last ones are kept. Checks that failed are bounded apart: they come
/// with each urge, and would push out who took it and handed it over.
pub(super) async fn note(
    tx: &Tx,
    id: TicketId,
    what: TicketEntryKind,
    (who, at): (&str, DateTime<Utc>),
    detail: String,
) -> Result<(), StoreError> {
    use ticket_event::Column as E;
    ticket_event::Entity::insert(ticket_event::ActiveModel {
        ticket_id: Set(id.0),
        at: Set(at),
        what: Set(Lenient::Known(what)),
        who: Set(who.to_owned()),
        detail: Set(detail),
        ..Default::default()
    })
    .exec_without_returning(tx)
    .await?;
    let failed_check = Lenient::Known(TicketEntryKind::CheckFailed);
    let (kept, same) = match what {
        TicketEntryKind::CheckFailed => (CHECKS_SHOWN, E::What.eq(failed_check)),
        _ => (SHOWN, E::What.ne(failed_check)),
    };
    let oldest: Option<i64> = ticket_event::Entity::find()
        .select_only()
        .column(E::Id)
        .filter(E::TicketId.eq(id.0))
        .filter(same.clone())
        .order_by_desc(E::Id)
        .offset(kept)
        .limit(1)
        .into_tuple()
        .one(tx)
        .await?;
    if let Some(oldest) = oldest {
        ticket_event::Entity::delete_many()
            .filter(E::TicketId.eq(id.0))
            .filter(same)
            .filter(E::Id.lte(oldest))
            .exec(tx)
            .await?;
    }
    Ok(())
}
