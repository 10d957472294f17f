//! The user that commands run as, and their folders.

mod error;
mod folder;
mod pool;
mod scratch;

pub use error::{IdentityError, RunAsError};
pub use pool::Pool;

use std::collections::HashSet;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::{Gid, Uid, User};
use sha2::{Digest, Sha256};

use crate::order::TaskId;
use crate::run_as_pool::{PoolError, RunAsPool};
use folder::{open_parent, prepare, unusable, usual_scratch};

/// The user and the groups to switch to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Switch {
    /// The user.
    pub uid: u32,
    /// Its own group.
    pub gid: u32,
    /// All its groups.
    pub groups: Vec<u32>,
}

/// A user that commands run as.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunAsUser {
    /// The name, for display.
    pub user: String,
    /// Set when that is another user than the server's.
    pub switch: Option<Switch>,
    /// The working directory of commands whose task names none.
    pub scratch: PathBuf,
    /// `HOME` of the commands: the user's own where it has one, else the folder above.
    pub home: PathBuf,
}

/// Decides which user commands run as.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The user of commands whose task names none.
    pub usual: RunAsUser,
    /// The data folder's key, which commands never see.
    pub host_key: String,
    /// Marks every process of ours, so that orphans of a dead server can be found.
    pub mark: String,
    /// Holds the scratch folders of all root servers of this machine; root's own.
    scratch_dir: PathBuf,
    /// A user for each task that names none.
    pool: Option<Pool>,
    /// Other users that tasks may name.
    allowed: Vec<String>,
}

impl Identity {
    /// Chooses the user of commands: the server's own, or, when that is root, `run_as`, unless
    /// `allow_root` is set. `scratch_dir` contains the scratch folders of users other than the server's.
    ///
    /// # Errors
    /// When the user does not exist or the scratch folder cannot be made.
    pub fn new(
        run_as: &str,
        allow_root: bool,
        data_dir: &Path,
        host_key: &str,
        scratch_dir: &Path,
    ) -> Result<Self, IdentityError> {
        let me = Uid::effective();
        let usual = if me.is_root() && !allow_root {
            let user = User::from_name(run_as).ok().flatten();
            let user = user.ok_or_else(|| IdentityError::NoSuchUser {
                name: run_as.to_owned(),
            })?;
            other(user, scratch_dir, usual_scratch(scratch_dir, host_key))?
        } else {
            let own = User::from_uid(me).ok().flatten();
            let scratch = data_dir.join("scratch");
            prepare(&scratch, me, None)?;
            RunAsUser {
                home: own
                    .as_ref()
                    .map_or_else(|| PathBuf::from("/"), |user| user.dir.clone()),
                user: own.map_or_else(|| me.to_string(), |user| user.name),
                switch: None,
                scratch,
            }
        };
        Ok(Self {
            usual,
            host_key: host_key.to_owned(),
            mark: mark_of(host_key),
            scratch_dir: scratch_dir.to_owned(),
            pool: None,
            allowed: Vec::new(),
        })
    }

    /// Allows tasks to run as these users, besides the default one. Only root can become another user.
    #[must_use]
    pub fn allowing(mut self, users: &[String]) -> Self {
        let names = users.iter().map(|name| name.trim());
        self.allowed = names
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        self
    }

    /// Gives each task that names no user one of its own, if commands run as another user than the
    /// server's, which needs root.
    ///
    /// # Errors
    /// When the range cannot be used.
    pub fn pooled(mut self, pool: RunAsPool) -> Result<Self, PoolError> {
        if self.usual.switch.is_some() {
            self.pool = Pool::open(pool)?;
        }
        Ok(self)
    }

    /// Whether tasks that name no user have one each.
    #[must_use]
    pub fn pool(&self) -> Option<&Pool> {
        self.pool.as_ref()
    }

    /// The scratch folder of commands that run as the server's own user.
    pub(crate) fn own_scratch(&self) -> Option<&Path> {
        self.usual
            .switch
            .is_none()
            .then_some(self.usual.scratch.as_path())
    }

    /// Users that a task may name, the default one first.
    #[must_use]
    pub fn allowed_users(&self) -> Vec<String> {
        let mut users = vec![self.usual.user.clone()];
        if Uid::effective().is_root() {
            for name in &self.allowed {
                if !users.contains(name) {
                    users.push(name.clone());
                }
            }
        }
        users
    }

    /// Checks that a task may run as this user; empty means the default one.
    ///
    /// # Errors
    /// When it may not, or when there is no such user.
    pub fn check_run_as(&self, name: &str) -> Result<(), RunAsError> {
        self.account(name).map(|_| ())
    }

    /// The home folder of a user of this machine, and whether tasks that name no user run as it.
    #[must_use]
    pub fn home_of(&self, name: &str) -> Option<(String, bool)> {
        let user = User::from_name(name).ok().flatten()?;
        let home = user.dir.to_str()?.to_owned();
        Some((home, user.name == self.usual.user))
    }

