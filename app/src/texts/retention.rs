//! Texts about how long history is kept.

crate::texts! {
    /// Texts about how long history is kept.
    RetentionUi {
        retention: "历史保留" | "Retention",
        retention_text: "执行、消息和审计记录保留多久" | "How long runs, messages and the audit log are kept",
        spared: "每个任务最近一次成功、最近一次失败和最新一次执行始终保留；每天的次数和耗时统计在删除后仍然保留。" | "The last success, the last failure and the newest run of each task always stay, and so do the counts and durations of each day.",
        run_days: "执行和计划保留天数" | "Days that runs are kept",
        runs: "每个任务保留的执行次数" | "Runs kept of each task",
        output_mib: "每个任务保留的输出（MiB）" | "Output kept of each task (MiB)",
        message_days: "消息保留天数" | "Days that messages are kept",
        audit_days: "审计记录保留天数" | "Days that the audit log is kept",
        hint: "留空为不限制" | "Empty for no limit",
        unlimited: "不限" | "unlimited",
    }
}
