//! An order: everything that one run needs, and nothing that it does not.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

macro_rules! numbers {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

numbers! {
    /// The number of a run.
    RunId,
    /// The number of a task, which its own user and scratch folder are named after.
    TaskId,
}

/// The pipe that output came from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Stream {
    /// Standard output.
    #[default]
    Out,
    /// Standard error.
    Err,
}

/// What is to be done once, and how.
#[derive(Clone)]
pub struct Order {
    /// The run. Its number marks all of its processes.
    pub run: RunId,
    /// The fencing epoch under which it was claimed; reported as it was given.
    pub epoch: i32,
    /// The task that it belongs to.
    pub task: TaskId,
    /// When it was claimed.
    pub started_at: DateTime<Utc>,
    /// What is run.
    pub work: Work,
    /// Variables of the environment. The runner adds `PATH`, `LANG`, `SHELL`, `HOME`, `USER` and `LOGNAME` where they are
    /// missing, and its own marks.
    pub vars: BTreeMap<String, String>,
    /// Those variables whose values are passed as files that the variable names.
    pub secret_files: Vec<String>,
    /// Values that are masked wherever they appear.
    pub masked: Vec<String>,
    /// What it may use.
    pub limits: Limits,
    /// After this many seconds it is ended.
    pub hard_limit_seconds: Option<i64>,
    /// After this many seconds it is reported as slow; it continues.
    pub soft_limit_seconds: Option<i64>,
    /// Seconds between TERM and KILL.
    pub grace_seconds: i64,
    /// The Unix user; empty for the default.
    pub run_as: String,
    /// The working folder; empty for the default.
    pub cwd: String,
    /// The shell; empty for `/bin/sh`.
    pub shell: String,
    /// Both outputs go through one pipe, which keeps their order.
    pub merge_output: bool,
    /// What its output must contain, or must not.
    pub success: OutputTexts,
    /// Its processes are not ended when the runner has crashed and starts again.
    pub outlives: bool,
    /// It is ended when the runner is cut off for so long that another one may start it again.
    pub ends_when_isolated: bool,
}

impl std::fmt::Debug for Order {
    /// Without variables: some are secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Order")
            .field("run", &self.run)
            .field("epoch", &self.epoch)
            .field("task", &self.task)
            .finish_non_exhaustive()
    }
}

/// What an order runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Work {
    /// A command, by the shell or by the interpreter that its first line names.
    Command(String),
    /// An HTTP request.
    Http(Box<HttpRequest>),
}

/// A request, and what counts as a good answer. `${NAME}` in URL, header values and body is replaced by a variable.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HttpRequest {
    /// `GET`, `POST` and the like.
    pub method: String,
    /// `http://` or `https://`.
    pub url: String,
    /// Headers.
    pub headers: Vec<Header>,
    /// Body; empty for none.
    pub body: String,
    /// Ranges of statuses that count as success, both ends included.
    pub accepts: Vec<(u16, u16)>,
    /// RFC 6901 pointer into a JSON answer; empty checks nothing.
    pub json_pointer: String,
    /// The expected value there; if empty, anything except `null` and `false`.
    pub json_value: String,
    /// Bytes of an answer that are read.
    pub answer_max: usize,
    /// What the log has in place of the rest of a longer answer.
    pub cut_line: String,
}

/// A header of a request.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// What one run may use; `None` keeps the runner's own limit. setrlimit(2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Limits {
    /// Seconds of CPU time per process (`RLIMIT_CPU`).
    pub cpu_seconds: Option<i64>,
    /// MiB of address space per process (`RLIMIT_AS`), and of the whole run where a control group allows.
    pub memory_mib: Option<i64>,
    /// Open files per process (`RLIMIT_NOFILE`).
    pub open_files: Option<i64>,
    /// Processes (`RLIMIT_NPROC`, counted per user), and of the whole run where a control group allows.
    pub processes: Option<i64>,
    /// Added niceness, 0–19.
    pub nice: Option<i64>,
}

/// Texts that decide whether a run that exited with 0 has succeeded.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OutputTexts {
    /// The output must contain this; empty for no such rule.
    pub must_contain: String,
    /// The output must not contain this; empty for no such rule.
    pub must_not_contain: String,
}

impl OutputTexts {
    /// Whether there are no rules.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.must_contain.is_empty() && self.must_not_contain.is_empty()
    }
}
