//! Rules that hold for random texts.

use super::*;
use crate::cron::tests::reader;
use std::collections::HashMap;

/// A small generator (xorshift64), so that every run tests the same texts.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap_or(0)
    }

    pub(crate) fn pick<'a>(&mut self, pool: &[&'a str]) -> &'a str {
        pool[self.below(pool.len())]
    }
}

/// A valid expression of few items, so that different texts often mean the same or nearly so.
pub(crate) fn random_expr(random: &mut Random) -> CronExpr {
    const CLOCK: [&str; 17] = [
        "*",
        "0",
        "0",
        "30",
        "*/2",
        "*/15",
        "*/7",
        "5/15",
        "0-10",
        "9",
        "0,30",
        "9-10",
        "8-18",
        "1-23/2",
        "0,7,8",
        "0,7,14,21,23",
        "22",
    ];
    const HOUR: [&str; 14] = [
        "*",
        "0",
        "9",
        "9-17",
        "9,18",
        "*/2",
        "*/6",
        "*/5",
        "1-23/2",
        "8-20/2",
        "8-12,14-18",
        "3/4",
        "0,1,3,4,6,7,9,10",
        "0-22/2",
    ];
    const DAY: [&str; 12] = [
        "*", "*", "*", "1", "1,15", "L", "LW", "15W", "*/2", "31", "1-31", "1W,L",
    ];
    const MONTH: [&str; 9] = ["*", "*", "*", "2", "6-8", "1,7", "*/2", "1-12", "1-11/2"];
    const WEEKDAY: [&str; 14] = [
        "*", "*", "*", "1-5", "5", "0,6", "5-7", "FRI#3", "5L", "1,5#3", "0-6", "*/2", "1#1,1#3",
        "6,7",
    ];
    let mut fields = vec![
        random.pick(&CLOCK),
        random.pick(&HOUR),
        random.pick(&DAY),
        random.pick(&MONTH),
        random.pick(&WEEKDAY),
    ];
    if random.below(2) == 0 {
        fields.insert(0, random.pick(&CLOCK));
    }
    expr(&fields.join(" "))
}

#[test]
fn any_text_is_answered() {
    const ALPHABET: &[u8] = b"0123456789*/-,?#LWlw @:ADEFJMNORSTUVYadejmn      ";
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut accepted = 0;
    for round in 0..220_000 {
        let length = random.below(24);
        let text: String = if round < 200_000 {
            (0..length)
                .map(|_| char::from(ALPHABET[random.below(ALPHABET.len())]))
                .collect()
        } else {
            (0..length)
                .filter_map(|_| char::from_u32(u32::try_from(random.below(0x11_0000)).ok()?))
                .collect()
        };
        // Random text rarely has five fields; half of the rounds get the missing ones.
        let text = if round % 2 == 0 {
            text
        } else {
            format!("{text} * * * *{}", ["", " ?"][round / 2 % 2])
        };
        let dialect = [Dialect::Standard, Dialect::Quartz][random.below(2)];
        for lang in [Lang::Zh, Lang::En] {
            match CronExpr::parse_dialect(&text, dialect) {
                Ok(parsed) => {
                    accepted += 1;
                    assert!(!parsed.describe(lang).is_empty());
                    assert!(
                        parsed
                            .warnings()
                            .iter()
                            .all(|warning| !warning.text(lang).is_empty())
                    );
                    let canonical = expr(&parsed.canonical());
                    assert_eq!(canonical.canonical(), parsed.canonical());
                    assert_eq!(canonical.engine_text(), parsed.engine_text(), "{text}");
                }
                Err(fault) => assert!(fault.text(lang).len() > 9, "{text}: {fault}"),
            }
        }
    }
    assert!(accepted > 1_000, "only {accepted} were valid");
}

#[test]
fn same_words_mean_the_same_times() {
    let mut random = Random(42);
    let dates = reader::dates();
    let mut seen: HashMap<String, (CronExpr, Vec<bool>)> = HashMap::new();
    for _ in 0..6_000 {
        let parsed = random_expr(&mut random);
        let matches = |date: &reader::Date| parsed.matches_date(date.year, date.month, date.day);
        let mut firing: Vec<bool> = dates.iter().map(matches).collect();
        firing.extend((0..24).map(|hour| parsed.hour.has(hour)));
        firing.extend((0..60).map(|minute| parsed.minute.has(minute)));
        firing.extend((0..60).map(|second| {
            parsed
                .second
                .as_ref()
                .map_or(second == 0, |field| field.has(second))
        }));
        for lang in [Lang::Zh, Lang::En] {
            let words = parsed.describe(lang);
            let (other, times) = seen
                .entry(words.clone())
                .or_insert_with(|| (parsed.clone(), firing.clone()));
            assert!(
                *times == firing,
                "{words}: {} and {}",
                parsed.source(),
                other.source()
            );
        }
    }
    assert!(seen.len() > 1_000);
}

#[test]
fn words_read_back_to_the_firings() {
    let mut random = Random(7);
    let dates = reader::dates();
    for round in 0..1_500 {
        let parsed = random_expr(&mut random);
        let words = parsed.describe(Lang::Zh);
        let Some((seconds, days)) = reader::read(&words, &dates) else {
            panic!("{}: cannot read {words}", parsed.source());
        };
        for (date, expected) in dates.iter().zip(&days) {
            let found = parsed.matches_date(date.year, date.month, date.day);
            let (month, day) = (date.month, date.day);
            assert_eq!(
                found,
                *expected,
                "{}: {words}, {month}-{day}",
                parsed.source()
            );
        }
        // All seconds of a day take long; most rounds check each minute's first and some odd ones.
        let step = if round % 50 == 0 { 1 } else { 20 };
        for at in (0..86_400_usize).step_by(step) {
            let part = |value: usize| u8::try_from(value).unwrap();
            let (hour, minute, second) = (part(at / 3600), part(at / 60 % 60), part(at % 60));
            let found = parsed.matches_time(hour, minute, second);
            assert_eq!(
                found,
                seconds[at],
                "{}: {words}, second {at}",
                parsed.source()
            );
        }
    }
}
