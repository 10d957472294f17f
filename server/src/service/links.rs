//! Acting on tickets by signed links, without an account.
//!
//! A link is checked here, and then its holder acts as the person it was issued to, with the rights of an operator,
//! on its ticket only. Each act works once for each link.

mod press;

use app::auth::{Action, Principal, Proof, Role, Via};
use app::backend::{Answer, Caller, System, Tasks, TicketDoors, Tickets};
use app::error::ErrorKind;
use app::i18n::Lang;
use app::id::TicketId;
use app::name::name_fault;
use app::task::TaskView;
use app::ticket::{
    EVERYBODY, TicketDetail, TicketKind, TicketLink, TicketQuery, TicketState, TicketStats,
    TicketView,
};
use app::time::{Stamp, ZoneRules};
use async_trait::async_trait;
use chrono::TimeDelta;

pub use press::Press;

use super::Service;
use super::sign_in::network_of;
use crate::auth::limit::Rule;
use crate::auth::link::{
    LIFE_MAX, Link, LinkAct, LinkActs, LinkFault, LinkFor, issued_to, names_of, short,
};
use crate::error::OrInternal;
use crate::oncall::OnCall;
use crate::text::{head, tail};
use crate::texts::Refusal;
use crate::texts::links::LinkRefusal;

/// Requests with one link within a minute, from everywhere: a whole chat may have it.
const LOOKS: u32 = 600;
/// The limit of broken links from one address.
const BROKEN: Rule = Rule {
    free: 20,
    longest: TimeDelta::minutes(1),
};
/// Tickets opened since so long count in the medians.
const STATS_OVER: TimeDelta = TimeDelta::days(90);
/// Tickets that count at most.
const STATS_ROWS: u64 = 5_000;
/// Characters of a log's end.
const LOG_CHARS: usize = 4_000;
/// Bytes of a log's end that are read: with terminal codes, and in scripts of three bytes a character.
const LOG_BYTES: u32 = 64 * 1024;
/// Lines of a log's end.
const LOG_LINES: usize = 40;
/// Characters of a runbook.
const RUNBOOK_CHARS: usize = 1_500;
/// Tickets on a person's own page.
const MINE_MAX: u32 = 50;

/// What a link leads to.
#[derive(Clone, Debug)]
pub enum Opened {
    /// One ticket.
    Ticket(Box<LinkedTicket>),
    /// The tickets of a person.
    Mine(LinkedList),
}

/// A ticket as the holder of a link sees it.
#[derive(Clone, Debug)]
pub struct LinkedTicket {
    /// The ticket, with what happened to it.
    pub detail: TicketDetail,
    /// The people whom the link was issued to.
    pub people: Vec<String>,
    /// What its holder may do now.
    pub acts: LinkActs,
    /// Whether the ticket is another person's by now.
    pub of_another: bool,
    /// The start of the task's runbook; may be empty.
    pub runbook: String,
    /// The end of the log of the run that it is about, where the link shows it and there is one.
    pub log: Option<String>,
    /// The zone in which its times are shown.
    pub zone: ZoneRules,
    /// The server's clock.
    pub now: Stamp,
}

/// A person's open tickets.
#[derive(Clone, Debug)]
pub struct LinkedList {
    /// The person.
    pub person: String,
    /// Each ticket with the token of a link to it, and the zone of its times.
    pub tickets: Vec<(TicketView, String, ZoneRules)>,
    /// Whether there are more than are listed.
    pub more: bool,
    /// The server's clock.
    pub now: Stamp,
}

impl Service {
    /// What a link leads to. Changes nothing.
    ///
    /// # Errors
    /// When the link is not valid or its ticket is gone, each with its own sentence.
    pub async fn open_link(&self, lang: Lang, token: &str, from: &str) -> Answer<Opened> {
        let link = self.read_link(lang, token, from)?;
        match link.what {
            LinkFor::Ticket(id) => {
                let caller = by_link(lang, &link.person, from);
                let opened = self.linked_ticket(&caller, TicketId(id), &link).await?;
                Ok(Opened::Ticket(Box::new(opened)))
            }
            LinkFor::Mine => Ok(Opened::Mine(self.linked_list(lang, &link, from).await?)),
        }
    }

    /// Checks a token, within the limits of an address.
    fn read_link(&self, lang: Lang, token: &str, from: &str) -> Answer<Link> {
        let now = self.clock.now();
        let address = format!("link {}", network_of(from));
        if self.link_acts.is_none() {
            return Err(LinkRefusal::Off.answer(lang));
        }
        match self.sealer.links().read(token, now) {
            // A link that is right is never made to wait for the broken ones of others at the same address, nor for
            // other links: only who has a signed one can use its allowance up.
            Ok(link) => match self
                .attempts
                .may_look(&format!("link {}", link.id()), LOOKS, now)
            {
                true => Ok(link),
                false => Err(LinkRefusal::TooMany { seconds: 60 }.answer(lang)),
            },
            Err(LinkFault::Expired) => Err(LinkRefusal::Expired.answer(lang)),
            Err(LinkFault::Broken) => {
                let wait = self.attempts.wait(&address, BROKEN, now);
                let count = self.attempts.failed(&address, now);
                if count.is_power_of_two() {
                    tracing::warn!(from, count, "a link was not valid");
                }
                let refusal = match wait {
                    Some(wait) => LinkRefusal::TooMany {
                        seconds: u32::try_from(wait.num_seconds() + 1).unwrap_or(u32::MAX),
                    },
                    None => LinkRefusal::Broken,
                };
                Err(refusal.answer(lang))
            }
        }
    }

