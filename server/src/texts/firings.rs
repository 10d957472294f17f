//! Firings: why one is skipped, missed or moved.

use app::i18n::Lang;
use app::texts::Ui;
use jiff::civil::Date;

use super::times::local;
use super::{Text, both};
use crate::firings::{CompiledSchedule, Excluded, Firing, Slot};
use crate::timetable::civil_date;

/// Why a firing is skipped: a phrase without a full stop.
#[must_use]
pub fn excluded(excluded: &Excluded, compiled: &CompiledSchedule, zone_name: &str) -> Text {
    let named = |date: Date| {
        let name = compiled
            .calendar()
            .and_then(|calendar| calendar.day_name(date))
            .filter(|name| !name.is_empty());
        match name {
            Some(name) => both(format!("{date}（{name}）"), format!("{date} ({name})")),
            None => Text::same(date.to_string()),
        }
    };
    match excluded {
        Excluded::Day { date, work: true } => {
            let day = named(*date);
            both(
                format!("{} 是工作日", day.zh),
                format!("{} is a working day", day.en),
            )
        }
        Excluded::Day { date, work: false } => {
            let day = named(*date);
            both(
                format!("{} 是休息日", day.zh),
                format!("{} is a day off", day.en),
            )
        }
        Excluded::Merged { date } => {
            let day = named(*date);
            both(
                format!("{} 的这一次会移到同一时刻，只执行一次", day.zh),
                format!(
                    "the one planned for {} moves to the same instant, which fires once",
                    day.en
                ),
            )
        }
        Excluded::Nowhere { date } => {
            let day = named(*date);
            both(
                format!("{} 是休息日，日历里没有可以移到的工作日", day.zh),
                format!(
                    "{} is a day off, and the calendar has no working day to move to",
                    day.en
                ),
            )
        }
        Excluded::Blackout { name, until, .. } => match until {
            Some(until) => {
                let until = local(*until, zone_name);
                both(
                    format!("停跑时段“{name}”，到 {until} 为止"),
                    format!("blackout \"{name}\" until {until}"),
                )
            }
            None => both(
                format!("停跑时段“{name}”，连续不断，没有已知的结束时间"),
                format!("blackout \"{name}\", one after another with no known end"),
            ),
        },
        Excluded::Paused => both("任务已暂停", "the task is paused"),
    }
}

/// Why a firing does not start at the instant its schedule names; `None` where it does.
#[must_use]
pub fn note(firing: &Firing, slot: &Slot, compiled: &CompiledSchedule) -> Option<Text> {
    if firing.excluded.is_some() {
        return None;
    }
    let zone = compiled.cycle().zone();
    let (named, lands) = (
        civil_date(zone, firing.scheduled_for),
        civil_date(zone, slot.at),
    );
    if named != lands {
        return Some(both(
            format!("原定 {named}，是休息日，移到 {lands}"),
            format!("moved from {named}, a day off, to {lands}"),
        ));
    }
    if firing.postponed {
        return Some(both(
            "停跑时段结束时补执行",
            "postponed to the end of the blackout",
        ));
    }
    compiled.cycle().is_shifted(slot.at).then(|| {
        both(
            "时钟拨快（夏令时），这一时刻不存在，顺延到其后的第一刻",
            "clocks go forward (DST gap): the planned time does not exist, so it starts right after the gap",
        )
    })
}

/// Clocks change from one offset to another, in seconds east of UTC.
#[must_use]
pub fn clock_change(was: i32, is: i32) -> Text {
    let by = (is - was).unsigned_abs();
    let length = Text::each(|lang| app::duration::duration_words(i64::from(by), lang));
    let (zh, en) = (length.zh, length.en);
    let forward = is > was;
    let (was, is) = (offset(was), offset(is));
    if forward {
        both(
            format!("时钟拨快 {zh}（{was} → {is}）"),
            format!("clocks go forward by {en} ({was} → {is})"),
        )
    } else {
        both(
            format!("时钟拨慢 {zh}（{was} → {is}）"),
            format!("clocks go back by {en} ({was} → {is})"),
        )
    }
}

fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// What a reason in the ledger means: a phrase without a full stop, in the words of the history.
#[must_use]
pub fn reason(lang: Lang, reason: &str) -> String {
    Ui::of(lang).because(reason)
}
