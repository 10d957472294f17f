//! A run is stopped even if the audit log cannot be written.

use app::auth::Role;
use app::id::RunId;
use app::run::RunState;
use app::task::TaskDraft;
use app::task::execution::ExecutionDraft;
use serde_json::json;

use super::{refuse, refuse_audit};
use crate::helpers::place::Place;
use crate::helpers::program::{Server, jcrontab};
use crate::helpers::{TestApp, draft, in_time};

#[tokio::test]
async fn a_run_is_stopped_even_if_that_cannot_be_recorded() {
    let app = TestApp::new().await;
    let boss = app.signed_in("boss", Role::Admin).await;
    let in_line = ExecutionDraft {
        overlap: "queue:5".into(),
        ..ExecutionDraft::default()
    };
    let task = TaskDraft {
        execution: in_line,
        ..draft("wild", "0 9 * * *", "sleep 600")
    };
    let task = app.add(task).await.id;
    let held = app.start_run(task).await;
    let waits = app.start_run(task).await;
    // On another node, as its row has it.
    let far = app.start_run(task).await;
    app.place
        .database
        .execute(&format!(
            "UPDATE run SET state = 'running', node_id = 'far-away', epoch = 1 WHERE id = {far}"
        ))
        .await;
    refuse_audit(&app).await;
    let stop = async |run: RunId| {
        let path = format!("/api/v1/runs/{run}/stop");
        boss.call("POST", &path, None).await
    };
    for run in [waits, held, far] {
        let reply = stop(run).await;
        let problem = reply.json();
        assert_eq!(
            (reply.status, &problem["code"]),
            (500, &json!("run.stop_unrecorded")),
            "{problem}"
        );
        let reported = problem["title"].as_str().expect("a title");
        assert!(reported.contains("审计日志"), "{reported}");
        assert!(problem["incident"].is_string(), "{problem}");
    }
    for run in [waits, held] {
        let run = app.ended(run).await;
        assert_eq!(run.state, RunState::Killed);
        assert_eq!(run.reason.as_deref(), Some("stopped:boss"));
    }
    let asked = format!("SELECT stop_by FROM run WHERE id = {far}");
    assert_eq!(app.place.database.rows(&asked).await, ["boss"]);
    let noted = "SELECT COUNT(*) FROM audit WHERE action = 'run.stop'";
    assert_eq!(app.place.database.count(noted).await, 0);
}

#[tokio::test]
async fn a_stop_that_cannot_be_recorded_is_in_the_log_of_the_server() {
    let place = Place::new().await;
    let server = Server::start(&place, &[]).await;
    let add = [
        "task",
        "add",
        "--name",
        "wild",
        "--cron",
        "0 9 1 1 *",
        "--command",
        "sleep 600",
    ];
    let added = jcrontab(&place, &add).await;
    assert_eq!(added.code, 0, "{added:?}");
    let started = jcrontab(&place, &["task", "run", "1", "--json"])
        .await
        .json();
    let run = started["id"].to_string();
    refuse(&place.database).await;
    let stopped = jcrontab(&place, &["run", "stop", &run]).await;
    let reported = stopped.refused(1);
    assert!(
        reported.contains("is being stopped") && reported.contains("audit log"),
        "{reported}"
    );
    let over = async || {
        let shown = jcrontab(&place, &["run", "show", &run, "--json"]).await;
        shown.json()["state"] == "killed"
    };
    in_time("the run to end", async {
        while !over().await {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
    let log = server.log();
    let line = log.lines().find(|line| line.contains("audit log"));
    let line = line.unwrap_or_else(|| panic!("{log}"));
    assert!(
        line.contains("ERROR")
            && line.contains("(console, socket) run.stop")
            && line.contains("is full"),
        "{line}"
    );
    place.database.execute("DROP TRIGGER no_audit").await;
    assert_eq!(server.stop().await, 0);
}
