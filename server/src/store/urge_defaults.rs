//! Default policies of urging. A change rewrites, in its own transaction, the tasks that inherit from it: a
//! reader of a task finds the policy in force and needs nothing else.

use app::task::TaskSpec;
use app::ticket::{Opens, PolicyDefault, TicketRule};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::audit::Before;
use super::entity::{task, urge_default};
use super::ledger::{EVERY_TASK, note_change};
use super::row_version::{FIRST_VERSION, count, count_or_new};
use super::tasks::{from_json, tickets_column, to_tickets};
use super::txn::transaction;
use super::unreadable::RowKind;
use super::{Act, Store, StoreError, Tx};

/// The most defaults.
pub const DEFAULTS_MAX: u64 = 100;
/// Tasks of one statement.
const CHUNK: u64 = 500;

async fn rows<C: ConnectionTrait>(connection: &C) -> Result<Vec<urge_default::Model>, StoreError> {
    let rows = urge_default::Entity::find()
        .order_by_asc(urge_default::Column::Tag)
        .limit(DEFAULTS_MAX)
        .all(connection)
        .await?;
    Ok(rows)
}

fn to_default(row: urge_default::Model) -> Result<PolicyDefault, StoreError> {
    let read = serde_json::from_str(&row.policy).map_err(|_| StoreError::UnknownValue {
        what: "default policy",
        value: row.tag,
    });
    read.map(|default: PolicyDefault| PolicyDefault {
        version: row.version,
        ..default
    })
}

/// The defaults that can be read.
async fn read<C: ConnectionTrait>(connection: &C) -> Result<Vec<PolicyDefault>, StoreError> {
    let rows = rows(connection).await?.into_iter();
    Ok(rows.filter_map(|row| to_default(row).ok()).collect())
}

/// The defaults by which people are asked on working days of a calendar.
pub(super) async fn defaults_with<C: ConnectionTrait>(
    connection: &C,
    calendar: &str,
) -> Result<Vec<PolicyDefault>, StoreError> {
    let mut defaults = read(connection).await?;
    defaults.retain(|default| {
        let hours = default.policy.hours.as_ref();
        hours.and_then(|hours| hours.calendar.as_deref()) == Some(calendar)
    });
    Ok(defaults)
}

