//! Merging what waits for a channel into one message, when more waits than its vendor takes.
//!
//! Merged messages are `merged` until the digest is accepted, and `digested` then, or `dead` with it;
//! the runs that wait for them end with it as well.

use std::collections::{HashMap, HashSet};

use app::id::{ChannelId, MessageId, RunId, TaskId};
use app::message::{Event, MessageKind, MessageState, MessageStep};
use app::run::{RunReason, RunState, RunStep};
use app::task::TaskState;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select, Set, UpdateMany};

use super::super::code::{Code, Lenient, TakeStep, is_one_of};
use super::super::delivery::{closed_since, end_run, waits_for_more, withdraw_message};
use super::super::entity::{message, run, task};
use super::super::{StoreError, Tx};
use super::{caused_at, facts_json, queue};
use crate::facts::{Digest, DigestEntry, Facts, HeldBack, TaskName};

/// Messages of one digest.
const MERGED_MAX: u64 = 1_000;
/// Rows of one statement.
const CHUNK: usize = 500;
/// People that a digest mentions.
const MENTIONS_MAX: usize = 50;
/// So many messages that ask people for something stay messages of their own.
const ALONE_MAX: usize = 5;

/// A message that may be merged.
struct Candidate {
    id: i64,
    entry: DigestEntry,
    mentions: String,
    next_attempt_at: DateTime<Utc>,
}

/// A row of the query for candidates: id, task, event, when it was caused, from when on it may be sent, whom it
/// mentions.
type Row = (
    i64,
    i64,
    Lenient<Event>,
    DateTime<Utc>,
    DateTime<Utc>,
    String,
);

/// Merges what waits for a channel, when more than `limit` messages wait for its robot; false when no more do.
pub(super) async fn merge(
    tx: &Tx,
    channel: ChannelId,
    pace: &queue::ChannelPace,
    limit: u32,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    use message::Column as M;
    let texts = || mergeable(queue::due(channel, now)).select_only();
    let some: Vec<i64> = texts()
        .column(M::Id)
        .limit(u64::from(limit) + 1)
        .into_tuple()
        .all(tx)
        .await?;
    let waiting = some.len() as u64;
    if waiting <= u64::from(limit)
        && (waiting < 2 || waiting + elsewhere(tx, pace, limit, now).await? <= u64::from(limit))
    {
        return Ok(false);
    }
    let rows: Vec<Row> = texts()
        .columns([
            M::Id,
            M::TaskId,
            M::Event,
            M::CreatedAt,
            M::NextAttemptAt,
            M::Mentions,
        ])
        .limit(MERGED_MAX)
        .into_tuple()
        .all(tx)
        .await?;
    let tasks = tasks_of(tx, rows.iter().map(|row| row.1)).await?;
    let mut merged = Vec::with_capacity(rows.len());
    for candidate in rows.into_iter().filter_map(candidate) {
        let entry = &candidate.entry;
        let task = tasks.get(&entry.task);
        let state = task.map(|task| (task.state, task.changed));
        // The facts are read only where they matter.
        if entry.event.asks() && closed_since(state, DateTime::<Utc>::MIN_UTC).is_some() {
            let facts: Option<Option<String>> = message::Entity::find_by_id(candidate.id)
                .select_only()
                .column(M::Facts)
                .into_tuple()
                .one(tx)
                .await?;
            let caused = caused_at(facts.flatten().as_deref(), entry.at);
            if let Some(reason) = closed_since(state, caused) {
                withdraw_message(tx, candidate.id, &reason, now).await?;
                continue;
            }
        }
        merged.push(candidate);
    }
    add_held(tx, &mut merged).await?;
    let is_urgent = |candidate: &Candidate| {
        let event = candidate.entry.event;
        matches!(
            event,
            Event::Created
                | Event::Urge
                | Event::Reminder
                | Event::TicketUrged
                | Event::TicketHandedOver
                | Event::TicketEscalated
        )
    };
    if merged.iter().filter(|one| is_urgent(one)).count() <= ALONE_MAX {
        merged.retain(|one| !is_urgent(one));
    }
    if merged.len() < 2 {
        return Ok(false);
    }
    let id = insert(tx, channel, &merged, &tasks, now).await?;
    let ids: Vec<i64> = merged.iter().map(|one| one.id).collect();
    for ids in ids.chunks(CHUNK) {
        let texts = message::Entity::update_many()
            .col_expr(M::DigestId, Expr::value(id))
            .filter(M::Id.is_in(ids.iter().copied()))
            .step(M::State, MessageStep::Merge)
            .exec(tx)
            .await?;
        if texts.rows_affected != ids.len() as u64 {
            return Err(StoreError::Raced);
        }
        // A picture says what its text says.
        message::Entity::update_many()
            .col_expr(M::DigestId, Expr::value(id))
            .filter(M::AfterId.is_in(ids.iter().copied()))
            .step(M::State, MessageStep::Merge)
            .exec(tx)
            .await?;
    }
    tracing::info!(
        channel.id = channel.0,
        message.id = id,
        merged = ids.len(),
        "merged messages that a channel would take too long for"
    );
    Ok(true)
}

