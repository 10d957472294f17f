//! The kinds and states of a ticket, and the steps between the states.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::i18n::Lang;
use crate::transition::Step;

/// What a ticket was opened by.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TicketKind {
    /// The task itself is the order: 结单 closes both.
    Task,
    /// One firing of a reminder; the task goes on.
    Firing,
    /// Runs that fail or are missed; it closes itself when a run succeeds.
    Failure,
    /// 加急: the task runs on its chase schedule, which ends with the ticket.
    Chase,
}

impl TicketKind {
    /// All kinds.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The name used in the API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether a task has at most one open ticket of this kind.
    #[must_use]
    pub const fn is_one_per_task(self) -> bool {
        !matches!(self, Self::Firing)
    }

    /// The name on pages.
    #[must_use]
    pub const fn words(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Self::Task) => "任务",
            (Lang::Zh, Self::Firing) => "提醒",
            (Lang::Zh, Self::Failure) => "故障",
            (Lang::Zh, Self::Chase) => "加急",
            (Lang::En, Self::Task) => "Task",
            (Lang::En, Self::Firing) => "Reminder",
            (Lang::En, Self::Failure) => "Failure",
            (Lang::En, Self::Chase) => "Chase",
        }
    }
}

/// How a ticket stands.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TicketState {
    /// Asked for, without an answer.
    Open,
    /// A person has taken it.
    Acknowledged,
    /// Not asked for again before a time.
    Snoozed,
    /// A person, or a run that succeeded, has ended it.
    Done,
    /// Urging ended without an answer: by number or by time.
    Expired,
}

impl TicketState {
    /// All states.
    pub const ALL: &'static [Self] = Self::VARIANTS;
    /// States in which it is still asked for.
    pub const OPEN: [Self; 3] = [Self::Open, Self::Acknowledged, Self::Snoozed];

    /// The name used in the API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether nothing is asked for any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Expired)
    }

    /// The name on pages.
    #[must_use]
    pub const fn words(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Self::Open) => "待处理",
            (Lang::Zh, Self::Acknowledged) => "处理中",
            (Lang::Zh, Self::Snoozed) => "稍后提醒",
            (Lang::Zh, Self::Done) => "已完成",
            (Lang::Zh, Self::Expired) => "已过期",
            (Lang::En, Self::Open) => "Open",
            (Lang::En, Self::Acknowledged) => "Acknowledged",
            (Lang::En, Self::Snoozed) => "Snoozed",
            (Lang::En, Self::Done) => "Done",
            (Lang::En, Self::Expired) => "Expired",
        }
    }
}

/// A step of a ticket. A new one is [`TicketState::Open`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TicketStep {
    /// A person takes it.
    Acknowledge,
    /// It is put off until a time.
    Snooze,
    /// That time has come.
    Wake,
    /// It is another person's now, who has not answered yet.
    HandOver,
    /// It is done, also after its urging has ended.
    Finish,
    /// Its urging ends without an answer.
    Expire,
    /// It is asked for again.
    Reopen,
}

impl Step for TicketStep {
    type State = TicketState;

    fn leaves(self, state: TicketState) -> bool {
        match self {
            Self::Acknowledge => matches!(state, TicketState::Open | TicketState::Snoozed),
            Self::Snooze | Self::HandOver | Self::Expire => !state.is_over(),
            Self::Wake => state == TicketState::Snoozed,
            Self::Finish => state != TicketState::Done,
            Self::Reopen => state.is_over(),
        }
    }

    fn to(self) -> TicketState {
        match self {
            Self::Acknowledge => TicketState::Acknowledged,
            Self::Snooze => TicketState::Snoozed,
            Self::Wake | Self::HandOver | Self::Reopen => TicketState::Open,
            Self::Finish => TicketState::Done,
            Self::Expire => TicketState::Expired,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transition::check;

    #[test]
    fn done_is_final_until_it_is_reopened() {
        let open: &[&str] = &["open", "acknowledged", "snoozed"];
        check(&[
            (
                TicketStep::Acknowledge,
                &["open", "snoozed"],
                "acknowledged",
            ),
            (TicketStep::Snooze, open, "snoozed"),
            (TicketStep::Wake, &["snoozed"], "open"),
            (TicketStep::HandOver, open, "open"),
            (
                TicketStep::Finish,
                &["open", "acknowledged", "snoozed", "expired"],
                "done",
            ),
            (TicketStep::Expire, open, "expired"),
            (TicketStep::Reopen, &["done", "expired"], "open"),
        ]);
    }

    #[test]
    fn states_and_kinds_have_words_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            for state in TicketState::ALL {
                assert!(!state.words(lang).is_empty());
                assert_eq!(!state.is_over(), TicketState::OPEN.contains(state));
            }
            for kind in TicketKind::ALL {
                assert!(!kind.words(lang).is_empty());
            }
        }
    }
}
