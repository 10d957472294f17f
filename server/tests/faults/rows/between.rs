//! Rows 2 and 3: kill -9 exactly between two writes, at the fail points of `server::failpoints`.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::checker::Counts;
use crate::history::Run;
use crate::row::{Outcome, Setting};
use crate::site::{Engine, Site, now};
use crate::wait::until;

/// A dead server's runs are `lost` within this time (promise P5).
const FOUND: TimeDelta = TimeDelta::seconds(30);
/// A server that is to die at a point reaches it within this time.
const DEATH: Duration = Duration::from_secs(40);

/// A row claimed and never started is lost, and runs again only if the task says so.
pub(crate) async fn claim_and_start(setting: Setting) -> Outcome {
    let mut notes = Vec::new();
    let mut sum = Counts::default();
    for (point, lines) in [("claim.committed", Some(0)), ("spawn.done", None)] {
        let death = die_at(&setting, point, 3, point == "claim.committed").await;
        let lost: Vec<&Run> = death.lost().collect();
        assert!(
            !lost.is_empty(),
            "{point}: the server died, and nothing is lost; {}",
            death.counts
        );
        for run in &lost {
            let written = death.lines_of(run.id);
            assert!(
                lines.is_none_or(|lines| lines == written),
                "{point}: {written} lines of {run:?}"
            );
        }
        death.check_retries(point);
        notes.push(format!("{point}: {} lost", lost.len()));
        sum.sum(&death.counts);
    }
    Outcome::passed(sum, notes)
}

/// A result that was not written is unknown: `lost`, although the command has run.
pub(crate) async fn exit_and_result(setting: Setting) -> Outcome {
    let mut notes = Vec::new();
    let mut sum = Counts::default();
    for point in ["exit.seen", "record.before", "record.committed"] {
        let death = die_at(&setting, point, 3, point == "exit.seen").await;
        let ran = death
            .lost()
            .filter(|run| death.lines_of(run.id) == 1)
            .count();
        if point == "exit.seen" {
            assert!(
                ran > 0,
                "{point}: a command had ended and its server died, but nothing is lost; {}",
                death.counts
            );
        }
        death.check_retries(point);
        notes.push(format!("{point}: {ran} lost after they ran"));
        sum.sum(&death.counts);
    }
    Outcome::passed(sum, notes)
}

/// Committed plans stay, uncommitted ones are made by the next process.
pub(crate) async fn plan(setting: Setting) -> Outcome {
    let mut sum = Counts::default();
    for point in ["plan.before", "plan.committed", "claim.before"] {
        sum.sum(&die_at(&setting, point, 4, false).await.counts);
    }
    Outcome::passed(sum, [])
}

/// The next attempt is made once.
pub(crate) async fn retry(setting: Setting) -> Outcome {
    let mut site = Site::new(&setting, 1).await;
    let retry =
        json!({ "execution": { "retry": { "attempts": "3", "delay": "1s", "factor": "1" } } });
    site.nodes[0]
        .variables
        .push(("JCRONTAB_KILL_AT".to_owned(), "retry.inserted:2".to_owned()));
    site.start().await;
    site.enter(0, 5, "; exit 1", retry).await;
    if site.nodes[0].ended(DEATH).await.is_none() {
        return Outcome::NotRun("nothing passes the point retry.inserted".to_owned());
    }
    site.nodes[0].variables.clear();
    site.start().await;
    let since = now();
    let all_three = async |site: &Site| {
        let runs = site.database.runs().await.ok()?;
        runs.iter()
            .any(|run| run.attempt == 3 && run.started_at > since)
            .then_some(())
    };
    let done = until(DEATH, || all_three(&site)).await;
    assert!(done.is_some(), "no third attempt after the restart");
    let counts = site.judge().await;
    site.close().await;
    Outcome::passed(counts, [])
}

/// The state after a death and everything that followed.
struct Death {
    counts: Counts,
    runs: Vec<Run>,
    lines: Vec<i64>,
    /// Occurrences of the task that asked for a retry after a loss.
    opted_in: Vec<i64>,
}

impl Death {
    fn lost(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(|run| run.state == "lost")
    }

    fn lines_of(&self, run: i64) -> usize {
        self.lines.iter().filter(|line| **line == run).count()
    }

    /// Tasks with a retry have a second attempt after each loss; the judge checks the others.
    fn check_retries(&self, point: &str) {
        for lost in self
            .lost()
            .filter(|run| run.occurrence.is_some_and(|id| self.opted_in.contains(&id)))
        {
            let again = self
                .runs
                .iter()
                .any(|run| run.occurrence == lost.occurrence && run.attempt == lost.attempt + 1);
            assert!(
                again || lost.attempt == 3,
                "{point}: no further attempt although it was asked for: {lost:?}"
            );
        }
    }
}

/// One server dies at a point. If others are alive and `found`, they must find out by themselves, which takes as long
/// as a lease (too long for the short version); otherwise the same server restarts and handles it.
async fn die_at(setting: &Setting, point: &str, pass: u32, found: bool) -> Death {
    let mut site = Site::new(setting, setting.nodes(2)).await;
    site.start().await;
    site.load(3).await;
    let on_lost =
        json!({ "execution": { "retry": { "attempts": "3", "delay": "1s", "on_lost": true } } });
    let opted_in = site.enter(0, 1, "", on_lost).await;
    site.nodes[0].stop().await;
    site.nodes[0]
        .variables
        .push(("JCRONTAB_KILL_AT".to_owned(), format!("{point}:{pass}")));
    site.nodes[0].spawn();
    let died = site.nodes[0].ended(DEATH).await;
    assert_eq!(
        died,
        Some(-1),
        "the server did not die at {point}: {}",
        site.nodes[0].log_end()
    );
    let at = now();
    site.nodes[0].variables.clear();
    if setting.engine == Engine::Mariadb && found && !setting.options.short {
        found_by_another(&site, at).await;
    }
    site.start().await;
    let counts = site.judge().await;
    let firings = site.database.firings().await.expect("the occurrences");
    let of_it = firings.iter().filter(|firing| firing.schedule == opted_in);
    let death = Death {
        counts,
        runs: site.database.runs().await.expect("the runs"),
        lines: site.lines().iter().map(|line| line.run).collect(),
        opted_in: of_it.map(|firing| firing.id).collect(),
    };
    site.close().await;
    death
}

/// Another server finds the runs of the dead one.
async fn found_by_another(site: &Site, died: DateTime<Utc>) {
    let found = async || {
        let runs = site.database.runs().await.ok()?;
        let open = runs
            .iter()
            .any(|run| run.state == "running" && run.started_at < died);
        (!open).then_some(())
    };
    let limit = FOUND.to_std().expect("a time") + Duration::from_secs(5);
    let found = until(limit, found).await;
    assert!(
        found.is_some(),
        "runs of the dead server are still open {} s later",
        limit.as_secs()
    );
}
