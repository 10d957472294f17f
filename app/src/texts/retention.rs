//! Texts about how long history is kept.

crate::texts! {
    /// Texts about how long history is kept.
    RetentionUi {
        retention: "历史保留" | "Retention",
        retention_text: "执行、消息、待办和审计记录保留多久" | "How long runs, messages, tickets and the audit log are kept",
        spared: "每个任务最近一次成功、最近一次失败和最新一次执行始终保留；删除后，每天的次数和耗时统计按各自的天数保留。未结束的待办不会删除。" | "The last success, the last failure and the newest run of each task always stay, and so do open tickets. Daily counts and durations are kept longer than the runs, for their own number of days.",
        run_days: "执行和计划保留天数" | "Keep runs for (days)",
        runs: "每个任务保留的执行次数" | "Runs to keep for each task",
        output_mib: "每个任务保留的输出（MiB）" | "Output to keep for each task (MiB)",
        message_days: "消息保留天数" | "Keep messages for (days)",
        audit_days: "审计记录保留天数" | "Keep the audit log for (days)",
        ticket_days: "已结束的待办保留天数" | "Keep closed tickets for (days)",
        count_days: "每天的统计保留天数" | "Keep daily counts for (days)",
        hint: "留空为不限制" | "Empty for no limit",
        unlimited: "不限" | "unlimited",
    }
}
