//! What keeps commands away from the server's own files and from each other's processes.
//!
//! File modes keep out a command that runs as another user than the server. A command of the same user
//! (the server is not root, or commands run as root) is kept out by Landlock or a mount namespace: see
//! ADR 22 and `server/runner/exec/isolate.rs`. What works is determined when the server starts.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, Uid, access};

use crate::helper::{Helper, HelperError};
use crate::identity::Identity;

/// Whether commands are kept away from the data folder and from each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Isolate {
    /// With Landlock and namespaces, as far as the kernel supports them.
    Auto,
    /// By file permissions only.
    Off,
}

/// What hides the data folder from commands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hiding {
    /// File modes: they run as another user.
    OtherUser,
    /// A Landlock domain that denies its files.
    Landlock,
    /// A mount namespace in which an empty folder is mounted over it.
    Namespace,
    /// The same for commands that run as root, which can unmount it.
    RootNamespace,
    /// Nothing: the system supports neither, or it is switched off.
    Nothing,
}

/// Why commands can read the data folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IsolationGap {
    /// They run as root, and can unmount what hides it.
    Root,
    /// There are no user namespaces, and Landlock cannot be used because commands can write to this
    /// folder above the data folder.
    WritableAbove(PathBuf),
    /// The system supports nothing that hides it, or it is switched off.
    Nothing,
}

/// The isolation that works on this system.
#[derive(Clone, Debug)]
pub struct Isolation {
    /// What hides the data folder.
    pub hiding: Hiding,
    /// Commands cannot read each other's environment and memory, whatever user they run as.
    pub apart: bool,
    /// A folder above the data folder that commands can write to, which rules out Landlock.
    pub writable_above: Option<PathBuf>,
    /// Arguments of the helper.
    pub(crate) arguments: Vec<OsString>,
}

impl Isolation {
    /// Determines what works here. `own` is the scratch folder inside the data folder, where commands run
    /// as the server's own user.
    pub(crate) fn choose(
        how: Isolate,
        helper: &Helper,
        data_dir: &Path,
        own: Option<&Path>,
    ) -> Self {
        let mut chosen = Self {
            hiding: Hiding::Nothing,
            apart: false,
            writable_above: None,
            arguments: Vec::new(),
        };
        if own.is_none() {
            chosen.hiding = Hiding::OtherUser;
        }
        if how == Isolate::Off {
            return chosen;
        }
        let alone: OsString = "alone".into();
        match helper.probe_with(std::slice::from_ref(&alone), ":", data_dir) {
            Ok(()) => {
                chosen.apart = true;
                chosen.arguments.push(alone);
            }
            Err(error) => {
                tracing::debug!(%error, "no Landlock domain for each command");
            }
        }
        if let Some(scratch) = own {
            chosen.hide(helper, data_dir, scratch);
        }
        chosen
    }

    /// What a server with these settings would use; for `doctor`.
    ///
    /// # Errors
    /// When no command could be started at all.
    pub fn survey(how: Isolate, data_dir: &Path, identity: &Identity) -> Result<Self, HelperError> {
        let helper = Helper::new(data_dir)?;
        Ok(Self::choose(how, &helper, data_dir, identity.own_scratch()))
    }

    fn hide(&mut self, helper: &Helper, data_dir: &Path, scratch: &Path) {
        let is_root = Uid::effective().is_root();
        self.writable_above = data_dir
            .ancestors()
            .skip(1)
            .find(|above| access(*above, AccessFlags::W_OK).is_ok())
            .map(Path::to_owned);
        let mut ways = vec![(
            if is_root {
                Hiding::RootNamespace
            } else {
                Hiding::Namespace
            },
            "private",
        )];
        if self.writable_above.is_none() {
            // Preferred: it changes nothing else that a command sees.
            ways.insert(0, (Hiding::Landlock, "deny"));
        }
        for (hiding, word) in ways {
            let mut arguments = self.arguments.clone();
            for (word, path) in [(word, data_dir), ("keep", scratch)] {
                let mut argument = OsString::from(format!("{word}="));
                argument.push(path);
                arguments.push(argument);
            }
            // Works if the lock file cannot be read and the scratch folder can be written.
            let look = "if (: <\"$FOLDER/lock\") 2>/dev/null; then exit 1; fi; \
                : >\"$FOLDER/scratch/.probe\" && rm \"$FOLDER/scratch/.probe\"";
            match helper.probe_with(&arguments, look, data_dir) {
                Ok(()) => {
                    self.hiding = hiding;
                    self.arguments = arguments;
                    return;
                }
                Err(error) => {
                    tracing::debug!(%error, word, "the data folder cannot be hidden in this way");
                }
            }
        }
    }

    /// What commands can reach that they should not; `None` when all is well.
    #[must_use]
    pub fn gap(&self) -> Option<IsolationGap> {
        match (self.hiding, &self.writable_above) {
            (Hiding::RootNamespace, _) => Some(IsolationGap::Root),
            (Hiding::Nothing, Some(folder)) if !Uid::effective().is_root() => {
                Some(IsolationGap::WritableAbove(folder.clone()))
            }
            (Hiding::Nothing, _) => Some(IsolationGap::Nothing),
            _ => None,
        }
    }
}
