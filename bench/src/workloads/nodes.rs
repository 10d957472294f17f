//! P13: several servers on one database, and the death of one of them.

mod tally;

use std::time::{Duration, Instant};

use super::edit::sibling;
use super::sustained::{Starts, by_instant, dated, until};
use crate::product::{Home, Product, draft};
use crate::report::{MARIADB, Report};
use crate::stage::{Db, Stage};
use crate::stamps::{SECOND, Stamps, millis, round};
use crate::{Failure, now_nanos};

/// Tasks due at once.
const TASKS: usize = 1_000;
/// Seconds between two instants.
const APART: i64 = 15;
/// Name of the database, by `Home::fresh`.
const DATABASE: &str = "bench_nodes";
/// A server can declare another one dead only after it has watched for this long.
const LISTENS: Duration = Duration::from_secs(27);

/// One, two and three servers; then one of two is killed.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let home = Home::fresh(stage, Db::MariaDb, "nodes")?;
    let stamps = Stamps::new("nodes")?;
    let mut nodes = vec![(home.start().await?, Instant::now())];
    let first = (now_nanos() / SECOND / APART + 3) * APART;
    let drafts = (0..TASKS).map(|task| {
        let command = stamps.command(&dated(task));
        draft(&format!("node {task}"), "*/15 * * * * *", &command, first)
    });
    nodes[0].0.add_all(drafts.collect()).await?;
    if now_nanos() > (first - 1) * SECOND {
        return Err("entering the tasks took too long".into());
    }
    let instants = if stage.quick { 1 } else { 3 };
    for count in 1..=3 {
        if nodes.len() < count {
            let folder = sibling(stage, &nodes[0].0.home, &format!("nodes-{count}"))?;
            let node = nodes[0].0.home.another_node(folder)?.start().await?;
            nodes.push((node, Instant::now()));
        }
        let metric = match count {
            1 => "last start, 1 node".to_owned(),
            _ => format!("last start, {count} nodes"),
        };
        let begin = next_instant().max(first);
        for number in 0..instants {
            let instant = begin + number * APART;
            let starts = wait(&stamps, instant, TASKS).await?;
            let this = round(&starts, instant * SECOND, TASKS)?;
            report.put("P13", MARIADB, (&metric, "ms"), [this.at(100)]);
        }
    }
    if let Some((third, _)) = nodes.pop() {
        third.stop().await?;
    }
    kill_one(stage, report, &stamps, nodes).await?;
    let end = now_nanos() / SECOND;
    let tally = tally::tally(stage, DATABASE, &by_instant(&stamps.read()?)?, first..end)?;
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    for (metric, count) in [("doubles", tally.doubles), ("misses", tally.misses)] {
        report.put("P13", MARIADB, (metric, ""), [count as f64]);
    }
    report.note("P13", tally.shown);
    report.note(
        "P13",
        format!(
            "1,000 tasks due every {APART} seconds, {instants} instants with each number of servers; all of them and MariaDB share these cores. Then the one of two servers that has claimed an instant is killed (KILL) in the middle of it. Takeover is from the kill until the other has ended all runs of the dead one as lost. What is due next does not wait for that, but for tasks whose run was under way: they count as busy until then."
        ),
    );
    if tally.doubles + tally.misses > 0 {
        return Err(format!("{} doubles, {} misses", tally.doubles, tally.misses).into());
    }
    Ok(())
}

/// The next instant that is far enough away for a server that has just started.
fn next_instant() -> i64 {
    (now_nanos() / SECOND + 3) / APART * APART + APART
}

/// Kills a server in the middle of an instant that it has claimed.
async fn kill_one(
    stage: &Stage,
    report: &mut Report,
    stamps: &Stamps,
    mut nodes: Vec<(Product, Instant)>,
) -> Result<(), Failure> {
    for (_, since) in &nodes {
        tokio::time::sleep(LISTENS.saturating_sub(since.elapsed())).await;
    }
    let instant = next_instant();
    // Half of it has run: some results are written, some commands are about to start.
    started(stamps, instant, TASKS / 2).await?;
    let claimed = "SELECT n.id, n.place, COUNT(*) FROM run r JOIN node n ON n.id = r.node_id WHERE r.state = 'running' GROUP BY n.id, n.place ORDER BY 3 DESC LIMIT 1";
    let found = stage.sql(DATABASE, claimed)?;
    let (id, place) = found
        .trim()
        .rsplit_once('\t')
        .and_then(|(found, _)| found.split_once('\t'))
        .ok_or("no server runs anything")?;
    let is_it =
        |node: &(Product, Instant)| place.ends_with(&format!(":{}", node.0.home.data.display()));
    let victim = nodes.iter().position(is_it).ok_or("a claim of no server")?;
    let killed = Instant::now();
    nodes.remove(victim).0.kill();
    let running = format!("SELECT COUNT(*) FROM run WHERE node_id = '{id}' AND state = 'running'");
    let left: i64 = stage.sql(DATABASE, &running)?.trim().parse()?;
    if left == 0 {
        return Err("the server had nothing to do when it was killed".into());
    }
    #[expect(clippy::cast_precision_loss, reason = "a thousand")]
    report.put(
        "P13",
        MARIADB,
        ("runs of the killed node", ""),
        [left as f64],
    );
    while stage.sql(DATABASE, &running)?.trim() != "0" {
        if killed.elapsed() > Duration::from_secs(60) {
            return Err("runs of the dead server are not ended".into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let taken_over = killed.elapsed().as_secs_f64();
    report.put("P13", MARIADB, ("takeover", "s"), [taken_over]);
    // The first instant after the kill. A task whose run was active then is busy until that run is lost, so its
    // firing is skipped.
    until((instant + APART + 5) * SECOND).await?;
    let starts = by_instant(&stamps.read()?)?
        .remove(&(instant + APART))
        .unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a thousand")]
    let count = starts.len() as f64;
    let metric = ("starts of the instant after the kill", "");
    report.put("P13", MARIADB, metric, [count]);
    let last = starts.iter().map(|(_, at)| *at).max();
    let last = last.map(|at| millis(at - (instant + APART) * SECOND));
    let metric = ("last start, the instant after the kill", "ms");
    report.put("P13", MARIADB, metric, last);
    // One more that is whole again.
    let instant = next_instant();
    let starts = wait(stamps, instant, TASKS).await?;
    round(&starts, instant * SECOND, TASKS)?;
    for (node, _) in nodes {
        node.stop().await?;
    }
    Ok(())
}

/// Waits for the starts of an instant, and a little longer for those that must not come.
async fn wait(stamps: &Stamps, instant: i64, count: usize) -> Result<Starts, Failure> {
    started(stamps, instant, count).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut all = by_instant(&stamps.read()?)?;
    Ok(all.remove(&instant).unwrap_or_default())
}

/// Waits until so many of an instant have started.
async fn started(stamps: &Stamps, instant: i64, count: usize) -> Result<(), Failure> {
    until(instant * SECOND).await?;
    loop {
        let came = by_instant(&stamps.read()?)?
            .get(&instant)
            .map_or(0, Vec::len);
        if came >= count {
            return Ok(());
        }
        if now_nanos() > (instant + APART - 3) * SECOND {
            return Err(format!("{came} of {count} runs came").into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
