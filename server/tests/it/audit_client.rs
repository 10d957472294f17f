//! From where an act was asked for: the client's address behind a trusted proxy, the socket, or
//! nothing for the product's own acts.

use app::auth::Role;
use app::backend::Tasks;
use app::task::Control;
use serde_json::json;

use super::helpers::place::Place;
use super::helpers::program::{Server, jcrontab};
use super::helpers::{TestApp, at, draft};

const PROXY: &str = "10.0.0.1";
const CLIENT: &str = "203.0.113.9";
const CLIENTS: &str = "SELECT CONCAT_WS(' ', action, COALESCE(client, 'none')) FROM audit \
                       WHERE action LIKE 'task.%' ORDER BY id";

#[tokio::test]
async fn the_address_behind_a_trusted_proxy_is_in_the_audit_log() {
    let app = TestApp::with(&["--trusted-proxies=10.0.0.0/24"]).await;
    let token = app.token("script", Role::Editor).await;
    let script = app.browser().at(PROXY).with("x-forwarded-for", CLIENT);
    let script = script.with("authorization", &format!("Bearer {token}"));
    let task = json!({"name": "t", "cron": "0 9 * * *", "command": "true", "zone": "UTC"});
    script.post("/api/v1/tasks", task).await.expect(201);
    // The proxy's own header is believed, and what a client puts in front of it is not.
    let page = app.signed_in("ed", Role::Editor).await;
    let page = page
        .at(PROXY)
        .with("x-forwarded-for", &format!("192.0.2.1, {CLIENT}"));
    let pause = [("id", "1"), ("verb", "pause")];
    let paused = page.submit("/fn/task_control", &pause).await;
    assert!((300..400).contains(&paused.status), "{}", paused.text());
    // A stranger's header is not.
    let direct = app
        .browser()
        .at("198.51.100.7")
        .with("x-forwarded-for", CLIENT);
    let direct = direct.with("authorization", &format!("Bearer {token}"));
    let restored = direct.call("POST", "/api/v1/tasks/1/restore", None).await;
    restored.expect(200);
    assert_eq!(
        app.place.database.rows(CLIENTS).await,
        [
            "task.create 203.0.113.9",
            "task.pause 203.0.113.9",
            "task.restore 198.51.100.7",
        ]
    );
}

#[tokio::test]
async fn the_products_own_acts_come_from_nowhere() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "0 9 * * *", "true")).await.id;
    let pause = Control::Pause(Some("2026-11-22T08:10:00Z".to_owned()));
    let paused = app.service.task_control(&app.console(), task, &pause).await;
    paused.expect("a pause");
    app.node().await.go_to(at("2026-11-22T08:10:01Z")).await;
    assert_eq!(
        app.place.database.rows(CLIENTS).await,
        ["task.create none", "task.pause none", "task.resume none"]
    );
}

#[tokio::test]
async fn the_socket_is_named_and_a_command_without_a_server_is_not() {
    let place = Place::new().await;
    let add = [
        "task",
        "add",
        "t",
        "--cron",
        "0 9 * * *",
        "--command",
        "true",
    ];
    assert_eq!(jcrontab(&place, &add).await.code, 0);
    let server = Server::start(&place, &[]).await;
    assert_eq!(jcrontab(&place, &["task", "pause", "t"]).await.code, 0);
    assert_eq!(server.stop().await, 0);
    let rows = place.database.rows(CLIENTS).await;
    assert_eq!(rows, ["task.create none", "task.pause socket"]);
}
