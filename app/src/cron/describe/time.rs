//! Describes the time of day.

use crate::cron::CronExpr;
use crate::cron::field::Field;
use crate::cron::names::{join, number_list, progression, runs};
use crate::i18n::Lang;

/// The most windows or clock times that are listed one by one.
const MAX_WINDOWS: usize = 4;
const MAX_CLOCKS: usize = 6;

/// How the words for the time of day combine with those for the day.
pub(super) enum TimeWords {
    /// Clock times: "at 09:00 and 18:00".
    Clocks(String),
    /// Tied to parts of the day: "from 09:00 to 18:00".
    Window(String),
    /// The same all day long: "every 5 minutes".
    Cycle(String),
}

/// The set of a time field, by its pattern.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Every,
    One(u8),
    /// Evenly spaced around the whole field, so that "every n" is true without qualification.
    Even {
        step: u8,
        first: u8,
        last: u8,
    },
    Other,
}

/// The values of the three time fields and their patterns.
pub(super) struct Times {
    seconds: Vec<u8>,
    minutes: Vec<u8>,
    hours: Vec<u8>,
    second: Shape,
    minute: Shape,
    hour: Shape,
    /// Typed as `*` or `*/n`, where a list of clock times would hide the intent.
    second_wildcard: bool,
    minute_wildcard: bool,
    hour_wildcard: bool,
    lang: Lang,
}

impl Times {
    pub(super) fn of(expr: &CronExpr, lang: Lang) -> Self {
        let seconds = expr.second.as_ref().map_or_else(|| vec![0], Field::values);
        let (minutes, hours) = (expr.minute.values(), expr.hour.values());
        Self {
            second: shape(&seconds, 60),
            minute: shape(&minutes, 60),
            hour: shape(&hours, 24),
            second_wildcard: expr.second.as_ref().is_some_and(Field::has_wildcard),
            minute_wildcard: expr.minute.has_wildcard(),
            hour_wildcard: expr.hour.has_wildcard(),
            seconds,
            minutes,
            hours,
            lang,
        }
    }

    pub(super) fn words(&self) -> TimeWords {
        if let Some(clocks) = self.few_clocks() {
            return TimeWords::Clocks(clocks);
        }
        let Shape::One(second) = self.second else {
            return self.many_seconds();
        };
        match (self.minute, self.hour) {
            (Shape::One(minute), _) => self.one_minute(minute, second),
            (Shape::Every | Shape::Even { .. }, _) => self.even_minutes(second),
            _ => self.listed_minutes(second),
        }
    }

    /// At most six clock times, unless "every" or a range says the same in fewer words.
    fn few_clocks(&self) -> Option<String> {
        let long_run = |values: &[u8]| values.len() > 3 && runs(values).len() == 1;
        let long_step =
            |shape, wildcard, count| wildcard && matches!(shape, Shape::Even { .. }) && count > 2;
        let rather_every = long_step(self.second, self.second_wildcard, self.seconds.len())
            || long_step(self.minute, self.minute_wildcard, self.minutes.len())
            // "Every 12 hours" does not say which; up to four clock times do.
            || long_step(self.hour, self.hour_wildcard && self.hours.len() > 4, self.hours.len())
            || [&self.seconds, &self.minutes, &self.hours].into_iter().any(|values| long_run(values));
        if rather_every || self.seconds.len() * self.minutes.len() * self.hours.len() > MAX_CLOCKS {
            return None;
        }
        let mut clocks = Vec::new();
        for &hour in &self.hours {
            for &minute in &self.minutes {
                clocks.extend(
                    self.seconds
                        .iter()
                        .map(|&second| self.clock(hour, minute, second)),
                );
            }
        }
        Some(join(&clocks, self.lang))
    }

