//! Entries of the audit log as a chain: what is sealed, what is still to be sealed, and where the chain begins.
//!
//! How codes are made is not known here: they are passed in.

use app::audit::AuditOutcome;
use app::transition::Word;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select, Set,
};

use super::super::entity::audit::{Column as A, Entity, Model};
use super::super::entity::audit_chain::{
    ActiveModel as ChainRow, Column as C, Entity as Chain, Model as ChainModel,
};
use super::super::row_version::raced;
use super::super::txn::transaction;
use super::super::{Store, StoreError, Tx};

/// The key of the only row.
const ONLY: i32 = 1;

/// An entry as it is stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SealedRow {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub who: String,
    /// By which door.
    pub via: String,
    /// From where.
    pub client: Option<String>,
    /// What.
    pub action: String,
    /// The number of the object.
    pub object_id: Option<i64>,
    /// For a change of a task: the version that it made.
    pub object_version: Option<i64>,
    /// The rest of what is known.
    pub detail: String,
    /// How it ended, as it is stored.
    pub outcome: Option<String>,
    /// How many times it happened, where that is counted.
    pub times: Option<i64>,
    /// Each changed field with its value before and after, as JSON.
    pub changes: Option<String>,
    /// Its place in the chain; `None` until it is sealed.
    pub seq: Option<i64>,
    /// Its code.
    pub mac: Option<String>,
}

impl SealedRow {
    /// How it ended.
    #[must_use]
    pub fn ended(&self) -> AuditOutcome {
        let word = self.outcome.as_deref().unwrap_or_default();
        AuditOutcome::read_or_default(word).unwrap_or_default()
    }
}

impl From<Model> for SealedRow {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            at: row.at,
            who: row.who,
            via: row.via,
            client: row.client,
            action: row.action,
            object_id: row.object_id,
            object_version: row.object_version,
            detail: row.detail,
            outcome: row.outcome,
            times: row.times,
            changes: row.changes,
            seq: row.seq,
            mac: row.mac,
        }
    }
}

/// An end of the chain: a place, its code, and the signature of both.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ChainEnd {
    /// The place; 0 for before the first entry.
    pub seq: i64,
    /// The code of the entry there; empty for none.
    pub mac: String,
    /// The signature.
    pub signature: String,
}

/// The chain as it is stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChainHead {
    /// The newest entry that is sealed.
    pub head: ChainEnd,
    /// The newest entry that was deleted because it was no longer kept.
    pub cut: ChainEnd,
}

/// What sealing some entries gives: a code for each of them in their order, and the signature of the new end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SealBatch {
    /// The codes.
    pub macs: Vec<String>,
    /// The signature.
    pub signature: String,
}

impl From<ChainModel> for ChainHead {
    fn from(row: ChainModel) -> Self {
        Self {
            head: ChainEnd {
                seq: row.seq,
                mac: row.mac,
                signature: row.signature,
            },
            cut: ChainEnd {
                seq: row.cut_seq,
                mac: row.cut_mac,
                signature: row.cut_signature,
            },
        }
    }
}

/// Entries by their places: MariaDB would look for the few that are not sealed among all of them.
fn in_the_chain(mut entries: Select<Entity>) -> Select<Entity> {
    QueryTrait::query(&mut entries).force_index("uq_audit_seq", IndexHintScope::All);
    entries
}

async fn stored<D: ConnectionTrait>(db: &D) -> Result<Option<ChainModel>, StoreError> {
    Ok(Chain::find_by_id(ONLY).one(db).await?)
}

/// The chain, locked until the transaction ends: servers seal and cut one after another.
async fn locked(tx: &Tx) -> Result<ChainHead, StoreError> {
    Chain::update_many()
        .col_expr(C::Seq, Expr::col(C::Seq))
        .filter(C::Id.eq(ONLY))
        .exec(tx)
        .await?;
    stored(tx)
        .await?
        .map(ChainHead::from)
        .ok_or(StoreError::UnknownValue {
            what: "the chain of the audit log",
            value: "none".to_owned(),
        })
}