    async fn linked_ticket(
        &self,
        caller: &Caller,
        id: TicketId,
        link: &Link,
    ) -> Answer<LinkedTicket> {
        let lang = caller.lang;
        let gone = |error: app::error::AppError| match error.kind {
            ErrorKind::NotFound => LinkRefusal::Gone.answer(lang),
            _ => error,
        };
        let detail = self.ticket_get(caller, id).await.map_err(gone)?;
        let ticket = &detail.ticket;
        let task = self.task_get(caller, ticket.task_id).await.map_err(gone)?;
        let people = names_of(&link.person);
        let of_another = !self.concerns(lang, ticket, &people).await?;
        let granted = link.acts.and(self.link_acts.unwrap_or_default());
        let acts: LinkActs = LinkAct::ALL
            .into_iter()
            .filter(|act| granted.allows(*act))
            .filter(|act| is_possible(*act, ticket, (&task, granted), of_another))
            .collect();
        let log = match acts.allows(LinkAct::Log) {
            true => self.log_end(caller, ticket).await?,
            false => None,
        };
        Ok(LinkedTicket {
            zone: self.zone_of(caller, &ticket.zone).await,
            runbook: match ticket.state.is_over() || of_another {
                true => String::new(),
                false => head(&task.notes.runbook, RUNBOOK_CHARS).to_owned(),
            },
            now: Stamp(self.clock.now()),
            people,
            acts,
            of_another,
            log,
            detail,
        })
    }

    /// Whether a ticket asks one of these people, as names stand in a link: by name, or by a rota that stands for them
    /// now. A link without a name was issued to all who read the message.
    pub(super) async fn concerns(
        &self,
        lang: Lang,
        ticket: &TicketView,
        people: &[String],
    ) -> Answer<bool> {
        let mut asked = ticket.asked.clone();
        asked.push(ticket.owner.clone());
        let is_needed = OnCall::is_among(&asked);
        let on_call = OnCall::read(&self.store, is_needed, self.clock.now()).await;
        on_call.or_internal(lang)?.name(&mut asked);
        let mut asked = asked.iter();
        Ok(people.is_empty()
            || asked.any(|name| name == EVERYBODY || people.contains(&short(name))))
    }

    /// The end of the log of the run that a ticket is about, as text without terminal codes. No more of it is read.
    async fn log_end(&self, caller: &Caller, ticket: &TicketView) -> Answer<Option<String>> {
        let Some(run) = ticket.run_id else {
            return Ok(None);
        };
        let text = match self.run_tail(caller.lang, run, LOG_BYTES).await {
            Ok(text) => text,
            // Deleted by retention in between.
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let plain = app::ansi::plain(tail(&text, LOG_CHARS * 4));
        let end = tail(plain.trim_end(), LOG_CHARS);
        let lines: Vec<&str> = end.lines().collect();
        let lines = &lines[lines.len().saturating_sub(LOG_LINES)..];
        Ok((!lines.is_empty()).then(|| lines.join("\n")))
    }

    async fn linked_list(&self, lang: Lang, link: &Link, from: &str) -> Answer<LinkedList> {
        let caller = by_link(lang, &link.person, from);
        let query = TicketQuery {
            owner: link.person.clone(),
            limit: Some(MINE_MAX),
            ..TicketQuery::default()
        };
        let listed = self.ticket_list(&caller, &query).await?;
        let now = self.clock.now();
        let granted = link.acts.and(self.link_acts.unwrap_or_default());
        let mut tickets = Vec::with_capacity(listed.items.len());
        for ticket in listed.items {
            let zone = self.zone_of(&caller, &ticket.zone).await;
            let what = LinkFor::Ticket(ticket.id.0);
            let person = issued_to([link.person.as_str()]);
            let mut to_ticket = Link::new(what, granted, &person, now, link.expires);
            // The same one each time: each act works once for a list, and ends with it.
            to_ticket.id = link.id_of(ticket.id.0);
            let token = self.sealer.links().sign(&to_ticket);
            tickets.push((ticket, token, zone));
        }
        Ok(LinkedList {
            person: link.person.clone(),
            tickets,
            more: listed.next.is_some(),
            now: Stamp(now),
        })
    }

    /// The zone of a ticket's task; UTC for one that the machine does not know any more.
    async fn zone_of(&self, caller: &Caller, name: &str) -> ZoneRules {
        let rules = self.zone_rules(caller, name).await;
        rules.unwrap_or_else(|_| ZoneRules::utc())
    }
}

#[async_trait]
impl TicketDoors for Service {
    async fn ticket_link(&self, caller: &Caller, person: &str) -> Answer<TicketLink> {
        let who = self.allow(caller, Action::Operate)?;
        let lang = caller.lang;
        let person = person.trim();
        if person != who.name {
            self.allow(caller, Action::Administer)?;
        }
        let Some(acts) = self.link_acts else {
            return Err(LinkRefusal::Off.answer(lang));
        };
        // A name that a link holds in part only could be another person's, too.
        if name_fault(person).is_some() || names_of(&issued_to([person])) != [person] {
            return Err(LinkRefusal::NoPerson.answer(lang));
        }
        let now = self.clock.now();
        let link = Link::new(LinkFor::Mine, acts, person, now, now + LIFE_MAX);
        let act = self.act(who, "ticket.link").detail(person);
        self.store.record_act(&act, None).await.or_internal(lang)?;
        let token = self.sealer.links().sign(&link);
        Ok(TicketLink {
            url: format!("{}/my/{token}", self.renderer.base_url),
            person: person.to_owned(),
            expires_at: Stamp(link.expires),
        })
    }

