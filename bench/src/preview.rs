//! How long a preview takes, asked over REST: the answer of a typed expression.

use std::time::Instant;

use serde_json::json;

use crate::Failure;

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

/// Milliseconds of `count` answers, sorted.
pub(crate) async fn answers(
    http: &reqwest::Client,
    base: &str,
    token: &str,
    count: usize,
) -> Result<Vec<f64>, Failure> {
    let mut taken = Vec::with_capacity(count);
    for number in 0..count {
        let (spec, rule, zone) = QUESTIONS[number % QUESTIONS.len()];
        let question = json!({
            "schedules": [{"spec": spec, "day_rule": rule}],
            "zone": zone,
            "viewer_zone": "Asia/Shanghai",
        });
        let asked = Instant::now();
        let answer = http
            .post(format!("{base}/api/v1/schedules/preview"))
            .bearer_auth(token)
            .json(&question)
            .send()
            .await?;
        let status = answer.status();
        let body = answer.bytes().await?;
        taken.push(asked.elapsed().as_secs_f64() * 1_000.0);
        if !status.is_success() {
            return Err(format!("{spec}: {status} {}", String::from_utf8_lossy(&body)).into());
        }
    }
    taken.sort_by(f64::total_cmp);
    Ok(taken)
}
