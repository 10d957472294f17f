//! Days as iCalendar (RFC 5545): each VEVENT names the days it covers.
//!
//! No third-party parser is used; ADR 23 has the measurements.

mod event;
mod rule;
mod series;
mod when;
mod zones;

use std::collections::BTreeMap;

use super::content::{Property, properties};
use super::fault::{Place, ReadFault, Reason};
use super::found::{Collector, How};
use event::Event;
use rule::Work;
use series::{Context, Dates};
use zones::Zones;

/// How many days all rules of a text together may examine. A rule that repeats every day examines some 4,000.
const MAX_WORK: u32 = 2_000_000;

/// Reads the events of a text.
pub(super) fn read(text: &str, how: &How, found: &mut Collector) -> Result<(), ReadFault> {
    let foreign = |property: Property| {
        property.name == "CALSCALE" && !property.value.eq_ignore_ascii_case("GREGORIAN")
    };
    if properties(text).any(foreign) {
        return Err(ReadFault::NotGregorian);
    }
    let zones = Zones::of(properties(text), &how.zone);
    let events = events(text, found);
    let replacements = replacements(&events);
    // Apple's and similar feeds list all festivals and mark those that are rest or work. In such a feed an event
    // without a mark, such as the Double Ninth, is just a festival.
    let marked = events.iter().any(Event::is_marked);
    let mut context = Context {
        zones: &zones,
        this_year: how.this_year,
        work: Work(MAX_WORK),
    };
    for event in &events {
        if event.replaces.is_some() && !replacements.is_newest(event) {
            continue;
        }
        let work = match event.says() {
            Some(work) => work,
            None if marked => {
                found.ignore(Place::Line(event.line), &event.title, Reason::NotMarked);
                continue;
            }
            None => how.as_work_days,
        };
        match series::dates(event, replacements.of(event), &mut context) {
            Ok(Dates { ranges, doubts }) => {
                for (first, last) in ranges {
                    found.add_range(first, last, work, event.name(work))?;
                }
                for (line, what, reason) in doubts {
                    found.ignore(Place::Line(line), &what, reason);
                }
            }
            Err(Reason::TooMuch) => return Err(ReadFault::TooMuch),
            Err(reason) => found.ignore(Place::Line(event.line), &event.title, reason),
        }
    }
    Ok(())
}

/// The events that replace one of a series, by series.
struct Replacements<'a>(BTreeMap<&'a str, BTreeMap<&'a str, &'a Event>>);

fn replacements(events: &[Event]) -> Replacements<'_> {
    let mut all: BTreeMap<&str, BTreeMap<&str, &Event>> = BTreeMap::new();
    for event in events {
        let Some(replaced) = &event.replaces else {
            continue;
        };
        let of_series = all.entry(event.uid.as_str()).or_default();
        let newest = of_series.entry(replaced.value.as_str()).or_insert(event);
        if newest.sequence <= event.sequence {
            *newest = event;
        }
    }
    Replacements(all)
}

impl<'a> Replacements<'a> {
    /// Whether no other event replaces the same and is newer.
    fn is_newest(&self, event: &Event) -> bool {
        let replaced = event.replaces.as_ref().map_or("", |id| id.value.as_str());
        let newest = self
            .0
            .get(event.uid.as_str())
            .and_then(|all| all.get(replaced));
        newest.is_some_and(|newest| newest.line == event.line)
    }

    /// The replacements for starts of a series.
    fn of(&self, series: &Event) -> impl Iterator<Item = &'a Event> {
        let all = self.0.get(series.uid.as_str());
        let all = all.filter(|_| series.replaces.is_none());
        all.into_iter().flat_map(|all| all.values().copied())
    }
}

/// The events of a text. Components inside an event, such as alarms, have a start and a title of their own; they are
/// counted, not recursed into, so that no text can exhaust the stack.
fn events(text: &str, found: &mut Collector) -> Vec<Event> {
    let mut events = Vec::new();
    let mut open: Option<Event> = None;
    let mut inner = 0_usize;
    for property in properties(text) {
        let is_event = property.value.eq_ignore_ascii_case("VEVENT");
        match property.name.as_str() {
            "BEGIN" if is_event => {
                if let Some(lost) = open.replace(Event::at(property.line)) {
                    found.ignore(Place::Line(lost.line), &lost.title, Reason::Unfinished);
                }
                inner = 0;
            }
            "END" if is_event => events.extend(open.take()),
            "BEGIN" => inner += 1,
            "END" => inner = inner.saturating_sub(1),
            _ if inner == 0 => {
                if let Some(event) = &mut open {
                    event.take(property);
                }
            }
            _ => {}
        }
    }
    if let Some(lost) = open {
        found.ignore(Place::Line(lost.line), &lost.title, Reason::Unfinished);
    }
    events
}

#[cfg(test)]
mod tests;
