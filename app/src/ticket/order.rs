//! In which order tickets are listed.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// In which order tickets are listed.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Debug,
    Default,
    Serialize,
    Deserialize,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TicketOrder {
    /// The newest first.
    #[default]
    Newest,
    /// The one that was opened first. Only of tickets that are not over.
    Oldest,
    /// The most escalated first, and of a level the one that was opened first. Only of tickets that are not over.
    Level,
}

impl TicketOrder {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The code used in the API and in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The order with a code; the default for an empty one.
    #[must_use]
    pub fn read(code: &str) -> Option<Self> {
        match code.trim() {
            "" => Some(Self::default()),
            code => Self::ALL.iter().copied().find(|one| one.as_str() == code),
        }
    }
}
