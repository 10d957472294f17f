//! The data of the pages of calendars.

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
    /// The content of the form.
    pub draft: CalendarDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
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
    /// The content of the import form.
    pub import: CalendarImport,
    /// The result of the last import, or why it failed.
    pub outcome: Option<String>,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}
