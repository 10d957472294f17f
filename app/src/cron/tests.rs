//! The rules that hold for any expression; the tables of words are beside this file.

mod errors;
mod words;

use super::*;
use std::collections::HashMap;

/// A small generator (xorshift64), so that every run tests the same texts.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap_or(0)
    }

    fn pick<'a>(&mut self, pool: &[&'a str]) -> &'a str {
        pool[self.below(pool.len())]
    }
}

fn expr(text: &str) -> CronExpr {
    CronExpr::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

/// A valid expression out of few items, so that different texts often mean the same or nearly so.
fn random_expr(random: &mut Random) -> CronExpr {
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
fn canonical_text_folds_what_means_the_same() {
    for (text, canonical, engine) in [
        ("  05   09  01  jan  mon ", "5 9 1 JAN MON", "5 9 1 1 1"),
        ("5/15 * * * *", "5-59/15 * * * *", "5-59/15 * * * *"),
        ("0 9 * * mon/2", "0 9 * * MON-SAT/2", "0 9 * * 1-6/2"),
        ("0 9 * * 7/2", "0 9 * * 7-7/2", "0 9 * * 7-7/2"),
        (
            "0 9 ? jan-mar fri-sun",
            "0 9 * JAN-MAR FRI-SUN",
            "0 9 * 1-3 5-7",
        ),
        ("*/1 * */1 * ?", "* * * * *", "* * * * *"),
        (
            "0 0 lw,1w * fril,mon#2",
            "0 0 LW,1W * FRIL,MON#2",
            "0 0 LW,1W * 5L,1#2",
        ),
        ("5-5 3-9/20 * * *", "5-5 3-9/20 * * *", "5 3 * * *"),
        ("0\u{a0}9 * * *", "0 9 * * *", "0 9 * * *"),
        ("@DAILY", "@daily", "0 0 * * *"),
        ("@midnight", "@midnight", "0 0 * * *"),
        ("@weekly", "@weekly", "0 0 * * 0"),
    ] {
        let parsed = expr(text);
        assert_eq!(parsed.canonical(), canonical, "{text}");
        assert_eq!(parsed.engine_text(), engine, "{text}");
        assert_eq!(parsed.source(), text.trim());
        assert_eq!(expr(canonical).engine_text(), engine, "{text}");
    }
}

#[test]
fn fixed_times_have_no_wildcard_in_the_time_fields() {
    for text in [
        "30 2 * * *",
        "0,30 2 * * *",
        "0 1-3 * * *",
        "5/15 2 * * *",
        "0 0 2 */2 * *",
        "@daily",
    ] {
        assert!(expr(text).is_fixed_time(), "{text}");
    }
    for text in [
        "*/30 2 * * *",
        "0 * * * *",
        "0 */2 * * *",
        "* 0 2 * * *",
        "*/60 2 * * *",
        "*/20,5 2 * * *",
    ] {
        assert!(!expr(text).is_fixed_time(), "{text}");
    }
}

#[test]
fn times_and_dates_match_as_written() {
    assert!(expr("5/15 9-17 * * *").matches_time(9, 50, 0));
    assert!(!expr("5/15 9-17 * * *").matches_time(9, 50, 1));
    assert!(expr("* 0 9 * * *").matches_time(9, 0, 59));
    assert!(!expr("* * * * * *").matches_time(24, 60, 255));
    // The day vectors of 2026: 1 January is a Thursday.
    let days = |text: &str, month: u8| -> Vec<u8> {
        let parsed = expr(text);
        (0..=40)
            .filter(|&day| parsed.matches_date(2026, month, day))
            .collect()
    };
    assert_eq!(days("0 0 13 * 5", 1), [2, 9, 13, 16, 23, 30]);
    assert_eq!(
        days("0 0 * * 5-7", 1),
        [2, 3, 4, 9, 10, 11, 16, 17, 18, 23, 24, 25, 30, 31]
    );
    assert_eq!(days("0 0 * * 5#3,7L", 1), [16, 25]);
    assert_eq!(days("0 0 15W,1W,31W * *", 2), [2, 16]);
    assert_eq!(days("0 0 LW * *", 5), [29]);
    assert_eq!(days("0 0 L * *", 2), [28]);
    assert_eq!(days("0 0 13 * */1", 1), [13]);
    assert!(expr("0 0 29 2 *").matches_date(2104, 2, 29));
    assert!(!expr("0 0 29 2 *").matches_date(2100, 2, 29));
    assert!(!expr("0 0 * * *").matches_date(i32::MAX, 13, 1));
    assert!(expr("0 0 * * *").matches_date(i32::MIN, 1, 1));
}

#[test]
fn warnings_name_what_may_surprise() {
    for (text, words) in [
        ("0 9 * * 1-5", ""),
        ("*/15 */2 * */3 *", ""),
        ("*/60 * * * *", ""),
        ("20/15 * * * *", ""),
        ("0 0 31 1,3 *", ""),
        ("0 0 1-31 * *", ""),
        ("0 0 L,31 * *", ""),
        ("0 0 31 2 *", "没有这样的日期，永远不会执行"),
        ("0 0 30W,31 2 *", "没有这样的日期，永远不会执行"),
        ("0 0 29,30 2 *", "只在闰年的 2 月 29 日执行"),
        (
            "0 0 29 * *",
            "平年的 2 月没有 29 日，当月不会在该日执行；若指月末请写 L",
        ),
        (
            "0 0 15,31 * *",
            "2、4、6、9、11 月没有 31 日，不会在该日执行；若指月末请写 L",
        ),
        (
            "0 0 30-31 1-3 *",
            "2 月没有 30 日，不会在该日执行；若指月末请写 L",
        ),
        (
            "0 0 * * 5#5",
            "不是每个月都有第五个该星期几，没有的月份不执行",
        ),
        (
            "*/7 * * * *",
            "分钟：步长 7 每小时从头算起，首尾之间的间隔不一定是 7",
        ),
        (
            "5/7 * * * *",
            "分钟：步长 7 每小时从头算起，首尾之间的间隔不一定是 7",
        ),
        (
            "0 0 */2 * *",
            "日：步长 2 每月从头算起，首尾之间的间隔不一定是 2",
        ),
        ("0 0 31 2 1", "日和星期都有限定：满足其一即执行"),
    ] {
        let found: Vec<String> = expr(text)
            .warnings()
            .iter()
            .map(|w| w.text(Lang::Zh))
            .collect();
        assert_eq!(found.join("|"), words, "{text}");
        assert!(
            expr(text)
                .warnings()
                .iter()
                .all(|w| w.text(Lang::En).is_ascii()),
            "{text}"
        );
    }
    assert_eq!(
        expr("0 0 31 4,12 *").warnings()[0].text(Lang::En),
        "April has no 31st, so that day is left out; for the last day of the month write L"
    );
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
        // Random text rarely has five fields; half of the rounds are given the missing ones.
        let text = if round % 2 == 0 {
            text
        } else {
            format!("{text} * * * *")
        };
        for lang in [Lang::Zh, Lang::En] {
            match CronExpr::parse(&text) {
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
    let mut seen: HashMap<String, (CronExpr, Vec<bool>)> = HashMap::new();
    for _ in 0..3_000 {
        let parsed = random_expr(&mut random);
        // The first leap year with its neighbours holds every kind of month.
        let mut firing = Vec::new();
        for year in 2023..=2025 {
            for month in 1..=12 {
                firing.extend((1..=31).map(|day| parsed.matches_date(year, month, day)));
            }
        }
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
