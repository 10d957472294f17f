//! The rules on a task that need zone data or the database, on top of `TaskDraft::check`.

use app::backend::Answer;
use app::duration::parse_duration;
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::id::{ChannelId, TaskId};
use app::schedule::{
    BUILTIN_CALENDAR, DayRule, Dialect, Jitter, ScheduleDraft, ScheduleSpec, check_spec, field,
};
use app::task::{TaskDraft, entries, owners};
use chrono::{DateTime, Utc};
use jiff::tz::TimeZone;

use super::Service;
use crate::error::OrInternal;
use crate::firings::Snapshot;
use crate::store::{Engine, NewSchedule, NewTask};
use crate::timetable::{
    at_time_on, civil_date, is_date, parse_end, parse_instant, time_of_day, zone,
};

impl Service {
    /// Checks a draft whole, so that every fault is reported at once; `own` is the task under edit.
    pub(super) async fn check_task(
        &self,
        lang: Lang,
        draft: &TaskDraft,
        own: Option<TaskId>,
    ) -> Answer<NewTask> {
        let mut faults = draft.check(lang);
        let zone_name = if draft.zone.trim().is_empty() {
            self.default_zone.as_str()
        } else {
            draft.zone.trim()
        };
        let found = zone(zone_name);
        if found.is_err() {
            faults.push(unknown_zone(lang, zone_name));
        }
        let zone = found.unwrap_or(TimeZone::UTC);
        let (starts_at, ends_at) =
            window(lang, (&draft.starts_at, &draft.ends_at), &zone, &mut faults);
        self.check_storable("starts_at", starts_at, lang, &mut faults);
        self.check_storable("ends_at", ends_at, lang, &mut faults);
        let channel_id = draft.channel_id.map(ChannelId);
        if let Some(id) = channel_id
            && self.store.channel(id).await.or_internal(lang)?.is_none()
        {
            faults.push(FieldError::new(
                "channel_id",
                "unknown",
                lang.pick("没有这个通知渠道", "There is no such channel"),
            ));
        }
        let schedules = self.check_schedules(lang, draft, &zone, &mut faults);
        check_moment("urge_cron", &draft.urge_cron, &zone, lang, &mut faults);
        let execution = self.check_execution(lang, draft, own, &mut faults).await?;
        self.check_free(lang, draft.name.trim(), own, &mut faults)
            .await?;
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        Ok(NewTask {
            name: draft.name.trim().to_owned(),
            nickname: draft.nickname.trim().to_owned(),
            owners: owners(&draft.owners),
            tags: entries(&draft.tags),
            mode: draft.mode,
            command: draft.command.replace("\r\n", "\n"),
            zone: zone_name.to_owned(),
            schedules,
            urge_cron: ScheduleSpec::parse(&draft.urge_cron)
                .ok()
                .map(|spec| spec.canonical()),
            missed: draft.missed.rule(),
            urging: draft.urging,
            channel_id,
            starts_at,
            ends_at,
            execution,
            // Checked above.
            timeout_seconds: parse_duration(&draft.timeout).unwrap_or(None),
        })
    }

    /// Reports a name that another task has, together with all other faults. The unique key of the
    /// database decides between two that are saved at the same moment.
    async fn check_free(
        &self,
        lang: Lang,
        name: &str,
        own: Option<TaskId>,
        faults: &mut Vec<FieldError>,
    ) -> Answer<()> {
        if faults.is_empty() || name.is_empty() || faults.iter().any(|one| one.field == "name") {
            // Alone, the database's own answer is the right one.
            return Ok(());
        }
        let other = self.store.task_named(name).await.or_internal(lang)?;
        if other.is_some() && other != own {
            let taken = super::tasks::name_taken(lang, name);
            faults.extend(taken.fields);
        }
        Ok(())
    }

    /// The schedules as they are stored. Faults that `TaskDraft::check` has reported are not
    /// repeated.
    fn check_schedules(
        &self,
        lang: Lang,
        draft: &TaskDraft,
        zone: &TimeZone,
        faults: &mut Vec<FieldError>,
    ) -> Vec<NewSchedule> {
        let rules = self.calendar_cache.snapshot();
        draft
            .work_schedules()
            .iter()
            .enumerate()
            .filter_map(|(index, draft)| check_schedule(lang, index, draft, zone, &rules, faults))
            .collect()
    }

    /// Reports an instant that the database would lose. Our driver sends instants as `TIMESTAMP`
    /// parameters, and MariaDB reads those beyond 2038-01-19T03:14:07Z as NULL.
    pub(super) fn check_storable(
        &self,
        field: &str,
        at: Option<DateTime<Utc>>,
        lang: Lang,
        faults: &mut Vec<FieldError>,
    ) {
        let lost = |at: DateTime<Utc>| at.timestamp() > i64::from(i32::MAX);
        if self.store.engine() == Engine::Mysql && at.is_some_and(lost) {
            let message = lang.pick(
                "MySQL/MariaDB 上最晚到 2038-01-19；不需要截止就留空",
                "On MySQL and MariaDB the latest is 2038-01-19; leave it empty for no end",
            );
            faults.push(FieldError::new(field, "too_far", message));
        }
    }

    /// A chase schedule as it is stored.
    pub(super) fn check_urge(&self, lang: Lang, text: &str, zone_name: &str) -> Answer<String> {
        let mut faults = Vec::new();
        let spec = check_spec("urge_cron", text, Dialect::Standard, lang, &mut faults);
        if let Ok(zone) = zone(zone_name) {
            check_moment("urge_cron", text, &zone, lang, &mut faults);
        }
        match spec {
            Some(spec) if faults.is_empty() => Ok(spec.canonical()),
            _ => Err(AppError::invalid(lang, faults)),
        }
    }

