//! Texts about nodes and their background loops.

use crate::i18n::Lang;

crate::texts! {
    /// Texts about nodes.
    NodesUi {
        nodes: "节点" | "Nodes",
        nodes_text: "哪些服务器进程在运行，时钟和时区数据是否一致" | "Which server processes are up, and whether their clocks and zone data agree",
        nodes_empty: "没有节点。" | "No nodes.",
        node_host: "主机" | "Host",
        node_up: "运行中" | "Up",
        node_gone: "已停止" | "Stopped",
        node_lost: "失联" | "Lost",
        node_this: "当前页面由它提供" | "Serves this page",
        node_version: "版本" | "Version",
        node_zone_data: "时区数据" | "Zone data",
        node_started: "启动于" | "Started",
        node_heard: "最近心跳" | "Last heartbeat",
        node_skew: "时钟偏差" | "Clock skew",
        node_running: "正在执行" | "Runs",

        // Background loops
        loops: "后台循环" | "Background loops",
        loops_text: "只显示当前提供本页面的节点；其他节点请查看其自身的监控指标或日志" | "Only those of the node that serves this page; for other nodes see their metrics or logs",
        loops_empty: "没有后台循环。" | "No background loops.",
        loop_name: "循环" | "Loop",
        loop_trigger: "触发方式" | "Trigger",
        loop_started: "上次开始" | "Last start",
        loop_ended: "上次结束" | "Last end",
        loop_error: "最近一次错误" | "Last error",
        loop_woken: "收到信号时" | "when woken",
        loop_ok: "正常" | "OK",
        loop_never: "还没运行过" | "Not run yet",
        loop_retry: "重试于" | "Next try",
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

/// What a background loop does, by its name.
#[must_use]
pub fn loop_purpose(lang: Lang, name: &str) -> Option<&'static str> {
    let (zh, en) = match name {
        "scheduler" => ("调度：计划并启动执行", "Plans and starts runs"),
        "outbox" => ("发送通知消息", "Sends messages"),
        "urge" => ("到时间催待办", "Urges people about open tickets"),
        "results" => ("把执行结果写入数据库", "Writes results of runs"),
        "notices" => (
            "把超时等提醒写入发送队列",
            "Queues warnings such as exceeded time limits",
        ),
        "summaries" => ("发送日报和周报", "Sends daily and weekly summaries"),
        "ahead" => (
            "提前通知即将开始的执行、即将结束的有效期和即将到期的 API 令牌",
            "Announces runs that start, active periods that end and API tokens that expire soon",
        ),
        "calendars" => (
            "从来源地址更新日历",
            "Updates calendars from their source URLs",
        ),
        "chat" => ("保持聊天机器人的长连接", "Holds the connections of bots"),
        "disk" => (
            "检查数据目录所在磁盘的剩余空间",
            "Reports a data folder whose disk is nearly full",
        ),
        "output" => (
            "上传等待存储的输出",
            "Uploads output that waits for its store",
        ),
        "streams" => (
            "结束登录已失效的实时连接",
            "Ends live streams whose session is gone",
        ),
        "scratch" => (
            "清理已删除任务的临时目录",
            "Removes scratch folders of deleted tasks",
        ),
        "retention" => (
            "删除超过保留期限的历史",
            "Deletes history that is no longer kept",
        ),
        "audit" => (
            "封存审计记录，写入被拒绝操作的次数",
            "Seals entries of the audit log, and writes how many attempts were refused",
        ),
        "heartbeat" => ("向数据库报告节点存活", "Reports that this node is alive"),
        _ => return None,
    };
    Some(lang.pick(zh, en))
}

/// When a background loop turns: `every 5 s, when woken`.
#[must_use]
pub fn loop_trigger(lang: Lang, every_ms: Option<u64>, woken: bool) -> String {
    let every = every_ms.map(|ms| {
        let (size, unit) = match ms {
            ms if ms % 3_600_000 == 0 => (ms / 3_600_000, lang.pick("小时", "h")),
            ms if ms % 60_000 == 0 => (ms / 60_000, lang.pick("分钟", "min")),
            ms if ms % 1_000 == 0 => (ms / 1_000, lang.pick("秒", "s")),
            ms => (ms, lang.pick("毫秒", "ms")),
        };
        lang.pick(format!("每 {size} {unit}"), format!("every {size} {unit}"))
    });
    let woken = woken.then(|| NodesUi::of(lang).loop_woken.to_owned());
    let parts: Vec<String> = every.into_iter().chain(woken).collect();
    parts.join(lang.pick("，", ", "))
}

/// How often a background loop failed since its last successful turn.
#[must_use]
pub fn loop_failures(lang: Lang, panicked: bool, times: u32) -> String {
    match (panicked, times) {
        (true, _) => lang.pick(format!("崩溃后重启 ×{times}"), format!("Panicked ×{times}")),
        (false, _) => lang.pick(format!("出错 ×{times}"), format!("Failed ×{times}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triggers_of_loops_in_words() {
        let table = [
            (
                Some(5_000),
                true,
                "every 5 s, when woken",
                "每 5 秒，收到信号时",
            ),
            (Some(60_000), false, "every 1 min", "每 1 分钟"),
            (Some(86_400_000), false, "every 24 h", "每 24 小时"),
            (Some(500), false, "every 500 ms", "每 500 毫秒"),
            (None, true, "when woken", "收到信号时"),
        ];
        for (every, woken, en, zh) in table {
            assert_eq!(loop_trigger(Lang::En, every, woken), en);
            assert_eq!(loop_trigger(Lang::Zh, every, woken), zh);
        }
    }
}
