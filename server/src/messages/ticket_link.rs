//! The link in a message that asks for a ticket: it is made when the message leaves, and answers the ticket without an
//! account.

use app::i18n::Lang;
use app::id::TicketId;
use app::message::Event;
use app::ticket::{TicketKind, TicketState};

use super::outbox::Outbox;
use crate::auth::link::{LIFE_MAX, Link, LinkFor, issued_to};
use crate::facts::{Facts, TaskEvent};
use crate::outbound::SendError;
use crate::store::TicketFilter;

/// The ticket that a message is about.
pub(super) struct AboutTicket {
    pub(super) id: TicketId,
    pub(super) kind: TicketKind,
    asked: Vec<String>,
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
                asked: ticket.asked.clone(),
            }),
            // The firings of a chase, and a reminder, ask for the ticket of their task.
            Facts::Ended { task, .. } if matches!(facts.event(), Event::Urge | Event::Reminder) => {
                let filter = TicketFilter {
                    states: TicketState::OPEN.to_vec(),
                    task: Some(task.id),
                    ..TicketFilter::default()
                };
                let open = self.store.tickets(&filter, 1).await.map_err(|error| {
                    SendError::Answer(
                        format!("the ticket of this message cannot be read: {error}"),
                        None,
                    )
                })?;
                open.into_iter().next().map(|ticket| AboutTicket {
                    id: ticket.id,
                    kind: ticket.ticket.kind,
                    asked: ticket.asked,
                })
            }
            _ => None,
        })
    }

    /// The link to the ticket that a message is about; `None` where there are no such links.
    pub(super) fn ticket_link(&self, about: &AboutTicket, mentions: &[String]) -> Option<String> {
        let acts = self.link_acts?;
        let asked = &about.asked;
        let people = if asked.is_empty() { mentions } else { asked };
        let person = issued_to(people.iter().map(String::as_str));
        let now = self.clock.now();
        let what = LinkFor::Ticket(about.id.0);
        let link = Link::new(what, acts, &person, now, now + LIFE_MAX);
        let token = self.sealer.links().sign(&link);
        Some(format!("{}/t/{token}", self.renderer.base_url))
    }
}

/// The line below a message that has the link.
pub(super) fn link_line(link: &str, lang: Lang) -> String {
    lang.pick(
        format!("\n免登录处理：{link}"),
        format!("\nAnswer without signing in: {link}"),
    )
}
