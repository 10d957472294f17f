//! Refused texts and their sentences in both languages.

use super::*;

/// text | Chinese | English
const FAULTS: &str = "
every 0s | 间隔最短 1 秒；请写 every 1s 或更长 | An interval is at least 1 second; write every 1s or longer
every 0s0m | 间隔最短 1 秒；请写 every 1s 或更长 | An interval is at least 1 second; write every 1s or longer
every 90 | 90 没有单位；请写 90s（秒）、90m（分钟）或 90h（小时） | 90 has no unit; write 90s for seconds, 90m for minutes or 90h for hours
every 90 from 2026-12-01 09:00 | 90 没有单位；请写 90s（秒）、90m（分钟）或 90h（小时） | 90 has no unit; write 90s for seconds, 90m for minutes or 90h for hours
每 90 | 90 没有单位；请写 90s（秒）、90m（分钟）或 90h（小时） | 90 has no unit; write 90s for seconds, 90m for minutes or 90h for hours
every -5m | 间隔不能是负数；请去掉减号，例如 every 5m | An interval cannot be negative; remove the minus sign, for example every 5m
every 1.5h | 1.5 不是整数；请写整数，例如 1h30m 或 90m | 1.5 is not a whole number; write whole numbers, for example 1h30m or 90m
every 500ms | 间隔最短 1 秒；请写 every 1s 或更长 | An interval is at least 1 second; write every 1s or longer
@every 1h30 | 30 没有单位；请写 30s（秒）、30m（分钟）或 30h（小时） | 30 has no unit; write 30s for seconds, 30m for minutes or 30h for hours
every 3 fortnights | 不认识单位 fortnights；请用 s、m、h、d、w（秒、分钟、小时、天、周） | The unit fortnights is unknown; write s, m, h, d or w (seconds, minutes, hours, days, weeks)
every 5M | 不认识单位 M；请用 s、m、h、d、w（秒、分钟、小时、天、周） | The unit M is unknown; write s, m, h, d or w (seconds, minutes, hours, days, weeks)
every 3 months | “3 months”的长短不固定，不能作间隔；请写 cron 表达式，每月 1 日零点是 0 0 1 * * | \"3 months\" does not always have the same length; write a cron expression: 0 0 1 * * is midnight on the 1st of the month
每月 | “月”的长短不固定，不能作间隔；请写 cron 表达式，每月 1 日零点是 0 0 1 * * | \"月\" does not always have the same length; write a cron expression: 0 0 1 * * is midnight on the 1st of the month
每 2 个月 | “2 个月”的长短不固定，不能作间隔；请写 cron 表达式，每月 1 日零点是 0 0 1 * * | \"2 个月\" does not always have the same length; write a cron expression: 0 0 1 * * is midnight on the 1st of the month
每五分钟 | “五分钟”不是间隔；请写数字和单位，例如 every 90s 或 每 90 秒 | \"五分钟\" is not an interval; write a number and a unit, for example every 90s
every morning | “morning”不是间隔；请写数字和单位，例如 every 90s 或 每 90 秒 | \"morning\" is not an interval; write a number and a unit, for example every 90s
every other day | “other day”不是间隔；请写数字和单位，例如 every 90s 或 每 90 秒 | \"other day\" is not an interval; write a number and a unit, for example every 90s
every | 没有写间隔；例如 every 90s 或 每 90 秒 | The interval is missing; for example every 90s
每 | 没有写间隔；例如 every 90s 或 每 90 秒 | The interval is missing; for example every 90s
every 367d | 间隔最长 366 天；更长的请写 cron 表达式，如 0 0 1 1 *（每年 1 月 1 日） | An interval is at most 366 days; for longer ones write a cron expression such as 0 0 1 1 * (once a year)
every 99999999999999999999s | 间隔最长 366 天；更长的请写 cron 表达式，如 0 0 1 1 *（每年 1 月 1 日） | An interval is at most 366 days; for longer ones write a cron expression such as 0 0 1 1 * (once a year)
every day at 09:00 | 间隔后面的“at 09:00”看不懂；只能写起点，如 every 2h from 2026-12-01 09:00；固定时刻请写 cron 表达式，每天 09:00 是 0 9 * * * | \"at 09:00\" after the interval is not understood; only a start may follow: every 2h from 2026-12-01 09:00. For fixed times write a cron expression: 0 9 * * * is every day at 09:00
每天 09:00 | 间隔后面的“09:00”看不懂；只能写起点，如 every 2h from 2026-12-01 09:00；固定时刻请写 cron 表达式，每天 09:00 是 0 9 * * * | \"09:00\" after the interval is not understood; only a start may follow: every 2h from 2026-12-01 09:00. For fixed times write a cron expression: 0 9 * * * is every day at 09:00
每周一 09:00 | 间隔后面的“一 09:00”看不懂；只能写起点，如 every 2h from 2026-12-01 09:00；固定时刻请写 cron 表达式，每天 09:00 是 0 9 * * * | \"一 09:00\" after the interval is not understood; only a start may follow: every 2h from 2026-12-01 09:00. For fixed times write a cron expression: 0 9 * * * is every day at 09:00
every 2h from | 没有写时间；例如 2026-12-01 09:00 | The date and time are missing; for example 2026-12-01 09:00
every 2h from 2026-11-22 | 2026-11-22 没有时刻；请写 2026-11-22 09:00 这样 | 2026-11-22 has no time of day; write, for example, 2026-11-22 09:00
every 2h since 2026-11-22 09:00 | 间隔后面的“since 2026-11-22 09:00”看不懂；只能写起点，如 every 2h from 2026-12-01 09:00；固定时刻请写 cron 表达式，每天 09:00 是 0 9 * * * | \"since 2026-11-22 09:00\" after the interval is not understood; only a start may follow: every 2h from 2026-12-01 09:00. For fixed times write a cron expression: 0 9 * * * is every day at 09:00
at | 没有写时间；例如 2026-12-01 09:00 | The date and time are missing; for example 2026-12-01 09:00
at 09:00 | 只有时刻 09:00，没有日期；请写 2026-12-01 09:00 这样；每天 09:00 请写 0 9 * * * | 09:00 has no date; write, for example, 2026-12-01 09:00; for every day at 09:00 write 0 9 * * *
at 2026-12-01 | 2026-12-01 没有时刻；请写 2026-12-01 09:00 这样 | 2026-12-01 has no time of day; write, for example, 2026-12-01 09:00
2026-12-01 | 2026-12-01 没有时刻；请写 2026-12-01 09:00 这样 | 2026-12-01 has no time of day; write, for example, 2026-12-01 09:00
at tomorrow 9am | “tomorrow 9am”不是认识的日期时间；请写 2026-12-01 09:00 这样 | \"tomorrow 9am\" is not a known date and time; write, for example, 2026-12-01 09:00
at 2026-02-30 09:00 | 没有 2026-02-30 这一天；该月最后一天是 2026-02-28 | There is no 2026-02-30; the last day of that month is 2026-02-28
at 2026-04-31 09:00 | 没有 2026-04-31 这一天；该月最后一天是 2026-04-30 | There is no 2026-04-31; the last day of that month is 2026-04-30
2027-02-29 09:00 | 没有 2027-02-29 这一天；该月最后一天是 2027-02-28 | There is no 2027-02-29; the last day of that month is 2027-02-28
at 2026-13-01 09:00 | 没有 13 月；日期请写 年-月-日，如 2026-12-01 | There is no month 13; write the date as year-month-day: 2026-12-01
at 2026-12-00 09:00 | 没有 2026-12-00 这一天；该月最后一天是 2026-12-31 | There is no 2026-12-00; the last day of that month is 2026-12-31
at 2026-12-01 24:00 | 没有 24:00 这个时刻；请写 00:00–23:59，24 点是次日 00:00 | There is no time 24:00; write 00:00–23:59, and for 24:00 the next day at 00:00
at 2026-12-01 9:60 | 没有 9:60 这个时刻；请写 00:00–23:59，24 点是次日 00:00 | There is no time 9:60; write 00:00–23:59, and for 24:00 the next day at 00:00
at 1999-12-31 23:59 | 年份 1999 不在 2000–2999 之间；请检查年份 | The year 1999 is out of range 2000–2999; check the year
2000-01-01T00:00:00+08:00 | 年份 1999 不在 2000–2999 之间；请检查年份 | The year 1999 is out of range 2000–2999; check the year
at 3000-01-01 00:00 | 年份 3000 不在 2000–2999 之间；请检查年份 | The year 3000 is out of range 2000–2999; check the year
01.12.2026 09:00 | “01.12.2026 09:00”不是认识的日期时间；请写 2026-12-01 09:00 这样 | \"01.12.2026 09:00\" is not a known date and time; write, for example, 2026-12-01 09:00
12/01/2026 09:00 | “12/01/2026 09:00”不是认识的日期时间；请写 2026-12-01 09:00 这样 | \"12/01/2026 09:00\" is not a known date and time; write, for example, 2026-12-01 09:00
20261201 09:00 | “20261201 09:00”不是认识的日期时间；请写 2026-12-01 09:00 这样 | \"20261201 09:00\" is not a known date and time; write, for example, 2026-12-01 09:00
at 2026-12-01 09:00 pm | 时间后面的“pm”看不懂；时刻用 24 小时制，时区是任务的，也可写 Z 或 +08:00 | \"pm\" after the time is not understood; write the time from 00:00 to 23:59, in the task's zone or with Z or +08:00
at 2026-12-01 09:00 Asia/Shanghai | 时间后面的“Asia/Shanghai”看不懂；时刻用 24 小时制，时区是任务的，也可写 Z 或 +08:00 | \"Asia/Shanghai\" after the time is not understood; write the time from 00:00 to 23:59, in the task's zone or with Z or +08:00
at 2026-12-01 09:00:00.5 | 时间只能到秒；请删去 .5 | Times go down to the second; remove .5
at 2026-12-01  9 | “2026-12-01  9”不是认识的日期时间；请写 2026-12-01 09:00 这样 | \"2026-12-01  9\" is not a known date and time; write, for example, 2026-12-01 09:00
@startup now | “启动时”后面不能再写别的；请只写 @startup | Nothing may follow a start-up schedule; write @startup alone
每90 | 90 没有单位；请写 90s（秒）、90m（分钟）或 90h（小时） | 90 has no unit; write 90s for seconds, 90m for minutes or 90h for hours
every 5m5 | 5 没有单位；请写 5s（秒）、5m（分钟）或 5h（小时） | 5 has no unit; write 5s for seconds, 5m for minutes or 5h for hours
@every -1h | 间隔不能是负数；请去掉减号，例如 every 5m | An interval cannot be negative; remove the minus sign, for example every 5m
every 2h from 2026-02-30 09:00 | 没有 2026-02-30 这一天；该月最后一天是 2026-02-28 | There is no 2026-02-30; the last day of that month is 2026-02-28
每 2 小时，从 明天 起 | “明天”不是认识的日期时间；请写 2026-12-01 09:00 这样 | \"明天\" is not a known date and time; write, for example, 2026-12-01 09:00
2026-12-01T09:00+25:00 | 时间后面的“+25:00”看不懂；时刻用 24 小时制，时区是任务的，也可写 Z 或 +08:00 | \"+25:00\" after the time is not understood; write the time from 00:00 to 23:59, in the task's zone or with Z or +08:00
61 * * * * | 分钟：61 不在 0–59 之间 | Minute: 61 is out of range 0–59
@foo | 不认识 @foo；可写 @yearly、@monthly、@weekly、@daily、@hourly、@startup | @foo is unknown; write @yearly, @monthly, @weekly, @daily, @hourly or @startup
";

