//! Opening the database: a MySQL server may come up after us, and two of us may start at once.

use std::time::Duration;

use super::{DataDir, StartError, Stop};
use crate::config::Config;
use crate::store::{Engine, Store, StoreError};

/// Pause before a database that is away is tried again.
const KNOCK: Duration = Duration::from_secs(2);
/// Another server may be migrating at the same time; MySQL then refuses our statements.
const MIGRATION_TRIES: u32 = 5;

/// Opens and migrates the database; a MySQL server that does not answer is waited for. `None` when
/// the process was asked to stop meanwhile.
pub(super) async fn open_patiently(
    config: &Config,
    data: &DataDir,
    stop: &Stop,
) -> Result<Option<Store>, StartError> {
    let mut told = "";
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
        } else {
            let words = trouble(&error);
            // Once, and again when it is another one.
            if std::mem::replace(&mut told, words) != words {
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

/// What to say of a database that takes no connection. One that answers with a refusal is not away,
/// and is tried again all the same: an account may be made after the server that uses it.
///
/// The driver's types are known to the store alone, so this goes by its words:
/// `error returned from database: 1045 (28000): Access denied for …`.
fn trouble(error: &(dyn std::error::Error + 'static)) -> &'static str {
    let mut next = Some(error);
    let mut refused = false;
    while let Some(error) = next {
        let text = error.to_string();
        // The SQLSTATE of a user or password that is not let in.
        if text.contains(" (28000): ") {
            return "the database refuses the user or the password in DATABASE_URL; trying again until it takes them";
        }
        refused |= text.contains("error returned from database: ");
        next = error.source();
    }
    if refused {
        "the database refuses the connection; trying again until it takes it"
    } else {
        "the database does not answer; trying again until it does"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the database failed")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn a_refusal_is_told_from_silence() {
        let told = |text: &'static str| trouble(&Outer(std::io::Error::other(text)));
        let wrong = told(
            "Connection Error: error returned from database: 1045 (28000): Access denied for user 'u'@'h'",
        );
        assert!(
            wrong.contains("refuses the user or the password"),
            "{wrong}"
        );
        let unknown = told("error returned from database: 1049 (42000): Unknown database 'x'");
        assert!(unknown.contains("refuses the connection"), "{unknown}");
        let away = told("Connection refused (os error 111)");
        assert!(away.contains("does not answer"), "{away}");
    }
}
