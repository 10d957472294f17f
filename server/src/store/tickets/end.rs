//! Ending tickets without a person's act on them: when a run succeeds, with their task, or because there are too many.

use app::auth::Principal;
use app::id::{TaskId, TicketId};
use app::ticket::{TicketEntryKind, TicketKind, TicketState, TicketStep};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};

use super::super::code::{Code, Lenient, TakeStep, is_one_of};
use super::super::delivery::withdraw_urges;
use super::super::entity::{task, ticket, ticket_event};
use super::super::messages::insert_wanted;
use super::super::rules::EventMask;
use super::super::tasks::{from_json, to_task};
use super::super::{StoreError, Tx};
use super::open::{TicketSeed, about};
use super::{CHUNK, ITSELF, open_key, urged};
use crate::facts::{Facts, TaskEvent};

/// How tickets end.
pub(super) struct Ended<'a> {
    /// Who ends them.
    pub(super) who: &'a str,
    /// The word that is left.
    pub(super) word: Option<&'a str>,
    /// When.
    pub(super) at: DateTime<Utc>,
}

/// Ends those of these tickets that are open, as done, and returns them: a person, or another server, may have ended
/// the others since they were read.
pub(super) async fn finish(
    tx: &Tx,
    ids: &[i64],
    ended: &Ended<'_>,
) -> Result<Vec<i64>, StoreError> {
    end(tx, ids, TicketStep::Finish, ended).await
}

/// Ends tickets by a step out of being open: they are done, or expire. Returns those that were open.
pub(super) async fn end(
    tx: &Tx,
    ids: &[i64],
    step: TicketStep,
    ended: &Ended<'_>,
) -> Result<Vec<i64>, StoreError> {
    use ticket::Column as C;
    let what = if step == TicketStep::Expire {
        TicketEntryKind::Expired
    } else {
        TicketEntryKind::Done
    };
    let mut finished = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        // Locks them: who waits here then sees what the first one did.
        ticket::Entity::update_many()
            .col_expr(C::Version, Expr::col(C::Version))
            .filter(C::Id.is_in(chunk.iter().copied()))
            .filter(is_one_of(C::State, &TicketState::OPEN))
            .exec(tx)
            .await?;
        let open: Vec<i64> = ticket::Entity::find()
            .select_only()
            .column(C::Id)
            .filter(C::Id.is_in(chunk.iter().copied()))
            .filter(is_one_of(C::State, &TicketState::OPEN))
            .into_tuple()
            .all(tx)
            .await?;
        if open.is_empty() {
            continue;
        }
        ticket::Entity::update_many()
            .col_expr(C::NextUrgeAt, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::RestsSince, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::SnoozedUntil, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::OpenKey, Expr::value(None::<String>))
            .col_expr(C::DoneBy, Expr::value(ended.who))
            .col_expr(C::DoneAt, Expr::value(ended.at))
            .col_expr(C::Word, Expr::value(ended.word))
            .col_expr(C::Version, Expr::col(C::Version).add(1))
            .filter(C::Id.is_in(open.iter().copied()))
            .step(C::State, step)
            .exec(tx)
            .await?;
        withdraw_urges(tx, &open).await?;
        let events = open.iter().map(|id| ticket_event::ActiveModel {
            ticket_id: Set(*id),
            at: Set(ended.at),
            what: Set(Lenient::Known(what)),
            who: Set(ended.who.to_owned()),
            detail: Set(ended.word.unwrap_or_default().to_owned()),
            ..Default::default()
        });
        ticket_event::Entity::insert_many(events)
            .exec_without_returning(tx)
            .await?;
        finished.extend(open);
    }
    Ok(finished)
}

/// Ends the open tickets of a task: all, or those of one kind. The word stands with each.
pub(in super::super) async fn close_of_task(
    tx: &Tx,
    id: TaskId,
    kind: Option<TicketKind>,
    (who, word): (&str, Option<&str>),
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    use ticket::Column as C;
    let mut open = ticket::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::TaskId.eq(id.0))
        .filter(is_one_of(C::State, &TicketState::OPEN));
    if let Some(kind) = kind {
        open = open.filter(C::Kind.eq(Code(kind)));
    }
    let ids: Vec<i64> = open.into_tuple().all(tx).await?;
    let word = word.filter(|word| !word.is_empty());
    finish(tx, &ids, &Ended { who, word, at }).await?;
    Ok(())
}

/// Ends the tickets about failures of tasks whose runs have succeeded; returns whether a message came of it.
pub(in super::super) async fn recovered(
    tx: &Tx,
    wanted: EventMask,
    seeds: &[TicketSeed],
) -> Result<bool, StoreError> {
    use ticket::Column as C;
    let mut has_messages = false;
    for seed in seeds {
        let rows = ticket::Entity::find()
            .filter(C::OpenKey.eq(seed.key()))
            .all(tx)
            .await?;
        for row in rows {
            let ended = Ended {
                who: ITSELF,
                word: None,
                at: Ord::max(seed.opened_at, row.opened_at),
            };
            let finished = finish(tx, &[row.id], &ended).await?;
            let Some(notice) = seed.recovered.as_ref().filter(|_| !finished.is_empty()) else {
                continue;
            };
            let mut notice = about(notice, TicketId(row.id));
            let asked = asked_by_now(&row);
            if let Facts::Task {
                event: TaskEvent::Ticket(facts),
                ..
            } = &mut notice.facts
            {
                facts.opened_at = row.opened_at;
                let facts_of_now = facts.clone().asking(urged(&row), facts.level, &asked);
                *facts = facts_of_now;
            }
            notice.mentions = asked;
            has_messages |= insert_wanted(tx, wanted, &[notice]).await?;
        }
    }
    Ok(has_messages)
}

/// Ends the ticket about missed firings of a task whose message was accepted.
pub(in super::super) async fn delivered(
    tx: &Tx,
    id: TaskId,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    // Few tasks have one: a look at a unique index for most.
    let key = open_key(TicketKind::Failure, id, None, None);
    let open = ticket::Entity::find().filter(ticket::Column::OpenKey.eq(key));
    if open.one(tx).await?.is_none() {
        return Ok(());
    }
    let Some(row) = task::Entity::find_by_id(id.0).one(tx).await? else {
        return Ok(());
    };
    match to_task(row, &[]) {
        Ok((task, _)) => {
            let seed = TicketSeed::new(TicketKind::Failure, &task, at);
            recovered(tx, EventMask::ALL, &[seed]).await?;
            Ok(())
        }
        // The message has left all the same.
        Err(error) if error.is_unreadable() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whom a ticket asks by now: it may have been handed over, or taken. No one where that cannot be read.
fn asked_by_now(row: &ticket::Model) -> Vec<String> {
    let taken = row.acknowledged_by.as_ref();
    match taken.filter(|who| *who != Principal::CONSOLE) {
        Some(who) => vec![who.clone()],
        None => from_json(&row.asked).unwrap_or_default(),
    }
}
