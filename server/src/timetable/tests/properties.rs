//! What must hold for every expression in every zone.

use std::time::Duration;

use super::{bundled, cpu_time, oracle};
use crate::timetable::zones::changes;
use crate::timetable::{Cycle, Patterns, instant, parse_instant, unix};
use app::cron::CronExpr;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::select;

/// Zones with unusual rules: a gap at midnight, changes by half an hour, a skipped day, two changes around Ramadan,
/// hardly any, an unusual offset, a gap at midnight again, none at all.
const ZONES: [&str; 9] = [
    "Europe/Berlin",
    "America/Havana",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Shanghai",
    "America/St_Johns",
    "Asia/Beirut",
    "UTC",
];

/// One item of a field that holds the numbers from `low` to `high`.
fn item(low: u8, high: u8) -> BoxedStrategy<String> {
    let number = low..=high;
    let range = (number.clone(), number.clone()).prop_map(|(a, b)| (a.min(b), a.max(b)));
    let step = 2..=(high - low).max(2);
    prop_oneof![
        2 => Just("*".to_owned()),
        3 => number.clone().prop_map(|value| value.to_string()),
        2 => range.clone().prop_map(|(a, b)| format!("{a}-{b}")),
        1 => (range, step.clone()).prop_map(|((a, b), step)| format!("{a}-{b}/{step}")),
        1 => (number, step.clone()).prop_map(|(a, step)| format!("{a}/{step}")),
        1 => step.prop_map(|step| format!("*/{step}")),
    ]
    .boxed()
}

fn field(low: u8, high: u8) -> BoxedStrategy<String> {
    prop_oneof![
        3 => item(low, high),
        1 => prop::collection::vec(item(low, high), 2..4).prop_map(|items| items.join(",")),
    ]
    .boxed()
}

fn day() -> BoxedStrategy<String> {
    prop_oneof![
        3 => Just("*".to_owned()),
        3 => field(1, 31),
        1 => select(vec!["L", "LW", "15W", "1W", "31W", "L,3", "?"]).prop_map(str::to_owned),
    ]
    .boxed()
}

fn weekday() -> BoxedStrategy<String> {
    prop_oneof![
        4 => Just("*".to_owned()),
        2 => field(0, 7),
        1 => select(vec!["5L", "1#2", "0#5", "MON-FRI", "6#1,2", "?"]).prop_map(str::to_owned),
    ]
    .boxed()
}

/// Expressions as people might write them, most of them firing often enough to be compared.
fn expression(with_seconds: bool) -> BoxedStrategy<CronExpr> {
    let month = prop_oneof![4 => Just("*".to_owned()), 1 => field(1, 12)];
    let second = if with_seconds {
        field(0, 59)
    } else {
        Just(String::new()).boxed()
    };
    (second, field(0, 59), field(0, 23), day(), month, weekday())
        .prop_filter_map("refused", |(second, minute, hour, day, month, weekday)| {
            CronExpr::parse(&format!("{second} {minute} {hour} {day} {month} {weekday}")).ok()
        })
        .boxed()
}

fn any_expression() -> BoxedStrategy<CronExpr> {
    any::<bool>().prop_flat_map(expression).boxed()
}

/// A zone, and an instant that is usually close to a change of its clock.
fn place() -> impl Strategy<Value = (&'static str, TimeZone, DateTime<Utc>)> {
    let years = 1_262_304_000_i64..2_208_988_800; // 2010 to 2040
    let near = -100_000_i64..100_000;
    (select(&ZONES[..]), years, any::<bool>(), near).prop_map(|(name, from, close, near)| {
        let zone = bundled(name);
        let change = changes(&zone, from, from + 2 * 366 * 86_400).next();
        let from = match change.filter(|_| close) {
            Some(change) => change.at + near,
            None if close && name == "Pacific/Apia" => 1_325_239_200 + near,
            None => from,
        };
        (name, zone, instant(from).expect("an instant"))
    })
}

fn cycle(expr: &CronExpr, zone: &TimeZone) -> Cycle {
    Patterns::default()
        .cycle(expr, zone.clone())
        .expect("accepted")
}

