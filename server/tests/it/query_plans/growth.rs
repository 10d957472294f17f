//! How much a statement reads must not grow with the history, whatever its plan looks like: a plan shows which index
//! is used, and not how much of it is read.

mod known;

use std::collections::BTreeMap;

use app::auth::Role;
use app::channel::ChannelKind;
use app::id::ChannelId;
use chrono::{DateTime, TimeDelta, Utc};
use server::clock::Clock;

use super::super::helpers::{Browser, Node, TestApp, draft};
use super::history::{Firing, Rows, mixed, schedules};
use super::reads::{looks, reads};
use super::{Sent, installation_of, open};
use known::{KNOWN, shape};

/// Tasks of the installation; what becomes of those with low numbers is said by [`state`].
const TASKS: usize = 12;
/// Firings of each of them, one a day.
const FIRINGS: usize = 3_000;
/// Of these, the newest: there before anything is measured.
const FEW: usize = 300;
/// Smaller ids are of rows that the product wrote.
const FIRST: usize = 1_000;
/// So many times as much may be read with ten times the history. More than once, because lists have
/// an end that the short history does not reach.
const MORE: u64 = 3;
/// Reading so little is no walk, but a page that got longer.
const LITTLE: u64 = 1_000;

/// A statement that scans the history of a task although an index finds its rows: it proves that scans are noticed.
const WALK: &str = "SELECT COUNT(*) FROM run WHERE task_id = 1 AND exit_code = 9";

/// How a firing ended, by its task: the histories in which a search for the last one of some kind
/// finds none.
fn state(task: usize, firing: usize) -> &'static str {
    match task {
        1 => "succeeded",
        2 | 3 => "failed",
        4 => "skipped",
        5 => "lost",
        _ => mixed(firing * 7 + task),
    }
}

fn id(day: usize, task: usize) -> usize {
    FIRST + day * TASKS + task
}

/// Tasks whose pages are read: one of each kind.
const READ: [usize; 6] = [1, 2, 3, 4, 5, 7];

/// Writes some days of the history that ends with `today`, counted from its beginning.
async fn fill(app: &TestApp, today: DateTime<Utc>, days: std::ops::Range<usize>) {
    let schedules = schedules(app).await;
    let mut rows = Rows::default();
    for day in days {
        let ago = TimeDelta::days(1) * i32::try_from(FIRINGS - day).expect("a number");
        for task in 1..=TASKS {
            rows.add(&Firing {
                id: id(day, task),
                task,
                schedule: schedules[task - 1],
                due: today - ago,
                state: state(task, day),
                // A channel that takes nothing any more.
                unsent: task == 3,
            });
        }
    }
    rows.write(app).await;
}

/// What statements cost, by what sent them and their shapes: the dearest of each, and its text.
pub(super) type Costs = BTreeMap<(String, String), (u64, String)>;

/// Adds what was sent since the last look.
pub(super) async fn weigh(app: &TestApp, what: &str, statements: Vec<String>, costs: &mut Costs) {
    for sql in statements {
        if !sql.starts_with("SELECT") {
            continue;
        }
        let cost = app.place.database.cost(&sql).await;
        let dearest = costs.entry((what.to_owned(), shape(&sql))).or_default();
        if cost >= dearest.0 {
            *dearest = (cost, sql);
        }
    }
}

/// Reads everything once, and lets the loop turn over one firing of each task.
async fn measure(app: &TestApp, sent: &Sent, browser: &Browser, node: &mut Node) -> Costs {
    let mut costs = Costs::new();
    sent.take();
    for task in READ {
        // Of a firing that there is with the short history, too.
        let run = id(FIRINGS - FEW / 2, task);
        for (_, paths) in reads(task, run) {
            for path in paths {
                if task == 4 && path.contains(&format!("/runs/{run}")) {
                    // It was skipped.
                    continue;
                }
                open(browser, &path).await;
                weigh(app, &path, sent.take(), &mut costs).await;
            }
        }
    }
    open(browser, "/api/v1/summaries/1/preview").await;
    weigh(app, "a summary", sent.take(), &mut costs).await;
    weigh(app, "the walk", vec![WALK.to_owned()], &mut costs).await;
    let day = app.clock.now();
    node.go_to(day + TimeDelta::minutes(59)).await;
    node.go_to(day + TimeDelta::minutes(61)).await;
    looks(app, ChannelId(1)).await;
    weigh(app, "the loop", sent.take(), &mut costs).await;
    app.clock.set(day + TimeDelta::days(1));
    costs
}

#[tokio::test]
async fn what_a_statement_reads_does_not_grow_with_the_history() {
    let (app, sent) = installation_of(TASKS).await;
    app.channel("robot", ChannelKind::Webhook, "http://127.0.0.1:9/")
        .await;
    assert_eq!(
        super::summaries::preview(&app).await,
        "/api/v1/summaries/1/preview"
    );
    let mut waits = draft("waits", "0 9 * * *", "true");
    waits.execution.waits.tasks = (1..=5).map(|task: u8| task.to_string()).collect();
    app.add(waits).await;
    let failing = "UPDATE task SET command = 'false' WHERE id IN (2, 3, 5)";
    app.place.database.execute(failing).await;
    let browser = app.signed_in("reader", Role::Admin).await;
    let mut node = app.node().await;
    let today = app.clock.now();
    fill(&app, today, FIRINGS - FEW..FIRINGS).await;
    // A firing of each task before anything counts: from then on tasks are failing.
    measure(&app, &sent, &browser, &mut node).await;
    let few = measure(&app, &sent, &browser, &mut node).await;
    fill(&app, today, 0..FIRINGS - FEW).await;
    let many = measure(&app, &sent, &browser, &mut node).await;

    let mut found = Vec::new();
    for (statement, (cost, sql)) in &many {
        let before = few.get(statement).map_or(0, |(cost, _)| *cost);
        let (what, shape) = statement;
        let known = KNOWN.iter().any(|(piece, _)| shape.contains(piece));
        if *cost > before * MORE + LITTLE && !known {
            found.push(format!("{what}: {before}, then {cost}\n  {sql}"));
        }
    }
    let walk = found.iter().position(|fault| fault.contains(WALK));
    found.remove(walk.expect("a walk is noticed"));
    assert!(found.is_empty(), "{}", found.join("\n\n"));
    for (piece, _) in KNOWN {
        let sent = many.keys().any(|(_, shape)| shape.contains(piece));
        assert!(sent, "no statement is like {piece} any more");
    }
}