    /// One minute of each chosen hour.
    fn one_minute(&self, minute: u8, second: u8) -> TimeWords {
        let start = self
            .hours
            .first()
            .map_or_else(String::new, |&hour| self.clock(hour, minute, second));
        let spans = runs(&self.hours);
        match self.hour {
            Shape::Every if minute == 0 && second == 0 => {
                TimeWords::Cycle(self.say("每小时整点".into(), "every hour, on the hour".into()))
            }
            Shape::Every if second == 0 => TimeWords::Cycle(self.say(
                format!("每小时第 {minute} 分"),
                format!("every hour at minute {minute}"),
            )),
            Shape::Every => TimeWords::Cycle(self.say(
                format!("每小时第 {minute} 分 {second} 秒"),
                format!("every hour at minute {minute}, second {second}"),
            )),
            Shape::Even { step, first: 0, .. } if minute == 0 && second == 0 => {
                TimeWords::Cycle(self.say(
                    format!("每 {step} 小时整点"),
                    format!("every {step} hours, on the hour"),
                ))
            }
            Shape::Even { step, .. } => TimeWords::Cycle(self.say(
                format!("每 {step} 小时，从 {start} 起"),
                format!("every {step} hours from {start}"),
            )),
            _ if spans.len() <= MAX_WINDOWS && spans.iter().any(|(from, to)| to - from >= 2) => {
                let windows = self.windows(&spans, (minute, second), (minute, second));
                TimeWords::Window(
                    self.say(format!("{windows} 每小时"), format!("every hour {windows}")),
                )
            }
            _ => match progression(&self.hours) {
                Some(step) if self.hours.len() > 3 => {
                    let end = self
                        .hours
                        .last()
                        .map_or_else(String::new, |&hour| self.clock(hour, minute, second));
                    TimeWords::Window(self.say(
                        format!("{start}–{end} 每 {step} 小时"),
                        format!("every {step} hours from {start} to {end}"),
                    ))
                }
                _ => {
                    let clocks: Vec<String> = self
                        .hours
                        .iter()
                        .map(|&hour| self.clock(hour, minute, second))
                        .collect();
                    TimeWords::Clocks(join(&clocks, self.lang))
                }
            },
        }
    }

    /// Every minute, or evenly spaced ones, in all or some hours.
    fn even_minutes(&self, second: u8) -> TimeWords {
        let (first, last, every) = match self.minute {
            Shape::Even { step, first, last } => (
                first,
                last,
                self.say(format!("每 {step} 分钟"), format!("every {step} minutes")),
            ),
            _ => (
                0,
                59,
                self.say("每分钟".to_owned(), "every minute".to_owned()),
            ),
        };
        let spans = runs(&self.hours);
        if self.hour != Shape::Every && spans.len() <= MAX_WINDOWS {
            let windows = self.windows(&spans, (first, second), (last, second));
            return TimeWords::Window(
                self.say(format!("{windows} {every}"), format!("{every} {windows}")),
            );
        }
        let from = match first {
            0 => String::new(),
            _ => self.say(
                format!("，从第 {first} 分起"),
                format!(" from minute {first}"),
            ),
        };
        if self.minute == Shape::Every && self.hour == Shape::Every && second > 0 {
            let words = self.say(
                format!("每分钟第 {second} 秒"),
                format!("every minute at second {second}"),
            );
            return TimeWords::Cycle(words);
        }
        let every = format!("{every}{from}{}", self.at_second(second));
        if self.hour == Shape::Every {
            return TimeWords::Cycle(every);
        }
        let hours = self.hour_words();
        TimeWords::Window(self.say(
            format!("{hours}，{every}"),
            format!("{every}, during {hours}"),
        ))
    }

    /// Minutes with no common gap: listed one by one.
    fn listed_minutes(&self, second: u8) -> TimeWords {
        let spans = runs(&self.minutes);
        if let (&[(from, to)], &[hour]) = (spans.as_slice(), self.hours.as_slice()) {
            let (from, to) = (self.clock(hour, from, second), self.clock(hour, to, second));
            return TimeWords::Window(self.say(
                format!("{from}–{to} 每分钟"),
                format!("every minute from {from} to {to}"),
            ));
        }
        let (minutes, hours, at_second) = (
            self.list(&self.minutes),
            self.hour_words(),
            self.at_second(second),
        );
        self.cycle_or_window(self.say(
            format!("{hours}第 {minutes} 分{at_second}"),
            format!("at minutes {minutes} of {hours}{at_second}"),
        ))
    }

