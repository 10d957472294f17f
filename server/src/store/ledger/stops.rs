//! Requests the end of runs, wherever they are, and finds those that wait.

use app::id::RunId;
use app::run::{RunReason, RunState};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::code::Code;
use super::super::delivery::withdraw_run;
use super::super::entity::run;
use super::super::txn::transaction;
use super::super::{Act, Store, StoreError, Tx};
use super::active::{REPLACED, StopOutcome, WAITING_MAX, cancel_waiting, request_stop};

impl Store {
    /// Cancels a waiting run, or asks the node of an active one to end it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stop_run(&self, act: &Act, id: RunId) -> Result<StopOutcome, StoreError> {
        transaction!(self, |tx| {
            let outcome = cancel_or_request_stop(tx, act, id).await?;
            if outcome != StopOutcome::AlreadyOver {
                act.record(tx, Some(id.0)).await?;
            }
            Ok(outcome)
        })
    }

    /// The same without an entry in the audit log, for when that cannot be written: a run can be stopped whatever
    /// else fails. The caller logs the act.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stop_run_unrecorded(
        &self,
        act: &Act,
        id: RunId,
    ) -> Result<StopOutcome, StoreError> {
        transaction!(self, |tx| { cancel_or_request_stop(tx, act, id).await })
    }

    /// Active runs on a node that were marked to be ended: by whom, or `None` for a newer start.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn requested_stops(
        &self,
        node: &str,
    ) -> Result<Vec<(RunId, Option<String>)>, StoreError> {
        let rows: Vec<(i64, Option<String>)> = run::Entity::find()
            .select_only()
            .columns([run::Column::Id, run::Column::StopBy])
            .filter(run::Column::State.eq(Code(RunState::Running)))
            .filter(run::Column::NodeId.eq(node))
            .filter(run::Column::StopBy.is_not_null())
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(rows
            .into_iter()
            .map(|(id, who)| (RunId(id), who.filter(|who| who != REPLACED)))
            .collect())
    }

    /// When waiting runs may start, earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_instants(&self) -> Result<Vec<DateTime<Utc>>, StoreError> {
        let due: Vec<Option<DateTime<Utc>>> = run::Entity::find()
            .select_only()
            .column(run::Column::DueAt)
            .filter(run::Column::State.eq(Code(RunState::Waiting)))
            .order_by_asc(run::Column::StartedAt)
            .limit(WAITING_MAX)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let mut due: Vec<DateTime<Utc>> = due.into_iter().flatten().collect();
        due.sort_unstable();
        due.dedup();
        Ok(due)
    }
}

/// Ends a waiting run, or marks an active one to be ended.
async fn cancel_or_request_stop(tx: &Tx, act: &Act, id: RunId) -> Result<StopOutcome, StoreError> {
    let now = act.at();
    let reason = RunReason::Stopped(act.who().to_owned());
    if cancel_waiting(tx, &[id], &reason.code(), now).await?
        || withdraw_run(tx, id, &reason, now).await?
    {
        return Ok(StopOutcome::Cancelled);
    }
    request_stop(tx, &[id], act.who()).await?;
    let state = run::Entity::find_by_id(id.0)
        .select_only()
        .column(run::Column::State)
        .into_tuple::<Code<RunState>>()
        .one(tx)
        .await?;
    Ok(match state {
        Some(Code(RunState::Running)) => StopOutcome::Requested,
        // Its node has recorded it meanwhile: now its message waits.
        Some(Code(RunState::Sending)) if withdraw_run(tx, id, &reason, now).await? => {
            StopOutcome::Cancelled
        }
        _ => StopOutcome::AlreadyOver,
    })
}
