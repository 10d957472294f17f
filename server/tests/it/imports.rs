//! Crontabs become tasks, once, which are held until their lines are commented out.

use app::auth::Role;
use app::backend::Tasks;
use app::id::TaskId;
use app::task::{Health, TaskState};
use serde_json::{Value, json};

use super::helpers::{Browser, TestApp, at};

mod lints;
mod program;
mod scripts;
mod tasks;

const TEXT: &str = "MAILTO=ops@example.com\n# Nightly backup\n30 2 * * * echo backup\n\n\
                    */5 * * * * flock -n /tmp/l echo five\n61 * * * * never\n";

fn crontab(text: &str) -> Value {
    json!({"sources": [{"host": "web1", "path": "user:root", "text": text}], "zone": "UTC"})
}

async fn import(admin: &Browser, body: Value) -> Value {
    admin
        .post("/api/v1/imports/crontab", body)
        .await
        .expect(200)
}

/// The tasks of an account by the numbers of their lines.
fn tasks(report: &Value) -> Vec<(u64, i64)> {
    let lines = report["sources"][0]["lines"].as_array().expect("lines");
    lines
        .iter()
        .filter_map(|line| Some((line["number"].as_u64()?, line["task"]["id"].as_i64()?)))
        .collect()
}

#[tokio::test]
async fn every_line_is_accounted_for_and_becomes_a_task_once() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Editor).await;
    let mut dry = crontab(TEXT);
    dry["dry_run"] = json!(true);
    let report = import(&admin, dry).await;
    assert_eq!(
        (&report["created"], &report["faults"]),
        (&json!(2), &json!(1))
    );
    let kinds: Vec<&str> = report["sources"][0]["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| line["kind"].as_str().expect("a kind"))
        .collect();
    assert_eq!(
        kinds,
        ["variable", "comment", "entry", "blank", "entry", "fault"]
    );
    let none = admin.get("/api/v1/tasks").await.expect(200);
    assert_eq!(none["items"], json!([]), "a dry run creates nothing");

    let report = import(&admin, crontab(TEXT)).await;
    let made = tasks(&report);
    assert_eq!(
        made.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
        [3, 5]
    );
    let lines = &report["sources"][0]["lines"];
    assert_eq!(lines[4]["offers"][0]["kind"], "overlap");
    assert_eq!(lines[4]["offers"][0]["accepted"], false);
    assert_eq!(lines[5]["remarks"][0]["code"], "field");
    assert_eq!(lines[5]["remarks"][0]["column"], 1);
    let task = admin
        .get(&format!("/api/v1/tasks/{}", made[0].1))
        .await
        .expect(200);
    assert_eq!(task["name"], "Nightly backup");
    assert_eq!(
        (&task["state"], &task["zone"]),
        (&json!("paused"), &json!("UTC"))
    );
    assert_eq!(task["held"], json!({"host": "web1", "path": "user:root"}));
    let other = admin
        .get(&format!("/api/v1/tasks/{}", made[1].1))
        .await
        .expect(200);
    assert_eq!(
        other["command"], "flock -n /tmp/l echo five",
        "nothing is taken silently"
    );

    // Again, with the lines in another order and one more.
    let moved =
        "*/5 * * * * flock -n /tmp/l echo five\n0 1 * * * echo new\n30 2 * * * echo backup\n";
    let again = import(&admin, crontab(moved)).await;
    assert_eq!((&again["created"], &again["known"]), (&json!(1), &json!(2)));
    let ids: Vec<i64> = tasks(&again).iter().map(|(_, id)| *id).collect();
    assert_eq!((ids[0], ids[2]), (made[1].1, made[0].1));
    let listed = admin.get("/api/v1/imports").await.expect(200);
    assert_eq!(listed["items"].as_array().expect("lines").len(), 3);

    // A deleted task frees its line.
    admin
        .call("DELETE", &format!("/api/v1/tasks/{}", ids[1]), None)
        .await
        .expect(204);
    let again = import(&admin, crontab(moved)).await;
    assert_eq!((&again["created"], &again["known"]), (&json!(1), &json!(2)));
}

