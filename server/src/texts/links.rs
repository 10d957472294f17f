//! Links without an account: why one does nothing, in one sentence each.

use app::error::ErrorKind;

use super::{Refusal, Refused, both, conflict};
use crate::auth::link::LinkAct;

/// Why a link, or a press on its page, does nothing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum LinkRefusal {
    /// It is not one of ours as it is.
    Broken,
    /// Its time is over.
    Expired,
    /// Links without an account are switched off.
    Off,
    /// Too many requests from an address.
    TooMany {
        /// Seconds until the next one.
        seconds: u32,
    },
    /// Its ticket was deleted.
    Gone,
    /// It may not do this.
    NotAllowed,
    /// The same was done with it before.
    Used {
        /// What.
        act: Option<LinkAct>,
        /// When, in the zone of the task.
        at: String,
    },
    /// The same is being done with it at this moment.
    UsedNow,
    /// The ticket is another person's by now.
    OfAnother {
        /// Whose; may be empty.
        owner: String,
    },
    /// It was issued to several people, and the press does not say who it is.
    Who,
    /// The form cannot be read.
    Form,
    /// A name that no link can be issued to.
    NoPerson,
}

impl Refusal for LinkRefusal {
    fn refusal(&self) -> Refused {
        let latest = |refused: Refused| {
            refused.hint(
                "请使用群里最新一条消息中的链接，或登录后处理",
                "Use the link of the latest message, or sign in",
            )
        };
        match self {
            Self::Broken => latest(Refused::new(
                ErrorKind::NotFound,
                "link.broken",
                both(
                    "链接无效：不完整、被改动过，或早于服务器更换密钥",
                    "This link is not valid: it is incomplete, was changed, or is older than the server's key",
                ),
            )),
            Self::Expired => latest(Refused::new(
                ErrorKind::Forbidden,
                "link.expired",
                both("链接已过期", "This link has expired"),
            )),
            Self::Off => Refused::new(
                ErrorKind::Forbidden,
                "link.off",
                both(
                    "管理员已关闭免登录链接",
                    "Links without an account are switched off here",
                ),
            )
            .hint("请登录后处理", "Sign in instead"),
            Self::TooMany { seconds } => Refused::new(
                ErrorKind::TooMany,
                "link.wait",
                both(
                    format!("请求太多，请在 {seconds} 秒后再试"),
                    format!("Too many requests; try again in {seconds} s"),
                ),
            )
            .after(*seconds),
            Self::Gone => Refused::new(
                ErrorKind::NotFound,
                "link.gone",
                both("这个待办已被删除", "This ticket was deleted"),
            ),
            Self::NotAllowed => Refused::new(
                ErrorKind::Forbidden,
                "link.not_allowed",
                both("这个链接不能做这项操作", "This link may not do that"),
            )
            .hint("请登录后处理", "Sign in instead"),
            Self::Used { act, at } => latest(conflict(
                "link.used",
                format!("已于 {at} 用这个链接{}，没有再次执行", done_zh(*act)),
                format!("This link was used at {at} to {}; nothing was done again", done_en(*act)),
            )),
            Self::UsedNow => latest(conflict(
                "link.used",
                "刚刚已经用这个链接做过同样的操作，没有再次执行",
                "The same was just done with this link; nothing was done again",
            )),
            Self::OfAnother { owner } if owner.is_empty() => conflict(
                "link.of_another",
                "这个待办已转给其他人",
                "This ticket was handed over to another person",
            ),
            Self::OfAnother { owner } => conflict(
                "link.of_another",
                format!("这个待办现在由 {owner} 负责"),
                format!("This ticket is with {owner} now"),
            ),
            Self::Who => Refused::new(
                ErrorKind::Invalid,
                "link.who",
                both("请先选择您是谁", "Choose who you are first"),
            ),
            Self::NoPerson => Refused::new(
                ErrorKind::Invalid,
                "invalid",
                both(
                    "请填写一个姓名，最多 48 字节，不能有逗号，不能以 @ 开头",
                    "A link is for the name of one person: at most 48 bytes, without a comma, not starting with @",
                ),
            )
            .at("person", "invalid"),
            Self::Form => Refused::new(
                ErrorKind::Invalid,
                "link.form",
                both("没有读懂提交的内容", "The form could not be read"),
            )
            .hint("请返回后重试", "Go back and try again"),
        }
    }
}

fn done_zh(act: Option<LinkAct>) -> &'static str {
    match act {
        Some(LinkAct::Done) => "标记完成",
        Some(LinkAct::Take) => "选择我来处理",
        Some(LinkAct::Snooze) => "设置稍后提醒",
        Some(LinkAct::Assign) => "转交",
        Some(LinkAct::Cycle) => "修改催单周期",
        Some(LinkAct::Run) => "再次执行任务",
        Some(LinkAct::Log) | None => "操作",
    }
}

fn done_en(act: Option<LinkAct>) -> &'static str {
    match act {
        Some(LinkAct::Done) => "mark the ticket done",
        Some(LinkAct::Take) => "take the ticket",
        Some(LinkAct::Snooze) => "snooze the ticket",
        Some(LinkAct::Assign) => "hand the ticket over",
        Some(LinkAct::Cycle) => "change the chase schedule",
        Some(LinkAct::Run) => "run the task",
        Some(LinkAct::Log) | None => "act on the ticket",
    }
}
