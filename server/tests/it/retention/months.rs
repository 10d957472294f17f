//! The runs of a task over months: those that are there and those that were deleted, each counted once.

use app::auth::Role;
use app::id::TaskId;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::helpers::{Browser, TestApp};
use super::{installation, now, run, task};

async fn days(viewer: &Browser, task: TaskId, query: &str) -> Value {
    let path = format!("/api/v1/tasks/{task}/days{query}");
    viewer.get(&path).await.expect(200)
}

/// The sum of fields over all days.
fn sum(answer: &Value, fields: &[&str]) -> i64 {
    let days = answer["days"].as_array().expect("days");
    let of = |day: &Value| -> i64 {
        let numbers = fields.iter().map(|field| day[*field].as_i64());
        numbers.map(|number| number.expect("a number")).sum()
    };
    days.iter().map(of).sum()
}

const ENDS: [&str; 5] = ["succeeded", "failed", "timed_out", "killed", "lost"];

async fn delete(app: &TestApp, task: TaskId, ids: std::ops::RangeInclusive<i64>) -> u64 {
    let ids: Vec<i64> = ids.collect();
    let deleted = app.components.store.delete_old_runs(task, &ids, now());
    deleted.await.expect("deleted")
}

#[tokio::test]
async fn a_run_is_counted_once_before_and_after_it_is_deleted() {
    let app = installation().await;
    let task = task(&app, "a").await;
    let ends = ["succeeded", "succeeded", "failed", "killed", "lost"];
    for (id, state) in (1..=60).zip(ends.into_iter().cycle()) {
        run(&app, task, id, 80 + id % 2, state).await;
    }
    run(&app, task, 61, 2, "running").await;
    run(&app, task, 62, 2, "succeeded").await;
    run(&app, task, 63, 0, "timed_out").await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let before = days(&viewer, task, "").await;
    assert_eq!(
        sum(&before, &ENDS),
        62,
        "without the one that runs: {before}"
    );
    assert_eq!(sum(&before, &["succeeded"]), 25);
    assert_eq!(sum(&before, &["output_bytes"]), 62_000);
    assert_eq!(before["complete_from"], Value::Null);
    let first = &before["days"][0];
    assert_eq!(first["day"], "2026-09-02");
    let p50 = first["p50_ms"].as_i64().expect("a duration");
    assert!((9_000..=11_000).contains(&p50), "{p50}, of 10 s");
    let period = |days: &Value, place: usize| {
        let period = &days["periods"][place];
        let fields = ["days", "runs", "bad", "success_permille"];
        fields.map(|field| period[field].as_i64())
    };
    let some = |numbers: [i64; 4]| numbers.map(Some);
    assert_eq!(period(&before, 0), some([7, 2, 1, 500]));
    assert_eq!(period(&before, 2), some([90, 62, 25, 500]));

    // In parts, so that a day has both; and asked again, when most days are known.
    for ids in [1..=7, 8..=31, 32..=60] {
        assert!(delete(&app, task, ids).await > 0);
        assert_eq!(days(&viewer, task, "").await, before);
    }
    run(&app, task, 64, 0, "failed").await;
    let more = days(&viewer, task, "").await;
    assert_eq!(period(&more, 0), some([7, 3, 2, 333]));
    // A day that is over changes when a run ends that had started on it.
    let end = "UPDATE run SET state = 'failed', finished_at = started_at WHERE id = 61";
    app.place.database.execute(end).await;
    let ended = days(&viewer, task, "").await;
    assert_eq!(period(&ended, 0), some([7, 4, 3, 250]));
}

#[tokio::test]
async fn a_clock_that_is_set_back_makes_days_current_again() {
    let app = installation().await;
    let task = task(&app, "a").await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    app.clock.set(now() + TimeDelta::days(3));
    assert_eq!(sum(&days(&viewer, task, "").await, &ENDS), 0);
    app.clock.set(now());
    run(&app, task, 1, 0, "succeeded").await;
    assert_eq!(sum(&days(&viewer, task, "").await, &ENDS), 1);
}