    /// Several seconds of a minute.
    fn many_seconds(&self) -> TimeWords {
        let (first, last, every) = match self.second {
            Shape::Every => (
                0,
                59,
                Some(self.say("每秒".to_owned(), "every second".to_owned())),
            ),
            Shape::Even { step, first, last } => (
                first,
                last,
                Some(self.say(format!("每 {step} 秒"), format!("every {step} seconds"))),
            ),
            _ => (0, 0, None),
        };
        let second_spans = runs(&self.seconds);
        if let (None, &[(from, to)], &[minute], &[hour]) = (
            &every,
            second_spans.as_slice(),
            self.minutes.as_slice(),
            self.hours.as_slice(),
        ) {
            let (from, to) = (self.clock(hour, minute, from), self.clock(hour, minute, to));
            return TimeWords::Window(self.say(
                format!("{from}–{to} 每秒"),
                format!("every second from {from} to {to}"),
            ));
        }
        let all_day = self.minute == Shape::Every && self.hour == Shape::Every;
        let spans = runs(&self.hours);
        let minute_spans = runs(&self.minutes);
        match (&every, minute_spans.as_slice(), self.hours.as_slice()) {
            (Some(every), _, _)
                if self.minute == Shape::Every && !all_day && spans.len() <= MAX_WINDOWS =>
            {
                let windows = self.windows(&spans, (0, first), (59, last));
                return TimeWords::Window(
                    self.say(format!("{windows} {every}"), format!("{every} {windows}")),
                );
            }
            (Some(every), &[(from, to)], &[hour]) => {
                let (from, to) = (self.clock(hour, from, first), self.clock(hour, to, last));
                return TimeWords::Window(self.say(
                    format!("{from}–{to} {every}"),
                    format!("{every} from {from} to {to}"),
                ));
            }
            _ => {}
        }
        let seconds = self.list(&self.seconds);
        let zh_seconds = match &every {
            Some(every) if first == 0 => every.clone(),
            Some(every) => format!("{every}，从第 {first} 秒起"),
            None => format!("第 {seconds} 秒"),
        };
        let en_seconds = match &every {
            Some(every) if first == 0 => every.clone(),
            Some(every) => format!("{every} from second {first}"),
            None => format!("at seconds {seconds}"),
        };
        let (minutes, hours) = (self.list(&self.minutes), self.hour_words());
        let joint = if every.is_some() { " during" } else { " of" };
        self.cycle_or_window(match (self.minute, self.hour, self.lang) {
            (Shape::Every, Shape::Every, Lang::Zh) if every.is_some() => zh_seconds,
            (Shape::Every, Shape::Every, Lang::Zh) => format!("每分钟{zh_seconds}"),
            (Shape::Every, Shape::Every, Lang::En) if every.is_some() => en_seconds,
            (Shape::Every, Shape::Every, Lang::En) => format!("{en_seconds} of every minute"),
            (Shape::Every, _, Lang::Zh) => format!("{hours}每分钟，{zh_seconds}"),
            (Shape::Every, _, Lang::En) => format!("{en_seconds}{joint} every minute of {hours}"),
            (_, _, Lang::Zh) => format!("{hours}第 {minutes} 分，{zh_seconds}"),
            (_, _, Lang::En) => {
                let plural = if self.minutes.len() == 1 { "" } else { "s" };
                format!("{en_seconds}{joint} minute{plural} {minutes} of {hours}")
            }
        })
    }

    /// Words that name their hours themselves fit any day; without hours they apply all day long.
    fn cycle_or_window(&self, words: String) -> TimeWords {
        if self.hour == Shape::Every {
            TimeWords::Cycle(words)
        } else {
            TimeWords::Window(words)
        }
    }

    /// `09:00–12:45、14:00–18:45`, from the first to the last firing of each run of hours.
    fn windows(&self, spans: &[(u8, u8)], first: (u8, u8), last: (u8, u8)) -> String {
        let words: Vec<String> = spans
            .iter()
            .map(|&(from, to)| {
                let (from, to) = (
                    self.clock(from, first.0, first.1),
                    self.clock(to, last.0, last.1),
                );
                if from == to {
                    return self.say(from.clone(), format!("at {from}"));
                }
                self.say(format!("{from}–{to}"), format!("from {from} to {to}"))
            })
            .collect();
        join(&words, self.lang)
    }

    /// `09:00`, or with seconds if any firing has some.
    fn clock(&self, hour: u8, minute: u8, second: u8) -> String {
        match self.second {
            Shape::One(0) => format!("{hour:02}:{minute:02}"),
            _ => format!("{hour:02}:{minute:02}:{second:02}"),
        }
    }

    fn at_second(&self, second: u8) -> String {
        match second {
            0 => String::new(),
            _ => self.say(format!("，第 {second} 秒"), format!(", at second {second}")),
        }
    }

    fn hour_words(&self) -> String {
        let list = self.list(&self.hours);
        match self.hour {
            Shape::Every => self.say("每小时".to_owned(), "every hour".to_owned()),
            Shape::One(_) => self.say(format!("{list} 点"), format!("hour {list}")),
            _ => self.say(format!("{list} 点"), format!("hours {list}")),
        }
    }

    fn list(&self, values: &[u8]) -> String {
        number_list(values, self.lang, |value| value.to_string())
    }

    fn say(&self, zh: String, en: String) -> String {
        self.lang.pick(zh, en)
    }
}

fn shape(values: &[u8], size: u8) -> Shape {
    match *values {
        [one] => Shape::One(one),
        _ if values.len() == usize::from(size) => Shape::Every,
        [first, second, ..] => {
            let (step, last) = (second - first, values.last().copied().unwrap_or(second));
            let even = values.windows(2).all(|pair| pair[1] - pair[0] == step)
                && first + size - last == step;
            if even {
                Shape::Even { step, first, last }
            } else {
                Shape::Other
            }
        }
        [] => Shape::Other,
    }
}
