//! Texts about manual starts.

crate::texts! {
    /// Texts about manual starts.
    StartUi {
        start_title: "立即执行" | "Run now",
        start_submit: "启动" | "Start",
        start_open: "立即执行…" | "Run now…",
        start_again: "再次执行" | "Run again",
        start_again_open: "再次执行…" | "Run again…",
        start_overrides: "按计划它现在不会执行；手动执行会忽略这些规则" | "A scheduled run would be skipped now; a manual run ignores these rules",
        start_parameters: "参数" | "Parameters",
        start_parameters_text: "以环境变量的形式传给命令" | "Passed to the command as environment variables",
        start_note: "执行原因" | "Reason",
        start_note_hint: "和这次执行一起保存，所有人可见，最多 200 字" | "Saved with the run and visible to everyone; at most 200 characters",
        start_kind_number: "数字，例如 12 或 -0.5" | "A number, such as 12 or -0.5",
        start_kind_date: "日期，例如 2026-12-31" | "A date, such as 2026-12-31",
        start_kind_secret: "加密保存，在输出里会被遮盖；至少 4 个字符" | "Stored encrypted and masked in output; at least 4 characters",
        start_default: "默认值" | "Default",
        start_choose: "请选择" | "Choose one",
    }
}
