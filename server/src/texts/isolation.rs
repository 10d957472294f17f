//! What keeps commands apart from the server and from each other, and what is missing for that.

use app::i18n::Lang;
use runner::{Hiding, Isolation, IsolationGap};

use super::{Say, Text, both};

impl Say for IsolationGap {
    fn words(&self) -> Text {
        match self {
            Self::Root => both(
                "命令以 root 执行：数据文件夹只是被遮住，命令可以绕过。能编辑任务的人就等于管理员；请去掉 JCRONTAB_ALLOW_ROOT",
                "Commands run as root: the data folder is only hidden, and they can reveal it. Everyone who can edit tasks is in effect an administrator. Remove JCRONTAB_ALLOW_ROOT",
            ),
            Self::WritableAbove(folder) => {
                let folder = folder.display();
                both(
                    format!(
                        "命令与服务器同一个用户，读得到 secret.key 和数据库：这台机器不允许用户命名空间，而 {folder} 可写，Landlock 用不上。请把数据文件夹放到上级都不可写的地方（如 /var/lib/jcrontab），或用 root 启动服务器"
                    ),
                    format!(
                        "Commands run as the server's own user and can read secret.key and the database: user namespaces are not allowed here, and Landlock cannot be used while {folder} can be written to. Put the data folder where no folder above it can be (/var/lib/jcrontab), or start the server as root"
                    ),
                )
            }
            Self::Nothing => both(
                "命令与服务器同一个用户，读得到 secret.key 和数据库：内核没有可用的 Landlock 或命名空间，或 JCRONTAB_ISOLATION 关闭了它。能编辑任务的人就等于管理员；请用 root 启动服务器，让命令以别的用户执行",
                "Commands run as the server's own user and can read secret.key and the database: neither Landlock nor namespaces can be used, or JCRONTAB_ISOLATION is off. Everyone who can edit tasks is in effect an administrator. Start the server as root, so that commands run as another user",
            ),
        }
    }
}

impl Say for Hiding {
    fn words(&self) -> Text {
        match self {
            Self::OtherUser => both("命令以别的用户执行", "commands run as other users"),
            Self::Landlock => both(
                "Landlock 不让命令读数据文件夹",
                "Landlock denies commands the data folder",
            ),
            Self::Namespace | Self::RootNamespace => both(
                "命令在自己的挂载空间里看不到数据文件夹",
                "commands have a mount namespace without the data folder",
            ),
            Self::Nothing => both("命令读得到数据文件夹", "commands can read the data folder"),
        }
    }
}

/// What an administrator has to know, and what to do about it; `None` when all is well.
#[must_use]
pub fn warning(isolation: &Isolation, lang: Lang) -> Option<String> {
    isolation.gap().map(|gap| gap.say(lang))
}

/// What keeps commands apart, in one sentence.
#[must_use]
pub fn describe(isolation: &Isolation, lang: Lang) -> String {
    let hidden = isolation.hiding.say(lang);
    let apart = if isolation.apart {
        both(
            "互相读不到环境变量",
            "and cannot read each other's environment",
        )
    } else {
        both(
            "同一用户的命令能互相读到环境变量（内核早于 5.19 或没有 Landlock）",
            "and those of one user can read each other's environment (no Landlock, or Linux before 5.19)",
        )
    };
    lang.pick(
        format!("{hidden}，{}", apart.zh),
        format!("{hidden} {}", apart.en),
    )
}
