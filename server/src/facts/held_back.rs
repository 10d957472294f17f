//! What a rule held back before a message, to stay below its rate. It is stored beside the facts of
//! that message, which are read without it by servers that do not know it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Facts;

/// What a rule held back before a message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HeldBack {
    /// How many messages of the same event about the same task.
    pub count: u64,
    /// When the first of them was caused.
    pub since: DateTime<Utc>,
    /// The zone in which that is shown.
    pub zone: String,
}

/// Facts as they are stored, and what was held back before them.
#[derive(Serialize)]
struct Stored<'a> {
    #[serde(flatten)]
    facts: &'a Facts,
    #[serde(skip_serializing_if = "Option::is_none")]
    held_back: Option<&'a HeldBack>,
}

/// The second of the two.
#[derive(Deserialize)]
struct StoredHeldBack {
    #[serde(default)]
    held_back: Option<HeldBack>,
}

impl Facts {
    /// The facts as they are stored: JSON, with what was held back before them.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn to_json(&self, held_back: Option<&HeldBack>) -> serde_json::Result<String> {
        serde_json::to_string(&Stored {
            facts: self,
            held_back,
        })
    }
}

impl HeldBack {
    /// What was held back before stored facts; `None` for nothing, and where it cannot be read.
    #[must_use]
    pub fn of_stored(facts: &str) -> Option<Self> {
        let beside: StoredHeldBack = serde_json::from_str(facts).ok()?;
        beside.held_back
    }
}

#[cfg(test)]
mod tests {
    use app::id::RunId;
    use app::task::Task;

    use super::*;

    #[test]
    fn facts_are_read_with_and_without_what_was_held_back() {
        let facts = Facts::lost(&Task::example(), RunId(7), DateTime::UNIX_EPOCH);
        let held = HeldBack {
            count: 12,
            since: DateTime::UNIX_EPOCH,
            zone: "Asia/Shanghai".to_owned(),
        };
        let alone = facts.to_json(None).expect("JSON");
        assert_eq!(alone, serde_json::to_string(&facts).expect("JSON"));
        assert_eq!(HeldBack::of_stored(&alone), None);
        let both = facts.to_json(Some(&held)).expect("JSON");
        assert_eq!(HeldBack::of_stored(&both), Some(held));
        let read: Facts = serde_json::from_str(&both).expect("facts");
        assert_eq!(read, facts);
    }
}
