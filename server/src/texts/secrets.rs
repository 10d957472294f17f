//! Secrets and the key that they are sealed with. No text contains a value.

use super::{Fault, Refusal, Refused, Text, both, conflict};

/// Characters of a note.
pub const NOTE_MAX: usize = 200;
/// Tasks that one change may name: each of them is a change of its own for every node.
pub const TASKS_MAX: usize = 1_000;
/// Characters of a task's name that are repeated.
const SHOWN_MAX: usize = 80;

/// What is wrong with a secret that was typed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum SecretFault {
    /// It has no value.
    NoValue,
    /// Its value could not be masked in output.
    ShortValue,
    /// Its value does not fit.
    LongValue,
    /// Its value contains NUL.
    NulInValue,
    /// The note is too long, or not one line.
    Note,
    /// A secret cannot be renamed.
    FixedName,
    /// Too many tasks are named.
    TooManyTasks,
    /// There is no such task.
    UnknownTask {
        /// What was typed.
        name: String,
    },
}

impl Fault for SecretFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::NoValue => ("required", both("请填写值", "Enter a value")),
            Self::ShortValue => (
                "too_short",
                both(
                    "值至少 4 个字节，且不能全是空白：否则无法在输出里遮盖它",
                    "A value has at least 4 bytes and is not blank; otherwise it could not be masked in output",
                ),
            ),
            Self::LongValue => (
                "too_long",
                both("值最多 32 KiB", "A value has at most 32 KiB"),
            ),
            Self::NulInValue => (
                "invalid",
                both(
                    "值里不能有 NUL：环境变量不支持",
                    "A value must not contain NUL: environment variables cannot hold it",
                ),
            ),
            Self::Note => (
                "invalid",
                both(
                    format!("最多 {NOTE_MAX} 个字符，不能有换行"),
                    format!("At most {NOTE_MAX} characters, on a single line"),
                ),
            ),
            Self::FixedName => (
                "fixed",
                both(
                    "名称不能修改：命令按它取值。请新建一个",
                    "The name cannot be changed because commands refer to it. Create another secret instead",
                ),
            ),
            Self::TooManyTasks => (
                "too_many",
                both(
                    format!("一次最多 {TASKS_MAX} 个任务"),
                    format!("At most {TASKS_MAX} tasks at once"),
                ),
            ),
            Self::UnknownTask { name } => {
                let shown: String = name.chars().take(SHOWN_MAX).collect();
                (
                    "unknown",
                    both(
                        format!("没有任务“{shown}”"),
                        format!("There is no task \"{shown}\""),
                    ),
                )
            }
        }
    }
}

/// Why a secret is not saved, or the key not changed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum SecretRefusal {
    /// Another one has the name.
    NameTaken {
        /// The name.
        name: String,
    },
    /// Servers are up, which have the old key only.
    ServersUp {
        /// Their hosts.
        hosts: Vec<String>,
    },
    /// A value does not open with the present key.
    DoesNotOpen {
        /// Which one.
        what: String,
    },
}

impl Refusal for SecretRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::NameTaken { name } => conflict(
                "secret.name_taken",
                format!("已经有名为“{name}”的密钥"),
                format!("A secret named \"{name}\" already exists"),
            )
            .at("name", "taken"),
            Self::ServersUp { hosts } => {
                let hosts = Text::list(hosts);
                conflict(
                    "key.servers_up",
                    format!("有服务器正在运行（{}），它们只认得旧密钥", hosts.zh),
                    format!("Servers are running ({}) that only have the old key", hosts.en),
                )
                .hint(
                    "先停掉使用同一数据库的所有服务器；刚被强制结束的要等半分钟",
                    "Stop all servers on this database first; after a kill, wait half a minute",
                )
            }
            Self::DoesNotOpen { what } => conflict(
                "key.does_not_open",
                format!("有一个值无法用现在的密钥解密：{what}；没有做任何修改"),
                format!("One value cannot be decrypted with the current key: {what}; nothing was changed"),
            )
            .hint(
                "重新填写或删除它，再换密钥",
                "Enter it again or delete it, then rotate the key",
            ),
        }
    }
}

/// What to do where the database has the new key already and the files do not.
#[must_use]
pub fn new_key_not_in_place() -> Text {
    both(
        "数据库已经换用 secret.key.new 里的新密钥；不要删除它，下次启动会自动就位",
        "The database already uses the new key in secret.key.new: keep that file; the next start puts it in place",
    )
}
