//! What a person should know of a task or a preview: it is saved as it stands, and hardly meant so.

use app::duration::duration_words;
use app::i18n::Lang;
use app::ticket::FIRINGS_OPEN_MAX;

use super::{Say, Text, both};

/// What a person should know of a task that was saved.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum TaskWarning {
    /// Its window is over.
    Over,
    /// Its only times have passed.
    Past,
    /// Its only times lie before its window.
    BeforeWindow,
    /// Its only times lie behind its window.
    BehindWindow,
    /// It would fire, but never in its window.
    NeverInWindow,
    /// Its limit of memory holds for each process: there are no control groups.
    MemoryOfEachProcess,
    /// Its shell is not on this server.
    NoShell {
        /// Where it was looked for.
        path: String,
    },
    /// The C library does not know the zone in its variables, and takes UTC silently.
    UnknownTz {
        /// The value of `TZ`.
        value: String,
    },
    /// Its firings open tickets faster than these expire.
    ManyTickets {
        /// After how many seconds each expires.
        expires_after: i64,
    },
    /// It opens tickets, and no channel gets their urges.
    UrgesWithoutChannel,
    /// It opens tickets, and their urges mention no person.
    UrgesWithoutOwner,
    /// The only time of its chase schedule has passed.
    UrgePast,
    /// Something about its chase schedule.
    Urge {
        /// What, in both languages.
        warning: Text,
    },
}

impl Say for TaskWarning {
    fn words(&self) -> Text {
        let of_urge = |warning: &Text| {
            both(
                format!("催单工作周期：{}", warning.zh),
                format!("Chase schedule: {}", warning.en),
            )
        };
        match self {
            Self::Over => both(
                "有效期已经结束，这个任务不会再执行",
                "Its active period has ended: the task will not run",
            ),
            Self::Past => both(
                "指定的时间已经过去，这个任务不会执行",
                "The scheduled time has passed: the task will not run",
            ),
            Self::BeforeWindow => both(
                "指定的时间早于有效期，这个任务不会执行",
                "The scheduled time is before the active period: the task will not run",
            ),
            Self::BehindWindow => both(
                "指定的时间晚于有效期，这个任务不会执行",
                "The scheduled time is after the active period: the task will not run",
            ),
            Self::NeverInWindow => both(
                "有效期内没有任何执行时间，这个任务不会执行",
                "The schedule never fires within the active period: the task will not run",
            ),
            Self::MemoryOfEachProcess => both(
                "这台服务器上没有可用的内存控制器（cgroup v2）：内存限制对每个进程分别生效，不限制一次执行的合计",
                "This server has no memory controller (cgroup v2): the memory limit holds for each process, not for a run as a whole",
            ),
            Self::NoShell { path } => both(
                format!(
                    "这台服务器上没有可执行的 shell {path}：在这里执行会失败，其他节点上可能有"
                ),
                format!(
                    "This server has no executable shell {path}: runs here will fail; it may exist on another node"
                ),
            ),
            Self::ManyTickets { expires_after } => {
                let after = |lang| duration_words(*expires_after, lang);
                both(
                    format!(
                        "每次提醒产生一个待办，{} 内的提醒超过 {FIRINGS_OPEN_MAX} 次：没有完成的待办多于 {FIRINGS_OPEN_MAX} 个时，最早的会过期。可以缩短过期时间，或改为 task",
                        after(Lang::Zh)
                    ),
                    format!(
                        "Each reminder opens a ticket, and there are more than {FIRINGS_OPEN_MAX} of them within {}: of more than {FIRINGS_OPEN_MAX} open tickets the oldest expire. Let tickets expire sooner, or open one for the task",
                        after(Lang::En)
                    ),
                )
            }
            Self::UrgesWithoutChannel => both(
                "这个任务会产生待办，但没有通知渠道，催单发不出去：请选择通知渠道，或为“待办催单”加一条通知规则",
                "This task opens tickets, but no channel gets their urges: choose a channel for the task, or add a rule for ticket_urged",
            ),
            Self::UrgesWithoutOwner => both(
                "这个任务会产生待办，但没有负责人，催单不会提醒任何人：请填写负责人，或在升级里写上要催的人",
                "This task opens tickets, but has no owner, so urges mention no person: enter an owner, or name people in its escalation",
            ),
            Self::UnknownTz { value } => both(
                format!(
                    "环境变量 TZ 的值 {value} 不是已知的时区名，命令会按 UTC 计时；请写 Asia/Shanghai 这样的 IANA 名"
                ),
                format!(
                    "In the variable TZ, {value} is not a known time zone: the command uses UTC instead. Use an IANA name such as Asia/Shanghai"
                ),
            ),
            Self::UrgePast => of_urge(&both("指定的时间已经过去", "the scheduled time has passed")),
            Self::Urge { warning } => of_urge(warning),
        }
    }
}

/// What a person should know of a preview.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum PreviewNote {
    /// Nothing fires after the end of the window.
    WindowEnds {
        /// When that is.
        end: String,
        /// The zone of that time.
        zone: String,
    },
    /// A calendar does not know a year.
    NoDataFor {
        /// Its name.
        calendar: String,
        /// The year.
        year: i32,
    },
}

impl Say for PreviewNote {
    fn words(&self) -> Text {
        match self {
            Self::WindowEnds { end, zone } => both(
                format!("截止时间是 {end}（{zone}），之后不再执行"),
                format!("The active period ends at {end} ({zone}); nothing fires after that"),
            ),
            Self::NoDataFor { calendar, year } => both(
                format!("日历 {calendar} 没有 {year} 年的数据，该年按周一至周五为工作日计算"),
                format!(
                    "Calendar {calendar} has no data for {year}: Monday to Friday count as working days then"
                ),
            ),
        }
    }
}

/// What separates the words of one schedule from those of the next.
#[must_use]
pub const fn between_schedules(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "；",
        Lang::En => "; ",
    }
}
