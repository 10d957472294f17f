//! Days as iCalendar (RFC 5545): each VEVENT names the days it covers.
//!
//! The `icalendar` crate is not used: its parser descends into nested components, so a text of
//! nothing but `BEGIN:A` lines ends the whole process, and one bad line costs all events.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, ToSpan as _};

use super::content::{Property, properties, unescape};
use super::fault::{Place, ReadFault, Reason};
use super::read::{Collector, YEARS, date};
use super::yearly::Yearly;

/// The longest event that is taken, in days.
const MAX_EVENT: i32 = 366;

/// The properties of an event that matter here, as written.
#[derive(Clone, Debug, Default)]
struct Event {
    line: usize,
    start: Option<String>,
    end: Option<String>,
    duration: Option<String>,
    repeats: Option<String>,
    /// Days on which a repeated event does not start.
    except: Vec<String>,
    title: String,
    categories: Vec<String>,
    /// Apple's word for what the day is.
    special: Option<String>,
    extra_dates: bool,
    one_occurrence: bool,
    cancelled: bool,
}

/// Reads the events of a text.
pub(super) fn read(
    text: &str,
    as_work_days: bool,
    this_year: i16,
    found: &mut Collector,
) -> Result<(), ReadFault> {
    let events = events(text, found);
    // Apple's and similar feeds list all festivals and mark those that are rest or work. In such
    // a feed an event without a mark, say the Double Ninth, is just a festival.
    let marked = events.iter().any(Event::is_marked);
    for event in &events {
        let work = match event.says() {
            Some(work) => work,
            None if marked => {
                found.ignore(Place::Line(event.line), &event.title, Reason::NotMarked);
                continue;
            }
            None => as_work_days,
        };
        match event.ranges(this_year) {
            Ok(ranges) => {
                for (first, last) in ranges {
                    found.add_range(first, last, work, event.name(work))?;
                }
                if event.extra_dates {
                    found.ignore(Place::Line(event.line), &event.title, Reason::ExtraDates);
                }
            }
            Err(reason) => found.ignore(Place::Line(event.line), &event.title, reason),
        }
    }
    Ok(())
}

