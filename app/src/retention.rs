//! How long history is kept.

use serde::{Deserialize, Serialize};

/// The most days of a limit: a century.
pub const DAYS_MAX: i64 = 36_500;
/// The most runs of a task that a limit names.
pub const RUNS_MAX: i64 = 1_000_000;
/// The most MiB of output of a task that a limit names: a pebibyte.
pub const MIB_MAX: i64 = 1_073_741_824;

/// How long history is kept, in all tasks. `null` means no such limit; of several limits of runs the one
/// that keeps the fewest applies. The last success, the last failure and the newest run of each task always stay.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Retention {
    /// Days that runs and planned runs are kept, counted from their end.
    pub run_days: Option<i64>,
    /// Newest runs of each task that are kept.
    pub runs: Option<i64>,
    /// MiB of output that the kept runs of a task may have written.
    pub output_mib: Option<i64>,
    /// Days that messages are kept which were delivered or given up.
    pub message_days: Option<i64>,
    /// Days that the audit log is kept.
    pub audit_days: Option<i64>,
    /// Days that tickets which are over are kept, with their urges and their history.
    #[serde(default)]
    pub ticket_days: Option<i64>,
    /// Days that the counts of deleted runs are kept.
    #[serde(default)]
    pub count_days: Option<i64>,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            run_days: Some(365),
            runs: Some(100_000),
            output_mib: None,
            message_days: Some(365),
            audit_days: None,
            ticket_days: Some(365),
            count_days: Some(1_095),
        }
    }
}

/// The same as typed; an empty text is no limit.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct RetentionDraft {
    /// As [`Retention::run_days`].
    pub run_days: String,
    /// As [`Retention::runs`].
    pub runs: String,
    /// As [`Retention::output_mib`].
    pub output_mib: String,
    /// As [`Retention::message_days`].
    pub message_days: String,
    /// As [`Retention::audit_days`].
    pub audit_days: String,
    /// As [`Retention::ticket_days`].
    pub ticket_days: String,
    /// As [`Retention::count_days`].
    pub count_days: String,
}

impl RetentionDraft {
    /// The input for a policy.
    #[must_use]
    pub fn of(policy: &Retention) -> Self {
        let typed = |limit: Option<i64>| limit.map_or_else(String::new, |limit| limit.to_string());
        Self {
            run_days: typed(policy.run_days),
            runs: typed(policy.runs),
            output_mib: typed(policy.output_mib),
            message_days: typed(policy.message_days),
            audit_days: typed(policy.audit_days),
            ticket_days: typed(policy.ticket_days),
            count_days: typed(policy.count_days),
        }
    }

    /// The policy.
    ///
    /// # Errors
    /// Each field that is no whole number between 1 and its maximum, with that maximum.
    pub fn read(&self) -> Result<Retention, Vec<(&'static str, i64)>> {
        let mut faults = Vec::new();
        let mut read = |field: &'static str, typed: &str, most: i64| {
            let typed = typed.trim();
            if typed.is_empty() {
                return None;
            }
            let limit = typed
                .parse::<i64>()
                .ok()
                .filter(|limit| (1..=most).contains(limit));
            if limit.is_none() {
                faults.push((field, most));
            }
            limit
        };
        let policy = Retention {
            run_days: read("run_days", &self.run_days, DAYS_MAX),
            runs: read("runs", &self.runs, RUNS_MAX),
            output_mib: read("output_mib", &self.output_mib, MIB_MAX),
            message_days: read("message_days", &self.message_days, DAYS_MAX),
            audit_days: read("audit_days", &self.audit_days, DAYS_MAX),
            ticket_days: read("ticket_days", &self.ticket_days, DAYS_MAX),
            count_days: read("count_days", &self.count_days, DAYS_MAX),
        };
        if faults.is_empty() {
            Ok(policy)
        } else {
            Err(faults)
        }
    }
}

/// The policy in force, and its version.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct StoredRetention {
    /// The policy.
    pub policy: Retention,
    /// Counts its changes; 0 for the defaults.
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_or_refused_at_its_field() {
        let policy = Retention::default();
        assert_eq!(RetentionDraft::of(&policy).read(), Ok(policy));
        let draft = RetentionDraft {
            run_days: " 7 ".to_owned(),
            ..RetentionDraft::default()
        };
        let seven = draft.read().expect("a policy");
        assert_eq!(
            (seven.run_days, seven.runs, seven.audit_days),
            (Some(7), None, None)
        );
        for wrong in ["0", "-1", "1.5", "x", "36501", "99999999999999999999"] {
            let draft = RetentionDraft {
                run_days: wrong.to_owned(),
                audit_days: wrong.to_owned(),
                ..RetentionDraft::default()
            };
            let faults = vec![("run_days", DAYS_MAX), ("audit_days", DAYS_MAX)];
            assert_eq!(draft.read(), Err(faults), "{wrong}");
        }
    }
}
