//! Texts about the health of a task, and about the result of a control.

use super::phrases;
use crate::i18n::Lang;

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

/// Until when a task is paused, next to the word for it.
#[must_use]
pub fn until(lang: Lang, time: &str) -> String {
    lang.pick(format!("至 {time}"), format!("until {time}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streaks_are_described_by_number_and_length() {
        assert_eq!(failing_times(Lang::Zh, 10), "失败 ×10");
        assert_eq!(failing_times(Lang::En, 1), "Failing ×1");
        assert_eq!(lasting_for(Lang::En, 960), "for 16 min");
        assert_eq!(lasting_for(Lang::Zh, 7_200), "已持续 2 小时");
    }
}