    async fn people_known(&self, caller: &Caller) -> Answer<Vec<String>> {
        self.allow(caller, Action::Operate)?;
        self.known_names(caller.lang).await
    }

    async fn ticket_stats(&self, caller: &Caller) -> Answer<TicketStats> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        let since = self.clock.now() - STATS_OVER;
        let times = self
            .store
            .ticket_times(since, STATS_ROWS)
            .await
            .or_internal(lang)?;
        let zone = self.zone_of(caller, &self.default_zone).await;
        Ok(TicketStats::of(&times, &zone))
    }
}

/// The holder of a link as a caller. Only this file makes one, and passes it on with the link's own ticket.
fn by_link(lang: Lang, person: &str, from: &str) -> Caller {
    Caller {
        principal: Some(Principal {
            user_id: None,
            name: person.to_owned(),
            role: Role::Operator,
            via: Via::Link,
            from: Some(from.to_owned()),
            press: None,
            proof: Proof::Other,
        }),
        lang,
    }
}

/// Whether the ticket as it stands leaves room for an act.
fn is_possible(
    act: LinkAct,
    ticket: &TicketView,
    (task, granted): (&TaskView, LinkActs),
    of_another: bool,
) -> bool {
    let is_open = !ticket.state.is_over();
    match act {
        LinkAct::Log => is_open && ticket.run_id.is_some() && !of_another,
        // Urging may have ended without an answer; the work can still be done.
        LinkAct::Done => ticket.state != TicketState::Done && !of_another,
        LinkAct::Take => is_open && (of_another || ticket.state != TicketState::Acknowledged),
        // A chase follows the schedule of its task.
        LinkAct::Snooze => is_open && ticket.kind != TicketKind::Chase && !of_another,
        LinkAct::Assign => is_open && !of_another,
        LinkAct::Cycle => {
            let is_chased = matches!(ticket.kind, TicketKind::Task | TicketKind::Chase);
            // The chase schedule starts the command, and its own schedules rest meanwhile.
            let may_start = granted.allows(LinkAct::Run) && !task.execution.not_from_chats;
            let may_chase = !task.mode.runs_command() || may_start;
            is_open && is_chased && may_chase && !of_another
        }
        LinkAct::Run => {
            let may_start = task.mode.runs_command() && !task.execution.not_from_chats;
            is_open && may_start && !of_another
        }
    }
}

/// `09:12` on the same day, otherwise `11-22 09:12`, in another year with the year.
#[must_use]
pub fn clock_time(zone: &ZoneRules, at: Stamp, now: Stamp) -> String {
    let (then, today) = (zone.local(at), zone.local(now));
    let from = match () {
        () if then.get(..10) == today.get(..10) => 11,
        () if then.get(..4) == today.get(..4) => 5,
        () => 0,
    };
    let minute = then.len().saturating_sub(3);
    then.get(from..minute).unwrap_or(&then).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_as_short_as_they_can_be() {
        let zone = ZoneRules {
            name: "Asia/Shanghai".to_owned(),
            offsets: vec![(0, 8 * 3600)],
        };
        let stamp = |text: &str| Stamp(text.parse().expect("a time"));
        let now = stamp("2026-11-22T02:00:00Z");
        for (at, words) in [
            ("2026-11-22T01:12:59Z", "09:12"),
            ("2026-11-21T15:59:00Z", "11-21 23:59"),
            ("2025-12-31T15:59:00Z", "2025-12-31 23:59"),
        ] {
            assert_eq!(clock_time(&zone, stamp(at), now), words);
        }
    }
}
