//! Opens the database: a MySQL server may start after us, and two of our servers may start at once.

use std::time::Duration;

use super::{DataDir, StartError, Stop};
use crate::config::Config;
use crate::store::{Engine, Store, StoreError};

/// Pause before an unreachable database is tried again.
const KNOCK: Duration = Duration::from_secs(2);
/// Another server may be migrating at the same time; MySQL then refuses our statements.
const MIGRATION_TRIES: u32 = 5;

/// Opens and migrates the database; waits for a MySQL server that does not answer. `None` when the process was asked
/// to stop meanwhile.
pub(super) async fn open_patiently(
    config: &Config,
    data: &DataDir,
    stop: &Stop,
) -> Result<Option<Store>, StartError> {
    let mut logged = "";
    let mut refused = 0;
    loop {
        let error = match open(config, data).await {
            Ok(store) => {
                tracing::info!(database = store.engine().name(), "the database is ready");
                return Ok(Some(store));
            }
            Err(error) => error,
        };
        if !error.is_away() {
            refused += 1;
            let is_final = config.database_url.is_empty() || error.is_unusable();
            if is_final || refused == MIGRATION_TRIES {
                return Err(error.into());
            }
        } else {
            let words = trouble(&error);
            // Logged once, and again when the error changes.
            if std::mem::replace(&mut logged, words) != words {
                tracing::error!(error = &error as &dyn std::error::Error, "{words}");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(KNOCK) => {}
            () = stop.first() => return Ok(None),
        }
    }
}

async fn open(config: &Config, data: &DataDir) -> Result<Store, StoreError> {
    let store = Store::open(&config.database_url, data.path()).await?;
    store.migrate().await?;
    debug_assert!(store.engine() == Engine::Mysql || config.database_url.is_empty());
    Ok(store)
}

/// The log message for a database that accepts no connection. One that refuses us is reachable and is tried again all
/// the same: the account may be created after the server that uses it has started.
fn trouble(error: &StoreError) -> &'static str {
    if error.is_refused() {
        "the database refuses the user or the password in DATABASE_URL, or has no database of that name; trying again until it takes them"
    } else if error.mysql_code().is_some() {
        "the database refuses the connection; trying again until it takes it"
    } else {
        "the database does not answer; trying again until it does"
    }
}
