//! The result of an action, passed to the page that is shown next.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use crate::id::RunId;

/// What a control or a form did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Done {
    /// 暂停.
    Paused,
    /// 结单.
    Closed,
    /// 恢复.
    Restored,
    /// 恢复 of a closed task.
    Reopened,
    /// 加急.
    Urged,
    /// 恢复原始周期.
    Unurged,
    /// A run was asked to stop.
    Stopped,
    /// A task was saved.
    Saved,
    /// A task was created.
    Created,
    /// A task was deleted.
    Deleted,
    /// Tickets were answered.
    Answered,
    /// A run was started manually.
    Started(RunId),
}

impl Done {
    const PLAIN: [Self; 11] = [
        Self::Paused,
        Self::Closed,
        Self::Restored,
        Self::Reopened,
        Self::Urged,
        Self::Unurged,
        Self::Stopped,
        Self::Saved,
        Self::Created,
        Self::Deleted,
        Self::Answered,
    ];

    /// The form in which a cookie carries it from a form without JavaScript to the next page.
    #[must_use]
    pub fn to_text(self) -> String {
        if let Self::Started(run) = self {
            return format!("started.{run}");
        }
        <&str>::from(self).to_owned()
    }

    /// Parses such a text; `None` for anything else.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        if let Some(run) = text.strip_prefix("started.") {
            return run.parse().ok().map(Self::Started);
        }
        let mut plain = Self::PLAIN.into_iter();
        plain.find(|done| <&str>::from(*done) == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_survives_the_way_to_the_next_page() {
        let run = Done::Started(RunId(86));
        for done in Done::PLAIN.into_iter().chain([run]) {
            assert_eq!(Done::from_text(&done.to_text()), Some(done));
        }
        for text in ["", "started.", "started.x", "<b>", "Paused"] {
            assert_eq!(Done::from_text(text), None, "{text}");
        }
    }
}
