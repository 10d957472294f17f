//! Default policies of urging, of a tag or of all tasks.

use app::auth::Action;
use app::backend::{Answer, Caller};
use app::error::{AppError, FieldError};
use app::name::name_fault;
use app::schedule::Named;
use app::task::{LIST_ITEM_MAX, Mode, TicketDraft};
use app::ticket::PolicyDefault;

use super::Service;
use crate::error::OrInternal;
use crate::texts::calendars::CalendarFault;
use crate::texts::tickets::{TicketFault, TicketRefusal};
use crate::texts::{Fault, Missing, Refusal};

impl Service {
    /// All default policies, by tag; that of all tasks has the tag `*`.
    ///
    /// # Errors
    /// When the caller may not read.
    pub async fn urge_defaults(&self, caller: &Caller) -> Answer<Vec<PolicyDefault>> {
        self.allow(caller, Action::Read)?;
        self.store.urge_defaults().await.or_internal(caller.lang)
    }

    /// Sets the default policy of a tag, or with `*` of all tasks. Tasks that leave a part open have it at once, their
    /// open tickets from their next urge on.
    ///
    /// # Errors
    /// When the caller is no administrator, or the draft has faults.
    pub async fn urge_default_set(
        &self,
        caller: &Caller,
        tag: &str,
        draft: &TicketDraft,
    ) -> Answer<PolicyDefault> {
        let who = self.allow(caller, Action::Administer)?;
        let (lang, tag) = (caller.lang, tag.trim());
        let (mut named, mut faults) = (Named::default(), Vec::new());
        let too_long = tag.chars().count() > LIST_ITEM_MAX;
        if tag.is_empty() || too_long || name_fault(tag).is_some() {
            faults.push(TicketFault::NoTag.on("tag", lang));
        }
        let rule = draft.read(Mode::Command, lang, &mut named, &mut faults);
        // The fault of a mode is none of a default, which has no mode.
        faults.retain(|fault: &FieldError| fault.field != "tickets.opens");
        let opens = draft.opens.trim();
        if !matches!(opens, "" | "none") {
            faults.push(TicketFault::OfTasks.on("tickets.opens", lang));
        }
        if rule.check.is_some() {
            faults.push(TicketFault::OfTasks.on("tickets.check_command", lang));
        }
        let calendars = self.calendar_cache.snapshot();
        for (field, name) in &named.calendars {
            if calendars.calendar(Some(name)).is_none() {
                faults.push(CalendarFault::Unknown.on(field, lang));
            }
        }
        let own = rule.own_parts();
        if own.is_empty() && faults.is_empty() {
            faults.push(TicketFault::NothingSet.on("tickets", lang));
        }
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        let default = PolicyDefault {
            tag: tag.to_owned(),
            own,
            policy: rule.policy,
        };
        let act = self.act(who, "ticket.default_set").detail(tag);
        if !self
            .store
            .put_urge_default(&act, &default)
            .await
            .or_internal(lang)?
        {
            return Err(TicketRefusal::TooManyDefaults.answer(lang));
        }
        self.signals.tasks.notify_one();
        Ok(default)
    }

    /// Removes the default policy of a tag, or with `*` of all tasks.
    ///
    /// # Errors
    /// When the caller is no administrator, or there is none.
    pub async fn urge_default_delete(&self, caller: &Caller, tag: &str) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let (lang, tag) = (caller.lang, tag.trim());
        let act = self.act(who, "ticket.default_delete").detail(tag);
        if !self
            .store
            .delete_urge_default(&act, tag)
            .await
            .or_internal(lang)?
        {
            return Err(Missing::UrgeDefault.answer(lang));
        }
        self.signals.tasks.notify_one();
        Ok(())
    }
}
