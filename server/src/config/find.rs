//! Where `jcrontab.toml` is looked for, and who may have written it.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The file of packages.
const SYSTEM: &str = "/etc/jcrontab/jcrontab.toml";
/// Its name in the data folder.
const NAME: &str = "jcrontab.toml";
/// Bytes that a file may have.
const BYTES_MAX: u64 = 1024 * 1024;

/// How a file that cannot be read is treated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reading {
    /// By a command that is, or acts as, a server: every file must be readable.
    Server,
    /// By a command that asks a server: a file that was not named and may not be read by this user is skipped.
    Client,
}

/// A file that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Where.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// Whether it is the one in the data folder, which cannot say where the data folder is.
    pub is_in_data_dir: bool,
}

/// Finds the file: the one that is named (empty for none), else that of packages, else the one in the data folder.
///
/// # Errors
/// When it cannot be read, or others may write to it.
pub fn find(
    named: Option<&str>,
    data_dir: &Path,
    reading: Reading,
) -> Result<Option<Found>, String> {
    find_in(named, Path::new(SYSTEM), data_dir, reading)
}

fn find_in(
    named: Option<&str>,
    system: &Path,
    data_dir: &Path,
    reading: Reading,
) -> Result<Option<Found>, String> {
    if let Some(named) = named {
        if named.is_empty() {
            return Ok(None);
        }
        let path = PathBuf::from(named);
        let text = read(&path, None).map_err(|error| sentence(&path, &error))?;
        return Ok(Some(Found {
            path,
            text,
            is_in_data_dir: false,
        }));
    }
    for (path, is_in_data_dir) in [(system.to_owned(), false), (data_dir.join(NAME), true)] {
        // A command of root that asks a server acts as the owner of the data folder.
        let owner = match (is_in_data_dir, reading) {
            (true, Reading::Client) => std::fs::metadata(data_dir).ok().map(|folder| folder.uid()),
            _ => None,
        };
        match read(&path, owner) {
            Ok(text) => {
                return Ok(Some(Found {
                    path,
                    text,
                    is_in_data_dir,
                }));
            }
            Err(error) if is_absent(&error) => {}
            Err(error)
                if error.kind() == std::io::ErrorKind::PermissionDenied
                    && reading == Reading::Client =>
            {
                tracing::debug!(path = %path.display(), "the settings file is not readable for this user");
            }
            Err(error) => return Err(sentence(&path, &error)),
        }
    }
    Ok(None)
}

fn is_absent(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory)
}

fn sentence(path: &Path, error: &std::io::Error) -> String {
    format!(
        "the settings file {} cannot be used: {error}",
        path.display()
    )
}

/// Whoever can write to the file decides which commands run as which user: so only root and the user of this process
/// may; and the user `owner`, where the process acts as that one.
fn read(path: &Path, owner: Option<u32>) -> std::io::Result<String> {
    let file = File::open(path)?;
    let about = file.metadata()?;
    let refused = |why: &str| Err(std::io::Error::other(why.to_owned()));
    if about.is_dir() {
        return refused("it is a folder");
    }
    let me = nix::unistd::Uid::effective().as_raw();
    if about.is_file() {
        if about.uid() != 0 && about.uid() != me && Some(about.uid()) != owner {
            return refused("it belongs to neither root nor the user of this process");
        }
        if about.mode() & 0o022 != 0 {
            return refused("others than its owner may write to it; chmod go-w");
        }
    }
    let mut text = String::new();
    file.take(BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > BYTES_MAX {
        return refused("it has more than 1 MiB");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_named_file_comes_first_then_the_systems_then_the_one_in_the_data_folder() {
        let id = crate::auth::token::random_id(8);
        let folder = std::env::temp_dir().join(format!("jcrontab-find-{id}"));
        let data = folder.join("data");
        std::fs::create_dir_all(&data).expect("a folder");
        let (system, named) = (folder.join("system.toml"), folder.join("named.toml"));
        let local = data.join(NAME);
        let found = |given: Option<&str>| {
            let found = find_in(given, &system, &data, Reading::Server).expect("readable");
            found.map(|found| (found.path, found.is_in_data_dir))
        };
        let write = |path: &Path| {
            std::fs::write(path, "").expect("a file");
            let mode = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(path, mode).expect("its mode");
        };
        assert_eq!(found(None), None);
        write(&local);
        assert_eq!(found(None), Some((local.clone(), true)));
        write(&system);
        assert_eq!(found(None), Some((system.clone(), false)));
        write(&named);
        let name = named.display().to_string();
        assert_eq!(found(Some(&name)), Some((named.clone(), false)));
        assert_eq!(found(Some("")), None, "no file at all");
        let missing = folder.join("none").display().to_string();
        for reading in [Reading::Server, Reading::Client] {
            assert!(find_in(Some(&missing), &system, &data, reading).is_err());
        }
        // Somebody else could decide what runs as root.
        for mode in [0o620, 0o602, 0o666] {
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&system, mode).expect("its mode");
            let refused = find_in(None, &system, &data, Reading::Client).expect_err("refused");
            assert!(refused.contains("chmod go-w"), "{refused}");
        }
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
