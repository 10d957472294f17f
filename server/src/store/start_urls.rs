//! Addresses that start a task.

use app::id::TaskId;
use app::start_url::{START_URLS_MAX, StartUrl};
use app::time::Stamp;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::entity::start_url;
use super::ledger::lock_cluster;
use super::tasks::lock;
use super::txn::transaction;
use super::{Act, Store, StoreError, Tx};

/// A start URL as it is stored.
#[derive(Clone, Debug)]
pub struct NewStartUrlRow<'a> {
    /// Its name.
    pub name: &'a str,
    /// Hash of the token in its address.
    pub token_hash: &'a str,
    /// The sealed secret of its signatures.
    pub secret_sealed: Option<String>,
    /// The parameter that a body becomes.
    pub body_parameter: Option<String>,
}

/// What came of adding one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StartUrlPut {
    /// It is there.
    Done(StartUrl),
    /// The task has one with this name.
    Taken,
    /// The task has as many as it may have.
    TooMany,
    /// The task is gone.
    NoTask,
}

/// A start URL that a token belongs to.
#[derive(Clone, Debug)]
pub struct FoundStartUrl {
    id: i64,
    /// The task that it starts.
    pub task: TaskId,
    /// It.
    pub start_url: StartUrl,
    /// The sealed secret of its signatures.
    pub secret_sealed: Option<String>,
}

fn read(row: start_url::Model) -> StartUrl {
    StartUrl {
        name: row.name,
        signed: row.secret_sealed.is_some(),
        body_parameter: row.body_parameter,
        created_by: row.created_by,
        created_at: Stamp(row.created_at),
        last_used_at: row.last_used_at.map(Stamp),
    }
}

impl Store {
    /// The start URLs of a task, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start_urls(&self, task: TaskId) -> Result<Vec<StartUrl>, StoreError> {
        let rows = start_url::Entity::find()
            .filter(start_url::Column::TaskId.eq(task.0))
            .order_by_asc(start_url::Column::Name)
            .limit(START_URLS_MAX)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(read).collect())
    }

    /// Adds a start URL to a task.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_start_url(
        &self,
        act: &Act,
        task: TaskId,
        new: &NewStartUrlRow<'_>,
    ) -> Result<StartUrlPut, StoreError> {
        use start_url::Column as C;
        transaction!(self, |tx| {
            // The first lock of all that seal something: the key is not changed meanwhile.
            lock_cluster(tx).await?;
            // The task is not deleted meanwhile, and two that are added count each other.
            if !lock(tx, task).await? {
                return Ok(StartUrlPut::NoTask);
            }
            let of_task = || start_url::Entity::find().filter(C::TaskId.eq(task.0));
            if of_task().filter(C::Name.eq(new.name)).count(tx).await? > 0 {
                return Ok(StartUrlPut::Taken);
            }
            if of_task().count(tx).await? >= START_URLS_MAX {
                return Ok(StartUrlPut::TooMany);
            }
            let row = start_url::ActiveModel {
                task_id: Set(task.0),
                name: Set(new.name.to_owned()),
                token_hash: Set(new.token_hash.to_owned()),
                secret_sealed: Set(new.secret_sealed.clone()),
                body_parameter: Set(new.body_parameter.clone()),
                created_by: Set(act.who().to_owned()),
                created_at: Set(act.at()),
                ..Default::default()
            };
            let inserted = start_url::Entity::insert(row).exec(tx).await?;
            act.record(tx, Some(task.0)).await?;
            let row = start_url::Entity::find_by_id(inserted.last_insert_id);
            let row = row.one(tx).await?.map(read);
            Ok(row.map_or(StartUrlPut::NoTask, StartUrlPut::Done))
        })
    }

    /// Removes a start URL of a task; false when there is none with this name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_start_url(
        &self,
        act: &Act,
        task: TaskId,
        name: &str,
    ) -> Result<bool, StoreError> {
        use start_url::Column as C;
        transaction!(self, |tx| {
            let gone = start_url::Entity::delete_many()
                .filter(C::TaskId.eq(task.0))
                .filter(C::Name.eq(name))
                .exec(tx)
                .await?;
            if gone.rows_affected == 0 {
                return Ok(false);
            }
            act.record(tx, Some(task.0)).await?;
            Ok(true)
        })
    }

    /// The start URL with this token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start_url_of(
        &self,
        token_hash: &str,
    ) -> Result<Option<FoundStartUrl>, StoreError> {
        let row = start_url::Entity::find()
            .filter(start_url::Column::TokenHash.eq(token_hash))
            .one(&self.reader)
            .await?;
        Ok(row.map(|row| FoundStartUrl {
            id: row.id,
            task: TaskId(row.task_id),
            secret_sealed: row.secret_sealed.clone(),
            start_url: read(row),
        }))
    }

    /// Records that a start URL was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_start_url(
        &self,
        found: &FoundStartUrl,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        use start_url::Column as C;
        transaction!(self, |tx| {
            start_url::Entity::update_many()
                .col_expr(C::LastUsedAt, Expr::value(now))
                .filter(C::Id.eq(found.id))
                .exec(tx)
                .await?;
            Ok(())
        })
    }
}

/// Removes the start URLs of a task that is deleted.
pub(super) async fn forget_start_urls(tx: &Tx, task: TaskId) -> Result<(), StoreError> {
    start_url::Entity::delete_many()
        .filter(start_url::Column::TaskId.eq(task.0))
        .exec(tx)
        .await?;
    Ok(())
}
