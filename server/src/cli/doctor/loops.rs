//! Whether the background loops of a running server work.

use app::node::{LoopResult, LoopStatus};
use serde_json::Value;

use super::report::Report;

/// Checks the loops that `/readyz` lists for an administrator; no check where it lists none.
pub(super) fn check(ready: &Value, report: &mut Report) {
    let Some(listed) = ready.get("loops") else {
        return;
    };
    let Ok(loops) = serde_json::from_value::<Vec<LoopStatus>>(listed.clone()) else {
        // A server of another version, which the version check reports.
        return;
    };
    let failing: Vec<&LoopStatus> = loops.iter().filter(|one| one.is_failing()).collect();
    if failing.is_empty() {
        let names: Vec<&str> = loops.iter().map(|one| one.name.as_str()).collect();
        let names = names.join(", ");
        return report.ok("loops", (names.clone(), names));
    }
    let lang = report.lang();
    let words: Vec<String> = failing
        .iter()
        .map(|one| {
            let (name, times) = (&one.name, one.failures);
            let error = one.error.as_deref().unwrap_or("?");
            if one.result == Some(LoopResult::Panic) {
                lang.pick(
                    format!("{name} 崩溃后重启 ×{times}（{error}）"),
                    format!("{name} panicked and was restarted ×{times} ({error})"),
                )
            } else {
                lang.pick(
                    format!("{name} 出错 ×{times}（{error}）"),
                    format!("{name} failed ×{times} ({error})"),
                )
            }
        })
        .collect();
    report.warn(
        "loops",
        words.join(lang.pick("；", "; ")),
        (
            "它会自动重试；原因见服务器日志",
            "it is retried by itself; the server's log has the reason",
        ),
    );
}

#[cfg(test)]
mod tests {
    use app::i18n::Lang;
    use serde_json::json;

    use super::*;
    use crate::cli::doctor::report::Status;

    fn one(name: &str, failures: u32, result: &str, error: Option<&str>) -> Value {
        json!({
            "name": name, "every_ms": 5000, "woken": true, "running": false,
            "started_at": null, "ended_at": null, "succeeded_at": null, "next_at": null,
            "result": result, "error": error, "failures": failures, "panics": 0,
        })
    }

    #[test]
    fn failing_loops_are_listed_with_their_error() {
        let mut report = Report::new(Lang::En);
        check(&json!({"database": "ok"}), &mut report);
        assert!(report.checks.is_empty());

        // An error of long ago, after which all has been well.
        let well = json!({"loops": [one("outbox", 0, "ok", Some("old")), one("scheduler", 0, "ok", None)]});
        check(&well, &mut report);
        assert_eq!(report.count(Status::Ok), 1);
        assert_eq!(
            report.lines(),
            ["ok    background loops: outbox, scheduler"]
        );

        let mut report = Report::new(Lang::En);
        let ill = json!({"loops": [
            one("outbox", 3, "error", Some("the database failed")),
            one("streams", 1, "panic", Some("boom")),
            one("output", 0, "ok", None),
        ]});
        check(&ill, &mut report);
        assert_eq!(
            report.lines(),
            [
                "warn  background loops: outbox failed ×3 (the database failed); streams panicked and was restarted ×1 (boom); it is retried by itself; the server's log has the reason"
            ]
        );
    }
}