    /// When a pause ends: an instant to come, as `HH:MM` today or tomorrow, or as a date and time.
    pub(super) fn check_until(
        &self,
        lang: Lang,
        text: &str,
        zone_name: &str,
    ) -> Answer<DateTime<Utc>> {
        let now = self.clock.now();
        let fault = |code: &str, message: &str| {
            AppError::invalid(lang, vec![FieldError::new("until", code, message)])
        };
        let found = zone(zone_name).ok().and_then(|zone| {
            let Some(time) = time_of_day(text) else {
                return parse_end(text, &zone);
            };
            // A time of day: the next time that the clock shows it.
            let today = civil_date(&zone, now);
            let at = at_time_on(&zone, today, time);
            if at > now {
                return Some(at);
            }
            Some(at_time_on(&zone, today.tomorrow().ok()?, time))
        });
        let found = found.ok_or_else(|| {
            fault(
                "invalid",
                lang.pick(
                    "请写成 18:00、2026-12-31 18:00 或 RFC 3339 时间",
                    "Write a time such as 18:00 or 2026-12-31 18:00, or RFC 3339",
                ),
            )
        })?;
        let mut faults = Vec::new();
        self.check_storable("until", Some(found), lang, &mut faults);
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        if found <= now {
            return Err(fault(
                "past",
                lang.pick("这个时间已经过去", "This time has passed"),
            ));
        }
        Ok(found)
    }
}

/// A schedule as it is stored. Faults that `ScheduleDraft::check` reports are not repeated.
pub(super) fn check_schedule(
    lang: Lang,
    index: usize,
    draft: &ScheduleDraft,
    zone: &TimeZone,
    rules: &Snapshot,
    faults: &mut Vec<FieldError>,
) -> Option<NewSchedule> {
    let (dialect, rule) = (draft.dialect()?, draft.day_rule.parse::<DayRule>().ok()?);
    let spec = ScheduleSpec::parse_dialect(&draft.spec, dialect).ok()?;
    check_moment(&field(index, "spec"), &draft.spec, zone, lang, faults);
    let calendar =
        Some(draft.calendar.trim()).filter(|name| !name.is_empty() && *name != BUILTIN_CALENDAR);
    if calendar.is_some_and(|name| rules.calendar(Some(name)).is_none()) {
        faults.push(FieldError::new(
            &field(index, "calendar"),
            "unknown",
            lang.pick("没有这个日历", "There is no such calendar"),
        ));
    }
    Some(NewSchedule {
        spec: spec.canonical(),
        day_rule: rule,
        // A calendar that is not asked is not kept: it would hinder deleting it.
        calendar: calendar.filter(|_| rule.asks_calendar()).map(str::to_owned),
        jitter: Jitter {
            seconds: parse_duration(&draft.jitter).ok().flatten().unwrap_or(0),
            stable: draft.jitter_stable,
        },
    })
}

/// The window of a task; its fault is that it ends before it starts.
pub(super) fn window(
    lang: Lang,
    (starts_at, ends_at): (&str, &str),
    zone: &TimeZone,
    faults: &mut Vec<FieldError>,
) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
    let start = instant("starts_at", starts_at, zone, lang, faults);
    // The end of the window belongs to it: of a day, its last second.
    let last = chrono::TimeDelta::seconds(i64::from(is_date(ends_at)));
    let end = end("ends_at", ends_at, zone, lang, faults).map(|end| end - last);
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        faults.push(FieldError::new(
            "ends_at",
            "before_start",
            lang.pick("截止时间早于启动时间", "The end is before the start"),
        ));
    }
    (start, end)
}

/// Reports a time in a schedule's text that the zone does not have, or that is out of range.
fn check_moment(
    field: &str,
    text: &str,
    zone: &TimeZone,
    lang: Lang,
    faults: &mut Vec<FieldError>,
) {
    let moment = match ScheduleSpec::parse(text) {
        Ok(ScheduleSpec::Once { at }) => Some(at),
        Ok(ScheduleSpec::Every { anchor, .. }) => anchor,
        _ => None,
    };
    if let Some(moment) = moment {
        instant(field, &moment, zone, lang, faults);
    }
}

/// The fault of a zone that the zone data does not know.
pub(super) fn unknown_zone(lang: Lang, name: &str) -> FieldError {
    FieldError::new(
        "zone",
        "unknown",
        lang.pick(
            format!("没有“{name}”这个时区；请写 IANA 名称，例如 Asia/Shanghai"),
            format!("There is no time zone \"{name}\"; write an IANA name such as Asia/Shanghai"),
        ),
    )
}

/// An instant as it is typed; nothing where nothing is typed, or it is faulty.
pub(super) fn instant(
    field: &str,
    text: &str,
    zone: &TimeZone,
    lang: Lang,
    faults: &mut Vec<FieldError>,
) -> Option<DateTime<Utc>> {
    read_time(field, text, parse_instant(text, zone), lang, faults)
}

/// Where something ends, likewise; a date alone is that whole day.
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
    // MySQL keeps years up to 9999; a date far out is a typing error anyway.
    let found = read.filter(|at| (2000..3000).contains(&chrono::Datelike::year(at)));
    if found.is_none() {
        faults.push(FieldError::new(
            field,
            "invalid",
            lang.pick(
                "请写成 2026-12-31 18:00 或 RFC 3339 时间",
                "Write a time such as 2026-12-31 18:00, or RFC 3339",
            ),
        ));
    }
    found
}
