//! Why cron does not run a line, or no task can be made of it.

use super::{Say, Text, both};
use crate::takeover::{DEBIAN_COMMAND_MAX, Field, FieldFault, LineFault, VARIABLES_MAX};

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
            Self::OnlyInput => "only_input",
            Self::SixFields { .. } => "six_fields",
            Self::Setting => "setting",
            Self::Variables => "variables",
            Self::Nul { .. } => "nul",
            Self::LongCommand { .. } => "long_command",
            Self::Option { .. } => "option",
            Self::Period { .. } => "period",
            Self::Delay { .. } => "delay",
            Self::JobName { .. } => "job_name",
            Self::Continued => "continued",
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
                    FieldFault::Malformed => ("写法 cron 不认识", "cannot be read by cron"),
                    FieldFault::OutOfRange => ("超出范围", "is out of range"),
                    FieldFault::ZeroStep => ("步长为 0", "has the step 0"),
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
                format!("这个 cron 不认识 {word}"),
                format!("This cron does not know {word}"),
            ),
            Self::NoUser => both("缺少用户这一列", "The column with the user is missing"),
            Self::NoCommand => both(
                "没有命令，什么都不执行",
                "There is no command; nothing is run",
            ),
            Self::OnlyInput => both(
                "命令以 % 开头：% 前面没有命令，什么都不执行",
                "The command starts with %, so nothing is in front of its standard input; nothing is run",
            ),
            Self::SixFields { .. } => both(
                "五个时间字段后面又是 *：cron 没有秒字段，这里应是命令或用户",
                "A * follows the five fields: cron has no field for seconds, so the command or the user is expected there",
            ),
            Self::Setting => both(
                "像是变量，但 cron 读不懂：空值要写成 NAME=\"\"，带引号的值后面不能再有内容",
                "It looks like a variable that cron cannot read: an empty value is written NAME=\"\", and nothing may follow a value in quotes",
            ),
            Self::Variables => both(
                format!("一份 crontab 最多 {VARIABLES_MAX} 个变量"),
                format!("A crontab has at most {VARIABLES_MAX} variables"),
            ),
            Self::Nul { .. } => both(
                "含有值为 0 的字节：不是文本，或者文件已损坏",
                "There is a byte that is 0: this is not text, or the file is damaged",
            ),
            Self::LongCommand { bytes } => both(
                format!("命令有 {bytes} 字节，Debian 的 cron 最多 {DEBIAN_COMMAND_MAX}"),
                format!(
                    "The command has {bytes} bytes; Debian's cron accepts {DEBIAN_COMMAND_MAX}"
                ),
            ),
            Self::Option { .. } => both(
                "命令前面的选项 cronie 不认识",
                "cronie does not know the option in front of the command",
            ),
            Self::Period { .. } => both(
                "周期应为 1–366 天，或 @monthly、@yearly；cronie 的 anacron 还认识 @daily、@weekly、@annually",
                "The period is 1–366 days, @monthly or @yearly; cronie's anacron also knows @daily, @weekly and @annually",
            ),
            Self::Delay { .. } => both("延迟应为 0–1440 分钟", "The delay is 0–1440 minutes"),
            Self::JobName { .. } => both(
                "任务名里不能有 /：它是时间戳文件的名字",
                "The name of the job has a /, but it is the name of the file with its time stamp",
            ),
            Self::Continued => both(
                "这一行在下一行继续；请写成一行再导入",
                "The line continues in the next one; write it in one line to import it",
            ),
            Self::BothDays => both(
                "日或星期以 * 开头，cron 要求两者同时符合，这里没有对应的写法；请改成只限定其中一个，并在命令里判断另一个",
                "One of the day fields starts with *, so cron requires both to match, which cannot be written here; restrict only one of them, and test the other in the command",
            ),
        }
    }
}
