//! Servers that start at the same moment.

use app::occurrence::MissReason;
use chrono::{DateTime, Utc};
use server::store::{LiveRow, Planned, PlannedEntry, Stale};

use crate::helpers::{TestApp, at, draft};

#[tokio::test]
async fn missed_firings_are_counted_by_one_of_two_servers_that_start() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "* * * * *", "true")).await.id;
    let store = &app.components.store;
    let live = store.live_task(task).await.expect("the database");
    let LiveRow::Live(live) = live else {
        panic!("the task is not there");
    };
    let schedule_id = live.schedules[0].id;
    let missed = |until: DateTime<Utc>, count| {
        let entry = PlannedEntry::Missed {
            reason: MissReason::Down,
            count,
            since: at("2026-11-22T08:01:00Z"),
        };
        [Planned {
            task_id: task,
            schedule_id,
            scheduled_for: until,
            base_at: until,
            due_at: until,
            entry,
        }]
    };
    let (seen, read) = store.cluster_state().await.expect("the database");
    let plan = async |until, count, since| {
        let rows = missed(until, count);
        let planned = store.plan(&rows, Some(since), Some(until), seen, until, &|_| None);
        planned.await.expect("the database")
    };
    let (first, second) = (at("2026-11-22T09:00:00Z"), at("2026-11-22T09:01:00Z"));
    assert!(plan(first, 60, read).await.is_ok());
    // The other one has read the same, and looks a minute later.
    assert_eq!(plan(second, 61, read).await, Err(Stale::PlannedMeanwhile));
    let kept = "SELECT firings FROM unreported_miss";
    assert_eq!(app.place.database.integers(kept).await, [60]);
    // It starts again from there.
    let (_, read) = store.cluster_state().await.expect("the database");
    assert_eq!(read, first);
    assert!(plan(second, 1, read).await.is_ok());
    assert_eq!(app.place.database.integers(kept).await, [60, 1]);
}
