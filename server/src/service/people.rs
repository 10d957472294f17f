//! People with a zone or hours of their own. Administrators set everybody's, operators their own.

use app::auth::{Action, Principal};
use app::backend::{Answer, Caller, People};
use app::error::AppError;
use app::person::{Person, PersonDraft};
use async_trait::async_trait;

use super::Service;
use super::versions::{as_read, as_read_to_delete, named, nothing, stored, stored_deletion};
use crate::error::OrInternal;
use crate::store::{NOT_STORED, PersonPut};
use crate::texts::calendars::CalendarFault;
use crate::texts::outdated::ObjectKind;
use crate::texts::people::PeopleRefusal;
use crate::texts::times::TimeFault;
use crate::texts::{Fault, Missing, Refusal};
use crate::timetable::zone;

/// The fields in which what is stored is not as entered.
fn differing(entered: &Person, known: Option<&Person>) -> Vec<&'static str> {
    let Some(known) = known else {
        return nothing();
    };
    named([
        ("zone", entered.zone != known.zone),
        ("hours_from", entered.hours_from != known.hours_from),
        ("hours_until", entered.hours_until != known.hours_until),
        ("calendar", entered.calendar != known.calendar),
    ])
}

impl Service {
    /// The caller, who may change this person: an administrator, or an operator of this name.
    fn may_set_person<'a>(&self, caller: &'a Caller, name: &str) -> Answer<&'a Principal> {
        let who = self.allow(caller, Action::Operate)?;
        if who.name != name {
            self.allow(caller, Action::Administer)?;
        }
        Ok(who)
    }
}

#[async_trait]
impl People for Service {
    async fn person_list(&self, caller: &Caller) -> Answer<Vec<Person>> {
        self.allow(caller, Action::Read)?;
        self.store.people().await.or_internal(caller.lang)
    }

    async fn person_get(&self, caller: &Caller, name: &str) -> Answer<Person> {
        self.allow(caller, Action::Read)?;
        let found = self.store.person(name).await.or_internal(caller.lang)?;
        found.ok_or_else(|| Missing::Person.answer(caller.lang))
    }

    async fn person_set(
        &self,
        caller: &Caller,
        name: &str,
        read: Option<i64>,
        draft: &PersonDraft,
    ) -> Answer<Person> {
        let lang = caller.lang;
        let mut faults = Vec::new();
        let person = draft.read(name, lang, &mut faults);
        let who = self.may_set_person(caller, &person.name)?;
        let known = self.store.person(&person.name).await.or_internal(lang)?;
        let version = known.as_ref().map_or(NOT_STORED, |known| known.version);
        as_read(lang, ObjectKind::Person, read, version, || {
            differing(&person, known.as_ref())
        })?;
        if let Some(name) = &person.zone
            && zone(name).is_err()
        {
            faults.push(TimeFault::unknown_zone(name).on("zone", lang));
        }
        let calendars = self.calendar_cache.snapshot();
        let calendar = person.calendar.as_deref();
        let unknown = || CalendarFault::Unknown.on("calendar", lang);
        if calendar.is_some() && calendars.calendar(calendar).is_none() {
            faults.push(unknown());
        }
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        let act = self.act(who, "person.set").detail(person.name.as_str());
        let put = self.store.put_person(&act, read, &person).await;
        match stored(lang, ObjectKind::Person, put)? {
            PersonPut::Done => {}
            PersonPut::TooMany => return Err(PeopleRefusal::TooMany.answer(lang)),
            PersonPut::NoCalendar => return Err(AppError::invalid(lang, vec![unknown()])),
        }
        self.signals.tickets.notify_one();
        self.signals.publish(None, None);
        // Removed again since.
        let set = self.store.person(&person.name).await.or_internal(lang)?;
        set.ok_or_else(|| Missing::Person.answer(lang))
    }

    async fn person_delete(&self, caller: &Caller, name: &str, read: Option<i64>) -> Answer<()> {
        let who = self.may_set_person(caller, name)?;
        let lang = caller.lang;
        if let Some(known) = self.store.person(name).await.or_internal(lang)? {
            as_read_to_delete(lang, ObjectKind::Person, read, known.version)?;
        }
        let act = self.act(who, "person.delete").detail(name);
        let deleted = self.store.delete_person(&act, name, read).await;
        if !stored_deletion(lang, ObjectKind::Person, deleted)? {
            return Err(Missing::Person.answer(lang));
        }
        self.signals.tickets.notify_one();
        self.signals.publish(None, None);
        Ok(())
    }
}
