//! Why a text is not a schedule, in a sentence with the fix.

use crate::cron::CronError;
use crate::duration::LengthFault;
use crate::i18n::{Lang, sentence};

/// Why a text is not a schedule. Text taken from the input is cut and stripped of invisible characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SpecFault {
    /// A cron expression with a fault.
    Cron(CronError),
    /// `@startup` followed by more text.
    StartupNotAlone,
    /// `every` and nothing else.
    IntervalMissing,
    /// `every 90`.
    UnitMissing {
        /// The number without a unit.
        number: String,
    },
    /// `every 2 fortnights`.
    UnitUnknown {
        /// The word found.
        text: String,
    },
    /// `every 3 months`: months and years differ in length.
    UnitUneven {
        /// The length found.
        text: String,
    },
    /// `every 1.5h`.
    IntervalFraction {
        /// The beginning of the number.
        text: String,
    },
    /// `every -5m`.
    IntervalNegative,
    /// `every 0s`, `every 500ms`.
    IntervalTooShort,
    /// More than 366 days.
    IntervalTooLong,
    /// Not a length: `every morning`, `每五分钟`.
    IntervalSyntax {
        /// The text found.
        text: String,
    },
    /// `every day at 09:00`: text after the interval that is not a valid start.
    IntervalTail {
        /// The text found.
        text: String,
    },
    /// `at` or `from` and nothing else.
    MomentMissing,
    /// `at 09:00`.
    DateMissing {
        /// The time found.
        time: String,
    },
    /// `at 2026-12-01`.
    TimeMissing {
        /// The date found.
        date: String,
    },
    /// A date or a time that cannot be read: `tomorrow`, `12/01/2026`.
    MomentFormat {
        /// The text found.
        text: String,
    },
    /// A year outside 2000–2999.
    YearRange {
        /// The year found, in UTC where an offset was given.
        year: i32,
    },
    /// A month outside 1–12.
    NoSuchMonth {
        /// The month found.
        month: i32,
    },
    /// `2026-02-30`.
    NoSuchDay {
        /// The date found.
        date: String,
        /// The last date of that month.
        last: String,
    },
    /// `25:00`.
    NoSuchTime {
        /// The time found.
        text: String,
    },
    /// Fractions of a second other than zero.
    MomentFraction {
        /// The digits after the point.
        text: String,
    },
    /// Text after the time that is not an offset: `pm`, `Asia/Shanghai`.
    MomentTail {
        /// The text found.
        text: String,
    },
}

impl From<LengthFault> for SpecFault {
    fn from(fault: LengthFault) -> Self {
        match fault {
            LengthFault::Missing => Self::IntervalMissing,
            LengthFault::UnitMissing { number } => Self::UnitMissing { number },
            LengthFault::UnitUnknown { text } => Self::UnitUnknown { text },
            LengthFault::UnitUneven { text } => Self::UnitUneven { text },
            LengthFault::Fraction { text } => Self::IntervalFraction { text },
            LengthFault::Negative => Self::IntervalNegative,
            LengthFault::TooShort => Self::IntervalTooShort,
            LengthFault::TooLong => Self::IntervalTooLong,
            LengthFault::Syntax { text } => Self::IntervalSyntax { text },
        }
    }
}

