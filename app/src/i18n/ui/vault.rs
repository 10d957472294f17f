//! Texts about secrets, concurrency pools and nodes.

use crate::i18n::Lang;

crate::texts! {
    /// Texts about secrets, concurrency pools and nodes.
    VaultUi {
        // Secrets
        secrets: "密钥" | "Secrets",
        secrets_text: "密码、令牌：加密保存，作为环境变量交给指定的任务" | "Passwords and tokens: stored encrypted, passed to chosen tasks as environment variables",
        secrets_empty: "还没有密钥。密码不要写进命令：存在这里，任务从环境变量里取。" | "No secrets yet. Do not put passwords into commands: store them here, and tasks read them from their environment.",
        secrets_forbidden: "密钥只对管理员开放" | "Secrets are for administrators only",
        secret_name_hint: "即环境变量名，例如 DB_PASSWORD；创建后不能修改" | "Name of the environment variable, for example DB_PASSWORD; it cannot be changed later",
        secret_value: "值" | "Value",
        secret_value_hint: "4 字节到 32 KiB，可以有多行；保存后无法查看，输出里会被遮盖" | "4 bytes to 32 KiB, may span lines; it cannot be viewed after saving and is masked in output",
        secret_keep_hint: "留空保留现在的值；填写则从下一次执行起生效" | "Leave empty to keep the current value; a new one applies from the next run on",
        secret_note: "用途" | "Purpose",
        secret_tasks: "授权给哪些任务" | "Granted to tasks",
        secret_tasks_hint: "任务的编号或名称，每行一个" | "Task ids or names, one per line",
        secret_no_tasks: "没有任务" | "No tasks",
        secret_updated: "最近修改" | "Last changed",
        secret_change: "修改" | "Change",
        secret_delete_confirm: "获得授权的任务从下一次执行起没有这个变量。" | "Tasks that it was granted to run without this variable from their next run on.",
        add_secret: "添加密钥" | "Add a secret",
        save: "保存" | "Save",

        // Pools
        pools: "并发池" | "Concurrency pools",
        pools_text: "限制同时执行的数量：按池或总数" | "Limit how many runs go on at once: per pool, or in total",
        pools_empty: "没有并发池，同时执行的数量不限。要限制总数，添加名为 * 的池。" | "No pools: the number of concurrent runs is not limited. To limit all runs, add a pool named *.",
        pool_everything: "所有执行" | "All runs",
        pool_name_hint: "任务里填这个名称；* 表示所有节点上的所有执行" | "The name that tasks refer to; * means all runs on all nodes",
        pool_slots: "名额" | "Slots",
        pool_slots_hint: "同时执行的最大数量，1–10000；已有的池会改成这个数" | "Maximum concurrent runs, 1–10000; an existing pool gets this number",
        pool_running: "执行中" | "Running",
        pool_waiting: "等待中" | "Waiting",
        pool_full: "已满" | "Full",
        pool_free: "有空位" | "Has room",
        pool_delete_confirm: "等待的执行会立即开始。有任务在用时不能删除。" | "Queued runs start immediately. A pool that tasks use cannot be deleted.",
        add_pool: "添加或修改并发池" | "Add or change a pool",

        // Nodes
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
