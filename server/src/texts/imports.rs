//! Imports of crontabs: what is noticed about a line, why cron skips one, and why an import is refused.

use app::import::{OfferKind, SOURCES_MAX, TASKS_MAX};

use super::{Fault, Refusal, Refused, Say, Text, both, conflict};
use crate::takeover::{
    DEBIAN_COMMAND_MAX, Field, FieldFault, LINES_MAX, LineFault, Remark, TEXT_MAX,
};

/// What is wrong with what was sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ImportFault {
    /// No crontab, or more than 200.
    Sources,
    /// A text is too long.
    TooLong,
    /// A text has too many lines.
    TooManyLines,
    /// The name of a host or a place is too long or has control characters.
    Place,
    /// Two crontabs have the same place.
    SamePlace,
    /// More tasks are handed over than at once.
    TooManyTasks,
}

impl Fault for ImportFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::Sources => (
                "count",
                both(
                    format!("请给出 1–{SOURCES_MAX} 个 crontab"),
                    format!("Send 1–{SOURCES_MAX} crontabs"),
                ),
            ),
            Self::TooLong => {
                let max = TEXT_MAX / 1024;
                (
                    "too_long",
                    both(
                        format!("一个 crontab 最多 {max} KiB；这不像是 crontab"),
                        format!("A crontab has at most {max} KiB; this does not look like one"),
                    ),
                )
            }
            Self::TooManyLines => (
                "too_long",
                both(
                    format!("一个 crontab 最多 {LINES_MAX} 行"),
                    format!("A crontab has at most {LINES_MAX} lines"),
                ),
            ),
            Self::Place => (
                "invalid",
                both(
                    "主机名和路径最多 255 个字符，不能有控制字符",
                    "Names of hosts and paths have at most 255 characters and no control characters",
                ),
            ),
            Self::SamePlace => (
                "taken",
                both(
                    "同一个 crontab 给出了两次",
                    "The same crontab is given twice",
                ),
            ),
            Self::TooManyTasks => (
                "too_many",
                both(
                    format!("一次最多 {TASKS_MAX} 个任务"),
                    format!("At most {TASKS_MAX} tasks at once"),
                ),
            ),
        }
    }
}

/// Why an import is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ImportRefusal {
    /// It would create more tasks than are created at once.
    TooMany {
        /// How many.
        tasks: usize,
    },
}

impl Refusal for ImportRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::TooMany { tasks } => conflict(
                "import.too_many",
                format!("会新建 {tasks} 个任务，一次最多 {TASKS_MAX} 个；没有导入"),
                format!("This would create {tasks} tasks; at most {TASKS_MAX} are created at once. Nothing was imported"),
            )
            .hint(
                "请分几次导入；已经导入的行不会重复新建",
                "Import it in parts; lines that were imported before are not created again",
            ),
        }
    }
}

impl Field {
    fn name(self) -> Text {
        match self {
            Self::Minute => both("分钟", "minute"),
            Self::Hour => both("小时", "hour"),
            Self::Day => both("日", "day of month"),
            Self::Month => both("月", "month"),
            Self::Weekday => both("星期", "day of week"),
        }
    }
}

impl LineFault {
    /// The stable code in the API.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Field { .. } => "field",
            Self::Nickname { .. } => "nickname",
            Self::NoUser => "no_user",
            Self::NoCommand => "no_command",
            Self::LongCommand { .. } => "long_command",
            Self::Option { .. } => "option",
            Self::Period { .. } => "period",
            Self::Delay { .. } => "delay",
            Self::BothDays => "both_days",
        }
    }
}

