//! The user that commands run as, and their folders.

mod pool;
mod scratch;

pub use pool::Pool;

use std::collections::HashSet;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use app::id::TaskId;
use nix::fcntl::OFlag;
use nix::unistd::{Gid, Uid, User};
use sha2::{Digest, Sha256};

use crate::config::{PoolError, RunAsPool};

/// Why no commands can be run.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// `JCRONTAB_RUN_AS` names no user of this machine.
    #[error("there is no user {name:?} on this machine; set JCRONTAB_RUN_AS to one that exists")]
    NoSuchUser {
        /// The name as given.
        name: String,
    },
    /// The parent of the folder of scratch folders does not exist.
    #[error(
        "the scratch folder {} cannot be made: {} does not exist; create it, or set JCRONTAB_SCRATCH_DIR to a folder whose parent exists",
        path.display(), parent.display()
    )]
    NoParent {
        /// The folder.
        path: PathBuf,
        /// Its parent.
        parent: PathBuf,
    },
    /// The scratch folder could not be made, or belongs to another user.
    #[error("the scratch folder {} cannot be used", path.display())]
    Scratch {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Why a task may not run as a user.
#[derive(Debug, thiserror::Error)]
pub enum RunAsError {
    /// Only root can become another user.
    #[error("this server is not root, so commands can only run as {own}")]
    NotRoot {
        /// The user of the server.
        own: String,
    },
    /// It is not in the list of allowed users.
    #[error("{name} is not in JCRONTAB_RUN_AS_ALLOW")]
    NotListed {
        /// The user.
        name: String,
    },
    /// The user does not exist on this machine.
    #[error("there is no user {name} on this machine")]
    NoSuchUser {
        /// The user.
        name: String,
    },
    /// Its scratch folder.
    #[error(transparent)]
    Scratch(IdentityError),
}

impl RunAsError {
    /// The code in the reason of a run (`app::run::RunReason::NotStarted`).
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotRoot { .. } => "run_as_not_root",
            Self::NotListed { .. } => "run_as_not_listed",
            Self::NoSuchUser { .. } => "run_as_unknown",
            Self::Scratch(_) => "scratch",
        }
    }

    /// The detail that follows the code.
    pub(super) fn detail(&self) -> String {
        match self {
            Self::NotRoot { own } => own.clone(),
            Self::NotListed { name } | Self::NoSuchUser { name } => name.clone(),
            Self::Scratch(IdentityError::Scratch { path, source }) => {
                format!("{source}: {}", path.display())
            }
            Self::Scratch(error) => error.to_string(),
        }
    }
}

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
pub struct Whom {
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
    pub usual: Whom,
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
            Whom {
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
    pub(super) fn own_scratch(&self) -> Option<&Path> {
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
    pub(super) fn whom(&self, task: TaskId, name: &str) -> Result<Whom, RunAsError> {
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
    pub(super) fn task_folders(&self) -> std::io::Result<Vec<TaskFolder>> {
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
    pub(super) fn remove_orphans(&self, folders: &[TaskFolder], tasks: &[TaskId]) -> usize {
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
    pub(super) fn folder_of(&self, task: TaskId) -> Option<TaskFolder> {
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

/// The folder of the default user. Versions before 0.2 named it after the key.
fn usual_scratch(parent: &Path, host_key: &str) -> PathBuf {
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

/// Another user than the server's, which is root.
fn other(user: User, parent: &Path, scratch: PathBuf) -> Result<Whom, IdentityError> {
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
    Ok(Whom {
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

/// Why the folder of scratch folders cannot be used. A missing parent has its own error: the system's
/// message does not name it.
fn unusable(path: &Path, source: std::io::Error) -> IdentityError {
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
fn open_parent(path: &Path) -> std::io::Result<()> {
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
fn prepare(path: &Path, owner: Uid, give_to: Option<Gid>) -> Result<(), IdentityError> {
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

#[cfg(test)]
mod tests;
