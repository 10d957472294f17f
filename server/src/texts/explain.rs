//! "Why did it (not) run at …": the sentences of explanations. Times are those of the task's zone.

use app::run::RunState;

use super::{Say, Text, both};

/// An explanation from the schedule: the ledger has nothing about the time.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum BySchedule {
    /// The task did not exist.
    NotCreated {
        /// When it was created.
        created: String,
    },
    /// It lies outside of the active period.
    OutsideWindow {
        /// The time.
        at: String,
        /// Where the period begins, or `…`.
        from: String,
        /// Where it ends, or `…`.
        to: String,
    },
    /// A person had closed the task.
    Closed {
        /// Who.
        who: String,
        /// When.
        when: String,
    },
    /// A person had paused the task.
    Paused {
        /// Who.
        who: String,
        /// When.
        when: String,
    },
    /// A rule skips it.
    Excluded {
        /// Which one, as a phrase.
        why: Text,
    },
    /// It is to come.
    Planned {
        /// When it starts.
        due: String,
        /// Why not at the instant that the schedule names.
        note: Option<Text>,
    },
    /// It is past and named, and was not planned, because the schedule was another one.
    NamedSince {
        /// When the task was changed.
        edited: String,
        /// The time.
        due: String,
    },
    /// Its history is no longer kept.
    Gone {
        /// The time.
        at: String,
        /// Up to when history has been deleted.
        until: String,
    },
    /// It is past and named, and no server had planned it.
    NoRecord {
        /// The time.
        due: String,
    },
    /// No schedule names it.
    NotNamed {
        /// The time.
        at: String,
        /// The schedules in words.
        schedule: Text,
        /// The last firing before it.
        before: Option<String>,
        /// The first start after it.
        after: Option<String>,
        /// When the task was changed, where that was later.
        edited: Option<String>,
    },
}

impl Say for BySchedule {
    fn words(&self) -> Text {
        match self {
            Self::NotCreated { created } => both(
                format!("那时还没有这个任务：它创建于 {created}。"),
                format!("The task did not exist then: it was created at {created}."),
            ),
            Self::OutsideWindow { at, from, to } => both(
                format!("{at} 不在任务的有效期（{from} – {to}）之内。"),
                format!("{at} is outside the task's active period ({from} – {to})."),
            ),
            Self::Closed { who, when } => both(
                format!("任务已由 {who} 在 {when} 结单。"),
                format!("{who} had closed the task at {when}."),
            ),
            Self::Paused { who, when } => both(
                format!("任务由 {who} 在 {when} 暂停。"),
                format!("{who} had paused the task at {when}."),
            ),
            Self::Excluded { why } => both(
                format!("不会执行：{}。", why.zh),
                format!("It does not run: {}.", why.en),
            ),
            Self::Planned { due, note } => {
                let note = note.as_ref().map_or_else(Text::default, |note| {
                    both(format!("（{}）", note.zh), format!(" ({})", note.en))
                });
                both(
                    format!("将在 {due} 执行{}。", note.zh),
                    format!("It will run at {due}{}.", note.en),
                )
            }
            Self::NamedSince { edited, due } => both(
                format!("那时没有计划这一次：任务在 {edited} 改动过，现在的周期才包含 {due}。"),
                format!(
                    "It was not planned then: the task was changed at {edited}, and only the current schedule includes {due}."
                ),
            ),
            Self::Gone { at, until } => both(
                format!("{at} 的历史已超过保留期限：{until} 及更早的记录已删除。"),
                format!(
                    "The history of {at} is older than what is kept: up to {until} it has been deleted."
                ),
            ),
            Self::NoRecord { due } => both(
                format!("没有 {due} 的记录：那时服务器还没有开始计划这个任务。"),
                format!(
                    "There is no record for {due}: no server had started planning this task then."
                ),
            ),
            Self::NotNamed {
                at,
                schedule,
                before,
                after,
                edited,
            } => {
                let around = around(before.as_deref(), after.as_deref());
                let edited = edited.as_ref().map_or_else(Text::default, |when| {
                    both(
                        format!("（任务在 {when} 改动过，那时的周期可能不同）"),
                        format!(
                            " (the task was changed at {when}; its schedule may have been different then)"
                        ),
                    )
                });
                both(
                    format!(
                        "工作周期（{}）不包含 {at}{}{}。",
                        schedule.zh, around.zh, edited.zh
                    ),
                    format!(
                        "The schedule ({}) does not include {at}{}{}.",
                        schedule.en, around.en, edited.en
                    ),
                )
            }
        }
    }
}

/// The firings before and after a time that none is named for, behind a colon.
fn around(before: Option<&str>, after: Option<&str>) -> Text {
    let parts: Vec<Text> = [
        before.map(|at| both(format!("前一次 {at}"), format!("before it {at}"))),
        after.map(|at| both(format!("后一次 {at}"), format!("after it {at}"))),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        return Text::default();
    }
    let (zh, en): (Vec<String>, Vec<String>) =
        parts.into_iter().map(|part| (part.zh, part.en)).unzip();
    both(
        format!("：{}", zh.join("，")),
        format!(": {}", en.join(", ")),
    )
}

