//! Concurrency pools and nodes: lists and administration.

use app::auth::Role;
use app::task::TaskDraft;
use serde_json::{Value, json};

use super::helpers::place::Place;
use super::helpers::program::{Server, jcrontab};
use super::helpers::{TestApp, draft};

async fn put(admin: &super::helpers::Browser, name: &str, body: Value) -> super::helpers::Reply {
    admin
        .call("PUT", &format!("/api/v1/pools/{name}"), Some(body))
        .await
}

#[tokio::test]
async fn pools_are_set_and_show_what_takes_their_slots() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    for (name, slots) in [("%E6%95%B0%E6%8D%AE%E5%BA%93", 2), ("io", 10_000), ("*", 1)] {
        let set = put(&admin, name, json!({ "slots": slots }))
            .await
            .expect(200);
        assert_eq!(set["slots"], json!(slots));
    }
    assert_eq!(
        put(&admin, "io", json!({"slots": 3})).await.expect(200)["slots"],
        3
    );
    for (name, body, field) in [
        ("a%20b", json!({"slots": 1}), "name"),
        ("..a", json!({"slots": 1}), "name"),
        ("**", json!({"slots": 1}), "name"),
        ("io", json!({"slots": 0}), "slots"),
        ("io", json!({"slots": 10_001}), "slots"),
        ("io", json!({"slots": -1}), "slots"),
    ] {
        let reply = put(&admin, name, body).await;
        assert_eq!(reply.status, 422, "{name}: {}", reply.text());
        assert_eq!(reply.faults(), [(field.to_owned(), "invalid".to_owned())]);
    }
    put(&admin, "io", json!({"slots": "3"})).await.expect(422);
    put(&admin, "io", json!({})).await.expect(422);

    let runs = [
        ("running", "'io'"),
        ("running", "'io'"),
        ("waiting", "'io'"),
        ("running", "NULL"),
        ("waiting", "'数据库'"),
        ("succeeded", "'io'"),
    ];
    for (state, pool) in runs {
        app.place
            .database
            .rows(&format!(
                "INSERT INTO run (task_id, attempt, trigger_kind, state, node_id, epoch, started_at, \
                 output_bytes, output_dropped, pool) \
                 VALUES (1, 1, 'manual', '{state}', 'n', 1, '2026-11-22 08:00:00', 0, 0, {pool})"
            ))
            .await;
    }
    let listed = admin.get("/api/v1/pools").await.expect(200);
    let shown: Vec<String> = listed["items"]
        .as_array()
        .expect("pools")
        .iter()
        .map(|pool| {
            let name = pool["name"].as_str().expect("a name");
            format!(
                "{name} {} {} {}",
                pool["slots"], pool["running"], pool["waiting"]
            )
        })
        .collect();
    assert_eq!(shown, ["* 1 3 2", "io 3 2 1", "数据库 2 0 1"]);
    let page = admin.open("/admin/pools").await.text();
    for words in ["数据库", "所有执行", "已满", "有空位"] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_pool_that_tasks_name_stays() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    put(&admin, "db", json!({"slots": 1})).await.expect(200);
    let mut named = draft("报表", "0 0 1 1 *", "true");
    named.execution.pool = "db".to_owned();
    let task = app.add(named.clone()).await;
    let refused = admin
        .call("DELETE", "/api/v1/pools/db", None)
        .await
        .expect(409);
    assert_eq!(refused["code"], "pool.in_use");
    let title = refused["title"].as_str().expect("a title");
    assert!(
        title.contains("报表") && title.contains(&format!("#{}", task.id)),
        "{title}"
    );
    let free = TaskDraft {
        execution: Default::default(),
        ..named
    };
    app::backend::Tasks::task_update(&*app.service, &app.console(), task.id, &free)
        .await
        .expect("saved");
    let (seen, _) = app.components.store.cluster_state().await.expect("state");
    admin
        .call("DELETE", "/api/v1/pools/db", None)
        .await
        .expect(204);
    admin
        .call("DELETE", "/api/v1/pools/db", None)
        .await
        .expect(404);
    put(&admin, "db", json!({"slots": 1})).await.expect(200);
    let changes = app
        .components
        .store
        .changes_since(seen)
        .await
        .expect("changes");
    assert_eq!(
        changes.len(),
        3,
        "one an act, also where there was nothing to delete"
    );
    assert!(
        changes
            .iter()
            .all(|change| change.task_id == server::store::EVERY_TASK)
    );
    let done = app
        .place
        .database
        .rows("SELECT CONCAT_WS(' ', action, detail) FROM audit WHERE action LIKE 'pool.%' ORDER BY id")
        .await;
    assert_eq!(
        done,
        ["pool.create db 1", "pool.delete db", "pool.create db 1"]
    );
}

