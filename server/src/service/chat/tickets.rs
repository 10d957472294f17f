//! Tickets in a chat: what a press on a card does, and the to-do list of a person.

use app::auth::{Action, ButtonPress, ChatPress, Principal};
use app::backend::{Answer, Caller, Tickets};
use app::duration::lasting_words;
use app::error::{AppError, ErrorKind};
use app::i18n::Lang;
use app::id::{TaskId, TicketId};
use app::routes;
use app::ticket::{TicketKind, TicketQuery, TicketState, TicketView};
use app::time::Stamp;

use super::super::Service;
use super::{ChatCaller, details, used_mark, words_of};
use crate::chat::{Button, CardState, IncomingText, Press, SeenBy};
use crate::error::OrInternal;
use crate::failpoints;
use crate::messages::{TicketButton, run_again};
use crate::store::TicketFilter;
use crate::template::markdown;
use crate::texts::chat::ChatWords;
use crate::texts::chat_tickets::{TicketLine, TicketWords};
use crate::texts::times::local;
use crate::texts::{Refusal, Say};

/// Tickets that the list shows.
const SHOWN: usize = 10;
/// Tickets of a name that are read, to find those that are urged next.
const READ: u32 = 200;

impl Service {
    /// Acts on a ticket. Where others were first, the card shows how the ticket is by now.
    pub(super) async fn press_ticket(
        &self,
        who: &ChatCaller,
        press: &Press,
        (id, button): (TicketId, TicketButton),
    ) -> Answer<CardState> {
        failpoints::point("press.before");
        let mut card = self.pressed_ticket(who, press, (id, button)).await?;
        failpoints::point("press.committed");
        let caller = &who.caller;
        if !card.buttons.is_empty() {
            // It is done already: without the button the card is complete enough, and the log has the error.
            let further = self.run_again_of(press, id, caller.lang).await;
            card.buttons.extend(further.unwrap_or_default());
        }
        Ok(card)
    }

    /// The button that starts a task again, on a card about a failure where no one has pressed it.
    async fn run_again_of(
        &self,
        press: &Press,
        id: TicketId,
        lang: Lang,
    ) -> Answer<Option<Button>> {
        let ticket = self.store.ticket(id).await.or_internal(lang)?;
        let Some(ticket) = ticket.filter(|one| one.ticket.kind == TicketKind::Failure) else {
            return Ok(None);
        };
        let (channel, mark) = (press.channel, used_mark(&press.card));
        let is_used = self.store.chat_event_is_known(channel, &mark).await;
        let is_used = is_used.or_internal(lang)?;
        Ok((!is_used).then(|| run_again(ticket.task_id, lang)))
    }

    /// The buttons of the open ticket about failures of a task; none where there is no such ticket.
    pub(super) async fn buttons_of_failure(&self, task: TaskId, lang: Lang) -> Answer<Vec<Button>> {
        let wanted = TicketFilter {
            states: TicketState::OPEN.to_vec(),
            task: Some(task),
            kind: Some(TicketKind::Failure),
            ..TicketFilter::default()
        };
        let open = self.store.tickets(&wanted, 1).await.or_internal(lang)?;
        let buttons = open.first().map(|ticket| {
            let (kind, state) = (ticket.ticket.kind, ticket.ticket.state);
            TicketButton::of(ticket.id, kind, state, lang)
        });
        Ok(buttons.unwrap_or_default())
    }

    async fn pressed_ticket(
        &self,
        who: &ChatCaller,
        press: &Press,
        (id, button): (TicketId, TicketButton),
    ) -> Answer<CardState> {
        let (caller, lang) = (&who.caller, who.caller.lang);
        if !who.has_account {
            let ticket = self.ticket_get(caller, id).await?.ticket;
            let people = std::slice::from_ref(&who.name);
            if !self.concerns(lang, &ticket, people).await? {
                let owner = who.name.clone();
                return Err(ChatWords::OfOthers { owner }.answer(lang));
            }
        }
        let principal = self.allow(caller, Action::Operate)?.clone();
        // A server that dies before the act is stored leaves no mark, and the vendor delivers the press again.
        let principal = Principal {
            press: Some(ButtonPress::Chat(ChatPress {
                channel: press.channel,
                event: press.event.clone(),
            })),
            ..principal
        };
        let by = (&principal, who.name.as_str());
        match self.act_on_ticket(lang, by, id, &button.act()).await {
            Ok(ticket) => {
                let words = happened(button, who.name.clone(), &ticket).say(lang);
                Ok(self.ticket_card(caller, &ticket, words, SeenBy::Everybody))
            }
            Err(refused) if refused.kind == ErrorKind::Conflict => {
                // Nothing was done that the mark could be stored with. Where it is stored, this event did what it conflicts with.
                let now = self.clock.now();
                let is_new = self
                    .store
                    .chat_event_is_new(press.channel, &press.event, now)
                    .await;
                match is_new.or_internal(lang)? {
                    true => self.outdated_card(caller, id, refused).await,
                    false => Err(refused),
                }
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

    /// The open tickets of a person, those that are urged next first: by the owner that the person stands for, by the
    /// account, and by the person's ID, which tasks may name as an owner.
    pub(super) async fn chat_todo(&self, who: &ChatCaller, said: &IncomingText) -> Answer<String> {
        let (caller, lang) = (&who.caller, who.caller.lang);
        let account = caller.principal.as_ref().map(|who| who.name.as_str());
        let mut names = vec![who.name.as_str()];
        names.extend(account.filter(|name| *name != who.name));
        if who.has_account && !names.contains(&said.person.as_str()) {
            names.push(&said.person);
        }
        let mut mine: Vec<TicketView> = Vec::new();
        let mut more = false;
        for owner in names {
            let query = TicketQuery {
                owner: owner.to_owned(),
                limit: Some(READ),
                ..TicketQuery::default()
            };
            let listed = self.ticket_list(caller, &query).await?;
            more |= listed.next.is_some();
            mine.extend(listed.items);
        }
        // One may ask several of these names.
        mine.sort_by_key(|ticket| ticket.id);
        mine.dedup_by_key(|ticket| ticket.id);
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
