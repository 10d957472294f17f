//! How the processes of a run are kept together, decided once at the start of a server.

use std::path::Path;

use crate::cgroup::{CgroupError, Cgroups};
use crate::helper::{Helper, HelperError};
use crate::identity::Identity;
use crate::isolation::{Isolate, Isolation};
use crate::journal::Journal;
use crate::launcher::Launcher;

/// What contains the processes of a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ContainBy {
    /// A control group per run where possible, else a supervisor.
    Auto,
    /// A control group (cgroup v2) per run, and nothing else.
    Cgroup,
    /// A small supervisor process per run.
    Supervisor,
}

/// Why the containment of commands could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ContainmentError {
    /// The exec helper.
    #[error(transparent)]
    Helper(#[from] HelperError),
    /// Control groups are required by the settings.
    #[error("JCRONTAB_CONTAINMENT asks for control groups, which cannot be used")]
    Cgroup(#[from] CgroupError),
    /// The list of running commands.
    #[error("the list of running commands in the data folder cannot be written")]
    Journal(#[source] std::io::Error),
}

/// Everything that commands are started with.
#[derive(Debug)]
pub struct Containment {
    pub(crate) identity: Identity,
    pub(crate) helper: Helper,
    /// `None` where the system does not support it.
    pub(crate) launcher: Option<Launcher>,
    pub(crate) cgroups: Option<Cgroups>,
    pub(crate) isolation: Isolation,
    pub(crate) journal: Journal,
    /// The default shell is dash, so the helper may execute simple commands itself.
    pub(crate) shell_is_known: bool,
    /// Called when a process exists that is not in the journal yet.
    pub(crate) spawned: fn(),
}

impl Containment {
    /// Prepares everything and checks that it works. `spawned` is called at each start, between the process and its line
    /// in the journal: a place where tests let a runner die.
    ///
    /// # Errors
    /// When commands cannot be started, when control groups are required and cannot be used, or
    /// when the data folder cannot be written.
    pub fn open(
        contain_by: ContainBy,
        isolate: Isolate,
        data_dir: &Path,
        identity: Identity,
        spawned: fn(),
    ) -> Result<Self, ContainmentError> {
        let helper = Helper::new(data_dir)?;
        let cgroups = match contain_by {
            ContainBy::Supervisor => None,
            ContainBy::Cgroup => Some(Cgroups::open(&identity.host_key, &helper)?),
            ContainBy::Auto => match Cgroups::open(&identity.host_key, &helper) {
                Ok(cgroups) => Some(cgroups),
                Err(error) => {
                    tracing::info!(
                        error = &error as &dyn std::error::Error,
                        "no control groups; a supervisor keeps each command's processes together"
                    );
                    None
                }
            },
        };
        let isolation = Isolation::choose(isolate, &helper, data_dir, identity.own_scratch());
        let launcher = Launcher::new(isolation.arguments.clone());
        let launcher = match launcher.probe(&helper, cgroups.as_ref()) {
            Ok(()) => Some(launcher),
            Err(error) => {
                tracing::info!(
                    error = &error as &dyn std::error::Error,
                    "no launcher; the helper is executed anew for each command"
                );
                None
            }
        };
        Ok(Self {
            helper,
            launcher,
            cgroups,
            isolation,
            shell_is_known: is_dash(Path::new("/bin/sh")),
            journal: Journal::open(data_dir).map_err(ContainmentError::Journal)?,
            identity,
            spawned,
        })
    }

    /// Decides whom commands run as.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// How commands are isolated from the runner and from each other.
    #[must_use]
    pub fn isolation(&self) -> &Isolation {
        &self.isolation
    }

    /// Whether a limit of memory applies to each run as a whole. Otherwise it applies to each process, and a run of many
    /// processes may use many times as much.
    #[must_use]
    pub fn bounds_memory_of_runs(&self) -> bool {
        self.cgroups.as_ref().is_some_and(Cgroups::bounds_memory)
    }
}

/// Whether this is dash, whose handling of simple commands the helper reproduces.
fn is_dash(shell: &Path) -> bool {
    std::fs::canonicalize(shell)
        .is_ok_and(|path| path.file_name().is_some_and(|name| name == "dash"))
}
