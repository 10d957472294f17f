//! The link in a message that asks for a ticket: it is made when the message leaves, and answers the ticket without an
//! account.
//!
//! It is a permission, so it is in what leaves only: the history of messages, the excerpts of runs and the answers of
//! other ends, which every reader sees, have a text in its place.

use app::i18n::Lang;
use app::id::{RunId, TaskId, TicketId};
use app::message::Event;
use app::ticket::{TicketKind, TicketState};

use super::outbox::Outbox;
use crate::auth::link::{LIFE_MAX, Link, LinkFor, issued_to};
use crate::facts::{Facts, TaskEvent};
use crate::outbound::SendError;
use crate::store::{StoreError, StoredTicket, TicketFilter};

/// What stands in the place of a token.
const HIDDEN: &str = "…";
/// Characters of a token that distinguish it from all others: kind, key and random number. What is behind them is of
/// no use without them.
const OWN: usize = 16;
/// The events that ask for an answer. The others report, perhaps to a wider circle.
const ASKING: [Event; 6] = [
    Event::Urge,
    Event::Reminder,
    Event::TicketUrged,
    Event::TicketEscalated,
    Event::TicketHandedOver,
    Event::TicketReopened,
];

/// Whether an event is the cause of a ticket: its message reports what happened, and can be answered where the ticket is
/// open.
pub(super) fn is_cause(event: Event) -> bool {
    event.is_failure() || matches!(event, Event::Missed | Event::Created)
}

/// A link to a ticket.
#[derive(Clone)]
pub(super) struct TicketLink {
    url: String,
    shown: String,
    token: String,
}

impl TicketLink {
    fn new(base_url: &str, token: String) -> Self {
        Self {
            url: format!("{base_url}/t/{token}"),
            shown: format!("{base_url}/t/{HIDDEN}"),
            token,
        }
    }

    /// The whole address.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The address without the token, as everything shows it that is kept.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// The line below a message that has this link.
    pub(super) fn line(&self, link: &str, lang: Lang) -> String {
        lang.pick(
            format!("\n免登录处理：{link}"),
            format!("\nAnswer without signing in: {link}"),
        )
    }

    /// The answer of the other end without the token: many a server repeats what it was sent, whole or in part.
    pub(super) fn hide_in(&self, answer: Result<String, SendError>) -> Result<String, SendError> {
        match answer {
            Ok(words) => Ok(self.hide(&words)),
            Err(error) => Err(self.hide_in_error(error)),
        }
    }

    fn hide_in_error(&self, error: SendError) -> SendError {
        match error {
            SendError::TooMany(words, after) => SendError::TooMany(self.hide(&words), after),
            SendError::Answer(words, after) => SendError::Answer(self.hide(&words), after),
            SendError::Rejected(words) => SendError::Rejected(self.hide(&words)),
            // What came of an answer that was cut short.
            SendError::Unanswered(error) => {
                SendError::Unanswered(Box::new(self.hide_in_error(*error)))
            }
            // A reason of ours.
            SendError::Refused(_) | SendError::Unreachable(_) => error,
        }
    }

    fn hide(&self, words: &str) -> String {
        let own = self.token.get(..OWN).unwrap_or(&self.token);
        let mut parts = words.split(own);
        let mut hidden = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            hidden.push_str(HIDDEN);
            let of_token = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            hidden.push_str(part.trim_start_matches(of_token));
        }
        hidden
    }
}

/// The ticket that a message is about.
pub(super) struct AboutTicket {
    pub(super) id: TicketId,
    pub(super) kind: TicketKind,
    /// Its state where the message was not made of it, else what the message assumes: it asks, so the ticket is open.
    pub(super) state: TicketState,
    /// Who is asked; a rota until its person is looked up.
    pub(super) asked: Vec<String>,
}

impl Outbox {
    /// The ticket that a message is about; `None` where it is about none.
    pub(super) async fn ticket_of(&self, facts: &Facts) -> Result<Option<AboutTicket>, SendError> {
        Ok(match facts {
            Facts::Task {
                event: TaskEvent::Ticket(ticket),
                ..
            } => (ticket.event != Event::TicketDone && ticket.ticket.0 != 0).then(|| AboutTicket {
                id: ticket.ticket,
                kind: ticket.kind,
                state: TicketState::Open,
                asked: ticket.asked.clone(),
            }),
            _ => {
                let found = self.ticket_of_cause(facts).await.map_err(|error| {
                    let words = format!("the ticket of this message cannot be read: {error}");
                    SendError::Answer(words, None)
                })?;
                found.map(|ticket| AboutTicket {
                    id: ticket.id,
                    kind: ticket.ticket.kind,
                    state: ticket.ticket.state,
                    asked: ticket.asked,
                })
            }
        })
    }

