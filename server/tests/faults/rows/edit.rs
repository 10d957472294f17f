//! Row 29: edited, paused or deleted at the very instant of a firing: old or new, never both.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use crate::checker::Counts;
use crate::history::{Firing, Schedule};
use crate::row::{Outcome, Setting};
use crate::site::{Site, now};
use crate::wait::{let_pass, until};

/// Tasks that are raced at once.
const TASKS: usize = 25;
/// Around the instant, in milliseconds before it.
const BEFORE: u64 = 60;

/// What is done to a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Deed {
    Edit,
    Reschedule,
    Pause,
    Delete,
}

/// A task that is raced.
struct Raced {
    id: i64,
    /// Replaced by deletion; its rows go with it.
    deleted: bool,
    created: DateTime<Utc>,
    version: u32,
}

pub(crate) async fn races(mut setting: Setting) -> Outcome {
    let mut site = Site::new(&setting, setting.nodes(2)).await;
    site.start().await;
    let mut tasks = Vec::new();
    for number in 0..TASKS {
        tasks.push(enter(&site, &format!("raced-{number}")).await);
    }
    let (rounds, mut races) = (setting.pick(6, 40), 0);
    for _ in 0..rounds {
        let into = u64::from(now().timestamp_subsec_millis());
        let_pass(Duration::from_millis(
            (1_000 - into.min(1_000)).saturating_sub(BEFORE),
        ))
        .await;
        let mut deeds = Vec::new();
        for task in tasks.iter_mut().filter(|task| !task.deleted) {
            let deed = match setting.lot.below(40) {
                0 => Deed::Delete,
                1..10 => Deed::Pause,
                10..20 => Deed::Reschedule,
                _ => Deed::Edit,
            };
            task.version += 1;
            task.deleted = deed == Deed::Delete;
            let node = setting.lot.index(site.nodes.len());
            let delay = setting.lot.millis(0, 2 * BEFORE);
            deeds.push(act(&site, node, task.id, task.version, deed, delay));
        }
        races += deeds.len();
        futures_util::future::join_all(deeds).await;
        // A fresh one for each that is gone.
        while tasks.iter().filter(|task| !task.deleted).count() < TASKS {
            tasks.push(enter(&site, &format!("raced-{}", tasks.len())).await);
        }
    }
    // Paused tasks must continue, so that every task has a row about the end.
    for task in tasks.iter().filter(|task| !task.deleted) {
        ask(
            &site,
            0,
            Method::POST,
            &format!("/api/v1/tasks/{}/restore", task.id),
            json!({}),
        )
        .await;
    }
    let_pass(Duration::from_secs(3)).await;
    let end = now();
    let settled = until(Duration::from_secs(60), || async {
        let firings = site.database.firings().await.ok()?;
        let open = firings
            .iter()
            .any(|f| matches!(f.state.as_str(), "planned" | "running") && f.scheduled_for <= end);
        (!open).then_some(())
    })
    .await;
    assert!(
        settled.is_some(),
        "not settled: {}",
        site.nodes[0].log_end()
    );
    for node in &mut site.nodes {
        node.stop().await;
    }
    let counts = judge(&site, &tasks, end).await;
    site.close().await;
    Outcome::passed(counts, [format!("{races} races")])
}

async fn enter(site: &Site, name: &str) -> Raced {
    let task = site
        .enter_task(0, name, "* * * * * *", &command(site, 0), json!({}))
        .await;
    let created = task["created_at"]
        .as_str()
        .and_then(|at| DateTime::parse_from_rfc3339(at).ok());
    Raced {
        id: task["id"].as_i64().expect("an id"),
        deleted: false,
        created: created.expect("an instant").to_utc(),
        version: 0,
    }
}

/// Its version is in the command, so that old and new can be distinguished.
fn command(site: &Site, version: u32) -> String {
    format!(
        "{}; echo \"$JCRONTAB_TASK_ID $JCRONTAB_SCHEDULED_FOR {version}\" >> {}",
        site.writes(),
        file(site).display()
    )
}

