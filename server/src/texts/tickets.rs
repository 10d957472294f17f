//! Tickets: why something cannot be done to one, and what is wrong with what was typed.

use app::i18n::Lang;
use app::ticket::WORD_MAX_CHARS;

use super::{Fault, Refusal, Refused, Say, Text, both, conflict};
use crate::store::DEFAULTS_MAX;

/// A ticket in a calendar.
#[must_use]
pub fn feed_entry(lang: Lang, task: &str) -> String {
    lang.pick(format!("待办：{task}"), format!("To do: {task}"))
}

/// The name of the calendar with a person's tickets.
#[must_use]
pub fn feed_name(lang: Lang, person: &str) -> String {
    lang.pick(format!("{person} 的待办"), format!("To do: {person}"))
}

/// A ticket asks someone whom nothing knows by that name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownPerson {
    /// The name.
    pub name: String,
}

impl Say for UnknownPerson {
    fn words(&self) -> Text {
        let name = &self.name;
        both(
            format!(
                "没有叫“{name}”的账号、负责人、聊天人员或值班表，可能催不到人；如果写错了，请重新转交"
            ),
            format!(
                "No account, owner, person of a chat or rota is called {name:?}, so perhaps no one is asked; if it is a mistake, hand the ticket over again"
            ),
        )
    }
}

/// What is wrong with what a person typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum TicketFault {
    /// There is no such state.
    UnknownState,
    /// There is no such order.
    UnknownOrder,
    /// Tickets that are over are listed newest first only.
    OrderOfOpen,
    /// The word is too long.
    LongWord,
    /// The word has characters that no reader sees.
    HiddenWord,
    /// It is handed over to no person, to several, or to a name that no person has.
    NoPerson,
    /// A default policy opens no tickets and has no check.
    OfTasks,
    /// It is no tag.
    NoTag,
    /// A default policy that sets nothing.
    NothingSet,
}

impl Fault for TicketFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::UnknownState => (
                "unknown",
                both(
                    "没有这种状态；可选 open、all、acknowledged、snoozed、done、expired",
                    "There is no such state; use open, all, acknowledged, snoozed, done or expired",
                ),
            ),
            Self::UnknownOrder => (
                "unknown",
                both(
                    "没有这种排序；可选 newest、oldest、level",
                    "There is no such order; use newest, oldest or level",
                ),
            ),
            Self::OrderOfOpen => (
                "invalid",
                both(
                    "oldest 和 level 只用于未结束的待办；已结束的按 newest 排",
                    "oldest and level are for tickets that are not over; list the others with newest",
                ),
            ),
            Self::LongWord => (
                "too_long",
                both(
                    format!("说明最多 {WORD_MAX_CHARS} 个字符"),
                    format!("The note has at most {WORD_MAX_CHARS} characters"),
                ),
            ),
            Self::HiddenWord => (
                "invisible",
                both(
                    "含有看不见或改变文字方向的字符（如零宽空格、U+202E），请删去后重新输入",
                    "It contains an invisible character, or one that reverses the text (such as U+202E); remove it",
                ),
            ),
            Self::NoPerson => (
                "person",
                both(
                    "请填写一个人的名字，最多 64 个字符",
                    "Enter the name of one person, of at most 64 characters",
                ),
            ),
            Self::OfTasks => (
                "of_tasks",
                both(
                    "默认策略只规定怎么催单；产生待办的方式和检查在任务上设置",
                    "A default policy says how people are urged; set what opens tickets, and checks, on tasks",
                ),
            ),
            Self::NoTag => (
                "tag",
                both(
                    "请填写一个标签，最多 64 个字符；* 表示所有任务",
                    "Enter a tag of at most 64 characters, or * for all tasks",
                ),
            ),
            Self::NothingSet => ("empty", both("请至少设置一项", "Set at least one field")),
        }
    }
}

/// Why something cannot be done to a ticket.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum TicketRefusal {
    /// It is done already.
    Done {
        /// By whom.
        who: String,
        /// When, as it is shown.
        at: String,
    },
    /// It has expired, so only done and reopened are left.
    Expired {
        /// When, as it is shown.
        at: String,
    },
    /// Another person has taken it, or this one.
    Taken {
        /// Who.
        who: String,
        /// When, as it is shown.
        at: String,
    },
    /// It is still open.
    Open,
    /// It ends before the snooze would.
    SnoozeBeyond {
        /// When it expires, as it is shown.
        at: String,
    },
    /// A chase follows its task.
    Chase,
    /// There are as many default policies as there may be.
    TooManyDefaults,
    /// Another ticket about the same is open.
    OpenAgain,
    /// Its task does not open such tickets any more.
    NotOpened,
    /// Its task is closed.
    TaskClosed,
    /// Others change it again and again.
    Busy,
}

impl Refusal for TicketRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::Done { who, at } => conflict(
                "ticket.done",
                format!("{who} 已于 {at} 完成"),
                format!("It was marked done by {who} at {at}"),
            )
            .hint("不需要再处理", "Nothing is left to do"),
            Self::Expired { at } => conflict(
                "ticket.expired",
                format!("这个待办已于 {at} 过期"),
                format!("This ticket expired at {at}"),
            )
            .hint(
                "可以标记完成，或者重开",
                "Mark it done, or reopen it",
            ),
            Self::Taken { who, at } => conflict(
                "ticket.taken",
                format!("{who} 已于 {at} 开始处理"),
                format!("It was taken by {who} at {at}"),
            )
            .hint(
                "需要换人时请转交",
                "Hand it over if another person takes it on",
            ),
            Self::Open => conflict(
                "ticket.open",
                "这个待办还没有完成",
                "This ticket is still open",
            ),
            Self::SnoozeBeyond { at } => conflict(
                "ticket.snooze_beyond",
                format!("稍后提醒的时间要晚于现在，并早于过期时间 {at}"),
                format!("A snooze ends after now and before the ticket expires at {at}"),
            )
            .at("until", "range"),
            Self::Chase => conflict(
                "ticket.chase",
                "加急按任务的催单周期催，不能稍后提醒或重开",
                "A chase follows the chase schedule of its task: it is neither snoozed nor reopened",
            )
            .hint(
                "请在任务页恢复原始周期，或重新加急",
                "Stop chasing on the page of the task, or chase it again",
            ),
            Self::TooManyDefaults => conflict(
                "ticket.too_many_defaults",
                format!("默认策略最多 {DEFAULTS_MAX} 个"),
                format!("There are at most {DEFAULTS_MAX} default policies"),
            )
            .hint("请先删除不用的", "Delete one that is not used"),
            Self::OpenAgain => conflict(
                "ticket.open_again",
                "同一件事已经有一个未完成的待办",
                "Another ticket about the same is open",
            )
            .hint("请处理那个待办", "Answer that one"),
            Self::NotOpened => conflict(
                "ticket.not_opened",
                "任务现在的设置不再产生这种待办",
                "The task does not open such tickets any more",
            )
            .hint(
                "需要时请先修改任务的“产生待办”设置",
                "Change *Opens tickets* of the task first",
            ),
            Self::TaskClosed => conflict(
                "ticket.task_closed",
                "任务已结单",
                "The task is closed",
            )
            .hint("请先重新打开任务", "Reopen the task first"),
            Self::Busy => conflict(
                "ticket.busy",
                "其他人正在处理这个待办",
                "Others are changing this ticket",
            )
            .hint("请稍后再试", "Try again"),
        }
    }
}
