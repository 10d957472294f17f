//! Texts about concurrency pools.

crate::texts! {
    /// Texts about concurrency pools.
    PoolsUi {
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
    }
}
