//! On-call rotas. They are few and read whole.

use app::oncall::{ROTAS_MAX, Rota, owner_of_rota};
use app::ticket::TicketState;
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set,
};

use super::audit::Before;
use super::code::is_one_of;
use super::entity::{message_rule, message_summary, oncall, task, ticket, urge_default};
use super::ledger::{EVERY_TASK, note_change};
use super::row_version::{FIRST_VERSION, count};
use super::rules::of_owner;
use super::tickets::names;
use super::txn::transaction;
use super::unreadable::RowKind;
use super::uses::{USES_MAX, Uses, names_of};
use super::{Act, Store, StoreError, Tx};

/// What came of removing a rota.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RotaRemoval {
    /// It is gone.
    Done,
    /// There is none.
    Unknown,
    /// Something names it.
    InUse(Uses),
}

/// What came of writing a rota.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RotaPut {
    /// It is written.
    Done,
    /// It was changed since it was read.
    Outdated,
    /// There are as many as there may be.
    TooMany,
}

fn read(row: oncall::Model) -> Result<(Rota, i64), StoreError> {
    let rota = serde_json::from_str(&row.rota).map_err(|_| StoreError::UnknownValue {
        what: "rota",
        value: row.name,
    })?;
    Ok((rota, row.version))
}

impl Store {
    /// All rotas by name, each with its version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rotas(&self) -> Result<Vec<(Rota, i64)>, StoreError> {
        let rows = oncall::Entity::find()
            .order_by_asc(oncall::Column::Name)
            .limit(ROTAS_MAX)
            .all(&self.reader)
            .await?;
        let key = |row: &oncall::Model| row.name.clone();
        self.unreadable.skip_all(RowKind::Rota, rows, key, read)
    }

    /// One rota with its version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rota(&self, name: &str) -> Result<Option<(Rota, i64)>, StoreError> {
        let row = oncall::Entity::find_by_id(name.to_owned());
        row.one(&self.reader).await?.map(read).transpose()
    }

    /// Adds a rota, or replaces the one that was read with this version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_rota(
        &self,
        act: &Act,
        rota: &Rota,
        version: Option<i64>,
    ) -> Result<RotaPut, StoreError> {
        let put = self.put_rota_once(act, rota, version).await;
        match put {
            // Another person has added one with this name.
            Err(error) if error.is_duplicate() => Ok(RotaPut::Outdated),
            put => put,
        }
    }

    async fn put_rota_once(
        &self,
        act: &Act,
        rota: &Rota,
        version: Option<i64>,
    ) -> Result<RotaPut, StoreError> {
        use oncall::Column as C;
        let (text, now) = (serde_json::json!(rota).to_string(), act.at());
        transaction!(self, |tx| {
            let own = Condition::all().add(C::Name.eq(rota.name.as_str()));
            let was = Before::<oncall::Entity>::read(tx, own).await?;
            if let Some(version) = version {
                let update = oncall::Entity::update_many()
                    .col_expr(C::Rota, Expr::value(text.clone()))
                    .col_expr(C::Version, Expr::col(C::Version).add(1))
                    .col_expr(C::UpdatedAt, Expr::value(now))
                    .filter(C::Name.eq(rota.name.as_str()))
                    .filter(C::Version.eq(version));
                if update.exec(tx).await?.rows_affected != 1 {
                    return Ok(RotaPut::Outdated);
                }
            } else {
                if oncall::Entity::find().count(tx).await? >= ROTAS_MAX {
                    return Ok(RotaPut::TooMany);
                }
                let row = oncall::ActiveModel {
                    name: Set(rota.name.clone()),
                    rota: Set(text.clone()),
                    version: Set(FIRST_VERSION),
                    updated_at: Set(now),
                };
                let insert = oncall::Entity::insert(row);
                insert.exec_without_returning(tx).await?;
            }
            was.record(tx, act, None).await?;
            Ok(RotaPut::Done)
        })
    }

    /// Removes a rota that nothing names, with `read` only while it has that version.
    ///
    /// # Errors
    /// [`StoreError::Outdated`] when it has another version; or when the database fails.
    pub async fn delete_rota(
        &self,
        act: &Act,
        name: &str,
        read: Option<i64>,
    ) -> Result<RotaRemoval, StoreError> {
        use oncall::{Column as C, Entity};
        transaction!(self, |tx| {
            // The lock that every change of a task takes first: none may start to name it in between.
            note_change(tx, EVERY_TASK, act.at()).await?;
            let uses = uses(tx, name).await?;
            if !uses.is_empty() {
                return Ok(RotaRemoval::InUse(uses));
            }
            let row = Condition::all().add(C::Name.eq(name));
            if !count::<Entity>(tx, row.clone(), C::Version, read).await? {
                return Ok(RotaRemoval::Unknown);
            }
            let was = Before::<Entity>::read(tx, row).await?;
            Entity::delete_by_id(name.to_owned()).exec(tx).await?;
            was.record(tx, act, None).await?;
            Ok(RotaRemoval::Done)
        })
    }
}

/// Who names a rota: the first ones of each kind.
async fn uses(tx: &Tx, name: &str) -> Result<Uses, StoreError> {
    use task::Column as T;
    use ticket::Column as C;
    let owner = owner_of_rota(name);
    let of_tasks = names(Expr::col(T::Owners), &owner)?.or(names(Expr::col(T::Tickets), &owner)?);
    let tasks = task::Entity::find()
        .select_only()
        .columns([T::Id, T::Name])
        .filter(of_tasks)
        .order_by_asc(T::Id)
        .limit(USES_MAX as u64)
        .into_tuple()
        .all(tx)
        .await?;
    let of_policies = names(Expr::col(urge_default::Column::Policy), &owner)?;
    let policies = urge_default::Entity::find()
        .select_only()
        .column(urge_default::Column::Tag)
        .filter(of_policies)
        .order_by_asc(urge_default::Column::Tag)
        .limit(USES_MAX as u64)
        .into_tuple()
        .all(tx)
        .await?;
    let asked = C::Owner
        .eq(owner.as_str())
        .or(names(Expr::col(C::Asked), &owner)?);
    let mut open = ticket::Entity::find()
        .select_only()
        .columns([C::Id, C::TaskId])
        .filter(is_one_of(C::State, &TicketState::OPEN))
        .filter(asked);
    // SQLite takes it by itself, and knows no such hint.
    QueryTrait::query(&mut open).force_index("ix_ticket_state", IndexHintScope::All);
    let tickets: Vec<(i64, i64)> = open
        .order_by_asc(C::Id)
        .limit(USES_MAX as u64)
        .into_tuple()
        .all(tx)
        .await?;
    let ids: Vec<i64> = tickets.iter().map(|(_, task)| *task).collect();
    let called = names_of(tx, &ids).await?;
    let tickets = tickets.into_iter().map(|(id, task)| {
        let name = called.get(&task).cloned().unwrap_or_default();
        (id, name)
    });
    let rules = message_rule::Entity::find()
        .select_only()
        .columns([message_rule::Column::Id, message_rule::Column::Name])
        .filter(of_owner(&owner))
        .order_by_asc(message_rule::Column::Id)
        .limit(USES_MAX as u64)
        .into_tuple()
        .all(tx)
        .await?;
    let summaries = message_summary::Entity::find()
        .select_only()
        .column(message_summary::Column::Name)
        .filter(message_summary::Column::Owner.eq(owner.as_str()))
        .order_by_asc(message_summary::Column::Name)
        .limit(USES_MAX as u64)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(Uses {
        tasks,
        policies,
        tickets: tickets.collect(),
        rules,
        summaries,
        ..Uses::default()
    })
}
