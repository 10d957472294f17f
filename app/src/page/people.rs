//! The data of the page of people.

use serde::{Deserialize, Serialize};

use crate::error::{AppError, FieldError};
use crate::person::{Person, PersonDraft};

/// The page of people with a zone or hours of their own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PeoplePage {
    /// All of them, by name.
    pub people: Vec<Person>,
    /// The version of the one that the form changes; `None` when it adds one.
    pub editing: Option<i64>,
    /// The content of the form.
    pub form: PersonForm,
    /// Names of the calendars to choose from.
    pub calendars: Vec<String>,
    /// Names of all zones.
    pub zones: Vec<String>,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}

/// What is typed for a person.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonForm {
    /// The name.
    pub name: String,
    /// Zone, hours and calendar.
    pub person: PersonDraft,
}
