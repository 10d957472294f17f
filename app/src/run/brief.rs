//! What a person on call asks first about a run that ended badly: since when it fails, what has
//! changed since the last success, and where the output first differs from that of the success.
//!
//! Facts only; the words are in `texts::brief`.

use serde::{Deserialize, Serialize};

use crate::id::{RunId, TaskId};
use crate::time::{Stamp, ZoneRules};

/// The brief of a run that ended badly.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Brief {
    /// Which run.
    pub run_id: RunId,
    /// Whose run.
    pub task_id: TaskId,
    /// The task's name.
    pub task_name: String,
    /// The streak of bad runs that it ends.
    pub streak: Streak,
    /// The last run that succeeded before that streak.
    pub success: LastSuccess,
    /// What is different from the last success, the oldest change first; empty where nothing is
    /// known to have changed.
    pub changes: Vec<Change>,
    /// Changes that are not in the list, because there are too many.
    pub more_changes: i64,
    /// Its output beside that of the last success.
    pub output: OutputChange,
    /// Other tasks that failed at about the same time.
    pub others: Others,
    /// 处理预案: what to do about it, as the task says; empty for nothing.
    pub runbook: String,
    /// The task's zone, for the times.
    pub zone: ZoneRules,
    /// The same in a few lines, in the reader's language.
    pub lines: Vec<String>,
}

/// Bad runs in a row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Streak {
    /// How many up to this run, itself included; all attempts at a firing are one.
    pub times: i64,
    /// When the first of them started.
    pub since: Stamp,
    /// The first of them, where it is still on record.
    pub first_run: Option<RunId>,
}

crate::wire::tagged! {
    PlainSuccess as "LastSuccess";
    /// The last run that succeeded.
    #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
    #[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
    #[serde(remote = "Self", tag = "kind", rename_all = "snake_case")]
    pub enum LastSuccess {
        /// This one.
        Run {
            /// Its id.
            run_id: RunId,
            /// When it started.
            started_at: Stamp,
        },
        /// The task has never succeeded, as far as its history goes back.
        Never,
        /// None of the last runs before the streak.
        NotAmong {
            /// How many were examined.
            runs: i64,
        },
    }
}

crate::wire::tagged! {
    PlainChange as "Change";
    /// Something that is different from the last success.
    #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
    #[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
    #[serde(remote = "Self", tag = "kind", rename_all = "snake_case")]
    pub enum Change {
        /// The task was edited.
        Edited {
            /// When.
            at: Stamp,
            /// By whom.
            who: String,
            /// Which fields, as the API names them; those of `execution` as `execution.cwd`.
            fields: Vec<String>,
        },
        /// A secret that the task gets, or got.
        Secret {
            /// When.
            at: Stamp,
            /// By whom.
            who: String,
            /// Its name; `null` for readers who may not edit tasks.
            name: Option<String>,
            /// What was done.
            what: SecretChanged,
        },
        /// It ran under another version of the server.
        Version {
            /// That of the success.
            before: String,
            /// That of this run.
            now: String,
        },
        /// It ran on another machine.
        Node {
            /// That of the success.
            before: String,
            /// That of this run.
            now: String,
        },
        /// It took much longer or shorter than usual.
        Duration {
            /// Milliseconds it took.
            ms: i64,
            /// The median of the last successes.
            usual_ms: i64,
            /// How many successes these are.
            of: i64,
        },
        /// It wrote much more or less than usual.
        OutputSize {
            /// Bytes it wrote.
            bytes: i64,
            /// The median of the last successes.
            usual_bytes: i64,
            /// How many successes these are.
            of: i64,
        },
    }
}

/// What was done to a secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SecretChanged {
    /// It has another value.
    Value,
    /// The task gets it.
    Granted,
    /// The task no longer gets it.
    Revoked,
    /// It was deleted.
    Deleted,
}

crate::wire::tagged! {
    PlainOutput as "OutputChange";
    /// The output of a run beside that of the last success. Times, dates, numbers, durations, ids and
    /// temporary paths do not count as differences.
    #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
    #[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
    #[serde(remote = "Self", tag = "kind", rename_all = "snake_case")]
    pub enum OutputChange {
        /// Both wrote the same.
        Same,
        /// Neither wrote anything.
        Silent,
        /// The same as far as both are kept.
        SameAsKept,
        /// Here they first differ.
        Differs {
            /// Of this run.
            run: OutputSide,
            /// Of the last success.
            success: OutputSide,
        },
        /// An output is not kept.
        NotKept {
            /// Whose.
            run_id: RunId,
        },
        /// There is no success on record to compare with.
        NoSuccess,
        /// They were not compared before the message left; the run's page does.
        NotCompared,
    }
}

/// One side of the first difference between two outputs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct OutputSide {
    /// Whose output.
    pub run_id: RunId,
    /// The line at which it is, as the run's page numbers lines; also where no line of this side
    /// is part of the difference.
    pub line: u64,
    /// Its first lines, at most three; none where the other side has lines more.
    pub lines: Vec<OutputLine>,
}

/// A line of an output.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct OutputLine {
    /// Its number on the run's page.
    pub number: u64,
    /// Its text, at most 200 characters; secrets masked, control characters made visible.
    pub text: String,
}

/// Other tasks that failed within five minutes of a run's end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Others {
    /// How many.
    pub count: i64,
    /// The first of them by the time they failed, at most five.
    pub tasks: Vec<OtherTask>,
}

/// Another task that failed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct OtherTask {
    /// The task.
    pub task_id: TaskId,
    /// Its name.
    pub name: String,
    /// Its run that failed.
    pub run_id: RunId,
}