#[tokio::test]
async fn while_runs_are_deleted_none_is_missing_and_none_counted_twice() {
    let app = installation().await;
    let task = task(&app, "a").await;
    for id in 1..=120 {
        run(&app, task, id, 40 + id % 3, "succeeded").await;
    }
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let delete = async {
        for first in (1..=120).step_by(8) {
            delete(&app, task, first..=first + 7).await;
        }
    };
    let read = async {
        for _ in 0..40 {
            let answer = days(&viewer, task, "").await;
            assert_eq!(sum(&answer, &ENDS), 120, "{answer}");
        }
    };
    tokio::join!(delete, read);
    let rest = "SELECT COUNT(*) FROM run WHERE id <= 120";
    assert_eq!(app.place.database.count(rest).await, 0);
    assert_eq!(sum(&days(&viewer, task, "").await, &ENDS), 120);
}

#[tokio::test]
async fn days_are_asked_for_within_limits() {
    let app = installation().await;
    let task = task(&app, "a").await;
    for (id, ago) in [(1, 500), (2, 300), (3, 10)] {
        run(&app, task, id, ago, "succeeded").await;
    }
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let found = async |query: &str| sum(&days(&viewer, task, query).await, &ENDS);
    assert_eq!(found("").await, 1);
    assert_eq!(found("?from=2025-11-22&to=2026-11-22").await, 2);
    assert_eq!(found("?to=2025-08-01").await, 1);
    assert_eq!(found("?from=2026-11-12&to=2026-11-12").await, 1);
    assert_eq!(found("?from=2027-01-01&to=2027-02-01").await, 0);
    let path = |query: &str| format!("/api/v1/tasks/{task}/days{query}");
    for (query, field) in [
        ("?from=2024-01-01&to=2025-01-01", "from"),
        ("?from=soon", "from"),
        ("?from=2026-11-02&to=2026-11-01", "to"),
    ] {
        let refused = viewer.get(&path(query)).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], field, "{query}");
    }
    viewer.get(&path("?form=2026-11-01")).await.expect(422);
    viewer.get("/api/v1/tasks/999/days").await.expect(404);
}

#[tokio::test]
async fn the_page_of_a_task_shows_a_year() {
    let app = installation().await;
    let task = task(&app, "a").await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let viewer = viewer.with("accept-language", "en");
    let page = async |query: &str| {
        let reply = viewer.open(&format!("/tasks/{task}{query}")).await;
        assert_eq!(reply.status, 200);
        reply.text()
    };
    assert!(page("?stats=1").await.contains("No runs have ended"));
    for (id, ago, state) in [
        (1, 360, "succeeded"),
        (2, 200, "failed"),
        (3, 20, "succeeded"),
        (4, 1, "succeeded"),
    ] {
        run(&app, task, id, ago, state).await;
    }
    assert_eq!(delete(&app, task, 1..=2).await, 2);
    // It is not waited for: a link has it where there is no JavaScript.
    let plain = page("").await;
    assert!(plain.contains("?stats=1"), "{plain}");
    let shown = page("?stats=1").await;
    for words in [
        "Last 52 weeks: 4 runs, 1 failed",
        "1 run, 100.0 % succeeded",
        "2 runs, 100.0 % succeeded",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

#[tokio::test]
async fn counts_of_days_end_as_well() {
    let app = installation().await;
    let task = task(&app, "a").await;
    for (id, ago) in [(1, 50), (2, 40), (3, 35), (4, 1)] {
        run(&app, task, id, ago, "succeeded").await;
    }
    let policy = json!({"run_days": 30, "count_days": 45});
    super::keep(&app, policy).await;
    super::turn(&app).await;
    let oldest = (now() - TimeDelta::days(40)).format("%Y-%m-%d").to_string();
    let days = "SELECT day FROM run_day ORDER BY day";
    let days = app.place.database.rows(days).await;
    assert_eq!(days.len(), 2, "{days:?}");
    assert!(days[0].contains(&oldest), "{days:?}");
}
