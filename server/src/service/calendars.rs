//! Calendars of working days, and the use cases of blackouts.

mod days;
mod draft;
mod refresh;
mod source;

pub use refresh::CalendarRefresh;

use app::auth::Action;
use app::backend::{Answer, Calendars, Caller};
use app::calendar::{
    Blackout, BlackoutDraft, Calendar, CalendarDay, CalendarDays, CalendarDraft, CalendarImport,
    CalendarImported,
};
use app::i18n::Lang;
use app::id::{BlackoutId, CalendarId};
use app::schedule::BUILTIN_CALENDAR;
use app::time::Stamp;
use async_trait::async_trait;

use super::versions::{as_read, as_read_to_delete, named, nothing, stored_deletion};
use super::{Service, or_taken, stored_or_taken};
use crate::calendar::WorkCalendar;
use crate::error::OrInternal;
use crate::store::{CalendarRemoval, NOT_STORED, StoredCalendar};
use crate::texts::calendars::{CalendarRefusal, NotRefreshed};
use crate::texts::outdated::ObjectKind;
use crate::texts::{Missing, Refusal, Say};

impl Service {
    async fn show_calendar(
        &self,
        lang: Lang,
        name: &str,
        calendar: &WorkCalendar,
        row: Option<&StoredCalendar>,
    ) -> Answer<Calendar> {
        Ok(Calendar {
            id: CalendarId(row.map_or(0, |row| row.id)),
            name: name.to_owned(),
            builtin: name == BUILTIN_CALENDAR,
            source_url: row.and_then(|row| row.source_url.clone()),
            years: calendar.years().into_iter().map(i32::from).collect(),
            updated_at: row.map(|row| Stamp(row.updated_at)),
            used_by: self.store.calendar_uses(name).await.or_internal(lang)?,
            warning: None,
            version: row.map_or(NOT_STORED, |row| row.version),
            refreshed_at: row.and_then(|row| row.refreshed_at).map(Stamp),
            refresh_fault: row
                .and_then(|row| row.refresh_fault.as_deref())
                .map(|stored| NotRefreshed::of(stored).say(lang)),
        })
    }

    pub(super) async fn all_calendars(&self, lang: Lang) -> Answer<Vec<Calendar>> {
        let rows = self.store.calendars().await.or_internal(lang)?;
        let rules = self.calendar_cache.snapshot();
        let mut shown = Vec::new();
        for (name, calendar) in rules.calendars() {
            let row = rows.iter().find(|row| row.name == name);
            shown.push(self.show_calendar(lang, name, calendar, row).await?);
        }
        shown.sort_by_key(|calendar| (!calendar.builtin, calendar.name.clone()));
        Ok(shown)
    }

    /// All calendars as the caller may see them: a source URL may contain a secret, which only those may
    /// see who may change it.
    pub(super) async fn shown_calendars(&self, caller: &Caller) -> Answer<Vec<Calendar>> {
        let mut all = self.all_calendars(caller.lang).await?;
        let may = caller
            .principal
            .as_ref()
            .is_some_and(|who| who.can(Action::Administer));
        if !may {
            for calendar in &mut all {
                calendar.source_url = calendar.source_url.as_deref().map(source::masked);
                calendar.refresh_fault = None;
            }
        }
        Ok(all)
    }

    async fn one_calendar(&self, lang: Lang, name: &str) -> Answer<Calendar> {
        self.all_calendars(lang)
            .await?
            .into_iter()
            .find(|calendar| calendar.name == name)
            .ok_or_else(|| Missing::Calendar.answer(lang))
    }

    /// A saved calendar, with a warning if its source URL cannot be fetched at present. DNS entries
    /// change, so it is saved anyway, and each update looks the name up again.
    async fn saved_calendar(&self, lang: Lang, draft: &CalendarDraft) -> Answer<Calendar> {
        let mut saved = self.one_calendar(lang, &draft.name).await?;
        saved.warning = self.source_warning(lang, &draft.source_url).await;
        Ok(saved)
    }
}

#[async_trait]
impl Calendars for Service {
    async fn calendar_list(&self, caller: &Caller) -> Answer<Vec<Calendar>> {
        self.allow(caller, Action::Read)?;
        self.shown_calendars(caller).await
    }

    async fn calendar_get(
        &self,
        caller: &Caller,
        name: &str,
        year: Option<i32>,
    ) -> Answer<CalendarDays> {
        let who = self.allow(caller, Action::Read)?;
        let mut calendar = self
            .shown_calendars(caller)
            .await?
            .into_iter()
            .find(|calendar| calendar.name == name)
            .ok_or_else(|| Missing::Calendar.answer(caller.lang))?;
        // Only for callers who can see and change the URL.
        if let Some(url) = &calendar.source_url
            && who.can(Action::Administer)
        {
            calendar.warning = self.source_warning(caller.lang, url).await;
        }
        let rules = self.calendar_cache.snapshot();
        let days = rules.calendar(Some(name)).map_or_else(Vec::new, |known| {
            known
                .days
                .iter()
                .filter(|(date, _)| year.is_none_or(|year| i32::from(date.year()) == year))
                .map(|(date, day)| CalendarDay {
                    date: date.to_string(),
                    work: day.work,
                    name: day.name.clone(),
                })
                .collect()
        });
        Ok(CalendarDays { calendar, days })
    }

