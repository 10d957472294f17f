//! Opening the database: a MySQL server may come up after us, and two of us may start at once.

use std::time::Duration;

use super::{DataDir, StartError, Stop};
use crate::config::Config;
use crate::store::{Engine, Store, StoreError};

/// Pause before a database that is away is tried again.
const KNOCK: Duration = Duration::from_secs(2);
/// Another server may be migrating at the same time; MySQL then refuses our statements.
const MIGRATION_TRIES: u32 = 5;

/// Opens and migrates the database; a MySQL server that does not answer is waited for. `None`
/// when the process was told to stop meanwhile.
pub(super) async fn open_patiently(
    config: &Config,
    data: &DataDir,
    stop: &Stop,
) -> Result<Option<Store>, StartError> {
    let mut told = false;
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
            if config.database_url.is_empty() || refused == MIGRATION_TRIES {
                return Err(error.into());
            }
        } else if !std::mem::replace(&mut told, true) {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the database does not answer; trying again until it does"
            );
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
