//! The words of remarks on items of other schedulers.

use app::i18n::Lang;

use super::{Say, Text, both};
use crate::importers::Remark;

impl Remark {
    /// The stable code in the API.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Finished => "finished",
            Self::Chased => "chased",
            Self::StateUnknown => "state_unknown",
            Self::NoSchedule => "no_schedule",
            Self::Follows { .. } => "follows",
            Self::AlsoFollows { .. } => "also_follows",
            Self::StartsOther { .. } => "starts_other",
            Self::BothDays => "both_days",
            Self::Years => "years",
            Self::YearsApart => "years_apart",
            Self::Interval => "interval",
            Self::FixedDelay => "fixed_delay",
            Self::Boot => "boot",
            Self::Unreadable { .. } => "unreadable",
            Self::Elsewhere { .. } => "elsewhere",
            Self::Sharded => "sharded",
            Self::Handler { .. } => "handler",
            Self::Image { .. } => "image",
            Self::Plugin { .. } => "plugin",
            Self::OwnCommand { .. } => "own_command",
            Self::Argument { .. } => "argument",
            Self::Notified { .. } => "notified",
            Self::Lost { .. } => "not_carried_over",
            Self::Settings { .. } => "settings",
            Self::FewerRetries { .. } => "fewer_retries",
            Self::RetryDelays => "retry_delays",
            Self::Deleted => "deleted",
            Self::NoCommand => "no_command",
            Self::OtherKind { .. } => "other_kind",
            Self::NoUnit { .. } => "no_unit",
            Self::Unexpanded { .. } => "unexpanded",
            Self::ForeignVariable { .. } => "foreign_variable",
            Self::User { .. } => "user",
        }
    }

    /// The sentence for a reader.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        self.say(lang)
    }
}

