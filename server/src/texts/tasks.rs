//! Tasks: why one is not saved, paused or deleted, and what others changed meanwhile.

use app::i18n::Lang;

use super::changed_values::changed_values;
use super::outdated::Attempt;
use super::{Fault, Refusal, Refused, Say, Text, both, conflict};

/// What is wrong with a task that was typed, where the server has to look it up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum TaskFault {
    /// There is no such channel.
    UnknownChannel,
    /// It is to be chased, and has no chase schedule.
    NoUrgeCycle,
    /// More schedules than a task may have.
    TooManySchedules,
}

impl Fault for TaskFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::UnknownChannel => (
                "unknown",
                both("没有这个通知渠道", "There is no such channel"),
            ),
            Self::NoUrgeCycle => (
                "required",
                both("请填写催单工作周期", "Enter a chase schedule first"),
            ),
            Self::TooManySchedules => {
                let max = app::schedule::SCHEDULES_MAX;
                (
                    "too_many",
                    both(
                        format!("一个任务最多 {max} 个工作周期"),
                        format!("A task has at most {max} schedules"),
                    ),
                )
            }
        }
    }
}

/// Why a task is not saved, paused or deleted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum TaskRefusal {
    /// Another one has the name.
    NameTaken {
        /// The name.
        name: String,
    },
    /// It is closed, so it cannot be paused.
    Closed,
    /// It is closed, so it cannot be chased.
    ClosedChase,
    /// Its line is still in a crontab, so it must not fire.
    Held {
        /// The host of the crontab.
        host: String,
        /// `user:NAME`, or the path of the file.
        path: String,
    },
    /// Others change it again and again.
    Busy,
    /// Others have changed it since it was read.
    Outdated {
        /// What they did, the latest first.
        changes: Vec<Change>,
        /// What was not done.
        attempt: Attempt,
    },
    /// A version was named that it never had: a typing error, or a database that was restored since.
    NoSuchVersion {
        /// The version that was named.
        read: i64,
        /// The current one.
        version: i64,
    },
    /// The rules for its further channels have changed since the form was opened.
    RulesChanged,
    /// Runs of it on other nodes have not ended.
    StillRunning {
        /// How many.
        left: usize,
    },
    /// Others depend on it.
    Awaited {
        /// Each as `#12 its name`.
        others: Vec<String>,
    },
}

impl Refusal for TaskRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::NameTaken { name } => conflict(
                "task.name_taken",
                format!("已经有名为“{name}”的任务"),
                format!("A task named \"{name}\" already exists"),
            )
            .at("name", "taken"),
            Self::Closed => conflict(
                "task.closed",
                "任务已结单，不能暂停",
                "The task is closed, so it cannot be paused",
            )
            .hint("先重新打开它", "Reopen it first"),
            Self::ClosedChase => conflict(
                "task.closed",
                "任务已结单，不能加急",
                "The task is closed, so it cannot be chased",
            )
            .hint("先重新打开它", "Reopen it first"),
            Self::Held { host, path } => {
                let place = |lang| app::task::place_text(host, path, lang);
                conflict(
                    "task.held",
                    format!(
                        "任务不能启用：它的那一行还在{}里，会执行两次",
                        place(Lang::Zh)
                    ),
                    format!(
                        "The task cannot be activated: its line is still in {}, and would run twice",
                        place(Lang::En)
                    ),
                )
                .hint(
                    "在那台主机上运行 jcrontab takeover，它会注释掉那一行并启用任务",
                    "Run jcrontab takeover on that host: it comments the line out and activates the task",
                )
            }
            Self::Busy => conflict(
                "task.busy",
                "别人正在不停地修改这个任务或它用到的内容，没有保存",
                "Other people keep changing this task or what it uses; nothing was saved",
            )
            .hint("稍后再试一次", "Try again in a moment"),
            Self::Outdated { changes, attempt } => {
                let not_done = attempt.not_done();
                let mut zh = format!("你打开之后，别人修改过这个任务，{}", not_done.zh);
                let mut en = format!(
                    "Someone else has changed this task since you opened it. {}",
                    not_done.en
                );
                for (index, change) in changes.iter().enumerate() {
                    let words = change.words();
                    zh.push_str(if index == 0 { "：" } else { "；" });
                    zh.push_str(&words.zh);
                    en.push_str(if index == 0 { ". Changes: " } else { "; " });
                    en.push_str(&words.en);
                }
                let (hint_zh, hint_en) = attempt.hint();
                conflict("task.outdated", zh, en).hint(hint_zh, hint_en)
            }
            Self::NoSuchVersion { read, version } => conflict(
                "task.no_such_version",
                format!("这个任务没有版本 {read}，当前版本是 {version}；没有做任何修改"),
                format!("This task has no version {read}; its current version is {version}. Nothing was changed"),
            )
            .hint(
                "请重新读取任务，用读到的版本再试",
                "Read the task again, and try again with the version that it has",
            ),
            Self::RulesChanged => conflict(
                app::rule::RULES_CHANGED,
                "你打开之后，别人修改过这个任务的通知规则，所以没有保存",
                "Someone else has changed the notification rules of this task since you opened it; nothing was saved",
            )
            .hint(
                "请核对更多渠道；再次保存会以你填写的内容为准",
                "Review the further channels; saving again overwrites them with yours",
            ),
            Self::StillRunning { left } => conflict(
                "task.still_running",
                format!("还不能删除：别的节点上有 {left} 次执行还没结束。已要求它们停止，任务已结单，不会再启动"),
                format!("It cannot be deleted yet: {left} of its runs on other nodes have not ended. They were asked to stop, and the task is closed, so no new runs start"),
            )
            .hint(
                "等它们结束后再删一次",
                "Delete it again after they have ended",
            ),
            Self::Awaited { others } => {
                let others = Text::list(others);
                conflict(
                    "task.awaited",
                    format!("不能删除：{} 依赖它的结果", others.zh),
                    format!("It cannot be deleted: {} depend on its result", others.en),
                )
                .hint(
                    "先去掉那些任务的依赖",
                    "Remove it from their dependencies first",
                )
            }
        }
    }
}

/// A change of a task by somebody else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Who made it.
    pub who: String,
    /// When, in the task's zone.
    pub at: String,
    /// The action in the audit log.
    pub action: String,
    /// Its detail there: of an update, the changed fields as JSON.
    pub detail: String,
}

impl Say for Change {
    /// As a person reads it: of an update, each field before and after.
    fn words(&self) -> Text {
        let Self { who, at, .. } = self;
        let what = match self.action.as_str() {
            "task.update" => fields(&self.detail),
            "task.pause" => both("暂停", "paused it"),
            "task.close" => both("结单", "closed it"),
            "task.restore" => both("恢复", "reopened it"),
            "task.resume" => both("到点恢复", "resumed it"),
            "task.urge" => both("加急", "started chasing"),
            "task.unurge" => both("恢复原始周期", "restored the original schedule"),
            other => Text::same(other),
        };
        both(
            format!("{who} {at} {}", what.zh),
            format!("{who} {at} {}", what.en),
        )
    }
}

fn fields(detail: &str) -> Text {
    let fields: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(detail).unwrap_or_default();
    let words = Text::each(|lang| changed_values(lang, &fields));
    if words.en.is_empty() {
        return both("保存了一次", "saved it");
    }
    words
}
