//! Texts about how a task is executed: its form and its page.

use crate::i18n::Lang;
use crate::task::execution::ParameterKind;

crate::texts! {
    /// Texts about how a task is executed.
    ExecutionUi {
        execution: "执行设置" | "Execution settings",
        execution_text: "都可以不填：默认一次一个、失败不重试、不设限制" | "All of it may stay empty: one at a time, no retry, no limits",
        awaits: "等待的任务" | "Waits for",

        // Command or request
        action: "执行方式" | "What to run",
        action_shell: "执行命令" | "Runs a command",
        action_shell_help: "由 /bin/sh -c 执行，或由 #! 指定的解释器" | "By /bin/sh -c, or by the interpreter that #! names",
        action_http: "发送 HTTP 请求" | "Sends an HTTP request",
        action_http_help: "按回答判断成败" | "The answer decides about success",
        http_method: "方法" | "Method",
        http_url: "URL" | "URL",
        http_url_hint: "路径和参数里可用 ${变量}：参数、密钥、JCRONTAB_RUN_ID 等" | "Path and query may hold ${NAME}: parameters, secrets, JCRONTAB_RUN_ID and the like",
        http_headers: "标头" | "Headers",
        http_headers_hint: "每行一个“名称: 值”，值里可用 ${变量}；能看任务的人都看得到，口令请用密钥" | "One `Name: value` a line, values may hold ${NAME}; everybody who sees the task can read them, so use secrets for passwords",
        http_body: "正文" | "Body",
        http_body_hint: "可用 ${变量}，原样的 ${ 写成 $${；最多 64 KiB" | "Supports ${NAME}, with $${ for a literal ${; up to 64 KiB",
        http_status: "算成功的状态码" | "Statuses that are a success",
        http_status_hint: "例如 200-299,304；留空为 200–299" | "For example 200-299,304; empty for 200–299",
        http_pointer: "检查 JSON 的位置" | "Place in the JSON answer",
        http_pointer_hint: "例如 /data/state；留空不检查" | "For example /data/state; empty checks nothing",
        http_value: "那里应有的值" | "What must stand there",
        http_value_hint: "留空表示有值就行，null 和 false 不算" | "Empty for anything but null and false",

        // Limits and stopping
        group_limits: "执行限制与停止" | "Limits and stopping",
        group_success: "成功条件" | "Success conditions",
        must_contain: "输出必须包含" | "Output must contain",
        must_not_contain: "输出不能包含" | "Output must not contain",
        success_hint: "退出码为 0 时再检查全部输出（HTTP 请求检查应答正文），区分大小写，最多 200 个字符" | "Checked over the whole output when the exit code is 0 (of a request, over the response body). Case matters; at most 200 characters",
        soft_limit: "超过多久提醒" | "Told after",
        soft_limit_hint: "例如 5m；只发消息，继续执行。要短于超时限制" | "For example 5m; it runs on. Shorter than the time limit",
        stop_grace: "停止宽限" | "Grace when stopped",
        stop_grace_hint: "TERM 之后多久 KILL，1s–10m；留空为 10s" | "From TERM to KILL, 1s–10m; empty for 10s",
        cpu: "CPU 时间" | "CPU time",
        cpu_hint: "每个进程，例如 10m" | "Per process, for example 10m",
        memory: "内存" | "Memory",
        memory_hint: "例如 512M、2G，至少 16M" | "For example 512M or 2G, 16M at the least",
        open_files: "打开文件数" | "Open files",
        open_files_hint: "16–1000000" | "16–1000000",
        processes: "进程数" | "Processes",
        processes_hint: "1–100000" | "1–100000",
        nice: "优先级 nice" | "Niceness",
        nice_hint: "0–19，越大越让着别人" | "0–19; more gives way to others",
        outlives: "服务器崩溃后留着它的进程（默认会清理）" | "Leave its processes alone when the server crashes (they are ended otherwise)",

        // Overlap and pools
        group_overlap: "并发与排队" | "Overlap and queues",
        overlap: "上一次还没结束时" | "While it still runs",
        overlap_skip: "跳过这一次" | "Leave the new start out",
        overlap_allow: "一起执行，最多几个" | "Run beside it, up to a number",
        overlap_queue: "排队，最多几个" | "Wait in line, up to a number",
        overlap_replace: "结束旧的，启动新的" | "End it and start anew",
        overlap_max: "最多几个" | "How many at the most",
        overlap_max_hint: "一起执行 2–100，排队 1–1000" | "2–100 beside each other, 1–1000 in line",
        pool: "并发池" | "Pool",
        pool_hint: "同池的任务分用名额，没有名额就排队；留空不限" | "Tasks of a pool share its slots and wait for one; empty for none",

        // Retry
        group_retry: "失败重试" | "Retry",
        attempts: "一共几次" | "Attempts altogether",
        attempts_hint: "1–20，含第一次；留空不重试" | "1–20 with the first one; empty for no retry",
        delay: "第一次重试前等" | "Before the second attempt",
        delay_hint: "例如 30s、5m；留空为 1m" | "For example 30s, 5m; empty for 1m",
        factor: "之后每次乘以" | "Each further delay times",
        factor_hint: "1–10，例如 1.5；留空为 2" | "1–10, such as 1.5; empty for 2",
        max_delay: "最长等" | "Longest delay",
        max_delay_hint: "留空为 1h" | "Empty for 1h",
        retry_jitter: "随机浮动 %" | "Changed by chance, %",
        retry_jitter_hint: "0–100，避免大家同时重试" | "0–100, so that not all retry at once",
        exit_codes: "只在这些退出码后" | "Only after these exit codes",
        exit_codes_hint: "例如 1, 75；留空为任何失败" | "For example 1, 75; empty for any failure",
        on_timeout: "超时后也重试" | "Also after the time limit",
        on_lost: "服务器崩溃后也重试（可能执行两遍）" | "Also after a crash of the server (it may run twice)",

        // Environment
        group_env: "运行环境" | "Environment",
        run_as: "用户" | "User",
        run_as_hint: "服务器允许的 Unix 用户；留空用默认的" | "A Unix user that the server allows; empty for the usual one",
        cwd: "目录" | "Folder",
        cwd_hint: "绝对路径，例如 /opt/app；留空用默认的" | "An absolute path such as /opt/app; empty for the usual one",
        shell: "Shell" | "Shell",
        shell_hint: "sh、bash、dash、zsh、ksh 或绝对路径；留空为 /bin/sh。命令以 #! 开头时由那一行指定的解释器执行" | "sh, bash, dash, zsh, ksh or an absolute path; empty for /bin/sh. A command that begins with #! is run by the interpreter that it names",
        merge_output: "标准错误并入标准输出：保持先后次序，不再区分两者" | "Standard error into standard output: their order is kept, and which is which is not",
        secret_files: "密钥以文件交给命令：JCRONTAB_SECRET_FILE_名称 是文件路径，环境变量里没有值" | "Secrets as files: JCRONTAB_SECRET_FILE_NAME is the path, and no value is in the environment",
        env: "环境变量" | "Environment variables",
        env_hint: "每行一个 NAME=value，两端的引号不算值的一部分，$变量 不展开；能看任务的人都看得到，口令请用密钥" | "One NAME=value per line; quotes around a value are not part of it, $NAME is not expanded. Everybody who sees the task can read them: use secrets for passwords",

        // Parameters
        group_parameters: "参数" | "Parameters",
        parameters_text: "手动执行时填写，作为环境变量传给命令；计划执行时用默认值" | "Filled in when it is started by hand, and given to the command as environment variables; planned starts use the defaults",
        parameter_name: "变量名" | "Variable",
        parameter_name_hint: "字母、数字、_；留空则删去这个参数" | "Letters, digits, _; empty removes this parameter",
        parameter_label: "显示的名称" | "Label",
        parameter_kind: "类型" | "Kind",
        kind_text: "文字" | "Text",
        kind_number: "数字" | "Number",
        kind_choice: "选项" | "Choice",
        kind_date: "日期" | "Date",
        kind_secret: "密文" | "Secret",
        parameter_choices: "选项" | "Choices",
        parameter_choices_hint: "每行一个，2–50 个" | "One a line, 2–50 of them",
        parameter_default: "默认值" | "Default",
        parameter_default_hint: "日期写成 2026-12-31；密文没有默认值" | "Dates as 2026-12-31; a secret has none",
        parameter_required: "手动执行时必须填" | "Must be filled in by hand",
        parameter_add: "添加参数" | "Add a parameter",
        parameter_more: "再加参数" | "More parameters",

        // Dependencies
        group_waits: "依赖" | "Dependencies",
        waits_tasks: "等这些任务" | "Waits for these tasks",
        waits_tasks_hint: "每行一个：编号（12 或 #12）或完整的任务名；手动执行时不等" | "One a line: an id (12 or #12) or a whole name; starts by hand do not wait",
        waits_how: "等几个" | "How many of them",
        waits_all: "全部" | "All",
        waits_any: "任意一个" | "Any one",
        waits_what: "等到" | "Until they",
        waits_success: "执行成功" | "Succeed",
        waits_finish: "执行结束，不论成败" | "End, however",
        fresh: "多久以内的算数" | "Counts within",
        fresh_hint: "计划时间之前多久以内结束的算数；留空为 1d" | "An end this long before the planned start still counts; empty for 1d",
        patience: "最多等多久" | "Waits at the most",
        patience_hint: "还没等到就跳过这一次；留空为 1h" | "Then this start is left out; empty for 1h",
    }
}

impl ExecutionUi {
    /// The name of a kind of parameter.
    #[must_use]
    pub const fn kind(&self, kind: ParameterKind) -> &'static str {
        match kind {
            ParameterKind::Text => self.kind_text,
            ParameterKind::Number => self.kind_number,
            ParameterKind::Choice => self.kind_choice,
            ParameterKind::Date => self.kind_date,
            ParameterKind::Secret => self.kind_secret,
        }
    }
}

/// The heading of a parameter, counted from 1.
#[must_use]
pub fn parameter_no(lang: Lang, number: usize) -> String {
    lang.pick(format!("参数 {number}"), format!("Parameter {number}"))
}
