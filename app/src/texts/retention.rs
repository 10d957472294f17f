//! Texts about how long history is kept.

crate::texts! {
    /// Texts about how long history is kept.
    RetentionUi {
        retention: "历史保留" | "Retention",
        retention_text: "执行、消息、待办和审计记录保留多久" | "How long runs, messages, tickets and the audit log are kept",
        spared: "每个任务最近一次成功、最近一次失败和最新一次执行始终保留；删除后，每天的次数和耗时统计按各自的天数保留。未结束的待办不会删除。" | "The last success, the last failure and the newest run of each task always stay, and so do open tickets. The counts and durations of each day outlive the runs, for their own number of days.",
        run_days: "执行和计划保留天数" | "Days that runs are kept",
        runs: "每个任务保留的执行次数" | "Runs kept of each task",
        output_mib: "每个任务保留的输出（MiB）" | "Output kept of each task (MiB)",
        message_days: "消息保留天数" | "Days that messages are kept",
        audit_days: "审计记录保留天数" | "Days that the audit log is kept",
        ticket_days: "已结束的待办保留天数" | "Days that tickets which are over are kept",
        count_days: "每天的统计保留天数" | "Days that the counts of each day are kept",
        hint: "留空为不限制" | "Empty for no limit",
        unlimited: "不限" | "unlimited",
    }
}