impl Store {
    /// The sealed key of the chain. Where there is none yet, `mine` becomes it, with the signatures of a chain without
    /// entries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_key(
        &self,
        mine: impl Fn() -> Result<(String, [String; 2]), StoreError> + Send + Sync,
    ) -> Result<String, StoreError> {
        if let Some(row) = stored(&self.reader).await? {
            return Ok(row.key_sealed);
        }
        transaction!(self, |tx| {
            if let Some(row) = stored(tx).await? {
                return Ok(row.key_sealed);
            }
            let (key_sealed, [signature, cut_signature]) = mine()?;
            let row = ChainRow {
                id: Set(ONLY),
                key_sealed: Set(key_sealed.clone()),
                seq: Set(0),
                mac: Set(String::new()),
                signature: Set(signature),
                cut_seq: Set(0),
                cut_mac: Set(String::new()),
                cut_signature: Set(cut_signature),
            };
            let insert = Chain::insert(row);
            insert.exec_without_returning(tx).await.map_err(raced)?;
            Ok(key_sealed)
        })
    }

    /// The sealed key of the chain as it is; writes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_audit_key(&self) -> Result<Option<String>, StoreError> {
        Ok(stored(&self.reader).await?.map(|row| row.key_sealed))
    }

    /// Where the chain begins and ends; `None` before anything is sealed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_chain(&self) -> Result<Option<ChainHead>, StoreError> {
        Ok(stored(&self.reader).await?.map(ChainHead::from))
    }

    /// Whether an entry is not sealed yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_unsealed(&self) -> Result<bool, StoreError> {
        let query = in_the_chain(Entity::find().filter(A::Seq.is_null()));
        let query = query.select_only().column(A::Id).limit(1);
        let found: Option<i64> = query.into_tuple().one(&self.reader).await?;
        Ok(found.is_some())
    }

    /// Seals entries that are not sealed yet, at most `limit`, in the order of their numbers: `seal` makes their codes
    /// from the end of the chain. Those of refused attempts are sealed only from before `counted`. How many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seal_audit(
        &self,
        limit: u64,
        counted: DateTime<Utc>,
        seal: impl Fn(&ChainEnd, &[SealedRow]) -> SealBatch + Send + Sync,
    ) -> Result<u64, StoreError> {
        transaction!(self, |tx| {
            let end = locked(tx).await?.head;
            let is_final = Condition::any()
                .add(A::Outcome.is_null())
                .add(A::Outcome.ne(AuditOutcome::Refused.word()))
                .add(A::At.lte(counted));
            let query = in_the_chain(Entity::find().filter(A::Seq.is_null()).filter(is_final));
            let rows = query.order_by_asc(A::Id).limit(limit).all(tx).await?;
            let rows: Vec<SealedRow> = rows.into_iter().map(SealedRow::from).collect();
            if rows.is_empty() {
                return Ok(0);
            }
            let batch = seal(&end, &rows);
            let mut seq = end.seq;
            for (row, mac) in rows.iter().zip(&batch.macs) {
                seq += 1;
                let sealed = Entity::update_many()
                    .col_expr(A::Seq, Expr::value(seq))
                    .col_expr(A::Mac, Expr::value(mac.as_str()))
                    .filter(A::Id.eq(row.id))
                    .filter(A::Seq.is_null())
                    .exec(tx)
                    .await?;
                if sealed.rows_affected != 1 {
                    return Err(StoreError::Raced);
                }
            }
            let mac = batch.macs.last().cloned().unwrap_or_default();
            Chain::update_many()
                .col_expr(C::Seq, Expr::value(seq))
                .col_expr(C::Mac, Expr::value(mac))
                .col_expr(C::Signature, Expr::value(batch.signature))
                .filter(C::Id.eq(ONLY))
                .exec(tx)
                .await?;
            Ok(rows.len() as u64)
        })
    }

    /// Sets how many attempts an entry about refused ones stands for; false when it is sealed, or nothing can be yet. Under
    /// the lock of the chain, so that no code is made of the former number meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recount_refused(&self, id: i64, times: i64) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let chain = Chain::update_many()
                .col_expr(C::Seq, Expr::col(C::Seq))
                .filter(C::Id.eq(ONLY))
                .exec(tx)
                .await?;
            if chain.rows_affected == 0 {
                return Ok(false);
            }
            let counted = Entity::update_many()
                .col_expr(A::Times, Expr::value(times))
                .filter(A::Id.eq(id))
                .filter(A::Seq.is_null())
                .filter(A::Outcome.eq(AuditOutcome::Refused.word()))
                .exec(tx)
                .await?;
            Ok(counted.rows_affected == 1)
        })
    }

    /// Sealed entries after a place, in the order of the chain.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_sealed(&self, after: i64, limit: u64) -> Result<Vec<SealedRow>, StoreError> {
        let query = in_the_chain(Entity::find().filter(A::Seq.gt(after)));
        let query = query.order_by_asc(A::Seq).limit(limit);
        let rows = query.all(&self.reader).await?;
        Ok(rows.into_iter().map(SealedRow::from).collect())
    }

    /// The entry at a place of the chain.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_at(&self, seq: i64) -> Result<Option<SealedRow>, StoreError> {
        let row = Entity::find()
            .filter(A::Seq.eq(seq))
            .one(&self.reader)
            .await?;
        Ok(row.map(SealedRow::from))
    }

    /// Deletes the first entries of the chain as far as they are from before an instant, at most `limit`, and notes
    /// where it begins now: `sign` makes the signature. What is not sealed stays. How many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_old_audit(
        &self,
        before: DateTime<Utc>,
        limit: u64,
        sign: impl Fn(i64, &str) -> String + Send + Sync,
    ) -> Result<u64, StoreError> {
        type Row = (i64, Option<i64>, DateTime<Utc>, Option<String>);
        let Some(chain) = self.audit_chain().await? else {
            return Ok(0);
        };
        let first = chain.cut.seq;
        let rows: Vec<Row> = in_the_chain(Entity::find().filter(A::Seq.gt(first)))
            .select_only()
            .columns([A::Id, A::Seq, A::At, A::Mac])
            .order_by_asc(A::Seq)
            .limit(limit)
            .into_tuple()
            .all(&self.reader)
            .await?;
        // The first ones only: what remains is a chain.
        let old: Vec<Row> = rows
            .into_iter()
            .take_while(|(_, _, at, _)| *at < before)
            .collect();
        let Some((_, Some(seq), _, Some(mac))) = old.last().cloned() else {
            return Ok(0);
        };
        let signature = sign(seq, &mac);
        transaction!(self, |tx| {
            if locked(tx).await?.cut.seq != first {
                // Another server has deleted them.
                return Ok(0);
            }
            Chain::update_many()
                .col_expr(C::CutSeq, Expr::value(seq))
                .col_expr(C::CutMac, Expr::value(mac.as_str()))
                .col_expr(C::CutSignature, Expr::value(signature.as_str()))
                .filter(C::Id.eq(ONLY))
                .exec(tx)
                .await?;
            let gone = Entity::delete_many()
                .filter(A::Id.is_in(old.iter().map(|(id, ..)| *id)))
                .exec(tx)
                .await?;
            Ok(gone.rows_affected)
        })
    }
}
