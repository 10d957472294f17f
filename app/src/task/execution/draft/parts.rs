//! The input for parts of an execution.

use serde::{Deserialize, Serialize};

use crate::task::draft::text;

/// The input for retries.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RetryDraft {
    /// Attempts in total, 1–20; empty for 1.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub attempts: String,
    /// Before the second attempt; empty for 1m.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub delay: String,
    /// 1–10; empty for 2.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub factor: String,
    /// Empty for 1h.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub max_delay: String,
    /// Percent, 0–100; empty for 0.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub jitter: String,
    /// `1, 75`; empty for any failure.
    pub exit_codes: String,
    /// Whether to retry after the hard limit.
    pub on_timeout: bool,
    /// Whether to retry after a crash of the server.
    pub on_lost: bool,
}

/// The input for limits.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct LimitsDraft {
    /// A duration of CPU time.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub cpu: String,
    /// `512M`, `2G`, or plain MiB.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub memory: String,
    /// Open files.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub open_files: String,
    /// Processes.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub processes: String,
    /// 0–19.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub nice: String,
}

/// The input for how long history is kept; empty fields mean: as for all tasks.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct KeepDraft {
    /// Days, 1–36500.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub days: String,
    /// Newest runs, 1–1000000.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub runs: String,
    /// MiB of output.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub output_mib: String,
}

/// The input for dependencies.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct WaitsDraft {
    /// Ids (`12` or `#12`) or names of tasks; the server looks them up.
    pub tasks: Vec<String>,
    /// `all` or `any`; empty for `all`.
    pub how: String,
    /// `success` or `finish`; empty for `success`.
    pub what: String,
    /// Empty for 1d.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub fresh: String,
    /// Empty for 1h.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub patience: String,
}