/// An explanation from the ledger. `named` is the time that the schedule named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ByLedger {
    /// It is a row of the future.
    Planned {
        /// When it starts.
        due: String,
    },
    /// It is due, and no server has started it yet.
    Late {
        /// When it was to start.
        due: String,
    },
    /// Its run waits.
    Waiting {
        /// The time.
        named: String,
        /// Why it waits.
        why: Text,
        /// Which attempt it is, from 1.
        attempt: i32,
        /// The run's id.
        run: i64,
    },
    /// It ran, or runs.
    Ran {
        /// The time.
        named: String,
        /// When it started.
        started: String,
        /// Whether it was caught up.
        caught_up: bool,
        /// What became of it.
        state: RunState,
        /// Why it ended badly.
        reason: Option<Text>,
        /// The run's id.
        run: i64,
    },
    /// It, or many up to it, did not run.
    NotRun {
        /// The time.
        named: String,
        /// Whether it was missed rather than skipped.
        missed: bool,
        /// Whether its time is still to come.
        to_come: bool,
        /// Where it is many: the first of them, and how many.
        many: Option<(String, i64)>,
        /// Why.
        why: Text,
    },
}

impl Say for ByLedger {
    fn words(&self) -> Text {
        match self {
            Self::Planned { due } => both(
                format!("计划于 {due} 开始。"),
                format!("It is planned to start at {due}."),
            ),
            Self::Late { due } => both(
                format!("计划于 {due} 开始，还没有服务器启动它。"),
                format!("It was planned to start at {due}, and no server has started it yet."),
            ),
            Self::Waiting {
                named,
                why,
                attempt,
                run,
            } => both(
                format!(
                    "计划在 {named} 的这一次还没有开始：{}（第 {attempt} 次尝试，执行 {run}）。",
                    why.zh
                ),
                format!(
                    "The run planned for {named} has not started yet: it {} (attempt {attempt}, run {run}).",
                    why.en
                ),
            ),
            Self::Ran {
                named,
                started,
                caught_up,
                state,
                reason,
                run,
            } => {
                let caught_up = if *caught_up {
                    both("（补执行）", " (caught up)")
                } else {
                    Text::default()
                };
                let reason = reason.as_ref().map_or_else(Text::default, |why| {
                    both(format!("：{}", why.zh), format!(": {}", why.en))
                });
                let how = ended(*state);
                both(
                    format!(
                        "计划在 {named} 的这一次于 {started} 开始{}，{}{}（执行 {run}）。",
                        caught_up.zh, how.zh, reason.zh
                    ),
                    format!(
                        "The run planned for {named} started at {started}{} and {}{} (run {run}).",
                        caught_up.en, how.en, reason.en
                    ),
                )
            }
            Self::NotRun {
                named,
                missed,
                to_come: true,
                many,
                why,
            } => {
                let zh = if *missed { "错过" } else { "跳过" };
                let (why_zh, why_en) = (&why.zh, &why.en);
                match many {
                    Some((since, count)) => both(
                        format!(
                            "不会执行：{since} 到 {named} 之间的 {count} 次都会{zh}，原因：{why_zh}。"
                        ),
                        format!(
                            "It will not run: each of the {count} firings from {since} to {named} is skipped: {why_en}."
                        ),
                    ),
                    None => both(
                        format!("不会执行：计划在 {named} 的这一次会{zh}，原因：{why_zh}。"),
                        format!(
                            "It will not run: the run planned for {named} is skipped: {why_en}."
                        ),
                    ),
                }
            }
            Self::NotRun {
                named,
                missed,
                to_come: false,
                many,
                why,
            } => {
                let word = if *missed {
                    both("错过", "was missed")
                } else {
                    both("跳过", "was skipped")
                };
                match many {
                    Some((since, count)) => both(
                        format!(
                            "没有执行：{since} 到 {named} 之间的 {count} 次都{}了，原因：{}。",
                            word.zh, why.zh
                        ),
                        format!(
                            "It did not run: each of the {count} firings from {since} to {named} {}: {}.",
                            word.en, why.en
                        ),
                    ),
                    None => both(
                        format!(
                            "没有执行：计划在 {named} 的这一次{}了，原因：{}。",
                            word.zh, why.zh
                        ),
                        format!(
                            "It did not run: the run planned for {named} {}: {}.",
                            word.en, why.en
                        ),
                    ),
                }
            }
        }
    }
}

/// An exit code, as the reason why a run ended badly.
#[must_use]
pub fn exit_code(code: i32) -> Text {
    both(format!("退出码 {code}"), format!("exit code {code}"))
}

/// What became of a run, as the end of a sentence about it.
#[must_use]
pub fn ended(state: RunState) -> Text {
    match state {
        RunState::Waiting => both("正在等待", "is waiting"),
        RunState::Running => both("正在执行", "is running"),
        RunState::Sending => both(
            "正在等待渠道接收消息",
            "is waiting for its channel to accept the message",
        ),
        RunState::Succeeded => both("成功", "succeeded"),
        RunState::Failed => both("失败", "failed"),
        RunState::TimedOut => both("超时被终止", "was ended by its time limit"),
        RunState::Killed => both("被人停止", "was stopped by a person"),
        RunState::Lost => both("丢失，结果未知", "was lost; its result is unknown"),
    }
}