    async fn calendar_create(&self, caller: &Caller, draft: &CalendarDraft) -> Answer<Calendar> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let draft = self.check_calendar(lang, draft)?;
        let taken = || CalendarRefusal::NameTaken.answer(lang);
        if draft.name == BUILTIN_CALENDAR {
            return Err(taken());
        }
        let act = self.act(who, "calendar.create").detail(draft.name.as_str());
        let inserted = self.store.insert_calendar(&act, &draft).await;
        or_taken(inserted, lang, taken)?;
        self.rules_changed(lang).await?;
        self.saved_calendar(lang, &draft).await
    }

    async fn calendar_update(
        &self,
        caller: &Caller,
        name: &str,
        read: Option<i64>,
        draft: &CalendarDraft,
    ) -> Answer<Calendar> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let known = self.one_calendar(lang, name).await?;
        as_read(lang, ObjectKind::Calendar, read, known.version, || {
            let source = known.source_url.unwrap_or_default();
            named([
                ("name", !known.builtin && draft.name.trim() != known.name),
                ("source_url", draft.source_url.trim() != source),
            ])
        })?;
        let mut draft = self.check_calendar(lang, draft)?;
        if name == BUILTIN_CALENDAR {
            // Schedules refer to it by its name.
            draft.name = BUILTIN_CALENDAR.to_owned();
        }
        let act = self.act(who, "calendar.update").detail(draft.name.as_str());
        let updated = self.store.update_calendar(&act, name, read, &draft).await;
        let taken = || CalendarRefusal::NameTaken.answer(lang);
        if !stored_or_taken(updated, lang, ObjectKind::Calendar, taken)? {
            // The built-in one has no row until it is changed for the first time.
            self.store
                .insert_calendar(&act, &draft)
                .await
                .or_internal(lang)?;
        }
        self.rules_changed(lang).await?;
        self.saved_calendar(lang, &draft).await
    }

    async fn calendar_import(
        &self,
        caller: &Caller,
        name: &str,
        read: Option<i64>,
        import: &CalendarImport,
    ) -> Answer<CalendarImported> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let calendar = self.one_calendar(lang, name).await?;
        as_read(lang, ObjectKind::Calendar, read, calendar.version, nothing)?;
        self.take_over(lang, (who, "calendar.import"), (name, read), import)
            .await
    }

    async fn calendar_refresh(
        &self,
        caller: &Caller,
        name: &str,
        read: Option<i64>,
    ) -> Answer<CalendarImported> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let calendar = self.one_calendar(lang, name).await?;
        as_read(lang, ObjectKind::Calendar, read, calendar.version, nothing)?;
        let import = CalendarImport {
            text: self
                .fetch_days(lang, calendar.source_url.as_deref())
                .await?,
            as_work_days: false,
            // The source defines all days of a year that it contains.
            replace_years: true,
        };
        let imported = self
            .take_over(lang, (who, "calendar.refresh"), (name, read), &import)
            .await?;
        self.refreshed_by_hand(&imported.calendar)
            .await
            .or_internal(lang)?;
        Ok(imported)
    }

    async fn calendar_delete(&self, caller: &Caller, name: &str, read: Option<i64>) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let calendar = self.one_calendar(lang, name).await?;
        as_read_to_delete(lang, ObjectKind::Calendar, read, calendar.version)?;
        let act = self.act(who, "calendar.delete").detail(name);
        let deleted = self.store.delete_calendar(&act, name, read).await;
        match stored_deletion(lang, ObjectKind::Calendar, deleted)? {
            CalendarRemoval::InUse(uses) => {
                let numbered = |(id, task): (i64, String)| format!("#{id} {task}");
                let in_use = CalendarRefusal::InUse {
                    name: name.to_owned(),
                    tasks: uses.tasks.into_iter().map(numbered).collect(),
                    policies: uses.policies,
                    people: uses.people,
                };
                return Err(in_use.answer(lang));
            }
            CalendarRemoval::Unknown if !calendar.builtin => {
                return Err(Missing::Calendar.answer(lang));
            }
            CalendarRemoval::Unknown | CalendarRemoval::Done => {}
        }
        self.rules_changed(lang).await?;
        Ok(())
    }

    async fn blackout_list(&self, caller: &Caller) -> Answer<Vec<Blackout>> {
        self.allow(caller, Action::Read)?;
        let rows = self.store.blackouts().await.or_internal(caller.lang)?;
        Ok(rows
            .into_iter()
            .map(|row| self.show_blackout(row))
            .collect())
    }

    async fn blackout_create(&self, caller: &Caller, draft: &BlackoutDraft) -> Answer<Blackout> {
        let who = self.allow(caller, Action::Administer)?;
        let act = self.act(who, "blackout.create");
        self.save_blackout(caller.lang, act, (BlackoutId(0), None), draft)
            .await
    }

    async fn blackout_update(
        &self,
        caller: &Caller,
        id: BlackoutId,
        read: Option<i64>,
        draft: &BlackoutDraft,
    ) -> Answer<Blackout> {
        let who = self.allow(caller, Action::Administer)?;
        if id.0 <= 0 {
            return Err(Missing::Blackout.answer(caller.lang));
        }
        let act = self.act(who, "blackout.update");
        self.save_blackout(caller.lang, act, (id, read), draft)
            .await
    }

    async fn blackout_delete(
        &self,
        caller: &Caller,
        id: BlackoutId,
        read: Option<i64>,
    ) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let act = self.act(who, "blackout.delete");
        let deleted = self.store.delete_blackout(&act, id, read).await;
        if !stored_deletion(lang, ObjectKind::Blackout, deleted)? {
            return Err(Missing::Blackout.answer(lang));
        }
        self.rules_changed(lang).await?;
        Ok(())
    }
}
