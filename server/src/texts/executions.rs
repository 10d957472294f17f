//! How tasks are executed: what is wrong where the database or the server's settings decide.

use app::id::TaskId;
use runner::RunAsError;

use super::{Fault, Text, both, no_answer};

/// What is wrong with the execution of a task that was typed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ExecutionFault {
    /// There is no such pool.
    UnknownPool {
        /// What was typed.
        name: String,
    },
    /// Without a server, its allowed users are unknown.
    NoServerForRunAs,
    /// A server that is not root runs everything as its own user.
    RunAsNotRoot {
        /// That user.
        own: String,
    },
    /// The machine has no such user.
    NoSuchUser {
        /// What was typed.
        name: String,
    },
    /// The server does not allow the user.
    RunAsNotAllowed {
        /// What was typed.
        name: String,
    },
    /// The way out refuses the URL.
    Url {
        /// What the guard reports.
        reason: String,
    },
    /// There are no such tasks to wait for.
    UnknownTasks {
        /// What was typed.
        names: Vec<String>,
    },
    /// A number is the id of one task and the name of another.
    TwoTasks {
        /// What was typed.
        text: String,
        /// Its id is that.
        by_id: i64,
        /// Its name is that.
        by_name: i64,
    },
    /// It waits for itself.
    WaitsForItself,
    /// Tasks wait for one another in a circle.
    Circle {
        /// Their names, the first one again at the end.
        chain: Vec<String>,
    },
}

impl ExecutionFault {
    /// Why a task may not run as a user.
    #[must_use]
    pub fn run_as(name: &str, refusal: &RunAsError) -> Self {
        let name = name.to_owned();
        match refusal {
            RunAsError::NotRoot { own } => Self::RunAsNotRoot { own: own.clone() },
            RunAsError::NoSuchUser { .. } => Self::NoSuchUser { name },
            RunAsError::NotListed { .. } | RunAsError::Scratch(_) => Self::RunAsNotAllowed { name },
        }
    }

    /// Two tasks that one text names.
    #[must_use]
    pub fn two_tasks(text: &str, by_id: TaskId, by_name: TaskId) -> Self {
        Self::TwoTasks {
            text: text.to_owned(),
            by_id: by_id.0,
            by_name: by_name.0,
        }
    }
}

impl Fault for ExecutionFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::UnknownPool { name } => (
                "unknown",
                both(
                    format!("没有名为“{name}”的并发池；请管理员先添加"),
                    format!("There is no pool named \"{name}\"; ask an administrator to add it"),
                ),
            ),
            Self::NoServerForRunAs => (
                "not_allowed",
                both(
                    "服务器没有运行，不知道它允许哪些用户；先运行 jcrontab serve",
                    "The server is not running, so it is unknown which users it allows: start it with `jcrontab serve`",
                ),
            ),
            Self::RunAsNotRoot { own } => (
                "not_allowed",
                both(
                    format!(
                        "服务器不是以 root 运行的，只能以 {own} 执行；\
                         以 root 运行并设置 JCRONTAB_RUN_AS_ALLOW 后才能换用户"
                    ),
                    format!(
                        "The server does not run as root, so all commands run as {own}; to run as \
                         other users, run it as root and list them in JCRONTAB_RUN_AS_ALLOW"
                    ),
                ),
            ),
            Self::NoSuchUser { name } => (
                "not_allowed",
                both(
                    format!("这台机器上没有用户 {name}"),
                    format!("There is no user {name} on this machine"),
                ),
            ),
            Self::RunAsNotAllowed { name } => (
                "not_allowed",
                both(
                    format!("不允许以 {name} 执行；管理员可以把它加进 JCRONTAB_RUN_AS_ALLOW"),
                    format!(
                        "Running as {name} is not allowed; an administrator can add it to JCRONTAB_RUN_AS_ALLOW"
                    ),
                ),
            ),
            Self::Url { reason } => {
                let reason = no_answer(reason);
                (
                    "refused",
                    both(
                        format!("不能使用这个 URL：{}", reason.zh),
                        format!("This URL cannot be used: {}", reason.en),
                    ),
                )
            }
            Self::UnknownTasks { names } => {
                let names = Text::list(names);
                (
                    "unknown",
                    both(
                        format!(
                            "没有这样的任务：{}；请填编号（12 或 #12）或完整的名字",
                            names.zh
                        ),
                        format!(
                            "There is no task {}; enter an id (12 or #12) or a full name",
                            names.en
                        ),
                    ),
                )
            }
            Self::TwoTasks {
                text,
                by_id,
                by_name,
            } => (
                "ambiguous",
                both(
                    format!(
                        "“{text}”既是一个任务的编号，也是任务 #{by_name} 的名字；请写 #{by_id} 或 #{by_name}"
                    ),
                    format!(
                        "\"{text}\" is the id of one task and the name of task #{by_name}; write #{by_id} or #{by_name}"
                    ),
                ),
            ),
            Self::WaitsForItself => (
                "itself",
                both("任务不能等它自己", "A task cannot wait for itself"),
            ),
            Self::Circle { chain } => {
                let chain = chain.join(" → ");
                (
                    "circle",
                    both(
                        format!("任务在互相等待：{chain}"),
                        format!("These tasks wait for each other: {chain}"),
                    ),
                )
            }
        }
    }
}