impl Say for LineFault {
    fn words(&self) -> Text {
        match self {
            Self::Field { field, fault, .. } => {
                let name = field.name();
                let (zh, en) = match fault {
                    FieldFault::Missing => ("缺少这一项", "is missing"),
                    FieldFault::Malformed => (
                        "写法 cron 不认识，它会跳过这一行",
                        "cannot be read by cron, which skips the line",
                    ),
                    FieldFault::OutOfRange => (
                        "超出范围，cron 会跳过这一行",
                        "is out of range; cron skips the line",
                    ),
                    FieldFault::ZeroStep => (
                        "步长为 0，cron 会跳过这一行",
                        "has the step 0; cron skips the line",
                    ),
                    FieldFault::Empty => (
                        "没有任何值符合（范围写反了），cron 从不执行这一行",
                        "has no value (a range runs backwards): cron never runs the line",
                    ),
                    FieldFault::Random => (
                        "里的 ~ 由 cronie 在载入时随机取值；请改成固定的值，或设置随机延迟",
                        "has a ~, for which cronie chooses a value when it loads the file; write a fixed value, or spread the task",
                    ),
                };
                both(format!("{}{zh}", name.zh), format!("The {} {en}", name.en))
            }
            Self::Nickname { word, .. } => both(
                format!("这个 cron 不认识 {word}，会跳过这一行"),
                format!("This cron does not know {word} and skips the line"),
            ),
            Self::NoUser => both("缺少用户这一列", "The column with the user is missing"),
            Self::NoCommand => both(
                "没有命令，什么都不执行",
                "There is no command; nothing is run",
            ),
            Self::LongCommand { bytes } => both(
                format!(
                    "命令有 {bytes} 字节，Debian 的 cron 最多 {DEBIAN_COMMAND_MAX}，会跳过这一行"
                ),
                format!(
                    "The command has {bytes} bytes; Debian's cron accepts {DEBIAN_COMMAND_MAX} and skips the line"
                ),
            ),
            Self::Option { .. } => both(
                "命令前面的选项 cronie 不认识，会跳过这一行",
                "cronie does not know the option in front of the command and skips the line",
            ),
            Self::Period { .. } => both(
                "周期应为 1–366 天，或 @daily、@weekly、@monthly、@yearly",
                "The period is 1–366 days, or @daily, @weekly, @monthly or @yearly",
            ),
            Self::Delay { .. } => both("延迟应为 0–1440 分钟", "The delay is 0–1440 minutes"),
            Self::BothDays => both(
                "日或星期以 * 开头，cron 要求两者同时符合，这里没有对应的写法；请改成只限定其中一个，并在命令里判断另一个",
                "One of the day fields starts with *, so cron requires both to match, which cannot be written here; restrict only one of them, and test the other in the command",
            ),
        }
    }
}

impl Remark {
    /// The stable code in the API.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoNewline => "no_newline",
            Self::CarriageReturn => "carriage_return",
            Self::Unexpanded { .. } => "unexpanded",
            Self::Input => "input",
            Self::DateFormat => "date_format",
            Self::Startup => "startup",
            Self::MailOnFailure => "mail_on_failure",
            Self::Anacron { .. } => "anacron",
            Self::MailTo { .. } => "mailto",
            Self::CronTzIgnored => "cron_tz_ignored",
            Self::RandomDelayIgnored => "random_delay_ignored",
            Self::Exported { .. } => "exported",
            Self::LeftOut { .. } => "left_out",
            Self::InputLost { .. } => "input_lost",
            Self::UnknownUser { .. } => "unknown_user",
            Self::LooksLikeSystem { .. } => "looks_like_system",
            Self::Continued => "continued",
            Self::RedirectOrder => "redirect_order",
            Self::Bashism { .. } => "bashism",
            Self::Schedule { .. } => "schedule",
        }
    }
}

