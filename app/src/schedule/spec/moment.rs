//! A point in time as text: a date and a time of day, with or without an offset.

use super::SpecFault;
use crate::cron::{clip, days_in_month, half_width};

/// Other years are taken for typing errors, as everywhere in the product.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2999;

/// A date and a time of day that exist.
#[derive(Clone, Copy)]
struct Civil {
    year: i32,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
}

/// A point in time as typed, before a zone is applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Moment {
    /// A date alone: `2026-12-01`.
    Date(String),
    /// A time of day alone: `09:00:00`.
    Clock(String),
    /// A date and a time of day in the zone of the caller: `2026-12-01T09:00:00`.
    Local(String),
    /// An instant: `2026-12-01T01:00:00Z`.
    Instant(String),
}

/// Longer texts are not times.
const MAX_BYTES: usize = 128;

/// Parses a point in time: the one parser for all fields, flags and schedules.
///
/// Dates as `2026-12-01`, `2026/12/1` or `2026年12月1日`; times of day as `9:00`, `09:00:30`, `9点`, `9点半`, `9时30分`; both
/// together; RFC 3339. Full-width characters count as ordinary ones.
///
/// # Errors
/// The first fault found.
pub fn read_moment(text: &str) -> Result<Moment, SpecFault> {
    let text = text.trim();
    if text.len() > MAX_BYTES {
        return Err(SpecFault::MomentFormat { text: clip(text) });
    }
    let text: String = text.chars().map(|c| half_width(c).unwrap_or(c)).collect();
    read(text.trim())
}

/// Parses the text of a one-time schedule; returns `2026-12-01T09:00:00`, with a `Z` for an instant.
pub(super) fn parse(text: &str) -> Result<String, SpecFault> {
    match read(text)? {
        Moment::Date(date) => Err(SpecFault::TimeMissing { date }),
        Moment::Clock(_) => Err(SpecFault::DateMissing { time: clip(text) }),
        Moment::Local(at) | Moment::Instant(at) => Ok(at),
    }
}

fn read(text: &str) -> Result<Moment, SpecFault> {
    let unknown = || SpecFault::MomentFormat { text: clip(text) };
    if text.is_empty() {
        return Err(SpecFault::MomentMissing);
    }
    if let Some(clock) = only_clock(text) {
        let (hour, minute, second) = clock?;
        return Ok(Moment::Clock(format!("{hour:02}:{minute:02}:{second:02}")));
    }
    let mut left = Left(text);
    let year = left.digits(4, 4).ok_or_else(unknown)?;
    let mark = left.one_of(&['-', '/', '年']).ok_or_else(unknown)?;
    let month = left.digits(1, 2).ok_or_else(unknown)?;
    let second_mark = if mark == '年' { '月' } else { mark };
    left.one_of(&[second_mark]).ok_or_else(unknown)?;
    let day = left.digits(1, 2).ok_or_else(unknown)?;
    let ended = mark != '年' || left.one_of(&['日', '号', '號']).is_some();
    if !ended {
        return Err(unknown());
    }
    let (month, day) = check_date(year, month, day)?;
    let letter = left.one_of(&['T', 't']).is_some();
    let spaces = left.spaces();
    if left.0.is_empty() {
        return Ok(Moment::Date(format!("{year:04}-{month:02}-{day:02}")));
    }
    // 2026年12月1日09:00 needs no space.
    if !letter && !spaces && mark != '年' {
        return Err(unknown());
    }
    let (hour, minute, second) = clock(&mut left).ok_or_else(unknown)??;
    let civil = Civil {
        year,
        month,
        day,
        hour,
        minute,
        second,
    };
    finish(civil, left)
}

/// A time of day at the start: `None` if the text is not one, an error if there is no such time.
fn clock(left: &mut Left) -> Option<Result<(u8, u8, u8), SpecFault>> {
    let start = left.0;
    let hour = left.digits(1, 2)?;
    let (minute, second) = match left.one_of(&[':', '点', '點', '时', '時'])? {
        ':' => {
            let minute = left.digits(2, 2)?;
            let second = match left.one_of(&[':']) {
                Some(_) => left.digits(2, 2)?,
                None => 0,
            };
            (minute, second)
        }
        _ if left.one_of(&['半']).is_some() => (30, 0),
        _ if left.one_of(&['整', '钟', '鐘']).is_some() => (0, 0),
        _ => match left.digits(1, 2) {
            None => (0, 0),
            Some(minute) => {
                let second = left.one_of(&['分']).and_then(|_| left.digits(1, 2));
                if second.is_some() {
                    left.one_of(&['秒'])?;
                }
                (minute, second.unwrap_or(0))
            }
        },
    };
    let small = |value: i32, end: i32| {
        let value = (value < end).then(|| u8::try_from(value).ok());
        value.flatten()
    };
    let read = (small(hour, 24), small(minute, 60), small(second, 60));
    Some(match read {
        (Some(hour), Some(minute), Some(second)) => Ok((hour, minute, second)),
        _ => Err(SpecFault::NoSuchTime {
            text: clip(start[..start.len() - left.0.len()].trim()),
        }),
    })
}

