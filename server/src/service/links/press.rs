//! Presses of buttons behind signed links: what they do, and their place in its transaction.

use app::auth::{ButtonPress, LinkPress, Principal};
use app::backend::{Answer, Caller, Tasks, Tickets};
use app::i18n::Lang;
use app::id::TicketId;
use app::task::{Control, RunRequest};
use app::ticket::{TicketAct, TicketState};
use app::time::Stamp;

use super::super::Service;
use super::{LinkedTicket, by_link, clock_time};
use crate::auth::link::{LinkAct, LinkFor, names_of};
use crate::error::OrInternal;
use crate::failpoints;
use crate::texts::Refusal;
use crate::texts::links::LinkRefusal;
use crate::texts::tickets::TicketRefusal;

/// The name under which an act is recorded whose link was issued to no person.
const NAMELESS: &str = "link";

/// A button that was pressed.
#[derive(Clone, Debug)]
pub struct Press {
    /// What is to be done.
    pub act: LinkAct,
    /// Who presses it, of the people whom the link was issued to.
    pub who: String,
    /// The word, time, person or schedule that belongs to it.
    pub value: String,
}

impl Service {
    /// Does what a button of a link's page says, once for each link.
    ///
    /// # Errors
    /// When the link is not valid, does not allow it or was used for it, or the ticket does not allow it any more.
    pub async fn press_link(
        &self,
        lang: Lang,
        token: &str,
        from: &str,
        press: &Press,
    ) -> Answer<()> {
        let link = self.read_link(lang, token, from)?;
        let LinkFor::Ticket(id) = link.what else {
            return Err(LinkRefusal::NotAllowed.answer(lang));
        };
        let people = names_of(&link.person);
        let who = match people.as_slice() {
            [] => NAMELESS,
            [one] => one,
            several if several.contains(&press.who) => &press.who,
            _ => return Err(LinkRefusal::Who.answer(lang)),
        };
        let caller = by_link(lang, who, from);
        let seen = self.linked_ticket(&caller, TicketId(id), &link).await?;
        if !seen.acts.allows(press.act) || press.act == LinkAct::Log {
            return Err(seen.refusal(press.act, lang));
        }
        let pressed = LinkPress {
            link: link.id(),
            act: press.act.as_str(),
            ticket: TicketId(id),
            expires: Stamp(link.expires),
        };
        // Only for the sentence: the transaction of the act decides, when it stores the press.
        let used = self.store.link_used(&pressed).await.or_internal(lang)?;
        if let Some(at) = used {
            let now = Stamp(self.clock.now());
            let used = LinkRefusal::Used {
                act: Some(press.act),
                at: clock_time(&seen.zone, Stamp(at), now),
            };
            return Err(used.answer(lang));
        }
        failpoints::point("press.before");
        self.do_by_link(&caller, &seen, press, pressed).await?;
        failpoints::point("press.committed");
        Ok(())
    }

    /// Does it in the name of the link's holder. The last of its transactions stores the press with what it causes.
    async fn do_by_link(
        &self,
        holder: &Caller,
        seen: &LinkedTicket,
        press: &Press,
        pressed: LinkPress,
    ) -> Answer<()> {
        let ticket = &seen.detail.ticket;
        let caller = &pressing(holder, pressed);
        let value = press.value.trim().to_owned();
        let act = match press.act {
            LinkAct::Done => TicketAct::Done(value),
            LinkAct::Take => {
                let who = caller
                    .principal
                    .as_ref()
                    .map_or("", |who| who.name.as_str());
                // What another person has taken, or is asked for, is handed over first: that one is asked no more.
                // Without the press: a server that dies in between leaves a ticket that the same button takes.
                let is_taken = ticket.state == TicketState::Acknowledged && ticket.owner != who;
                if is_taken || seen.of_another {
                    let act = TicketAct::Assign(who.to_owned());
                    self.ticket_act(holder, ticket.id, &act).await?;
                }
                TicketAct::Acknowledge
            }
            LinkAct::Snooze => TicketAct::Snooze(value),
            LinkAct::Assign => TicketAct::Assign(value),
            LinkAct::Cycle => {
                let control = Control::Urge(Some(value).filter(|cron| !cron.is_empty()));
                let changed = self.task_control(caller, ticket.task_id, &control).await;
                return changed.map(drop);
            }
            LinkAct::Run => {
                let started = self
                    .task_run(caller, ticket.task_id, &RunRequest::default())
                    .await;
                return started.map(drop);
            }
            LinkAct::Log => return Err(LinkRefusal::NotAllowed.answer(caller.lang)),
        };
        self.ticket_act(caller, ticket.id, &act).await.map(drop)
    }
}

impl LinkedTicket {
    /// Why a button that is not on the page does nothing.
    fn refusal(&self, act: LinkAct, lang: Lang) -> app::error::AppError {
        let ticket = &self.detail.ticket;
        if ticket.state.is_over() {
            let at = ticket
                .done_at
                .map(|at| clock_time(&self.zone, at, self.now));
            let (who, at) = (
                ticket.done_by.clone().unwrap_or_default(),
                at.unwrap_or_default(),
            );
            let refusal = match ticket.state {
                TicketState::Expired => TicketRefusal::Expired { at },
                _ => TicketRefusal::Done { who, at },
            };
            return refusal.answer(lang);
        }
        if self.of_another && act != LinkAct::Take {
            let owner = ticket.owner.clone();
            return LinkRefusal::OfAnother { owner }.answer(lang);
        }
        LinkRefusal::NotAllowed.answer(lang)
    }
}

/// The same, pressing a button.
fn pressing(caller: &Caller, press: LinkPress) -> Caller {
    let principal = caller.principal.clone().map(|who| Principal {
        press: Some(ButtonPress::Link(press)),
        ..who
    });
    Caller {
        principal,
        lang: caller.lang,
    }
}
