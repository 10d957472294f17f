//! Recurrence rules (RFC 5545, section 3.3.10), as far as they concern days.

mod days;

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Weekday};

use super::super::content::Property;
use super::super::fault::Reason;
use super::when::{When, Zone};
use super::zones::Zones;
use days::WeekNumber;

/// The longest list of values; the longest useful one names each day of a year from both ends.
const MAX_LIST: usize = 732;

/// How often a rule repeats.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Frequency {
    Yearly,
    Monthly,
    Weekly,
    Daily,
}

/// A recurrence rule. An empty list restricts nothing.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    frequency: Frequency,
    interval: i64,
    count: Option<u64>,
    until: Option<When>,
    months: Vec<i8>,
    week_numbers: Vec<i16>,
    year_days: Vec<i16>,
    month_days: Vec<i16>,
    /// The number is 0 for every such day of the week.
    weekdays: Vec<(i16, Weekday)>,
    positions: Vec<i16>,
    week_start: Weekday,
}

/// How many days may still be visited. Years bound each rule, and this bounds all rules of a text together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work(pub(super) u32);

impl Work {
    pub(super) fn spend(&mut self, days: u32) -> Result<(), Reason> {
        self.0 = self.0.checked_sub(days).ok_or(Reason::TooMuch)?;
        Ok(())
    }
}

/// The first and the last day on which a repeated event may start.
pub(super) type Window = (Date, Date);

impl Rule {
    /// Reads a rule of an event that starts at `start`.
    pub(super) fn parse(property: &Property, start: &When, zones: &Zones) -> Result<Self, Reason> {
        let mut rule = Self {
            frequency: Frequency::Yearly,
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            week_numbers: Vec::new(),
            year_days: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            positions: Vec::new(),
            week_start: Weekday::Monday,
        };
        let mut frequency = None;
        for part in property
            .value
            .split(';')
            .filter(|part| !part.trim().is_empty())
        {
            let (key, value) = part.split_once('=').ok_or(Reason::Repetition)?;
            let value = value.trim().to_ascii_uppercase();
            match key.trim().to_ascii_uppercase().as_str() {
                "FREQ" => frequency = Some(frequency_of(&value)?),
                "INTERVAL" => rule.interval = number(&value, 1..=i64::from(u32::MAX))?,
                "COUNT" => rule.count = Some(value.parse().map_err(|_| Reason::Repetition)?),
                "UNTIL" => {
                    let until = When::read(&value, property, zones);
                    rule.until = Some(until.map_err(|_| Reason::Repetition)?);
                }
                "BYMONTH" => rule.months = list(&value, |n| number(n, 1..=12))?,
                "BYWEEKNO" => rule.week_numbers = list(&value, |n| signed(n, 53))?,
                "BYYEARDAY" => rule.year_days = list(&value, |n| signed(n, 366))?,
                "BYMONTHDAY" => rule.month_days = list(&value, |n| signed(n, 31))?,
                "BYSETPOS" => rule.positions = list(&value, |n| signed(n, 366))?,
                "BYDAY" => rule.weekdays = list(&value, nth_weekday)?,
                "WKST" => rule.week_start = weekday(&value)?,
                // The rule names the time that the event has anyway, once a day.
                "BYHOUR" if is(&value, start.local.hour()) => {}
                "BYMINUTE" if is(&value, start.local.minute()) => {}
                "BYSECOND" if is(&value, start.local.second()) => {}
                "RSCALE" if value == "GREGORIAN" => {}
                "SKIP" if value == "OMIT" => {}
                _ => return Err(Reason::Repetition),
            }
        }
        rule.frequency = frequency.ok_or(Reason::Repetition)?;
        rule.checked(start.local.date())
    }

    /// Refuses what the standard forbids, and completes the rule from the start.
    fn checked(mut self, start: Date) -> Result<Self, Reason> {
        use Frequency::{Daily, Monthly, Weekly, Yearly};
        let nth = self.weekdays.iter().any(|(nth, _)| *nth != 0);
        let forbidden = match self.frequency {
            Yearly => nth && !self.week_numbers.is_empty(),
            Monthly => !self.week_numbers.is_empty() || !self.year_days.is_empty(),
            Weekly | Daily => {
                nth || !self.week_numbers.is_empty()
                    || !self.year_days.is_empty()
                    || self.frequency == Weekly && !self.month_days.is_empty()
            }
        };
        if forbidden {
            return Err(Reason::Repetition);
        }
        let unnamed =
            self.weekdays.is_empty() && self.month_days.is_empty() && self.year_days.is_empty();
        match self.frequency {
            _ if !unnamed => {}
            Yearly if !self.week_numbers.is_empty() => self.weekdays.push((0, start.weekday())),
            Yearly => {
                if self.months.is_empty() {
                    self.months.push(start.month());
                }
                self.month_days.push(i16::from(start.day()));
            }
            Monthly => self.month_days.push(i16::from(start.day())),
            Weekly => self.weekdays.push((0, start.weekday())),
            Daily => {}
        }
        Ok(self)
    }

