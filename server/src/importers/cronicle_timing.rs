//! When an event of Cronicle or xyOps runs.

use app::schedule::ScheduleDraft;
use serde_json::Value;

use super::item::shown;
use super::json::{is_on, list, number, numbers, text};
use super::{Item, Remark, cron};

/// The timing of an event of Cronicle: lists of numbers; `false` for an event that is started by hand.
pub(super) fn timing(item: &mut Item, event: &Value) {
    if let Some(zone) = text(event, "timezone") {
        item.document.zone = zone;
    }
    let timing = &event["timing"];
    if timing.is_object() {
        lists(item, timing);
    }
}

/// The triggers of an event of xyOps.
pub(super) fn triggers(item: &mut Item, event: &Value) {
    for trigger in list(event, "triggers") {
        if !is_on(trigger, "enabled") {
            continue;
        }
        let kind = text(trigger, "type").unwrap_or_default();
        match kind.as_str() {
            "schedule" => {
                let zone = text(trigger, "timezone").unwrap_or_default();
                let is_other = !item.document.schedules.is_empty() && item.document.zone != zone;
                match is_other {
                    true => item.lost("timezone", Some(&zone)),
                    false => item.document.zone = zone,
                }
                lists(item, trigger);
            }
            "interval" => {
                let seconds = number(trigger, "duration");
                let from = instant_of(item, trigger, "start")
                    .map(|at| format!(" from {at}"))
                    .unwrap_or_default();
                item.schedule(&format!("every {seconds}s{from}"));
            }
            "single" => {
                let at = instant(number(trigger, "epoch")).unwrap_or_default();
                item.schedule(&format!("at {at}"));
            }
            "range" => {
                let start = instant_of(item, trigger, "start").unwrap_or_default();
                let end = instant_of(item, trigger, "end").unwrap_or_default();
                (item.document.starts_at, item.document.ends_at) = (start, end);
            }
            "catchup" => catch_up(item),
            // Everything may be started by hand here.
            "manual" => {}
            other => item.lost("triggers", Some(other)),
        }
    }
}

/// Catches up all that was missed.
pub(super) fn catch_up(item: &mut Item) {
    let missed = &mut item.document.missed;
    "all".clone_into(&mut missed.policy);
    "1000".clone_into(&mut missed.max);
}

/// Adds the schedule of lists of numbers: what is absent or empty is every one.
fn lists(item: &mut Item, timing: &Value) {
    let of = |name: &str| -> Vec<u32> {
        let all = numbers(timing, name).into_iter();
        all.filter_map(|number| u32::try_from(number).ok())
            .collect()
    };
    let last: Vec<i64> = numbers(timing, "days")
        .into_iter()
        .filter(|day| *day < 0)
        .collect();
    let mut day = cron::field(&of("days"), 1..=31);
    match last.as_slice() {
        [] => {}
        // Counted from the end of the month.
        [-1] if day == "*" => "L".clone_into(&mut day),
        _ => item.pause(Remark::Unreadable {
            schedule: format!("days: {last:?}"),
        }),
    }
    let weekday = cron::field(&of("weekdays"), 0..=6);
    if day != "*" && weekday != "*" {
        item.pause(Remark::BothDays);
    }
    let [minute, hour, month] = [
        cron::field(&of("minutes"), 0..=59),
        cron::field(&of("hours"), 0..=23),
        cron::field(&of("months"), 1..=12),
    ];
    cron::years(item, &of("years"));
    let spec = format!("{minute} {hour} {day} {month} {weekday}");
    item.document.schedules.push(ScheduleDraft::plain(&spec));
}

/// An optional instant of a trigger. One that is given and cannot be read is noted, and the task stays paused: without
/// its end it would run on.
fn instant_of(item: &mut Item, trigger: &Value, field: &str) -> Option<String> {
    let at = instant(number(trigger, field));
    let given = match &trigger[field] {
        Value::Null => None,
        Value::Number(number) if number.as_f64() == Some(0.0) => None,
        Value::String(text) if text.trim().is_empty() => None,
        other => Some(other.to_string()),
    };
    if let (None, Some(value)) = (&at, given) {
        item.pause(Remark::Lost {
            field: field.to_owned(),
            value: shown(&value),
        });
    }
    at
}

/// Seconds since 1970 as an instant; `None` for 0.
fn instant(seconds: u64) -> Option<String> {
    let at = chrono::DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)?;
    (seconds > 0).then(|| at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}
