//! Chat messages: their events and states.

mod listing;
mod no_answer;
mod picture;
mod state;
mod vendor_code;

pub use listing::{InsteadOf, Message, MessageQuery, MessageWait};
pub use no_answer::{NoAnswer, NoAnswerReason, answer_text, with_built_in_words};
pub use picture::{PICTURE_MAX, Picture, PictureDraft, PictureName};
pub use state::{MessageState, MessageStep};
pub use vendor_code::is_web_page;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::i18n::Lang;
use crate::transition::Word;

/// What happened. Its code is stored with a message, sent to webhooks and listed in
/// `docs/API.md`; composing, pages and documents all use this list.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// A task was created (建单通知).
    Created,
    /// A reminder of a task in message mode is due.
    Reminder,
    /// A run of a task in message + command mode succeeded.
    Completed,
    /// A task is being chased (催单).
    Urge,
    /// A run failed or could not be started.
    Failed,
    /// A run was ended by its hard limit.
    TimedOut,
    /// A run was stopped by a person or by shutdown.
    Stopped,
    /// The server died during a run.
    Lost,
    /// A run has exceeded its soft limit and continues.
    TooLong,
    /// A run started.
    Started,
    /// A run started much later than planned.
    LateStart,
    /// An attempt failed and will be repeated.
    Retried,
    /// A run succeeded in less time than its task takes at least.
    TooFast,
    /// A run succeeded after failures.
    Recovered,
    /// Planned runs did not start because no server could start them.
    Missed,
    /// A planned run was skipped by a rule.
    Skipped,
    /// A task was paused by the server after repeated failures.
    Paused,
    /// A run starts soon.
    StartingSoon,
    /// The active period of a task ends soon.
    EndsSoon,
    /// A person changed a task.
    Changed,
    /// A task was closed (结单).
    Closed,
    /// A task was reopened or resumed (恢复).
    Restored,
    /// A ticket was opened.
    TicketOpened,
    /// People are asked for a ticket again.
    TicketUrged,
    /// A person has taken a ticket.
    TicketAcknowledged,
    /// A person has put a ticket off.
    TicketSnoozed,
    /// A ticket was handed over to another person.
    TicketHandedOver,
    /// More people are asked for a ticket, since none of the first has answered.
    TicketEscalated,
    /// A ticket is done.
    TicketDone,
    /// A ticket, or a chase, has ended without an answer.
    TicketExpired,
    /// A ticket is asked for again.
    TicketReopened,
    /// The lease of a server expired.
    ServerDead,
    /// The clock of a server was set.
    ClockStepped,
    /// The disk of a server is nearly full.
    DiskLow,
    /// A person tests a channel.
    Test,
    /// Several messages of a channel as one, since its vendor takes no more of them.
    Digest,
    /// What needed attention in a day or in a week.
    Summary,
}

/// What a message of the outbox consists of.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MessageKind {
    /// Words.
    Text,
    /// A picture, which follows the text before it.
    Image,
}

impl MessageKind {
    /// The code used in the API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl Event {
    /// All events.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The code used in the API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether such a message asks people for something, rather than reporting what happened. After
    /// the close of its task it is not sent any more.
    #[must_use]
    pub const fn asks(self) -> bool {
        match self {
            Self::Failed
            | Self::TimedOut
            | Self::Lost
            | Self::TooLong
            | Self::Started
            | Self::LateStart
            | Self::Retried
            | Self::TooFast
            | Self::Recovered
            | Self::Missed
            | Self::Skipped
            | Self::Paused
            | Self::Changed
            | Self::Closed
            | Self::Restored
            | Self::ServerDead
            | Self::ClockStepped
            | Self::DiskLow
            | Self::TicketOpened
            | Self::TicketAcknowledged
            | Self::TicketSnoozed
            | Self::TicketDone
            | Self::TicketExpired
            | Self::TicketReopened
            | Self::Digest
            | Self::Summary => false,
            Self::StartingSoon
            | Self::EndsSoon
            | Self::TicketUrged
            | Self::TicketHandedOver
            | Self::TicketEscalated
            | Self::Created
            | Self::Reminder
            | Self::Completed
            | Self::Urge
            | Self::Stopped
            | Self::Test => true,
        }
    }

