//! The id of a request: in its answer, on what is logged for it, and in what it fails with.

use app::auth::Role;
use serde_json::Value;

use crate::helpers::place::Place;
use crate::helpers::program::{Server, admin_token, jcrontab_with};
use crate::helpers::{TestApp, in_time};

const ID: &str = "x-request-id";

#[tokio::test]
async fn every_answer_names_its_request() {
    let app = TestApp::with(&["--trusted-proxies=10.0.0.0/24"]).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let mut seen = std::collections::BTreeSet::new();
    for path in [
        "/",
        "/tasks",
        "/api/v1/tasks",
        "/api/v1/tasks/999",
        "/healthz",
        "/no-such-page",
    ] {
        let reply = admin.open(path).await;
        let id = reply.header(ID).to_owned();
        assert!(
            id.len() == 16 && id.chars().all(|c| c.is_ascii_hexdigit()),
            "{path}: {id:?}"
        );
        assert!(seen.insert(id), "{path}: an id of its own");
    }
    let refused = app
        .browser()
        .post("/api/v1/tasks", serde_json::json!({}))
        .await;
    assert_eq!((refused.status, refused.header(ID).len()), (401, 16));
    // A trusted proxy may have given one already; others may not choose.
    let given = |address: &str, id: &str| app.browser().at(address).with(ID, id);
    let reply = given("10.0.0.9", "edge-7.1").get("/healthz").await;
    assert_eq!(reply.header(ID), "edge-7.1");
    for (address, id) in [
        ("10.0.0.9", "a b"),
        ("10.0.0.9", "{x}"),
        ("192.0.2.1", "edge-7.1"),
    ] {
        let reply = given(address, id).get("/healthz").await;
        assert_ne!(reply.header(ID), id, "{address}");
        assert_eq!(reply.header(ID).len(), 16, "{address}");
    }
}

#[tokio::test]
async fn a_failure_is_reported_under_the_id_of_its_request() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    app.place
        .database
        .execute("ALTER TABLE pool RENAME TO pool_away")
        .await;
    let reply = admin.get("/api/v1/pools").await;
    assert_eq!(reply.status, 500, "{}", reply.text());
    assert_eq!(reply.json()["incident"], reply.header(ID));
    // Changes are made in a task of their own, which answers for the same request.
    let reply = admin
        .call(
            "PUT",
            "/api/v1/pools/db",
            Some(serde_json::json!({"slots": 2})),
        )
        .await;
    assert_eq!(reply.status, 500, "{}", reply.text());
    assert_eq!(reply.json()["incident"], reply.header(ID));
    app.place
        .database
        .execute("ALTER TABLE pool_away RENAME TO pool")
        .await;
}

/// Lines of a JSON log with this message.
fn lines(log: &str, message: &str) -> Vec<Value> {
    log.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["fields"]["message"] == message)
        .collect()
}

async fn ask(server: &Server, token: &str, path: &str) -> reqwest::Response {
    let client = reqwest::Client::builder().no_proxy().build();
    let request = client
        .expect("a client")
        .get(format!("{}{path}", server.url));
    request.bearer_auth(token).send().await.expect("an answer")
}

#[tokio::test]
async fn the_log_has_a_line_for_each_request_and_ids_on_all_lines() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let json = [("JCRONTAB_LOG_FORMAT", "json")];
    let server = Server::start(&place, &json).await;
    let answer = ask(&server, &token, "/api/v1/runs?task=hush-hush").await;
    let status = answer.status().as_u16();
    let id = answer.headers()[ID].to_str().expect("text").to_owned();
    for path in ["/healthz", "/no/such/secret-path"] {
        ask(&server, &token, path).await;
    }
    let answered = lines(&server.log(), "answered");
    assert_eq!(
        answered.len(),
        2,
        "probes are logged for debugging only: {answered:?}"
    );
    let (line, unknown) = (&answered[0], &answered[1]);
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["fields"]["method"], "GET");
    assert_eq!(line["fields"]["route"], "/api/v1/runs");
    assert_eq!(line["fields"]["status"], status);
    assert_eq!(line["fields"]["client"], "127.0.0.1");
    assert!(line["fields"]["micros"].is_u64(), "{line}");
    assert_eq!(line["span"]["request.id"], *id);
    assert_eq!(unknown["fields"]["route"], "-");

    let planning = lines(&server.log(), "the loop runs");
    assert_eq!(planning[0]["span"]["loop_name"], "scheduler");

    let url = [
        ("JCRONTAB_URL", server.url.as_str()),
        ("JCRONTAB_TOKEN", &token),
    ];
    let add = [
        "task",
        "add",
        "--name",
        "slow",
        "--cron",
        "0 0 1 1 *",
        "--command",
        "sleep 600",
        "--soft-limit",
        "1s",
    ];
    let added = jcrontab_with(&place, &add, &url, "").await;
    assert_eq!(added.code, 0, "{added:?}");
    let started = jcrontab_with(&place, &["task", "run", "1", "--json"], &url, "").await;
    let run = started.json()["id"].as_i64().expect("a run");
    let late = in_time("the line about the soft limit", async {
        loop {
            let late = lines(&server.log(), "a run is over its soft limit");
            if let [late] = late.as_slice() {
                return late.clone();
            }
            // Each asks the server, which takes its time.
            ask(&server, &token, "/healthz").await;
        }
    })
    .await;
    assert_eq!(late["span"]["run.id"], run, "{late}");
    assert_eq!(late["span"]["task.id"], 1, "{late}");
    let log = server.log();
    for secret in ["hush-hush", "secret-path", token.as_str()] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
    let stopped = jcrontab_with(&place, &["run", "stop", &run.to_string()], &url, "").await;
    assert_eq!(stopped.code, 0, "{stopped:?}");
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn the_log_of_requests_can_be_switched_off() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let quiet = [
        ("JCRONTAB_LOG_FORMAT", "json"),
        ("JCRONTAB_REQUEST_LOG", "off"),
    ];
    let server = Server::start(&place, &quiet).await;
    let answer = ask(&server, &token, "/api/v1/tasks").await;
    assert_eq!(answer.status().as_u16(), 200);
    assert!(answer.headers().contains_key(ID));
    assert_eq!(lines(&server.log(), "answered"), Vec::<Value>::new());
    assert_eq!(server.stop().await, 0);
}
