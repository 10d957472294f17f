//! What a reader should know about a line.

use super::{Say, Text, both};
use crate::takeover::{ClockChange, DEBIAN_LINES_MAX, Rejection, Remark};

impl Remark {
    /// The stable code in the API.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoNewline => "no_newline",
            Self::Rejected { .. } => "rejected",
            Self::NoPath { .. } => "no_path",
            Self::Unless { .. } => "unless",
            Self::ClockChange(_) => "clock_change",
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
                "最后一行没有换行，cronie 不执行它；导入后会执行",
                "The last line does not end with a newline, so cronie ignores it; the task will run",
            ),
            Self::Rejected { why } => rejected(*why),
            Self::NoPath { program } => both(
                format!(
                    "没有设置 PATH，cron 只在 /usr/bin:/bin 里查找，{program} 通常不在那里；这里也一样"
                ),
                format!(
                    "No PATH is set, so cron looks in /usr/bin:/bin only, and {program} is usually elsewhere; here as well"
                ),
            ),
            Self::Unless { program } => both(
                format!("装有 {program} 的主机上，这一行什么都不做，任务也一样"),
                format!(
                    "Where {program} is installed the line does nothing, and neither does the task"
                ),
            ),
            Self::ClockChange(change) => clock_change(change),
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
                    "The variable \"{name}\" is not imported: neither a task nor its shell can have it"
                ),
            ),
            Self::InputLost { shell } => both(
                format!("shell {shell} 不能从命令里得到标准输入，% 后面的内容没有导入"),
                format!(
                    "The shell {shell} cannot be given standard input; the text after % is not imported"
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

/// Why nothing of a crontab runs.
fn rejected(why: Rejection) -> Text {
    let (zh, en) = match why {
        Rejection::Line(number) => (
            format!("第 {number} 行有语法错误"),
            format!("line {number} has a syntax error"),
        ),
        Rejection::NoNewline => (
            "最后一行没有换行".to_owned(),
            "the last line does not end with a newline".to_owned(),
        ),
        Rejection::Long => (
            format!("超过 {DEBIAN_LINES_MAX} 行"),
            format!("it has more than {DEBIAN_LINES_MAX} lines"),
        ),
    };
    both(
        format!("{zh}，Debian 的 cron 因此忽略整份 crontab，一行都不执行；接管后任务会执行"),
        format!(
            "Debian's cron ignores the whole crontab because {en}, and runs nothing of it; once taken over, the task runs"
        ),
    )
}

/// What becomes of a firing where the clock is changed.
fn clock_change(change: &ClockChange) -> Text {
    let at = &change.at;
    let (zh, en) = match change.is_gap {
        true => (
            format!("{at} 因夏令时不存在"),
            format!("{at} does not exist, because the clock is put forward"),
        ),
        false => (
            format!("{at} 因夏令时结束会出现两次"),
            format!("{at} comes twice, because the clock is put back"),
        ),
    };
    let times_zh = |count: u64| match count {
        0 => "不执行".to_owned(),
        count => format!("执行 {count} 次"),
    };
    let times_en = |count: u64| match count {
        0 => "does not run".to_owned(),
        1 => "runs once".to_owned(),
        count => format!("runs {count} times"),
    };
    match change.cron == change.task {
        true => both(
            format!("{zh}：cron 这时{}，任务也一样", times_zh(change.cron)),
            format!(
                "{en}: the line {} then, and the task likewise",
                times_en(change.cron)
            ),
        ),
        false => both(
            format!(
                "{zh}：cron 这时{}，任务{}",
                times_zh(change.cron),
                times_zh(change.task)
            ),
            format!(
                "{en}: the line {} then, the task {}",
                times_en(change.cron),
                times_en(change.task)
            ),
        ),
    }
}
