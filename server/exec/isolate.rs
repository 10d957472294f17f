//! Keeping a command away from the server's data folder and from the processes of other commands,
//! where both run as the same user and file modes say nothing.
//!
//! | argument | what it does | system |
//! |---|---|---|
//! | `private=FOLDER` | a mount namespace in which an empty folder lies over this one; for who is not root in a user namespace | namespaces, which some distributions and container runtimes forbid |
//! | `deny=FOLDER` | a Landlock domain that allows the files of everything but this folder | Linux 5.13 |
//! | `keep=FOLDER` | a folder inside of that one which stays | |
//! | `alone` | a Landlock domain: processes outside of it cannot be traced, nor their environment, memory and files be read in `/proc` | Linux 5.19 |
//!
//! A namespace is made once, by the launcher, and inherited by all that it forks. A domain is each
//! command's own, and costs it one call. See ADR 22.

use std::ffi::{CString, c_int};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::sys::isolation::{self as calls, Rights};
use crate::sys::number_of;

/// What is asked for.
#[derive(Default)]
pub struct Wanted {
    /// The folder that an empty one is put over.
    pub private: Option<PathBuf>,
    /// The folder whose files a domain does not allow.
    pub deny: Option<PathBuf>,
    /// What stays of it.
    pub keep: Option<PathBuf>,
    /// A domain in any case.
    pub alone: bool,
}

/// What is prepared for commands of this process and its children.
#[derive(Default)]
pub struct Isolation {
    wanted: Wanted,
    rules: Option<Rules>,
}

/// A Landlock ruleset, and what it was made from.
struct Rules {
    ruleset: OwnedFd,
    /// When entries of the folders above the denied one last changed.
    seen: Vec<(PathBuf, (i64, i64))>,
    /// Becomes readable when something is mounted or unmounted.
    mounts: Option<File>,
}

impl Wanted {
    /// Takes an argument; `None` when it is none of these.
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

    /// Prepares what can be prepared once: enters the namespace, makes the rules.
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
    /// Before a command is forked: makes the rules anew when something beside the denied folder
    /// came or went, since what has no rule is denied.
    pub fn refresh(&mut self) {
        if self.rules.as_ref().is_some_and(Rules::is_stale)
            && let Ok(rules) = Rules::of(&self.wanted)
        {
            self.rules = rules;
        }
    }

    /// Enters a domain of its own, for good. Needs `no_new_privs`.
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
    // What is mounted on the machine later is seen here; what is mounted here stays here.
    calls::follow_mounts()?;
    // In this namespace, and before it is covered.
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

/// A handle on a place, not on what is in it; links are not followed.
fn open_path(path: &Path) -> Result<File, c_int> {
    File::options()
        .read(true)
        .custom_flags(calls::O_PATH | calls::O_NOFOLLOW)
        .open(path)
        .map_err(|error| number_of(&error))
}

impl Rules {
    /// The rules for what is wanted; `None` when no domain is.
    fn of(wanted: &Wanted) -> Result<Option<Self>, c_int> {
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
                // First: what changes while the rules are made is seen afterwards.
                rules.mounts = File::open("/proc/self/mountinfo").ok();
                rules.allow_all_but(folder, &rights)?;
                if let Some(keep) = &wanted.keep {
                    calls::allow(&rules.ruleset, &open_path(keep)?, rights.folder())?;
                }
            }
            // Denies nothing: it only makes the domain one that the kernel takes.
            None => {
                if rights.folder() != 0 {
                    calls::allow(&rules.ruleset, &open_path(Path::new("/"))?, rights.folder())?;
                }
            }
        }
        Ok(Some(rules))
    }

    /// Rules hold for all that is below, and cannot take anything back: so everything beside the
    /// way from the root to the folder gets one.
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
                // What is gone again, or not ours to open, is nothing that a command could use.
                let Ok(place) = open_path(&path) else {
                    continue;
                };
                let Ok(found) = place.metadata() else {
                    continue;
                };
                let allowed = if found.is_dir() {
                    rights.folder()
                } else if found.is_symlink() {
                    // Where it leads to has a rule, or none on purpose.
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