    /// The starts of an event within a window, ascending; the event's own start is the first of all. Starts before
    /// the window are only counted.
    pub(super) fn starts(
        &self,
        start: &When,
        (from, to): Window,
        zones: &Zones,
        work: &mut Work,
    ) -> Result<Vec<DateTime>, Reason> {
        let last = match &self.until {
            Some(until) if until.is_day => until.local.date().at(23, 59, 59, 999_999_999),
            // For a series of whole days, UNTIL means the last day, whatever its time.
            Some(until) if start.is_day => until
                .seen_from(&Zone::Floating, &zones.ours)?
                .date()
                .at(23, 59, 59, 0),
            Some(until) => until.seen_from(&start.zone, &zones.ours)?,
            None => DateTime::MAX,
        };
        let mut left = self.count.unwrap_or(u64::MAX);
        let mut found = Vec::new();
        let first = start.local;
        let mut period = self.period(first.date());
        let step = self.interval.saturating_mul(match self.frequency {
            Frequency::Weekly => 7,
            _ => 1,
        });
        if left > 0 && first <= last {
            left -= 1;
            if (from..=to).contains(&first.date()) {
                found.push(first);
            }
        } else {
            return Ok(found);
        }
        if self.count.is_none() {
            // Jumps to the window in whole steps.
            let ahead = self.period(from).saturating_sub(period).max(0) / step;
            period = period.saturating_add(ahead.saturating_mul(step));
        }
        let end = self.period(to);
        while period <= end && left > 0 {
            let Some(days) = self.days_of(period, work)? else {
                break;
            };
            for day in days.into_iter().filter(|day| *day > first.date()) {
                let at = day.to_datetime(first.time());
                if left == 0 || at > last || day > to {
                    return Ok(found);
                }
                left -= 1;
                if day >= from {
                    found.push(at);
                }
            }
            period = period.saturating_add(step);
        }
        Ok(found)
    }

    /// The number of the period that a day lies in: years, months, or days since 1970-01-01.
    fn period(&self, day: Date) -> i64 {
        match self.frequency {
            Frequency::Yearly => i64::from(day.year()),
            Frequency::Monthly => i64::from(day.year()) * 12 + i64::from(day.month()) - 1,
            Frequency::Weekly => day_number(day) - i64::from(day.weekday().since(self.week_start)),
            Frequency::Daily => day_number(day),
        }
    }

    /// The days of a period that the rule names, ascending; `None` past the last date that can be represented.
    fn days_of(&self, period: i64, work: &mut Work) -> Result<Option<Vec<Date>>, Reason> {
        // Each period costs something, even one without a day.
        work.spend(1)?;
        let spans = match self.frequency {
            Frequency::Yearly => (1..=12)
                .filter(|month| self.months.is_empty() || self.months.contains(month))
                .map(|month| month_of(period, month))
                .collect(),
            Frequency::Monthly => {
                let month = i8::try_from(period.rem_euclid(12) + 1).unwrap_or(1);
                vec![month_of(period.div_euclid(12), month)]
            }
            Frequency::Weekly => vec![day_of(period).map(|first| (first, 7))],
            Frequency::Daily => vec![day_of(period).map(|first| (first, 1))],
        };
        let mut days = Vec::new();
        for span in spans {
            let Some((first, length)) = span else {
                return Ok(None);
            };
            let numbers = self.candidates(length);
            let cost = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            work.spend(cost.saturating_mul(self.weight()))?;
            let all = numbers
                .into_iter()
                .filter_map(|n| first.checked_add(n.days()).ok());
            days.extend(all.filter(|day| self.takes(*day)));
        }
        if self.positions.is_empty() {
            return Ok(Some(days));
        }
        let length = i16::try_from(days.len()).unwrap_or(i16::MAX);
        let mut chosen: Vec<Date> = (self.positions.iter())
            .map(|nth| if *nth > 0 { nth - 1 } else { length + nth })
            .filter_map(|index| days.get(usize::try_from(index).ok()?).copied())
            .collect();
        chosen.sort_unstable();
        chosen.dedup();
        Ok(Some(chosen))
    }

