//! The variables that templates may print, with what they hold.

/// A variable: its name, and what it holds in both languages. The pages, the API and `docs/CHANNELS.md` list them.
pub const VARIABLES: &[(&str, &str, &str)] = &[
    ("admin_url", "管理后台的链接", "link to the admin pages"),
    (
        "at",
        "消息所指的时刻，RFC 3339",
        "the time that the message is about, RFC 3339",
    ),
    ("attempt", "第几次尝试", "number of the attempt"),
    (
        "brief",
        "失败速览，每行一项；没有则为空",
        "the failure brief, a line for each part; empty for none",
    ),
    (
        "brief_lines",
        "同上，用于循环",
        "the same as a list, for a loop",
    ),
    (
        "command",
        "命令的开头；没有则为空",
        "the start of the command; empty for none",
    ),
    ("duration", "用时", "how long the run took"),
    ("event", "事件代码", "code of the event"),
    ("event_name", "事件名称", "name of the event"),
    (
        "exit_code",
        "退出码；没有则为空",
        "exit code; empty for none",
    ),
    (
        "failures",
        "连续失败次数（失败速览）；没有则为空",
        "failures in a row, of the failure brief; empty without it",
    ),
    (
        "finished_at",
        "结束时间，RFC 3339；没有则为空",
        "when the run ended, RFC 3339; empty for none",
    ),
    (
        "groups",
        "消息汇总的各组，用于循环：event、event_name、task、task_id、task_url、count、first、last",
        "groups of a digest, for a loop: event, event_name, task, task_id, task_url, count, first, last",
    ),
    (
        "limit",
        "执行过久的限制",
        "the limit that a long run is over",
    ),
    ("mode", "工作模式的代码", "code of the task's mode"),
    ("nickname", "称呼", "how the task's messages greet"),
    (
        "other_failures",
        "前后 5 分钟内其他失败的任务数（失败速览）；没有则为空",
        "other tasks that failed within 5 minutes, of the failure brief; empty without it",
    ),
    (
        "output",
        "输出，最多 4000 字节（开头和结尾）",
        "the output, at most 4000 bytes (start and end)",
    ),
    ("owners", "负责人，用于循环", "the owners, for a loop"),
    (
        "reason",
        "结束原因；没有则为空",
        "why the run ended so; empty for none",
    ),
    (
        "request",
        "HTTP 请求；没有则为空",
        "the HTTP request; empty for none",
    ),
    (
        "run_id",
        "执行编号；没有则为空",
        "ID of the run; empty for none",
    ),
    (
        "run_url",
        "执行详情的链接；没有则为空",
        "link to the run; empty for none",
    ),
    (
        "runbook",
        "处理预案的开头；没有则为空",
        "the start of the runbook; empty for none",
    ),
    ("schedule", "新任务的工作周期", "the schedule of a new task"),
    (
        "signal",
        "结束进程的信号；没有则为空",
        "signal that ended the run; empty for none",
    ),
    (
        "started_at",
        "开始时间，RFC 3339；没有则为空",
        "when the run started, RFC 3339; empty for none",
    ),
    (
        "state",
        "执行状态的代码；没有则为空",
        "code of the run's state; empty for none",
    ),
    ("task", "任务名称", "name of the task"),
    ("task_id", "任务编号", "ID of the task"),
    (
        "task_url",
        "任务页（结单）的链接",
        "link to the task's page",
    ),
    ("text", "内置的整条消息", "the whole built-in message"),
    (
        "ticket_by",
        "对待办做这件事的人；没有则为空",
        "who did it to the ticket; empty for none",
    ),
    (
        "ticket_id",
        "待办编号；没有则为空",
        "ID of the ticket; empty for none",
    ),
    (
        "ticket_kind",
        "待办种类的代码：task、firing、failure、chase；没有则为空",
        "code of the ticket's kind: task, firing, failure or chase; empty for none",
    ),
    (
        "ticket_level",
        "升级到第几级，0 表示只催负责人；没有则为空",
        "level of the escalation, 0 for the owners alone; empty for none",
    ),
    (
        "ticket_open_for",
        "待办已等待多久；没有则为空",
        "how long the ticket has been open; empty for none",
    ),
    (
        "ticket_opened_at",
        "待办产生的时刻，RFC 3339；没有则为空",
        "when the ticket was opened, RFC 3339; empty for none",
    ),
    (
        "ticket_until",
        "稍后提醒到什么时刻，RFC 3339；没有则为空",
        "until when the ticket is snoozed, RFC 3339; empty for none",
    ),
    (
        "ticket_urges",
        "催了几次，含这一次；没有则为空",
        "number of urges, this one included; empty for none",
    ),
    (
        "ticket_url",
        "免登录处理这个待办的链接；没有则为空",
        "link that answers the ticket without an account; empty for none",
    ),
    (
        "ticket_word",
        "完成时的留言，或转交给谁；没有则为空",
        "the note that was left, or to whom it was handed over; empty for none",
    ),
    ("time", "时间，按任务的时区", "the time, in the task's zone"),
    ("title", "内置消息的标题", "title of the built-in message"),
    ("total", "汇总的消息数", "number of messages in a digest"),
    (
        "verdict",
        "结果概述，如退出码和用时",
        "the result at a glance, such as exit code and duration",
    ),
    ("zone", "任务的时区", "the task's time zone"),
];
