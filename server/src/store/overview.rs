//! Counts for the overview.

use std::collections::HashMap;

use app::page::DayCounts;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select};

use super::entity::{message, occurrence, run, task};
use super::{Store, StoreError};

impl Store {
    /// Tasks that are active, paused, closed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_counts(&self) -> Result<[i64; 3], StoreError> {
        let counts = self
            .by_state(task::Entity::find(), task::Column::State)
            .await?;
        Ok(["active", "paused", "closed"].map(|state| of(&counts, &[state])))
    }

    /// What became of the firings since an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn day_counts(&self, since: DateTime<Utc>) -> Result<DayCounts, StoreError> {
        use occurrence::Column as O;
        use run::Column as R;
        let ended = ["succeeded", "failed", "timed_out", "lost", "killed"];
        let runs = run::Entity::find()
            .filter(R::State.is_in(ended))
            .filter(R::StartedAt.gte(since));
        let runs = self.by_state(runs, R::State).await?;
        let unruns = occurrence::Entity::find()
            .filter(O::State.is_in(["skipped", "missed"]))
            .filter(O::DueAt.gte(since));
        let unruns = self.by_state(unruns, O::State).await?;
        Ok(DayCounts {
            succeeded: of(&runs, &["succeeded"]),
            bad: of(&runs, &["failed", "timed_out", "lost"]),
            killed: of(&runs, &["killed"]),
            skipped: of(&unruns, &["skipped"]),
            missed: of(&unruns, &["missed"]),
        })
    }

    /// Messages waiting and messages given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_counts(&self) -> Result<(i64, i64), StoreError> {
        use message::Column as M;
        let wanted = ["pending", "waiting", "sending", "dead"];
        let messages = message::Entity::find().filter(M::State.is_in(wanted));
        let counts = self.by_state(messages, M::State).await?;
        Ok((of(&counts, &wanted[..3]), of(&counts, &wanted[3..])))
    }

    /// How many rows of a query are in each state: along an index that begins with the state.
    async fn by_state<E: EntityTrait, C: ColumnTrait>(
        &self,
        query: Select<E>,
        state: C,
    ) -> Result<HashMap<String, i64>, StoreError> {
        let counts: Vec<(String, i64)> = query
            .select_only()
            .column(state)
            .column_as(state.count(), "rows")
            .group_by(state)
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(counts.into_iter().collect())
    }
}

fn of(counts: &HashMap<String, i64>, states: &[&str]) -> i64 {
    states.iter().filter_map(|state| counts.get(*state)).sum()
}
