//! Edits a text in the user's own editor; the file stays until the text is saved elsewhere.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Failure, lang, sentence};
use crate::auth::token::random_id;

/// The maximum size of an edited text.
const TEXT_MAX: u64 = 4 * 1024 * 1024;
/// The suffix of the names of the files.
const SUFFIX: &str = ".toml";

/// A text in a file that only its owner can read. The file stays until it is discarded, so that no
/// input is lost.
#[derive(Debug)]
pub(super) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// A new TOML file in the folder for temporary files.
    pub(super) fn new(prefix: &str, text: &str) -> Result<Self, Failure> {
        let name = format!("{prefix}{}{SUFFIX}", random_id(6));
        let scratch = Self {
            path: std::env::temp_dir().join(name),
        };
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&scratch.path)
            .map_err(|error| scratch.failed(&error))?;
        if let Err(error) = file.write_all(text.as_bytes()) {
            let failure = scratch.failed(&error);
            scratch.discard();
            return Err(failure);
        }
        Ok(scratch)
    }

    /// Whether the file still holds this text.
    pub(super) fn holds(&self, text: &str) -> bool {
        read(&self.path).is_ok_and(|found| found == text)
    }

    /// The path of the file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces the text.
    pub(super) fn write(&self, text: &str) -> Result<(), Failure> {
        std::fs::write(&self.path, text).map_err(|error| self.failed(&error))
    }

    /// Opens it in `$VISUAL`, `$EDITOR` or vi, waits for the editor to exit, and returns the text.
    pub(super) fn edit(&self) -> Result<String, Failure> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let editor = (set("VISUAL").or_else(|| set("EDITOR"))).unwrap_or_else(|| "vi".into());
        // The variable is a command line such as `code --wait`, so a shell runs it, as git does.
        let mut line = editor.clone();
        line.push(" \"$@\"");
        let ended = Command::new("/bin/sh")
            .arg("-c")
            .arg(line)
            .arg(&editor)
            .arg(&self.path)
            .status()
            .map_err(|error| self.failed(&error))?;
        if !ended.success() {
            let editor = editor.display();
            return Err(Failure::error(lang().pick(
                format!("编辑器 {editor} 没有正常结束（{ended}），什么都没有保存"),
                format!("the editor {editor} failed ({ended}), so nothing was saved"),
            )));
        }
        read(&self.path)
    }

    /// Removes the file: the text is saved, or was not changed.
    pub(super) fn discard(self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(path = %self.path.display(), %error, "the file of an editor stays");
        }
    }

    fn failed(&self, error: &std::io::Error) -> Failure {
        Failure::error(format!("{}: {}", self.path.display(), sentence(error)))
    }
}

/// Removes a file that an earlier edit has kept, and only such a one: it is in the folder for temporary
/// files and has a name that [`Scratch`] makes.
pub(super) fn discard_kept(path: &Path, prefix: &str) {
    let name = path.file_name().and_then(|name| name.to_str());
    let is_kept = path.parent() == Some(std::env::temp_dir().as_path())
        && name.is_some_and(|name| name.starts_with(prefix) && name.ends_with(SUFFIX));
    if is_kept {
        let path = path.to_owned();
        Scratch { path }.discard();
    }
}

/// The text of a file, or of stdin for `-`.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    let failed =
        |error: std::io::Error| Failure::error(format!("{}: {}", path.display(), sentence(&error)));
    let mut text = String::new();
    let count = if path == Path::new("-") {
        std::io::stdin()
            .take(TEXT_MAX + 1)
            .read_to_string(&mut text)
    } else {
        let file = File::open(path).map_err(failed)?;
        file.take(TEXT_MAX + 1).read_to_string(&mut text)
    };
    if count.map_err(failed)? as u64 > TEXT_MAX {
        return Err(Failure::usage(lang().pick(
            format!("{} 超过 4 MiB", path.display()),
            format!("{} is larger than 4 MiB", path.display()),
        )));
    }
    Ok(text)
}
