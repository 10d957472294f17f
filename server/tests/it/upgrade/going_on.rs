//! The scheduler of today on the database of then: active tasks fire, chased ones by their chase schedule, and what waited
//! is started.

use app::id::TaskId;
use app::run::{Run, RunState, Trigger};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::super::helpers::TestApp;
use super::super::helpers::at;
use super::fixture::{Fixture, read};

/// The next 03:00 in Shanghai a week after the former server was killed.
fn three_o_clock(fixture: &Fixture) -> DateTime<Utc> {
    let day = (fixture.at + TimeDelta::days(7)).date_naive();
    let today = day.and_hms_opt(19, 0, 0).expect("a time").and_utc();
    let is_over = today < fixture.at + TimeDelta::days(7);
    today + TimeDelta::days(i64::from(is_over))
}

/// Runs of a task that have started since the upgrade, oldest first.
async fn since(app: &TestApp, task: TaskId, start: DateTime<Utc>) -> Vec<Run> {
    let mut runs = app.runs(task).await;
    runs.retain(|run| run.started_at.0 >= start);
    runs
}

#[tokio::test]
async fn tasks_fire_as_they_were_to() {
    let fixture = Fixture::load().await;
    let three = three_o_clock(&fixture);
    let app = fixture
        .start(three - fixture.at - TimeDelta::hours(4), &[])
        .await;
    let begun = three - TimeDelta::hours(4);
    let mut node = app.node().await;
    node.start_up().await;
    node.go_to(three + TimeDelta::seconds(30)).await;

    let daily = |task: &&Value| task["draft"]["cron"] == "0 3 * * *";
    let mut fired = 0;
    for task in fixture.entered.iter().filter(daily) {
        let name = task["draft"]["name"].as_str().expect("a name");
        let runs = since(&app, fixture.task(name), begun).await;
        let is_three = |run: &Run| run.scheduled_for.is_some_and(|at| at.0 == three);
        let at_three = |run: &&Run| is_three(run) && run.attempt == 1;
        let count = runs.iter().filter(at_three).count();
        let expected = match name {
            // It waits for others, which ended in this night.
            "waits for others" => continue,
            "催单后结单" => 0,
            _ => 1,
        };
        assert_eq!(count, expected, "{name}: {runs:?}");
        fired += count;
    }
    assert_eq!(fired, 20);

    let root = fixture.with_token(&app, "root");
    // Chased tasks fire by the chase schedule, and not by their own.
    let chased = [("催着的命令", 30, 9), ("催着的提醒", 120, 2)];
    for (name, minutes, firings) in chased {
        // Also those that were skipped because nothing sends the message of the one before.
        let path = format!("/api/v1/tasks/{}/occurrences?limit=20", fixture.task(name));
        let line = root.get(&path).await.expect(200);
        let line = line["items"].as_array().expect("firings").iter();
        let instants: Vec<DateTime<Utc>> = line
            .filter(|firing| firing["state"] != "planned")
            .filter_map(|firing| serde_json::from_value(firing["due_at"].clone()).ok())
            .filter(|at| *at >= begun)
            .collect();
        assert_eq!(instants.len(), firings, "{name}: {instants:?}");
        for instant in instants {
            assert_eq!(instant.timestamp() % (minutes * 60), 0, "{name}: {instant}");
        }
    }
    for (name, words) in [
        ("暂停", "paused"),
        ("暂停到年底", "paused"),
        ("已结单", "closed"),
    ] {
        let task = fixture.task(name);
        assert!(since(&app, task, begun).await.is_empty(), "{name}");
        let state = app
            .components
            .store
            .task(task)
            .await
            .expect("it")
            .expect("it");
        assert_eq!(state.state.as_str(), words);
    }
    // Once at each start of a server.
    let started = since(&app, fixture.task("at start"), begun).await;
    let starts = started
        .iter()
        .filter(|run| run.scheduled_for.is_some_and(|at| at.0 == begun));
    assert_eq!(starts.count(), 1, "{started:?}");

    // The week without a server is on record, with its reason.
    let path = format!(
        "/api/v1/tasks/{}/occurrences?state=missed",
        fixture.task("周报提醒")
    );
    let missed = root.get(&path).await.expect(200);
    let row = &missed["items"][0];
    assert_eq!(
        (&row["reason"], &row["count"]),
        (&json!("down"), &json!(1)),
        "{missed}"
    );
}

