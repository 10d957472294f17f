//! The rules on a task that need zone data or the database, on top of `TaskDraft::parse`.

use app::backend::Answer;
use app::duration::parse_duration;
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::id::{ChannelId, TaskId};
use app::schedule::{Dialect, Named, check_spec};
use app::task::{Parsed, Task, TaskDraft, TaskSpec};
use app::ticket::Opens;
use app::time::Stamp;
use chrono::{DateTime, TimeDelta, Utc};
use jiff::tz::TimeZone;

use super::Service;
use super::tasks::Lookup;
use crate::error::OrInternal;
use crate::firings::Snapshot;
use crate::store::Engine;
use crate::texts::calendars::CalendarFault;
use crate::texts::tasks::{TaskFault, TaskRefusal};
use crate::texts::times::TimeFault;
use crate::texts::{Fault, Refusal};
use crate::timetable::{
    at_time_on, civil_date, is_date, parse_end, parse_instant, time_of_day, zone,
};

impl Service {
    /// Checks the whole draft, so that all faults are reported at once; `own` is the task being edited.
    pub(super) async fn check_task(
        &self,
        lang: Lang,
        draft: &TaskDraft,
        own: Option<&Task>,
    ) -> Answer<TaskSpec> {
        self.check_task_in(lang, draft, own, Lookup::Database).await
    }

    /// The same, with what was read for many tasks at once. Names and channels of those are checked before.
    pub(super) async fn check_task_in(
        &self,
        lang: Lang,
        draft: &TaskDraft,
        own: Option<&Task>,
        lookup: Lookup<'_>,
    ) -> Answer<TaskSpec> {
        let mut parsed = draft.parse(lang);
        if parsed.spec.zone.is_empty() {
            parsed.spec.zone.clone_from(&self.default_zone);
        }
        let found = zone(&parsed.spec.zone);
        if found.is_err() {
            let fault = TimeFault::unknown_zone(&parsed.spec.zone);
            parsed.faults.push(fault.on("zone", lang));
        }
        let zone = found.unwrap_or(TimeZone::UTC);
        self.check_window(lang, draft, &zone, &mut parsed);
        if let Some(id) = parsed.spec.channel_id
            && matches!(lookup, Lookup::Database)
            && !self.may_use(lang, id, own.map(|task| task.id)).await?
        {
            let fault = TaskFault::UnknownChannel.on("channel_id", lang);
            parsed.faults.push(fault);
        }
        let rules = self.calendar_cache.snapshot();
        check_named(lang, &parsed.named, &zone, &rules, &mut parsed.faults);
        self.check_execution(lang, draft, own, lookup, &mut parsed)
            .await?;
        if matches!(lookup, Lookup::Database) {
            self.check_free(lang, own, &mut parsed).await?;
        }
        let mut spec = parsed
            .finish()
            .map_err(|faults| AppError::invalid(lang, faults))?;
        if spec.tickets.opens != Opens::None {
            // The store does the same in its transaction; here for what is compared with the task as it is.
            let read;
            let defaults = match lookup {
                Lookup::Batch(batch) => &batch.defaults,
                Lookup::Database => {
                    read = self.store.urge_defaults().await.or_internal(lang)?;
                    &read
                }
            };
            spec.tickets = spec.tickets.inheriting(&spec.tags, defaults).shared();
        }
        Ok(spec)
    }

    /// Whether a channel exists and a task may use it; `None` for what is no single task.
    pub(super) async fn may_use(
        &self,
        lang: Lang,
        id: ChannelId,
        task: Option<TaskId>,
    ) -> Answer<bool> {
        let found = self.store.channel(id).await.or_internal(lang)?;
        Ok(found.is_some_and(|channel| channel.serves(task)))
    }

    fn check_window(&self, lang: Lang, draft: &TaskDraft, zone: &TimeZone, parsed: &mut Parsed) {
        let typed = (draft.starts_at.as_str(), draft.ends_at.as_str());
        let faults = &mut parsed.faults;
        let (starts_at, ends_at) = window(lang, typed, zone, faults);
        for (field, at) in [("starts_at", starts_at), ("ends_at", ends_at)] {
            faults.extend(self.check_storable(at).map(|fault| fault.on(field, lang)));
        }
        parsed.spec.starts_at = starts_at.map(Stamp);
        parsed.spec.ends_at = ends_at.map(Stamp);
    }

    /// Reports a name that another task has, together with all other faults. Of two concurrent saves the
    /// database refuses the second.
    async fn check_free(&self, lang: Lang, own: Option<&Task>, parsed: &mut Parsed) -> Answer<()> {
        let name = &parsed.spec.name;
        if parsed.faults.is_empty() || name.is_empty() || !parsed.is_fine("name") {
            // Without other faults the database's own refusal reports it.
            return Ok(());
        }
        let other = self.store.task_named(name).await.or_internal(lang)?;
        if other.is_some() && other != own.map(|task| task.id) {
            let name = name.clone();
            let taken = TaskRefusal::NameTaken { name }.answer(lang);
            parsed.faults.extend(taken.fields);
        }
        Ok(())
    }

