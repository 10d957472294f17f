//! Whether only the owner can access the data folder: it contains the key to all secrets, and the database.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use nix::unistd::{Gid, Uid, chown};

use super::DataDirError;

/// Mode bits of everyone except the owner.
const OTHERS: u32 = 0o077;
/// Files that only the server may read or replace.
const FILES: [&str; 6] = [
    "secret.key",
    "secret.key.old",
    "host.key",
    "jcrontab.db",
    "jcrontab.db-wal",
    "jcrontab.db-shm",
];

/// What is wrong with a folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exposure {
    /// It, or a file in it, belongs to this user.
    Owner(u32),
    /// Others have these permissions.
    Mode(u32),
}

/// Checks a folder and changes nothing; `None` when it is private or does not exist.
#[must_use]
pub fn exposure(path: &Path) -> Option<Exposure> {
    let files = FILES.iter().map(|file| path.join(file));
    std::iter::once(path.to_owned())
        .chain(files)
        .find_map(|path| exposed(&path))
}

fn exposed(path: &Path) -> Option<Exposure> {
    let found = std::fs::symlink_metadata(path).ok()?;
    let me = Uid::effective().as_raw();
    if found.uid() != me && found.uid() != 0 {
        return Some(Exposure::Owner(found.uid()));
    }
    let mode = found.permissions().mode() & 0o7777;
    // A key that others can read is refused explicitly (`auth::seal`). It must not be repaired silently, because it
    // may have been read.
    let is_key = path.file_name().is_some_and(|name| name == "secret.key");
    (mode & OTHERS != 0 && !is_key).then_some(Exposure::Mode(mode))
}

/// Makes the folder private to its owner, and logs that. A folder that does not exist is ignored.
///
/// # Errors
/// When that fails and others may write there.
pub(super) fn make_private(path: &Path) -> Result<(), DataDirError> {
    let failed = |path: &Path, source| DataDirError::Exposed {
        path: path.to_owned(),
        source,
    };
    let files = FILES.iter().map(|file| path.join(file));
    for path in std::iter::once(path.to_owned()).chain(files) {
        let Some(exposure) = exposed(&path) else {
            continue;
        };
        let shown = path.display();
        if let Exposure::Owner(owner) = exposure {
            // Only root can change the owner; otherwise the folder stays refused.
            let me = Uid::effective();
            if !me.is_root() {
                let why = format!("it belongs to user {owner}");
                return Err(failed(&path, std::io::Error::other(why)));
            }
            chown(&path, Some(me), Some(Gid::effective()))
                .map_err(|error| failed(&path, error.into()))?;
            tracing::warn!(owner, path = %shown, "it belonged to another user; its owner is now the server's user");
        }
        let found = std::fs::symlink_metadata(&path).map_err(|source| failed(&path, source))?;
        let mode = found.permissions().mode() & 0o7777;
        let is_key = path.file_name().is_some_and(|name| name == "secret.key");
        if mode & OTHERS == 0 || is_key || found.is_symlink() {
            continue;
        }
        tracing::warn!(mode = format!("{mode:04o}"), path = %shown, "other users had access to it; access removed");
        let narrowed = std::fs::Permissions::from_mode(mode & 0o700);
        if let Err(error) = std::fs::set_permissions(&path, narrowed) {
            if mode & 0o022 != 0 {
                return Err(failed(&path, error));
            }
            tracing::warn!(%error, path = %shown, "other users still have access to it");
        }
    }
    Ok(())
}
