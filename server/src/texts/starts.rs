//! Manual starts: their faults, refusals, and what the form says beforehand.

use super::{Fault, Refusal, Refused, Say, Text, both, conflict};

/// Characters a note may have.
pub const NOTE_MAX: usize = 200;
/// Bytes an idempotency key may have.
pub const KEY_MAX: usize = 255;

/// What is wrong with what was filled in for a start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum StartFault {
    /// The note is too long.
    LongNote,
    /// The note has more than one line.
    NoteLines,
    /// Not a key that can be kept.
    Key,
}

impl Fault for StartFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::LongNote => (
                "too_long",
                both(
                    format!("最多 {NOTE_MAX} 个字"),
                    format!("At most {NOTE_MAX} characters"),
                ),
            ),
            Self::NoteLines => ("invalid", both("只能是一行文字", "One line of text")),
            Self::Key => (
                "invalid",
                both(
                    format!("Idempotency-Key 是 1 到 {KEY_MAX} 个可见的 ASCII 字符"),
                    format!("Idempotency-Key consists of 1 to {KEY_MAX} visible ASCII characters"),
                ),
            ),
        }
    }
}

/// Why a task is not started.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum StartRefusal {
    /// Its queue is full.
    QueueFull,
    /// It is running, as often as it may at once.
    Running {
        /// How often that is.
        at_once: u32,
    },
    /// It is closed, and would have to wait.
    Closed,
    /// The key was used for another request.
    KeyReused,
}

impl Refusal for StartRefusal {
    fn refusal(&self) -> Refused {
        match *self {
            Self::QueueFull => conflict(
                "task.queue_full",
                "任务的队列已满，没有启动",
                "The task's queue is full, so it was not started",
            )
            .hint("等前面的执行结束", "Wait for the queued runs to finish"),
            Self::Running { at_once } => {
                let refused = if at_once > 1 {
                    conflict(
                        "task.running",
                        format!("任务已有 {at_once} 次执行同时进行，没有再次启动"),
                        format!(
                            "{at_once} runs of the task are already in progress, so it was not started again"
                        ),
                    )
                } else {
                    conflict(
                        "task.running",
                        "任务正在执行，没有再次启动",
                        "The task is running, so it was not started again",
                    )
                };
                refused.hint(
                    "等它结束，或先停止它",
                    "Wait for it to finish, or stop it first",
                )
            }
            Self::Closed => conflict(
                "task.closed_waits",
                "任务已结单，现在又没有空位，没有启动：结单的任务不能排队",
                "The task is closed, and there is no room for it now; it was not started, since closed tasks do not queue",
            )
            .hint(
                "先重新打开任务，或等有空位时再执行",
                "Reopen the task first, or start it when there is room",
            ),
            Self::KeyReused => conflict(
                "idempotency.mismatch",
                "这个 Idempotency-Key 已经用于另一个请求，没有启动",
                "This Idempotency-Key was used for another request, so nothing was started",
            )
            .hint(
                "换一个新的键；在页面上请重新打开表单",
                "Use a new key; on the page, open the form again",
            ),
        }
    }
}

/// A rule that a manual start overrides. Times are those of the task's zone.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum Override {
    /// The task is closed.
    Closed,
    /// The task is paused.
    Paused {
        /// Until when, where that is known.
        until: Option<String>,
    },
    /// Its active period has not begun.
    NotYet {
        /// When it does.
        start: String,
    },
    /// Its active period is over.
    Over {
        /// Since when.
        end: String,
    },
    /// A blackout holds.
    Blackout {
        /// Its name.
        name: String,
        /// Until when, where that is worth saying.
        until: Option<String>,
    },
    /// It runs on working days, and today is none.
    DayOff {
        /// Today.
        today: String,
        /// Its name in the calendar.
        name: Option<String>,
    },
    /// It runs on days off, and today is none.
    WorkDay {
        /// Today.
        today: String,
        /// Its name in the calendar.
        name: Option<String>,
    },
    /// It runs on another working day of the month.
    OtherWorkDay {
        /// Today.
        today: String,
    },
    /// Tasks it depends on have not finished.
    Dependencies {
        /// Their names.
        names: Vec<String>,
    },
}