/// The events of a text. Components in an event, such as alarms, have a start and a title of
/// their own; they are counted, not descended into, so that no text can exhaust the stack.
fn events(text: &str, found: &mut Collector) -> Vec<Event> {
    let mut events = Vec::new();
    let mut open: Option<Event> = None;
    let mut inner = 0_usize;
    for property in properties(text) {
        let is_event = property.value.eq_ignore_ascii_case("VEVENT");
        match property.name.as_str() {
            "BEGIN" if is_event => {
                let line = property.line;
                let event = Event {
                    line,
                    ..Event::default()
                };
                if let Some(lost) = open.replace(event) {
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

impl Event {
    fn take(&mut self, Property { name, value, .. }: Property) {
        match name.as_str() {
            "DTSTART" => self.start = Some(value),
            "DTEND" => self.end = Some(value),
            "DURATION" => self.duration = Some(value),
            "RRULE" => self.repeats = Some(value),
            "EXDATE" => self.except.extend(value.split(',').map(str::to_owned)),
            "RDATE" => self.extra_dates = true,
            "RECURRENCE-ID" => self.one_occurrence = true,
            "STATUS" => self.cancelled = value.eq_ignore_ascii_case("CANCELLED"),
            "SUMMARY" => self.title = unescape(&value).trim().to_owned(),
            "CATEGORIES" => self.categories.push(unescape(&value)),
            "X-APPLE-SPECIAL-DAY" => self.special = Some(value.to_ascii_uppercase()),
            _ => {}
        }
    }

    /// Whether the event says in the way of the marked feeds what its days are.
    fn is_marked(&self) -> bool {
        self.special.is_some() || without_mark(&self.title).is_some()
    }

    /// What the event itself says: a work day, a rest day, or nothing.
    fn says(&self) -> Option<bool> {
        match self.special.as_deref() {
            Some("ALTERNATE-WORKDAY") => return Some(true),
            Some("WORK-HOLIDAY") => return Some(false),
            _ => {}
        }
        if without_mark(&self.title).is_some() {
            Some(false)
        } else if is_work(&self.title)
            || self
                .categories
                .iter()
                .any(|list| list.split(',').any(is_work))
        {
            Some(true)
        } else {
            None
        }
    }

    fn name(&self, work: bool) -> &str {
        match without_mark(&self.title) {
            Some(name) if !work => name,
            _ => &self.title,
        }
    }

    /// The days that the event covers, one range for each time it takes place.
    fn ranges(&self, this_year: i16) -> Result<Vec<(Date, Date)>, Reason> {
        if self.cancelled {
            return Err(Reason::Cancelled);
        }
        if self.one_occurrence {
            return Err(Reason::OneOccurrence);
        }
        let start = instant(self.start.as_deref().ok_or(Reason::NoStart)?)?;
        let end = match (&self.end, &self.duration) {
            (Some(end), _) => instant(end)?,
            (None, Some(duration)) => {
                let duration: Span = duration.parse().map_err(|_| Reason::NotADate)?;
                start.checked_add(duration).map_err(|_| Reason::TooLong)?
            }
            (None, None) => start,
        };
        if end < start {
            return Err(Reason::EndsBeforeStart);
        }
        let first = start.date();
        // The end is exclusive, so at midnight it belongs to the day before.
        let last = match end.date().yesterday() {
            Ok(before) if end > start && end.time() == Time::midnight() => before,
            _ => end.date(),
        };
        let days = (last - first).get_days();
        if days >= MAX_EVENT {
            return Err(Reason::TooLong);
        }
        if !YEARS.contains(&last.year()) {
            return Err(Reason::YearOutOfRange);
        }
        let Some(rule) = &self.repeats else {
            return Ok(vec![(first, last)]);
        };
        let except: Vec<Date> = self
            .except
            .iter()
            .filter_map(|text| instant(text).ok())
            .map(DateTime::date)
            .collect();
        let starts = Yearly::parse(rule, first)?.starts(first, this_year);
        let starts = starts.into_iter().filter(|day| !except.contains(day));
        let ranges: Vec<_> = starts
            .filter_map(|day| Some((day, day.checked_add(days.days()).ok()?)))
            .filter(|(_, last)| YEARS.contains(&last.year()))
            .collect();
        if ranges.is_empty() {
            return Err(Reason::Over);
        }
        Ok(ranges)
    }
}

/// Reads `20261001` or `20261001T080000`. A time in UTC or another zone is taken by the date that
/// is written: whoever wrote it meant that day.
fn instant(text: &str) -> Result<DateTime, Reason> {
    let text = text.trim();
    let (day, time) = match text.split_once(['T', 't']) {
        Some((day, time)) => (day, time.trim_end_matches(['Z', 'z'])),
        None => (text, "000000"),
    };
    let day = date(day)?;
    if time.len() != 6 || !time.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Reason::NotADate);
    }
    let time: Time = time.parse().map_err(|_| Reason::NotADate)?;
    Ok(day.to_datetime(time))
}

/// The title without the mark of a rest day, 国庆节（休）; `None` when it has none.
fn without_mark(title: &str) -> Option<&str> {
    ["（休）", "(休)"]
        .iter()
        .find_map(|mark| title.strip_suffix(mark))
        .map(str::trim_end)
}

/// Whether a title or category names a work day.
fn is_work(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let end = text.trim_end_matches(['）', ')', '】', ']']);
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    end.ends_with('班')
        // The feed of holiday-cn: 上班(补国庆节假期)
        || text.starts_with("上班")
        || says(&["调休上班", "补班"])
        || says(&["workday", "work day", "working day"])
            && !says(&["non-work", "non work", "nonwork"])
}

#[cfg(test)]
mod tests;
