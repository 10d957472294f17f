//! Texts about how a task is executed: its form and its page.

use crate::i18n::Lang;
use crate::task::execution::ParameterKind;

crate::texts! {
    /// Texts about how a task is executed.
    ExecutionUi {
        execution: "执行设置" | "Execution settings",
        execution_text: "都可以不填：默认一次一个、失败不重试、不设限制" | "All optional. Defaults: one run at a time, no retries, no limits",
        awaits: "等待的任务" | "Waits for",

        // Command or request
        action: "执行方式" | "What to run",
        action_shell: "执行命令" | "Run a command",
        action_shell_help: "由 /bin/sh -c 执行；以 #! 开头时由指定的解释器执行" | "By /bin/sh -c, or by the interpreter named after #!",
        action_http ["execution.http" => "HTTP 请求" | "the HTTP request"]: "发送 HTTP 请求" | "Send an HTTP request",
        action_http_help: "按响应判断成败" | "The response decides whether it succeeded",
        http_method ["execution.http.method"]: "方法" | "Method",
        http_url ["execution.http.url"]: "URL" | "URL",
        http_url_hint: "路径和参数里可用 ${变量}：参数、密钥、JCRONTAB_RUN_ID 等" | "Path and query may contain ${NAME}: parameters, secrets, JCRONTAB_RUN_ID and so on",
        http_headers ["execution.http.headers"]: "请求头" | "Headers",
        http_headers_hint: "每行一个“名称: 值”，值里可用 ${变量}；能查看任务的人都能看到，密码请用密钥" | "One `Name: value` per line; values may contain ${NAME}. Everyone who can see the task can read them: use secrets for passwords",
        http_body ["execution.http.body"]: "请求体" | "Body",
        http_body_hint: "可用 ${变量}，要写 ${ 本身用 $${；最多 64 KiB" | "May contain ${NAME}; write $${ for a literal ${. Up to 64 KiB",
        http_status ["execution.http.expect_status"]: "视为成功的状态码" | "Success status codes",
        http_status_hint: "例如 200-299,304；留空为 200–299" | "For example 200-299,304; default 200–299",
        http_pointer ["execution.http.json_pointer"]: "检查 JSON 中的位置" | "JSON pointer to check",
        http_pointer_hint: "例如 /data/state；留空不检查" | "For example /data/state; leave empty to skip the check",
        http_value ["execution.http.json_value"]: "该位置的期望值" | "Expected value",
        http_value_hint: "留空则有值即可，null 和 false 不算" | "Leave empty to accept anything but null and false",

        // Limits and stopping
        group_limits ["execution.limits" => "资源限制" | "resource limits"]: "执行限制与停止" | "Limits and stopping",
        group_success ["execution.success_when" => "成功条件" | "the success condition"]: "成功条件" | "Success conditions",
        must_contain ["execution.success_when.must_contain"]: "输出必须包含" | "Output must contain",
        must_not_contain ["execution.success_when.must_not_contain"]: "输出不能包含" | "Output must not contain",
        success_hint: "退出码为 0 时再检查全部输出（HTTP 请求检查应答正文），区分大小写，最多 200 个字符" | "Checked against the whole output when the exit code is 0 (for a request, against the response body). Case-sensitive; at most 200 characters",
        soft_limit ["execution.soft_limit" => "超时提醒" | "the soft limit"]: "超过多久提醒" | "Warn after",
        soft_limit_hint: "例如 5m；只发消息，继续执行。要短于超时限制" | "For example 5m; sends a message, and the run continues. Must be shorter than the timeout",
        min_duration ["execution.min_duration" => "最短用时" | "the minimum duration"]: "最短用时" | "Minimum duration",
        min_duration_hint: "例如 30s；更快成功时发消息提醒，结果仍算成功。要短于超时限制" | "For example 30s; a message is sent when a run succeeds faster, and it still counts as a success. Must be shorter than the timeout",
        stop_grace ["execution.stop_grace" => "停止宽限" | "the grace period"]: "停止宽限" | "Grace period",
        stop_grace_hint: "TERM 之后多久 KILL，1s–10m；留空为 10s" | "From TERM to KILL, 1s–10m; default 10s",
        cpu ["execution.limits.cpu"]: "CPU 时间" | "CPU time",
        cpu_hint: "每个进程，例如 10m" | "Per process, for example 10m",
        memory ["execution.limits.memory"]: "内存" | "Memory",
        memory_hint: "例如 512M、2G，至少 16M" | "For example 512M or 2G; at least 16M",
        open_files ["execution.limits.open_files"]: "打开文件数" | "Open files",
        open_files_hint: "16–1000000" | "16–1000000",
        processes ["execution.limits.processes"]: "进程数" | "Processes",
        processes_hint: "1–100000" | "1–100000",
        nice ["execution.limits.nice"]: "优先级（nice）" | "Nice value",
        nice_hint: "0–19，数值越大优先级越低" | "0–19; higher values mean lower priority",
        outlives ["execution.outlives_server" => "服务器崩溃后是否保留进程" | "whether its processes outlive the server"]: "服务器崩溃后保留它的进程（默认会清理）" | "Keep its processes running when the server crashes (by default they are killed)",
        not_from_chats ["execution.not_from_chats" => "能否从聊天执行" | "whether it can be started from a chat"]: "不能从聊天执行：机器人命令、卡片按钮和消息里的链接都不能启动它" | "Cannot be started from a chat: by no command to a bot, no button of a card and no link of a message",

        // History
        group_keep ["execution.keep" => "历史保留" | "the retention"]: "历史保留" | "Retention",
        keep_days ["execution.keep.days"]: "执行保留天数" | "Keep runs for (days)",
        keep_runs ["execution.keep.runs"]: "保留的执行次数" | "Runs kept",
        keep_output ["execution.keep.output_mib"]: "保留的输出（MiB）" | "Output kept (MiB)",
        keep_hint: "留空则与所有任务相同；最近一次成功、失败和最新一次执行始终保留" | "Empty for as in all tasks; the last success, the last failure and the newest run always stay",

        // Overlap and pools
        group_overlap: "重叠与排队" | "Overlap and queueing",
        overlap ["execution.overlap" => "重叠规则" | "the overlap rule"]: "上一次还没结束时" | "If the previous run is still going",
        overlap_skip: "跳过这一次" | "Skip this run",
        overlap_allow: "同时执行，限制个数" | "Run in parallel, up to a limit",
        overlap_queue: "排队，限制个数" | "Queue, up to a limit",
        overlap_replace: "结束旧的，启动新的" | "Stop the old run and start the new one",
        overlap_max: "最多几个" | "How many",
        overlap_max_hint: "同时执行 2–100，排队 1–1000" | "2–100 in parallel, 1–1000 queued",
        pool ["execution.pool" => "并发池" | "the concurrency pool"]: "并发池" | "Concurrency pool",
        pool_hint: "同一个池的任务共用名额，没有名额就排队；留空不限" | "Tasks in a pool share its slots and queue for them; leave empty for no pool",

        // Retry
        group_retry ["execution.retry" => "失败重试" | "retries"]: "失败重试" | "Retry",
        attempts ["execution.retry.attempts"]: "最多执行几次" | "Maximum attempts",
        attempts_hint: "1–20，含第一次；留空不重试" | "1–20, including the first; leave empty for no retries",
        delay ["execution.retry.delay"]: "首次重试前等待" | "First retry delay",
        delay_hint: "例如 30s、5m；留空为 1m" | "For example 30s, 5m; default 1m",
        factor ["execution.retry.factor"]: "之后每次乘以" | "Backoff multiplier",
        factor_hint: "1–10，例如 1.5；留空为 2" | "1–10, for example 1.5; default 2",
        max_delay ["execution.retry.max_delay"]: "最长等待" | "Maximum delay",
        max_delay_hint: "留空为 1h" | "Default 1h",
        retry_jitter ["execution.retry.jitter"]: "随机浮动（%）" | "Jitter, %",
        retry_jitter_hint: "0–100，避免同时重试" | "0–100; keeps retries from happening all at once",
        exit_codes ["execution.retry.exit_codes"]: "只在这些退出码时重试" | "Only for these exit codes",
        exit_codes_hint: "例如 1, 75；留空为任何失败" | "For example 1, 75; leave empty for any failure",
        on_timeout ["execution.retry.on_timeout"]: "超时后也重试" | "Also after a timeout",
        on_lost ["execution.retry.on_lost"]: "服务器崩溃后也重试（可能执行两遍）" | "Also after a server crash (the command may run twice)",

        // Environment
        group_env: "运行环境" | "Environment",
        run_as ["execution.run_as" => "运行用户" | "the user"]: "用户" | "User",
        run_as_hint: "服务器允许的 Unix 用户；留空用默认用户" | "A Unix user that the server allows; leave empty for the default",
        cwd ["execution.cwd" => "工作目录" | "the working directory"]: "工作目录" | "Working directory",
        cwd_hint: "绝对路径，例如 /opt/app；留空用默认目录" | "An absolute path such as /opt/app; leave empty for the default",
        shell ["execution.shell" => "Shell" | "the shell"]: "Shell" | "Shell",
        shell_hint: "sh、bash、dash、zsh、ksh 或绝对路径；留空为 /bin/sh。命令以 #! 开头时由该行指定的解释器执行" | "sh, bash, dash, zsh, ksh or an absolute path; default /bin/sh. A command that begins with #! is run by the interpreter it names",
        merge_output ["execution.merge_output" => "标准错误的去向" | "where stderr goes"]: "标准错误并入标准输出：保持先后次序，但不再区分两者" | "Merge stderr into stdout: keeps the order, but the two can no longer be distinguished",
        secret_files ["execution.secret_files" => "密钥的传递方式" | "how secrets are passed"]: "密钥以文件交给命令：JCRONTAB_SECRET_FILE_名称 是文件路径，环境变量里没有值" | "Pass secrets as files: JCRONTAB_SECRET_FILE_NAME is the path, and the environment holds no value",
        env ["execution.env" => "环境变量" | "the environment"]: "环境变量" | "Environment variables",
        env_hint: "每行一个 NAME=value，两端的引号不算值的一部分，不展开 $变量；能查看任务的人都能看到，密码请用密钥" | "One NAME=value per line; surrounding quotes are not part of the value, $NAME is not expanded. Everyone who can see the task can read them: use secrets for passwords",

        // Parameters
        group_parameters ["execution.parameters" => "参数" | "the parameters"]: "参数" | "Parameters",
        parameters_text: "手动执行时填写，作为环境变量传给命令；按计划执行时用默认值" | "Filled in for manual runs and passed to the command as environment variables; scheduled runs use the defaults",
        parameter_name ["execution.parameters.name"]: "变量名" | "Variable",
        parameter_name_hint: "字母、数字、_；留空则删除这个参数" | "Letters, digits, _; leave empty to remove this parameter",
        parameter_label ["execution.parameters.label"]: "显示的名称" | "Label",
        parameter_kind ["execution.parameters.kind"]: "类型" | "Kind",
        kind_text: "文字" | "Text",
        kind_number: "数字" | "Number",
        kind_choice: "选项" | "Choice",
        kind_date: "日期" | "Date",
        kind_secret: "密文" | "Secret",
        parameter_choices ["execution.parameters.choices"]: "选项" | "Choices",
        parameter_choices_hint: "每行一个，2–50 个" | "One per line, 2–50",
        parameter_default ["execution.parameters.default"]: "默认值" | "Default",
        parameter_default_hint: "日期写成 2026-12-31；密文没有默认值" | "Write dates as 2026-12-31; secrets have no default",
        parameter_required ["execution.parameters.required"]: "手动执行时必填" | "Required for manual runs",
        parameter_add: "添加参数" | "Add a parameter",
        parameter_more: "再加参数" | "Add more parameters",

        // Dependencies
        group_waits ["execution.waits" => "依赖" | "the dependencies"]: "依赖" | "Dependencies",
        waits_tasks ["execution.waits.tasks"]: "等待这些任务" | "Wait for these tasks",
        waits_tasks_hint: "每行一个：编号（12 或 #12）或完整的任务名；手动执行时不等待" | "One per line: an id (12 or #12) or a full name; manual runs do not wait",
        waits_how ["execution.waits.how"]: "等待几个" | "How many",
        waits_all: "全部" | "All",
        waits_any: "任意一个" | "Any one",
        waits_what ["execution.waits.what"]: "等到" | "Until they",
        waits_success: "执行成功" | "Succeed",
        waits_finish: "执行结束，不论成败" | "Finish (any result)",
        fresh ["execution.waits.fresh"]: "多久以内的算数" | "Maximum age of their runs",
        fresh_hint: "计划时间之前多久以内结束的算数；留空为 1d" | "Runs that ended up to this long before the planned time count; default 1d",
        patience ["execution.waits.patience"]: "最多等待多久" | "Wait at most",
        patience_hint: "超过后跳过这一次；留空为 1h" | "After that this run is skipped; default 1h",
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
