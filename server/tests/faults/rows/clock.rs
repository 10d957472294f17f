//! Rows 16 to 19: clocks that are set, differ, run too fast, and servers that are stopped.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use nix::sys::signal::Signal;
use serde_json::json;
use tokio::time::Instant;

use crate::faketime::{FakeClock, MISSING, fixed};
use crate::row::{Outcome, Setting};
use crate::site::{Engine, Site, now};
use crate::wait::{let_pass, until};

/// A server that was declared dead has found out and ended its runs within this time.
const FENCED: Duration = Duration::from_secs(25);

/// Forward and back, by less and by more than three hours: nothing twice, nothing silent.
pub(crate) async fn steps(setting: Setting) -> Outcome {
    let mut site = Site::new(&setting, 1).await;
    site.one_clock = false;
    let Some(mut clock) = FakeClock::of(&mut site.nodes[0]) else {
        return Outcome::NotRun(MISSING.to_owned());
    };
    site.start().await;
    site.load(3).await;
    let mut noted = 0;
    for minutes in [90, -90, 300, -300, 5, -5] {
        let_pass(Duration::from_secs(3)).await;
        clock.step(TimeDelta::minutes(minutes));
        noted += 1;
        let shown = until(Duration::from_secs(20), || async {
            let count = site
                .database
                .numbers("SELECT COUNT(*) FROM audit WHERE action = 'clock.step'")
                .await
                .ok()?;
            (count == [noted]).then_some(())
        })
        .await;
        assert!(
            shown.is_some(),
            "a step by {minutes} min was not noted: {}",
            site.nodes[0].log_end()
        );
    }
    let_pass(Duration::from_secs(3)).await;
    let counts = site.judge_until(clock.now()).await;
    site.close().await;
    Outcome::passed(counts, [format!("{noted} steps")])
}

/// Clocks of servers differ by 20 s, and by 5 minutes: a server too far off claims nothing.
pub(crate) async fn skew(setting: Setting) -> Outcome {
    let mut counts = crate::checker::Counts::default();
    let mut notes = Vec::new();
    for (seconds, may_claim) in [(20, true), (300, false)] {
        let mut site = Site::new(&setting, 3).await;
        site.one_clock = false;
        for (number, rule) in [(1, format!("+{seconds}s")), (2, format!("-{seconds}s"))] {
            if fixed(&mut site.nodes[number], &rule).is_none() {
                return Outcome::NotRun(MISSING.to_owned());
            }
        }
        site.start().await;
        site.load(4).await;
        let_pass(setting.span(8, 25)).await;
        let early = site
            .lines()
            .iter()
            .filter_map(|line| Some(line.scheduled_for? - line.at))
            .max();
        let me: Vec<String> = [
            site.node_id(0).await,
            site.node_id(1).await,
            site.node_id(2).await,
        ]
        .into();
        let skews = site
            .database
            .numbers("SELECT skew_ms FROM node ORDER BY skew_ms")
            .await
            .expect("the servers");
        let limit = i64::from(seconds) * 1000;
        let near = |is: i64, should: i64| (is - should).abs() < 2_500;
        assert!(
            skews.iter().any(|ms| near(*ms, limit)) && skews.iter().any(|ms| near(*ms, -limit)),
            "skews are not known: {skews:?}"
        );
        for number in [1, 2] {
            let log = site.nodes[number].log().to_lowercase();
            assert!(
                log.contains("clock"),
                "no warning about the clock in its log: {}",
                site.nodes[number].log_end()
            );
        }
        let runs = site.database.runs().await.expect("the runs");
        let by = |id: &String| runs.iter().filter(|run| run.node == *id).count();
        let shares: Vec<usize> = me.iter().map(by).collect();
        assert!(
            may_claim || shares[1] + shares[2] == 0,
            "servers that are {seconds} s off have claimed: {shares:?}"
        );
        assert!(may_claim || shares[0] > 0, "no server claims");
        counts.sum(&site.judge().await);
        site.close().await;
        notes.push(format!(
            "{seconds} s off: claims {shares:?}, earliest start {} ms ahead",
            early.unwrap_or_default().num_milliseconds()
        ));
    }
    Outcome::passed(counts, notes)
}

