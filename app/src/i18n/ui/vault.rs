//! Texts about secrets, concurrency pools and nodes.

use crate::i18n::Lang;

crate::texts! {
    /// Texts about secrets, concurrency pools and nodes.
    VaultUi {
        // Secrets
        secrets: "密钥" | "Secrets",
        secrets_text: "密码、令牌：加密保存，作为环境变量交给指定的任务" | "Passwords and tokens: stored encrypted, given to chosen tasks as variables",
        secrets_empty: "还没有密钥。密码不要写进命令：存在这里，任务从环境变量里取。" | "No secrets yet. Keep passwords out of commands: store them here, and tasks find them in their environment.",
        secrets_forbidden: "密钥只对管理员开放" | "Secrets are for administrators",
        secret_name_hint: "就是环境变量名，例如 DB_PASSWORD；之后不能改" | "That of the variable, for example DB_PASSWORD; it cannot be changed later",
        secret_value: "值" | "Value",
        secret_value_hint: "4 字节到 32 KiB，可以有多行；保存后谁也看不到，输出里会被遮盖" | "4 bytes to 32 KiB, lines are fine; nobody sees it again, and it is masked in output",
        secret_keep_hint: "留空保留现在的值；填写则从下一次执行起生效" | "Empty keeps the present value; another one holds from the next run on",
        secret_note: "用途" | "What it is for",
        secret_tasks: "给哪些任务" | "Tasks that get it",
        secret_tasks_hint: "任务的编号或名称，每行一个" | "Ids or names of tasks, one a line",
        secret_no_tasks: "没有任务" | "No tasks",
        secret_updated: "最近修改" | "Last changed",
        secret_change: "修改" | "Change",
        secret_delete_confirm: "拿到它的任务从下一次执行起没有这个变量。" | "Tasks that get it run without it from their next start on.",
        add_secret: "添加密钥" | "Add a secret",
        save: "保存" | "Save",

        // Pools
        pools: "并发池" | "Concurrency pools",
        pools_text: "同时最多执行几个：按池，或全部" | "How many run at once: by pool, or altogether",
        pools_empty: "没有并发池，同时执行的数量不限。要限制全部执行，添加名为 * 的池。" | "No pools: any number of runs at once. To limit all runs, add a pool named *.",
        pool_everything: "所有执行" | "All runs",
        pool_name_hint: "任务里填这个名称；* 表示所有节点上的所有执行" | "Tasks name it; * stands for all runs on all nodes",
        pool_slots: "名额" | "Slots",
        pool_slots_hint: "同时执行的最大数量，1–10000；已有的池会被改成这个数" | "Runs at once, 1–10000; a pool that is there gets this number",
        pool_running: "执行中" | "Running",
        pool_waiting: "等待中" | "Waiting",
        pool_full: "已满" | "Full",
        pool_free: "有空位" | "Has room",
        pool_delete_confirm: "等待的执行立即开始。还有任务在用时不能删除。" | "What waits starts at once. It cannot be deleted while tasks name it.",
        add_pool: "添加或修改并发池" | "Add or change a pool",

        // Nodes
        nodes: "节点" | "Nodes",
        nodes_text: "哪些服务器进程在运行，时钟和时区数据是否一致" | "Which server processes are up, and whether their clocks and zone data agree",
        nodes_empty: "没有节点。" | "No nodes.",
        node_host: "主机" | "Machine",
        node_up: "运行中" | "Up",
        node_gone: "已停止" | "Gone",
        node_this: "当前页面由它提供" | "Serves this page",
        node_version: "版本" | "Version",
        node_zone_data: "时区数据" | "Zone data",
        node_started: "启动于" | "Started",
        node_heard: "最近心跳" | "Last heard",
        node_skew: "时钟偏差" | "Clock skew",
        node_running: "正在执行" | "Runs",

        // Background loops
        loops: "后台循环" | "Background loops",
        loops_text: "只显示当前提供本页面的节点；其他节点请查看其自身的监控指标或日志" | "Of the node that serves this page only; see the metrics or the log of the others",
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

/// The heading of the form that changes a secret.
#[must_use]
pub fn change_secret(lang: Lang, name: &str) -> String {
    lang.pick(format!("修改密钥 {name}"), format!("Change secret {name}"))
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
        "results" => ("把执行结果写入数据库", "Writes results of runs"),
        "notices" => (
            "把超时等提醒写入发送队列",
            "Queues messages that no result causes",
        ),
        "output" => (
            "上传等待存储的输出",
            "Sends output that waits for its store",
        ),
        "streams" => (
            "结束登录已失效的实时连接",
            "Ends live streams whose session is gone",
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
            ms if ms % 60_000 == 0 => (ms / 60_000, lang.pick("分钟", "min")),
            ms if ms % 1_000 == 0 => (ms / 1_000, lang.pick("秒", "s")),
            ms => (ms, lang.pick("毫秒", "ms")),
        };
        lang.pick(format!("每 {size} {unit}"), format!("every {size} {unit}"))
    });
    let woken = woken.then(|| VaultUi::of(lang).loop_woken.to_owned());
    let parts: Vec<String> = every.into_iter().chain(woken).collect();
    parts.join(lang.pick("，", ", "))
}

/// How often a background loop failed since its last good turn.
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
            (Some(500), false, "every 500 ms", "每 500 毫秒"),
            (None, true, "when woken", "收到信号时"),
        ];
        for (every, woken, en, zh) in table {
            assert_eq!(loop_trigger(Lang::En, every, woken), en);
            assert_eq!(loop_trigger(Lang::Zh, every, woken), zh);
        }
    }
}
