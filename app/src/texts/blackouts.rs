//! Texts about blackouts.

use crate::calendar::BlackoutPolicy;
use crate::i18n::Lang;

crate::texts! {
    /// Texts about blackouts.
    BlackoutsUi {
        blackouts: "停跑时段" | "Blackouts",
        blackouts_text: "这些时间里任务不执行：封网、维护" | "Periods in which tasks do not run: change freezes, maintenance",
        blackouts_empty: "没有停跑时段。封网或维护时添加一个，期间到点的任务不会执行。" | "No blackouts. Add one for a change freeze or maintenance: tasks due in that period do not run.",
        blackout_now: "生效中" | "Active",
        blackout_idle: "未开始" | "Scheduled",
        blackout_over: "已结束" | "Ended",
        blackout_next: "当前或下一次" | "Current or next",
        blackout_when: "时间" | "When",
        blackout_for: "适用任务" | "Tasks",
        blackout_all: "全部任务" | "All tasks",
        blackout_policy: "期间到点的任务" | "Runs due during the blackout",
        policy_drop: "跳过" | "Skip",
        policy_catch_up: "结束后补执行最近一次" | "Run the latest one afterwards",
        blackout_delete_confirm: "删除后任务立即恢复按计划执行。" | "Tasks run as scheduled again immediately.",
        add_blackout: "添加停跑时段" | "Add a blackout",
        blackout_kind: "重复方式" | "Repeats",
        blackout_once: "一次" | "Once",
        blackout_recurring: "周期重复" | "Recurring",
        blackout_starts: "开始" | "From",
        blackout_ends: "结束（不含）" | "Until (exclusive)",
        blackout_cron: "开始时间（cron）" | "Starts (cron)",
        blackout_cron_hint: "例如 0 22 * * 5：每周五 22:00 开始" | "For example 0 22 * * 5: every Friday at 22:00",
        blackout_duration: "持续时长" | "Duration",
        blackout_duration_hint: "例如 30m、8h、2d，最多 30 天" | "For example 30m, 8h, 2d; up to 30 days",
        blackout_tags_hint: "用逗号分隔；带其中任一标签的任务停跑，留空为全部任务" | "Comma-separated; applies to tasks with any of these tags, or to all tasks if empty",
        blackout_zone_hint: "留空为服务器的时区" | "Leave empty for the server's time zone",
    }
}

impl BlackoutsUi {
    /// What happens to firings in a blackout.
    #[must_use]
    pub const fn policy(&self, policy: BlackoutPolicy) -> &'static str {
        match policy {
            BlackoutPolicy::Drop => self.policy_drop,
            BlackoutPolicy::CatchUp => self.policy_catch_up,
        }
    }
}

/// `8h` long, in words.
#[must_use]
pub fn lasting(lang: Lang, duration: &str) -> String {
    lang.pick(format!("持续 {duration}"), format!("for {duration}"))
}
