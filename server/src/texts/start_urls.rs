//! Start URLs: what is wrong with a new one, and why a request to one starts nothing.

use app::error::ErrorKind;
use app::start_url::START_URLS_MAX;

use super::{Fault, Refusal, Refused, Text, both, conflict};
use crate::auth::signature::SignatureFault;

/// What is wrong with the draft of a start URL, or with a request to one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum StartUrlFault {
    /// Not a name.
    Name,
    /// The task has no such parameter.
    NoParameter,
    /// The body is not text.
    NotText,
}

impl Fault for StartUrlFault {
    fn fault(&self) -> (&'static str, Text) {
        let text = match self {
            Self::Name => both(
                "名称以字母、数字或汉字开头，可含 - _ .，最多 64 个字符",
                "A name starts with a letter or digit and may contain - _ . (at most 64 characters)",
            ),
            Self::NoParameter => both("任务没有这个参数", "The task has no such parameter"),
            Self::NotText => both(
                "请求内容不是 UTF-8 文本，不能作为参数",
                "The body is not UTF-8 text, so it cannot be the value of a parameter",
            ),
        };
        ("invalid", text)
    }
}

/// Why a start URL is not created, or starts nothing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum StartUrlRefusal {
    /// The task has one with this name.
    Taken {
        /// The name.
        name: String,
    },
    /// The task has as many as it may have.
    TooMany,
    /// No start URL has this token.
    Unknown,
    /// The signature is not accepted.
    Unsigned(Unsigned),
    /// Too many requests.
    Often {
        /// Seconds until the next one.
        seconds: u32,
    },
}

/// Why a signature is not accepted, as the answer to the sender.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unsigned(pub SignatureFault);

#[cfg(test)]
impl Default for Unsigned {
    fn default() -> Self {
        Self(SignatureFault::Missing)
    }
}

impl Refusal for StartUrlRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::Taken { name } => conflict(
                "start_url.taken",
                format!("任务已有名为 {name} 的触发地址"),
                format!("The task already has a start URL named {name}"),
            )
            .hint(
                "换一个名称，或先删除原来的",
                "Use another name, or delete that one first",
            )
            .at("name", "taken"),
            Self::TooMany => conflict(
                "start_url.too_many",
                format!("一个任务最多 {START_URLS_MAX} 个触发地址"),
                format!("A task has at most {START_URLS_MAX} start URLs"),
            )
            .hint("请先删除不用的", "Delete one that is not used"),
            Self::Unknown => Refused::new(
                ErrorKind::NotFound,
                "start_url.unknown",
                both("没有这个触发地址", "There is no such start URL"),
            )
            .hint(
                "检查地址是否完整；它也可能已被删除",
                "Check that the address is complete; it may also have been deleted",
            ),
            Self::Unsigned(Unsigned(fault)) => {
                let text = match fault {
                    SignatureFault::Missing => both(
                        "请求没有签名，这个触发地址只接受签名的请求",
                        "The request is not signed, and this start URL accepts signed requests only",
                    ),
                    SignatureFault::Time => both(
                        "签名时间与服务器相差超过 5 分钟",
                        "The time of the signature differs from the server's by more than 5 minutes",
                    ),
                    SignatureFault::Wrong => both(
                        "签名与请求内容不符",
                        "The signature does not match the request",
                    ),
                };
                Refused::new(ErrorKind::Unauthenticated, "start_url.signature", text).hint(
                    "用创建时给出的密钥签名，请求内容发送后不能再改动；检查发送方的时钟",
                    "Sign the exact body with the secret that was shown at creation, and check the sender's clock",
                )
            }
            Self::Often { seconds } => Refused::new(
                ErrorKind::TooMany,
                "start_url.wait",
                both(
                    format!("请求太多，请在 {seconds} 秒后再试"),
                    format!("Too many requests; try again in {seconds} s"),
                ),
            )
            .after(*seconds),
        }
    }
}