    /// Whether the main channel of a task gets it where no rule says otherwise.
    #[must_use]
    pub const fn is_default(self) -> bool {
        match self {
            Self::Created
            | Self::Reminder
            | Self::Completed
            | Self::Urge
            | Self::Failed
            | Self::TimedOut
            | Self::Stopped
            | Self::Lost
            | Self::TooLong
            | Self::Recovered
            | Self::Missed
            | Self::Paused
            | Self::TicketUrged
            | Self::TicketHandedOver
            | Self::TicketEscalated
            | Self::TicketDone
            | Self::TicketExpired
            // The task asks for it.
            | Self::StartingSoon => true,
            // Many, or of interest to few.
            Self::Started
            | Self::LateStart
            | Self::Retried
            | Self::TooFast
            | Self::Skipped
            | Self::EndsSoon
            | Self::Changed
            | Self::Closed
            | Self::Restored
            | Self::TicketOpened
            | Self::TicketAcknowledged
            | Self::TicketSnoozed
            | Self::TicketReopened
            // They are about no task, so no task has a channel for them.
            | Self::ServerDead
            | Self::ClockStepped
            | Self::DiskLow => false,
            // They are sent to a channel, and no rule chooses it.
            Self::Test | Self::Digest | Self::Summary => false,
        }
    }

    /// Whether rules may name it: a channel for any other is chosen in another way.
    #[must_use]
    pub const fn is_routed(self) -> bool {
        !matches!(self, Self::Test | Self::Digest | Self::Summary)
    }

    /// Whether it is about the system, not about a task: only rules for the system get it.
    #[must_use]
    pub const fn is_of_system(self) -> bool {
        matches!(self, Self::ServerDead | Self::ClockStepped | Self::DiskLow)
    }

