//! What the command line says where there is nothing to list and about closed tasks, in which zone it shows times, and
//! that a deletion names the version that was read.

use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use axum::{Json, Router};
use serde_json::json;

use super::helpers::place::Place;
use super::helpers::program::{Server, add_command, jcrontab, jcrontab_with};

#[tokio::test]
async fn a_list_without_rows_says_so_below_its_headings() {
    let place = Place::new().await;
    for (list, words) in [
        (
            &["task", "list"][..],
            "No tasks yet. Add one: jcrontab task add",
        ),
        (&["task", "list", "--query", "x"], "No tasks match"),
        (&["run", "list"], "No runs match"),
        (&["channel", "list"], "No channels yet. Add one:"),
        (&["rule", "list"], "No rules. Add one:"),
        (&["message", "list"], "No messages match"),
        (&["ticket", "list"], "No tickets match"),
        (&["summary", "list"], "No summaries yet. Add one:"),
        (&["oncall", "list"], "No rotas yet. Add one:"),
        (&["person", "list"], "There are none. Set one:"),
        (&["blackout", "list"], "No blackouts yet. Add one:"),
        (&["secret", "list"], "No secrets yet. Add one:"),
        (&["token", "list"], "No tokens yet. Create one:"),
        (&["user", "list"], "No accounts yet. Add one:"),
        (&["import", "list"], "Nothing was imported yet."),
    ] {
        let listed = jcrontab(&place, list).await;
        assert_eq!(
            (listed.code, listed.err.as_str()),
            (0, ""),
            "{list:?}: {listed:?}"
        );
        let lines: Vec<&str> = listed.out.lines().collect();
        assert_eq!(lines.len(), 2, "{list:?}: {}", listed.out);
        assert!(lines[1].starts_with(words), "{list:?}: {}", listed.out);
        let listed = jcrontab(&place, &[list, &["--json"]].concat()).await;
        assert_eq!(listed.json()["items"], json!([]), "{list:?}");
        assert_eq!(listed.err, "", "{list:?}");
    }
    let chinese = [("LC_ALL", "zh_CN.UTF-8")];
    let listed = jcrontab_with(&place, &["task", "list"], &chinese, "").await;
    assert!(
        listed.out.contains("\n还没有任务。添加：jcrontab task add"),
        "{listed:?}"
    );
}

#[tokio::test]
async fn times_are_those_of_the_terminal_and_json_keeps_rfc_3339() {
    let place = Place::new().await;
    let add = [
        "task",
        "add",
        "t",
        "--cron=0 0 1 1 *",
        "--command=true",
        "--zone=UTC",
        "--json",
    ];
    let id = jcrontab(&place, &add).await.json()["id"].to_string();
    let here = [("TZ", "Asia/Shanghai")];
    for command in [
        &["task", "list"][..],
        &["task", "show", &id],
        &["task", "next", &id],
    ] {
        let shown = jcrontab_with(&place, command, &here, "").await;
        assert!(
            shown.out.contains("-01-01 08:00:00 +08:00"),
            "{command:?}: {shown:?}"
        );
        assert!(!shown.out.contains("00:00Z"), "{command:?}: {shown:?}");
        let command = [command, &["--json"]].concat();
        let json = jcrontab_with(&place, &command, &here, "").await;
        assert!(
            json.out.contains("-01-01T00:00:00Z"),
            "{command:?}: {json:?}"
        );
    }
}

#[tokio::test]
async fn a_start_of_a_closed_task_says_that_it_stays_closed() {
    let place = Place::new().await;
    let server = Server::start(&place, &[]).await;
    let id = add_command(&place, "t", "0 0 1 1 *", "true").await;
    assert_eq!(jcrontab(&place, &["task", "close", &id]).await.code, 0);
    let run = jcrontab(&place, &["task", "run", &id, "--wait"]).await;
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.err
            .contains("The task is closed; a start by hand overrides that"),
        "{run:?}"
    );
    let next = format!("to reopen it: jcrontab task restore {id}");
    assert!(run.err.contains(&next), "{run:?}");
    assert_eq!(jcrontab(&place, &["task", "restore", &id]).await.code, 0);
    let run = jcrontab(&place, &["task", "run", &id, "--wait"]).await;
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:?}");
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn a_deletion_names_the_version_that_was_read() {
    let place = Place::new().await;
    let deleted: Arc<Mutex<Vec<(String, Option<String>)>>> = Arc::default();
    let seen = deleted.clone();
    let answers = move |request: Request| {
        let seen = seen.clone();
        async move {
            if request.method() == Method::DELETE {
                let version = request.headers().get("if-match");
                let version = version
                    .and_then(|version| version.to_str().ok())
                    .map(str::to_owned);
                let path = request.uri().path().to_owned();
                seen.lock().expect("the list").push((path, version));
                return StatusCode::NO_CONTENT.into_response();
            }
            let thing = json!({"id": 7, "name": "reminder", "version": 3});
            let mut answer = thing.clone();
            answer["items"] = json!([thing.clone()]);
            answer["calendar"] = thing;
            Json(answer).into_response()
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    tokio::spawn(async move {
        axum::serve(listener, Router::new().fallback(answers))
            .await
            .expect("it serves");
    });
    let variables = [("JCRONTAB_URL", url.as_str()), ("JCRONTAB_TOKEN", "jct_x")];
    for command in [
        &["task", "delete", "7"][..],
        &["rule", "delete", "7"],
        &["blackout", "delete", "7"],
        &["pool", "delete", "reminder"],
        &["calendar", "delete", "reminder"],
        &["oncall", "delete", "reminder"],
        &["person", "delete", "reminder"],
        &["picture", "delete", "reminder"],
        &["channel", "template", "delete", "7", "failed"],
    ] {
        let command = [command, &["--yes"]].concat();
        let done = jcrontab_with(&place, &command, &variables, "").await;
        assert_eq!(
            (done.code, done.err.as_str()),
            (0, ""),
            "{command:?}: {done:?}"
        );
        let (path, version) = deleted.lock().expect("the list").pop().expect("a deletion");
        assert_eq!(version.as_deref(), Some("\"3\""), "{command:?}: {path}");
    }
}
