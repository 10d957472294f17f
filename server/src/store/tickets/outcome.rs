//! What became of the urges of a ticket: of the messages that were written with them.

use std::collections::{HashMap, HashSet};

use app::id::TicketId;
use app::message::{Event, MessageKind, MessageState};
use app::ticket::{TicketEntry, TicketEntryKind, TicketUrge, UrgeOutcome};
use app::time::Stamp;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::super::code::{Code, Lenient};
use super::super::entity::{message, ticket_urge};
use super::super::tasks::from_json;
use super::super::{Store, StoreError};
use super::SHOWN;

/// Messages of a ticket that are read: those of all urges that are shown, on some channels each.
const MESSAGES: u64 = 5 * SHOWN;
/// The outcome of an urge that no channel gets, as it is stored.
pub(super) const NO_CHANNEL: &str = "no_channel";
/// The outcome of an urge that has messages.
pub(super) const QUEUED: &str = "queued";

/// The columns of a message of an urge.
type Row = (
    i64,
    Lenient<Event>,
    Lenient<MessageKind>,
    Code<MessageState>,
    Option<String>,
    Option<i64>,
    DateTime<Utc>,
);

/// A message of an urge.
struct Sent {
    state: MessageState,
    answer: Option<String>,
}

impl Store {
    /// The urges of a ticket, newest first, each with what became of it; the last ones.
    pub(super) async fn urges_of(
        &self,
        id: TicketId,
        history: &[TicketEntry],
    ) -> Result<Vec<TicketUrge>, StoreError> {
        let urges = ticket_urge::Entity::find()
            .filter(ticket_urge::Column::TicketId.eq(id.0))
            .order_by_desc(ticket_urge::Column::N)
            .limit(SHOWN)
            .all(&self.reader)
            .await?;
        if urges.is_empty() {
            return Ok(Vec::new());
        }
        let messages = self.messages_of_urges(id).await?;
        let earlier = urged_before(&urges, history);
        let urge = |(row, before): (ticket_urge::Model, i32)| {
            let own = messages.get(&row.claimed_at).map_or(&[][..], Vec::as_slice);
            let outcome = match row.outcome.as_str() {
                NO_CHANNEL => UrgeOutcome::NoChannel,
                _ => UrgeOutcome::of(own.iter().map(|sent| sent.state)),
            };
            Ok(TicketUrge {
                n: row.n - before,
                due_at: Stamp(row.due_at),
                claimed_at: Stamp(row.claimed_at),
                server: row.server,
                level: row.level,
                asked: from_json(&row.asked)?,
                answer: answer(outcome, own),
                outcome,
            })
        };
        urges.into_iter().zip(earlier).map(urge).collect()
    }

    /// The messages of a ticket's urges, by the time of the urge, which is theirs as well: those in whose place none was
    /// sent.
    async fn messages_of_urges(
        &self,
        id: TicketId,
    ) -> Result<HashMap<DateTime<Utc>, Vec<Sent>>, StoreError> {
        use message::Column as M;
        let mut query = message::Entity::find()
            .select_only()
            .columns([
                M::Id,
                M::Event,
                M::Kind,
                M::State,
                M::LastAnswer,
                M::InsteadOf,
                M::CreatedAt,
            ])
            .filter(M::TicketId.eq(id.0));
        // SQLite takes it by itself, and knows no such hint.
        QueryTrait::query(&mut query).force_index("ix_message_ticket_id_id", IndexHintScope::All);
        let rows: Vec<Row> = query
            .order_by_desc(M::Id)
            .limit(MESSAGES)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let replaced: HashSet<i64> = rows.iter().filter_map(|row| row.5).collect();
        let mut found: HashMap<DateTime<Utc>, Vec<Sent>> = HashMap::new();
        for (id, event, kind, Code(state), answer, _, at) in rows {
            let asks = matches!(
                event.known(),
                Some(Event::TicketUrged | Event::TicketEscalated)
            );
            let is_text = kind.known() == Some(MessageKind::Text);
            if asks && is_text && !replaced.contains(&id) {
                found.entry(at).or_default().push(Sent { state, answer });
            }
        }
        Ok(found)
    }
}

/// How many urges there were before the opening, or the reopening, that each of these belongs to.
fn urged_before(urges: &[ticket_urge::Model], history: &[TicketEntry]) -> Vec<i32> {
    let reopened = history
        .iter()
        .filter(|entry| entry.kind() == Some(TicketEntryKind::Reopened));
    let reopened: Vec<DateTime<Utc>> = reopened.map(|entry| entry.at.0).collect();
    urges
        .iter()
        .map(|urge| {
            let opening = reopened.iter().rev().find(|at| **at <= urge.claimed_at);
            let before = |at: &DateTime<Utc>| urges.iter().find(|other| other.claimed_at < *at);
            opening.and_then(before).map_or(0, |last| last.n)
        })
        .collect()
}

/// What a channel answered to an urge that it did not accept, or has not accepted yet.
fn answer(outcome: UrgeOutcome, messages: &[Sent]) -> String {
    let concerns = |sent: &&Sent| match outcome {
        UrgeOutcome::Failed | UrgeOutcome::PartlySent => sent.state == MessageState::Dead,
        UrgeOutcome::Waiting => true,
        _ => false,
    };
    let mut concerned = messages.iter().filter(concerns);
    let answer = concerned.find_map(|sent| sent.answer.clone());
    answer.unwrap_or_default()
}
