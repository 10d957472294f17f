//! The buttons of a ticket's card in a chat: what they say, what a press carries, and what it does.

use app::i18n::Lang;
use app::id::{TaskId, TicketId};
use app::message::Event;
use app::ticket::{TicketAct, TicketKind, TicketState};

use super::ticket_link::is_cause;
use crate::chat::Button;
use crate::facts::Facts;

/// What the keys of these buttons begin with.
const KEY: &str = "ticket:";

/// A button of a ticket's card.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TicketButton {
    /// It is done.
    Done,
    /// The person who presses takes it.
    Take,
    /// Snoozed for half an hour.
    HalfHour,
    /// Snoozed for two hours.
    TwoHours,
    /// Snoozed until tomorrow morning.
    Tomorrow,
}

impl TicketButton {
    /// All of them, in the order of a card.
    const ALL: [Self; 5] = [
        Self::Done,
        Self::Take,
        Self::HalfHour,
        Self::TwoHours,
        Self::Tomorrow,
    ];

    /// The buttons that a ticket of a kind has in a state.
    #[must_use]
    pub fn of(id: TicketId, kind: TicketKind, state: TicketState, lang: Lang) -> Vec<Button> {
        let offered = Self::ALL.into_iter().filter(|button| match button {
            // Urging may have ended without an answer; the work can still be done.
            Self::Done => state != TicketState::Done,
            Self::Take => matches!(state, TicketState::Open | TicketState::Snoozed),
            // A chase follows the schedule of its task.
            Self::HalfHour | Self::TwoHours | Self::Tomorrow => {
                !state.is_over() && kind != TicketKind::Chase
            }
        });
        let button = |button: Self| Button {
            label: button.label(lang).to_owned(),
            key: format!("{KEY}{id}:{}", button.word()),
        };
        offered.map(button).collect()
    }

    /// The ticket and the button of a press; `None` where the key is none of theirs.
    #[must_use]
    pub fn read(key: &str) -> Option<(TicketId, Self)> {
        let (id, word) = key.strip_prefix(KEY)?.split_once(':')?;
        let button = Self::ALL.into_iter().find(|button| button.word() == word)?;
        Some((id.parse().ok()?, button))
    }

    /// What a press does.
    #[must_use]
    pub fn act(self) -> TicketAct {
        match self {
            Self::Done => TicketAct::Done(String::new()),
            Self::Take => TicketAct::Acknowledge,
            Self::HalfHour | Self::TwoHours | Self::Tomorrow => {
                TicketAct::Snooze(self.word().to_owned())
            }
        }
    }

    /// Its word in keys; of a snooze, its length as it is typed.
    fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Take => "take",
            Self::HalfHour => "30m",
            Self::TwoHours => "2h",
            Self::Tomorrow => "tomorrow",
        }
    }

    /// What it says: at most ten characters, which all chats show.
    fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::Done => lang.pick("完成", "Done"),
            Self::Take => lang.pick("我来处理", "I take it"),
            Self::HalfHour => lang.pick("30 分钟后", "In 30 min"),
            Self::TwoHours => lang.pick("2 小时后", "In 2 hours"),
            Self::Tomorrow => lang.pick("明早", "Tomorrow"),
        }
    }
}

/// The button that starts a task again.
#[must_use]
pub fn run_again(task: TaskId, lang: Lang) -> Button {
    Button {
        label: lang.pick("再次执行", "Run again").to_owned(),
        key: format!("run:{task}"),
    }
}

/// Whether a message asks people for a ticket where there is one, so that its card has buttons.
pub(super) fn asks(facts: &Facts) -> bool {
    let event = facts.event();
    event.asks_for_ticket() || is_cause(event) || matches!(event, Event::Urge | Event::Reminder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(kind: TicketKind, state: TicketState) -> Vec<String> {
        let buttons = TicketButton::of(TicketId(7), kind, state, Lang::En);
        let words = buttons.iter().map(|button| {
            let (id, read) = TicketButton::read(&button.key).expect("a button");
            assert_eq!(id, TicketId(7));
            assert!(button.label.chars().count() <= 10, "{button:?}");
            read.word().to_owned()
        });
        words.collect()
    }

    #[test]
    fn a_card_offers_what_its_ticket_allows() {
        let all = ["done", "take", "30m", "2h", "tomorrow"];
        assert_eq!(words(TicketKind::Task, TicketState::Open), all);
        assert_eq!(words(TicketKind::Failure, TicketState::Snoozed), all);
        assert_eq!(
            words(TicketKind::Task, TicketState::Acknowledged),
            ["done", "30m", "2h", "tomorrow"]
        );
        assert_eq!(words(TicketKind::Chase, TicketState::Open), all[..2]);
        assert_eq!(words(TicketKind::Firing, TicketState::Expired), all[..1]);
        assert!(words(TicketKind::Task, TicketState::Done).is_empty());
    }

    #[test]
    fn keys_of_other_buttons_are_none_of_theirs() {
        for key in [
            "",
            "run:7",
            "ticket:",
            "ticket:7",
            "ticket:x:done",
            "ticket:7:delete",
        ] {
            assert_eq!(TicketButton::read(key), None, "{key}");
        }
    }
}