/// Parses what may follow the seconds, and writes the text.
fn finish(civil: Civil, mut left: Left) -> Result<Moment, SpecFault> {
    if left.0.starts_with('.') {
        let digits = left.0[1..].trim_start_matches(|c: char| c.is_ascii_digit());
        let fraction = &left.0[1..left.0.len() - digits.len()];
        if fraction.bytes().any(|byte| byte != b'0') {
            return Err(SpecFault::MomentFraction {
                text: clip(fraction),
            });
        }
        left.0 = digits;
    }
    left.spaces();
    let civil = match left.0 {
        "" => return Ok(Moment::Local(civil.to_string())),
        "Z" | "z" | "UTC" | "utc" => civil,
        offset => {
            let minutes = offset_minutes(offset)
                .ok_or_else(|| SpecFault::MomentTail { text: clip(offset) })?;
            civil.earlier(minutes)
        }
    };
    // An offset may lead out of the allowed years at either end.
    check_year(civil.year)?;
    Ok(Moment::Instant(format!("{civil}Z")))
}

fn check_year(year: i32) -> Result<(), SpecFault> {
    if YEARS.contains(&year) {
        Ok(())
    } else {
        Err(SpecFault::YearRange { year })
    }
}

/// The month and the day, if there is such a date.
fn check_date(year: i32, month: i32, day: i32) -> Result<(u8, u8), SpecFault> {
    check_year(year)?;
    let month = match u8::try_from(month) {
        Ok(month @ 1..=12) => month,
        _ => return Err(SpecFault::NoSuchMonth { month }),
    };
    let last = days_in_month(year, month);
    match u8::try_from(day) {
        Ok(day) if (1..=last).contains(&day) => Ok((month, day)),
        _ => Err(SpecFault::NoSuchDay {
            date: format!("{year:04}-{month:02}-{day:02}"),
            last: format!("{year:04}-{month:02}-{last:02}"),
        }),
    }
}

/// The time of day, if the text consists of one.
fn only_clock(text: &str) -> Option<Result<(u8, u8, u8), SpecFault>> {
    let mut left = Left(text);
    let found = clock(&mut left)?;
    left.0.is_empty().then_some(found)
}

/// `+08:00`, `-0330` or `+08` in minutes.
fn offset_minutes(text: &str) -> Option<i32> {
    let mut left = Left(text);
    let sign = match left.one_of(&['+', '-'])? {
        '-' => -1,
        _ => 1,
    };
    let hours = left.digits(2, 2)?;
    left.one_of(&[':']);
    let minutes = if left.0.is_empty() {
        0
    } else {
        left.digits(2, 2)?
    };
    (left.0.is_empty() && hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

impl Civil {
    /// The time so many minutes earlier, less than a day.
    fn earlier(mut self, minutes: i32) -> Self {
        let total = i32::from(self.hour) * 60 + i32::from(self.minute) - minutes;
        match total.div_euclid(1_440) {
            ..=-1 => self.day_before(),
            0 => {}
            1.. => self.day_after(),
        }
        let of_day = total.rem_euclid(1_440);
        self.hour = u8::try_from(of_day / 60).unwrap_or(0);
        self.minute = u8::try_from(of_day % 60).unwrap_or(0);
        self
    }

    fn day_before(&mut self) {
        if self.day > 1 {
            self.day -= 1;
            return;
        }
        (self.year, self.month) = match self.month {
            1 => (self.year - 1, 12),
            month => (self.year, month - 1),
        };
        self.day = days_in_month(self.year, self.month);
    }

    fn day_after(&mut self) {
        if self.day < days_in_month(self.year, self.month) {
            self.day += 1;
            return;
        }
        self.day = 1;
        (self.year, self.month) = match self.month {
            12 => (self.year + 1, 1),
            month => (self.year, month + 1),
        };
    }
}

impl std::fmt::Display for Civil {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            self.year, self.month, self.day, self.hour, self.minute, self.second
        )
    }
}

/// The text that has not been parsed yet.
struct Left<'a>(&'a str);

impl Left<'_> {
    /// A number with at most so many digits; what follows may be digits too.
    fn digits(&mut self, least: usize, most: usize) -> Option<i32> {
        let digits = self.0.bytes().take(most).take_while(u8::is_ascii_digit);
        let (digits, rest) = self.0.split_at(digits.count());
        if digits.len() < least {
            return None;
        }
        self.0 = rest;
        digits.parse().ok()
    }

    fn one_of(&mut self, marks: &[char]) -> Option<char> {
        let first = self.0.chars().next().filter(|c| marks.contains(c))?;
        self.0 = &self.0[first.len_utf8()..];
        Some(first)
    }

    /// Skips white space; returns whether there was any.
    fn spaces(&mut self) -> bool {
        let before = self.0.len();
        self.0 = self.0.trim_start();
        before > self.0.len()
    }
}

/// The text for display: `2026-12-01 09:00`, with seconds if there are any, and an instant with its zone.
pub(super) fn shown(text: &str) -> String {
    let (local, zone) = match text.strip_suffix('Z') {
        Some(local) => (local, " UTC"),
        None => (text, ""),
    };
    let local = local.replacen('T', " ", 1);
    let short = match local.strip_suffix(":00") {
        // Cuts only the seconds: an hour and a minute must be left.
        Some(short) if local.matches(':').count() == 2 => short,
        _ => &local,
    };
    format!("{short}{zone}")
}
