//! Default policies of urging, of a tag or of all tasks.

use app::auth::Action;
use app::backend::{Answer, Caller, UrgeDefaults};
use app::error::{AppError, FieldError};
use app::name::name_fault;
use app::schedule::Named;
use app::task::{LIST_ITEM_MAX, Mode, TicketDraft};
use app::ticket::PolicyDefault;
use async_trait::async_trait;

use super::Service;
use super::versions::{as_read, named, nothing, stored};
use crate::error::OrInternal;
use crate::store::NOT_STORED;
use crate::texts::calendars::CalendarFault;
use crate::texts::outdated::ObjectKind;
use crate::texts::tickets::{TicketFault, TicketRefusal};
use crate::texts::{Fault, Missing, Refusal};

/// The fields in which what is stored is not as entered.
fn differing(draft: &TicketDraft, known: Option<&PolicyDefault>) -> Vec<&'static str> {
    let Some(known) = known.map(TicketDraft::from) else {
        return nothing();
    };
    let differs = |one: &String, other: &String| one.trim() != other.trim();
    named([
        (
            "first_after",
            differs(&draft.first_after, &known.first_after),
        ),
        ("every", differs(&draft.every, &known.every)),
        ("factor", differs(&draft.factor, &known.factor)),
        ("min", differs(&draft.min, &known.min)),
        ("max", differs(&draft.max, &known.max)),
        ("cron", differs(&draft.cron, &known.cron)),
        ("hours_from", differs(&draft.hours_from, &known.hours_from)),
        (
            "hours_until",
            differs(&draft.hours_until, &known.hours_until),
        ),
        ("calendar", differs(&draft.calendar, &known.calendar)),
        ("urgent", draft.urgent != known.urgent),
        ("max_urges", differs(&draft.max_urges, &known.max_urges)),
        (
            "expires_after",
            differs(&draft.expires_after, &known.expires_after),
        ),
        ("ladder", differs(&draft.ladder, &known.ladder)),
        ("stop", differs(&draft.stop, &known.stop)),
        ("quiet_done", draft.quiet_done != known.quiet_done),
    ])
}

impl Service {
    async fn urge_default(&self, caller: &Caller, tag: &str) -> Answer<Option<PolicyDefault>> {
        let all = self.store.urge_defaults().await.or_internal(caller.lang)?;
        Ok(all.into_iter().find(|default| default.tag == tag))
    }
}

#[async_trait]
impl UrgeDefaults for Service {
    async fn urge_default_list(&self, caller: &Caller) -> Answer<Vec<PolicyDefault>> {
        self.allow(caller, Action::Read)?;
        self.store.urge_defaults().await.or_internal(caller.lang)
    }

    async fn urge_default_set(
        &self,
        caller: &Caller,
        tag: &str,
        read: Option<i64>,
        draft: &TicketDraft,
    ) -> Answer<PolicyDefault> {
        let who = self.allow(caller, Action::Administer)?;
        let (lang, tag) = (caller.lang, tag.trim());
        let known = self.urge_default(caller, tag).await?;
        let version = known.as_ref().map_or(NOT_STORED, |known| known.version);
        as_read(lang, ObjectKind::UrgeDefault, read, version, || {
            differing(draft, known.as_ref())
        })?;
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
            version: NOT_STORED,
        };
        let act = self.act(who, "ticket.default_set").detail(tag);
        let put = self.store.put_urge_default(&act, read, &default).await;
        if !stored(lang, ObjectKind::UrgeDefault, put)? {
            return Err(TicketRefusal::TooManyDefaults.answer(lang));
        }
        self.signals.tasks_changed();
        self.signals.publish(None, None);
        // Removed again since.
        let set = self.urge_default(caller, tag).await?;
        set.ok_or_else(|| Missing::UrgeDefault.answer(lang))
    }

    async fn urge_default_delete(
        &self,
        caller: &Caller,
        tag: &str,
        read: Option<i64>,
    ) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let (lang, tag) = (caller.lang, tag.trim());
        if let Some(known) = self.urge_default(caller, tag).await? {
            as_read(lang, ObjectKind::UrgeDefault, read, known.version, nothing)?;
        }
        let act = self.act(who, "ticket.default_delete").detail(tag);
        let deleted = self.store.delete_urge_default(&act, tag, read).await;
        if !stored(lang, ObjectKind::UrgeDefault, deleted)? {
            return Err(Missing::UrgeDefault.answer(lang));
        }
        self.signals.tasks_changed();
        self.signals.publish(None, None);
        Ok(())
    }
}
