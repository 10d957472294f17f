//! Sentences about firings, in both languages.

use app::i18n::Lang;
use app::occurrence::{MissReason, NotRun, SkipReason};
use app::time::Stamp;
use chrono::{DateTime, Utc};
use jiff::civil::Date;

use crate::firings::{CompiledSchedule, Excluded, Firing, Slot};
use crate::timetable::{civil_date, rules, zone};

/// A time in a zone, for a sentence: `2026-11-22 09:00:00 +08:00`.
pub(super) fn local(at: DateTime<Utc>, zone_name: &str) -> String {
    zone(zone_name).map_or_else(
        |_| Stamp(at).rfc3339(),
        |zone| rules(zone_name, &zone, at).full(Stamp(at)),
    )
}

/// Why a firing is skipped.
pub(super) fn excluded_text(
    lang: Lang,
    excluded: &Excluded,
    compiled: &CompiledSchedule,
    zone_name: &str,
) -> String {
    let named = |date: Date| {
        let name = compiled
            .calendar()
            .and_then(|calendar| calendar.day_name(date).map(str::to_owned))
            .filter(|name| !name.is_empty());
        match name {
            Some(name) => lang.pick(format!("{date}（{name}）"), format!("{date} ({name})")),
            None => date.to_string(),
        }
    };
    match excluded {
        Excluded::Day { date, work: true } => lang.pick(
            format!("{} 是工作日", named(*date)),
            format!("{} is a working day", named(*date)),
        ),
        Excluded::Day { date, work: false } => lang.pick(
            format!("{} 是休息日", named(*date)),
            format!("{} is a day off", named(*date)),
        ),
        Excluded::Merged { date } => lang.pick(
            format!("{} 的这一次会移到同一时刻，只执行一次", named(*date)),
            format!(
                "the one planned for {} moves to the same instant, which fires once",
                named(*date)
            ),
        ),
        Excluded::Nowhere { date } => lang.pick(
            format!("{} 是休息日，日历里没有可以移到的工作日", named(*date)),
            format!(
                "{} is a day off, and the calendar has no working day to move to",
                named(*date)
            ),
        ),
        Excluded::Blackout { name, until, .. } => {
            let until = until.map(|until| local(until, zone_name));
            match until {
                Some(until) => lang.pick(
                    format!("停跑时段“{name}”，到 {until} 为止"),
                    format!("blackout \"{name}\" until {until}"),
                ),
                None => lang.pick(
                    format!("停跑时段“{name}”，连续不断，没有已知的结束时间"),
                    format!("blackout \"{name}\", one after another with no known end"),
                ),
            }
        }
        Excluded::Paused => lang.pick("任务已暂停", "the task is paused").to_owned(),
    }
}

/// Why a firing does not start at the instant its schedule names; `None` where it does.
pub(super) fn note_text(
    lang: Lang,
    firing: &Firing,
    slot: &Slot,
    compiled: &CompiledSchedule,
) -> Option<String> {
    if firing.excluded.is_some() {
        return None;
    }
    let zone = compiled.cycle().zone();
    let (named, lands) = (
        civil_date(zone, firing.scheduled_for),
        civil_date(zone, slot.at),
    );
    if named != lands {
        return Some(lang.pick(
            format!("原定 {named}，是休息日，移到 {lands}"),
            format!("moved from {named}, a day off, to {lands}"),
        ));
    }
    if firing.put_off {
        return Some(
            lang.pick(
                "停跑时段结束时补执行",
                "postponed to the end of the blackout",
            )
            .to_owned(),
        );
    }
    compiled.cycle().is_shifted(slot.at).then(|| {
        lang.pick(
            "时钟拨快（夏令时），这一时刻不存在，顺延到其后的第一刻",
            "clocks go forward (DST gap): the planned time does not exist, so it starts right after the gap",
        )
        .to_owned()
    })
}

/// Clocks change from one offset to another, in seconds east of UTC.
pub(super) fn clock_change_text(lang: Lang, was: i32, is: i32) -> String {
    let by = (is - was).unsigned_abs();
    let length = app::duration::format_duration(i64::from(by));
    let forward = is > was;
    let (was, is) = (offset(was), offset(is));
    if forward {
        lang.pick(
            format!("时钟拨快 {length}（{was} → {is}）"),
            format!("clocks go forward by {length} ({was} → {is})"),
        )
    } else {
        lang.pick(
            format!("时钟拨慢 {length}（{was} → {is}）"),
            format!("clocks go back by {length} ({was} → {is})"),
        )
    }
}

fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// What a reason in the ledger means.
pub(super) fn reason_text(lang: Lang, reason: &str) -> String {
    let (zh, en) = match NotRun::read(reason) {
        Some(NotRun::Skipped(rule)) => skipped_text(rule),
        Some(NotRun::Missed(why)) => missed_text(why),
        // Of another version.
        None => return reason.to_owned(),
    };
    lang.pick(zh, en).to_owned()
}

const fn skipped_text(rule: SkipReason) -> (&'static str, &'static str) {
    match rule {
        SkipReason::Overlap => ("上一次还在执行", "the run before was still going"),
        SkipReason::QueueFull => ("排队已满", "its queue was full"),
        SkipReason::Window => ("不在任务的起止时间内", "outside the task's window"),
        SkipReason::Calendar => ("按日历这一天不执行", "the calendar leaves this day out"),
        SkipReason::Blackout => ("停跑时段", "a blackout"),
        SkipReason::Paused => ("任务已暂停", "the task was paused"),
        SkipReason::Changed => ("工作周期改过了", "its schedule was changed"),
        SkipReason::Closed => ("任务已结单", "the task was closed"),
        SkipReason::Dependency => (
            "所依赖的任务没有完成",
            "a task it depends on had not finished",
        ),
    }
}

const fn missed_text(why: MissReason) -> (&'static str, &'static str) {
    match why {
        MissReason::Down => ("当时没有服务器在运行", "no server was there"),
        MissReason::Clock => (
            "系统时钟被拨快，跳过了这一刻",
            "the clock was set forward over it",
        ),
        MissReason::TooLate => ("太晚了", "too late"),
    }
}
