//! As whom, where and with what environment commands run.

use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use nix::unistd::{Gid, Uid, User};

/// Holds a folder for each root server of this machine; root's own.
const SCRATCH_PARENT: &str = "/var/lib/jcrontab-scratch";

/// Why no command could run.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// `JCRONTAB_RUN_AS` names no user of this machine.
    #[error("there is no user {name:?} on this machine; set JCRONTAB_RUN_AS to one that exists")]
    NoSuchUser {
        /// The name as given.
        name: String,
    },
    /// The scratch folder could not be made, or belongs to somebody else.
    #[error("the scratch folder {} cannot be used", path.display())]
    Scratch {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// As whom commands run.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The name, for people.
    pub user: String,
    /// Set when the server is root and commands are not.
    pub switch_to: Option<(u32, u32)>,
    /// The folder commands start in; also their `HOME` when they run as another user.
    pub scratch: PathBuf,
    /// `HOME` of the commands.
    pub home: PathBuf,
    /// Marks every process of ours, so that strays of a dead server can be found.
    pub host_key: String,
}

impl Identity {
    /// Decides as whom commands run: as the server's own user, or, when that is root, as
    /// `run_as`, unless `allow_root`.
    ///
    /// # Errors
    /// When the user does not exist or the scratch folder cannot be made.
    pub fn new(
        run_as: &str,
        allow_root: bool,
        data_dir: &Path,
        host_key: &str,
    ) -> Result<Self, IdentityError> {
        let me = Uid::effective();
        let own_name = User::from_uid(me).ok().flatten();
        let own_home = own_name
            .as_ref()
            .map_or_else(|| PathBuf::from("/"), |user| user.dir.clone());
        if !me.is_root() || allow_root {
            let scratch = data_dir.join("scratch");
            prepare(&scratch, me, None)?;
            return Ok(Self {
                user: own_name.map_or_else(|| me.to_string(), |user| user.name),
                switch_to: None,
                scratch,
                home: own_home,
                host_key: host_key.to_owned(),
            });
        }
        let user =
            User::from_name(run_as)
                .ok()
                .flatten()
                .ok_or_else(|| IdentityError::NoSuchUser {
                    name: run_as.to_owned(),
                })?;
        // Not under the data folder, which is closed to the user commands run as, nor in the
        // system's temporary folder, where others may put things and old things are swept away.
        let parent = PathBuf::from(SCRATCH_PARENT);
        open_parent(&parent).map_err(|source| IdentityError::Scratch {
            path: parent.clone(),
            source,
        })?;
        let scratch = parent.join(host_key);
        prepare(&scratch, user.uid, Some(user.gid))?;
        Ok(Self {
            user: user.name,
            switch_to: Some((user.uid.as_raw(), user.gid.as_raw())),
            home: scratch.clone(),
            scratch,
            host_key: host_key.to_owned(),
        })
    }
}

/// Makes the folder of scratch folders: everybody may pass through, nobody may look around.
fn open_parent(path: &Path) -> std::io::Result<()> {
    match std::fs::DirBuilder::new().mode(0o711).create(path) {
        // Our own umask has taken the bits for passing through.
        Ok(()) => std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o711)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes the folder if needed, closed to others, and checks that it is no link and its owner's.
fn prepare(path: &Path, owner: Uid, give_to: Option<Gid>) -> Result<(), IdentityError> {
    let failed = |source| IdentityError::Scratch {
        path: path.to_owned(),
        source,
    };
    match std::fs::DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => {
            if let Some(group) = give_to {
                nix::unistd::chown(path, Some(owner), Some(group)).map_err(|e| failed(e.into()))?;
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(error)),
    }
    // By handle and without following links: what is checked is what is changed.
    let folder = std::fs::File::options()
        .read(true)
        .custom_flags((OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW).bits())
        .open(path)
        .map_err(failed)?;
    let found = folder.metadata().map_err(failed)?;
    if found.uid() != owner.as_raw() {
        return Err(failed(std::io::Error::new(
            std::io::ErrorKind::PermissionDenied,
            "it is not a folder of the user that commands run as",
        )));
    }
    folder
        .set_permissions(std::fs::Permissions::from_mode(0o700))
        .map_err(failed)
}