    /// The days worth examining in a span of this length, as numbers from its first. In a month for which the rule
    /// names days, only those.
    fn candidates(&self, length: i8) -> Vec<i16> {
        let length = i16::from(length);
        if self.month_days.is_empty() || self.frequency == Frequency::Daily {
            return (0..length).collect();
        }
        let from_first = |n: &i16| if *n > 0 { n - 1 } else { length + n };
        let mut numbers: Vec<i16> = self.month_days.iter().map(from_first).collect();
        numbers.retain(|n| (0..length).contains(n));
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// The cost of examining one day.
    fn weight(&self) -> u32 {
        let values = self.months.len()
            + self.week_numbers.len()
            + self.year_days.len()
            + self.month_days.len()
            + self.weekdays.len();
        1 + u32::try_from(values / 16).unwrap_or(u32::MAX)
    }

    fn takes(&self, day: Date) -> bool {
        let nth_of = |list: &[i16], number: i16, length: i16| {
            list.is_empty() || list.contains(&number) || list.contains(&(number - length - 1))
        };
        let in_month = (i16::from(day.day()), i16::from(day.days_in_month()));
        let in_year = (day.day_of_year(), day.days_in_year());
        let by_month = self.frequency == Frequency::Monthly || !self.months.is_empty();
        let (number, length) = if by_month { in_month } else { in_year };
        let is_nth = |nth: i16| {
            nth == 0 || nth == (number - 1) / 7 + 1 || nth == -((length - number) / 7 + 1)
        };
        let weekday = day.weekday();
        let by_weekday = |(nth, named): &(i16, Weekday)| *named == weekday && is_nth(*nth);
        (self.months.is_empty() || self.months.contains(&day.month()))
            && nth_of(&self.month_days, in_month.0, in_month.1)
            && nth_of(&self.year_days, in_year.0, in_year.1)
            && (self.weekdays.is_empty() || self.weekdays.iter().any(by_weekday))
            && (self.week_numbers.is_empty() || {
                let WeekNumber { number, of } = WeekNumber::of(day, self.week_start);
                nth_of(&self.week_numbers, number, of)
            })
    }
}

fn month_of(year: i64, month: i8) -> Option<(Date, i8)> {
    let first = Date::new(i16::try_from(year).ok()?, month, 1).ok()?;
    Some((first, first.days_in_month()))
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

fn day_number(day: Date) -> i64 {
    i64::from((day - EPOCH).get_days())
}

fn day_of(number: i64) -> Option<Date> {
    EPOCH.checked_add(i32::try_from(number).ok()?.days()).ok()
}

fn frequency_of(text: &str) -> Result<Frequency, Reason> {
    match text {
        "YEARLY" => Ok(Frequency::Yearly),
        "MONTHLY" => Ok(Frequency::Monthly),
        "WEEKLY" => Ok(Frequency::Weekly),
        "DAILY" => Ok(Frequency::Daily),
        _ => Err(Reason::Repetition),
    }
}

fn list<T>(text: &str, read: impl Fn(&str) -> Result<T, Reason>) -> Result<Vec<T>, Reason> {
    let mut all = Vec::new();
    for one in text.split(',') {
        if all.len() >= MAX_LIST {
            return Err(Reason::Repetition);
        }
        all.push(read(one.trim())?);
    }
    Ok(all)
}

fn number<T>(text: &str, range: std::ops::RangeInclusive<i64>) -> Result<T, Reason>
where
    T: TryFrom<i64>,
{
    let number: i64 = text.parse().map_err(|_| Reason::Repetition)?;
    let fits = range.contains(&number);
    fits.then(|| T::try_from(number).ok())
        .flatten()
        .ok_or(Reason::Repetition)
}

/// A number that counts from the start, or from the end when negative.
fn signed(text: &str, most: i64) -> Result<i16, Reason> {
    let read: i16 = number(text, -most..=most)?;
    if read == 0 {
        Err(Reason::Repetition)
    } else {
        Ok(read)
    }
}

fn is(text: &str, same: i8) -> bool {
    text.parse() == Ok(same)
}

fn nth_weekday(text: &str) -> Result<(i16, Weekday), Reason> {
    let split = text
        .len()
        .checked_sub(2)
        .and_then(|at| text.split_at_checked(at));
    let (nth, day) = split.ok_or(Reason::Repetition)?;
    let nth = if nth.is_empty() { 0 } else { signed(nth, 53)? };
    Ok((nth, weekday(day)?))
}

fn weekday(text: &str) -> Result<Weekday, Reason> {
    match text {
        "MO" => Ok(Weekday::Monday),
        "TU" => Ok(Weekday::Tuesday),
        "WE" => Ok(Weekday::Wednesday),
        "TH" => Ok(Weekday::Thursday),
        "FR" => Ok(Weekday::Friday),
        "SA" => Ok(Weekday::Saturday),
        "SU" => Ok(Weekday::Sunday),
        _ => Err(Reason::Repetition),
    }
}

#[cfg(test)]
mod tests;