fn file(site: &Site) -> std::path::PathBuf {
    site.work().join("races")
}

async fn act(site: &Site, node: usize, id: i64, version: u32, deed: Deed, delay: Duration) {
    let_pass(delay).await;
    let path = format!("/api/v1/tasks/{id}");
    match deed {
        Deed::Edit => {
            ask(
                site,
                node,
                Method::PATCH,
                &path,
                json!({ "command": command(site, version) }),
            )
            .await
        }
        Deed::Reschedule => {
            // The same instants with another text, so that its schedule is a new one.
            let spec = if version.is_multiple_of(2) {
                "* * * * * *"
            } else {
                "0-59 * * * * *"
            };
            let patch =
                json!({ "schedules": [{ "spec": spec }], "command": command(site, version) });
            ask(site, node, Method::PATCH, &path, patch).await;
        }
        Deed::Pause => {
            ask(
                site,
                node,
                Method::POST,
                &format!("{path}/pause"),
                json!({}),
            )
            .await;
            let_pass(delay / 2).await;
            ask(
                site,
                node,
                Method::POST,
                &format!("{path}/restore"),
                json!({}),
            )
            .await;
        }
        Deed::Delete => ask(site, node, Method::DELETE, &path, Value::Null).await,
    }
}

async fn ask(site: &Site, node: usize, method: Method, path: &str, body: Value) {
    let (status, said) = site.nodes[node]
        .ask(method, path, Some(body))
        .await
        .expect("an answer");
    assert!(status.is_success(), "{path}: {status} {said}");
}

/// Every second of an existing task is recorded once, and nothing has run twice.
async fn judge(site: &Site, tasks: &[Raced], end: DateTime<Utc>) -> Counts {
    let lines = std::fs::read_to_string(file(site)).expect("the lines");
    let mut ran: BTreeMap<(i64, DateTime<Utc>), &str> = BTreeMap::new();
    for line in lines.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let instant = DateTime::parse_from_rfc3339(words[1])
            .expect("an instant")
            .to_utc();
        let earlier = ran.insert((words[0].parse().expect("an id"), instant), words[2]);
        assert!(
            earlier.is_none(),
            "task {} has run twice at {instant}: version {earlier:?} and {}",
            words[0],
            words[2]
        );
    }
    let firings = site.database.firings().await.expect("the occurrences");
    let mut counts = Counts::default();
    for task in tasks.iter().filter(|task| !task.deleted) {
        let every_second = Schedule {
            id: 0,
            name: String::new(),
            every: 1,
            from: task.created,
            until: end,
            retries: false,
        };
        let mut shown: BTreeMap<DateTime<Utc>, &Firing> = BTreeMap::new();
        for firing in firings
            .iter()
            .filter(|firing| firing.task == task.id && firing.state != "planned")
        {
            let since = firing
                .since
                .filter(|_| firing.count > 1)
                .unwrap_or(firing.scheduled_for);
            for instant in every_second.targets(since, firing.scheduled_for) {
                let earlier = shown.insert(instant, firing);
                assert!(
                    earlier.is_none(),
                    "task {} is recorded twice at {instant}: {earlier:?} and {firing:?}",
                    task.id
                );
            }
        }
        for target in every_second.all_targets() {
            let covers = |f: &&Firing| {
                f.task == task.id
                    && f.since.unwrap_or(f.scheduled_for).min(f.scheduled_for) <= target
                    && target <= f.scheduled_for
            };
            let row = firings.iter().find(covers);
            counts.add(row, usize::from(ran.contains_key(&(task.id, target))));
            assert!(
                shown.contains_key(&target),
                "task {} at {target} has no row; it was created {}",
                task.id,
                task.created
            );
        }
    }
    counts
}
