//! When the last backup was made, how old the installation is, and how large its database.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder, QuerySelect, Set, Statement};

use super::entity::{backup_made, user};
use super::txn::transaction;
use super::{Act, Engine, Store, StoreError};

/// The key of the only row.
const ONLY: i32 = 1;

/// A backup that was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BackupMade {
    /// The file, as it was named; empty where it was written to a pipe.
    pub place: String,
    /// Its size, where that is known.
    pub bytes: Option<i64>,
    /// Whether stored outputs are in it.
    pub outputs: bool,
    /// Whether the key is in it.
    pub secret_key: bool,
}

/// Bytes of a database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DatabaseSize {
    /// All of them.
    pub bytes: i64,
    /// Those that deleted rows have left.
    pub reusable: i64,
}

impl Store {
    /// Notes a backup in the place of the one before.
    ///
    /// # Errors
    /// When the database fails, or has an older layout.
    pub async fn note_backup(&self, act: &Act, made: &BackupMade) -> Result<(), StoreError> {
        use backup_made::Column as B;
        transaction!(self, |tx| {
            let row = backup_made::ActiveModel {
                id: Set(ONLY),
                at: Set(act.at()),
                who: Set(act.who().to_owned()),
                place: Set(made.place.clone()),
                bytes: Set(made.bytes),
                outputs: Set(made.outputs),
                secret_key: Set(made.secret_key),
            };
            let same = OnConflict::column(B::Id)
                .update_columns([B::At, B::Who, B::Place, B::Bytes, B::Outputs, B::SecretKey])
                .to_owned();
            backup_made::Entity::insert(row)
                .on_conflict(same)
                .exec_without_returning(tx)
                .await?;
            act.record(tx, None).await?;
            Ok(())
        })
    }

    /// The last backup: when, by whom, and what it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_backup(
        &self,
    ) -> Result<Option<(DateTime<Utc>, String, BackupMade)>, StoreError> {
        let row = backup_made::Entity::find_by_id(ONLY)
            .one(&self.reader)
            .await?;
        let made = |row: backup_made::Model| {
            let made = BackupMade {
                place: row.place,
                bytes: row.bytes,
                outputs: row.outputs,
                secret_key: row.secret_key,
            };
            (row.at, row.who, made)
        };
        Ok(row.map(made))
    }

    /// Since when there has been an account, which is how old the installation is; `None` without one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_account_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(user::Entity::find()
            .select_only()
            .column(user::Column::CreatedAt)
            .order_by_asc(user::Column::CreatedAt)
            .limit(1)
            .into_tuple()
            .one(&self.reader)
            .await?)
    }

    /// How large the database is, without its log.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn size(&self) -> Result<Option<DatabaseSize>, StoreError> {
        let sql = match self.engine {
            Engine::Sqlite => {
                "SELECT p.page_count * s.page_size, f.freelist_count * s.page_size \
                 FROM pragma_page_count p, pragma_page_size s, pragma_freelist_count f"
            }
            // As old as the engine's statistics, which is good enough for a size.
            Engine::Mysql => {
                "SELECT CAST(COALESCE(SUM(data_length + index_length), 0) AS SIGNED), \
                 CAST(COALESCE(SUM(data_free), 0) AS SIGNED) \
                 FROM information_schema.tables WHERE table_schema = DATABASE()"
            }
        };
        let statement = Statement::from_string(self.reader.get_database_backend(), sql);
        let Some(row) = self.reader.query_one_raw(statement).await? else {
            return Ok(None);
        };
        Ok(Some(DatabaseSize {
            bytes: row.try_get_by_index(0)?,
            reusable: row.try_get_by_index(1)?,
        }))
    }
}
