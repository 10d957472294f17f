//! The picture that follows a text.

use app::message::Event;
use serde::{Deserialize, Serialize};

use super::Facts;

/// A picture that follows a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Picture {
    /// For a reminder.
    Reminder,
    /// For a success.
    Success,
    /// For an urge.
    Urge,
    /// For a failure.
    Failure,
}

impl Picture {
    /// Its name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reminder => "reminder",
            Self::Success => "success",
            Self::Urge => "urge",
            Self::Failure => "failure",
        }
    }
}

impl Facts {
    /// The picture that follows: those of tasks in message modes have one, and one says what the
    /// text says.
    #[must_use]
    pub fn picture(&self) -> Option<Picture> {
        let Self::Ended { task, end, .. } = self else {
            return None;
        };
        if !task.mode.sends_message() {
            return None;
        }
        match end.event {
            Event::Reminder => Some(Picture::Reminder),
            Event::Completed => Some(Picture::Success),
            Event::Urge => Some(Picture::Urge),
            Event::Failed | Event::TimedOut => Some(Picture::Failure),
            // Only those five are ends of a run that have one.
            _ => None,
        }
    }
}
