//! Texts about the runs of a task over months.

use crate::i18n::{Lang, plural};
use crate::run::days::{RunPeriod, RunWeek};
use crate::texts::phrases::{bytes, took};

crate::texts! {
    /// Texts about the runs of a task over months.
    DaysUi {
        statistics: "统计" | "Statistics",
        show: "显示统计" | "Show statistics",
        utc: "按 UTC 的日期计；已按保留期删除的执行也计入；人为停止的不计入成功率。耗时误差约 9 %。" | "Days are in UTC. Runs deleted by retention are included; stopped runs do not count towards the success rate. Durations are accurate to about 9 %.",
        incomplete: "*：这个任务的执行太多，没有全部计入" | "*: not all runs of this period are counted, because the task has too many",
        empty: "还没有结束的执行" | "No runs have ended",
    }
}

/// A period that ends today: `7 天`, `7 days`.
#[must_use]
pub fn period(lang: Lang, days: u32) -> String {
    lang.pick(format!("{days} 天"), format!("{days} days"))
}

/// A period as a line of facts: `7 days`, and `168 runs, 99.2 % succeeded, p50 3 s, p95 8 s, output 1.2 MB`.
#[must_use]
pub fn period_line(lang: Lang, sums: &RunPeriod) -> (String, String) {
    let mut term = period(lang, sums.days);
    if !sums.complete {
        term.push_str(" *");
    }
    let runs = sums.runs;
    let mut words = vec![lang.pick(
        format!("执行 {runs} 次"),
        format!("{runs} {}", plural(runs, "run", "runs")),
    )];
    if let Some(share) = sums.success_permille.map(percent) {
        words.push(lang.pick(format!("成功率 {share}"), format!("{share} succeeded")));
    }
    if let (Some(p50), Some(p95)) = (sums.p50_ms, sums.p95_ms) {
        words.push(format!("p50 {}", took(lang, p50)));
        words.push(format!("p95 {}", took(lang, p95)));
    }
    if sums.output_bytes > 0 {
        let size = bytes(sums.output_bytes);
        words.push(lang.pick(format!("输出 {size}"), format!("output {size}")));
    }
    (term, words.join(lang.pick("，", ", ")))
}

/// A share of a thousand as percent: `99.2 %`.
#[must_use]
pub fn percent(permille: i64) -> String {
    format!("{}.{} %", permille / 10, permille % 10)
}

/// From which day on a list is complete.
#[must_use]
pub fn complete_from(lang: Lang, day: &str) -> String {
    lang.pick(
        format!("执行太多，{day} 之前的没有计入"),
        format!("There are too many runs; those before {day} are not counted"),
    )
}

/// A week in one line: `2026-11-24 – 2026-11-30: 168 runs, 2 failed, p50 3 s, p95 8 s`.
#[must_use]
pub fn week(lang: Lang, week: &RunWeek) -> String {
    let (from, to, runs, bad) = (&week.from, &week.to, week.runs, week.bad);
    let counts = lang.pick(
        format!("{from} – {to}：执行 {runs} 次，失败 {bad} 次"),
        format!(
            "{from} – {to}: {runs} {}, {bad} failed",
            plural(runs, "run", "runs")
        ),
    );
    let comma = lang.pick("，", ", ");
    match (week.p50_ms, week.p95_ms) {
        (Some(p50), Some(p95)) => format!(
            "{counts}{comma}p50 {}{comma}p95 {}",
            took(lang, p50),
            took(lang, p95)
        ),
        _ => counts,
    }
}

/// What the picture of the weeks shows, in one sentence.
#[must_use]
pub fn trend(lang: Lang, weeks: usize, runs: i64, bad: i64) -> String {
    lang.pick(
        format!("最近 {weeks} 周：执行 {runs} 次，失败 {bad} 次"),
        format!(
            "Last {weeks} {}: {runs} {}, {bad} failed",
            plural(weeks, "week", "weeks"),
            plural(runs, "run", "runs"),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_weeks_are_worded() {
        assert_eq!(percent(1000), "100.0 %");
        assert_eq!(percent(999), "99.9 %");
        assert_eq!(percent(0), "0.0 %");
        let one = RunWeek {
            from: "2026-11-24".to_owned(),
            to: "2026-11-30".to_owned(),
            runs: 1,
            bad: 0,
            p50_ms: Some(3_000),
            p95_ms: Some(3_000),
        };
        assert_eq!(
            week(Lang::En, &one),
            "2026-11-24 – 2026-11-30: 1 run, 0 failed, p50 3 s, p95 3 s"
        );
        let sums = RunPeriod {
            days: 7,
            runs: 168,
            bad: 1,
            success_permille: Some(994),
            p50_ms: Some(3_000),
            p95_ms: Some(8_000),
            output_bytes: 1_200_000,
            complete: false,
        };
        let (term, words) = period_line(Lang::En, &sums);
        assert_eq!(term, "7 days *");
        assert_eq!(
            words,
            "168 runs, 99.4 % succeeded, p50 3 s, p95 8 s, output 1.2 MB"
        );
        let none = RunWeek {
            p50_ms: None,
            ..one
        };
        assert_eq!(
            week(Lang::Zh, &none),
            "2026-11-24 – 2026-11-30：执行 1 次，失败 0 次"
        );
    }
}
