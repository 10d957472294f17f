//! Rules that hold for random texts.

use super::*;
use crate::cron::tests::random::{Random, random_expr};
use crate::schedule::{DayRule, describe_schedule};
use std::collections::HashMap;

/// A text of pieces that the grammar knows, rarely in a valid order.
fn random_text(random: &mut Random) -> String {
    const HEADS: [&str; 16] = [
        "every ",
        "@every ",
        "每",
        "每隔 ",
        "at ",
        "@at ",
        "once ",
        "一次 ",
        "@startup",
        "启动时",
        "",
        "",
        "",
        "每 ",
        "EVERY ",
        "2026-12-01 09:00",
    ];
    const PIECES: [&str; 40] = [
        "90",
        "1",
        "0",
        "366",
        "2",
        "s",
        "m",
        "h",
        "d",
        "w",
        " ",
        " ",
        " seconds",
        " hours",
        "秒",
        " 小时",
        "分钟",
        "天",
        "个",
        "月",
        "一次",
        "，",
        "从 ",
        " from ",
        "起",
        "2026-11-22 09:00",
        "2026-02-29",
        "2028/2/29 9:05:07",
        "T",
        "Z",
        "+08:00",
        ":",
        "-",
        ".5",
        "年",
        "一",
        "* * * *",
        "?",
        "\u{3000}",
        "é",
    ];
    let mut text = random.pick(&HEADS).to_owned();
    for _ in 0..random.below(7) {
        text.push_str(random.pick(&PIECES));
    }
    text
}

#[test]
fn any_text_is_answered_and_reads_back() {
    let mut random = Random(0x51ed_270b_7f4a_7c15);
    let mut kinds: HashMap<&str, usize> = HashMap::new();
    for round in 0..60_000 {
        let text = if round % 10 == 0 {
            (0..random.below(20))
                .filter_map(|_| char::from_u32(u32::try_from(random.below(0x11_0000)).ok()?))
                .collect()
        } else {
            random_text(&mut random)
        };
        let dialect = [Dialect::Standard, Dialect::Quartz][round % 2];
        match ScheduleSpec::parse_dialect(&text, dialect) {
            Ok(spec) => {
                *kinds.entry(spec.kind()).or_default() += 1;
                let canonical = spec.canonical();
                assert_eq!(
                    ScheduleSpec::parse(&canonical).as_ref(),
                    Ok(&spec),
                    "{text}: {canonical}"
                );
                for lang in [Lang::Zh, Lang::En] {
                    assert!(!spec.describe(lang).is_empty());
                    assert!(
                        spec.warnings(lang)
                            .iter()
                            .all(|warning| !warning.is_empty())
                    );
                }
            }
            Err(fault) => {
                for lang in [Lang::Zh, Lang::En] {
                    let said = fault.text(lang);
                    assert!((10..400).contains(&said.len()), "{text}: {said}");
                }
            }
        }
    }
    let enough = |kind: &str| kinds.get(kind).is_some_and(|count| *count > 300);
    assert!(
        enough("interval") && enough("once") && enough("startup"),
        "{kinds:?}"
    );
}

#[test]
fn cron_texts_read_back_through_the_spec() {
    let mut random = Random(5);
    for _ in 0..2_000 {
        let spec = ScheduleSpec::Cron(random_expr(&mut random));
        assert_eq!(ScheduleSpec::parse(&spec.canonical()), Ok(spec));
    }
}

#[test]
fn a_cron_expression_and_an_interval_with_the_same_words_are_the_same() {
    let mut exprs: HashMap<String, crate::cron::CronExpr> = HashMap::new();
    let mut random = Random(3);
    for _ in 0..2_000 {
        let expr = random_expr(&mut random);
        exprs.insert(expr.describe(Lang::Zh), expr.clone());
        exprs.insert(expr.describe(Lang::En), expr);
    }
    for step in 2..=30 {
        for text in [format!("*/{step} * * * *"), format!("*/{step} * * * * *")] {
            let expr = crate::cron::CronExpr::parse(&text).unwrap();
            exprs.insert(expr.describe(Lang::Zh), expr);
        }
    }
    let mut met = 0;
    for seconds in 1..=86_400_usize {
        let spec = ScheduleSpec::Every {
            seconds: i64::try_from(seconds).unwrap(),
            anchor: None,
        };
        let Some(expr) = exprs.get(&spec.describe(Lang::Zh)) else {
            continue;
        };
        met += 1;
        assert!(expr.is_every_day() && 86_400 % seconds == 0);
        for at in 0..86_400_usize {
            let part = |value: usize| u8::try_from(value).unwrap();
            let found = expr.matches_time(part(at / 3600), part(at / 60 % 60), part(at % 60));
            assert_eq!(found, at % seconds == 0, "{}: {at}", expr.source());
        }
    }
    assert!(met > 10, "only {met} pairs have the same words");
}

#[test]
fn schedules_that_differ_have_different_words() {
    // No two of these fire at the same times.
    const SPECS: [&str; 14] = [
        "0 9 * * *",
        "0 9 * 6 *",
        "0 9 * * 1-5",
        "0 9 * * 6",
        "0 9 1 * *",
        "0 9 LW * *",
        "*/5 * * * *",
        "*/5 9-17 * * *",
        "0 9 13 * 1-5",
        "every 7m",
        "every 7m from 2026-11-22 09:00",
        "every 7m from 2026-11-22T09:00:00Z",
        "at 2026-11-22 09:00",
        "@startup",
    ];
    const RULES: [DayRule; 9] = [
        DayRule::Any,
        DayRule::WorkDays,
        DayRule::RestDays,
        DayRule::NextWorkDay,
        DayRule::PreviousWorkDay,
        DayRule::NthWorkDay(1),
        DayRule::NthWorkDay(2),
        DayRule::NthWorkDay(-1),
        DayRule::NthWorkDay(-2),
    ];
    let mut seen: HashMap<String, String> = HashMap::new();
    for spec in SPECS {
        for rule in RULES {
            for calendar in ["-", "us"] {
                for jitter in ["-", "60", "60=", "90"] {
                    // Without a day rule the calendar is not used.
                    let asked = if rule.asks_calendar() { calendar } else { "" };
                    let meaning = format!("{spec} | {rule} | {asked} | {jitter}");
                    let made = schedule(spec, &rule.to_string(), calendar, jitter);
                    for lang in [Lang::Zh, Lang::En] {
                        let words = describe_schedule(&made, lang);
                        let other = seen.entry(words.clone()).or_insert_with(|| meaning.clone());
                        assert_eq!(*other, meaning, "{words}");
                    }
                }
            }
        }
    }
    let named = schedule("0 9 * * *", "work_days", "cn", "-");
    let usual = schedule("0 9 * * *", "work_days", "-", "-");
    assert_eq!(
        describe_schedule(&named, Lang::Zh),
        describe_schedule(&usual, Lang::Zh)
    );
}
