//! Replaces a crontab: at once, with a copy of what it was.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use super::{Crontab, ReplaceMode, crontab, limited, user_crontab};
use crate::cli::{Failure, lang, sentence};

impl Crontab {
    /// Keeps a copy in a folder, which only its owner can read; returns its path.
    pub(in crate::cli) fn back_up(&self, folder: &Path, at: &str) -> Result<PathBuf, Failure> {
        let failed = |error: std::io::Error| {
            Failure::error(format!("{}: {}", folder.display(), sentence(&error)))
        };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let private = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(folder, private).map_err(failed)?;
        let plain = |c: char| match c.is_ascii_alphanumeric() || matches!(c, '-' | '_') {
            true => c,
            false => '_',
        };
        let name: String = self.place.path.chars().map(plain).collect();
        for number in 0..1_000 {
            let path = folder.join(format!("{at}-{name}-{number}"));
            let made = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path);
            match made {
                Ok(mut file) => {
                    file.write_all(&self.bytes)
                        .and_then(|()| file.sync_all())
                        .map_err(failed)?;
                    return Ok(path);
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Err(Failure::error(format!("{}: full", folder.display())))
    }

    /// Replaces it, unless it was changed since it was read.
    pub(in crate::cli) fn replace(&self, new: &[u8]) -> Result<(), Failure> {
        let place = &self.place.path;
        let now = match &self.way {
            ReplaceMode::User(user) => user_crontab(user)?,
            ReplaceMode::File(path) => Some(
                File::open(path)
                    .and_then(limited)
                    .map_err(|error| Failure::error(format!("{place}: {}", sentence(&error))))?,
            ),
            ReplaceMode::Scripts(_) | ReplaceMode::Stdin => None,
        };
        if now.as_deref() != Some(self.bytes.as_slice()) {
            return Err(Failure::refused(lang().pick(
                format!("{place} 刚刚被修改过，没有改动它；请再试一次"),
                format!("{place} was changed just now, so it is left alone; try again"),
            )));
        }
        match &self.way {
            ReplaceMode::User(user) => by_program(user, new),
            ReplaceMode::File(path) => by_rename(path, new)
                .map_err(|error| Failure::error(format!("{place}: {}", sentence(&error)))),
            ReplaceMode::Scripts(_) | ReplaceMode::Stdin => Ok(()),
        }
    }
}

/// `crontab -u USER -`: it checks the text, renames its file over the old one and wakes cron.
fn by_program(user: &str, new: &[u8]) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::error(format!("crontab: {}", sentence(&error)));
    let mut child = crontab(user, &["-"])
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(new).map_err(failed)?;
    }
    let ended = child.wait_with_output().map_err(failed)?;
    match ended.status.success() {
        true => Ok(()),
        false => {
            let said = String::from_utf8_lossy(&ended.stderr);
            Err(Failure::error(format!("crontab: {}", said.trim())))
        }
    }
}

/// A file beside it, which cron does not read because of its name, takes its place.
fn by_rename(path: &Path, new: &[u8]) -> std::io::Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(std::io::ErrorKind::InvalidInput.into());
    };
    let old = std::fs::metadata(path)?;
    let beside = folder.join(format!(
        ".{}.jcrontab-{}",
        name.to_string_lossy(),
        std::process::id()
    ));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut file| {
            file.write_all(new)?;
            fchown(&file, Some(old.uid()), Some(old.gid()))?;
            file.set_permissions(std::fs::Permissions::from_mode(old.mode() & 0o7777))?;
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(&beside, path))
        .and_then(|()| File::open(folder)?.sync_all());
    if written.is_err() {
        // Of a failed rename; it may be gone already.
        std::fs::remove_file(&beside).ok();
    }
    written
}
