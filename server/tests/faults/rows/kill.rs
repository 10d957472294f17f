//! Row 1: kill -9 of any server at any time.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use tokio::time::Instant;

use crate::row::{Outcome, Setting};
use crate::site::{Engine, Site};
use crate::wait::let_pass;

/// Another server continues within this time (promise P4).
const FAIL_OVER: TimeDelta = TimeDelta::seconds(5);

pub(crate) async fn any_server(mut setting: Setting) -> Outcome {
    let nodes = setting.nodes(3);
    let mut site = Site::new(&setting, nodes).await;
    site.start().await;
    site.load(setting.pick(6, 50)).await;
    // The other tasks are skipped while the run of a dead server has not been given up. This one shows that servers
    // claim.
    let beside = json!({ "execution": { "overlap": "allow:100" } });
    let pulse = site.enter(0, 1, "", beside).await;
    let end = Instant::now() + setting.span(10, 110);
    let mut kills = 0;
    while Instant::now() < end {
        let (from, to) = setting.pick((2_000, 4_000), (3_000, 10_000));
        let_pass(setting.lot.millis(from, to)).await;
        let victim = setting.lot.index(nodes);
        site.nodes[victim].kill().await;
        kills += 1;
        // With other servers alive it may stay down for a while.
        let away = if nodes > 1 {
            setting.lot.millis(0, 5_000)
        } else {
            Duration::ZERO
        };
        let_pass(away).await;
        site.nodes[victim].start().await;
    }
    let counts = site.judge().await;
    let silence = site.longest_silence(Some(pulse)).await;
    // A single server is down as long as it takes to start.
    assert!(
        setting.engine == Engine::Sqlite || silence <= FAIL_OVER,
        "nothing started for {} ms although two servers lived; {counts}",
        silence.num_milliseconds()
    );
    site.close().await;
    let notes = [
        format!("{kills} kills"),
        format!("longest silence {} ms", silence.num_milliseconds()),
    ];
    Outcome::passed(counts, notes)
}
