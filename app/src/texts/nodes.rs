//! Texts about nodes.

crate::texts! {
    /// Texts about nodes.
    NodesUi {
        nodes: "节点" | "Nodes",
        nodes_text: "哪些服务器进程在运行，时钟和时区数据是否一致" | "Which server processes are up, and whether their clocks and zone data agree",
        nodes_empty: "没有节点。" | "No nodes.",
        node_host: "主机" | "Host",
        node_up: "运行中" | "Up",
        node_gone: "已停止" | "Stopped",
        node_this: "当前页面由它提供" | "Serves this page",
        node_version: "版本" | "Version",
        node_zone_data: "时区数据" | "Zone data",
        node_started: "启动于" | "Started",
        node_heard: "最近心跳" | "Last heartbeat",
        node_skew: "时钟偏差" | "Clock skew",
        node_running: "正在执行" | "Running",
    }
}

/// `+1.2 s`, `0`: how far a clock is ahead.
#[must_use]
pub fn skew(milliseconds: i64) -> String {
    if milliseconds == 0 {
        return "0".to_owned();
    }
    let sign = if milliseconds < 0 { "−" } else { "+" };
    let size = milliseconds.unsigned_abs();
    if size < 1000 {
        format!("{sign}{size} ms")
    } else {
        format!("{sign}{}.{} s", size / 1000, size % 1000 / 100)
    }
}
