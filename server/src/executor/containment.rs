//! How the processes of a run are kept together, decided once at the start of a server.

use std::path::Path;

use app::run::RunReason;

use super::cgroup::{CgroupError, Cgroups};
use super::helper::{Helper, HelperError};
use super::identity::Identity;
use super::isolation::Isolation;
use super::journal::Journal;
use super::launcher::Launcher;
use super::{Environment, Job, environment};
use crate::auth::seal::Sealer;
use crate::config::{ContainBy, Isolate};

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
    pub(super) identity: Identity,
    pub(super) helper: Helper,
    /// `None` where the system does not support it.
    pub(super) launcher: Option<Launcher>,
    pub(super) cgroups: Option<Cgroups>,
    pub(super) isolation: Isolation,
    pub(super) journal: Journal,
    /// The default shell is dash, so the helper may execute simple commands itself.
    pub(super) shell_is_known: bool,
    pub(super) sealer: Sealer,
}

impl Containment {
    /// Prepares everything and checks that it works.
    ///
    /// # Errors
    /// When commands cannot be started, when control groups are required and cannot be used, or
    /// when the data folder cannot be written.
    pub fn open(
        contain_by: ContainBy,
        isolate: Isolate,
        data_dir: &Path,
        identity: Identity,
        sealer: Sealer,
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
            sealer,
        })
    }

    /// The environment of a run.
    ///
    /// # Errors
    /// As [`environment::environment`].
    pub(super) fn environment(&self, job: &Job) -> Result<Environment, RunReason> {
        environment::environment(job, &self.identity, &self.sealer)
    }
}

/// Whether this is dash, whose handling of simple commands the helper reproduces.
fn is_dash(shell: &Path) -> bool {
    std::fs::canonicalize(shell)
        .is_ok_and(|path| path.file_name().is_some_and(|name| name == "dash"))
}
