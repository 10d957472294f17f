//! Keeps a command away from the server's data folder and from the processes of other commands, for setups in which
//! all run as the same user and file modes do not separate them.
//!
//! | argument | what it does | system |
//! |---|---|---|
//! | `private=FOLDER` | a mount namespace in which an empty folder lies over this one; in a user namespace unless root | namespaces, which some distributions and container runtimes forbid |
//! | `deny=FOLDER` | a Landlock domain that allows the files of everything but this folder | Linux 5.13 |
//! | `keep=FOLDER` | a folder inside it that stays visible | |
//! | `alone` | a Landlock domain: processes outside cannot be traced, and their environment, memory and files cannot be read in `/proc` | Linux 5.19 |
//!
//! The launcher makes the namespace once, and everything it forks inherits it. Each command gets its own domain, at
//! the cost of one system call. See ADR 22.

use std::ffi::{CString, c_int};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::sys::isolation::{self as calls, Rights};
use crate::sys::number_of;

/// The requested isolation.
#[derive(Default)]
pub struct IsolationRequest {
    /// The folder that is covered by an empty one.
    pub private: Option<PathBuf>,
    /// The folder whose files the domain denies.
    pub deny: Option<PathBuf>,
    /// The part of it that stays accessible.
    pub keep: Option<PathBuf>,
    /// Create a domain even without a denied folder.
    pub alone: bool,
}

/// The isolation prepared for commands of this process and its children.
#[derive(Default)]
pub struct Isolation {
    wanted: IsolationRequest,
    rules: Option<Rules>,
}

/// A Landlock ruleset, and what it was made from.
struct Rules {
    ruleset: OwnedFd,
    /// When the folders above the denied one last changed.
    seen: Vec<(PathBuf, (i64, i64))>,
    /// Becomes readable after a mount or unmount.
    mounts: Option<File>,
}

impl IsolationRequest {
    /// Takes an argument; `None` if it is not one of these.
    pub fn read(&mut self, name: &[u8], value: &[u8]) -> Option<()> {
        let path = || Some(PathBuf::from(std::ffi::OsStr::from_bytes(value)));
        match name {
            b"private" => self.private = path(),
            b"deny" => self.deny = path(),
            b"keep" => self.keep = path(),
            b"alone" => self.alone = true,
            _ => return None,
        }
        Some(())
    }

    /// Prepares what can be prepared once: enters the namespace, builds the ruleset.
    pub fn prepare(self) -> Result<Isolation, c_int> {
        if let Some(folder) = &self.private {
            hide(folder, self.keep.as_deref())?;
        }
        let rules = Rules::of(&self)?;
        Ok(Isolation {
            wanted: self,
            rules,
        })
    }
}

impl Isolation {
    /// Called before a command is forked: rebuilds the ruleset when an entry beside the denied folder appeared or
    /// disappeared, since a path without a rule is denied.
    pub fn refresh(&mut self) {
        if self.rules.as_ref().is_some_and(Rules::is_stale)
            && let Ok(rules) = Rules::of(&self.wanted)
        {
            self.rules = rules;
        }
    }

    /// Enters a domain of its own, permanently. Needs `no_new_privs`.
    pub fn enter(&self) -> Result<(), c_int> {
        match &self.rules {
            Some(rules) => calls::restrict(&rules.ruleset),
            None => Ok(()),
        }
    }
}

/// Puts an empty folder over `folder` for this process and its children.
fn hide(folder: &Path, keep: Option<&Path>) -> Result<(), c_int> {
    let (uid, gid) = calls::ids();
    if uid == 0 {
        calls::unshare(calls::NEW_MOUNTS)?;
    } else {
        calls::unshare(calls::NEW_MOUNTS | calls::NEW_USERS)?;
        // user_namespaces(7): without `deny` the group may not be mapped.
        write("/proc/self/setgroups", "deny")?;
        write("/proc/self/uid_map", &format!("{uid} {uid} 1"))?;
        write("/proc/self/gid_map", &format!("{gid} {gid} 1"))?;
    }
    // Later mounts of the machine propagate into this namespace; mounts made here do not propagate out.
    calls::follow_mounts()?;
    // Opened in this namespace, before the folder is covered.
    let kept = keep.map(open_path).transpose()?;
    let target = name(folder)?;
    calls::mount_empty(&target)?;
    if let (Some(keep), Some(kept)) = (keep, kept) {
        std::fs::create_dir_all(keep).map_err(|error| number_of(&error))?;
        calls::bind(&kept, &name(keep)?)?;
    }
    calls::make_readonly(&target)
}

