//! Concurrency pools: what is wrong with their drafts, and why one is not deleted.

use app::i18n::plural;

use super::{Fault, Refusal, Refused, Text, both, conflict};

/// Tasks named in a refusal.
const NAMED_MAX: usize = 3;

/// What is wrong with the draft of a pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum PoolFault {
    /// Not a name for a pool.
    Name,
    /// Not a number of slots.
    Slots,
}

impl Fault for PoolFault {
    fn fault(&self) -> (&'static str, Text) {
        let text = match self {
            Self::Name => both(
                "名称以字母、数字或汉字开头，可含 - _ .，最多 64 个字符；* 表示所有执行",
                "A name starts with a letter or digit and may contain - _ . (at most 64 characters); * means all runs",
            ),
            Self::Slots => both(
                "名额为 1–10000 的整数",
                "Enter a whole number of slots, 1–10000",
            ),
        };
        ("invalid", text)
    }
}

/// Why a pool is not deleted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum PoolRefusal {
    /// Tasks use it.
    InUse {
        /// Its name.
        name: String,
        /// The tasks, each as `#12 its name`.
        tasks: Vec<String>,
    },
}

impl Refusal for PoolRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::InUse { name, tasks } => {
                let mut named: Vec<String> = tasks.iter().take(NAMED_MAX).cloned().collect();
                if tasks.len() > NAMED_MAX {
                    named.push("…".to_owned());
                }
                let (count, named) = (tasks.len(), Text::list(&named));
                conflict(
                    "pool.in_use",
                    format!("有 {count} 个任务在用并发池 {name}：{}", named.zh),
                    format!(
                        "Pool {name} is used by {count} {}: {}",
                        plural(count, "task", "tasks"),
                        named.en
                    ),
                )
                .hint(
                    "先把这些任务移出这个池",
                    "Remove those tasks from the pool first",
                )
            }
        }
    }
}
