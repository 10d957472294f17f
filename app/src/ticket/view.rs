//! Tickets as everything outside sees them, and what can be done to them.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use super::{TicketEntryKind, TicketKind, TicketState};
use crate::i18n::Lang;
use crate::id::{OccurrenceId, RunId, TaskId, TicketId};
use crate::message::MessageState;
use crate::time::Stamp;
use crate::transition::Word;

/// The longest word that a person leaves with an act, in characters.
pub const WORD_MAX_CHARS: usize = 500;

/// A ticket.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketView {
    /// Its id.
    pub id: TicketId,
    /// The task that opened it.
    pub task_id: TaskId,
    /// The task's name: what is asked for.
    pub task: String,
    /// What opened it.
    pub kind: TicketKind,
    /// The firing that it is about, for a reminder.
    pub occurrence_id: Option<OccurrenceId>,
    /// The run that failed first.
    pub run_id: Option<RunId>,
    /// How it stands.
    pub state: TicketState,
    /// The rung of the ladder that was reached; 0 for the owners alone.
    pub level: i32,
    /// Whose it is: the first owner of the task, or the person to whom it was handed over or who took it; may be
    /// empty.
    pub owner: String,
    /// The people who are asked: owners, and those of the ladder so far.
    pub asked: Vec<String>,
    /// When it was opened.
    pub opened_at: Stamp,
    /// Since when it has been asked for: its opening, or when it was reopened or handed over last.
    pub since: Stamp,
    /// Urges since it was opened, or reopened last. Of a chase, firings of its schedule.
    pub urges: i32,
    /// When people are asked next: the next urge, or the next firing of a chase. `null` when it is over, when a person has
    /// taken it and its policy stops then, and when it has been urged as often as it may.
    pub next_urge_at: Option<Stamp>,
    /// Those whom the next urge asks and who have a zone of their own, with the time there.
    pub next_local: Vec<LocalTime>,
    /// When it expires if no one answers.
    pub expires_at: Stamp,
    /// Until when it is put off; `null` unless it is.
    pub snoozed_until: Option<Stamp>,
    /// Who took it.
    pub acknowledged_by: Option<String>,
    /// When.
    pub acknowledged_at: Option<Stamp>,
    /// Who ended it; `jcrontab` where the product did.
    pub done_by: Option<String>,
    /// When it ended.
    pub done_at: Option<Stamp>,
    /// The word that was left then.
    pub word: Option<String>,
    /// IANA zone of its task, in which its times are shown.
    pub zone: String,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// The time of the next urge where a person is whom it asks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LocalTime {
    /// The person.
    pub who: String,
    /// IANA zone of the person.
    pub zone: String,
    /// The time there, `YYYY-MM-DD HH:MM:SS`.
    pub local: String,
}

impl TicketView {
    /// The time of the next urge where those are whom it asks, to follow its time in the zone of the task; may be empty.
    #[must_use]
    pub fn next_elsewhere(&self) -> String {
        let local = self.next_local.iter();
        local
            .map(|one| format!(" · {} {} ({})", one.who, one.local, one.zone))
            .collect()
    }

    /// Whether it is a person's, or asks them.
    #[must_use]
    pub fn is_of(&self, person: &str) -> bool {
        self.owner == person || self.asked.iter().any(|name| name == person)
    }
}

/// A ticket with what happened to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketDetail {
    /// The ticket.
    pub ticket: TicketView,
    /// Who did what, oldest first; the last 200.
    pub history: Vec<TicketEntry>,
    /// Who was asked, newest first; the last 200.
    pub urges: Vec<TicketUrge>,
    /// What keeps its urges from reaching a person, each with the next step: no channel, no owner.
    pub warnings: Vec<String>,
}

/// Something that happened to a ticket.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketEntry {
    /// When.
    pub at: Stamp,
    /// Stable code: `opened`, `acknowledged`, `snoozed`, `handed_over`, `escalated`, `done`, `expired`, `reopened`,
    /// `check_passed` (then `done`), `check_failed` (then the urge).
    pub what: String,
    /// Who did it; `jcrontab` where the product did.
    pub who: String,
    /// The word that was left, the person it was handed over to, the end of a snooze (RFC 3339), or how a check ended
    /// with the end of its output; may be empty.
    pub detail: String,
}

impl TicketEntry {
    /// What happened; `None` for a code of another version.
    #[must_use]
    pub fn kind(&self) -> Option<TicketEntryKind> {
        TicketEntryKind::read(&self.what)
    }
}