/// What may become part of a digest: texts that do not name several tasks already.
fn mergeable(messages: Select<message::Entity>) -> Select<message::Entity> {
    use message::Column as M;
    messages
        .filter(M::Kind.eq(Code(MessageKind::Text)))
        .filter(M::Event.ne(Code(Event::Digest)))
        .filter(M::Event.ne(Code(Event::Summary)))
}

/// How many messages wait for the other channels of a robot; no more than `limit` of them are counted.
async fn elsewhere(
    tx: &Tx,
    pace: &queue::ChannelPace,
    limit: u32,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    use message::Column as M;
    let others = pace.others(tx).await?;
    if others.is_empty() {
        return Ok(0);
    }
    let waiting = message::Entity::find()
        .filter(M::State.eq(Code(MessageState::Pending)))
        .filter(M::ChannelId.is_in(others))
        .filter(M::NextAttemptAt.lte(now));
    let some: Vec<i64> = mergeable(waiting)
        .select_only()
        .column(M::Id)
        .limit(u64::from(limit))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(some.len() as u64)
}

fn candidate((id, task, event, at, next_attempt_at, mentions): Row) -> Option<Candidate> {
    Some(Candidate {
        id,
        entry: DigestEntry::new(event.known()?, TaskId(task), at),
        mentions,
        next_attempt_at,
    })
}

/// Counts what rules held back before some messages. Facts are long and few have that beside them, so the database
/// looks for those: inside a text of the facts a quotation mark is preceded by a backslash.
async fn add_held(tx: &Tx, merged: &mut [Candidate]) -> Result<(), StoreError> {
    use message::Column as M;
    for candidates in merged.chunks_mut(CHUNK) {
        let ids = candidates.iter().map(|one| one.id);
        let rows: Vec<(i64, Option<String>)> = message::Entity::find()
            .select_only()
            .columns([M::Id, M::Facts])
            .filter(M::Id.is_in(ids))
            .filter(M::Facts.contains("\"held_back\":{"))
            .into_tuple()
            .all(tx)
            .await?;
        let held: HashMap<i64, HeldBack> = rows
            .into_iter()
            .filter_map(|(id, facts)| Some((id, HeldBack::of_stored(&facts?)?)))
            .collect();
        for candidate in candidates {
            if let Some(held) = held.get(&candidate.id) {
                candidate.entry.add_held(held);
            }
        }
    }
    Ok(())
}

/// A task, as far as merging needs it.
struct DigestTask {
    name: TaskName,
    state: TaskState,
    changed: DateTime<Utc>,
}

async fn tasks_of(
    tx: &Tx,
    ids: impl Iterator<Item = i64>,
) -> Result<HashMap<TaskId, DigestTask>, StoreError> {
    use task::Column as T;
    let ids: Vec<i64> = ids.collect::<HashSet<i64>>().into_iter().collect();
    let mut tasks = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(CHUNK) {
        let rows: Vec<(i64, String, String, Code<TaskState>, DateTime<Utc>)> = task::Entity::find()
            .select_only()
            .columns([T::Id, T::Name, T::Zone, T::State, T::UpdatedAt])
            .filter(T::Id.is_in(ids.iter().copied()))
            .into_tuple()
            .all(tx)
            .await?;
        tasks.extend(rows.into_iter().map(|(id, name, zone, state, changed)| {
            let known = DigestTask {
                name: TaskName { name, zone },
                state: state.0,
                changed,
            };
            (TaskId(id), known)
        }));
    }
    Ok(tasks)
}