#[tokio::test]
async fn everybody_reads_and_administrators_write() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let form = [("name", "db"), ("slots", "0")];
    let faulty = admin.submit("/admin/pools", &form).await;
    assert_eq!(faulty.status, 422);
    assert!(faulty.text().contains("value=\"db\""));
    let form = [("name", "db"), ("slots", " 4 ")];
    assert_eq!(admin.submit("/admin/pools", &form).await.status, 303);
    let controls = "method=\"post\" action=\"/admin/pools\"";
    assert!(admin.open("/admin/pools").await.text().contains(controls));
    for role in [Role::Viewer, Role::Operator, Role::Editor] {
        let person = app.signed_in(role.as_str(), role).await;
        for read in ["/api/v1/pools", "/api/v1/nodes"] {
            person.get(read).await.expect(200);
        }
        for page in ["/admin/pools", "/admin/nodes"] {
            let page = person.open(page).await;
            assert_eq!(page.status, 200);
            assert!(!page.text().contains(controls));
        }
        put(&person, "db", json!({"slots": 9})).await.expect(403);
        person
            .call("DELETE", "/api/v1/pools/db", None)
            .await
            .expect(403);
        assert_eq!(person.submit("/admin/pools", &form).await.status, 403);
    }
    let stranger = app.browser();
    stranger.get("/api/v1/pools").await.expect(401);
    stranger.get("/api/v1/nodes").await.expect(401);
    let pools = admin.get("/api/v1/pools").await.expect(200);
    assert_eq!(pools["items"][0]["slots"], 4);
    let version = pools["items"][0]["version"].to_string();
    assert_eq!(
        admin
            .submit("/fn/pool_delete", &[("name", "db"), ("version", &version)])
            .await
            .status,
        302
    );
    assert_eq!(
        admin.get("/api/v1/pools").await.expect(200)["items"],
        json!([])
    );
}

/// Rows of other nodes, as their servers would have written them.
async fn another_node(app: &TestApp, id: &str, skew: i64, zone_data: &str, ago: u32) {
    let mysql = !app.place.database.url.is_empty();
    let at = if mysql {
        format!("UTC_TIMESTAMP(6) - INTERVAL {ago} SECOND")
    } else {
        let at = app::time::Stamp(
            server::clock::Clock::now(&*app.clock) - chrono::TimeDelta::seconds(i64::from(ago)),
        );
        format!(
            "'{}'",
            at.rfc3339().replace('T', " ").replace('Z', "+00:00")
        )
    };
    app.place
        .database
        .rows(&format!(
            "INSERT INTO node (id, host_key, hostname, version, started_at, heartbeat_at, skew_ms, zone_data) \
             VALUES ('{id}', '{id}', 'host-{id}', '9.9.9', {at}, {at}, {skew}, '{zone_data}')"
        ))
        .await;
}

