//! The days of an event: its start, its rules, its exceptions and extra dates.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span};

use super::super::content::Property;
use super::super::fault::Reason;
use super::super::found::YEARS;
use super::event::Event;
use super::rule::{Rule, Window, Work};
use super::when::{When, Zone};
use super::zones::Zones;

/// The longest event that is accepted, in days.
const MAX_EVENT: i32 = 366;
/// How many years ahead of this year, or of its start, an event is repeated.
const YEARS_AHEAD: i16 = 10;
/// The cost of reading one exception date, in days of a rule.
const VALUE: u32 = 20;
/// No event is repeated beyond this year, unless it starts later.
const LAST_YEAR: i16 = 2100;

/// What is needed to find the dates of all events of a text.
pub(super) struct Context<'a> {
    pub(super) zones: &'a Zones,
    pub(super) this_year: i16,
    pub(super) work: Work,
}

/// The days of an event.
#[derive(Debug)]
pub(super) struct Dates {
    /// The first and the last day of each occurrence.
    pub(super) ranges: Vec<(Date, Date)>,
    /// Parts of it that could not be used: line, what, why.
    pub(super) doubts: Vec<(usize, String, Reason)>,
}

/// Starts that are excluded from a series.
#[derive(Default)]
struct Without {
    days: BTreeSet<Date>,
    times: BTreeSet<DateTime>,
}

/// The days that an event covers, one range for each occurrence.
pub(super) fn dates<'a>(
    event: &Event,
    replaced_by: impl Iterator<Item = &'a Event>,
    context: &mut Context<'_>,
) -> Result<Dates, Reason> {
    if event.cancelled {
        return Err(Reason::Cancelled);
    }
    let zones = context.zones;
    let start = When::of(event.start.as_ref().ok_or(Reason::NoStart)?, zones)?;
    let length = length(event, &start, zones)?;
    let mut doubts = Vec::new();
    let mut starts = starts(event, &start, length, context)?;
    put_in(event, &start, length, &mut starts, context, &mut doubts)?;
    let whole = starts.len();
    let mut without = Without::default();
    take_out(event, &start, &mut without, context, &mut doubts)?;
    starts.retain(|at, _| !without.holds(*at, shown(*at, &start.zone, &zones.ours)));
    let excepted = whole - starts.len();
    for replacement in replaced_by {
        context.work.spend(VALUE)?;
        if let Some(id) = &replacement.replaces
            && let Err(reason) = without.add(&id.value, id, &start, zones)
        {
            doubts.push((id.line, id.value.clone(), reason));
        }
    }
    starts.retain(|at, _| !without.holds(*at, shown(*at, &start.zone, &zones.ours)));
    if let Some(id) = &event.replaces
        && id.parameter("RANGE").is_some()
    {
        doubts.push((event.line, event.title.clone(), Reason::AndFuture));
    }
    if whole == excepted && repeats(event) {
        return Err(Reason::Over);
    }
    let in_years = |day: &Date| YEARS.contains(&day.year());
    let mut ranges = Vec::new();
    for (at, length) in starts {
        let range = range(at, length, &start.zone, &zones.ours)?;
        if in_years(&range.0) && in_years(&range.1) {
            ranges.push(range);
        } else if !repeats(event) {
            return Err(Reason::YearOutOfRange);
        }
    }
    Ok(Dates { ranges, doubts })
}

fn repeats(event: &Event) -> bool {
    event.replaces.is_none() && !event.rules.is_empty()
}

/// The length of each occurrence, by the clock of the start's zone.
fn length(event: &Event, start: &When, zones: &Zones) -> Result<SignedDuration, Reason> {
    let length = match (&event.end, &event.duration) {
        (Some(end), _) => start.until(&When::of(end, zones)?, &zones.ours)?,
        (None, Some(duration)) => after(start.local, &duration.value)?,
        (None, None) => SignedDuration::ZERO,
    };
    bounded(length)
}

/// A duration as written, applied to a start.
fn after(start: DateTime, duration: &str) -> Result<SignedDuration, Reason> {
    let span: Span = duration.trim().parse().map_err(|_| Reason::NotADate)?;
    let end = start.checked_add(span).map_err(|_| Reason::TooLong)?;
    Ok(start.duration_until(end))
}

fn bounded(length: SignedDuration) -> Result<SignedDuration, Reason> {
    if length.is_negative() {
        return Err(Reason::EndsBeforeStart);
    }
    if length > SignedDuration::from_hours(i64::from(MAX_EVENT) * 24) {
        return Err(Reason::TooLong);
    }
    Ok(length)
}

