//! Texts, their canonical form and their descriptions in both languages, each checked by a person.

use super::*;
use crate::schedule::describe_schedule;

/// text | canonical | Chinese | English
const WORDS: &str = "
every 90s | every 1m30s | 每 90 秒 | Every 90 seconds
@every 90s | every 1m30s | 每 90 秒 | Every 90 seconds
Every 90 seconds | every 1m30s | 每 90 秒 | Every 90 seconds
every 90 sec | every 1m30s | 每 90 秒 | Every 90 seconds
@every 1h30m | every 1h30m | 每 90 分钟 | Every 90 minutes
@every 1m0s | every 1m | 每分钟 | Every minute
every 1h 30m | every 1h30m | 每 90 分钟 | Every 90 minutes
every 2h from 2026-11-22 09:00 | every 2h from 2026-11-22T09:00:00 | 每 2 小时，从 2026-11-22 09:00 起 | Every 2 hours, from 2026-11-22 09:00
every 2 hours from 2026-11-22 09:00:30 | every 2h from 2026-11-22T09:00:30 | 每 2 小时，从 2026-11-22 09:00:30 起 | Every 2 hours, from 2026-11-22 09:00:30
every 2h from 2026-11-22T09:00:00Z | every 2h from 2026-11-22T09:00:00Z | 每 2 小时，从 2026-11-22 09:00 UTC 起 | Every 2 hours, from 2026-11-22 09:00 UTC
every 2h from 2026-11-22T09:00:00+08:00 | every 2h from 2026-11-22T01:00:00Z | 每 2 小时，从 2026-11-22 01:00 UTC 起 | Every 2 hours, from 2026-11-22 01:00 UTC
every 2h from 2027-01-01T05:00:00.000+08:00 | every 2h from 2026-12-31T21:00:00Z | 每 2 小时，从 2026-12-31 21:00 UTC 起 | Every 2 hours, from 2026-12-31 21:00 UTC
每90秒 | every 1m30s | 每 90 秒 | Every 90 seconds
每 90 秒 | every 1m30s | 每 90 秒 | Every 90 seconds
每隔 90 秒 | every 1m30s | 每 90 秒 | Every 90 seconds
每 90 秒一次 | every 1m30s | 每 90 秒 | Every 90 seconds
每 2 小时，从 2026-11-22 09:00 起 | every 2h from 2026-11-22T09:00:00 | 每 2 小时，从 2026-11-22 09:00 起 | Every 2 hours, from 2026-11-22 09:00
每2小时,从2026-11-22 09:00开始 | every 2h from 2026-11-22T09:00:00 | 每 2 小时，从 2026-11-22 09:00 起 | Every 2 hours, from 2026-11-22 09:00
每 2 小时，从 2026年11月22日 9：00 起 | every 2h from 2026-11-22T09:00:00 | 每 2 小时，从 2026-11-22 09:00 起 | Every 2 hours, from 2026-11-22 09:00
每 1 小时 30 分钟 | every 1h30m | 每 90 分钟 | Every 90 minutes
每小时 | every 1h | 每小时 | Every hour
每分钟 | every 1m | 每分钟 | Every minute
每天 | every 1d | 每 24 小时 | Every 24 hours
每周 | every 7d | 每 7 天 | Every 7 days
every minute | every 1m | 每分钟 | Every minute
every hour | every 1h | 每小时 | Every hour
every day | every 1d | 每 24 小时 | Every 24 hours
every week | every 7d | 每 7 天 | Every 7 days
every 1d | every 1d | 每 24 小时 | Every 24 hours
every 2w | every 14d | 每 14 天 | Every 14 days
every 45d | every 45d | 每 45 天 | Every 45 days
every 366d | every 366d | 每 366 天 | Every 366 days
every 7m | every 7m | 每 7 分钟 | Every 7 minutes
every 100m | every 1h40m | 每 1 小时 40 分钟 | Every 1 hour and 40 minutes
every 36h | every 1d12h | 每 36 小时 | Every 36 hours
every 3661s | every 1h1m1s | 每 1 小时 1 分钟 1 秒 | Every 1 hour, 1 minute and 1 second
at 2026-12-01 09:00 | at 2026-12-01T09:00:00 | 2026-12-01 09:00 一次 | Once, on 2026-12-01 at 09:00
@at 2026-12-01 09:00:15 | at 2026-12-01T09:00:15 | 2026-12-01 09:00:15 一次 | Once, on 2026-12-01 at 09:00:15
once 2026-12-01 09:00 | at 2026-12-01T09:00:00 | 2026-12-01 09:00 一次 | Once, on 2026-12-01 at 09:00
ONCE at 2026-12-01 09:00 | at 2026-12-01T09:00:00 | 2026-12-01 09:00 一次 | Once, on 2026-12-01 at 09:00
一次 2026-12-01 09:00 | at 2026-12-01T09:00:00 | 2026-12-01 09:00 一次 | Once, on 2026-12-01 at 09:00
2026-12-01 09:00 | at 2026-12-01T09:00:00 | 2026-12-01 09:00 一次 | Once, on 2026-12-01 at 09:00
2026-12-01 09:00 一次 | at 2026-12-01T09:00:00 | 2026-12-01 09:00 一次 | Once, on 2026-12-01 at 09:00
2026/12/1 9:00 | at 2026-12-01T09:00:00 | 2026-12-01 09:00 一次 | Once, on 2026-12-01 at 09:00
2026年12月1日 09:00 | at 2026-12-01T09:00:00 | 2026-12-01 09:00 一次 | Once, on 2026-12-01 at 09:00
2026-12-01T09:00:00Z | at 2026-12-01T09:00:00Z | 2026-12-01 09:00 UTC 一次 | Once, on 2026-12-01 at 09:00 UTC
2026-12-01T09:00:00+08:00 | at 2026-12-01T01:00:00Z | 2026-12-01 01:00 UTC 一次 | Once, on 2026-12-01 at 01:00 UTC
2026-12-01T01:00:00.000Z | at 2026-12-01T01:00:00Z | 2026-12-01 01:00 UTC 一次 | Once, on 2026-12-01 at 01:00 UTC
2024-02-29 00:00 | at 2024-02-29T00:00:00 | 2024-02-29 00:00 一次 | Once, on 2024-02-29 at 00:00
@startup | @startup | 服务启动时 | When a server starts
@reboot | @startup | 服务启动时 | When a server starts
启动时 | @startup | 服务启动时 | When a server starts
服务启动时 | @startup | 服务启动时 | When a server starts
";

