//! What the pages of calendars are made from.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::calendar::{Calendar, CalendarDays, CalendarDraft, CalendarImport};
use crate::error::{AppError, FieldError};

/// The calendars page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CalendarsPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// All calendars.
    pub calendars: Vec<Calendar>,
    /// What stands in the form.
    pub draft: CalendarDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that belongs to no field.
    pub error: Option<AppError>,
}

/// One calendar's page: a year of days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CalendarPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// The calendar and the named days of the year.
    pub days: CalendarDays,
    /// The year shown.
    pub year: i32,
    /// What stands in the import form.
    pub import: CalendarImport,
    /// What the last import came to, or why it failed.
    pub outcome: Option<String>,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that belongs to no field.
    pub error: Option<AppError>,
}
