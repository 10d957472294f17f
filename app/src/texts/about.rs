//! Texts of the About page.

crate::texts! {
    /// Texts of the About page.
    AboutUi {
        help: "帮助" | "Help",
        about: "关于" | "About",
        tz_version: "时区数据版本" | "Time zone data",
        default_zone: "默认时区" | "Default time zone",
        memory_limit: "内存限制" | "Memory limits",
        memory_of_run: "对一次执行合计生效" | "Apply to a run as a whole",
        memory_of_process: "对每个进程分别生效（没有 cgroup v2 内存控制器）" | "Apply to each process (no cgroup v2 memory controller)",
        source_system: "系统" | "from the system",
        source_bundled: "程序自带" | "bundled",
        notices: "注意事项" | "Notices",
        notice_link: "查看详情" | "Details",
        no_notices: "没有需要注意的。" | "Nothing needs attention.",
        api_docs: "接口说明" | "API description",
    }
}

impl AboutUi {
    /// The origin of time zone data; an unknown word is shown unchanged.
    #[must_use]
    pub fn tz_source(&self, source: &str) -> String {
        match source {
            "system" => self.source_system,
            "bundled" => self.source_bundled,
            other => other,
        }
        .to_owned()
    }
}
