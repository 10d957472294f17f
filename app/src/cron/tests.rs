//! Rules that hold for any expression; the tables of descriptions are beside this file.

mod errors;
mod quartz;
pub(crate) mod random;
mod reader;
mod words;

use super::*;

fn expr(text: &str) -> CronExpr {
    CronExpr::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"))
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
            "不是每个月都有第五个这样的星期，没有的月份不执行",
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
        "April has no 31st, so that day is skipped; for the last day of the month write L"
    );
}