fn settings(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// All firings of a span: forwards, backwards, individually, and counted.
fn assert_span(cycle: &Cycle, expected: &[i64], after: DateTime<Utc>, until: DateTime<Utc>) {
    let mut forward = Vec::new();
    let mut from = after;
    while let Some(next) = cycle.next_after(from).filter(|next| *next <= until) {
        assert!(next > from);
        forward.push(unix(next));
        from = next;
    }
    assert_eq!(forward, expected, "forwards");
    let mut backward = Vec::new();
    let mut to = until;
    while let Some(previous) = cycle
        .previous_at_or_before(to)
        .filter(|found| *found > after)
    {
        assert!(previous <= to && cycle.names(previous));
        backward.push(unix(previous));
        to = previous - TimeDelta::nanoseconds(1);
    }
    backward.reverse();
    assert_eq!(backward, expected, "backwards");
    assert_eq!(
        cycle.count_between(after, until),
        expected.len() as u64,
        "count"
    );
}

proptest! {
    #![proptest_config(settings(120))]

    #[test]
    fn firings_are_those_that_one_finds_by_looking(
        expr in expression(false),
        (name, zone, from) in place(),
    ) {
        let from = from.timestamp().div_euclid(60) * 60;
        let range = from..from + 2 * 86_400;
        let expected = oracle::firings(&expr, &zone, range.clone(), 60);
        let cycle = cycle(&expr, &zone);
        let (after, until) = (instant(range.start - 1), instant(range.end - 1));
        assert_span(&cycle, &expected, after.expect("start"), until.expect("end"));
        for at in range.step_by(1800) {
            let named = cycle.names(instant(at).expect("an instant"));
            prop_assert_eq!(named, expected.contains(&at), "{} {} {}", expr.source(), name, at);
        }
    }

    /// Two changes within hours of each other: the clock goes back by twelve hours, and forward
    /// again before it has caught up. No zone does that, yet.
    #[test]
    fn even_where_two_changes_meet(expr in expression(false), hours in -60_i64..40) {
        let zone = TimeZone::posix("AAA0BBB12,J100/0,J99/18").expect("a zone");
        let from = 1_775_779_200 + hours * 3600; // 2026-04-10, the 100th day
        let range = from..from + 2 * 86_400;
        let expected = oracle::firings(&expr, &zone, range.clone(), 60);
        let (after, until) = (instant(range.start - 1), instant(range.end - 1));
        assert_span(&cycle(&expr, &zone), &expected, after.expect("start"), until.expect("end"));
    }

    #[test]
    fn so_are_those_with_seconds(expr in expression(true), (_, zone, from) in place()) {
        let range = from.timestamp()..from.timestamp() + 2000;
        let expected = oracle::firings(&expr, &zone, range.clone(), 1);
        let (after, until) = (instant(range.start - 1), instant(range.end - 1));
        assert_span(&cycle(&expr, &zone), &expected, after.expect("start"), until.expect("end"));
    }

    #[test]
    fn the_next_firing_is_the_same_from_everywhere_before_it(
        expr in any_expression(),
        (_, zone, from) in place(),
        part in 0.0..1.0,
    ) {
        let cycle = cycle(&expr, &zone);
        let (next, took) = cpu_time(|| cycle.next_after(from));
        prop_assert!(took < Duration::from_millis(200), "{}", expr.source());
        let Some(next) = next else {
            prop_assert!(cycle.count_between(from, from + TimeDelta::days(3000)) == 0);
            return Ok(());
        };
        prop_assert!(next > from);
        let gap = (next - from).num_seconds();
        let some = (gap as f64 * part) as i64;
        for seconds in [1, some, gap - 1, gap / 2, gap / 3].into_iter().filter(|s| (0..gap).contains(s)) {
            let between = from + TimeDelta::seconds(seconds);
            prop_assert_eq!(cycle.next_after(between), Some(next));
        }
        prop_assert_eq!(cycle.count_between(from, next), 1);
        prop_assert_eq!(cycle.previous_at_or_before(next), Some(next));
        prop_assert!(cycle.names(next));
        let before = cycle.previous_at_or_before(next - TimeDelta::nanoseconds(1));
        prop_assert!(before.is_none_or(|before| before <= from));
    }

    #[test]
    fn counts_add_up(expr in any_expression(), (_, zone, from) in place(), days in prop::array::uniform2(0_i64..2000), seconds in 0_i64..86_400) {
        let cycle = cycle(&expr, &zone);
        let middle = from + TimeDelta::days(days[0]) + TimeDelta::seconds(seconds);
        let end = middle + TimeDelta::days(days[1]);
        let (one, two) = (cycle.count_between(from, middle), cycle.count_between(middle, end));
        prop_assert_eq!(one + two, cycle.count_between(from, end));
    }

    #[test]
    fn intervals_are_even(seconds in 1_i64..200_000, anchor in -2_000_000_000_i64..4_000_000_000, (_, zone, from) in place()) {
        let anchor = instant(anchor).expect("an instant");
        let cycle = Cycle::every(seconds, anchor, zone);
        let next = cycle.next_after(from).expect("a firing");
        prop_assert!(next > from && next - from <= TimeDelta::seconds(seconds));
        prop_assert_eq!((next - anchor).num_seconds() % seconds, 0);
        prop_assert_eq!(cycle.previous_at_or_before(next - TimeDelta::nanoseconds(1)), Some(next - TimeDelta::seconds(seconds)));
        let end = from + TimeDelta::days(30);
        let mut count = 0;
        let mut last = from;
        while count < 100 {
            match cycle.next_after(last).filter(|next| *next <= end) {
                Some(next) => (last, count) = (next, count + 1),
                None => break,
            }
        }
        prop_assert_eq!(cycle.count_between(from, if count < 100 { end } else { last }), count);
    }

    #[test]
    fn what_is_written_is_read_again(expr in any_expression(), (_, zone, at) in place(), micros in 0_i64..1_000_000) {
        let canonical = CronExpr::parse(&expr.canonical()).expect("canonical");
        prop_assert_eq!(canonical.canonical(), expr.canonical());
        prop_assert_eq!(canonical.engine_text(), expr.engine_text());
        let at = at + TimeDelta::microseconds(micros);
        let text = at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        prop_assert_eq!(parse_instant(&text, &zone), Some(at));
    }

    #[test]
    fn nothing_panics_at_any_time(expr in any_expression(), seconds in any::<i64>(), more in any::<i64>(), zone in select(&ZONES[..])) {
        let bound = DateTime::<Utc>::MAX_UTC.timestamp();
        let one = instant(seconds % bound).expect("an instant");
        let two = instant(more % bound).expect("an instant");
        let zone = bundled(zone);
        for cycle in [cycle(&expr, &zone), Cycle::every(more, one, zone.clone()), Cycle::once(two, zone)] {
            prop_assert!(cycle.next_after(one).is_none_or(|next| next > one));
            prop_assert!(cycle.previous_at_or_before(one).is_none_or(|previous| previous <= one));
            let _ = cycle.names(one);
        }
    }
}
