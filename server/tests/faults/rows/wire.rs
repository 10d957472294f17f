//! Rows 8, 9 and 11: what happens between a server and its database.

use std::time::Duration;

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::json;
use tokio::time::Instant;

use crate::proxy::{Proxy, Way};
use crate::row::{Outcome, Setting};
use crate::site::{Site, now};
use crate::wait::{let_pass, until};

/// Another server has taken over a run within this time: lease and one check.
const TAKEN_OVER: Duration = Duration::from_secs(45);

/// Every server behind a proxy of its own.
async fn behind_proxies(setting: &Setting, nodes: usize) -> (Site, Vec<Proxy>) {
    let mut site = Site::new(setting, nodes).await;
    let mut proxies = Vec::new();
    for node in &mut site.nodes {
        let proxy = Proxy::start(site.database.address().expect("a database on a server")).await;
        node.database_url = site.database.url_through(&proxy.address.to_string());
        proxies.push(proxy);
    }
    (site, proxies)
}

/// The database commits, and the server gets no answer: it must find out, and run nothing twice.
pub(crate) async fn lost_answers(setting: Setting) -> Outcome {
    let (mut site, proxies) = behind_proxies(&setting, 2).await;
    site.start().await;
    site.load(setting.pick(4, 12)).await;
    for (number, proxy) in proxies.iter().enumerate() {
        proxy.drop_commits(if number == 0 { 5 } else { 7 });
    }
    let_pass(setting.span(8, 30)).await;
    for proxy in &proxies {
        proxy.drop_commits(0);
    }
    let dropped: u64 = proxies.iter().map(Proxy::dropped).sum();
    assert!(dropped > 0, "no answer was dropped");
    let counts = site.judge().await;
    site.close().await;
    Outcome::passed(counts, [format!("{dropped} answers to COMMIT dropped")])
}

/// One server is cut off from the database without notice. It stops in time, its run is ended on its own machine
/// before another server may start it again, and that one continues meanwhile.
pub(crate) async fn partition(setting: Setting) -> Outcome {
    let (mut site, proxies) = behind_proxies(&setting, 2).await;
    site.nodes[0].start().await;
    let again = json!({ "timeout": "10m", "execution": { "retry": { "attempts": "2", "delay": "1s", "on_lost": true } } });
    // Started by the only server that exists; the second attempt has to be another server's.
    let holder = site.work().join("holder");
    // The first is long; whatever comes after it ends at once.
    let long = format!(
        "; [ -s {0} ] || {{ echo $$ > {0}; exec sleep 300; }}",
        holder.display()
    );
    site.enter(0, 10, &long, again).await;
    let begun = until(Duration::from_secs(25), || async {
        read_pids(&holder).first().copied()
    })
    .await;
    let pid = begun.expect("the long run starts");
    site.load(setting.pick(3, 10)).await;
    site.start().await;
    let_pass(Duration::from_secs(3)).await;
    proxies[0].set(Way::Hole);
    let cut = Instant::now();
    let fired = now();
    let ended = until(TAKEN_OVER, || async {
        (!runs(pid)).then_some(cut.elapsed())
    })
    .await;
    let taken = until(TAKEN_OVER, || async {
        let runs = site.database.runs().await.ok()?;
        let lost = runs
            .iter()
            .any(|run| run.state == "lost" && run.started_at < fired);
        lost.then_some(cut.elapsed())
    })
    .await;
    let (Some(ended), Some(taken)) = (ended, taken) else {
        panic!(
            "cut off: the run of the isolated server ended {ended:?} and was taken over {taken:?} after the cut"
        );
    };
    assert!(
        ended <= taken + Duration::from_secs(1),
        "another server took the run over after {taken:?}, and it ended only after {ended:?}"
    );
    proxies[0].set(Way::Open);
    // It continues with the others, or ends, but must not hang.
    let_pass(Duration::from_secs(5)).await;
    if site.nodes[0].has_ended() {
        site.nodes[0].ended(Duration::from_secs(1)).await;
        site.start().await;
    }
    let counts = site.judge().await;
    let silent = site.longest_silence(None).await;
    site.close().await;
    assert!(
        silent < TimeDelta::seconds(6),
        "nothing started for {} ms although a server lived",
        silent.num_milliseconds()
    );
    Outcome::passed(
        counts,
        [
            format!("isolated run ended after {:.1} s", ended.as_secs_f64()),
            format!("taken over after {:.1} s", taken.as_secs_f64()),
        ],
    )
}

/// Another client holds locks (1205) and takes them in the opposite order (1213).
pub(crate) async fn storms(mut setting: Setting) -> Outcome {
    let mut site = Site::new(&setting, 2).await;
    for node in &mut site.nodes {
        node.variables.push((
            "JCRONTAB_LOG".to_owned(),
            "info,server::store=debug".to_owned(),
        ));
    }
    site.start().await;
    site.load(setting.pick(4, 12)).await;
    let connection = site.database.connect().await.expect("a connection");
    let end = Instant::now() + setting.span(8, 40);
    let (mut held, mut deadlocks) = (0, 0);
    while Instant::now() < end {
        // Just before the full second, so that claims meet us in the middle.
        let into = u64::from(now().timestamp_subsec_millis());
        let_pass(Duration::from_millis((1_900 - into) % 1_000)).await;
        let transaction = connection.begin().await.expect("a transaction");
        // Rows first and the cluster's row afterwards: the product does it in the opposite order.
        let rows = "UPDATE occurrence SET epoch = epoch WHERE state IN ('planned', 'running')";
        let one = "UPDATE cluster SET change_counter = change_counter WHERE id = 1";
        let order = if setting.lot.below(2) == 0 {
            [rows, one]
        } else {
            [one, rows]
        };
        let mut broken = false;
        for sql in order {
            if transaction.execute_unprepared(sql).await.is_err() {
                // We were the victim of a deadlock, or waited too long ourselves.
                deadlocks += 1;
                broken = true;
                break;
            }
            let_pass(setting.lot.millis(150, 400)).await;
        }
        if !broken {
            held += 1;
            // Longer than innodb_lock_wait_timeout at times.
            let hold = match held % 4 {
                2 => setting.lot.millis(5_200, 6_500),
                _ => setting.lot.millis(100, 1_500),
            };
            let_pass(hold).await;
        }
        transaction.rollback().await.ok();
        let_pass(setting.lot.millis(100, 800)).await;
    }
    connection.close().await.expect("closed");
    let counts = site.judge().await;
    let restarts: usize = site
        .nodes
        .iter()
        .map(|node| node.log().matches("retrying a transaction").count())
        .sum();
    site.close().await;
    Outcome::passed(
        counts,
        [
            format!("locks held {held} times, {deadlocks} lost to the product"),
            format!("{restarts} restarts logged"),
        ],
    )
}

fn read_pids(file: &std::path::Path) -> Vec<i32> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().filter_map(|line| line.parse().ok()).collect()
}

fn runs(pid: i32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|words| words.starts_with(b"sleep\x00300"))
}
