//! Deletes tickets that are over, with their urges and their history.

use app::ticket::TicketState;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::super::code::{Code, is_one_of};
use super::super::entity::{ticket, ticket_event, ticket_urge};
use super::super::txn::transaction;
use super::super::{Store, StoreError};

/// The index of tickets by state, which ends with the key.
const BY_STATE: &str = "ix_ticket_state";
/// States of tickets that are over.
const OVER: [TicketState; 2] = [TicketState::Done, TicketState::Expired];
/// Tickets of one statement that looks for old ones.
const LOOKED_AT: u64 = 200;

/// A row of the query: id, when it was opened, when it was done, when it expires.
type Row = (i64, DateTime<Utc>, Option<DateTime<Utc>>, DateTime<Utc>);

impl Store {
    /// Deletes tickets that ended before an instant, at most `limit` of each state; open ones stay, however old. How
    /// many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_old_tickets(
        &self,
        before: DateTime<Utc>,
        limit: usize,
    ) -> Result<u64, StoreError> {
        use ticket::Column as T;
        let mut deleted = 0;
        for state in OVER {
            let old = self.old_tickets(state, before, limit).await?;
            if old.is_empty() {
                continue;
            }
            deleted += transaction!(self, |tx| {
                // Locked, and looked at again: one that was reopened meanwhile stays, with its history.
                let still: Vec<i64> = ticket::Entity::find()
                    .select_only()
                    .column(T::Id)
                    .filter(T::Id.is_in(old.iter().copied()))
                    .filter(is_one_of(T::State, &OVER))
                    .order_by_asc(T::Id)
                    .lock_exclusive()
                    .into_tuple()
                    .all(tx)
                    .await?;
                ticket_urge::Entity::delete_many()
                    .filter(ticket_urge::Column::TicketId.is_in(still.iter().copied()))
                    .exec(tx)
                    .await?;
                ticket_event::Entity::delete_many()
                    .filter(ticket_event::Column::TicketId.is_in(still.iter().copied()))
                    .exec(tx)
                    .await?;
                let gone = ticket::Entity::delete_many()
                    .filter(T::Id.is_in(still.iter().copied()))
                    .exec(tx)
                    .await?;
                Ok(gone.rows_affected)
            })?;
        }
        Ok(deleted)
    }

    /// The oldest tickets in a state that ended before an instant. Looks through those that were opened before it.
    async fn old_tickets(
        &self,
        state: TicketState,
        before: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<i64>, StoreError> {
        use ticket::Column as T;
        let (mut old, mut after) = (Vec::new(), 0);
        loop {
            let mut query = ticket::Entity::find()
                .select_only()
                .columns([T::Id, T::OpenedAt, T::DoneAt, T::ExpiresAt])
                .filter(T::State.eq(Code(state)))
                .filter(T::Id.gt(after));
            QueryTrait::query(&mut query).force_index(BY_STATE, IndexHintScope::All);
            let rows: Vec<Row> = query
                .order_by_asc(T::Id)
                .limit(LOOKED_AT)
                .into_tuple()
                .all(&self.reader)
                .await?;
            let Some((last, opened_last, ..)) = rows.last().copied() else {
                return Ok(old);
            };
            after = last;
            let ended = rows
                .into_iter()
                .filter(|(_, _, done_at, expires_at)| done_at.unwrap_or(*expires_at) < before);
            old.extend(ended.map(|(id, ..)| id));
            // Those that follow were opened later.
            if old.len() >= limit || opened_last >= before {
                old.truncate(limit);
                return Ok(old);
            }
        }
    }
}