#[tokio::test]
async fn attempts_and_starts_that_waited_are_made() {
    let fixture = Fixture::load().await;
    let app = fixture.start(TimeDelta::hours(13), &[]).await;
    let begun = fixture.at + TimeDelta::hours(13);
    app.node().await.go_to(begun + TimeDelta::seconds(10)).await;
    let manual = async |name: &str| -> Vec<(RunState, i32)> {
        let mut runs = since(&app, fixture.task(name), begun).await;
        runs.retain(|run| run.trigger == Trigger::Manual);
        runs.iter().map(|run| (run.state, run.attempt)).collect()
    };
    let succeeded = (RunState::Succeeded, 1);
    assert_eq!(manual("in line").await, [succeeded, succeeded]);
    assert_eq!(manual("pool of one").await, [succeeded]);
    // The second of three attempts fails as the first one did, and the third is planned.
    let attempts = manual("tried again").await;
    assert_eq!(attempts[0], (RunState::Failed, 2), "{attempts:?}");
    // What ran is over, as lost, and is not started again.
    for name in ["all at once", "in line"] {
        let runs = app.runs(fixture.task(name)).await;
        let lost = runs.iter().filter(|run| run.state == RunState::Lost);
        assert_eq!(lost.count(), 1, "{name}: {runs:?}");
    }
}

#[tokio::test]
async fn a_result_that_waited_on_disk_is_stored_with_its_message() {
    let fixture = Fixture::load().await;
    let place = &fixture.place;
    // That of another run, as that of a run which had not been stored.
    let mut result: Value = serde_json::from_str(&read("results.spool")).expect("a result");
    let task = fixture.task("all at once");
    let column = |name: &str| {
        format!(
            "SELECT CAST({name} AS SIGNED) FROM run WHERE task_id = {task} AND state = 'running'"
        )
    };
    let run = place.database.count(&column("id")).await;
    result["run_id"] = json!(run);
    result["task_id"] = json!(task);
    result["epoch"] = json!(place.database.count(&column("epoch")).await);
    result["messages"][0]["run_id"] = json!(run);
    result["messages"][0]["task_id"] = json!(task);
    let line = format!("{result}\n");
    std::fs::write(place.data().join("results.spool"), line).expect("a file");

    let app = fixture.start(TimeDelta::minutes(10), &[]).await;
    let root = fixture.with_token(&app, "root");
    let path = format!("/api/v1/runs/{run}");
    let shown = root.get(&path).await.expect(200);
    assert_eq!(
        (&shown["state"], &shown["exit_code"]),
        (&json!("succeeded"), &json!(0))
    );
    let output = root.get(&format!("{path}/output")).await.text();
    assert_eq!(output, "waited on disk\n");
    let caused = format!("SELECT event, kind, state FROM message WHERE run_id = {run} ORDER BY id");
    let caused = place.database.rows(&caused).await;
    assert_eq!(caused, ["reminder|text|pending", "reminder|image|waiting"]);
}

#[tokio::test]
async fn chases_go_on_and_get_the_end_that_every_chase_has() {
    let fixture = Fixture::load().await;
    let app = fixture.start(TimeDelta::minutes(10), &[]).await;
    let now = fixture.at + TimeDelta::minutes(10);
    let adopted = app.components.store.adopt_chases(now).await;
    assert_eq!(adopted.expect("adopted"), 2);
    let root = fixture.with_token(&app, "root");
    for name in ["催着的提醒", "催着的命令"] {
        let task = fixture.task(name);
        let path = format!("/api/v1/tasks/{task}");
        let shown = root.get(&path).await.expect(200);
        assert_eq!(shown["urging"], true, "{shown}");
        assert_eq!(shown["health"]["state"], "chasing", "{shown}");
        let tickets = root.get(&format!("/api/v1/tickets?task={task}")).await;
        let tickets = tickets.expect(200);
        let ticket = &tickets["items"][0];
        assert_eq!(ticket["kind"], "chase", "{tickets}");
        let ends = ticket["expires_at"].as_str().expect("an end");
        let whole = now - TimeDelta::nanoseconds(i64::from(now.timestamp_subsec_nanos() % 1000));
        assert!(at(ends) > whole + TimeDelta::days(6), "{ticket}");
        // "Back to the original cycle", and done.
        let back = root.call("POST", &format!("{path}/unurge"), None).await;
        assert_eq!(back.expect(200)["urging"], false);
        let closed = root.call("POST", &format!("{path}/close"), None).await;
        assert_eq!(closed.expect(200)["state"], "closed");
    }
}

#[tokio::test]
async fn a_chase_that_cannot_be_read_does_not_stop_the_others() {
    let fixture = Fixture::load().await;
    let app = fixture.start(TimeDelta::minutes(10), &[]).await;
    let task = fixture.task("催着的提醒");
    let broken = format!("UPDATE task SET owners = 'no list' WHERE id = {task}");
    fixture.place.database.execute(&broken).await;
    let now = fixture.at + TimeDelta::minutes(10);
    let adopted = app.components.store.adopt_chases(now).await;
    assert_eq!(adopted.expect("adopted"), 1);
}