/// One urge of a ticket.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketUrge {
    /// Its number since the ticket was opened, or reopened last before it, from 1.
    pub n: i32,
    /// When it was due.
    pub due_at: Stamp,
    /// When a server sent it.
    pub claimed_at: Stamp,
    /// Which server.
    pub server: String,
    /// The rung of the ladder.
    pub level: i32,
    /// Whom it asked.
    pub asked: Vec<String>,
    /// What became of it.
    pub outcome: UrgeOutcome,
    /// What the channel answered where it was not accepted; may be empty.
    pub answer: String,
}

/// What became of an urge: of its messages, each with its fallback in its place.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum UrgeOutcome {
    /// No channel gets it.
    NoChannel,
    /// It waits in the outbox.
    Waiting,
    /// A channel accepted it.
    Sent,
    /// A channel accepted it, and another one did not.
    PartlySent,
    /// It was given up.
    Failed,
    /// It was withdrawn before it was sent: the ticket was answered, or a newer urge took its place in quiet hours.
    Withdrawn,
    /// There is no message of it: a rule held it back, or the message is not kept any more.
    NoMessage,
}

impl UrgeOutcome {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The name used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What became of an urge that has these messages, each the last one in the row of fallbacks.
    #[must_use]
    pub fn of(messages: impl IntoIterator<Item = MessageState>) -> Self {
        let (mut sent, mut waits, mut dead, mut withdrawn) = (false, false, false, false);
        for state in messages {
            match state {
                MessageState::Sent | MessageState::Digested => sent = true,
                MessageState::Dead => dead = true,
                MessageState::Withdrawn => withdrawn = true,
                MessageState::Pending
                | MessageState::Waiting
                | MessageState::Sending
                | MessageState::Merged => waits = true,
            }
        }
        if sent && dead {
            Self::PartlySent
        } else if sent {
            Self::Sent
        } else if waits {
            Self::Waiting
        } else if dead {
            Self::Failed
        } else if withdrawn {
            Self::Withdrawn
        } else {
            Self::NoMessage
        }
    }

    /// The words on pages and in the terminal.
    #[must_use]
    pub const fn words(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Self::NoChannel) => "没有可用的通知渠道",
            (Lang::Zh, Self::Waiting) => "待发送",
            (Lang::Zh, Self::Sent) => "已发送",
            (Lang::Zh, Self::PartlySent) => "部分渠道发送失败",
            (Lang::Zh, Self::Failed) => "发送失败",
            (Lang::Zh, Self::Withdrawn) => "已撤回",
            (Lang::Zh, Self::NoMessage) => "没有消息记录（被规则合并，或已清理）",
            (Lang::En, Self::NoChannel) => "No channel",
            (Lang::En, Self::Waiting) => "Waiting",
            (Lang::En, Self::Sent) => "Sent",
            (Lang::En, Self::PartlySent) => "Failed on some channels",
            (Lang::En, Self::Failed) => "Failed",
            (Lang::En, Self::Withdrawn) => "Withdrawn",
            (Lang::En, Self::NoMessage) => "No message on record (held back by a rule, or deleted)",
        }
    }
}

/// A query for tickets.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TicketQuery {
    /// `open` for all that are not over (also when empty), `all`, or a code of [`TicketState`] other than `open`.
    pub state: String,
    /// Only those that are this person's, or ask them.
    pub owner: String,
    /// Only those of a task.
    pub task: Option<TaskId>,
    /// Only those of tasks with this tag.
    pub tag: String,
    /// Only those that are escalated at least to this level, 0–100.
    pub level: Option<u32>,
    /// A code of [`super::TicketOrder`]; empty for the newest first.
    pub sort: String,
    /// `next` of the previous page.
    pub after: Option<String>,
    /// Rows per page, 1–200; 50 when absent.
    pub limit: Option<u32>,
}

/// What a person does to a ticket.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketAct {
    /// Takes it.
    Acknowledge,
    /// It is done, with a word; may be empty.
    Done(String),
    /// Asks not to be asked again before: a length (`30m`, `2h`), `tomorrow` (the working hours of the person who does it begin, or
    /// 09:00 there), RFC
    /// 3339, or `YYYY-MM-DD HH:MM` or `HH:MM` in the task's zone.
    Snooze(String),
    /// Hands it over to a person.
    Assign(String),
    /// Asks for it again.
    Reopen,
}
