//! Texts about the health of a task, and about the result of a control.

use std::borrow::Cow;

use super::{Ui, phrases};
use crate::i18n::{Lang, plural};
use crate::task::{Health, TaskState};

crate::texts! {
    /// Texts about the health of a task, and about the result of a control.
    HealthUi {
        health: "状态" | "Health",
        failing: "失败" | "Failing",
        failing_tasks: "查看失败任务" | "View failing tasks",
        running: "执行中" | "Running",
        ok: "正常" | "OK",
        stopped: "被停止" | "Stopped",
        waiting: "等待执行" | "Waiting",
        finished: "已结束" | "Finished",
        all: "全部" | "All",
        last_log: "查看日志" | "View log",
        success_30: "30 天成功率" | "Success, 30 days",
        usual: "耗时 p50 / p95" | "Duration, p50 / p95",
        last_change: "最近修改" | "Last change",
        recent: "最近 20 次" | "Last 20 runs",

        // Why nothing will run
        none_closed: "任务已结单，重新打开后才会再执行。" | "The task is closed: no runs until it is reopened.",
        none_paused: "任务已暂停，恢复后才会再执行。" | "The task is paused: no runs until it is resumed.",
        none_finished: "没有后续执行。" | "No further runs.",

        // The result of a control
        did_pause: "已暂停" | "Paused",
        did_close: "已结单" | "Closed",
        did_restore: "已恢复" | "Resumed",
        did_reopen: "已重新打开" | "Reopened",
        did_urge: "已加急，改用催单周期" | "Chasing: the chase schedule now applies",
        did_unurge: "已恢复原始周期" | "Original schedule restored",
        did_stop: "已要求停止" | "Stop requested",
        did_save: "已保存" | "Saved",
        did_create: "任务已创建" | "Task created",
        did_delete: "任务已删除" | "Task deleted",
        did_answer: "待办已处理" | "Tickets updated",
        run_started: "已开始执行" | "Run started",
    }
}

/// The health of a task in one word: `Failing ×10`, `Paused`, `Chasing`.
#[must_use]
pub fn health_word(lang: Lang, state: TaskState, health: Health) -> Cow<'static, str> {
    let (ui, text) = (Ui::of(lang), HealthUi::of(lang));
    Cow::Borrowed(match health {
        Health::Failing { times, .. } => return failing_times(lang, times).into(),
        Health::Chasing => ui.urging,
        Health::Running { .. } => text.running,
        Health::Ok => text.ok,
        Health::Stopped => text.stopped,
        Health::Waiting => text.waiting,
        Health::Paused { .. } => ui.task_paused,
        Health::Done if state == TaskState::Closed => ui.task_closed,
        Health::Done => text.finished,
    })
}

/// The title of a page with the number of failing tasks, if there are any: `(4) Tasks`.
#[must_use]
pub fn title_with_failing(failing: i64, title: &str) -> String {
    match failing {
        0 => title.to_owned(),
        failing => format!("({failing}) {title}"),
    }
}

/// The last runs of a task in one sentence, for those who do not see the picture.
#[must_use]
pub fn recent_runs(lang: Lang, runs: usize, bad: usize) -> String {
    lang.pick(
        format!("最近 {runs} 次执行，{bad} 次不成功"),
        format!(
            "Last {runs} {}, {bad} not successful",
            plural(runs, "run", "runs")
        ),
    )
}

/// The runs of a time: `08:00 +00:00: 12 runs, 3 not successful`.
#[must_use]
pub fn runs_of_time(lang: Lang, time: &str, runs: i64, bad: i64) -> String {
    lang.pick(
        format!("{time}：执行 {runs} 次，{bad} 次不成功"),
        format!(
            "{time}: {runs} {}, {bad} not successful",
            plural(runs, "run", "runs")
        ),
    )
}

/// Words of a search that look like filters and are none.
#[must_use]
pub fn unknown_filters(lang: Lang, words: &[String]) -> String {
    let words = words.join(lang.pick("、", ", "));
    lang.pick(
        format!("没有“{words}”这样的筛选条件，已按普通文字搜索。可用：负责人: 标签: 状态: 时区: 渠道:"),
        format!("Not a filter, searched for as text: {words}. Filters are owner: tag: status: zone: channel:"),
    )
}

/// A task with this many consecutive failures.
#[must_use]
pub fn failing_times(lang: Lang, times: i64) -> String {
    format!("{} ×{times}", HealthUi::of(lang).failing)
}

/// How long a condition has lasted, in seconds.
#[must_use]
pub fn lasting_for(lang: Lang, seconds: i64) -> String {
    let (count, zh, en) = phrases::in_one_unit(seconds.unsigned_abs());
    lang.pick(format!("已持续 {count} {zh}"), format!("for {count} {en}"))
}

/// Since when a condition has lasted; the time includes its offset.
#[must_use]
pub fn since(lang: Lang, time: &str) -> String {
    lang.pick(format!("{time} 起"), format!("since {time}"))
}

/// The longest failing one; its duration and start follow directly.
#[must_use]
pub const fn longest(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "最长",
        Lang::En => "the longest ",
    }
}

/// How long runs usually take, to follow the time that one has taken so far: ` / ~1 min 15 s`.
#[must_use]
pub fn usual_duration(lang: Lang, millis: i64) -> String {
    let usual = phrases::took(lang, millis);
    lang.pick(format!(" / 通常 {usual}"), format!(" / usually {usual}"))
}

/// Until when a task is paused, next to the word for it.
#[must_use]
pub fn until(lang: Lang, time: &str) -> String {
    lang.pick(format!("至 {time}"), format!("until {time}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_is_one_word() {
        use TaskState::{Active, Closed, Paused};
        let at = crate::time::Stamp(chrono::DateTime::UNIX_EPOCH);
        let failing = Health::Failing {
            times: 10,
            since: at,
        };
        for (state, health, zh, en) in [
            (Active, failing, "失败 ×10", "Failing ×10"),
            (Active, Health::Chasing, "催单中", "Chasing"),
            (Active, Health::Running { since: at }, "执行中", "Running"),
            (Active, Health::Ok, "正常", "OK"),
            (Active, Health::Stopped, "被停止", "Stopped"),
            (Active, Health::Waiting, "等待执行", "Waiting"),
            (Paused, Health::Paused { until: None }, "已暂停", "Paused"),
            (Closed, Health::Done, "已结单", "Closed"),
            (Active, Health::Done, "已结束", "Finished"),
        ] {
            assert_eq!(health_word(Lang::Zh, state, health), zh);
            assert_eq!(health_word(Lang::En, state, health), en);
        }
        assert_eq!(title_with_failing(0, "Tasks"), "Tasks");
        assert_eq!(title_with_failing(4, "Tasks"), "(4) Tasks");
    }

    #[test]
    fn streaks_are_described_by_number_and_length() {
        assert_eq!(failing_times(Lang::Zh, 10), "失败 ×10");
        assert_eq!(failing_times(Lang::En, 1), "Failing ×1");
        assert_eq!(lasting_for(Lang::En, 960), "for 16 min");
        assert_eq!(lasting_for(Lang::Zh, 7_200), "已持续 2 小时");
    }
}
