//! Why commands, or those of one task, cannot run as a user.

use std::path::PathBuf;

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
    /// The code in the reason of a run ([`crate::Cause::NotStarted`]).
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotRoot { .. } => "run_as_not_root",
            Self::NotListed { .. } => "run_as_not_listed",
            Self::NoSuchUser { .. } => "run_as_unknown",
            Self::Scratch(_) => "scratch",
        }
    }

    /// The detail that follows the code.
    pub(crate) fn detail(&self) -> String {
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
