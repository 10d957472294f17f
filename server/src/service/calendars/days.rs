//! Imports days of a calendar from a text that was pasted or fetched.

use app::auth::Principal;
use app::backend::Answer;
use app::calendar::{CalendarImport, CalendarImported};
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::schedule::BUILTIN_CALENDAR;
use chrono::Datelike;

use super::super::Service;
use super::super::versions::stored;
use crate::calendar::{How, Read, WorkCalendar, built_in, read, to_lines};
use crate::error::OrInternal;
use crate::texts::Missing;
use crate::texts::outdated::ObjectKind;
use crate::timetable::{UnknownZone, zone};

impl Service {
    /// How a text with days is read.
    ///
    /// # Errors
    /// When the default zone is not in the zone table any more.
    pub(super) fn how(&self, as_work_days: bool) -> Result<How, UnknownZone> {
        Ok(How {
            as_work_days,
            this_year: i16::try_from(self.clock.now().year()).unwrap_or(i16::MAX),
            zone: zone(&self.default_zone)?,
        })
    }

    /// Reads a text and merges its days into a calendar.
    pub(super) async fn take_over(
        &self,
        lang: Lang,
        (who, action): (&Principal, &'static str),
        (name, version): (&str, Option<i64>),
        import: &CalendarImport,
    ) -> Answer<CalendarImported> {
        let replace_years = import.replace_years;
        let how = self.how(import.as_work_days).or_internal(lang)?;
        let taken = read(&import.text, &how).map_err(|fault| {
            let fault = FieldError::new("text", "unreadable", fault.text(lang));
            AppError::invalid(lang, vec![fault])
        })?;
        // Merged inside the transaction, so that concurrent imports lose nothing.
        let merged = |kept: Option<&str>| merged(name, kept, &taken, replace_years);
        let detail = format!("{name}: {} days", taken.days.len());
        let act = self.act(who, action).detail(detail);
        let changed = self
            .store
            .change_calendar_days(&act, name, version, merged)
            .await;
        if !stored(lang, ObjectKind::Calendar, changed)? {
            return Err(Missing::Calendar.answer(lang));
        }
        self.rules_changed(lang).await?;
        Ok(CalendarImported {
            calendar: self.one_calendar(lang, name).await?,
            days: i64::try_from(taken.days.len()).unwrap_or(i64::MAX),
            ignored: taken
                .ignored
                .iter()
                .map(|ignored| ignored.text(lang))
                .collect(),
        })
    }
}

/// The lines of a calendar after days were merged into them; `None` if there is no such calendar.
pub(super) fn merged(
    name: &str,
    kept: Option<&str>,
    taken: &Read,
    replace_years: bool,
) -> Option<String> {
    let mut calendar = match kept {
        Some(lines) if name != BUILTIN_CALENDAR || !lines.is_empty() => {
            WorkCalendar::from_lines(name, lines)
        }
        _ if name == BUILTIN_CALENDAR => built_in().clone(),
        _ => return None,
    };
    calendar.merge(taken, replace_years);
    Some(to_lines(&calendar.days))
}
