//! How long a preview takes, asked over REST: the answer of a typed expression.

use std::time::Instant;

use serde_json::json;

use crate::Failure;
use crate::product::Product;
use crate::report::{Report, SQLITE, percentile};
use crate::stage::{Db, Stage};

/// Asked in turn: what people write, and what is hard to answer.
const QUESTIONS: [(&str, &str, &str); 16] = [
    ("* * * * *", "any", "Asia/Shanghai"),
    ("0 9 * * 1-5", "any", "Europe/Berlin"),
    ("*/7 * * * * *", "any", "UTC"),
    ("0 0 29 2 *", "any", "America/New_York"),
    ("0 0 31 2 *", "any", "UTC"),
    ("0 0 L * *", "any", "Asia/Shanghai"),
    ("0 9 * * 5#5", "any", "Asia/Shanghai"),
    ("0,30 2 * * *", "any", "Europe/Berlin"),
    ("0 9 * * *", "work_days", "Asia/Shanghai"),
    ("* * * * * *", "rest_days", "Asia/Shanghai"),
    ("0 9 1,15 * *", "next_work_day", "Asia/Shanghai"),
    ("0 9 1,15 * *", "previous_work_day", "Asia/Shanghai"),
    ("0 18 * * *", "nth_work_day:-1", "Asia/Shanghai"),
    ("0 0 29 2 *", "next_work_day", "Asia/Shanghai"),
    ("every 90s", "any", "UTC"),
    ("*/5 2 * 3 0#2", "any", "America/New_York"),
];

/// Questions asked.
const COUNT: usize = 2_000;

/// Notes the time of the answers.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let product = Product::fresh(stage, Db::Sqlite, "preview").await?;
    let mut taken = Vec::with_capacity(COUNT);
    for number in 0..COUNT {
        let (spec, rule, zone) = QUESTIONS[number % QUESTIONS.len()];
        let question = json!({
            "schedules": [{"spec": spec, "day_rule": rule}],
            "zone": zone,
            "viewer_zone": "Asia/Shanghai",
        });
        let asked = Instant::now();
        product
            .ask(reqwest::Method::POST, "schedules/preview", Some(&question))
            .await?;
        taken.push(asked.elapsed().as_secs_f64() * 1_000.0);
    }
    for (metric, percent) in [("p50", 50), ("p99", 99), ("slowest", 100)] {
        report.put(
            "preview",
            SQLITE,
            (metric, "ms"),
            [percentile(&taken, percent)],
        );
    }
    Ok(())
}