impl Say for Override {
    fn words(&self) -> Text {
        let named = |name: &Option<String>| {
            name.as_ref().map_or_else(Text::default, |name| {
                both(format!("（{name}）"), format!(" ({name})"))
            })
        };
        match self {
            Self::Closed => both("任务已结单", "The task is closed"),
            Self::Paused { until: None } => both("任务已暂停", "The task is paused"),
            Self::Paused { until: Some(until) } => both(
                format!("任务已暂停，到 {until} 为止"),
                format!("The task is paused until {until}"),
            ),
            Self::NotYet { start } => both(
                format!("还没到有效期开始时间 {start}"),
                format!("The task's active period does not begin until {start}"),
            ),
            Self::Over { end } => both(
                format!("已过有效期结束时间 {end}"),
                format!("The task's active period ended at {end}"),
            ),
            Self::Blackout { name, until: None } => both(
                format!("处于停跑时段“{name}”"),
                format!("The blackout \"{name}\" is in force"),
            ),
            Self::Blackout {
                name,
                until: Some(until),
            } => both(
                format!("处于停跑时段“{name}”，到 {until} 为止"),
                format!("The blackout \"{name}\" is in force until {until}"),
            ),
            Self::DayOff { today, name } => {
                let named = named(name);
                both(
                    format!("今天 {today}{}是休息日，任务只在工作日执行", named.zh),
                    format!(
                        "Today, {today}{}, is a day off; the task runs on working days",
                        named.en
                    ),
                )
            }
            Self::WorkDay { today, name } => {
                let named = named(name);
                both(
                    format!("今天 {today}{}是工作日，任务只在休息日执行", named.zh),
                    format!(
                        "Today, {today}{}, is a working day; the task runs on days off",
                        named.en
                    ),
                )
            }
            Self::OtherWorkDay { today } => both(
                format!("今天 {today} 不是任务在这个月执行的那个工作日"),
                format!(
                    "Today, {today}, is not the working day of the month on which the task runs"
                ),
            ),
            Self::Dependencies { names } => {
                let names = Text::list(names);
                both(
                    format!("所依赖的任务还没有完成：{}", names.zh),
                    format!("Tasks it depends on have not finished: {}", names.en),
                )
            }
        }
    }
}

/// How active runs affect a manual start.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum Overlapping {
    /// The run under way is stopped first.
    Replaces,
    /// It queues.
    Queues {
        /// At which place, from 1.
        place: usize,
    },
    /// It waits for a slot of its pool.
    PoolFull {
        /// The pool.
        pool: String,
    },
    /// It waits until fewer runs are under way.
    AllFull,
    /// It is refused: the queue is full.
    QueueFull,
    /// It is refused: the task is running.
    Running,
}

impl Say for Overlapping {
    fn words(&self) -> Text {
        match self {
            Self::Replaces => both(
                "任务正在执行：会先终止它，再启动这一次",
                "The task is running: that run is stopped first, then this one starts",
            ),
            Self::Queues { place } => both(
                format!("任务正在执行：这一次会排队，是第 {place} 个"),
                format!("The task is running: this run will be queued at position {place}"),
            ),
            Self::PoolFull { pool } => both(
                format!("并发池“{pool}”没有空名额：这一次会等到有名额再启动"),
                format!("The pool \"{pool}\" has no free slot: this run will wait for one"),
            ),
            Self::AllFull => both(
                "同时执行的总数已到上限：这一次会等到有空位再启动",
                "The limit of concurrent runs is reached: this run will wait",
            ),
            Self::QueueFull => both(
                "任务正在执行，队列也满了：现在启动会被拒绝",
                "The task is running and its queue is full: starting it now is refused",
            ),
            Self::Running => both(
                "任务正在执行：现在启动会被拒绝",
                "The task is running: starting it now is refused",
            ),
        }
    }
}