/// text | rule | calendar | jitter | Chinese | English
const SCHEDULES: &str = "
0 9 * * * | work_days | - | - | 工作日（按日历 cn，含调休）09:00 | Working days (calendar cn, make-up days included) at 09:00
0 9 * * * | work_days | us | - | 工作日（按日历 us）09:00 | Working days (calendar us) at 09:00
0 9 * * * | work_days | - | 300 | 工作日（按日历 cn，含调休）09:00，随机延后不超过 5 分钟 | Working days (calendar cn, make-up days included) at 09:00, delayed by a random time of up to 5 minutes
0 9 * * * | work_days | - | 300= | 工作日（按日历 cn，含调休）09:00，每次固定延后同样久，不超过 5 分钟 | Working days (calendar cn, make-up days included) at 09:00, always delayed by the same time, up to 5 minutes
0 10 * * * | rest_days | - | - | 休息日（按日历 cn，含节假日）10:00 | Days off (calendar cn, holidays included) at 10:00
0 9 * * * | next_work_day | - | - | 每天 09:00，遇休息日顺延到下一个工作日 | Every day at 09:00; if that is a day off, on the next working day
0 9 * * * | next_work_day | us | - | 每天 09:00，遇休息日顺延到下一个工作日（按日历 us） | Every day at 09:00; if that is a day off, on the next working day (calendar us)
0 9 1 * * | previous_work_day | - | - | 每月 1 日 09:00，遇休息日提前到上一个工作日 | On the 1st of the month at 09:00; if that is a day off, on the working day before
15 3 1,15 * * | next_work_day | - | 90 | 每月 1、15 日 03:15，遇休息日顺延到下一个工作日；随机延后不超过 90 秒 | On the 1st and 15th of the month at 03:15; if that is a day off, on the next working day; delayed by a random time of up to 90 seconds
0 9 * * * | nth_work_day:3 | - | - | 每月第 3 个工作日 09:00 | On the 3rd working day of the month at 09:00
0 18 * * * | nth_work_day:-1 | - | - | 每月最后一个工作日 18:00 | On the last working day of the month at 18:00
0 18 * * * | nth_work_day:-2 | us | 60= | 每月倒数第 2 个工作日（按日历 us）18:00，每次固定延后同样久，不超过 1 分钟 | On the 2nd to last working day of the month (calendar us) at 18:00, always delayed by the same time, up to 1 minute
0 9 * 6-8 * | nth_work_day:1 | - | - | 每年 6–8 月的第 1 个工作日 09:00 | On the 1st working day of June–August at 09:00
0 9 * 6-8 * | work_days | - | - | 每年 6–8 月的工作日（按日历 cn，含调休）09:00 | Working days (calendar cn, make-up days included) in June–August at 09:00
*/5 9-18 * * * | work_days | - | - | 工作日（按日历 cn，含调休）09:00–18:55 每 5 分钟 | Every 5 minutes from 09:00 to 18:55, on working days (calendar cn, make-up days included)
*/5 * * * * | work_days | - | - | 工作日（按日历 cn，含调休）每 5 分钟 | Every 5 minutes, on working days (calendar cn, make-up days included)
*/5 * * * * | nth_work_day:2 | - | - | 每月第 2 个工作日 每 5 分钟 | Every 5 minutes, on the 2nd working day of the month
0 9 * * 1-5 | any | - | - | 工作日（周一至周五）09:00 | Weekdays at 09:00
0 9 * * 1-5 | work_days | - | - | 周一至周五 09:00，仅限工作日（按日历 cn） | Monday to Friday at 09:00, only on working days (calendar cn)
0 9 * * 1-5 | next_work_day | - | - | 周一至周五 09:00，遇休息日顺延到下一个工作日 | Monday to Friday at 09:00; if that is a day off, on the next working day
0 9 * * 6 | work_days | - | - | 每周六 09:00，仅限工作日（按日历 cn，含调休） | Every Saturday at 09:00, only on working days (calendar cn, make-up days included)
0 9 * * 1-5 | rest_days | - | - | 周一至周五 09:00，仅限休息日（按日历 cn，含节假日） | Monday to Friday at 09:00, only on days off (calendar cn, holidays included)
0 9 31 * * | work_days | us | - | 每月 31 日 09:00，仅限工作日（按日历 us） | On the 31st of the month at 09:00, only on working days (calendar us)
every 30m | work_days | - | - | 每 30 分钟，仅限工作日（按日历 cn，含调休） | Every 30 minutes, only on working days (calendar cn, make-up days included)
every 2h from 2026-11-22 09:00 | rest_days | us | 600 | 每 2 小时，从 2026-11-22 09:00 起，仅限休息日（按日历 us），随机延后不超过 10 分钟 | Every 2 hours, from 2026-11-22 09:00, only on days off (calendar us), delayed by a random time of up to 10 minutes
2026-12-01 09:00 | any | - | 5400 | 2026-12-01 09:00 一次，随机延后不超过 90 分钟 | Once, on 2026-12-01 at 09:00, delayed by a random time of up to 90 minutes
@startup | any | - | 30 | 服务启动时，随机延后不超过 30 秒 | When a server starts, delayed by a random time of up to 30 seconds
@daily | any | - | 3600 | 每天 00:00，随机延后不超过 1 小时 | Every day at 00:00, delayed by a random time of up to 1 hour
0 9 31 2 * | next_work_day | - | - | 每年 2 月 31 日 09:00（没有这样的日期，永不执行），遇休息日顺延到下一个工作日 | On the 31st of February at 09:00 (no such date: never runs); if that is a day off, on the next working day
0 9 1-31 * * | work_days | - | - | 每天 09:00，仅限工作日（按日历 cn，含调休） | Every day at 09:00, only on working days (calendar cn, make-up days included)
nonsense | work_days | - | - | nonsense | nonsense
";

#[test]
fn texts_read_as_in_the_table() {
    for row in WORDS.trim().lines() {
        let [text, canonical, zh, en] = row.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("not four columns: {row}");
        };
        let spec = parse(text);
        assert_eq!(spec.canonical(), canonical, "{text}");
        assert_eq!(spec.describe(Lang::Zh), zh, "{text}");
        assert_eq!(spec.describe(Lang::En), en, "{text}");
        assert_eq!(parse(canonical), spec, "{text}");
        // Only cron expressions differ by dialect.
        assert_eq!(
            ScheduleSpec::parse_dialect(text, Dialect::Quartz),
            Ok(spec),
            "{text}"
        );
    }
}

#[test]
fn schedules_read_as_in_the_table() {
    for row in SCHEDULES.trim().lines() {
        let [spec, rule, calendar, jitter, zh, en] = row.split(" | ").collect::<Vec<_>>()[..]
        else {
            panic!("not six columns: {row}");
        };
        let schedule = schedule(spec, rule, calendar, jitter);
        assert_eq!(describe_schedule(&schedule, Lang::Zh), zh, "{row}");
        assert_eq!(describe_schedule(&schedule, Lang::En), en, "{row}");
    }
}
