//! The calendar feed of a person's open tickets, for programs that cannot sign in.

use app::auth::Action;
use app::backend::{Answer, Caller};
use app::i18n::Lang;
use app::name::name_fault;
use app::ticket::{TicketFeed, TicketState};
use chrono::TimeDelta;

use super::Service;
use super::sign_in::network_of;
use crate::auth::limit::Rule;
use crate::calendar::{FeedEntry, feed};
use crate::error::OrInternal;
use crate::store::{StoreError, TicketFilter};
use crate::texts::Refusal;
use crate::texts::links::LinkRefusal;
use crate::texts::tickets::{feed_entry, feed_name};

/// Tickets of a feed.
const TICKETS_MAX: u64 = 200;
/// Requests for feeds from one address within a minute.
const LOOKS: u32 = 120;
/// The limit of broken addresses from one address.
const BROKEN: Rule = Rule {
    free: 20,
    longest: TimeDelta::minutes(1),
};

impl Service {
    /// The address of the feed of a person. Operators get their own, administrators anybody's; it is recorded.
    ///
    /// # Errors
    /// When the caller may not, or the name is none of a person.
    pub async fn feed_address(&self, caller: &Caller, person: &str) -> Answer<TicketFeed> {
        let who = self.allow(caller, Action::Operate)?;
        let lang = caller.lang;
        let person = person.trim();
        if person != who.name {
            self.allow(caller, Action::Administer)?;
        }
        let no_person = || LinkRefusal::NoPerson.answer(lang);
        if person.is_empty() || person.starts_with('@') || name_fault(person).is_some() {
            return Err(no_person());
        }
        let account = self.account_mark(person).await.or_internal(lang)?;
        // The account is disabled: a feed would show nothing.
        let account = account.ok_or_else(no_person)?;
        let token = self.sealer.feeds().sign(person, &account);
        let token = token.ok_or_else(no_person)?;
        let act = self.act(who, "ticket.feed").detail(person);
        self.store.record_act(&act, None).await.or_internal(lang)?;
        Ok(TicketFeed {
            url: format!("{}/feed/{token}.ics", self.renderer.base_url),
            person: person.to_owned(),
        })
    }

    /// The feed that a token shows, as iCalendar.
    ///
    /// # Errors
    /// When the token is not ours, or the account has another password, is disabled or deleted.
    pub async fn ticket_feed(&self, lang: Lang, token: &str, from: &str) -> Answer<String> {
        let now = self.clock.now();
        let address = format!("feed {}", network_of(from));
        let is_waiting = self.attempts.wait(&address, BROKEN, now).is_some();
        if is_waiting || !self.attempts.may_look(&address, LOOKS, now) {
            return Err(LinkRefusal::TooMany { seconds: 60 }.answer(lang));
        }
        let key = self.sealer.feeds();
        // The signature is checked before anything is read from the database.
        let Some(found) = key.read(token) else {
            self.attempts.failed(&address, now);
            return Err(LinkRefusal::Broken.answer(lang));
        };
        let account = self.account_mark(&found.person).await.or_internal(lang)?;
        if !account.is_some_and(|account| key.is_of(&found, &account)) {
            return Err(LinkRefusal::Expired.answer(lang));
        }
        let filter = TicketFilter {
            states: TicketState::OPEN.to_vec(),
            people: self.names_of_person(lang, &found.person).await?,
            ..TicketFilter::default()
        };
        let rows = self.store.tickets(&filter, TICKETS_MAX).await;
        let tickets = self.ticket_views(lang, rows.or_internal(lang)?).await?;
        let base = &self.renderer.base_url;
        let host = base.split("://").last().unwrap_or_default();
        let entries: Vec<FeedEntry> = tickets
            .into_iter()
            .filter(|ticket| ticket.is_of(&found.person))
            .map(|ticket| FeedEntry {
                uid: format!("ticket-{}@{host}", ticket.id),
                version: ticket.version,
                // What is overdue is due now.
                at: ticket.next_urge_at.unwrap_or(ticket.expires_at).0.max(now),
                summary: feed_entry(lang, &ticket.task),
                description: ticket.state.words(lang).to_owned(),
                url: format!("{base}/reminders?ticket={}#ticket", ticket.id),
            })
            .collect();
        Ok(feed(&feed_name(lang, &found.person), &entries, now))
    }

    /// What ends the feeds of a person when it changes: the stored password of the account with that name, empty where
    /// there is none. `None` for an account that is disabled.
    async fn account_mark(&self, person: &str) -> Result<Option<String>, StoreError> {
        Ok(match self.store.user_by_name(person).await? {
            None => Some(String::new()),
            Some(account) if account.user.disabled => None,
            Some(account) => Some(account.password_hash),
        })
    }
}
