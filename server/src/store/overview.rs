//! Counts for the overview.

use app::page::DayCounts;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::entity::{message, occurrence, run, task};
use super::{Store, StoreError};

impl Store {
    /// Tasks that are active, paused, closed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_counts(&self) -> Result<[i64; 3], StoreError> {
        let mut counts = [0; 3];
        for (count, state) in counts.iter_mut().zip(["active", "paused", "closed"]) {
            *count = whole(
                task::Entity::find()
                    .filter(task::Column::State.eq(state))
                    .count(&self.reader)
                    .await?,
            );
        }
        Ok(counts)
    }

    /// What became of the firings since an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn day_counts(&self, since: DateTime<Utc>) -> Result<DayCounts, StoreError> {
        let runs = async |state: &str| -> Result<i64, StoreError> {
            Ok(whole(
                run::Entity::find()
                    .filter(run::Column::State.eq(state))
                    .filter(run::Column::StartedAt.gte(since))
                    .count(&self.reader)
                    .await?,
            ))
        };
        let unruns = async |state: &str| -> Result<i64, StoreError> {
            Ok(whole(
                occurrence::Entity::find()
                    .filter(occurrence::Column::State.eq(state))
                    .filter(occurrence::Column::DueAt.gte(since))
                    .count(&self.reader)
                    .await?,
            ))
        };
        Ok(DayCounts {
            succeeded: runs("succeeded").await?,
            bad: runs("failed").await? + runs("timed_out").await? + runs("lost").await?,
            killed: runs("killed").await?,
            skipped: unruns("skipped").await?,
            missed: unruns("missed").await?,
        })
    }

    /// Messages waiting and messages given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_counts(&self) -> Result<(i64, i64), StoreError> {
        let count = async |state: &str| -> Result<i64, StoreError> {
            Ok(whole(
                message::Entity::find()
                    .filter(message::Column::State.eq(state))
                    .count(&self.reader)
                    .await?,
            ))
        };
        Ok((
            count("pending").await? + count("waiting").await? + count("sending").await?,
            count("dead").await?,
        ))
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
