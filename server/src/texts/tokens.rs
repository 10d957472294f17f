//! API tokens: what is wrong with a new one, and why it is not created.

use app::error::ErrorKind;
use app::user::{TOKEN_DAYS_MAX, TOKEN_LIMITS_MAX, TOKEN_NAME_MAX, TOKENS_MAX};

use super::{Fault, Refusal, Refused, Text, both, conflict};

/// What is wrong with the draft of a token.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum TokenFault {
    /// It has no name.
    NoName,
    /// Not a name.
    Name,
    /// A scope that does not exist.
    Scope,
    /// Not a length of time.
    Expires,
    /// The console has no account of its own, and names none.
    NoOwner,
    /// A token that is limited to tasks cannot have a scope.
    LimitedScope,
    /// Too many tags or tasks.
    TooMany,
    /// Not a tag.
    Tag,
    /// A task that does not exist.
    UnknownTask {
        /// What was typed.
        name: String,
    },
}

impl Fault for TokenFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::NoName => (
                "required",
                both(
                    "请填写名称，说明令牌的用途，例如 ci-deploy",
                    "Give the token a name that says what it is for, such as ci-deploy",
                ),
            ),
            Self::Name => (
                "invalid",
                both(
                    format!("名称最多 {TOKEN_NAME_MAX} 个字符，不能有换行或看不见的字符"),
                    format!(
                        "A name has at most {TOKEN_NAME_MAX} characters, without line breaks or invisible characters"
                    ),
                ),
            ),
            Self::Scope => (
                "unknown",
                both(
                    "范围是 read、run、write、admin、ping 或 metrics",
                    "A scope is read, run, write, admin, ping or metrics",
                ),
            ),
            Self::Expires => (
                "invalid",
                both(
                    format!(
                        "有效期写成 30d、12h 这样的时长，最长 {TOKEN_DAYS_MAX} 天；不过期写 never"
                    ),
                    format!(
                        "The lifetime is a duration such as 30d or 12h, at most {TOKEN_DAYS_MAX} days, or never"
                    ),
                ),
            ),
            Self::LimitedScope => (
                "limited",
                both(
                    "限定了任务的令牌只能有 read 和 run 范围",
                    "A token that is limited to tasks can have the scopes read and run only",
                ),
            ),
            Self::TooMany => (
                "too_many",
                both(
                    format!("最多 {TOKEN_LIMITS_MAX} 个"),
                    format!("There can be at most {TOKEN_LIMITS_MAX}"),
                ),
            ),
            Self::Tag => (
                "invalid",
                both(
                    "标签不能是空的，也不能太长",
                    "A tag is not empty, and not longer than those of tasks",
                ),
            ),
            Self::UnknownTask { name } => (
                "unknown",
                both(
                    format!("没有任务“{name}”"),
                    format!("There is no task {name:?}"),
                ),
            ),
            Self::NoOwner => (
                "required",
                both(
                    "请写明令牌属于哪个账号：--user 用户名",
                    "Specify the account that the token belongs to: --user NAME",
                ),
            ),
        }
    }
}

/// Why a token is not created.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum TokenRefusal {
    /// It would act in the name of another person.
    OfAnother,
    /// The account has as many as it may have.
    TooMany,
}

impl Refusal for TokenRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::OfAnother => Refused::new(
                ErrorKind::Forbidden,
                "token.of_another",
                both(
                    "不能替别人创建 API 令牌：用令牌做的事会记在那个人名下",
                    "API tokens cannot be created for another person, in whose name they would act",
                ),
            )
            .hint(
                "请让对方登录后在“我的账号”页创建，或新建一个给程序用的账号",
                "Ask them to sign in and create it on the page My account, or add an account for the program",
            ),
            Self::TooMany => conflict(
                "token.too_many",
                format!("一个账号最多 {TOKENS_MAX} 个有效的 API 令牌"),
                format!("An account has at most {TOKENS_MAX} valid API tokens"),
            )
            .hint("请先吊销不用的令牌", "Revoke tokens that are not used any more"),
        }
    }
}
