//! What a person does to a ticket, as it was typed.

use app::backend::Answer;
use app::i18n::Lang;
use app::name::{NameFault, name_fault};
use app::task::{LIST_ITEM_MAX, Task, owners};
use app::ticket::machine::TicketEvent;
use app::ticket::{TicketAct, TicketState, WORD_MAX_CHARS};
use chrono::{DateTime, Utc};

use super::super::Service;
use super::over;
use crate::store::StoredTicket;
use crate::texts::Fault;
use crate::texts::tickets::TicketFault;
use crate::urge::People;

/// An act as it was typed, checked.
pub(super) struct ParsedAct {
    /// What happens to the ticket.
    pub(super) happening: TicketEvent,
    /// The person to whom it is handed over.
    pub(super) to: Option<String>,
    /// The word that is left; empty for none.
    pub(super) word: String,
}

impl ParsedAct {
    /// The ticket with whom it asks after this act.
    pub(super) fn asks(
        &self,
        ticket: &StoredTicket,
        who: &str,
        now: DateTime<Utc>,
    ) -> StoredTicket {
        let mut asks = ticket.clone();
        match self.happening {
            TicketEvent::HandOver => {
                asks.asked = self.to.iter().cloned().collect();
                asks.acknowledged = None;
            }
            TicketEvent::Acknowledge => {
                asks.ticket.state = TicketState::Acknowledged;
                asks.acknowledged = Some((who.to_owned(), now));
            }
            _ => {}
        }
        asks
    }
}

impl Service {
    /// Checks what was typed.
    pub(super) fn check_act(
        &self,
        lang: Lang,
        act: &TicketAct,
        (who, people): (&str, &People),
        ticket: &StoredTicket,
        task: &Task,
    ) -> Answer<ParsedAct> {
        let plain = |happening| ParsedAct {
            happening,
            to: None,
            word: String::new(),
        };
        Ok(match act {
            TicketAct::Acknowledge => plain(TicketEvent::Acknowledge),
            TicketAct::Reopen => plain(TicketEvent::Reopen),
            TicketAct::Done(word) => {
                let word = word.trim().replace("\r\n", "\n");
                let hidden = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
                if word.chars().count() > WORD_MAX_CHARS || word.contains(hidden) {
                    return Err(TicketFault::LongWord.alone("word", lang));
                }
                let mut faults = word.lines().filter_map(name_fault);
                if faults.any(|fault| matches!(fault, NameFault::Direction | NameFault::Hidden)) {
                    return Err(TicketFault::HiddenWord.alone("word", lang));
                }
                ParsedAct {
                    word,
                    ..plain(TicketEvent::Done)
                }
            }
            TicketAct::Snooze(until) => {
                let until = self
                    .snooze_until(until, (who, people), ticket, task)
                    .map_err(|fault| fault.alone("until", lang))?;
                if ticket.ticket.state.is_over() {
                    return Err(over(ticket, lang, task));
                }
                plain(TicketEvent::Snooze(until))
            }
            TicketAct::Assign(to) => {
                let people = owners(std::slice::from_ref(to));
                // `@all` is everybody in a chat, and no person.
                let fine = |name: &String| {
                    name.chars().count() <= LIST_ITEM_MAX
                        && name_fault(name).is_none()
                        && !name.starts_with('@')
                };
                match people.as_slice() {
                    [one] if fine(one) => ParsedAct {
                        to: Some(one.clone()),
                        ..plain(TicketEvent::HandOver)
                    },
                    _ => return Err(TicketFault::NoPerson.alone("to", lang)),
                }
            }
        })
    }
}