#[tokio::test]
async fn two_imports_at_once_create_each_task_once() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Editor).await;
    let text: String = (0..20).map(|n| format!("{n} 3 * * * echo {n}\n")).collect();
    let (one, two) = tokio::join!(
        import(&admin, crontab(&text)),
        import(&admin, crontab(&text))
    );
    assert_eq!(tasks(&one), tasks(&two));
    let count = "SELECT COUNT(*) FROM task";
    assert_eq!(app.place.database.count(count).await, 20);
}

#[tokio::test]
async fn a_held_task_is_not_activated_by_hand() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Editor).await;
    let id = tasks(&import(&admin, crontab("* * * * * true\n")).await)[0].1;
    let path = format!("/api/v1/tasks/{id}");
    for (verb, body) in [
        ("restore", json!({})),
        ("pause", json!({"until": "2026-11-22T09:00:00Z"})),
    ] {
        let refused = admin.post(&format!("{path}/{verb}"), body).await;
        assert_eq!(refused.status, 409, "{verb}: {}", refused.text());
        assert_eq!(refused.json()["code"], "task.held", "{verb}");
    }
    let page = admin.open(&format!("/tasks/{id}")).await.text();
    assert!(page.contains("主机 web1 上 root 的 crontab"), "{page}");
    // Closing and reopening is no way around it.
    admin
        .post(&format!("{path}/close"), json!({}))
        .await
        .expect(200);
    let refused = admin.post(&format!("{path}/restore"), json!({})).await;
    assert_eq!(refused.json()["code"], "task.held");
    // A closed one stays closed when it is taken over.
    let handed = admin
        .post("/api/v1/imports/take-over", json!({"tasks": [id]}))
        .await;
    assert_eq!(handed.expect(200)["changed"], json!([id]));
    let task = admin.get(&path).await.expect(200);
    assert_eq!(
        (&task["state"], &task["held"]),
        (&json!("closed"), &Value::Null)
    );
    admin
        .post(&format!("{path}/restore"), json!({}))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_task_fires_from_the_minute_after_it_was_taken_over() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Editor).await;
    let id = TaskId(tasks(&import(&admin, crontab("* * * * * true\n")).await)[0].1);
    let fired = async || {
        let runs = app.runs(id).await;
        let times = runs.iter().filter_map(|run| run.scheduled_for);
        times.map(|at| at.rfc3339()).collect::<Vec<_>>()
    };
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:02:20Z")).await;
    assert_eq!(fired().await, Vec::<String>::new(), "cron runs its line");
    let hand = async |way: &str| {
        let path = format!("/api/v1/imports/{way}");
        let handed = admin.post(&path, json!({"tasks": [id]})).await.expect(200);
        assert_eq!(handed["changed"], json!([id]));
        // Once more changes nothing.
        let handed = admin.post(&path, json!({"tasks": [id]})).await.expect(200);
        assert_eq!(handed["unchanged"], json!([id]));
    };
    hand("take-over").await;
    node.go_to(at("2026-11-22T08:04:20Z")).await;
    node.settled().await;
    assert_eq!(
        fired().await,
        ["2026-11-22T08:03:00Z", "2026-11-22T08:04:00Z"]
    );
    hand("give-back").await;
    node.go_to(at("2026-11-22T08:07:00Z")).await;
    node.settled().await;
    assert_eq!(fired().await.len(), 2, "cron runs its line again");
    let task = app
        .service
        .task_get(&app.console(), id)
        .await
        .expect("the task");
    assert_eq!(task.task.state, TaskState::Paused);
    assert_eq!(task.health, Health::Paused { until: None });
    let acts = "SELECT action FROM audit WHERE object_version IS NOT NULL ORDER BY id";
    let acts = app.place.database.rows(acts).await;
    assert_eq!(acts, ["task.import", "task.take_over", "task.give_back"]);
}

