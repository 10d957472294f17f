//! Stored blackouts.

use app::calendar::BlackoutPolicy;
use app::id::BlackoutId;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, EntityTrait, QueryOrder, Set};

use super::audit::Before;
use super::entity::blackout;
use super::ledger::{EVERY_TASK, note_change, withdraw};
use super::row_version::count;
use super::tasks::{from_json, to_json};
use super::txn::transaction;
use super::unreadable::RowKind;
use super::{Act, Store, StoreError};

/// A blackout's row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredBlackout {
    /// Its id; 0 for one that is not stored yet.
    pub id: BlackoutId,
    /// What it is for.
    pub name: String,
    /// Tasks with any of these tags; empty for all.
    pub tags: Vec<String>,
    /// Zone of the times.
    pub zone: String,
    /// Start of a one-off blackout.
    pub starts_at: Option<DateTime<Utc>>,
    /// End of a one-off blackout.
    pub ends_at: Option<DateTime<Utc>>,
    /// Starts of a recurring one, as a cron expression.
    pub cron: Option<String>,
    /// How long a recurring one lasts.
    pub duration_seconds: Option<i64>,
    /// What happens to the firings.
    pub policy: BlackoutPolicy,
    /// Counts its changes; 0 for one that is not stored yet.
    pub version: i64,
}

fn columns(new: &StoredBlackout, now: DateTime<Utc>) -> blackout::ActiveModel {
    blackout::ActiveModel {
        name: Set(new.name.clone()),
        tags: Set(to_json(&new.tags)),
        zone: Set(new.zone.clone()),
        starts_at: Set(new.starts_at),
        ends_at: Set(new.ends_at),
        cron: Set(new.cron.clone()),
        duration_seconds: Set(new.duration_seconds),
        policy: Set(new.policy.as_str().to_owned()),
        updated_at: Set(now),
        ..Default::default()
    }
}

fn to_blackout(row: blackout::Model) -> Result<StoredBlackout, StoreError> {
    Ok(StoredBlackout {
        id: BlackoutId(row.id),
        tags: from_json(&row.tags)?,
        policy: row.policy.parse().map_err(|()| StoreError::UnknownValue {
            what: "blackout policy",
            value: row.policy.clone(),
        })?,
        name: row.name,
        zone: row.zone,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        cron: row.cron,
        duration_seconds: row.duration_seconds,
        version: row.version,
    })
}

/// The row of a blackout.
/// A blackout before a change of it.
type Blackout = Before<blackout::Entity>;

fn own(id: BlackoutId) -> Condition {
    Condition::all().add(blackout::Column::Id.eq(id.0))
}

impl Store {
    /// All blackouts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn blackouts(&self) -> Result<Vec<StoredBlackout>, StoreError> {
        let rows = blackout::Entity::find()
            .order_by_asc(blackout::Column::Id)
            .all(&self.reader)
            .await?;
        let key = |row: &blackout::Model| row.id.to_string();
        self.unreadable
            .skip_all(RowKind::Blackout, rows, key, to_blackout)
    }

    /// Adds a blackout, or replaces the one with its id, with `read` only if it still has that version; `None` when it
    /// does not exist. Withdraws what is planned for later.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_blackout(
        &self,
        act: &Act,
        read: Option<i64>,
        new: &StoredBlackout,
    ) -> Result<Option<BlackoutId>, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            note_change(tx, EVERY_TASK, now).await?;
            let mut row = columns(new, now);
            let (id, was) = if new.id.0 == 0 {
                row.created_at = Set(now);
                let id = blackout::Entity::insert(row).exec(tx).await?.last_insert_id;
                (id, Blackout::none(own(BlackoutId(id))))
            } else {
                let version = blackout::Column::Version;
                if !count::<blackout::Entity>(tx, own(new.id), version, read).await? {
                    return Ok(None);
                }
                row.id = Set(new.id.0);
                let was = Blackout::read(tx, own(new.id)).await?;
                blackout::Entity::update(row).exec(tx).await?;
                (new.id.0, was)
            };
            withdraw(tx, EVERY_TASK, now).await?;
            was.record(tx, act, Some(id)).await?;
            Ok(Some(BlackoutId(id)))
        })
    }

    /// Removes a blackout, with `read` only if it still has that version; false when it does not exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_blackout(
        &self,
        act: &Act,
        id: BlackoutId,
        read: Option<i64>,
    ) -> Result<bool, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            note_change(tx, EVERY_TASK, now).await?;
            if !count::<blackout::Entity>(tx, own(id), blackout::Column::Version, read).await? {
                return Ok(false);
            }
            let was = Blackout::read(tx, own(id)).await?;
            blackout::Entity::delete_by_id(id.0).exec(tx).await?;
            withdraw(tx, EVERY_TASK, now).await?;
            was.record(tx, act, Some(id.0)).await?;
            Ok(true)
        })
    }
}
