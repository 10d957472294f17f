//! Stored summaries, and dealing with each of their instants once.

mod counts;

pub use counts::{NotStarted, OpenTickets, RunDuration, SummaryTask, UnsuccessfulRun, WithinLimit};

use app::id::{ChannelId, SummaryId};
use app::summary::{SUMMARIES_MAX, Selection, SummarySpec, Weekday};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::audit::Before;
use super::entity::message_summary;
use super::messages::{NewMessage, insert_messages};
use super::row_version::{FIRST_VERSION, count};
use super::txn::transaction;
use super::{Act, Store, StoreError, Tx, channels};

/// A summary's row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredSummary {
    /// Its id.
    pub id: SummaryId,
    /// Counts its changes.
    pub version: i64,
    /// Its definition.
    pub spec: SummarySpec,
    /// Instants up to here are not sent: it was added or changed then.
    pub since: DateTime<Utc>,
    /// The last instant that was dealt with: sent, or nothing to report.
    pub last_sent_for: Option<DateTime<Utc>>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

impl StoredSummary {
    /// Whether it has to be sent for an instant.
    #[must_use]
    pub fn wants(&self, instant: DateTime<Utc>) -> bool {
        self.spec.enabled
            && self.since < instant
            && self.last_sent_for.is_none_or(|last| last < instant)
    }
}

/// The row of a summary.
fn own(id: SummaryId) -> Condition {
    Condition::all().add(message_summary::Column::Id.eq(id.0))
}

fn read(row: message_summary::Model) -> Result<StoredSummary, StoreError> {
    let unknown = |what, number: i32| StoreError::UnknownValue {
        what,
        value: number.to_string(),
    };
    let small = |what, number: i32| u8::try_from(number).map_err(|_| unknown(what, number));
    let weekday = row.weekday.map(|number| {
        Weekday::of_number(number).ok_or_else(|| unknown("weekday of a summary", number))
    });
    Ok(StoredSummary {
        id: SummaryId(row.id),
        version: row.version,
        spec: SummarySpec {
            name: row.name,
            selection: match (row.owner, row.tag) {
                (Some(owner), _) => Selection::Owner(owner),
                (None, Some(tag)) => Selection::Tag(tag),
                (None, None) => Selection::All,
            },
            channel_id: ChannelId(row.channel_id),
            hour: small("hour of a summary", row.hour)?,
            minute: small("minute of a summary", row.minute)?,
            weekday: weekday.transpose()?,
            zone: row.zone,
            send_when_empty: row.send_when_empty,
            enabled: row.enabled,
        },
        since: row.since,
        last_sent_for: row.last_sent_for,
        created_at: row.created_at,
    })
}

fn columns(spec: &SummarySpec, now: DateTime<Utc>) -> message_summary::ActiveModel {
    let (owner, tag) = match &spec.selection {
        Selection::All => (None, None),
        Selection::Owner(owner) => (Some(owner.clone()), None),
        Selection::Tag(tag) => (None, Some(tag.clone())),
    };
    message_summary::ActiveModel {
        name: Set(spec.name.clone()),
        owner: Set(owner),
        tag: Set(tag),
        channel_id: Set(spec.channel_id.0),
        hour: Set(spec.hour.into()),
        minute: Set(spec.minute.into()),
        weekday: Set(spec.weekday.map(Weekday::number)),
        zone: Set(spec.zone.clone()),
        send_when_empty: Set(spec.send_when_empty),
        enabled: Set(spec.enabled),
        updated_at: Set(now),
        ..Default::default()
    }
}

/// Names of the summaries that go to a channel.
pub(super) async fn names_to(tx: &Tx, channel: ChannelId) -> Result<Vec<String>, StoreError> {
    use message_summary::Column as C;
    Ok(message_summary::Entity::find()
        .select_only()
        .column(C::Name)
        .filter(C::ChannelId.eq(channel.0))
        .order_by_asc(C::Name)
        .into_tuple()
        .all(tx)
        .await?)
}