fn name(path: &Path) -> Result<CString, c_int> {
    CString::new(path.as_os_str().as_bytes()).map_err(|_| calls::EINVAL)
}

fn write(file: &str, text: &str) -> Result<(), c_int> {
    OpenOptions::new()
        .write(true)
        .open(file)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| number_of(&error))
}

/// A handle to the path itself (`O_PATH`), not to its content; does not follow links.
fn open_path(path: &Path) -> Result<File, c_int> {
    File::options()
        .read(true)
        .custom_flags(calls::O_PATH | calls::O_NOFOLLOW)
        .open(path)
        .map_err(|error| number_of(&error))
}

impl Rules {
    /// The ruleset for the request; `None` when no domain is needed.
    fn of(wanted: &IsolationRequest) -> Result<Option<Self>, c_int> {
        let rights = match &wanted.deny {
            Some(_) => Rights::of_files()?,
            None if wanted.alone => Rights::of_nothing()?,
            None => return Ok(None),
        };
        let mut rules = Self {
            ruleset: calls::ruleset(&rights)?,
            seen: Vec::new(),
            mounts: None,
        };
        match &wanted.deny {
            Some(folder) => {
                // Opened first, so that changes made while the ruleset is built are noticed.
                rules.mounts = File::open("/proc/self/mountinfo").ok();
                rules.allow_all_but(folder, &rights)?;
                if let Some(keep) = &wanted.keep {
                    calls::allow(&rules.ruleset, &open_path(keep)?, rights.folder())?;
                }
            }
            // Denies nothing: only there to make the ruleset one that the kernel accepts.
            None => {
                if rights.folder() != 0 {
                    calls::allow(&rules.ruleset, &open_path(Path::new("/"))?, rights.folder())?;
                }
            }
        }
        Ok(Some(rules))
    }

    /// A Landlock rule covers everything below its path and cannot be narrowed, so every entry beside the path from
    /// the root to the folder gets its own rule.
    fn allow_all_but(&mut self, folder: &Path, rights: &Rights) -> Result<(), c_int> {
        let mut above: Vec<&Path> = folder.ancestors().collect();
        above.reverse();
        for pair in above.windows(2) {
            let [parent, next] = pair else { continue };
            let failed = |error: std::io::Error| number_of(&error);
            let found = std::fs::metadata(parent).map_err(failed)?;
            self.seen.push((parent.to_path_buf(), (found.mtime(), found.mtime_nsec())));
            for entry in std::fs::read_dir(parent).map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                if path == *next {
                    continue;
                }
                // An entry that has disappeared or that we may not open is no use to a command either.
                let Ok(place) = open_path(&path) else {
                    continue;
                };
                let Ok(found) = place.metadata() else {
                    continue;
                };
                let allowed = if found.is_dir() {
                    rights.folder()
                } else if found.is_symlink() {
                    // Its target has a rule of its own, or deliberately none.
                    continue;
                } else {
                    rights.file()
                };
                calls::allow(&self.ruleset, &place, allowed)?;
            }
        }
        Ok(())
    }

    fn is_stale(&self) -> bool {
        let same = |(path, seen): &(PathBuf, (i64, i64))| {
            std::fs::metadata(path).is_ok_and(|now| (now.mtime(), now.mtime_nsec()) == *seen)
        };
        self.mounts.as_ref().is_some_and(calls::has_changed) || !self.seen.iter().all(same)
    }
}
