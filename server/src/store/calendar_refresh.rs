//! Updates of calendars from their source URLs: which are due, which server makes them, and what came of them.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::calendars::called;
use super::entity::calendar;
use super::entity::calendar::Column as C;
use super::txn::transaction;
use super::{Act, Store, StoreError, Tx};

/// Calendars that are updated in one turn; the others follow in the next one.
const DUE_MAX: u64 = 20;
/// Characters of a reason that are kept.
const FAULT_MAX: usize = 255;

/// A calendar that is to be updated from its source URL.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DueCalendar {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Where it is updated from.
    pub source_url: String,
    /// Updates that failed in a row.
    pub failures: i32,
}

impl DueCalendar {
    /// Its row, while it still has this URL.
    fn row(&self) -> Condition {
        Condition::all()
            .add(C::Id.eq(self.id))
            .add(C::SourceUrl.eq(self.source_url.as_str()))
    }
}

fn is_due(now: DateTime<Utc>) -> Condition {
    Condition::any()
        .add(C::RefreshAt.is_null())
        .add(C::RefreshAt.lte(now))
}

/// Forgets what came of updates from the URL of a calendar, if that is about to become another one: it is due at once.
pub(super) async fn forget_refresh(
    tx: &Tx,
    name: &str,
    source_url: Option<&str>,
) -> Result<(), StoreError> {
    let other = match source_url {
        Some(url) => Condition::any()
            .add(C::SourceUrl.is_null())
            .add(C::SourceUrl.ne(url)),
        None => Condition::all().add(C::SourceUrl.is_not_null()),
    };
    calendar::Entity::update_many()
        .col_expr(C::RefreshAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(C::RefreshedAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(C::RefreshFault, Expr::value(None::<String>))
        .col_expr(C::RefreshFailures, Expr::value(0))
        .filter(called(name))
        .filter(other)
        .exec(tx)
        .await?;
    Ok(())
}

impl Store {
    /// The calendars that are to be updated now, those that have waited longest first; at most 20.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calendars_due(&self, now: DateTime<Utc>) -> Result<Vec<DueCalendar>, StoreError> {
        let rows: Vec<(i64, String, String, i32)> = calendar::Entity::find()
            .select_only()
            .columns([C::Id, C::Name, C::SourceUrl, C::RefreshFailures])
            .filter(C::SourceUrl.is_not_null())
            .filter(is_due(now))
            .order_by_asc(C::RefreshAt)
            .order_by_asc(C::Id)
            .limit(DUE_MAX)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let due = rows
            .into_iter()
            .map(|(id, name, source_url, failures)| DueCalendar {
                id,
                name,
                source_url,
                failures,
            });
        Ok(due.collect())
    }

    /// Takes an update: until a time no other server makes it, and then any one does. False when another server has
    /// taken it, or the URL is another one by now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_calendar_refresh(
        &self,
        due: &DueCalendar,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let taken = calendar::Entity::update_many()
                .col_expr(C::RefreshAt, Expr::value(until))
                .filter(due.row())
                .filter(is_due(now))
                .exec(tx)
                .await?;
            Ok(taken.rows_affected == 1)
        })
    }

    /// Records that a calendar was updated at a time, and when it is updated next.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calendar_refreshed(
        &self,
        due: &DueCalendar,
        at: DateTime<Utc>,
        next: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            calendar::Entity::update_many()
                .col_expr(C::RefreshAt, Expr::value(next))
                .col_expr(C::RefreshedAt, Expr::value(at))
                .col_expr(C::RefreshFault, Expr::value(None::<String>))
                .col_expr(C::RefreshFailures, Expr::value(0))
                .filter(due.row())
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// Records why a calendar was not updated, and when that is tried again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calendar_not_refreshed(
        &self,
        due: &DueCalendar,
        fault: &str,
        next: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let fault: String = fault.chars().take(FAULT_MAX).collect();
        transaction!(self, |tx| {
            calendar::Entity::update_many()
                .col_expr(C::RefreshAt, Expr::value(next))
                .col_expr(C::RefreshFault, Expr::value(fault.as_str()))
                .col_expr(C::RefreshFailures, Expr::col(C::RefreshFailures).add(1))
                .filter(due.row())
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// The first calendar, by name, whose last update failed, with the reason.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn failing_calendar(&self) -> Result<Option<(String, String)>, StoreError> {
        Ok(calendar::Entity::find()
            .select_only()
            .columns([C::Name, C::RefreshFault])
            .filter(C::RefreshFault.is_not_null())
            .order_by_asc(C::Name)
            .limit(1)
            .into_tuple()
            .one(&self.reader)
            .await?)
    }

    /// [`Store::change_calendar_days`] as an act of the product itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh_calendar_days(
        &self,
        name: &str,
        (detail, at): (String, DateTime<Utc>),
        change: impl Fn(Option<&str>) -> Option<String>,
    ) -> Result<bool, StoreError> {
        let act = Act::of_its_own("calendar.refresh", at).detail(detail);
        self.change_calendar_days(&act, name, None, change).await
    }
}
