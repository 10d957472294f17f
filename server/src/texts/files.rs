//! Documents of tasks in files: what is wrong with one, and why nothing is applied or exported.

use app::error::ErrorKind;
use app::task::{CHANGES_MAX, DOCUMENTS_MAX};

use super::{Fault, Refusal, Refused, Say, Text, both, conflict};
use crate::yaml::{NotText, What};

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

impl Say for NotText {
    fn words(&self) -> Text {
        match self {
            Self::Utf16 => both(
                "文件是 UTF-16 编码，请另存为 UTF-8",
                "The file is UTF-16: save it as UTF-8",
            ),
            Self::Gbk => both(
                "文件像是 GBK 编码，请另存为 UTF-8",
                "The file looks like GBK: save it as UTF-8",
            ),
            Self::Bytes => both("文件不是 UTF-8 文本", "The file is not a text in UTF-8"),
        }
    }
}

impl NotText {
    /// The sentence for a reader.
    #[must_use]
    pub fn text(self, lang: app::i18n::Lang) -> String {
        self.say(lang)
    }
}

impl Say for What {
    fn words(&self) -> Text {
        match self {
            Self::Syntax(reason) if reason.is_empty() => both("YAML 语法错误", "invalid YAML"),
            Self::Syntax(reason) => both(
                format!("YAML 语法错误：{reason}"),
                format!("invalid YAML: {reason}"),
            ),
            Self::Tab => both(
                "YAML 不能用制表符缩进，请改用空格",
                "YAML is not indented by tabs: use blanks",
            ),
            Self::Indicator(sign) => both(
                format!("以 {sign} 开头的值要加引号，例如 '*/5 * * * *'"),
                format!("a value that begins with {sign} needs quotes, such as '*/5 * * * *'"),
            ),
            Self::NotAnObject => both(
                "这里应当是“字段: 值”，一个任务一个文档，文档之间用 --- 分开",
                "fields are expected here (`field: value`): one document for each task, with --- between them",
            ),
            Self::NoName => both("字段名必须是文本", "the name of a field is a text"),
            Self::Twice(name) => both(
                format!("字段 `{name}` 出现了不止一次"),
                format!("the field `{name}` occurs more than once"),
            ),
            Self::Tag => both(
                "不支持 YAML 标签（!…）；密钥在任务页面授权，不写在文件里",
                "YAML tags (`!…`) are not supported; secrets are granted to tasks, and are in no file",
            ),
            Self::TooDeep => both("嵌套太深", "it is nested too deeply"),
            Self::TooMany => both(
                "内容太多，或者别名重复展开得太多",
                "it has too many entries, or its aliases repeat too much",
            ),
            Self::TooManyDocuments => both(
                format!("一次最多 {DOCUMENTS_MAX} 个任务"),
                format!("at most {DOCUMENTS_MAX} tasks at once"),
            ),
        }
    }
}

impl What {
    /// The phrase for a reader.
    #[must_use]
    pub fn text(&self, lang: app::i18n::Lang) -> String {
        self.say(lang)
    }
}