/// Lets defaults follow the new name of a calendar.
pub(super) async fn rename_calendar(tx: &Tx, from: &str, to: &str) -> Result<(), StoreError> {
    for mut default in defaults_with(tx, from).await? {
        if let Some(hours) = &mut default.policy.hours {
            hours.calendar = Some(to.to_owned());
        }
        let policy = serde_json::json!(default).to_string();
        urge_default::Entity::update_many()
            .col_expr(urge_default::Column::Policy, Expr::value(policy))
            .filter(urge_default::Column::Tag.eq(&default.tag))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// The rule about tickets of a definition with what it inherits. Costs no statement where it opens none.
pub(super) async fn inherited(tx: &Tx, spec: &TaskSpec) -> Result<TicketRule, StoreError> {
    if spec.tickets.opens == Opens::None {
        return Ok(spec.tickets.as_ref().clone());
    }
    Ok(spec.tickets.inheriting(&spec.tags, &read(tx).await?))
}

/// Gives all tasks that open tickets what they inherit now. The caller has noted the change, whose lock comes before
/// those of tasks.
async fn rewrite(tx: &Tx) -> Result<(), StoreError> {
    use task::Column as T;
    // All of them, or tasks would lose what they have from one that cannot be read.
    let defaults = rows(tx).await?.into_iter().map(to_default);
    let defaults = defaults.collect::<Result<Vec<_>, _>>()?;
    let mut after = 0;
    loop {
        let rows: Vec<(i64, String, String)> = task::Entity::find()
            .select_only()
            .columns([T::Id, T::Tags, T::Tickets])
            .filter(T::Id.gt(after))
            .filter(T::Tickets.is_not_null())
            .order_by_asc(T::Id)
            .limit(CHUNK)
            .into_tuple()
            .all(tx)
            .await?;
        let Some(last) = rows.last() else {
            break;
        };
        after = last.0;
        for (id, tags, stored) in rows {
            // A task that cannot be read stays as it is.
            let (Ok(tags), Ok(rule)) = (from_json(&tags), to_tickets(Some(&stored))) else {
                continue;
            };
            if rule.opens == Opens::None {
                continue;
            }
            let rule_now = rule.inheriting(&tags, &defaults);
            if rule_now == *rule {
                continue;
            }
            task::Entity::update_many()
                .col_expr(T::Tickets, Expr::value(tickets_column(&rule_now)))
                .filter(T::Id.eq(id))
                .exec(tx)
                .await?;
        }
    }
    Ok(())
}

/// The row of a tag.
fn of(tag: &str) -> Condition {
    Condition::all().add(urge_default::Column::Tag.eq(tag))
}

impl Store {
    /// All default policies, by tag; that of all tasks has the tag `*`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn urge_defaults(&self) -> Result<Vec<PolicyDefault>, StoreError> {
        let rows = rows(&self.reader).await?;
        let key = |row: &urge_default::Model| row.tag.clone();
        self.unreadable
            .skip_all(RowKind::UrgeDefault, rows, key, to_default)
    }

    /// Sets the default of a tag, or of all tasks, with `read` only if it still has that version; false where there are
    /// as many as there may be.
    ///
    /// # Errors
    /// [`StoreError::Outdated`] when it was changed since it was read; or when the database fails.
    pub async fn put_urge_default(
        &self,
        act: &Act,
        read: Option<i64>,
        default: &PolicyDefault,
    ) -> Result<bool, StoreError> {
        use urge_default::Column as D;
        let now = act.at();
        transaction!(self, |tx| {
            // All servers read their tasks again. First of all, since it takes the lock that every change of a task takes
            // first.
            note_change(tx, EVERY_TASK, now).await?;
            let (tag, policy) = (&default.tag, serde_json::json!(default).to_string());
            let is_known =
                count_or_new::<urge_default::Entity>(tx, of(tag), D::Version, read).await?;
            let was = Before::<urge_default::Entity>::read(tx, of(tag)).await?;
            if is_known {
                urge_default::Entity::update_many()
                    .col_expr(D::Policy, Expr::value(policy))
                    .col_expr(D::UpdatedAt, Expr::value(now))
                    .filter(of(tag))
                    .exec(tx)
                    .await?;
            } else if urge_default::Entity::find().count(tx).await? >= DEFAULTS_MAX {
                return Ok(false);
            } else {
                let row = urge_default::ActiveModel {
                    tag: Set(tag.clone()),
                    policy: Set(policy),
                    version: Set(FIRST_VERSION),
                    updated_at: Set(now),
                };
                let insert = urge_default::Entity::insert(row);
                insert.exec_without_returning(tx).await?;
            }
            rewrite(tx).await?;
            was.record(tx, act, None).await?;
            Ok(true)
        })
    }

    /// Removes the default of a tag, or of all tasks, with `read` only if it still has that version; false when there is
    /// none.
    ///
    /// # Errors
    /// As [`Self::put_urge_default`].
    pub async fn delete_urge_default(
        &self,
        act: &Act,
        tag: &str,
        read: Option<i64>,
    ) -> Result<bool, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            note_change(tx, EVERY_TASK, now).await?;
            let version = urge_default::Column::Version;
            if !count::<urge_default::Entity>(tx, of(tag), version, read).await? {
                return Ok(false);
            }
            let was = Before::<urge_default::Entity>::read(tx, of(tag)).await?;
            urge_default::Entity::delete_by_id(tag.to_owned())
                .exec(tx)
                .await?;
            rewrite(tx).await?;
            was.record(tx, act, None).await?;
            Ok(true)
        })
    }
}