#[tokio::test]
async fn what_is_no_crontab_is_refused_and_changes_nothing() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Editor).await;
    let one = |text: &str, path: &str| json!({"host": "", "path": path, "text": text});
    let long = "x".repeat(1024 * 1024 + 1);
    let lines = "\n".repeat(20_001);
    for (body, field, code) in [
        (json!({"sources": []}), "sources", "count"),
        (
            json!({"sources": [one(&long, "a")]}),
            "sources.0.text",
            "too_long",
        ),
        (
            json!({"sources": [one(&lines, "a")]}),
            "sources.0.text",
            "too_long",
        ),
        (
            json!({"sources": [one("", "a"), one("", "a")]}),
            "sources.1.path",
            "taken",
        ),
        (
            json!({"sources": [one("", "a\u{7}")]}),
            "sources.0.path",
            "invalid",
        ),
    ] {
        let reply = admin.post("/api/v1/imports/crontab", body).await;
        assert_eq!(reply.status, 422, "{field}: {}", reply.text());
        assert_eq!(reply.faults(), [(field.to_owned(), code.to_owned())]);
    }
    let many: String = (0..501).map(|n| format!("0 3 * * * echo {n}\n")).collect();
    let reply = admin.post("/api/v1/imports/crontab", crontab(&many)).await;
    assert_eq!(reply.status, 409, "{}", reply.text());
    assert_eq!(reply.json()["code"], "import.too_many");
    let reply = admin
        .post("/api/v1/imports/take-over", json!({"tasks": []}))
        .await;
    assert_eq!(reply.status, 422);
    assert_eq!(
        app.place.database.count("SELECT COUNT(*) FROM task").await,
        0
    );
}

#[tokio::test]
async fn a_line_that_no_task_can_be_made_of_says_why() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Editor).await;
    let body = json!({"sources": [{
        "host": "web1", "path": "/etc/cron.d/x", "format": "system",
        "text": "* * * * * root true\n* * * * * nobody true\n",
    }]});
    let report = import(&admin, body.clone()).await;
    let lines = &report["sources"][0]["lines"];
    assert_eq!(lines[0]["kind"], "fault", "tasks may not run as root here");
    assert_eq!(lines[0]["remarks"][0]["code"], "execution.run_as");
    assert_eq!(lines[1]["kind"], "entry");
    let mut all = body;
    all["as_server_user"] = json!(true);
    let report = import(&admin, all).await;
    assert_eq!(
        (&report["created"], &report["known"]),
        (&json!(1), &json!(1))
    );
    // The server's user cannot enter the home folder of root.
    let lines = &report["sources"][0]["lines"];
    let task = format!("/api/v1/tasks/{}", lines[0]["task"]["id"]);
    let task = admin.get(&task).await.expect(200);
    assert_eq!(task["execution"]["cwd"], "", "{task}");
}

#[tokio::test]
async fn the_page_shows_the_account_and_imports() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Editor).await;
    assert_eq!(admin.open("/import").await.status, 200);
    let form = |action: &'static str| {
        [
            ("text", "# 备份\r\n30 2 * * * echo backup\r\n61 * * * * x"),
            ("host", "web1"),
            ("path", "user:root"),
            ("accept_overlap", "on"),
            ("action", action),
        ]
    };
    let dry = admin.submit("/import", &form("check")).await;
    assert_eq!(dry.status, 200);
    let page = dry.text();
    for words in ["试运行：会新建 1 个任务", "3:1", "分钟", "echo backup"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(
        app.place.database.count("SELECT COUNT(*) FROM task").await,
        0
    );
    // What is pasted has often lost its last end of line, for which cron would ignore a file.
    let pasted = [
        ("text", "30 2 * * * echo whole"),
        ("path", "user:ada"),
        ("action", "check"),
    ];
    let page = admin.submit("/import", &pasted).await.text();
    assert!(
        page.contains("会新建 1 个任务") && !page.contains("忽略整份"),
        "{page}"
    );
    let page = admin.submit("/import", &form("apply")).await.text();
    assert!(
        page.contains("新建 1 个任务") && page.contains("jcrontab takeover"),
        "{page}"
    );
    let names = app.place.database.rows("SELECT name FROM task").await;
    assert_eq!(names, ["备份"]);
    let viewer = app.signed_in("vi", Role::Viewer).await;
    assert_eq!(viewer.open("/import").await.status, 403);
    let refused = admin
        .submit("/import", &[("text", "x"), ("zone", "Mars/Olympus")])
        .await;
    assert_eq!(refused.status, 422);
}
