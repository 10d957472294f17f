//! Asking for the end of runs, wherever they are, and looking for what waits.

use app::id::RunId;
use app::run::RunReason;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::delivery::withdraw_run;
use super::super::entity::run;
use super::super::txn::transaction;
use super::super::{Act, Store, StoreError};
use super::active::{Called, REPLACED, WAITING_MAX, ask_to_end, call_off};

impl Store {
    /// Cancels a run that waits, or asks the node of one under way to end it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn call_off(&self, act: &Act, id: RunId) -> Result<Called, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            let reason = RunReason::Stopped(act.who().to_owned());
            if call_off(tx, &[id], &reason.code(), now).await?
                || withdraw_run(tx, id, &reason, now).await?
            {
                act.record(tx, Some(id.0)).await?;
                return Ok(Called::Off);
            }
            ask_to_end(tx, &[id], act.who()).await?;
            let state = run::Entity::find_by_id(id.0)
                .select_only()
                .column(run::Column::State)
                .into_tuple::<String>()
                .one(tx)
                .await?;
            if state.as_deref() != Some("running") {
                return Ok(Called::Over);
            }
            act.record(tx, Some(id.0)).await?;
            Ok(Called::Told)
        })
    }

    /// Runs under way on a node whose end was asked for: who asked, or `None` for a newer start.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn asked_to_end(
        &self,
        node: &str,
    ) -> Result<Vec<(RunId, Option<String>)>, StoreError> {
        let rows: Vec<(i64, Option<String>)> = run::Entity::find()
            .select_only()
            .columns([run::Column::Id, run::Column::StopBy])
            .filter(run::Column::State.eq("running"))
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

    /// When runs that wait may start, the earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_instants(&self) -> Result<Vec<DateTime<Utc>>, StoreError> {
        let due: Vec<Option<DateTime<Utc>>> = run::Entity::find()
            .select_only()
            .column(run::Column::DueAt)
            .filter(run::Column::State.eq("waiting"))
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
