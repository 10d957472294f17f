//! Calendars: what is refused, what is wrong with their drafts, what to know of their sources.

use app::error::ErrorKind;

use super::oncall::users;
use super::{Fault, Refusal, Refused, Say, Text, both, conflict, no_answer};
use crate::calendar::ReadFault;

/// Characters of a name.
pub const NAME_MAX: usize = 32;

/// What is wrong with the draft of a calendar, or with a calendar that is named.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum CalendarFault {
    /// Not a name for a calendar.
    Name,
    /// There is no calendar of the name.
    Unknown,
    /// It has no address to update from.
    NoSource,
}

impl Fault for CalendarFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::Name => (
                "invalid",
                both(
                    format!("名称由字母、数字、汉字、- 和 _ 组成，1–{NAME_MAX} 个字符"),
                    format!("A name consists of 1–{NAME_MAX} letters, digits, - and _"),
                ),
            ),
            Self::Unknown => ("unknown", both("没有这个日历", "There is no such calendar")),
            Self::NoSource => (
                "required",
                both(
                    "这个日历没有更新地址",
                    "This calendar has no URL to update from",
                ),
            ),
        }
    }
}

/// Why a calendar is not created, changed, updated or deleted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum CalendarRefusal {
    /// Another one has the name.
    NameTaken,
    /// Schedules or policies use it.
    InUse {
        /// Its name.
        name: String,
        /// Tasks, each as `#12 its name`.
        tasks: Vec<String>,
        /// Tags of default policies.
        policies: Vec<String>,
        /// People who are urged on its working days.
        people: Vec<String>,
    },
    /// Its address gave nothing.
    NotFetched {
        /// What the way out reports.
        reason: String,
    },
    /// What its address gave is no text.
    NotText {
        /// Why, in both languages.
        reason: Text,
    },
}

impl CalendarRefusal {
    /// What was fetched cannot be read.
    #[must_use]
    pub fn not_text(fault: &ReadFault) -> Self {
        Self::NotText {
            reason: Text::each(|lang| fault.text(lang)),
        }
    }
}

impl Refusal for CalendarRefusal {
    fn refusal(&self) -> Refused {
        let fetch = |text| {
            Refused::new(ErrorKind::Unavailable, "calendar.fetch", text).hint(
                "检查地址，或把内容粘贴到导入框",
                "Check the URL, or paste the text into the import box",
            )
        };
        match self {
            Self::NameTaken => conflict(
                "calendar.name_taken",
                "已经有这个名称的日历",
                "A calendar with this name already exists",
            )
            .at("name", "taken"),
            Self::InUse {
                name,
                tasks,
                policies,
                people,
            } => {
                let users = users(&[
                    ("任务", "tasks", tasks),
                    ("默认策略", "default policies", policies),
                    ("人员", "people", people),
                ]);
                conflict(
                    "calendar.in_use",
                    format!("日历 {name} 还在使用中（工作周期、催单策略或人员时段）：{}", users.zh),
                    format!(
                        "The calendar {name} is in use by schedules, policies of tickets or people: {}",
                        users.en
                    ),
                )
                .hint(
                    "先让它们改用别的日历",
                    "Switch them to another calendar first",
                )
            }
            Self::NotFetched { reason } => {
                let reason = no_answer(reason);
                fetch(both(
                    format!("无法获取日历：{}", reason.zh),
                    format!("The calendar could not be fetched: {}", reason.en),
                ))
            }
            Self::NotText { reason } => fetch(both(
                format!("日历内容无法读取：{}", reason.zh),
                format!("The calendar cannot be read: {}", reason.en),
            )),
        }
    }
}

/// The reason that is stored where what was fetched has no days that can be read.
pub const UNREADABLE: &str = "calendar:@unreadable";

/// Why a calendar did not update itself.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum NotRefreshed {
    /// What was fetched has no days that can be read.
    Unreadable,
    /// Its address gave nothing.
    NotFetched {
        /// What the way out reports.
        reason: String,
    },
}

impl NotRefreshed {
    /// As it is stored: [`UNREADABLE`], or what the way out reported.
    #[must_use]
    pub fn of(stored: &str) -> Self {
        match stored {
            UNREADABLE => Self::Unreadable,
            reason => Self::NotFetched {
                reason: reason.to_owned(),
            },
        }
    }

    /// The reason alone.
    #[must_use]
    pub fn reason(&self) -> Text {
        match self {
            Self::Unreadable => both(
                "内容无法读取；点“从来源更新”查看原因",
                "it has no days that can be read; \"Update from source\" shows why",
            ),
            Self::NotFetched { reason } => no_answer(reason),
        }
    }
}

impl Say for NotRefreshed {
    fn words(&self) -> Text {
        let reason = self.reason();
        both(
            format!("最近一次自动更新失败：{}。稍后会自动重试。", reason.zh),
            format!(
                "The last automatic update failed: {}. It is tried again automatically.",
                reason.en
            ),
        )
    }
}

/// What an administrator should know of an address that a calendar is updated from.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum SourceWarning {
    /// Nothing would be fetched from it at present.
    Refused {
        /// What the guard reports.
        reason: String,
    },
    /// It is fetched over plain HTTP, which can be changed on the way.
    PlainHttp {
        /// The host of the proxy that it goes through.
        proxy: Option<String>,
    },
    /// The same where HTTPS fails.
    FallsBackToHttp {
        /// The host of the proxy that it goes through.
        proxy: Option<String>,
    },
}

impl Say for SourceWarning {
    fn words(&self) -> Text {
        let through = |proxy: &Option<String>| {
            proxy.as_ref().map_or_else(Text::default, |host| {
                both(
                    format!("，还会经过代理 {host}"),
                    format!(", through the proxy {host}"),
                )
            })
        };
        match self {
            Self::Refused { reason } => {
                let reason = no_answer(reason);
                both(
                    format!("目前不会从这个地址更新：{}", reason.zh),
                    format!(
                        "Nothing is fetched from this address at present: {}",
                        reason.en
                    ),
                )
            }
            Self::PlainHttp { proxy } => {
                let Text { zh, en } = through(proxy);
                both(
                    format!(
                        "更新走明文 HTTP{zh}：途中可以篡改工作日，任务会在错误的日子执行；请改用 https:// 地址"
                    ),
                    format!(
                        "Updates are fetched over plain HTTP{en}: anyone on the network path can change working days, and tasks then run on the wrong days; use an https:// address"
                    ),
                )
            }
            Self::FallsBackToHttp { proxy } => {
                let Text { zh, en } = through(proxy);
                both(
                    format!(
                        "webcal:// 先试 HTTPS，连不上时改走明文 HTTP{zh}：途中可以篡改工作日；请改用 webcals:// 或 https:// 地址"
                    ),
                    format!(
                        "webcal:// tries HTTPS first and falls back to plain HTTP{en}: anyone on the network path can change working days; use a webcals:// or https:// address"
                    ),
                )
            }
        }
    }
}