/// The wall clock runs sixty times as fast as every timer: no busy loop, nothing early.
pub(crate) async fn drift(setting: Setting) -> Outcome {
    let mut site = Site::new(&setting, 1).await;
    site.one_clock = false;
    if fixed(&mut site.nodes[0], "@2026-06-10 08:00:00 x60").is_none() {
        return Outcome::NotRun(MISSING.to_owned());
    }
    site.start().await;
    // Every minute by this clock is every second by the machine's.
    site.enter(0, 60, "", json!({})).await;
    let from = site.schedules[0].from;
    let since = Instant::now();
    let busy = ticks(&site);
    let_pass(setting.span(6, 20)).await;
    let (passed, busy) = (since.elapsed(), ticks(&site) - busy);
    // A clock tick of /proc is 10 ms on every Linux that we know.
    let share = busy as f64 / 100.0 / passed.as_secs_f64();
    assert!(
        share < 0.6,
        "the server was busy {:.0} % of the time",
        share * 100.0
    );
    let end = from + TimeDelta::from_std(passed * 60).expect("a time") - TimeDelta::minutes(2);
    let counts = site.judge_until(end).await;
    for run in site.database.runs().await.expect("the runs") {
        assert!(
            run.scheduled_for.is_none_or(|at| at <= run.started_at),
            "early: {run:?}"
        );
    }
    site.close().await;
    Outcome::passed(counts, [format!("busy {:.0} % of the time", share * 100.0)])
}

/// User and system time of the server so far, in clock ticks: fields 14 and 15 of proc_pid_stat(5).
fn ticks(site: &Site) -> u64 {
    let stat =
        std::fs::read_to_string(format!("/proc/{}/stat", site.nodes[0].pid())).expect("its state");
    let (_, rest) = stat.rsplit_once(')').expect("a name in brackets");
    let fields: Vec<&str> = rest.split_whitespace().collect();
    fields[11..13]
        .iter()
        .map(|field| field.parse::<u64>().expect("a number"))
        .sum()
}

/// A server is stopped for longer than its lease, with an active run, and continued.
pub(crate) async fn pause(setting: Setting) -> Outcome {
    let mut site = Site::new(&setting, setting.nodes(2)).await;
    site.nodes[0].start().await;
    let holder = site.work().join("holder");
    // Only the server that is to be stopped can start it; later ones end at once.
    let long = format!(
        "; [ -s {0} ] || {{ echo $$ > {0}; exec sleep 120; }}",
        holder.display()
    );
    site.enter(0, 10, &long, json!({})).await;
    let begun = until(Duration::from_secs(25), || async { first_pid(&holder) }).await;
    let pid = begun.expect("the long run starts");
    site.load(3).await;
    site.start().await;
    let_pass(Duration::from_secs(2)).await;
    let lone = setting.engine == Engine::Sqlite;
    site.nodes[0].signal(Signal::SIGSTOP);
    let (stopped, since) = (now(), Instant::now());
    let pause = Duration::from_secs(if lone { 10 } else { 45 });
    let lost = if lone {
        None
    } else {
        until(pause, || is_lost(&site, stopped)).await
    };
    let_pass(pause.saturating_sub(since.elapsed())).await;
    site.nodes[0].signal(Signal::SIGCONT);
    let mut notes = vec![format!("stood still for {} s", pause.as_secs())];
    if lone {
        // It was stopped, but there was no other server: its run is still its own.
        assert!(is_sleep(pid), "its run has been ended");
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), Signal::SIGTERM)
            .expect("a process of ours");
    } else {
        assert!(
            lost.is_some(),
            "no server took the run over within {pause:?}"
        );
        let gone = until(FENCED, || async {
            (!is_sleep(pid)).then_some(since.elapsed() - pause)
        })
        .await;
        let gone =
            gone.unwrap_or_else(|| panic!("the fenced run lives on: {}", site.nodes[0].log_end()));
        notes.push(format!(
            "its run was ended {:.1} s after it went on",
            gone.as_secs_f64()
        ));
        let_pass(Duration::from_secs(5)).await;
        if site.nodes[0].has_ended() {
            site.nodes[0].ended(Duration::from_secs(1)).await;
            notes.push("it ended when it found out".to_owned());
            site.start().await;
        }
    }
    let counts = site.judge().await;
    site.close().await;
    Outcome::passed(counts, notes)
}

async fn is_lost(site: &Site, stopped: DateTime<Utc>) -> Option<()> {
    let runs = site.database.runs().await.ok()?;
    runs.iter()
        .any(|run| run.state == "lost" && run.started_at < stopped)
        .then_some(())
}

fn first_pid(file: &std::path::Path) -> Option<i32> {
    std::fs::read_to_string(file)
        .ok()?
        .lines()
        .next()?
        .parse()
        .ok()
}

/// Whether this process is one of ours: pids are reused.
fn is_sleep(pid: i32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|words| words.starts_with(b"sleep\x00120"))
}
