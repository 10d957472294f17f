//! Texts of the page of runs of all tasks.

crate::texts! {
    /// Texts of the page of runs of all tasks.
    RunsUi {
        runs: "执行记录" | "Runs",
        runs_text: "所有任务的执行，可筛选、导出" | "Runs of all tasks, to filter and export",
        none: "没有符合条件的执行。" | "No runs match.",
        none_yet: "到目前为止查过的执行都不符合条件；更早的还没有查。" | "None of the runs examined so far match; earlier ones have not been examined yet.",
        any: "全部" | "All",
        bad: "需要处理（失败、超时、丢失）" | "Needs attention (failed, timed out, lost)",
        open: "未结束（等待、执行、发送）" | "Not over (waiting, running, sending)",
        task_id: "任务编号" | "Task ID",
        tag: "标签" | "Tag",
        node: "节点" | "Node",
        node_hint: "主机名或节点编号" | "Host name or node ID",
        from: "开始时间不早于" | "Started from",
        to: "开始时间早于" | "Started before",
        time_hint: "如 2026-11-30 或 2026-11-30 09:00；只写日期时包含当天" | "Such as 2026-11-30 or 2026-11-30 09:00; a date alone includes that day",
        q: "包含文字" | "Contains",
        q_hint: "在结果、原因、备注和触发人中查找" | "In the result, the reason, the note and the requester",
        more_filters: "更多筛选" | "More filters",
        filter: "筛选" | "Filter",
        export: "导出" | "Export",
        export_hint: "最多 10 万条，从最新的开始" | "At most 100,000 runs, the latest first",
    }
}
