//! The brief of a failed run: since when, what changed, where the output differs, what else failed;
//! in the browser, over REST and in the terminal.

mod changes;
mod doors;

use ::app::auth::Role;
use ::app::backend::Runs;
use ::app::id::{RunId, TaskId};
use ::app::run::RunState;
use ::app::run::brief::{Brief, Change, LastSuccess, OutputChange};
use chrono::TimeDelta;
use serde_json::json;
use server::clock::Clock;

use super::helpers::message::SELDOM;
use super::helpers::{Browser, TestApp, draft};

/// Starts a task manually a minute later, and waits for its end.
async fn run(app: &TestApp, task: TaskId) -> RunId {
    minutes_later(app, 1);
    let run = app.start_run(task).await;
    app.ended(run).await;
    run
}

fn minutes_later(app: &TestApp, minutes: i64) {
    app.clock.set(app.clock.now() + TimeDelta::minutes(minutes));
}

/// Edits a task a minute later.
async fn change(app: &TestApp, editor: &Browser, task: TaskId, fields: serde_json::Value) {
    minutes_later(app, 1);
    let path = format!("/api/v1/tasks/{task}");
    editor.call("PATCH", &path, Some(fields)).await.expect(200);
}

async fn brief(browser: &Browser, run: RunId) -> Brief {
    let answer = browser.get(&format!("/api/v1/runs/{run}/brief")).await;
    serde_json::from_value(answer.expect(200)).expect("a brief")
}

const WORKS: &str = "echo started at 09:00:01; echo copied 17 files in 350 ms; echo done";
const FAILS: &str = "echo started at 10:30:59; echo disk full on /data; echo done; exit 3";

#[tokio::test]
async fn a_failed_run_says_since_when_what_changed_and_where_its_output_differs() {
    let app = TestApp::new().await;
    let ann = app.signed_in("ann", Role::Editor).await;
    let mut backup = draft("backup", SELDOM, WORKS);
    backup.runbook = "see https://wiki.example.com/disk".to_owned();
    let task = app.add(backup).await.id;
    let other = app.add(draft("对账", SELDOM, "exit 1")).await.id;
    run(&app, task).await;
    let success = run(&app, task).await;
    change(&app, &ann, task, json!({"command": FAILS, "tags": ["x"]})).await;
    let edited = app.clock.now();
    // Long before the last failure, and close to it.
    run(&app, other).await;
    let first = run(&app, task).await;
    minutes_later(&app, 20);
    let other_run = run(&app, other).await;
    run(&app, task).await;
    let last = run(&app, task).await;

    let brief = brief(&ann, last).await;
    assert_eq!((brief.run_id, brief.task_id), (last, task));
    assert_eq!(brief.streak.times, 3);
    assert_eq!(brief.streak.since, app.ended(first).await.started_at);
    assert_eq!(brief.streak.first_run, Some(first));
    let expected = LastSuccess::Run {
        run_id: success,
        started_at: app.ended(success).await.started_at,
    };
    assert_eq!(brief.success, expected);
    let edit = Change::Edited {
        at: edited.into(),
        who: "ann".to_owned(),
        fields: vec!["command".to_owned(), "tags".to_owned()],
    };
    assert_eq!(brief.changes, [edit]);
    let OutputChange::Differs {
        run: this,
        success: then,
    } = &brief.output
    else {
        panic!("{:?}", brief.output);
    };
    assert_eq!((this.run_id, this.line), (last, 2));
    assert_eq!((then.run_id, then.line), (success, 2));
    // The time in the first line is none, and the lines go together again at the third.
    assert_eq!(this.lines.len(), 1);
    assert_eq!(this.lines[0].text, "disk full on /data");
    assert_eq!(then.lines[0].text, "copied 17 files in 350 ms");
    assert_eq!(brief.others.count, 1);
    assert_eq!(brief.others.tasks[0].name, "对账");
    assert_eq!(brief.others.tasks[0].run_id, other_run);
    assert_eq!(brief.runbook, "see https://wiki.example.com/disk");
    // Since when, what changed, where the output differs, what else failed.
    assert_eq!(brief.lines.len(), 4);
}

#[tokio::test]
async fn a_first_failure_has_nothing_to_compare_with() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("eve", Role::Viewer).await;
    let task = app.add(draft("new", SELDOM, "exit 1")).await.id;
    let run = run(&app, task).await;
    let brief = brief(&viewer, run).await;
    assert_eq!((brief.streak.times, brief.streak.first_run), (1, Some(run)));
    assert_eq!(brief.success, LastSuccess::Never);
    assert_eq!(brief.output, OutputChange::NoSuccess);
    assert_eq!(brief.changes, []);
}

/// A run that a person stopped neither counts nor hides the success before it.
#[tokio::test]
async fn a_stopped_run_is_no_part_of_the_streak() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let task = app.add(draft("t", SELDOM, "echo fine")).await.id;
    let success = run(&app, task).await;
    change(&app, &editor, task, json!({"command": "sleep 600"})).await;
    minutes_later(&app, 1);
    let stopped = app.start_run(task).await;
    let console = app.console();
    app.service
        .run_stop(&console, stopped)
        .await
        .expect("stopped");
    assert_eq!(app.ended(stopped).await.state, RunState::Killed);
    change(&app, &editor, task, json!({"command": "exit 1"})).await;
    let failed = run(&app, task).await;
    let brief = brief(&editor, failed).await;
    assert_eq!(brief.streak.times, 1);
    assert!(matches!(brief.success, LastSuccess::Run { run_id, .. } if run_id == success));
    let edits = brief.changes.iter();
    assert_eq!(
        edits
            .filter(|one| matches!(one, Change::Edited { .. }))
            .count(),
        2
    );
}

/// What was written to the end of a long output, and an output whose object is gone.
#[tokio::test]
async fn long_outputs_are_compared_and_missing_ones_named() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let long = |end: &str| {
        format!(
            "i=0; while [ $i -lt 2000 ]; do echo row $i of the table is fine; i=$((i+1)); done; {end}"
        )
    };
    let task = app
        .add(draft("long", SELDOM, &long("echo all written")))
        .await
        .id;
    let success = run(&app, task).await;
    let command = long("echo table is locked >&2; exit 4");
    change(&app, &editor, task, json!({"command": command})).await;
    let failed = run(&app, task).await;
    let OutputChange::Differs {
        run: this,
        success: then,
    } = brief(&editor, failed).await.output
    else {
        panic!("the outputs differ");
    };
    assert_eq!((this.line, then.line), (2_001, 2_001));
    assert_eq!(this.lines[0].text, "table is locked");
    assert_eq!(then.lines[0].text, "all written");

    let objects = app.place.data().join("output");
    std::fs::remove_dir_all(&objects).expect("the objects");
    // Read once more, they would come from memory.
    let (place, clock) = app.die();
    let app = TestApp::start(place, clock, None, &["--outbound-allow=127.0.0.0/8"]).await;
    let viewer = app.signed_in("eve", Role::Viewer).await;
    let gone = brief(&viewer, failed).await.output;
    assert_eq!(gone, OutputChange::NotKept { run_id: failed });
    assert!(success.0 < failed.0);
}
