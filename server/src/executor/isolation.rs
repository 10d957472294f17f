//! What keeps commands away from the server's own files and from each other's processes.
//!
//! As another user than the server's, a command is kept out by file modes. As the same one, which
//! is so where the server is not root and where commands of a root server run as root, only the
//! kernel's help keeps it out: see ADR 22 and `server/exec/isolate.rs`. What works is tried out
//! when the server starts.

use std::ffi::OsString;
use std::path::Path;

use app::i18n::Lang;
use nix::unistd::{AccessFlags, Uid, access};

use super::helper::Helper;
use super::identity::Identity;
use crate::config::Isolate;

/// What hides the data folder from commands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hiding {
    /// They run as another user, and the folder is closed to it.
    OtherUser,
    /// A Landlock domain that denies its files.
    Landlock,
    /// A mount namespace in which an empty folder lies over it.
    Namespace,
    /// The same for commands that are root, which can take it away again.
    RootNamespace,
    /// Nothing: the system has neither, or it was switched off.
    Nothing,
}

/// What was found to work.
#[derive(Clone, Debug)]
pub struct Isolation {
    /// What hides the data folder.
    pub hiding: Hiding,
    /// Commands cannot read each other's environment and memory, whatever user they run as.
    pub apart: bool,
    /// A folder above the data folder that commands may write to, where that is what stands in
    /// the way of Landlock.
    pub writable_above: Option<std::path::PathBuf>,
    /// For the helper.
    pub(super) arguments: Vec<OsString>,
}

impl Isolation {
    /// Tries out what works here. `own` is the scratch folder inside of the data folder where
    /// commands run as the server's own user.
    pub(super) fn choose(
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

    /// What would be found by a server with these settings; for `doctor`.
    ///
    /// # Errors
    /// When no command could be started at all.
    pub fn survey(
        how: Isolate,
        data_dir: &Path,
        identity: &Identity,
    ) -> Result<Self, super::helper::HelperError> {
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
            // It changes nothing else that a command sees.
            ways.insert(0, (Hiding::Landlock, "deny"));
        }
        for (hiding, word) in ways {
            let mut arguments = self.arguments.clone();
            for (word, path) in [(word, data_dir), ("keep", scratch)] {
                let mut argument = OsString::from(format!("{word}="));
                argument.push(path);
                arguments.push(argument);
            }
            // It is not there, or cannot be read; what is to be kept can be written to.
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

    /// What an administrator has to know, and what to do about it; `None` when all is well.
    #[must_use]
    pub fn warning(&self, lang: Lang) -> Option<String> {
        let folder = self.writable_above.as_deref();
        match (self.hiding, folder) {
            (Hiding::RootNamespace, _) => Some(lang.pick(
                "命令以 root 执行：数据文件夹只是被遮住，命令可以绕过。能编辑任务的人就等于管理员；请去掉 JCRONTAB_ALLOW_ROOT",
                "Commands run as root: the data folder is only hidden, and they can reveal it. Everyone who can edit tasks is in effect an administrator. Remove JCRONTAB_ALLOW_ROOT",
            ).to_owned()),
            (Hiding::Nothing, Some(folder)) if !Uid::effective().is_root() => Some(lang.pick(
                format!(
                    "命令与服务器同一个用户，读得到 secret.key 和数据库：这台机器不允许用户命名空间，而 {} 可写，Landlock 用不上。请把数据文件夹放到上级都不可写的地方（如 /var/lib/jcrontab），或用 root 启动服务器",
                    folder.display()
                ),
                format!(
                    "Commands run as the server's own user and can read secret.key and the database: user namespaces are not allowed here, and Landlock cannot be used while {} can be written to. Put the data folder where no folder above it can be (/var/lib/jcrontab), or start the server as root",
                    folder.display()
                ),
            )),
            (Hiding::Nothing, _) => Some(lang.pick(
                "命令与服务器同一个用户，读得到 secret.key 和数据库：内核没有可用的 Landlock 或命名空间，或 JCRONTAB_ISOLATION 关闭了它。能编辑任务的人就等于管理员；请用 root 启动服务器，让命令以别的用户执行",
                "Commands run as the server's own user and can read secret.key and the database: neither Landlock nor namespaces can be used, or JCRONTAB_ISOLATION is off. Everyone who can edit tasks is in effect an administrator. Start the server as root, so that commands run as another user",
            ).to_owned()),
            _ => None,
        }
    }

    /// What keeps commands apart, in one sentence.
    #[must_use]
    pub fn describe(&self, lang: Lang) -> String {
        let hidden = match self.hiding {
            Hiding::OtherUser => lang.pick("命令以别的用户执行", "commands run as other users"),
            Hiding::Landlock => lang.pick(
                "Landlock 不让命令读数据文件夹",
                "Landlock denies commands the data folder",
            ),
            Hiding::Namespace | Hiding::RootNamespace => lang.pick(
                "命令在自己的挂载空间里看不到数据文件夹",
                "commands have a mount namespace without the data folder",
            ),
            Hiding::Nothing => {
                lang.pick("命令读得到数据文件夹", "commands can read the data folder")
            }
        };
        let apart = if self.apart {
            lang.pick(
                "互相读不到环境变量",
                "and cannot read each other's environment",
            )
        } else {
            lang.pick(
                "同一用户的命令能互相读到环境变量（内核早于 5.19 或没有 Landlock）",
                "and those of one user can read each other's environment (no Landlock, or Linux before 5.19)",
            )
        };
        lang.pick(format!("{hidden}，{apart}"), format!("{hidden} {apart}"))
    }
}
