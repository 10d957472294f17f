//! What it costs: statements are bounded for each task that changes, and none is sent for one that does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::super::helpers::place::Place;
use super::super::helpers::{ManualClock, TestApp, at};
use super::{APPLY, counts, plain};
use app::auth::Role;
use app::task::TaskDocument;

/// Tasks with owners, tags and a chain of dependencies.
fn documents(count: usize) -> Vec<TaskDocument> {
    let one = |number: usize| {
        let mut document = plain(&format!("task {number}"));
        document.owners = vec!["bob".to_owned()];
        document.tags = vec!["git".to_owned(), format!("t{}", number % 7)];
        if !number.is_multiple_of(10) {
            document.execution.waits.tasks = vec![format!("task {}", number - 1)];
        }
        document
    };
    // What is awaited comes last.
    (0..count).rev().map(one).collect()
}

#[tokio::test]
async fn a_thousand_tasks_take_seconds_and_a_bounded_number_of_statements() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let clock = Arc::new(ManualClock::new(at("2026-11-22T08:00:00Z")));
    let app = TestApp::start_with(Place::new().await, clock, None, &[], move |store| {
        store.observe_statements(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
        });
    })
    .await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let cost = async |count: usize| {
        sent.store(0, Ordering::SeqCst);
        let begun = Instant::now();
        let report = editor
            .post(APPLY, json!(documents(count)))
            .await
            .expect(200);
        (
            counts(&report),
            sent.load(Ordering::SeqCst),
            begun.elapsed(),
        )
    };
    let (made, few, _) = cost(20).await;
    assert_eq!(made, [20, 0, 0, 0]);
    let (made, many, took) = cost(1_000).await;
    assert_eq!(made, [980, 0, 20, 0]);
    println!("980 new tasks: {many} statements, {took:?}");
    // So many for each new task, whatever the others are.
    let each = few.div_ceil(20);
    assert!(many <= 980 * each, "{few} for 20, {many} for 980");
    assert!(each <= 20, "{each} for one");
    // A machine whose cores are busy.
    assert!(took < Duration::from_secs(60), "{took:?}");
    let (same, of_few, _) = cost(20).await;
    assert_eq!(same, [0, 0, 20, 0]);
    let (same, of_many, _) = cost(1_000).await;
    assert_eq!(same, [0, 0, 1_000, 0]);
    // Names are looked up 500 at a time.
    assert!(of_many <= of_few + 12, "{of_few}, then {of_many}");
    let more = editor
        .post(APPLY, json!(documents(2_001)))
        .await
        .expect(422);
    assert_eq!(more["code"], "files.too_many_changes");
}
