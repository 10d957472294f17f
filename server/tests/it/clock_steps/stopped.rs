//! A process that is stopped for a while, and a server that was down for weeks.

use std::time::Duration;

use chrono::TimeDelta;

use super::rig::{LedgerRow, Rig};
use crate::helpers::at;
use crate::helpers::faketime::Jump;
use crate::helpers::program::Server;

#[tokio::test]
async fn a_process_that_was_stopped_was_out_and_its_clock_was_not_set() {
    let mut rig = Rig::new(Jump::Passed, "2026-06-10T08:00:20Z").await;
    rig.enter(
        "none",
        "* * * * * *",
        &["--missed", "none", "--grace", "2s"],
    )
    .await;
    rig.enter("fixed", "5 8 * * *", &[]).await;
    rig.enter("minute", "* * * * *", &[]).await;
    let server = rig.serve().await;

    // A few seconds: what is no later than the grace is on time. One of them starts; the others overlap with it, and were
    // started by no server in time.
    let stopped = rig.clock.now();
    rig.stop_until(&server, stopped + TimeDelta::seconds(9))
        .await;
    rig.until_tick(&server, stopped + TimeDelta::seconds(10))
        .await;
    let ticks = rig.every_second_is_recorded(&server).await;
    let meanwhile = |rows: &[LedgerRow], what: &str| {
        let rows = rows.iter().filter(|row| row.until > stopped);
        rows.filter(|row| row.what == what).count()
    };
    let late = meanwhile(&ticks, "skipped(late)");
    let skipped = late + meanwhile(&ticks, "skipped(overlap)");
    assert!(skipped >= 5, "{ticks:?}");
    // A run that began before the stop may end only after it: then all of them overlap with that one.
    let under_way = rig
        .under_way(&server, stopped + TimeDelta::seconds(9))
        .await;
    if under_way.iter().any(|since| *since <= stopped) {
        assert!(late == 0 || late >= 3, "{ticks:?}");
    } else {
        assert!(late >= 3, "{ticks:?}");
    }
    assert_eq!(meanwhile(&ticks, "missed(down)"), 0, "{ticks:?}");
    let none = rig.ledger(&server, "none").await;
    assert!(meanwhile(&none, "missed(down)") >= 4, "{none:?}");

    // Ten minutes: as if no server had been there.
    rig.stop_until(&server, at("2026-06-10T08:10:30Z")).await;
    rig.until_ran(&server, "fixed", at("2026-06-10T08:05:00Z"))
        .await;
    rig.until_ran(&server, "minute", at("2026-06-10T08:10:00Z"))
        .await;
    rig.until_tick(&server, at("2026-06-10T08:10:32Z")).await;
    let ticks = rig.every_second_is_recorded(&server).await;
    assert!(
        ticks
            .iter()
            .any(|row| row.what == "missed(down)" && row.count > 500),
        "{ticks:?}"
    );
    assert_eq!(
        rig.ledger_text(&server, "minute").await,
        (1..=9)
            .map(|minute| format!("missed(down) 08:0{minute}:00 x1"))
            .chain(["succeeded 08:10:00 x1".to_owned()])
            .collect::<Vec<_>>()
    );
    assert!(rig.steps(&server).await.is_empty());
    assert!(
        !server.log().contains("the clock was set"),
        "{}",
        server.log()
    );
    assert_eq!(server.stop().await, 0);
}

/// The size of a process in kB: now, and at its largest.
fn memory(server: &Server) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("status");
    let size = |key: &str| {
        let line = status
            .lines()
            .find(|line| line.starts_with(key))
            .expect("a size");
        let number = line.split_whitespace().nth(1).expect("a number");
        number.parse().expect("a number")
    };
    (size("VmRSS:"), size("VmHWM:"))
}

/// The CPU time that a process has used, proc_pid_stat(5).
fn cpu_time(server: &Server) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.pid())).expect("stat");
    // The name may hold spaces; the fields after its bracket do not.
    let (_, fields) = stat.rsplit_once(')').expect("a name in brackets");
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().expect("ticks"))
        .sum();
    // USER_HZ is 100 wherever Linux runs.
    Duration::from_millis(ticks * 10)
}

#[tokio::test]
async fn after_three_weeks_a_task_of_every_second_goes_on_at_once() {
    let rig = Rig::new(Jump::Set, "2026-06-10T08:00:00Z").await;
    let server = rig.serve().await;
    let (before, _) = memory(&server);
    assert_eq!(server.stop().await, 0);

    let back = at("2026-07-01T08:00:00Z");
    rig.clock.set(back);
    let server = rig.clock.serve(&rig.place).await;
    let ready = cpu_time(&server);
    rig.until_tick(&server, back).await;
    rig.until_tick(&server, rig.clock.now()).await;
    let (now, most) = memory(&server);
    let ticks = rig.every_second_is_recorded(&server).await;
    let many = ticks.iter().max_by_key(|row| row.count).expect("rows");
    println!(
        "after three weeks: {} missed in {} rows, ready after {ready:?} of CPU time, \
         {now} kB resident ({before} kB before), {most} kB at most",
        many.count,
        ticks.len(),
    );
    assert_eq!(many.what, "missed(down)");
    assert_eq!(
        many.count,
        (many.until - many.since).num_seconds() + 1,
        "{many:?}"
    );
    assert!(many.count > 21 * 86_400 - 60, "{many:?}");
    // Generous, since this is a debug build: reading 1.8 million firings one by one takes minutes
    // and gigabytes.
    assert!(ready < Duration::from_secs(10), "{ready:?}");
    assert!(most < 150_000, "{most} kB");
    assert_eq!(server.stop().await, 0);
}
