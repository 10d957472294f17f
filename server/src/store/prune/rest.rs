//! Deletes what is not history of a single task: messages, and rows that servers and programs leave.

use app::id::TaskId;
use app::message::MessageState;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::super::code::Code;
use super::super::entity::{api_token, message, node, run_day, task_change};
use super::super::ledger::CHANGES_MAX;
use super::super::txn::transaction;
use super::super::{Store, StoreError};

/// The index of messages of a state by id, which MariaDB does not always choose.
const MESSAGES_OF_STATE: &str = "ix_message_state_id";

/// States of messages that nothing more happens to.
const OVER: [MessageState; 4] = [
    MessageState::Sent,
    MessageState::Dead,
    MessageState::Withdrawn,
    MessageState::Digested,
];

impl Store {
    /// Deletes messages that are over and were caused before an instant; at most `limit` of each state. How many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_old_messages(
        &self,
        before: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        use message::Column as M;
        let mut deleted = 0;
        for state in OVER {
            // The oldest by number, which is the order in which they were caused.
            let mut query = message::Entity::find()
                .select_only()
                .columns([M::Id, M::CreatedAt])
                .filter(M::State.eq(Code(state)));
            QueryTrait::query(&mut query).force_index(MESSAGES_OF_STATE, IndexHintScope::All);
            let rows: Vec<(i64, DateTime<Utc>)> = query
                .order_by_asc(M::Id)
                .limit(limit)
                .into_tuple()
                .all(&self.reader)
                .await?;
            let old: Vec<i64> = rows
                .into_iter()
                .filter_map(|(id, at)| (at < before).then_some(id))
                .collect();
            if old.is_empty() {
                continue;
            }
            deleted += transaction!(self, |tx| {
                let gone = message::Entity::delete_many()
                    .filter(M::Id.is_in(old.iter().copied()))
                    // One that was sent again meanwhile stays.
                    .filter(M::State.eq(Code(state)))
                    .exec(tx)
                    .await?;
                Ok(gone.rows_affected)
            })?;
        }
        Ok(deleted)
    }

    /// Deletes the counts of a task's days before one; at most `limit`. How many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_old_days(
        &self,
        task: TaskId,
        before: NaiveDate,
        limit: u64,
    ) -> Result<u64, StoreError> {
        use run_day::Column as D;
        let old: Vec<String> = run_day::Entity::find()
            .select_only()
            .column(D::Day)
            .filter(D::TaskId.eq(task.0))
            .filter(D::Day.lt(before.to_string()))
            .order_by_asc(D::Day)
            .limit(limit)
            .into_tuple()
            .all(&self.reader)
            .await?;
        if old.is_empty() {
            return Ok(0);
        }
        transaction!(self, |tx| {
            let gone = run_day::Entity::delete_many()
                .filter(D::TaskId.eq(task.0))
                .filter(D::Day.is_in(old.iter()))
                .exec(tx)
                .await?;
            Ok(gone.rows_affected)
        })
    }

    /// Deletes notes of changes of tasks from before an instant, which every server has read; at most `limit`. The newest
    /// ones stay, which a server reads when it starts. How many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_old_changes(
        &self,
        before: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        use task_change::Column as C;
        let rows: Vec<(i64, DateTime<Utc>)> = task_change::Entity::find()
            .select_only()
            .columns([C::Seq, C::At])
            .order_by_asc(C::Seq)
            .limit(limit)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let (newest, _) = self.cluster_state().await?;
        // The first ones only: a clock that was set back leaves later ones with earlier instants.
        let old = rows.into_iter().take_while(|(seq, at)| {
            *at < before && *seq <= newest.saturating_sub_unsigned(CHANGES_MAX)
        });
        let Some((last, _)) = old.last() else {
            return Ok(0);
        };
        transaction!(self, |tx| {
            let gone = task_change::Entity::delete_many()
                .filter(C::Seq.lte(last))
                .exec(tx)
                .await?;
            Ok(gone.rows_affected)
        })
    }

    /// Deletes servers that stopped before an instant; at most `limit`. How many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_old_nodes(
        &self,
        before: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        use node::Column as N;
        let old: Vec<String> = node::Entity::find()
            .select_only()
            .column(N::Id)
            .filter(N::StoppedAt.lt(before))
            .limit(limit)
            .into_tuple()
            .all(&self.reader)
            .await?;
        if old.is_empty() {
            return Ok(0);
        }
        transaction!(self, |tx| {
            let gone = node::Entity::delete_many()
                .filter(N::Id.is_in(old.iter()))
                .filter(N::StoppedAt.lt(before))
                .exec(tx)
                .await?;
            Ok(gone.rows_affected)
        })
    }

    /// Deletes API tokens that expired before an instant; at most `limit`. How many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_old_tokens(
        &self,
        before: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        use api_token::Column as T;
        let old: Vec<i64> = api_token::Entity::find()
            .select_only()
            .column(T::Id)
            .filter(T::ExpiresAt.lt(before))
            .limit(limit)
            .into_tuple()
            .all(&self.reader)
            .await?;
        if old.is_empty() {
            return Ok(0);
        }
        transaction!(self, |tx| {
            let gone = api_token::Entity::delete_many()
                .filter(T::Id.is_in(old.iter().copied()))
                .exec(tx)
                .await?;
            Ok(gone.rows_affected)
        })
    }
}