    /// The fault of an instant that the database cannot store. The driver sends instants as `TIMESTAMP`
    /// parameters, and MariaDB reads those after 2038-01-19T03:14:07Z as NULL.
    pub(super) fn check_storable(&self, at: Option<DateTime<Utc>>) -> Option<TimeFault> {
        let lost = |at: DateTime<Utc>| at.timestamp() > i64::from(i32::MAX);
        (self.store.engine() == Engine::Mysql && at.is_some_and(lost)).then_some(TimeFault::TooFar)
    }

    /// Checks a chase schedule; returns it in its stored form.
    pub(super) fn check_urge(&self, lang: Lang, text: &str, zone_name: &str) -> Answer<String> {
        let mut faults = Vec::new();
        let spec = check_spec("urge_cron", text, Dialect::Standard, lang, &mut faults);
        if let (Some(spec), Ok(zone)) = (&spec, zone(zone_name)) {
            let mut named = Named::default();
            named.time("urge_cron", spec);
            check_times(lang, &named, &zone, &mut faults);
        }
        match spec {
            Some(spec) if faults.is_empty() => Ok(spec.canonical()),
            _ => Err(AppError::invalid(lang, faults)),
        }
    }

    /// Parses the end of a pause, a future instant: `HH:MM` today or tomorrow, or a date and time.
    pub(super) fn check_until(
        &self,
        text: &str,
        zone_name: &str,
    ) -> Result<DateTime<Utc>, TimeFault> {
        let now = self.clock.now();
        let found = zone(zone_name).ok().and_then(|zone| {
            let Some(time) = time_of_day(text) else {
                // A length of time, from now on. `18时30分` is a time of day.
                return match parse_duration(text).ok().flatten() {
                    Some(seconds) => now.checked_add_signed(TimeDelta::try_seconds(seconds)?),
                    None => parse_end(text, &zone),
                };
            };
            // A time of day: its next occurrence.
            let today = civil_date(&zone, now);
            let at = at_time_on(&zone, today, time);
            if at > now {
                return Some(at);
            }
            Some(at_time_on(&zone, today.tomorrow().ok()?, time))
        });
        let found = found.ok_or(TimeFault::NotAnEnd)?;
        match self.check_storable(Some(found)) {
            Some(fault) => Err(fault),
            None if found <= now => Err(TimeFault::Past),
            None => Ok(found),
        }
    }
}

/// Reports times that the zone does not have and calendars that do not exist.
pub(super) fn check_named(
    lang: Lang,
    named: &Named,
    zone: &TimeZone,
    rules: &Snapshot,
    faults: &mut Vec<FieldError>,
) {
    check_times(lang, named, zone, faults);
    for (field, name) in &named.calendars {
        if rules.calendar(Some(name)).is_none() {
            faults.push(CalendarFault::Unknown.on(field, lang));
        }
    }
}

/// Reports times that the zone does not have, or that lie out of range.
fn check_times(lang: Lang, named: &Named, zone: &TimeZone, faults: &mut Vec<FieldError>) {
    for (field, time) in &named.times {
        instant(field, time, zone, lang, faults);
    }
}

/// Parses the window of a task; a window that ends before it starts is a fault.
pub(super) fn window(
    lang: Lang,
    (starts_at, ends_at): (&str, &str),
    zone: &TimeZone,
    faults: &mut Vec<FieldError>,
) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
    let start = instant("starts_at", starts_at, zone, lang, faults);
    // The end is inclusive: of a date, its last second.
    let last = chrono::TimeDelta::seconds(i64::from(is_date(ends_at)));
    let end = end("ends_at", ends_at, zone, lang, faults).map(|end| end - last);
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        faults.push(TimeFault::EndsBeforeStart.on("ends_at", lang));
    }
    (start, end)
}

/// Parses an instant; `None` where the field is empty or has a fault.
pub(super) fn instant(
    field: &str,
    text: &str,
    zone: &TimeZone,
    lang: Lang,
    faults: &mut Vec<FieldError>,
) -> Option<DateTime<Utc>> {
    read_time(field, text, parse_instant(text, zone), lang, faults)
}

/// Parses an end; a date alone includes that whole day.
pub(super) fn end(
    field: &str,
    text: &str,
    zone: &TimeZone,
    lang: Lang,
    faults: &mut Vec<FieldError>,
) -> Option<DateTime<Utc>> {
    read_time(field, text, parse_end(text, zone), lang, faults)
}

fn read_time(
    field: &str,
    text: &str,
    read: Option<DateTime<Utc>>,
    lang: Lang,
    faults: &mut Vec<FieldError>,
) -> Option<DateTime<Utc>> {
    if text.trim().is_empty() {
        return None;
    }
    // MySQL stores years up to 9999; a date that far away is a typing error anyway.
    let found = read.filter(|at| (2000..3000).contains(&chrono::Datelike::year(at)));
    if found.is_none() {
        faults.push(TimeFault::NotAnInstant.on(field, lang));
    }
    found
}