impl Store {
    /// All summaries, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn summaries(&self) -> Result<Vec<StoredSummary>, StoreError> {
        let rows = message_summary::Entity::find()
            .order_by_asc(message_summary::Column::Name)
            .all(&self.reader)
            .await?;
        rows.into_iter().map(read).collect()
    }

    /// One summary.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn summary(&self, id: SummaryId) -> Result<Option<StoredSummary>, StoreError> {
        let row = message_summary::Entity::find_by_id(id.0)
            .one(&self.reader)
            .await?;
        row.map(read).transpose()
    }

    /// Adds a summary; `None` when there are [`SUMMARIES_MAX`] of them. An existing name is a duplicate-key error.
    ///
    /// # Errors
    /// When the database fails or refuses the name; [`StoreError::Overtaken`] when its channel has been deleted.
    pub async fn insert_summary(
        &self,
        act: &Act,
        spec: &SummarySpec,
    ) -> Result<Option<SummaryId>, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            channels::keep(tx, spec.channel_id).await?;
            let count = message_summary::Entity::find().count(tx).await?;
            if count >= SUMMARIES_MAX as u64 {
                return Ok(None);
            }
            let row = message_summary::ActiveModel {
                since: Set(now),
                created_at: Set(now),
                version: Set(FIRST_VERSION),
                ..columns(spec, now)
            };
            let inserted = message_summary::Entity::insert(row).exec(tx).await?;
            let id = SummaryId(inserted.last_insert_id);
            let none = Before::<message_summary::Entity>::none(own(id));
            none.record(tx, act, Some(id.0)).await?;
            Ok(Some(id))
        })
    }

    /// Replaces a summary, with `read` only if it still has that version; false when it does not exist. With other
    /// instants, or enabled again, it is sent from the next one on. An existing name is a duplicate-key error.
    ///
    /// # Errors
    /// As [`Self::insert_summary`].
    pub async fn update_summary(
        &self,
        act: &Act,
        id: SummaryId,
        version: Option<i64>,
        spec: &SummarySpec,
    ) -> Result<bool, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            channels::keep(tx, spec.channel_id).await?;
            let counter = message_summary::Column::Version;
            if !count::<message_summary::Entity>(tx, own(id), counter, version).await? {
                return Ok(false);
            }
            let Some(row) = message_summary::Entity::find_by_id(id.0).one(tx).await? else {
                return Ok(false);
            };
            let was = Before::<message_summary::Entity>::read(tx, own(id)).await?;
            let before = read(row)?.spec;
            let mut row = columns(spec, now);
            row.id = Set(id.0);
            if !before.is_at_the_times_of(spec) || !before.enabled {
                row.since = Set(now);
            }
            message_summary::Entity::update(row).exec(tx).await?;
            was.record(tx, act, Some(id.0)).await?;
            Ok(true)
        })
    }

    /// Removes a summary, with `version` only if it still has that one; false when it does not exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_summary(
        &self,
        act: &Act,
        id: SummaryId,
        version: Option<i64>,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let counter = message_summary::Column::Version;
            if !count::<message_summary::Entity>(tx, own(id), counter, version).await? {
                return Ok(false);
            }
            let was = Before::<message_summary::Entity>::read(tx, own(id)).await?;
            message_summary::Entity::delete_by_id(id.0).exec(tx).await?;
            was.record(tx, act, Some(id.0)).await?;
            Ok(true)
        })
    }

    /// Deals with an instant of a summary: moves its last one forward and puts the message, where there is one, into
    /// the outbox. False when another server has dealt with it, or it was changed meanwhile. `spec` is the definition
    /// that the message was made from.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_summary(
        &self,
        id: SummaryId,
        spec: &SummarySpec,
        instant: DateTime<Utc>,
        message: Option<&NewMessage>,
    ) -> Result<bool, StoreError> {
        use message_summary::Column as C;
        transaction!(self, |tx| {
            let not_yet = Condition::any()
                .add(C::LastSentFor.is_null())
                .add(C::LastSentFor.lt(instant));
            let moved = message_summary::Entity::update_many()
                .col_expr(C::LastSentFor, Expr::value(instant))
                .filter(C::Id.eq(id.0))
                .filter(C::Enabled.eq(true))
                .filter(C::ChannelId.eq(spec.channel_id.0))
                .filter(Expr::col(C::Since).lt(instant))
                .filter(not_yet)
                .exec(tx)
                .await?;
            if moved.rows_affected == 0 {
                return Ok(false);
            }
            let messages = message.map(std::slice::from_ref).unwrap_or_default();
            insert_messages(tx, messages).await?;
            Ok(true)
        })
    }
}
