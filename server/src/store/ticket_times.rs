//! When tickets were opened, taken and done, for the medians.

use std::collections::HashMap;

use app::ticket::TicketTimes;
use app::time::Stamp;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{task, ticket};
use super::tasks::from_json;
use super::{Store, StoreError};

/// The name for the product's own acts.
const ITSELF: &str = "jcrontab";
/// Tasks whose tags one statement reads.
const CHUNK: usize = 500;

/// The columns that are read: task, owner, opened, taken, done and by whom.
type Row = (
    i64,
    String,
    DateTime<Utc>,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
    Option<String>,
);

impl Store {
    /// The latest tickets that were opened since then, at most so many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ticket_times(
        &self,
        since: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<TicketTimes>, StoreError> {
        use ticket::Column as C;
        // Along the primary key: the rows that are read are bounded, however many are stored.
        let rows: Vec<Row> = ticket::Entity::find()
            .select_only()
            .columns([
                C::TaskId,
                C::Owner,
                C::OpenedAt,
                C::AcknowledgedAt,
                C::DoneAt,
                C::DoneBy,
            ])
            .filter(C::Id.lt(i64::MAX))
            .order_by_desc(C::Id)
            .limit(limit)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let mut tasks: Vec<i64> = rows.iter().map(|row| row.0).collect();
        tasks.sort_unstable();
        tasks.dedup();
        let mut tags: HashMap<i64, Vec<String>> = HashMap::new();
        for chunk in tasks.chunks(CHUNK) {
            let found: Vec<(i64, String)> = task::Entity::find()
                .select_only()
                .columns([task::Column::Id, task::Column::Tags])
                .filter(task::Column::Id.is_in(chunk.iter().copied()))
                .into_tuple()
                .all(&self.reader)
                .await?;
            for (id, list) in found {
                let list = self.read_part_of_task(id, from_json(&list))?;
                tags.extend(list.map(|list| (id, list)));
            }
        }
        let recent = rows.into_iter().filter(|row| row.2 >= since);
        Ok(recent
            .map(|(task, owner, opened_at, taken, done, by)| TicketTimes {
                owner,
                tags: tags.get(&task).cloned().unwrap_or_default(),
                opened_at: Stamp(opened_at),
                acknowledged_at: taken.map(Stamp),
                // What closed itself says nothing about people.
                done_at: done
                    .filter(|_| by.as_deref().is_some_and(|by| by != ITSELF))
                    .map(Stamp),
            })
            .collect())
    }
}