    /// The account of a user that a task may name; `None` for the default one.
    fn account(&self, name: &str) -> Result<Option<User>, RunAsError> {
        if name.is_empty() || name == self.usual.user {
            return Ok(None);
        }
        if !Uid::effective().is_root() {
            return Err(RunAsError::NotRoot {
                own: self.usual.user.clone(),
            });
        }
        let name = name.to_owned();
        if !self.allowed.contains(&name) {
            return Err(RunAsError::NotListed { name });
        }
        // Looked up each time: accounts are added and removed while a server runs.
        match User::from_name(&name).ok().flatten() {
            Some(user) => Ok(Some(user)),
            None => Err(RunAsError::NoSuchUser { name }),
        }
    }

    /// The user of a task, with its scratch folder prepared.
    pub(crate) fn whom(&self, task: TaskId, name: &str) -> Result<RunAsUser, RunAsError> {
        if let Some(pool) = self.pool.as_ref().filter(|_| name.is_empty()) {
            let whom = pool.whom(task, &self.scratch_dir, &self.mark);
            return whom.map_err(RunAsError::Scratch);
        }
        match self.account(name)? {
            None => Ok(self.usual.clone()),
            Some(user) => {
                let scratch = format!("{}-{}", self.mark, user.uid);
                let scratch = self.scratch_dir.join(scratch);
                other(user, &self.scratch_dir, scratch).map_err(RunAsError::Scratch)
            }
        }
    }
}

/// A folder of a task's own user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaskFolder {
    name: String,
    user: u32,
}

impl Identity {
    /// The scratch folders of tasks' own users, whether or not the tasks still exist. Folders of users
    /// that tasks name are not included: they are shared.
    pub(crate) fn task_folders(&self) -> std::io::Result<Vec<TaskFolder>> {
        let Some(pool) = &self.pool else {
            return Ok(Vec::new());
        };
        let named = self.allowed_users();
        let named = named.iter().filter_map(|name| User::from_name(name).ok()?);
        let named: HashSet<u32> = named.map(|user| user.uid.as_raw()).collect();
        let own = |name: &str| {
            let user: u32 = name
                .strip_prefix(&self.mark)?
                .strip_prefix('-')?
                .parse()
                .ok()?;
            let is_own = pool.has(user) && !named.contains(&user);
            is_own.then(|| TaskFolder {
                name: name.to_owned(),
                user,
            })
        };
        let mut found = Vec::new();
        let entries = match std::fs::read_dir(&self.scratch_dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
            Err(error) => return Err(error),
        };
        for entry in entries {
            found.extend(entry?.file_name().to_str().and_then(own));
        }
        Ok(found)
    }

    /// Removes those folders that belong to no task any more; returns how many. Blocks. `tasks` are all
    /// tasks, read after the folders were listed.
    pub(crate) fn remove_orphans(&self, folders: &[TaskFolder], tasks: &[TaskId]) -> usize {
        let Some(pool) = &self.pool else { return 0 };
        let users: HashSet<u32> = tasks.iter().map(|task| pool.user_of(*task)).collect();
        let orphans = folders.iter().filter(|one| !users.contains(&one.user));
        let mut removed = 0;
        for orphan in orphans {
            let owner = Uid::from_raw(orphan.user);
            match scratch::remove(&self.scratch_dir, &orphan.name, owner) {
                Ok(()) => removed += 1,
                Err(error) => tracing::warn!(
                    %error,
                    folder = %self.scratch_dir.join(&orphan.name).display(),
                    "the scratch folder of a deleted task cannot be removed"
                ),
            }
        }
        removed
    }

    /// The folder of a task's own user, where it has one.
    pub(crate) fn folder_of(&self, task: TaskId) -> Option<TaskFolder> {
        let user = self.pool.as_ref()?.user_of(task);
        let name = format!("{}-{user}", self.mark);
        let folder = TaskFolder { name, user };
        self.scratch_dir
            .join(&folder.name)
            .exists()
            .then_some(folder)
    }
}

/// The mark of a data folder's processes and scratch folders, which does not reveal its key.
#[must_use]
pub fn mark_of(host_key: &str) -> String {
    let hash = Sha256::new()
        .chain_update(b"jcrontab mark\0")
        .chain_update(host_key)
        .finalize();
    hash[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Another user than the server's, which is root.
fn other(user: User, parent: &Path, scratch: PathBuf) -> Result<RunAsUser, IdentityError> {
    // Not in the data folder, which is closed to the user of commands, and not in the system's temporary
    // folder, where other users can write and old files are cleaned up.
    open_parent(parent).map_err(|source| unusable(parent, source))?;
    prepare(&scratch, user.uid, Some(user.gid))?;
    let groups = std::ffi::CString::new(user.name.as_str())
        .ok()
        .and_then(|name| nix::unistd::getgrouplist(&name, user.gid).ok())
        .unwrap_or_else(|| vec![user.gid]);
    let at_home = std::fs::metadata(&user.dir)
        .is_ok_and(|found| found.is_dir() && found.uid() == user.uid.as_raw());
    Ok(RunAsUser {
        switch: Some(Switch {
            uid: user.uid.as_raw(),
            gid: user.gid.as_raw(),
            groups: groups.into_iter().map(Gid::as_raw).collect(),
        }),
        home: if at_home { user.dir } else { scratch.clone() },
        scratch,
        user: user.name,
    })
}

#[cfg(test)]
mod tests;
