//! The misfire policy: what to do with missed firings.

use serde::{Deserialize, Serialize};

/// How many missed firings are caught up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MissedPolicy {
    /// None: they are only recorded in the history.
    None,
    /// The latest of each schedule.
    Latest,
    /// All of them one after another, within limits.
    All,
}

impl MissedPolicy {
    /// The name used in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Latest => "latest",
            Self::All => "all",
        }
    }
}

impl std::str::FromStr for MissedPolicy {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "none" => Ok(Self::None),
            "latest" => Ok(Self::Latest),
            "all" => Ok(Self::All),
            _ => Err(()),
        }
    }
}

/// The rule of a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct MissedRule {
    /// `None` follows the mode: commands catch up the latest, reminders nothing.
    pub policy: Option<MissedPolicy>,
    /// A firing this many seconds late still counts as on time.
    pub grace_seconds: i64,
    /// With `all`: at most this many of each schedule, the latest ones.
    pub max: i64,
    /// With `latest` and `all`: nothing older than this many seconds.
    pub max_age_seconds: i64,
}

impl MissedRule {
    /// The largest value of `max`.
    pub const MAX: i64 = 1_000;
}

impl Default for MissedRule {
    fn default() -> Self {
        Self {
            policy: None,
            grace_seconds: 60,
            max: 10,
            max_age_seconds: 30 * 86_400,
        }
    }
}

/// The input for it. Empty fields mean the default.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct MissedDraft {
    /// `none`, `latest`, `all`; empty follows the mode.
    pub policy: String,
    /// `60s`, `5m`; empty for one minute.
    pub grace: String,
    /// With `all`: how many at most, 1–1000; empty for ten.
    pub max: String,
    /// Nothing older than this; empty for 30 days.
    pub max_age: String,
}
