//! Row 4: the server is killed, its commands are not.

use std::time::Duration;

use serde_json::json;

use crate::row::{Outcome, Setting};
use crate::site::Site;
use crate::wait::{let_pass, until};

/// A command that was to start has started.
const STARTED: Duration = Duration::from_secs(20);
/// A server that comes back has ended the strays before it starts anything.
const GONE: Duration = Duration::from_secs(10);

/// The old tree is gone before the next copy starts, `setsid` escapees included.
pub(crate) async fn killed(mut setting: Setting) -> Outcome {
    let mut site = Site::new(&setting, 1).await;
    site.start().await;
    // A child in a session of its own outlives a killed process group.
    let holder = site.work().join("holder");
    let escape = format!(
        "; setsid sh -c 'echo $$ >> {0}; exec sleep 300' & sleep 300",
        holder.display()
    );
    site.enter(0, 2, &escape, json!({ "timeout": "8s" })).await;
    let rounds = setting.pick(1, 4);
    let mut known = 0;
    for _ in 0..rounds {
        let escaped = until(STARTED, || {
            let pids = pids(&holder);
            async move { (pids.len() > known).then_some(pids) }
        })
        .await
        .unwrap_or_else(|| panic!("nothing started anew: {}", site.nodes[0].log_end()));
        known = escaped.len();
        let pid = escaped[known - 1];
        assert!(is_sleep(pid), "the escapee runs");
        let_pass(setting.lot.millis(0, 1_500)).await;
        site.nodes[0].kill().await;
        assert!(
            is_sleep(pid),
            "the escapee of the dead server is still alive"
        );
        site.start().await;
        let gone = until(GONE, || async { (!is_sleep(pid)).then_some(()) }).await;
        assert!(
            gone.is_some(),
            "the escapee {pid} of the dead server lives on"
        );
        let copies = pids(&holder)
            .into_iter()
            .filter(|pid| is_sleep(*pid))
            .count();
        assert!(copies <= 1, "{copies} copies under `skip`");
    }
    // Its limit lets the last copy end in time to be judged.
    let counts = site.judge().await;
    site.close().await;
    Outcome::passed(counts, [format!("{rounds} trees ended")])
}

fn pids(file: &std::path::Path) -> Vec<i32> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().filter_map(|line| line.parse().ok()).collect()
}

/// Whether this process is one of ours: pids are reused.
fn is_sleep(pid: i32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|words| words.starts_with(b"sleep\x00300"))
}