#[test]
fn faults_read_as_in_the_table() {
    for row in FAULTS.trim().lines() {
        let [text, zh, en] = row.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("not three columns: {row}");
        };
        let Err(fault) = ScheduleSpec::parse(text) else {
            panic!("{text} was accepted");
        };
        assert_eq!(fault.text(Lang::Zh), zh, "{text}");
        assert_eq!(fault.text(Lang::En), en, "{text}");
    }
}

#[test]
fn a_fix_that_is_named_works() {
    for (text, named, fix) in [
        ("every 90", "90s", "every 90s"),
        ("every -5m", "every 5m", "every 5m"),
        ("every 1.5h", "1h30m", "every 1h30m"),
        ("every 3 months", "0 0 1 * *", "0 0 1 * *"),
        ("every 500ms", "every 1s", "every 1s"),
        ("every 400d", "0 0 1 1 *", "0 0 1 1 *"),
        ("*/90 * * * *", "every 90m", "every 90m"),
        ("0 0 */40 * *", "every 40d", "every 40d"),
        (
            "every 2h from 2026-11-22",
            "2026-11-22 09:00",
            "every 2h from 2026-11-22 09:00",
        ),
        ("at tomorrow", "2026-12-01 09:00", "2026-12-01 09:00"),
        ("at 09:00", "0 9 * * *", "0 9 * * *"),
        ("每天 09:00", "0 9 * * *", "0 9 * * *"),
        ("at 2026-02-30 09:00", "2026-02-28", "at 2026-02-28 09:00"),
        ("@startup now", "@startup", "@startup"),
    ] {
        let Err(fault) = ScheduleSpec::parse(text) else {
            panic!("{text} was accepted");
        };
        for lang in [Lang::Zh, Lang::En] {
            let said = fault.text(lang);
            assert!(said.contains(named), "{text}: {said} does not name {named}");
        }
        assert!(ScheduleSpec::parse(fix).is_ok(), "{fix}");
    }
}