impl Say for Remark {
    fn words(&self) -> Text {
        match self {
            Self::NoNewline => both(
                "最后一行没有换行，cron 不执行它；导入后会执行",
                "The last line does not end with a newline, so cron ignores it; the task will run",
            ),
            Self::CarriageReturn => both(
                "行尾有回车（Windows 换行），cron 会把它传给命令；导入时去掉了",
                "The line ends with a carriage return (a Windows file), which cron passes to the command; it is removed",
            ),
            Self::Unexpanded { name } => both(
                format!("cron 不展开 {name} 的值里的 $，命令会原样得到它；这里也一样"),
                format!(
                    "Cron does not expand the $ in the value of {name}: commands get it literally, here as well"
                ),
            ),
            Self::Input => both(
                "% 后面的内容是命令的标准输入，导入后同样如此",
                "The text after % is the standard input of the command, here as well",
            ),
            Self::DateFormat => both(
                "% 没有写成 \\%，命令在这里被截断，日期格式可能是错的",
                "The % is not written as \\%: the command ends there, and the date format is probably wrong",
            ),
            Self::Startup => both(
                "@reboot 在 cron 启动时执行，导入后在 Jcrontab 启动时执行",
                "@reboot runs when cron starts; the task runs when Jcrontab starts",
            ),
            Self::MailOnFailure => both(
                "选项 -n：cronie 只在失败时发送邮件；这里默认只通知失败",
                "Option -n: cronie sends mail after a failure only, as tasks do by default",
            ),
            Self::Anacron { days } => both(
                format!(
                    "anacron 每 {days} 天执行一次，从上次执行算起；导入后按固定时间执行，错过的会补上最近一次"
                ),
                format!(
                    "anacron runs it every {days} {}, counted from the last run; the task runs at fixed times and catches up the latest one that was missed",
                    app::i18n::plural(*days as usize, "day", "days")
                ),
            ),
            Self::MailTo { address } if address.is_empty() => both(
                "MAILTO 为空，cron 不发送邮件；通知由规则决定",
                "MAILTO is empty: cron sends no mail; rules decide about messages here",
            ),
            Self::MailTo { address } => both(
                format!("cron 把输出发送到 {address}；导入后请用通知渠道或规则通知"),
                format!("Cron mails the output to {address}; use a channel or a rule for the task"),
            ),
            Self::LooksLikeSystem { user } => both(
                format!(
                    "命令以用户名 {user} 开头，像 /etc/crontab 的写法；如果是，请选择系统的 crontab 格式"
                ),
                format!(
                    "The command starts with the user {user}, as lines of /etc/crontab do: if it is one, choose the format of a system crontab"
                ),
            ),
            Self::CronTzIgnored => both(
                "Debian 的 cron 不认识 CRON_TZ：时间按系统时区",
                "Debian's cron does not know CRON_TZ: times are in the system's zone",
            ),
            Self::RandomDelayIgnored => both(
                "Debian 的 cron 不认识 RANDOM_DELAY：没有随机延迟",
                "Debian's cron does not know RANDOM_DELAY: nothing is delayed",
            ),
            Self::Exported { name } => both(
                format!("任务不能设置变量 {name}，改为在命令里 export"),
                format!("A task cannot have the variable {name}; the command exports it"),
            ),
            Self::LeftOut { name } => both(
                format!("变量“{name}”没有导入：任务和 shell 都不能设置它"),
                format!(
                    "The variable \"{name}\" is left out: neither a task nor its shell can have it"
                ),
            ),
            Self::InputLost { shell } => both(
                format!("shell {shell} 不能从命令里得到标准输入，% 后面的内容没有导入"),
                format!(
                    "The shell {shell} cannot be given standard input; the text after % is left out"
                ),
            ),
            Self::UnknownUser { user } => both(
                format!(
                    "这台服务器上没有用户 {user}，不知道它的主目录，命令会在任务自己的文件夹里执行"
                ),
                format!(
                    "This server has no user {user}, so its home folder is unknown: the command runs in a folder of the task"
                ),
            ),
            Self::Continued => both(
                "行尾有 \\，但 crontab 不能续行，命令到此为止",
                "The line ends with \\, but crontabs have no continuation lines: the command ends here",
            ),
            Self::RedirectOrder => both(
                "2>&1 写在 > 前面：错误输出不会进入文件",
                "2>&1 comes before >: standard error does not go to the file",
            ),
            Self::Bashism { what } => both(
                format!("{what} 是 bash 的写法，/bin/sh 不一定认识；可以设置 SHELL=/bin/bash"),
                format!("{what} is for bash, and /bin/sh may not know it; set SHELL=/bin/bash"),
            ),
            Self::Schedule { zh, en } => both(zh.as_str(), en.as_str()),
        }
    }
}

/// What a task can do instead of a wrapper.
#[must_use]
pub fn offer(kind: OfferKind) -> Text {
    match kind {
        OfferKind::Overlap => both(
            "可以改用任务的重叠规则：还在执行时跳过",
            "The task can skip starts while it runs",
        ),
        OfferKind::Limit => both(
            "可以改用任务的超时时间",
            "The task can have a time limit of its own",
        ),
        OfferKind::Nice => both(
            "可以改用任务的 nice 值",
            "The task can have a niceness of its own",
        ),
        OfferKind::Jitter => both(
            "可以改用工作周期的随机延迟",
            "The schedule can be spread instead",
        ),
        OfferKind::Quiet => both(
            "可以去掉：输出都有记录，默认只通知失败",
            "It can go: all output is kept, and only failures cause messages",
        ),
        OfferKind::Heartbeat => both(
            "可以去掉：没有按时执行或失败时会发送通知",
            "It can go: missed runs and failures cause messages",
        ),
    }
}
