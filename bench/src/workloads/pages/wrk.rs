//! Requests a second from four connections, by wrk.

use std::time::Duration;

use super::Reader;
use crate::Failure;
use crate::stage::Stage;

/// Connections at the same time.
const CONNECTIONS: &str = "4";

/// Requests a second; it is a failure when one of them was not answered with success.
pub(super) async fn rate(
    stage: &Stage,
    reader: &Reader,
    path: &str,
    time: Duration,
) -> Result<f64, Failure> {
    let got = std::process::Command::new(stage.root.join("scripts/need.sh"))
        .args(["wrk", "wrk"])
        .status()?;
    if !got.success() {
        return Err("wrk is not there".into());
    }
    let mut command = tokio::process::Command::new("wrk");
    command
        .args(["--threads", "1", "--connections", CONNECTIONS])
        .args(["--timeout", "30s"])
        .arg(format!("--duration={}s", time.as_secs()));
    for header in reader.headers(path) {
        command.arg("--header").arg(header);
    }
    let done = command
        .arg(format!("{}{path}", reader.base))
        .kill_on_drop(true)
        .output()
        .await?;
    parse(&String::from_utf8(done.stdout)?)
}

fn parse(text: &str) -> Result<f64, Failure> {
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return Err(format!("wrk met failures: {text}").into());
    }
    text.lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"))
        .and_then(|rate| rate.trim().parse().ok())
        .ok_or_else(|| format!("wrk said: {text}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_found_and_failures_are_not_passed_over() {
        let text =
            "  2453 requests in 5.00s, 1.2GB read\nRequests/sec:    490.21\nTransfer/sec: 1MB";
        assert!((parse(text).unwrap() - 490.21).abs() < 1e-9);
        assert!(parse(&format!("  Non-2xx or 3xx responses: 7\n{text}")).is_err());
        assert!(parse("").is_err());
    }
}
