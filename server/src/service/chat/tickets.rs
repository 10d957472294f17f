//! Tickets in a chat: what a press on a card does, and the to-do list of a person.

use app::backend::{Answer, Caller, Tickets};
use app::duration::lasting_words;
use app::error::{AppError, ErrorKind};
use app::id::TicketId;
use app::routes;
use app::ticket::{TicketQuery, TicketView};
use app::time::Stamp;

use super::super::Service;
use super::{details, words_of};
use crate::chat::{CardState, IncomingText, SeenBy};
use crate::messages::TicketButton;
use crate::template::markdown;
use crate::texts::Say;
use crate::texts::chat_tickets::{TicketLine, TicketWords};
use crate::texts::times::local;

/// Tickets that the list shows.
const SHOWN: usize = 10;
/// Tickets of a name that are read, to find those that are urged next.
const READ: u32 = 200;

impl Service {
    /// Acts on a ticket. Where others were first, the card shows how the ticket is by now.
    pub(super) async fn press_ticket(
        &self,
        caller: &Caller,
        id: TicketId,
        button: TicketButton,
    ) -> Answer<CardState> {
        let who = caller.principal.as_ref().map(|who| who.name.clone());
        let who = who.unwrap_or_default();
        match self.ticket_act(caller, id, &button.act()).await {
            Ok(ticket) => {
                let words = happened(button, who, &ticket).say(caller.lang);
                Ok(self.ticket_card(caller, &ticket, words, SeenBy::Everybody))
            }
            Err(refused) if refused.kind == ErrorKind::Conflict => {
                self.outdated_card(caller, id, refused).await
            }
            Err(refused) => Err(refused),
        }
    }

    /// The card of a ticket that did not allow a press. One that is over is over for everybody.
    async fn outdated_card(
        &self,
        caller: &Caller,
        id: TicketId,
        refused: AppError,
    ) -> Answer<CardState> {
        let ticket = self.ticket_get(caller, id).await?.ticket;
        let seen_by = match ticket.state.is_over() {
            true => SeenBy::Everybody,
            false => SeenBy::Presser,
        };
        Ok(self.ticket_card(caller, &ticket, words_of(refused), seen_by))
    }

    /// The card of a ticket as it is, with a sentence and the buttons that are left.
    fn ticket_card(
        &self,
        caller: &Caller,
        ticket: &TicketView,
        text: String,
        seen_by: SeenBy,
    ) -> CardState {
        CardState {
            title: ticket.task.clone(),
            text,
            url: self.tickets_url(ticket),
            link: details(caller.lang),
            buttons: TicketButton::of(ticket.id, ticket.kind, ticket.state, caller.lang),
            seen_by,
            people: Vec::new(),
        }
    }

    fn tickets_url(&self, ticket: &TicketView) -> String {
        let path = routes::task_tickets(ticket.task_id);
        format!("{}{path}", self.renderer.base_url)
    }

    /// The open tickets of a person, those that are urged next first: by the account, and by the person's ID, which
    /// tasks may name as an owner.
    pub(super) async fn chat_todo(&self, caller: &Caller, said: &IncomingText) -> Answer<String> {
        let lang = caller.lang;
        let account = caller.principal.as_ref().map(|who| who.name.as_str());
        let mut mine: Vec<TicketView> = Vec::new();
        let mut more = false;
        let by_id = Some(said.person.as_str()).filter(|id| Some(*id) != account);
        for owner in account.into_iter().chain(by_id) {
            let query = TicketQuery {
                owner: owner.to_owned(),
                limit: Some(READ),
                ..TicketQuery::default()
            };
            let listed = self.ticket_list(caller, &query).await?;
            more |= listed.next.is_some();
            mine.extend(listed.items);
        }
        // Those that are not urged any more come last.
        mine.sort_by_key(|ticket| {
            (
                ticket.next_urge_at.is_none(),
                ticket.next_urge_at,
                ticket.id,
            )
        });
        let now = Stamp(self.clock.now());
        let lines = mine.iter().take(SHOWN).map(|ticket| {
            let open = (now.0 - ticket.opened_at.0).num_seconds();
            TicketLine {
                id: ticket.id.0,
                task: markdown(&ticket.task),
                state: ticket.state.words(lang).to_owned(),
                open_for: lasting_words(open, lang),
                next: ticket.next_urge_at.map(|at| local(at.0, &ticket.zone)),
                url: self.tickets_url(ticket),
            }
        });
        let words = TicketWords::Todo {
            lines: lines.collect(),
            count: mine.len(),
            more,
            url: format!("{}{}", self.renderer.base_url, routes::REMINDERS),
        };
        Ok(words.say(lang))
    }
}

/// What a press did.
fn happened(button: TicketButton, who: String, ticket: &TicketView) -> TicketWords {
    match button {
        TicketButton::Done => TicketWords::Done { who },
        TicketButton::Take => TicketWords::Taken { who },
        TicketButton::HalfHour | TicketButton::TwoHours | TicketButton::Tomorrow => {
            let until = ticket.snoozed_until.map(|at| local(at.0, &ticket.zone));
            TicketWords::Snoozed {
                who,
                until: until.unwrap_or_default(),
            }
        }
    }
}
