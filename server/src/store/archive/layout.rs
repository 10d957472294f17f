//! The layout of a database: the migrations that it has. Which ones this version can use.

use migration::{Migrator, MigratorTrait};
use sea_orm::ConnectionTrait;

use super::super::{Engine, Store, StoreError};
use super::tables::{names, table_names};

/// Where sea-orm notes the migrations.
const MIGRATIONS: &str = "seaql_migrations";
/// A table that exists while a restore is filling the database. A server that finds it does not start.
pub(super) const UNFINISHED: &str = "restore_unfinished";

/// The names of all migrations of this version, in their order.
fn all() -> Vec<String> {
    let migrations = Migrator::migrations();
    migrations.iter().map(|one| one.name().to_owned()).collect()
}

/// How many migrations lead to a layout; `None` when this version does not know it: it is newer, or of another branch.
#[must_use]
pub fn layout_steps(layout: &[String]) -> Option<u32> {
    let all = all();
    let steps = u32::try_from(layout.len()).ok()?;
    (!layout.is_empty() && all.starts_with(layout)).then_some(steps)
}

/// The migrations that the database has, in their order; none for a database without tables of ours.
///
/// # Errors
/// When it has one that this version does not know, or is half restored.
pub(super) async fn usable_layout<C: ConnectionTrait>(
    db: &C,
    engine: Engine,
) -> Result<Vec<String>, StoreError> {
    let tables = table_names(db, engine).await?;
    if tables.iter().any(|table| table == UNFINISHED) {
        return Err(StoreError::HalfRestored);
    }
    if !tables.iter().any(|table| table == MIGRATIONS) {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT version FROM {MIGRATIONS} ORDER BY version");
    let applied = names(db, &sql, []).await?;
    let known = all();
    let foreign = applied.iter().rev().find(|one| !known.contains(one));
    match foreign {
        Some(layout) => Err(StoreError::NewerLayout {
            layout: layout.clone(),
        }),
        None => Ok(applied),
    }
}

impl Store {
    /// Checks that this version can use the database, as it is or after its migrations.
    ///
    /// # Errors
    /// When a newer version has migrated it, a restore into it was not finished, or it fails.
    pub async fn check_layout(&self) -> Result<(), StoreError> {
        usable_layout(&self.writer, self.engine).await?;
        Ok(())
    }
}