/// Enters the digest in the place of its first message.
async fn insert(
    tx: &Tx,
    channel: ChannelId,
    merged: &[Candidate],
    tasks: &HashMap<TaskId, DigestTask>,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let entries: Vec<DigestEntry> = merged.iter().map(|one| one.entry).collect();
    let names = tasks
        .iter()
        .map(|(id, task)| (*id, task.name.clone()))
        .collect();
    let digest = Digest::of(&entries, &names).ok_or(StoreError::Raced)?;
    let mut mentions: Vec<String> = Vec::new();
    for one in merged {
        let named: Vec<String> = super::super::tasks::from_json(&one.mentions)?;
        let new = named.into_iter().filter(|name| !mentions.contains(name));
        let room = MENTIONS_MAX - mentions.len();
        let new: Vec<String> = new.take(room).collect();
        mentions.extend(new);
    }
    let first = merged.iter().map(|one| one.next_attempt_at).min();
    let row = message::ActiveModel {
        task_id: Set(0),
        run_id: Set(None),
        channel_id: Set(channel.0),
        event: Set(Lenient::Known(Event::Digest)),
        kind: Set(Lenient::Known(MessageKind::Text)),
        body: Set(String::new()),
        facts: Set(Some(facts_json(&Facts::Digest(digest), None)?)),
        mentions: Set(super::super::tasks::to_json(&mentions)),
        state: Set(Code(MessageState::Pending)),
        attempts: Set(0),
        next_attempt_at: Set(first.unwrap_or(now)),
        created_at: Set(now),
        ..Default::default()
    };
    let inserted = message::Entity::insert(row).exec(tx).await?;
    Ok(inserted.last_insert_id)
}

/// The runs that wait for a digest.
async fn waiting_runs(tx: &Tx, digest: MessageId) -> Result<Vec<RunId>, StoreError> {
    use message::Column as M;
    use run::Column as R;
    let caused: Vec<i64> = message::Entity::find()
        .select_only()
        .column(M::RunId)
        .filter(M::DigestId.eq(digest.0))
        .filter(M::State.eq(Code(MessageState::Merged)))
        .filter(M::Kind.eq(Code(MessageKind::Text)))
        .filter(is_one_of(M::Event, &Event::ENDING_RUNS))
        .filter(M::RunId.is_not_null())
        .into_tuple()
        .all(tx)
        .await?;
    let mut waiting = Vec::new();
    for ids in caused.chunks(CHUNK) {
        let found: Vec<i64> = run::Entity::find()
            .select_only()
            .column(R::Id)
            .filter(R::Id.is_in(ids.iter().copied()))
            .filter(R::State.eq(Code(RunState::Sending)))
            .into_tuple()
            .all(tx)
            .await?;
        waiting.extend(found.into_iter().map(RunId));
    }
    Ok(waiting)
}

/// What a digest consists of, to be changed; marked as the digest is, where that may have arrived at an earlier attempt.
async fn parts_of(tx: &Tx, digest: MessageId) -> Result<UpdateMany<message::Entity>, StoreError> {
    use message::Column as M;
    let is_marked: Option<bool> = message::Entity::find_by_id(digest.0)
        .select_only()
        .column(M::MaybeTwice)
        .into_tuple()
        .one(tx)
        .await?;
    let parts = message::Entity::update_many().filter(M::DigestId.eq(digest.0));
    Ok(match is_marked {
        Some(true) => parts.col_expr(M::MaybeTwice, Expr::value(true)),
        Some(false) | None => parts,
    })
}

/// A digest was accepted, and what it consists of with it.
pub(super) async fn accepted(
    tx: &Tx,
    digest: MessageId,
    excerpt: &str,
    answer: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use message::Column as M;
    for run in waiting_runs(tx, digest).await? {
        end_run(tx, run, RunStep::Deliver, None, Some(excerpt), now).await?;
    }
    parts_of(tx, digest)
        .await?
        .col_expr(M::LastAnswer, Expr::value(answer))
        .col_expr(M::SentAt, Expr::value(now))
        .step(M::State, MessageStep::AcceptDigest)
        .exec(tx)
        .await?;
    Ok(())
}

/// A digest was given up, and what it consists of with it.
pub(super) async fn given_up(
    tx: &Tx,
    digest: MessageId,
    excerpt: &str,
    answer: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use message::Column as M;
    let reason = RunReason::Undelivered(answer.to_owned());
    let waiting = waiting_runs(tx, digest).await?;
    parts_of(tx, digest)
        .await?
        .col_expr(M::LastAnswer, Expr::value(answer))
        .step(M::State, MessageStep::GiveUpDigest)
        .exec(tx)
        .await?;
    for run in waiting {
        if !waits_for_more(tx, run, None).await? {
            end_run(tx, run, RunStep::GiveUp, Some(&reason), Some(excerpt), now).await?;
        }
    }
    Ok(())
}
