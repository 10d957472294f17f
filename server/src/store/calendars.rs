//! Stored calendars: those that users added, and updates of the built-in one.

use std::collections::BTreeSet;

use app::calendar::CalendarDraft;
use app::schedule::BUILTIN_CALENDAR;
use app::ticket::TicketRule;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::audit::Before;
use super::calendar_refresh::forget_refresh;
use super::entity::{calendar, schedule, task};
use super::ledger::{EVERY_TASK, note_change, withdraw};
use super::people;
use super::row_version::{count, count_or_new};
use super::tasks::{tickets_column, to_tickets};
use super::txn::transaction;
use super::urge_defaults::{defaults_with, rename_calendar};
use super::uses::{USES_MAX, Uses, names_of};
use super::{Act, Store, StoreError, Tx};

/// What came of removing a calendar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CalendarRemoval {
    /// It is gone; the built-in one is as it was shipped.
    Done,
    /// It has no row.
    Unknown,
    /// Something uses it.
    InUse(Uses),
}

/// A calendar's row.
#[derive(Clone, Debug)]
pub struct StoredCalendar {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Where it is updated from.
    pub source_url: Option<String>,
    /// Its days, one line per day or range.
    pub days: String,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Counts its changes.
    pub version: i64,
    /// When it was last updated from its URL.
    pub refreshed_at: Option<DateTime<Utc>>,
    /// Why the last update from it failed, as an answer is stored; `None` if it did not.
    pub refresh_fault: Option<String>,
}

/// Plans everything again, because days may mean something else now.
async fn plan_anew(tx: &Tx, now: DateTime<Utc>) -> Result<(), StoreError> {
    note_change(tx, EVERY_TASK, now).await?;
    withdraw(tx, EVERY_TASK, now).await
}

/// Whether these calendars exist; the built-in one always does.
pub(super) async fn has_calendars(
    tx: &Tx,
    names: impl Iterator<Item = &str>,
) -> Result<bool, StoreError> {
    let names: BTreeSet<&str> = names.filter(|name| *name != BUILTIN_CALENDAR).collect();
    if names.is_empty() {
        return Ok(true);
    }
    let found = calendar::Entity::find()
        .filter(calendar::Column::Name.is_in(names.iter().copied()))
        .count(tx)
        .await?;
    Ok(found == names.len() as u64)
}

/// The tasks whose tickets are asked for on working days of a calendar.
async fn policies_with<C: ConnectionTrait>(
    connection: &C,
    name: &str,
) -> Result<Vec<(i64, TicketRule)>, StoreError> {
    use task::Column as T;
    let rows: Vec<(i64, Option<String>)> = task::Entity::find()
        .select_only()
        .columns([T::Id, T::Tickets])
        // Few tasks name a calendar.
        .filter(T::Tickets.like("%\"calendar\":\"%"))
        .into_tuple()
        .all(connection)
        .await?;
    let mut found = Vec::new();
    for (id, text) in rows {
        // A task that cannot be read asks no one.
        let Ok(rule) = to_tickets(text.as_deref()) else {
            continue;
        };
        let calendar = rule.policy.hours.as_ref();
        if calendar.and_then(|hours| hours.calendar.as_deref()) == Some(name) {
            found.push((id, TicketRule::clone(&rule)));
        }
    }
    Ok(found)
}

/// What uses a calendar: tasks by their schedules and policies, default policies, and people.
async fn uses(tx: &Tx, name: &str) -> Result<Uses, StoreError> {
    let mut ids: Vec<i64> = schedule::Entity::find()
        .select_only()
        .column(schedule::Column::TaskId)
        .distinct()
        .filter(schedule::Column::Calendar.eq(name))
        .order_by_asc(schedule::Column::TaskId)
        .limit(USES_MAX as u64)
        .into_tuple()
        .all(tx)
        .await?;
    let policies = policies_with(tx, name).await?;
    ids.extend(policies.iter().map(|(id, _)| *id).take(USES_MAX));
    ids.sort_unstable();
    ids.dedup();
    let called = names_of(tx, &ids).await?;
    let tasks = ids.into_iter().map(|id| {
        let name = called.get(&id).cloned().unwrap_or_default();
        (id, name)
    });
    let defaults = defaults_with(tx, name).await?;
    Ok(Uses {
        tasks: tasks.collect(),
        policies: defaults.into_iter().map(|default| default.tag).collect(),
        people: people::people_with(tx, name).await?,
        ..Uses::default()
    })
}

