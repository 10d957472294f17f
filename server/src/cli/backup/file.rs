//! The file of a backup: it has its name only once it is complete and on the disk.

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::super::{Failure, lang, sentence};
use crate::auth::token::random_id;

/// A file that is being written under another name beside its place; removed unless it is kept.
#[derive(Debug)]
pub(super) struct NewFile {
    place: PathBuf,
    written: PathBuf,
    file: File,
    replaces: bool,
    kept: bool,
}

impl NewFile {
    /// Creates the file, mode 0600.
    pub(super) fn create(place: &Path, replaces: bool) -> Result<Self, Failure> {
        refuse_existing(place, replaces)?;
        let name = place
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let Some(name) = name else {
            return Err(Failure::usage(lang().pick(
                format!("{} 不是文件名", place.display()),
                format!("{} is not the name of a file", place.display()),
            )));
        };
        let written = place.with_file_name(format!(".{name}.{}.part", random_id(4)));
        let mut options = File::options();
        options.write(true).create_new(true).mode(0o600);
        let file = (options.open(&written)).map_err(|error| unwritable(place, &error))?;
        Ok(Self {
            place: place.to_owned(),
            written,
            file,
            replaces,
            kept: false,
        })
    }

    /// The file, to write to.
    pub(super) const fn handle(&self) -> &File {
        &self.file
    }

    /// Gives the file its name once it is on the disk; returns its size.
    pub(super) fn keep(mut self) -> Result<u64, Failure> {
        let failed = |error: std::io::Error| unwritable(&self.place, &error);
        self.file.sync_all().map_err(failed)?;
        let size = self.file.metadata().map_err(failed)?.len();
        // Another one may have been made meanwhile.
        refuse_existing(&self.place, self.replaces)?;
        std::fs::rename(&self.written, &self.place).map_err(failed)?;
        let folder = match self.place.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // A name is on the disk with its folder. Some file systems cannot do that for a folder.
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .inspect_err(|error| tracing::debug!(%error, "the folder of the backup is not synced"))
            .ok();
        self.kept = true;
        Ok(size)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.kept {
            // It is incomplete, and there may be no way to remove it.
            std::fs::remove_file(&self.written).ok();
        }
    }
}

fn refuse_existing(place: &Path, replaces: bool) -> Result<(), Failure> {
    if replaces || std::fs::symlink_metadata(place).is_err() {
        return Ok(());
    }
    let place = place.display();
    Err(Failure::refused(lang().pick(
        format!("{place} 已经存在；换一个名字，或加 --force 覆盖"),
        format!("{place} exists; choose another name, or add --force to replace it"),
    )))
}

fn unwritable(place: &Path, error: &std::io::Error) -> Failure {
    let (place, why) = (place.display(), sentence(error));
    let user = nix::unistd::Uid::effective();
    Failure::error(lang().pick(
        format!("用户 {user} 不能写 {place}：{why}。换一个这个用户能写的文件夹，或用 jcrontab backup - > 文件"),
        format!("user {user} cannot write {place}: {why}; choose a folder that this user can write, or use jcrontab backup - > FILE"),
    ))
}
