//! Row 5: TERM under load.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;

use crate::row::{Outcome, Setting};
use crate::site::{Site, now};
use crate::wait::let_pass;

/// The time for running commands, as in the settings.
const GRACE: u64 = 20;
/// A claim may be in progress when the signal arrives.
const UNDER_WAY: TimeDelta = TimeDelta::milliseconds(500);

pub(crate) async fn under_load(mut setting: Setting) -> Outcome {
    let nodes = setting.nodes(2);
    let mut site = Site::new(&setting, nodes).await;
    for node in &mut site.nodes {
        node.variables
            .push(("JCRONTAB_SHUTDOWN_GRACE".to_owned(), GRACE.to_string()));
    }
    site.start().await;
    site.load(setting.pick(4, 20)).await;
    // Some are active at every instant, and end within the grace period.
    site.enter(0, 5, "; sleep 4", json!({})).await;
    let mut slowest = Duration::ZERO;
    for _ in 0..setting.pick(1, 4) {
        let_pass(setting.lot.millis(4_000, 7_000)).await;
        let victim = setting.lot.index(nodes);
        let me = site.node_id(victim).await;
        let signalled = now();
        let (code, took) = site.nodes[victim].stop().await;
        assert_eq!(
            code,
            0,
            "ended in time, so the code says so: {}",
            site.nodes[victim].log_end()
        );
        assert!(took < Duration::from_secs(GRACE + 5), "it took {took:?}");
        slowest = slowest.max(took);
        let runs = site.database.runs().await.expect("the runs");
        for run in runs.iter().filter(|run| run.node == me) {
            assert!(
                run.started_at <= signalled + UNDER_WAY,
                "claimed after TERM at {signalled}: {run:?}"
            );
            assert_ne!(
                run.state, "running",
                "it has stopped and left open: {run:?}"
            );
        }
        site.start().await;
    }
    let counts = site.judge().await;
    site.close().await;
    Outcome::passed(counts, [format!("slowest stop {} ms", slowest.as_millis())])
}
