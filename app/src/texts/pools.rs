//! Texts about concurrency pools.

crate::texts! {
    /// Texts about concurrency pools.
    PoolsUi {
        pools: "并发池" | "Concurrency pools",
        pools_text: "限制同时执行的数量：按池或总数" | "Limit concurrent runs: per pool, or in total",
        pools_empty: "没有并发池，同时执行的数量不限。要限制总数，添加名为 * 的池。" | "No pools: the number of concurrent runs is not limited. To limit all runs, add a pool named *.",
        pool_everything: "所有执行" | "All runs",
        pool_name_hint: "任务里填这个名称；* 表示所有节点上的所有执行" | "The name that tasks refer to; * means all runs on all nodes",
        pool_slots: "名额" | "Slots",
        pool_slots_hint: "同时执行的最大数量，1–10000；已有的池会改成这个数" | "Maximum concurrent runs, 1–10000; an existing pool is changed to this number",
        pool_running: "执行中" | "Running",
        pool_waiting: "等待中" | "Waiting",
        pool_full: "已满" | "Full",
        pool_free: "有空位" | "Has room",
        pool_delete_confirm: "等待的执行会立即开始。有任务在用时不能删除。" | "Queued runs start immediately. A pool that tasks use cannot be deleted.",
        add_pool: "添加或修改并发池" | "Add or change a pool",
    }
}