    /// Whether it reports that a run went wrong: rules may wait for several consecutive ones, and may
    /// send them in quiet hours.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::TimedOut | Self::Lost)
    }

    /// Whether it is the result of a run in message mode, which ends with the channel's answer to it. What else is
    /// sent about such a run decides nothing.
    #[must_use]
    pub const fn ends_run(self) -> bool {
        matches!(self, Self::Reminder | Self::Urge)
    }

    /// The events that end runs.
    pub const ENDING_RUNS: [Self; 2] = [Self::Reminder, Self::Urge];

    /// Whether a rule may hold back repetitions of it. What asks for something is no
    /// repetition, and the run of a message waits for it.
    #[must_use]
    pub const fn may_repeat(self) -> bool {
        !matches!(
            self,
            Self::Created
                | Self::Reminder
                | Self::Completed
                | Self::Urge
                | Self::StartingSoon
                | Self::TicketUrged
                | Self::TicketHandedOver
                | Self::TicketEscalated
                | Self::TicketExpired
        )
    }

    /// The start of a message's text.
    #[must_use]
    pub const fn title(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Self::Created) => "【建单通知】",
            (Lang::Zh, Self::Reminder) => "【提醒】",
            (Lang::Zh, Self::Completed) => "【执行完成】",
            (Lang::Zh, Self::Urge) => "【催单】",
            (Lang::Zh, Self::Failed) => "【执行失败】",
            (Lang::Zh, Self::Stopped) => "【已停止】",
            (Lang::Zh, Self::Lost) => "【执行丢失】",
            (Lang::Zh, Self::TooLong) => "【执行过久】",
            (Lang::Zh, Self::TimedOut) => "【执行超时】",
            (Lang::Zh, Self::Started) => "【开始执行】",
            (Lang::Zh, Self::LateStart) => "【启动延迟】",
            (Lang::Zh, Self::Retried) => "【等待重试】",
            (Lang::Zh, Self::TooFast) => "【执行过快】",
            (Lang::Zh, Self::Recovered) => "【恢复正常】",
            (Lang::Zh, Self::Missed) => "【错过执行】",
            (Lang::Zh, Self::Skipped) => "【跳过执行】",
            (Lang::Zh, Self::Paused) => "【自动暂停】",
            (Lang::Zh, Self::Changed) => "【任务变更】",
            (Lang::Zh, Self::Closed) => "【已结单】",
            (Lang::Zh, Self::Restored) => "【已恢复】",
            (Lang::Zh, Self::TicketOpened) => "【待办新建】",
            (Lang::Zh, Self::TicketUrged) => "【待办催单】",
            (Lang::Zh, Self::TicketAcknowledged) => "【待办有人处理】",
            (Lang::Zh, Self::TicketSnoozed) => "【待办稍后提醒】",
            (Lang::Zh, Self::TicketHandedOver) => "【待办转交】",
            (Lang::Zh, Self::TicketEscalated) => "【待办升级】",
            (Lang::Zh, Self::TicketDone) => "【待办完成】",
            (Lang::Zh, Self::TicketExpired) => "【待办已过期】",
            (Lang::Zh, Self::TicketReopened) => "【待办重开】",
            (Lang::Zh, Self::ServerDead) => "【服务器失联】",
            (Lang::Zh, Self::ClockStepped) => "【时钟跳变】",
            (Lang::Zh, Self::DiskLow) => "【磁盘不足】",
            (Lang::Zh, Self::EndsSoon) => "【即将到期】",
            (Lang::Zh, Self::StartingSoon) => "【即将执行】",
            (Lang::Zh, Self::Test) => "【测试】",
            (Lang::Zh, Self::Digest) => "【消息汇总】",
            (Lang::Zh, Self::Summary) => "【定期汇总】",
            (Lang::En, Self::Created) => "[New task] ",
            (Lang::En, Self::Reminder) => "[Reminder] ",
            (Lang::En, Self::Completed) => "[Completed] ",
            (Lang::En, Self::Urge) => "[Chase] ",
            (Lang::En, Self::Failed) => "[Failed] ",
            (Lang::En, Self::Stopped) => "[Stopped] ",
            (Lang::En, Self::Lost) => "[Run lost] ",
            (Lang::En, Self::TooLong) => "[Running long] ",
            (Lang::En, Self::TimedOut) => "[Timed out] ",
            (Lang::En, Self::Started) => "[Started] ",
            (Lang::En, Self::LateStart) => "[Late start] ",
            (Lang::En, Self::Retried) => "[Retrying] ",
            (Lang::En, Self::TooFast) => "[Finished too fast] ",
            (Lang::En, Self::Recovered) => "[Recovered] ",
            (Lang::En, Self::Missed) => "[Missed] ",
            (Lang::En, Self::Skipped) => "[Skipped] ",
            (Lang::En, Self::Paused) => "[Paused] ",
            (Lang::En, Self::Changed) => "[Task changed] ",
            (Lang::En, Self::Closed) => "[Done] ",
            (Lang::En, Self::Restored) => "[Active again] ",
            (Lang::En, Self::TicketOpened) => "[Ticket opened] ",
            (Lang::En, Self::TicketUrged) => "[Ticket urged] ",
            (Lang::En, Self::TicketAcknowledged) => "[Ticket taken] ",
            (Lang::En, Self::TicketSnoozed) => "[Ticket snoozed] ",
            (Lang::En, Self::TicketHandedOver) => "[Ticket handed over] ",
            (Lang::En, Self::TicketEscalated) => "[Ticket escalated] ",
            (Lang::En, Self::TicketDone) => "[Ticket done] ",
            (Lang::En, Self::TicketExpired) => "[Ticket expired] ",
            (Lang::En, Self::TicketReopened) => "[Ticket reopened] ",
            (Lang::En, Self::ServerDead) => "[Server lost] ",
            (Lang::En, Self::ClockStepped) => "[Clock changed] ",
            (Lang::En, Self::DiskLow) => "[Disk nearly full] ",
            (Lang::En, Self::EndsSoon) => "[Ends soon] ",
            (Lang::En, Self::StartingSoon) => "[Starting soon] ",
            (Lang::En, Self::Test) => "[Test] ",
            (Lang::En, Self::Digest) => "[Digest] ",
            (Lang::En, Self::Summary) => "[Summary] ",
        }
    }

    /// The name of such a message on pages.
    #[must_use]
    pub const fn words(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Self::Created) => "建单通知",
            (Lang::Zh, Self::Reminder) => "提醒",
            (Lang::Zh, Self::Completed) => "执行完成",
            (Lang::Zh, Self::Urge) => "催单",
            (Lang::Zh, Self::Failed) => "执行失败",
            (Lang::Zh, Self::Stopped) => "执行被停止",
            (Lang::Zh, Self::Lost) => "执行丢失",
            (Lang::Zh, Self::TooLong) => "执行过久",
            (Lang::Zh, Self::TimedOut) => "执行超时",
            (Lang::Zh, Self::Started) => "开始执行",
            (Lang::Zh, Self::LateStart) => "启动延迟",
            (Lang::Zh, Self::Retried) => "等待重试",
            (Lang::Zh, Self::TooFast) => "执行过快",
            (Lang::Zh, Self::Recovered) => "恢复正常",
            (Lang::Zh, Self::Missed) => "错过执行",
            (Lang::Zh, Self::Skipped) => "跳过执行",
            (Lang::Zh, Self::Paused) => "自动暂停",
            (Lang::Zh, Self::Changed) => "任务变更",
            (Lang::Zh, Self::Closed) => "结单",
            (Lang::Zh, Self::Restored) => "恢复",
            (Lang::Zh, Self::TicketOpened) => "待办新建",
            (Lang::Zh, Self::TicketUrged) => "待办催单",
            (Lang::Zh, Self::TicketAcknowledged) => "待办有人处理",
            (Lang::Zh, Self::TicketSnoozed) => "待办稍后提醒",
            (Lang::Zh, Self::TicketHandedOver) => "待办转交",
            (Lang::Zh, Self::TicketEscalated) => "待办升级",
            (Lang::Zh, Self::TicketDone) => "待办完成",
            (Lang::Zh, Self::TicketExpired) => "待办已过期",
            (Lang::Zh, Self::TicketReopened) => "待办重开",
            (Lang::Zh, Self::ServerDead) => "服务器失联",
            (Lang::Zh, Self::ClockStepped) => "时钟跳变",
            (Lang::Zh, Self::DiskLow) => "磁盘不足",
            (Lang::Zh, Self::EndsSoon) => "即将到期",
            (Lang::Zh, Self::StartingSoon) => "即将执行",
            (Lang::Zh, Self::Test) => "测试",
            (Lang::Zh, Self::Digest) => "消息汇总",
            (Lang::Zh, Self::Summary) => "定期汇总",
            (Lang::En, Self::Created) => "New task",
            (Lang::En, Self::Reminder) => "Reminder",
            (Lang::En, Self::Completed) => "Run completed",
            (Lang::En, Self::Urge) => "Chase",
            (Lang::En, Self::Failed) => "Run failed",
            (Lang::En, Self::Stopped) => "Run stopped",
            (Lang::En, Self::Lost) => "Run lost",
            (Lang::En, Self::TooLong) => "Running long",
            (Lang::En, Self::TimedOut) => "Run timed out",
            (Lang::En, Self::Started) => "Run started",
            (Lang::En, Self::LateStart) => "Late start",
            (Lang::En, Self::Retried) => "Retrying",
            (Lang::En, Self::TooFast) => "Finished too fast",
            (Lang::En, Self::Recovered) => "Recovered",
            (Lang::En, Self::Missed) => "Runs missed",
            (Lang::En, Self::Skipped) => "Run skipped",
            (Lang::En, Self::Paused) => "Paused after failures",
            (Lang::En, Self::Changed) => "Task changed",
            (Lang::En, Self::Closed) => "Task marked done",
            (Lang::En, Self::Restored) => "Task active again",
            (Lang::En, Self::TicketOpened) => "Ticket opened",
            (Lang::En, Self::TicketUrged) => "Ticket urged",
            (Lang::En, Self::TicketAcknowledged) => "Ticket taken",
            (Lang::En, Self::TicketSnoozed) => "Ticket snoozed",
            (Lang::En, Self::TicketHandedOver) => "Ticket handed over",
            (Lang::En, Self::TicketEscalated) => "Ticket escalated",
            (Lang::En, Self::TicketDone) => "Ticket done",
            (Lang::En, Self::TicketExpired) => "Ticket expired",
            (Lang::En, Self::TicketReopened) => "Ticket reopened",
            (Lang::En, Self::ServerDead) => "Server lost",
            (Lang::En, Self::ClockStepped) => "Clock changed",
            (Lang::En, Self::DiskLow) => "Disk nearly full",
            (Lang::En, Self::EndsSoon) => "Active period ends soon",
            (Lang::En, Self::StartingSoon) => "Run starts soon",
            (Lang::En, Self::Test) => "Test",
            (Lang::En, Self::Digest) => "Digest",
            (Lang::En, Self::Summary) => "Summary",
        }
    }

    /// The name for a stored code; a code of another version is shown as it is.
    #[must_use]
    pub fn text(code: &str, lang: Lang) -> String {
        Self::read(code)
            .map_or(code, |event| event.words(lang))
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_words_in_both_languages_and_stands_in_the_documents() {
        let document = include_str!("../../docs/API.md");
        for event in Event::ALL.iter().copied() {
            let code = event.as_str();
            assert_eq!(Event::read(code), Some(event));
            assert!(code.len() <= 32, "{code}: the column's length");
            assert!(
                document.contains(&format!("`{code}`")),
                "docs/API.md does not name {code}"
            );
            for lang in [Lang::Zh, Lang::En] {
                let words = Event::text(code, lang);
                assert!(!words.is_empty() && words != code, "{code}");
                assert!(!event.title(lang).trim().is_empty(), "{code}");
            }
            let zh = event.words(Lang::Zh);
            assert!(zh.chars().all(|c| !c.is_ascii()), "{zh}");
            assert!(event.words(Lang::En).is_ascii());
        }
        assert_eq!(
            Event::text("of_another_version", Lang::En),
            "of_another_version"
        );
    }
}
