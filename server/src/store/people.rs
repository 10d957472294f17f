//! People with a zone or hours of their own. They are few and read whole.

use app::person::{PEOPLE_MAX, Person};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::calendars::has_calendars;
use super::entity::{person, ticket};
use super::ledger::lock_cluster;
use super::row_version::{FIRST_VERSION, count, count_or_new};
use super::txn::transaction;
use super::uses::USES_MAX;
use super::{Act, Store, StoreError, Tx};

/// What came of writing a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PersonPut {
    /// It is written.
    Done,
    /// There are as many as there may be.
    TooMany,
    /// The calendar was deleted meanwhile.
    NoCalendar,
}

impl From<person::Model> for Person {
    fn from(row: person::Model) -> Self {
        Self {
            name: row.name,
            zone: row.zone,
            hours_from: row.hours_from,
            hours_until: row.hours_until,
            calendar: row.calendar,
            version: row.version,
        }
    }
}

/// The row of a person.
fn called(name: &str) -> Condition {
    Condition::all().add(person::Column::Name.eq(name))
}

/// The people who are asked on working days of a calendar; the first ones, by name.
pub(super) async fn people_with(tx: &Tx, calendar: &str) -> Result<Vec<String>, StoreError> {
    let named = person::Entity::find()
        .select_only()
        .column(person::Column::Name)
        .filter(person::Column::Calendar.eq(calendar))
        .order_by_asc(person::Column::Name)
        .limit(USES_MAX as u64);
    Ok(named.into_tuple().all(tx).await?)
}

/// How many people are asked on working days of a calendar.
pub(super) async fn count_with<C: ConnectionTrait>(
    connection: &C,
    calendar: &str,
) -> Result<u64, StoreError> {
    let named = person::Entity::find().filter(person::Column::Calendar.eq(calendar));
    Ok(named.count(connection).await?)
}

/// Lets people follow the new name of a calendar.
pub(super) async fn rename_calendar(tx: &Tx, from: &str, to: &str) -> Result<(), StoreError> {
    person::Entity::update_many()
        .col_expr(person::Column::Calendar, Expr::value(to))
        .filter(person::Column::Calendar.eq(from))
        .exec(tx)
        .await?;
    Ok(())
}

/// Has the loop look again at tickets that wait for the hours of people: it knows from when they count.
async fn wake_resting(tx: &Tx) -> Result<(), StoreError> {
    use ticket::Column as C;
    ticket::Entity::update_many()
        .col_expr(C::NextUrgeAt, Expr::col(C::RestsSince))
        .col_expr(C::Version, Expr::col(C::Version).add(1))
        // Only open ones have a next time, which is an index.
        .filter(C::NextUrgeAt.is_not_null())
        .filter(C::RestsSince.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}

impl Store {
    /// All people with a zone or hours of their own, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn people(&self) -> Result<Vec<Person>, StoreError> {
        let rows = person::Entity::find()
            .order_by_asc(person::Column::Name)
            .limit(PEOPLE_MAX)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Person::from).collect())
    }

    /// One of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person(&self, name: &str) -> Result<Option<Person>, StoreError> {
        let row = person::Entity::find_by_id(name.to_owned());
        Ok(row.one(&self.reader).await?.map(Person::from))
    }

    /// Sets the zone and the hours of a person, with `read` only if they still have that version.
    ///
    /// # Errors
    /// [`StoreError::Outdated`] when they were changed since they were read; or when the database fails.
    pub async fn put_person(
        &self,
        act: &Act,
        read: Option<i64>,
        person: &Person,
    ) -> Result<PersonPut, StoreError> {
        use person::Column as P;
        let now = act.at();
        transaction!(self, |tx| {
            // The lock that deleting a calendar takes first.
            lock_cluster(tx).await?;
            if !has_calendars(tx, person.calendar.as_deref().into_iter()).await? {
                return Ok(PersonPut::NoCalendar);
            }
            let row = called(&person.name);
            if count_or_new::<person::Entity>(tx, row, P::Version, read).await? {
                person::Entity::update_many()
                    .col_expr(P::Zone, Expr::value(person.zone.clone()))
                    .col_expr(P::HoursFrom, Expr::value(person.hours_from.clone()))
                    .col_expr(P::HoursUntil, Expr::value(person.hours_until.clone()))
                    .col_expr(P::Calendar, Expr::value(person.calendar.clone()))
                    .col_expr(P::UpdatedAt, Expr::value(now))
                    .filter(called(&person.name))
                    .exec(tx)
                    .await?;
            } else if person::Entity::find().count(tx).await? >= PEOPLE_MAX {
                return Ok(PersonPut::TooMany);
            } else {
                let row = person::ActiveModel {
                    name: Set(person.name.clone()),
                    zone: Set(person.zone.clone()),
                    hours_from: Set(person.hours_from.clone()),
                    hours_until: Set(person.hours_until.clone()),
                    calendar: Set(person.calendar.clone()),
                    version: Set(FIRST_VERSION),
                    updated_at: Set(now),
                };
                let insert = person::Entity::insert(row);
                insert.exec_without_returning(tx).await?;
            }
            wake_resting(tx).await?;
            act.record(tx, None).await?;
            Ok(PersonPut::Done)
        })
    }

    /// Removes the zone and the hours of a person, with `read` only while they have that version; false when there are
    /// none.
    ///
    /// # Errors
    /// [`StoreError::Outdated`] when they have another version; or when the database fails.
    pub async fn delete_person(
        &self,
        act: &Act,
        name: &str,
        read: Option<i64>,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let version = person::Column::Version;
            if !count::<person::Entity>(tx, called(name), version, read).await? {
                return Ok(false);
            }
            person::Entity::delete_by_id(name.to_owned())
                .exec(tx)
                .await?;
            wake_resting(tx).await?;
            act.record(tx, None).await?;
            Ok(true)
        })
    }
}
