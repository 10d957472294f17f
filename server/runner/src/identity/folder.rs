//! Creates and checks scratch folders.

use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use nix::unistd::{Gid, Uid};

use super::{IdentityError, mark_of};

/// The folder of the default user. Versions before 0.2 named it after the key.
pub(super) fn usual_scratch(parent: &Path, host_key: &str) -> PathBuf {
    let scratch = parent.join(mark_of(host_key));
    let before = parent.join(host_key);
    if !scratch.exists()
        && before.is_dir()
        && let Err(error) = std::fs::rename(&before, &scratch)
    {
        tracing::warn!(%error, folder = %before.display(), "the scratch folder of an older version could not be moved");
    }
    scratch
}

/// Why the folder of scratch folders cannot be used. A missing parent has its own error: the system's
/// message does not name it.
pub(super) fn unusable(path: &Path, source: std::io::Error) -> IdentityError {
    let path = path.to_owned();
    match path.parent() {
        Some(parent) if source.kind() == std::io::ErrorKind::NotFound && !parent.exists() => {
            IdentityError::NoParent {
                parent: parent.to_owned(),
                path,
            }
        }
        _ => IdentityError::Scratch { path, source },
    }
}

/// Makes the folder of scratch folders: all users may pass through, none may list it.
pub(super) fn open_parent(path: &Path) -> std::io::Result<()> {
    match std::fs::DirBuilder::new().mode(0o711).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let found = std::fs::symlink_metadata(path)?;
    let mode = found.permissions().mode();
    // A user who can write there could replace the folder of another one.
    if !found.is_dir() || found.uid() != nix::unistd::geteuid().as_raw() || mode & 0o022 != 0 {
        return Err(std::io::Error::new(
            std::io::ErrorKind::PermissionDenied,
            "it must be a folder that belongs to the server's user and that others cannot write to",
        ));
    }
    // Our umask removes the search bits; a server that was killed before it set them left them so.
    if mode & 0o011 == 0o011 {
        return Ok(());
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode | 0o011))
}

/// Creates the folder if needed, closed to others, and checks that it is no link and belongs to its
/// owner.
pub(super) fn prepare(path: &Path, owner: Uid, give_to: Option<Gid>) -> Result<(), IdentityError> {
    let failed = |source| IdentityError::Scratch {
        path: path.to_owned(),
        source,
    };
    match std::fs::DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(error)),
    }
    // By descriptor and without following links, so that the folder that was checked is the one changed.
    let folder = std::fs::File::options()
        .read(true)
        .custom_flags((OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW).bits())
        .open(path)
        .map_err(failed)?;
    let found = folder.metadata().map_err(failed)?;
    // Still ours and empty: created just now, or by a server that was killed before it changed the owner.
    let is_fresh = || {
        found.uid() == nix::unistd::geteuid().as_raw()
            && std::fs::read_dir(path).is_ok_and(|mut inside| inside.next().is_none())
    };
    if let Some(group) = give_to
        && found.uid() != owner.as_raw()
        && is_fresh()
    {
        nix::unistd::fchown(&folder, Some(owner), Some(group)).map_err(|e| failed(e.into()))?;
    } else if found.uid() != owner.as_raw() {
        return Err(failed(std::io::Error::new(
            std::io::ErrorKind::PermissionDenied,
            "it is not a folder of the user that commands run as",
        )));
    }
    folder
        .set_permissions(std::fs::Permissions::from_mode(0o700))
        .map_err(failed)
}