impl Say for Remark {
    fn words(&self) -> Text {
        match self {
            Self::Disabled => both(
                "在原系统里是停用的，保持暂停",
                "it is switched off there, and stays paused",
            ),
            Self::Finished => both(
                "在原系统里已结单，保持暂停",
                "it is finished there, and stays paused",
            ),
            Self::Chased => both(
                "在原系统里正在催单；恢复任务后，需要时请重新开启催单",
                "it is chased there; start the chase again here if it is still needed",
            ),
            Self::StateUnknown => both(
                "文件里没有启停状态，保持暂停",
                "the file does not say whether it is switched on, so it stays paused",
            ),
            Self::NoSchedule => both(
                "没有调度周期（只手动执行），这里填了每年 1 月 1 日，保持暂停；可以手动执行，或改成需要的周期",
                "it has no schedule and is only started by hand; 1 January is a placeholder, and it stays paused. Start it by hand, or set a schedule",
            ),
            Self::Follows { other } => both(
                format!("由“{other}”触发；这里用同样的周期，并等它执行结束"),
                format!(
                    "it is started after \"{other}\"; here it has the same schedule and waits for its run"
                ),
            ),
            Self::AlsoFollows { other } => both(
                format!("除了自己的周期，原来还由“{other}”触发；这一点没有导入"),
                format!(
                    "apart from its own schedule it is started after \"{other}\" there, which is not carried over"
                ),
            ),
            Self::StartsOther { other } => both(
                format!("执行后会触发 {other}，这里无法对应，没有导入"),
                format!(
                    "it starts {other} afterwards, which has no counterpart here and is not carried over"
                ),
            ),
            Self::BothDays => both(
                "日和星期要同时符合才执行，而这里符合其一就执行；保持暂停，请改成只限定其中一个，并在命令里判断另一个",
                "both day fields must match there, and here one is enough: it stays paused. Restrict only one of them, and test the other in the command",
            ),
            Self::Years => both(
                "年份限制改成了有效期",
                "the years of its schedule became its active period",
            ),
            Self::YearsApart => both(
                "年份不连续，有效期包含了中间的年份；保持暂停，请检查",
                "its years are not consecutive, and the active period includes those between them: it stays paused",
            ),
            Self::Interval => both(
                "间隔从原系统启动时算起，这里从固定的起点算起",
                "its interval counts from a start there, and from a fixed instant here",
            ),
            Self::FixedDelay => both(
                "间隔从上次执行结束时算起，这里从固定的起点算起",
                "its interval counts from the end of the last run there, and from a fixed instant here",
            ),
            Self::Boot => both(
                "原来在开机或启动后执行，这里在 Jcrontab 启动时执行",
                "it runs after a boot or a start there; here it runs when Jcrontab starts",
            ),
            Self::Unreadable { schedule } => both(
                format!("周期“{schedule}”无法换算，没有导入；请自行设置"),
                format!(
                    "the schedule \"{schedule}\" has no equivalent here and was not imported: set one"
                ),
            ),
            Self::Elsewhere { places } if places.is_empty() => both(
                "原来在执行器所在的主机上执行，这里在本服务器上执行",
                "it runs on the hosts of its executor there, and on this server here",
            ),
            Self::Elsewhere { places } => both(
                format!("原来在 {places} 上执行，这里在本服务器上执行"),
                format!("it runs on {places} there, and on this server here"),
            ),
            Self::Sharded => both(
                "原来在每台主机上各执行一次，这里只执行一次；保持暂停",
                "it runs on each of its hosts there, and once here: it stays paused",
            ),
            Self::Handler { name } => both(
                format!(
                    "{name} 是执行器里的 Java 代码，没有命令可导入；保持暂停，请填写命令，或改成调用它的 HTTP 请求"
                ),
                format!(
                    "{name} is code inside its executor, so there is no command: it stays paused. Enter a command, or a request that calls it"
                ),
            ),
            Self::Image { image } => both(
                format!(
                    "原来在镜像 {image} 的容器里执行；保持暂停，请确认本机有同样的程序，或在命令里用 docker run、kubectl"
                ),
                format!(
                    "it runs in a container of {image}: it stays paused. Check that this host has its programs, or use `docker run` or `kubectl` in the command"
                ),
            ),
            Self::Plugin { name } => both(
                format!("插件 {name} 在这里没有对应，没有命令可导入；保持暂停，请填写命令"),
                format!(
                    "the plugin {name} has no counterpart, so there is no command: it stays paused. Enter one"
                ),
            ),
            Self::OwnCommand { command } => both(
                format!("{command} 是原系统自带的命令，本机不一定有；保持暂停，请改写命令"),
                format!(
                    "{command} is a command of the other system: it stays paused. Write the command without it"
                ),
            ),
            Self::Argument { text } => both(
                format!("脚本的参数“{text}”没有传入；保持暂停，请写进脚本"),
                format!(
                    "its script gets the argument \"{text}\", which is not passed here: it stays paused. Put it into the script"
                ),
            ),
            Self::Notified { whom } if whom.is_empty() => both(
                "原来会发送通知；请用通知渠道或规则设置",
                "it sends notifications there; use a channel or a rule",
            ),
            Self::Notified { whom } => both(
                format!("原来通知 {whom}；请用通知渠道或规则设置"),
                format!("it notifies {whom} there; use a channel or a rule"),
            ),
            Self::Lost { field, value } => both(
                format!("{field}（{value}）没有对应的设置，没有导入"),
                format!("{field} ({value}) has no counterpart and is not carried over"),
            ),
            Self::Settings { settings } => both(
                format!("这些设置没有对应，没有导入：{settings}"),
                format!("these settings have no counterpart and are not carried over: {settings}"),
            ),
            Self::FewerRetries { times } => both(
                format!("原来失败后重试 {times} 次，这里最多 19 次"),
                format!("it is retried {times} times there, and at most 19 times here"),
            ),
            Self::RetryDelays => both(
                "原来每次重试的等待依次多 1 分钟，这里依次加倍",
                "each retry waits a minute longer there, and twice as long here",
            ),
            Self::Deleted => both(
                "在原系统里已删除，只剩数据行",
                "it is deleted there, and only its row is left",
            ),
            Self::NoCommand => both("没有要执行的命令", "it has nothing to run"),
            Self::OtherKind { kind } if kind.is_empty() => both(
                "不是 CronJob，没有导入",
                "not a CronJob; it was not imported",
            ),
            Self::OtherKind { kind } => both(
                format!("它是 {kind}，不是 CronJob，没有导入"),
                format!("it is of the kind {kind}; only CronJobs are imported"),
            ),
            Self::NoUnit { unit } => both(
                format!("文件里没有它启动的 {unit}；保持暂停，请填写命令，或连同它一起导入"),
                format!(
                    "the files do not have {unit}, which it starts: it stays paused. Enter a command, or delete the task and import it with that unit"
                ),
            ),
            Self::Unexpanded { text } => both(
                format!("“{text}”里的变量或占位符在这里含义不同，请检查命令"),
                format!(
                    "\"{text}\" has variables or specifiers that mean something else here: check the command"
                ),
            ),
            Self::ForeignVariable { name } => both(
                format!(
                    "变量 {name} 的值不在文件里，或任务不能设置它，没有导入；密钥请在任务页面授权"
                ),
                format!(
                    "the variable {name} has its value elsewhere, or no task can have it: it is not carried over. Grant secrets to the task"
                ),
            ),
            Self::User { user } => both(
                format!("以用户 {user} 执行，需要服务器允许（--run-as-allow）"),
                format!("it runs as {user}, which the server has to allow (--run-as-allow)"),
            ),
        }
    }
}