impl SpecFault {
    /// One sentence for a person.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        sentence(self.words(lang))
    }

    fn words(&self, lang: Lang) -> String {
        let say = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
        match self {
            Self::Cron(fault) => fault.text(lang),
            Self::StartupNotAlone => say(
                "“启动时”后面不能再写别的；请只写 @startup",
                "nothing may follow a start-up schedule; write @startup alone",
            ),
            Self::IntervalMissing => say(
                "没有写间隔；例如 every 90s 或 每 90 秒",
                "the interval is missing; for example every 90s",
            ),
            Self::UnitMissing { number } => lang.pick(
                format!("{number} 没有单位；请写 {number}s（秒）、{number}m（分钟）或 {number}h（小时）"),
                format!("{number} has no unit; write {number}s for seconds, {number}m for minutes or {number}h for hours"),
            ),
            Self::UnitUnknown { text } => lang.pick(
                format!("不认识单位 {text}；请用 s、m、h、d、w（秒、分钟、小时、天、周）"),
                format!("the unit {text} is unknown; write s, m, h, d or w (seconds, minutes, hours, days, weeks)"),
            ),
            Self::UnitUneven { text } => lang.pick(
                format!("“{text}”的长短不固定，不能作间隔；请写 cron 表达式，每月 1 日零点是 0 0 1 * *"),
                format!("\"{text}\" does not always have the same length; write a cron expression: 0 0 1 * * is midnight on the 1st of the month"),
            ),
            Self::IntervalFraction { text } => lang.pick(
                format!("{text} 不是整数；请写整数，例如 1h30m 或 90m"),
                format!("{text} is not a whole number; write whole numbers, for example 1h30m or 90m"),
            ),
            Self::IntervalNegative => say(
                "间隔不能是负数；请去掉减号，例如 every 5m",
                "an interval cannot be negative; remove the minus sign, for example every 5m",
            ),
            Self::IntervalTooShort => say(
                "间隔最短 1 秒；请写 every 1s 或更长",
                "an interval is at least 1 second; write every 1s or longer",
            ),
            Self::IntervalTooLong => say(
                "间隔最长 366 天；更长的请写 cron 表达式，如 0 0 1 1 *（每年 1 月 1 日）",
                "an interval is at most 366 days; for longer ones write a cron expression such as 0 0 1 1 * (once a year)",
            ),
            Self::IntervalSyntax { text } => lang.pick(
                format!("“{text}”不是间隔；请写数字和单位，例如 every 90s 或 每 90 秒"),
                format!("\"{text}\" is not an interval; write a number and a unit, for example every 90s"),
            ),
            Self::IntervalTail { text } => lang.pick(
                format!("间隔后面的“{text}”看不懂；只能写起点，如 every 2h from 2026-12-01 09:00；固定时刻请写 cron 表达式，每天 09:00 是 0 9 * * *"),
                format!("\"{text}\" after the interval is not understood; only a start may follow: every 2h from 2026-12-01 09:00. For fixed times write a cron expression: 0 9 * * * is every day at 09:00"),
            ),
            Self::MomentMissing => say(
                "没有写时间；例如 2026-12-01 09:00",
                "the date and time are missing; for example 2026-12-01 09:00",
            ),
            Self::DateMissing { time } => lang.pick(
                format!("只有时刻 {time}，没有日期；请写 2026-12-01 09:00 这样；每天 09:00 请写 0 9 * * *"),
                format!("{time} has no date; write, for example, 2026-12-01 09:00; for every day at 09:00 write 0 9 * * *"),
            ),
            Self::TimeMissing { date } => lang.pick(
                format!("{date} 没有时刻；请写 {date} 09:00 这样"),
                format!("{date} has no time of day; write, for example, {date} 09:00"),
            ),
            Self::MomentFormat { text } => lang.pick(
                format!("“{text}”不是认识的日期时间；请写 2026-12-01 09:00 这样"),
                format!("\"{text}\" is not a known date and time; write, for example, 2026-12-01 09:00"),
            ),
            Self::YearRange { year } => lang.pick(
                format!("年份 {year} 不在 2000–2999 之间；请检查年份"),
                format!("the year {year} is out of range 2000–2999; check the year"),
            ),
            Self::NoSuchMonth { month } => lang.pick(
                format!("没有 {month} 月；日期请写 年-月-日，如 2026-12-01"),
                format!("there is no month {month}; write the date as year-month-day: 2026-12-01"),
            ),
            Self::NoSuchDay { date, last } => lang.pick(
                format!("没有 {date} 这一天；该月最后一天是 {last}"),
                format!("there is no {date}; the last day of that month is {last}"),
            ),
            Self::NoSuchTime { text } => lang.pick(
                format!("没有 {text} 这个时刻；请写 00:00–23:59，24 点是次日 00:00"),
                format!("there is no time {text}; write 00:00–23:59, and for 24:00 the next day at 00:00"),
            ),
            Self::MomentFraction { text } => lang.pick(
                format!("时间只能到秒；请删去 .{text}"),
                format!("times go down to the second; remove .{text}"),
            ),
            Self::MomentTail { text } => lang.pick(
                format!("时间后面的“{text}”看不懂；时刻用 24 小时制，时区是任务的，也可写 Z 或 +08:00"),
                format!("\"{text}\" after the time is not understood; write the time from 00:00 to 23:59, in the task's zone or with Z or +08:00"),
            ),
        }
    }
}