/// A calendar before a change of it.
type Calendar = Before<calendar::Entity>;

pub(super) fn called(name: &str) -> Condition {
    Condition::all().add(calendar::Column::Name.eq(name))
}

impl Store {
    /// All calendars that have a row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calendars(&self) -> Result<Vec<StoredCalendar>, StoreError> {
        Ok(calendar::Entity::find()
            .order_by_asc(calendar::Column::Name)
            .all(&self.reader)
            .await?
            .into_iter()
            .map(|row| StoredCalendar {
                id: row.id,
                name: row.name,
                source_url: row.source_url,
                days: row.days,
                updated_at: row.updated_at,
                version: row.version,
                refreshed_at: row.refreshed_at,
                refresh_fault: row.refresh_fault,
            })
            .collect())
    }

    /// How many schedules, policies of tickets and people use a calendar.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calendar_uses(&self, name: &str) -> Result<i64, StoreError> {
        use schedule::Column as S;
        let named = if name == BUILTIN_CALENDAR {
            S::Calendar.is_null().or(S::Calendar.eq(name))
        } else {
            S::Calendar.eq(name)
        };
        let count = schedule::Entity::find()
            .filter(named)
            .filter(S::DayRule.ne("any"))
            .count(&self.reader)
            .await?;
        let policies = policies_with(&self.reader, name).await?.len()
            + defaults_with(&self.reader, name).await?.len();
        let people = people::count_with(&self.reader, name).await?;
        let all = count.saturating_add(policies as u64).saturating_add(people);
        Ok(i64::try_from(all).unwrap_or(i64::MAX))
    }

    /// Adds a calendar without days. An existing name is a duplicate-key error.
    ///
    /// # Errors
    /// When the database fails or refuses the name.
    pub async fn insert_calendar(
        &self,
        act: &Act,
        draft: &CalendarDraft,
    ) -> Result<(), StoreError> {
        let now = act.at();
        let source_url = Some(draft.source_url.clone()).filter(|url| !url.is_empty());
        transaction!(self, |tx| {
            // Other nodes must know it before a schedule uses it.
            note_change(tx, EVERY_TASK, now).await?;
            calendar::Entity::insert(calendar::ActiveModel {
                name: Set(draft.name.clone()),
                source_url: Set(source_url.clone()),
                days: Set(String::new()),
                created_at: Set(now),
                updated_at: Set(now),
                ..Default::default()
            })
            .exec_without_returning(tx)
            .await?;
            let none = Calendar::none(called(&draft.name));
            none.record(tx, act, None).await
        })
    }

    /// Renames a calendar and sets its URL, with `read` only if it still has that version; its schedules, the
    /// policies of tickets and people follow. False when it does not exist.
    ///
    /// # Errors
    /// When the database fails or refuses the name.
    pub async fn update_calendar(
        &self,
        act: &Act,
        name: &str,
        read: Option<i64>,
        draft: &CalendarDraft,
    ) -> Result<bool, StoreError> {
        let now = act.at();
        let source_url = Some(draft.source_url.clone()).filter(|url| !url.is_empty());
        transaction!(self, |tx| {
            plan_anew(tx, now).await?;
            if !count::<calendar::Entity>(tx, called(name), calendar::Column::Version, read).await?
            {
                return Ok(false);
            }
            let was = Calendar::read(tx, called(name)).await?;
            forget_refresh(tx, name, source_url.as_deref()).await?;
            calendar::Entity::update_many()
                .col_expr(calendar::Column::Name, Expr::value(draft.name.as_str()))
                .col_expr(calendar::Column::SourceUrl, Expr::value(source_url.clone()))
                .filter(calendar::Column::Name.eq(name))
                .exec(tx)
                .await?;
            schedule::Entity::update_many()
                .col_expr(schedule::Column::Calendar, Expr::value(draft.name.as_str()))
                .filter(schedule::Column::Calendar.eq(name))
                .exec(tx)
                .await?;
            rename_calendar(tx, name, &draft.name).await?;
            people::rename_calendar(tx, name, &draft.name).await?;
            for (id, mut rule) in policies_with(tx, name).await? {
                if let Some(hours) = &mut rule.policy.hours {
                    hours.calendar = Some(draft.name.clone());
                }
                task::Entity::update_many()
                    .col_expr(task::Column::Tickets, Expr::value(tickets_column(&rule)))
                    .filter(task::Column::Id.eq(id))
                    .exec(tx)
                    .await?;
            }
            let was = was.then(called(&draft.name));
            was.record(tx, act, None).await?;
            Ok(true)
        })
    }

    /// Changes the days of a calendar: `change` receives the stored lines, or `None` if it has no row, and returns
    /// the new ones; `None` leaves everything as it is. With `read` only if the calendar still has that version. False
    /// when nothing was changed. The built-in calendar gets its row this way.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_calendar_days(
        &self,
        act: &Act,
        name: &str,
        read: Option<i64>,
        change: impl Fn(Option<&str>) -> Option<String>,
    ) -> Result<bool, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            // Takes the lock of all changes: what is read here is what is overwritten.
            plan_anew(tx, now).await?;
            let version = calendar::Column::Version;
            count_or_new::<calendar::Entity>(tx, called(name), version, read).await?;
            let was = Calendar::read(tx, called(name)).await?;
            let row = calendar::Entity::find()
                .filter(calendar::Column::Name.eq(name))
                .one(tx)
                .await?;
            let Some(days) = change(row.as_ref().map(|row| row.days.as_str())) else {
                return Ok(false);
            };
            match row {
                Some(row) => {
                    calendar::Entity::update(calendar::ActiveModel {
                        id: Set(row.id),
                        days: Set(days),
                        updated_at: Set(now),
                        ..Default::default()
                    })
                    .exec(tx)
                    .await?;
                }
                None => {
                    calendar::Entity::insert(calendar::ActiveModel {
                        name: Set(name.to_owned()),
                        days: Set(days),
                        created_at: Set(now),
                        updated_at: Set(now),
                        ..Default::default()
                    })
                    .exec_without_returning(tx)
                    .await?;
                }
            }
            was.record(tx, act, None).await?;
            Ok(true)
        })
    }

    /// Removes a calendar that neither schedules nor policies of tickets nor people use, with `read` only if it still has that version.
    /// The built-in one is restored this way, also where it is used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_calendar(
        &self,
        act: &Act,
        name: &str,
        read: Option<i64>,
    ) -> Result<CalendarRemoval, StoreError> {
        transaction!(self, |tx| {
            plan_anew(tx, act.at()).await?;
            // Checked in the transaction that deletes the row: no schedule may start to use it in between.
            let uses = uses(tx, name).await?;
            if !uses.is_empty() && name != BUILTIN_CALENDAR {
                return Ok(CalendarRemoval::InUse(uses));
            }
            if !count::<calendar::Entity>(tx, called(name), calendar::Column::Version, read).await?
            {
                return Ok(CalendarRemoval::Unknown);
            }
            let was = Calendar::read(tx, called(name)).await?;
            calendar::Entity::delete_many()
                .filter(calendar::Column::Name.eq(name))
                .exec(tx)
                .await?;
            was.record(tx, act, None).await?;
            Ok(CalendarRemoval::Done)
        })
    }
}
