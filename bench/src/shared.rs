//! Files that the commands of tasks use. They are outside of the data folders of servers, which are hidden from commands
//! (ADR 22), and any user can reach them, since a server that runs as root may give each task a user of its own.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::Failure;

/// The program that stamps, as it was compiled.
const STAMP: &str = env!("STAMP");

static FOLDER: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("jcrontab-bench-{}", std::process::id())));
static PROGRAM: LazyLock<String> = LazyLock::new(|| FOLDER.join("stamp").display().to_string());

/// Creates the folder, with the program that stamps in it.
pub(crate) fn prepare() -> Result<(), Failure> {
    std::fs::create_dir_all(&*FOLDER)?;
    allow(&FOLDER, 0o755)?;
    std::fs::copy(STAMP, &*PROGRAM)?;
    allow(Path::new(&*PROGRAM), 0o755)
}

/// The program that stamps.
pub(crate) fn stamp() -> &'static str {
    &PROGRAM
}

/// An empty file of this name, to which commands may write.
pub(crate) fn writable(name: &str) -> Result<PathBuf, Failure> {
    let path = FOLDER.join(name);
    std::fs::File::create(&path)?;
    allow(&path, 0o666)?;
    Ok(path)
}

/// An empty folder of this name, whose files commands may read.
pub(crate) fn readable(name: &str) -> Result<PathBuf, Failure> {
    let path = FOLDER.join(name);
    if path.exists() {
        std::fs::remove_dir_all(&path)?;
    }
    std::fs::create_dir(&path)?;
    allow(&path, 0o755)?;
    Ok(path)
}

/// Deletes the folder.
pub(crate) fn clear() -> Result<(), Failure> {
    std::fs::remove_dir_all(&*FOLDER)?;
    Ok(())
}

fn allow(path: &Path, mode: u32) -> Result<(), Failure> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    Ok(())
}