/// The starts from start and rules, each with its length.
fn starts(
    event: &Event,
    start: &When,
    length: SignedDuration,
    context: &mut Context<'_>,
) -> Result<BTreeMap<DateTime, SignedDuration>, Reason> {
    if !repeats(event) {
        return Ok(BTreeMap::from([(start.local, length)]));
    }
    let mut all = BTreeMap::new();
    for rule in &event.rules {
        let found = by_rule(rule, start, context)?;
        all.extend(found.into_iter().map(|at| (at, length)));
    }
    Ok(all)
}

fn by_rule(
    rule: &Property,
    start: &When,
    context: &mut Context<'_>,
) -> Result<Vec<DateTime>, Reason> {
    let rule = Rule::parse(rule, start, context.zones)?;
    let window = window(start.local.year(), context.this_year);
    rule.starts(start, window, context.zones, &mut context.work)
}

/// From the year before `this_year` to ten years ahead of it or of the start.
fn window(start: i16, this_year: i16) -> Window {
    let ahead = start.max(this_year).saturating_add(YEARS_AHEAD);
    let last = ahead.min(LAST_YEAR.max(start)).min(9999);
    let first = this_year.saturating_sub(1).clamp(1, 9999);
    (
        jiff::civil::date(first, 1, 1),
        jiff::civil::date(last.max(1), 12, 31),
    )
}

/// Extra dates; a period has its own length.
fn put_in(
    event: &Event,
    start: &When,
    length: SignedDuration,
    starts: &mut BTreeMap<DateTime, SignedDuration>,
    context: &mut Context<'_>,
    doubts: &mut Vec<(usize, String, Reason)>,
) -> Result<(), Reason> {
    let zones = context.zones;
    for property in &event.extra {
        for text in property.value.split(',') {
            context.work.spend(VALUE)?;
            let one = || {
                let (at, end) = text
                    .split_once('/')
                    .map_or((text, None), |(at, end)| (at, Some(end)));
                let at = When::read(at, property, zones)?;
                let length = match end {
                    None => length,
                    Some(end) if end.contains(['P', 'p']) => bounded(after(at.local, end)?)?,
                    Some(end) => {
                        bounded(at.until(&When::read(end, property, zones)?, &zones.ours)?)?
                    }
                };
                Ok((at.seen_from(&start.zone, &zones.ours)?, length))
            };
            match one() {
                Ok((at, length)) => drop(starts.insert(at, length)),
                Err(reason) => doubts.push((property.line, text.to_owned(), reason)),
            }
        }
    }
    Ok(())
}

fn take_out(
    event: &Event,
    start: &When,
    without: &mut Without,
    context: &mut Context<'_>,
    doubts: &mut Vec<(usize, String, Reason)>,
) -> Result<(), Reason> {
    for property in &event.except {
        for text in property.value.split(',') {
            context.work.spend(VALUE)?;
            if let Err(reason) = without.add(text, property, start, context.zones) {
                doubts.push((property.line, text.to_owned(), reason));
            }
        }
    }
    for rule in &event.except_rules {
        without.times.extend(by_rule(rule, start, context)?);
    }
    Ok(())
}

impl Without {
    fn add(
        &mut self,
        text: &str,
        property: &Property,
        start: &When,
        zones: &Zones,
    ) -> Result<(), Reason> {
        let when = When::read(text, property, zones)?;
        let at = when.seen_from(&start.zone, &zones.ours)?;
        if when.is_day || start.is_day {
            self.days.insert(at.date());
        } else {
            self.times.insert(at);
        }
        Ok(())
    }

    /// Whether a start is excluded; `shown` is the local time at which it is displayed.
    fn holds(&self, at: DateTime, shown: DateTime) -> bool {
        self.times.contains(&at) || self.days.contains(&shown.date())
    }
}

/// A time as people read it. A UTC time is an instant, and counts in the zone of the calendar; for a time in a zone
/// the written day counts, because its author meant that day.
fn shown(at: DateTime, zone: &Zone, ours: &TimeZone) -> DateTime {
    match zone {
        Zone::Utc => TimeZone::UTC
            .to_timestamp(at)
            .map_or(at, |moment| ours.to_datetime(moment)),
        Zone::Floating | Zone::Named(..) => at,
    }
}

fn range(
    at: DateTime,
    length: SignedDuration,
    zone: &Zone,
    ours: &TimeZone,
) -> Result<(Date, Date), Reason> {
    let end = at.checked_add(length).map_err(|_| Reason::YearOutOfRange)?;
    let (first, end) = (shown(at, zone, ours), shown(end, zone, ours));
    // The end is exclusive, so midnight belongs to the day before.
    let last = match end.date().yesterday() {
        Ok(before) if end > first && end.time() == Time::midnight() => before,
        _ => end.date(),
    };
    Ok((first.date(), last))
}
