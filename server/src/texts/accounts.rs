//! Accounts: signing in, setting up, and what administrators do with accounts.

use app::error::ErrorKind;
use app::user::PASSWORD_MIN_CHARS;

use super::{Fault, Refusal, Refused, Text, both, conflict};
use crate::auth::strength::Weakness;

/// What is wrong with what was typed for an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum AccountFault {
    /// There is no such role.
    UnknownRole,
    /// The present password, which a change of it asks for, is another one.
    WrongPassword,
    /// The new password is the present one.
    SamePassword,
}

impl Fault for AccountFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::UnknownRole => (
                "unknown",
                both(
                    "角色是 viewer、operator、editor 或 admin",
                    "A role is viewer, operator, editor or admin",
                ),
            ),
            Self::WrongPassword => (
                "wrong",
                both("当前密码不对", "The current password is wrong"),
            ),
            Self::SamePassword => (
                "unchanged",
                both(
                    "新密码与当前密码相同",
                    "The new password is the same as the current one",
                ),
            ),
        }
    }
}

impl Fault for Weakness {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::TooCommon => (
                "too_common",
                both(
                    "这个密码太常见，很容易被猜到；请换一个，例如几个不相关的词",
                    "This password is too easy to guess; choose another one, such as several unrelated words",
                ),
            ),
            Self::ContainsName => (
                "contains_name",
                both(
                    format!("密码除了用户名或产品名之外，至少还要有 {PASSWORD_MIN_CHARS} 个字符"),
                    format!(
                        "Apart from the user name or the product's name, the password needs at least {PASSWORD_MIN_CHARS} characters"
                    ),
                ),
            ),
        }
    }
}

/// Why an account is not created or changed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum AccountRefusal {
    /// Another one has the name.
    NameTaken {
        /// The name.
        name: String,
    },
    /// People would take the name for another one's.
    NameAlike {
        /// The name that was typed.
        name: String,
        /// The account that it looks like.
        other: String,
    },
    /// No administrator could sign in any more.
    LastAdmin,
    /// The caller is the console, which has no account.
    Console,
}

impl Refusal for AccountRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::NameTaken { name } => conflict(
                "user.name_taken",
                format!("已经有用户“{name}”"),
                format!("A user named \"{name}\" already exists"),
            )
            .at("name", "taken"),
            Self::NameAlike { name, other } => conflict(
                "user.name_alike",
                format!("“{name}”和已有的用户“{other}”看起来一样，请换一个名字"),
                format!("\"{name}\" looks like the user \"{other}\"; choose another name"),
            )
            .at("name", "alike"),
            Self::LastAdmin => conflict(
                "user.last_admin",
                "至少要保留一个可以登录的管理员",
                "At least one administrator must be able to sign in",
            ),
            Self::Console => conflict(
                "account.console",
                "控制台没有自己的账号",
                "The local console has no account of its own",
            )
            .hint(
                "请写明账号：jcrontab user passwd 用户名",
                "Specify the account: `jcrontab user passwd NAME`",
            ),
        }
    }
}

/// Why a person is not let in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum SignInRefusal {
    /// The name or the password is wrong; which of them is not said.
    Wrong,
    /// There were too many wrong ones, or too many are being checked.
    Wait {
        /// After which it may go well.
        seconds: u32,
    },
    /// The set-up link is not good, or not any more.
    SetupLink,
}

impl Refusal for SignInRefusal {
    fn refusal(&self) -> Refused {
        match *self {
            Self::Wrong => Refused::new(
                ErrorKind::Unauthenticated,
                "sign_in.wrong",
                both("用户名或密码不对", "The user name or the password is wrong"),
            ),
            Self::Wait { seconds } => Refused::new(
                ErrorKind::TooMany,
                "sign_in.wait",
                both(
                    format!("尝试次数太多，请在 {seconds} 秒后再试"),
                    format!("Too many attempts; try again in {seconds} s"),
                ),
            )
            .after(seconds),
            Self::SetupLink => Refused::new(
                ErrorKind::Forbidden,
                "setup.link",
                both(
                    "设置链接无效或已过期",
                    "The set-up link is invalid or has expired",
                ),
            )
            .hint(
                "重启服务器会打印新的链接",
                "Restart the server to get a new one",
            ),
        }
    }
}
