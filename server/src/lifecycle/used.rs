//! Records in the data folder which database its server uses: commands that change the folder and the database
//! together must not use another one, such as the embedded database where `DATABASE_URL` is set for the service
//! alone.

use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The file in the data folder.
const FILE: &str = "database.used";
/// The usual port of MySQL and MariaDB.
const PORT: u16 = 3306;
/// Bytes of the file that are read.
const MAX: usize = 1024;

/// The database of a `DATABASE_URL` for display: without user and password.
#[must_use]
pub fn database_of(url: &str) -> String {
    let Ok(url) = url::Url::parse(url) else {
        return "jcrontab.db".to_owned();
    };
    let host = url.host_str().unwrap_or_default();
    let port = url.port().unwrap_or(PORT);
    let name = url.path().trim_start_matches('/');
    format!("mysql://{host}:{port}/{name}")
}

/// Records the database that a server uses from now on; returns whether it used the same one before.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn note(folder: &Path, url: &str) -> std::io::Result<bool> {
    let line = database_of(url);
    if noted(folder)?.is_some_and(|before| before == line) {
        return Ok(true);
    }
    let mut file = std::fs::File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(folder.join(FILE))?;
    file.write_all(line.as_bytes())?;
    file.sync_all()?;
    Ok(false)
}

/// The database that the folder's server used last; `None` when none is recorded.
///
/// # Errors
/// When the file cannot be read.
pub fn noted(folder: &Path) -> std::io::Result<Option<String>> {
    match std::fs::read(folder.join(FILE)) {
        Ok(bytes) => {
            let bytes = &bytes[..bytes.len().min(MAX)];
            let text = String::from_utf8_lossy(bytes).trim().to_owned();
            Ok((!text.is_empty()).then_some(text))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::database_of;

    #[test]
    fn a_database_is_named_without_its_password() {
        for (url, named) in [
            ("", "jcrontab.db"),
            (
                "mysql://u:p%40ss@db.test/cron?ssl-mode=required",
                "mysql://db.test:3306/cron",
            ),
            (
                "mariadb://u@10.0.0.1:3307/cron",
                "mysql://10.0.0.1:3307/cron",
            ),
        ] {
            assert_eq!(database_of(url), named);
        }
    }
}
