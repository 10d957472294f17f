//! How a task is executed: what may run at the same time, what happens after a failure, and what a command is allowed
//! to use. Stored with the task as one value, because it is read as a whole.

mod credentials;
mod draft;
mod http;
mod keep;
mod overlap;
pub mod parameter;
mod retry;
mod success;
mod waits;
mod words;

pub(in crate::task) use draft::url_fault;
pub use draft::{
    ExecutionDraft, KeepDraft, LimitsDraft, PARAMETERS_MAX, RetryDraft, WaitsDraft, env_line,
    env_warnings, is_settable,
};
pub use http::{HttpCall, HttpDraft, HttpHeader};
pub use keep::Keep;
pub use overlap::Overlap;
pub use parameter::{Parameter, ParameterKind, field as parameter_field};
pub use retry::Retry;
pub use success::{SUCCESS_TEXT_MAX, SuccessWhen};
pub use waits::{Waits, WaitsFor, WaitsHow, task_number};

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

/// Seconds between TERM and KILL; 10 by default.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StopGrace(pub i64);

impl Default for StopGrace {
    fn default() -> Self {
        Self(10)
    }
}

/// How a task is executed. The default is a plain command: one at a time, no retry, no limits.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Execution {
    /// What happens to a start while the task is running.
    pub overlap: Overlap,
    /// The concurrency pool (并发池) that its runs use; empty for none.
    pub pool: String,
    /// What happens after a failure.
    pub retry: Retry,
    /// What its output must contain, or must not, for a run to succeed.
    pub success_when: SuccessWhen,
    /// After this many seconds a message is sent; the run continues.
    pub soft_limit_seconds: Option<i64>,
    /// A run that succeeds in fewer seconds is suspicious: a message is sent.
    pub min_seconds: Option<i64>,
    /// Seconds between TERM and KILL.
    #[cfg_attr(feature = "ssr", schema(value_type = i64))]
    pub stop_grace_seconds: StopGrace,
    /// What one run may use.
    pub limits: Limits,
    /// The Unix user it runs as, from the server's allow-list; empty for the server's default.
    pub run_as: String,
    /// Working folder; empty for the default.
    pub cwd: String,
    /// The shell for the command: a name such as `bash`, or a path; empty for `/bin/sh`. A command that starts with
    /// `#!` names its own interpreter.
    pub shell: String,
    /// Sends standard error to the same pipe as standard output: the order of the output is kept, the distinction
    /// between the two is not.
    pub merge_output: bool,
    /// Passes secrets as files, which `JCRONTAB_SECRET_FILE_<NAME>` names, and not in the environment.
    pub secret_files: bool,
    /// Variables of its environment, in addition to the default ones.
    pub env: Vec<EnvVar>,
    /// Parameters of a manual start; planned starts use the defaults.
    pub parameters: Vec<Parameter>,
    /// Tasks whose results it waits for.
    pub waits: Waits,
    /// Sends this request instead of running a command.
    pub http: Option<HttpCall>,
    /// Its processes keep running when the server crashes; the run still becomes `lost`.
    pub outlives_server: bool,
    /// Cannot be started from a chat: neither by a command to a bot nor by a button or link of a message.
    pub not_from_chats: bool,
    /// How long its history is kept.
    pub keep: Keep,
}

impl Execution {
    /// The default, as a shared instance: a server holds thousands of tasks that all have it.
    #[must_use]
    pub fn usual() -> Arc<Self> {
        static USUAL: LazyLock<Arc<Execution>> = LazyLock::new(Arc::default);
        Arc::clone(&USUAL)
    }

    /// The shared form to store with a task: [`Execution::usual`] if it is equal.
    #[must_use]
    pub fn shared(self) -> Arc<Self> {
        let usual = Self::usual();
        if self == *usual {
            usual
        } else {
            Arc::new(self)
        }
    }
}

/// A variable of the environment. Not for secrets: those are granted to tasks.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct EnvVar {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// What one run may use; `None` keeps the server's own limit. setrlimit(2).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Limits {
    /// Seconds of CPU time per process (`RLIMIT_CPU`).
    pub cpu_seconds: Option<i64>,
    /// MiB of address space per process (`RLIMIT_AS`), and of the whole run where a cgroup allows.
    pub memory_mib: Option<i64>,
    /// Open files per process (`RLIMIT_NOFILE`).
    pub open_files: Option<i64>,
    /// Processes (`RLIMIT_NPROC`, counted per user), and of the whole run where a cgroup allows.
    pub processes: Option<i64>,
    /// Added niceness, 0–19.
    pub nice: Option<i64>,
}