#[tokio::test]
async fn nodes_are_listed_with_what_is_wrong_with_them() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let listed = admin.get("/api/v1/nodes").await.expect(200);
    let this = &listed["items"][0];
    assert_eq!(
        (&this["this"], &this["id"], &this["version"]),
        (
            &json!(true),
            &json!(app.me.id),
            &json!(env!("CARGO_PKG_VERSION"))
        )
    );
    assert_eq!(listed["warnings"], json!([]));

    another_node(&app, "off", -2_500, "2020a", 1).await;
    another_node(&app, "old", 90_000, "2019c", 3_600).await;
    another_node(&app, "gone", 0, "2026f", 90_000).await;
    app.place
        .database
        .rows("UPDATE node SET stopped_at = heartbeat_at WHERE id = 'gone'")
        .await;
    app.place
        .database
        .rows(
            "INSERT INTO run (task_id, attempt, trigger_kind, state, node_id, epoch, started_at, \
             output_bytes, output_dropped) VALUES (1, 1, 'manual', 'running', 'off', 1, '2026-11-22 08:00:00', 0, 0)",
        )
        .await;
    another_node(&app, "stopped", 0, "2026f", 60).await;
    another_node(&app, "killed", 0, "2026f", 60).await;
    let now = server::clock::Clock::now(&*app.clock);
    app.components
        .store
        .stop_node("stopped", now)
        .await
        .expect("it stops");
    app.components
        .store
        .declare_dead("killed", 0, now)
        .await
        .expect("it is dead");
    // It goes on for a moment and stops then: it was lost all the same.
    app.components
        .store
        .stop_node("killed", now)
        .await
        .expect("nothing");
    let english = app
        .signed_in("eve", Role::Admin)
        .await
        .with("accept-language", "en");
    let listed = english.get("/api/v1/nodes").await.expect(200);
    let node = |id: &str| -> Value {
        let nodes = listed["items"].as_array().expect("nodes");
        nodes
            .iter()
            .find(|node| node["id"] == id)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(node("gone"), Value::Null, "it is forgotten after a day");
    assert_eq!(node("old")["alive"], json!(false));
    for (id, lost) in [("stopped", false), ("killed", true), ("old", true)] {
        assert_eq!(
            (&node(id)["alive"], &node(id)["lost"]),
            (&json!(false), &json!(lost)),
            "{id}"
        );
    }
    // On MySQL the heartbeat of the test's own clock is long ago by the database's.
    let alive = this["alive"].as_bool().expect("whether it is alive");
    assert_eq!(this["lost"], json!(!alive));
    assert_eq!(node("off")["running"], json!(1));
    let warnings = listed["warnings"].to_string();
    let mysql = !app.place.database.url.is_empty();
    // With SQLite there is one process, so the others must have gone.
    assert_eq!(node("off")["alive"], json!(mysql));
    assert_eq!(
        warnings.contains("host-off is 2.5 s behind"),
        mysql,
        "{warnings}"
    );
    assert!(!warnings.contains("host-old"), "{warnings}");
    let page = admin.open("/admin/nodes").await.text();
    for (id, word) in [("stopped", "已停止"), ("killed", "失联")] {
        let row = page.split(&format!("host-{id}<")).nth(1).expect("a row");
        let row = row.split("</tr>").next().unwrap_or_default();
        assert!(row.contains(word), "{id}: {row}");
    }
    assert!(page.contains("host-old") && page.contains("−2.5 s"));
    assert_eq!(page.contains("比数据库慢 2.5 秒"), mysql);
    let overview = admin.open("/").await.text();
    assert_eq!(
        overview.contains("比数据库慢 2.5 秒"),
        mysql,
        "administrators see it at once"
    );
}

#[tokio::test]
async fn pools_and_nodes_on_the_command_line() {
    let place = Place::new().await;
    let run = async |arguments: &[&str]| jcrontab(&place, arguments).await;
    for server in [false, true] {
        let server = match server {
            true => Some(Server::start(&place, &[]).await),
            false => None,
        };
        assert_eq!(run(&["pool", "set", "*", "50"]).await.code, 0);
        let set = run(&["pool", "set", "数据库", "2", "--json"]).await.json();
        assert_eq!(
            set,
            json!({"name": "数据库", "slots": 2, "running": 0, "waiting": 0,
                "version": set["version"]})
        );
        let list = run(&["pool", "list"]).await;
        assert!(
            list.out.contains("all runs") && list.out.contains("数据库"),
            "{list:?}"
        );
        run(&["pool", "set", "数据库", "0"]).await.refused(2);
        run(&["pool", "set", "a/b", "1"]).await.refused(2);
        assert_eq!(run(&["pool", "delete", "数据库", "--yes"]).await.code, 0);
        run(&["pool", "delete", "数据库", "--yes"]).await.refused(3);
        let pools = run(&["pool", "list", "--json"]).await.json();
        assert_eq!(pools["items"].as_array().map(Vec::len), Some(1));
        let nodes = run(&["node", "list", "--json"]).await.json();
        let up = nodes["items"]
            .as_array()
            .expect("nodes")
            .iter()
            .filter(|node| node["alive"] == true && node["this"] == true)
            .count();
        assert_eq!(up, usize::from(server.is_some()), "{nodes}");
        let table = run(&["node", "list"]).await;
        assert!(table.out.starts_with("HOST"), "{table:?}");
        if let Some(server) = server {
            assert_eq!(server.stop().await, 0);
        }
    }
}