    /// The open ticket that a message can be answered by which is about something else: a firing of a chase that of the
    /// chase; a reminder, at whichever attempt, that of its own firing, or that of its task where the task is the order,
    /// as is that of a task that was created; a run that failed, and firings that were missed, that about failures.
    async fn ticket_of_cause(&self, facts: &Facts) -> Result<Option<StoredTicket>, StoreError> {
        let (task, kind) = match (facts, facts.event()) {
            (Facts::Ended { task, .. }, Event::Urge) => (task, TicketKind::Chase),
            (Facts::Ended { task, run, .. }, Event::Reminder) => {
                if let Some(found) = self.ticket_of_start(task.id, *run).await? {
                    return Ok(Some(found).filter(|one| !one.ticket.state.is_over()));
                }
                (task, TicketKind::Task)
            }
            (Facts::Created { task, .. }, _) => (task, TicketKind::Task),
            (
                Facts::Ended { task, .. } | Facts::Lost { task, .. } | Facts::Task { task, .. },
                event,
            ) if is_cause(event) => (task, TicketKind::Failure),
            _ => return Ok(None),
        };
        let wanted = TicketFilter {
            states: TicketState::OPEN.to_vec(),
            task: Some(task.id),
            kind: Some(kind),
            ..TicketFilter::default()
        };
        Ok(self.store.tickets(&wanted, 1).await?.into_iter().next())
    }

    /// The ticket that a start of a task has opened.
    async fn ticket_of_start(
        &self,
        task: TaskId,
        run: RunId,
    ) -> Result<Option<StoredTicket>, StoreError> {
        let Some(start) = self.store.run(run).await? else {
            return Ok(None);
        };
        // A start by hand has no firing.
        let by_hand = start.origin_id.unwrap_or(start.id);
        let wanted = TicketFilter {
            task: Some(task),
            kind: Some(TicketKind::Firing),
            occurrence: start.occurrence_id,
            run: start.occurrence_id.is_none().then_some(by_hand),
            ..TicketFilter::default()
        };
        Ok(self.store.tickets(&wanted, 1).await?.into_iter().next())
    }

    /// The link to the ticket that a message of an event is about; `None` where it asks for no answer, or there are no
    /// such links.
    pub(super) fn ticket_link(
        &self,
        about: &AboutTicket,
        event: Event,
        mentions: &[String],
    ) -> Option<TicketLink> {
        let acts = self.link_acts?;
        if !ASKING.contains(&event) && !is_cause(event) {
            return None;
        }
        let asked = &about.asked;
        let people = if asked.is_empty() { mentions } else { asked };
        let person = issued_to(people.iter().map(String::as_str));
        let now = self.clock.now();
        let what = LinkFor::Ticket(about.id.0);
        let link = Link::new(what, acts, &person, now, now + LIFE_MAX);
        let token = self.sealer.links().sign(&link);
        Some(TicketLink::new(&self.renderer.base_url, token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_repeat_no_token() {
        let token = format!("AQ{}", "aB3-_xYz".repeat(6));
        let link = TicketLink::new("http://cron.test", token.clone());
        let (whole, part) = (link.url().to_owned(), &token[..30]);
        for (said, kept) in [
            (format!("got {whole}"), "got http://cron.test/t/…"),
            (format!("a%2Ft%2F{token}%22 {token}"), "a%2Ft%2F…%22 …"),
            // Cut at the end.
            (format!("{{\"echo\":\"{part}"), "{\"echo\":\"…"),
            ("ok".to_owned(), "ok"),
        ] {
            assert_eq!(link.hide_in(Ok(said.clone())).ok().as_deref(), Some(kept));
            let cut = SendError::Answer(said.clone(), None);
            for error in [
                SendError::Rejected(said),
                SendError::Unanswered(Box::new(cut)),
            ] {
                let refused = link.hide_in(Err(error));
                assert_eq!(
                    refused.map_err(|error| error.stored()),
                    Err(kept.to_owned())
                );
            }
        }
    }
}
