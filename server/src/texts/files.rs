//! Documents of tasks in files: what is wrong with one, and why nothing is applied or exported.

use app::error::ErrorKind;
use app::task::{CHANGES_MAX, DOCUMENTS_MAX};

use super::{Fault, Refusal, Refused, Text, both, conflict};

/// What is wrong with a document among others.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum FileFault {
    /// Another document has the same name.
    SameName {
        /// Its number, from 1.
        first: usize,
    },
    /// It does not have the tag by which tasks are deleted.
    WithoutTag {
        /// The tag.
        tag: String,
    },
}

impl Fault for FileFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::SameName { first } => (
                "twice",
                both(
                    format!("第 {first} 个文档已经是这个名字；每个任务只能有一个文档"),
                    format!(
                        "Document {first} has the same name; there is one document for each task"
                    ),
                ),
            ),
            Self::WithoutTag { tag } => (
                "without_tag",
                both(
                    format!("按标签“{tag}”清理时，每个文档都要有这个标签，否则它以后不会被清理"),
                    format!(
                        "When tasks are deleted by the tag \"{tag}\", every document needs this tag: without it the task would not be deleted later"
                    ),
                ),
            ),
        }
    }
}

/// Why documents are not applied, or tasks not exported.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum FileRefusal {
    /// There are none, or more than at once.
    Documents {
        /// How many.
        count: usize,
    },
    /// They change more tasks than one transaction may.
    TooManyChanges {
        /// How many.
        changes: usize,
    },
    /// There are more tasks than one export has.
    TooManyTasks,
    /// The tasks have changed since the plan was made.
    PlanOutdated,
    /// Someone else has changed this task meanwhile.
    TaskOutdated {
        /// Its name.
        name: String,
    },
    /// A task that is to be deleted runs on another node.
    Running {
        /// Its name.
        name: String,
        /// How many of its runs.
        runs: usize,
    },
}

impl Refusal for FileRefusal {
    fn refusal(&self) -> Refused {
        let invalid = |code, text| Refused::new(ErrorKind::Invalid, code, text);
        match self {
            Self::Documents { count: 0 } => invalid(
                "files.none",
                both("里面没有任务", "There are no tasks in it"),
            )
            .hint(
                "每个文档是一个任务，至少要有 name；jcrontab export 可以写出现有的任务",
                "Each document is a task and has at least a name; jcrontab export writes the tasks that exist",
            ),
            Self::Documents { count } => invalid(
                "files.too_many",
                both(
                    format!("一次最多 {DOCUMENTS_MAX} 个任务，这里有 {count} 个"),
                    format!("At most {DOCUMENTS_MAX} tasks at once; these are {count}"),
                ),
            )
            .hint("请分几次应用", "Apply them in several parts"),
            Self::TooManyChanges { changes } => invalid(
                "files.too_many_changes",
                both(
                    format!("一次最多改动 {CHANGES_MAX} 个任务，这里要改动 {changes} 个"),
                    format!("At most {CHANGES_MAX} tasks are changed at once; this changes {changes}"),
                ),
            )
            .hint("请分几次应用", "Apply the files in several parts"),
            Self::TooManyTasks => invalid(
                "files.too_many",
                both(
                    format!("一次最多导出 {DOCUMENTS_MAX} 个任务"),
                    format!("At most {DOCUMENTS_MAX} tasks are exported at once"),
                ),
            )
            .hint("请按标签分几次导出", "Export them by tag, in several parts"),
            Self::PlanOutdated => conflict(
                "files.plan_outdated",
                "看过计划之后，任务有了变化，什么都没有应用",
                "The tasks have changed since the plan was made; nothing was applied",
            )
            .hint("请重新查看计划", "Review the plan again"),
            Self::TaskOutdated { name } => conflict(
                "files.task_outdated",
                format!("有人刚刚修改了任务“{name}”，什么都没有应用"),
                format!("Someone else has just changed the task \"{name}\"; nothing was applied"),
            )
            .hint("请重新查看计划", "Review the plan again"),
            Self::Running { name, runs } => conflict(
                "files.running",
                format!("任务“{name}”在别的节点上还有 {runs} 次执行没结束，不能删除，什么都没有应用"),
                format!("The task \"{name}\" cannot be deleted: {runs} of its runs on other nodes have not ended. Nothing was applied"),
            )
            .hint(
                "先结单并等它们结束，或停止它们",
                "Close it and wait for their end, or stop them",
            ),
        }
    }
}
