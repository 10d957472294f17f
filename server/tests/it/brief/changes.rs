//! What changed since the last success, besides edits.

use ::app::auth::Role;
use ::app::run::brief::{Change, SecretChanged};
use serde_json::{Value, json};

use super::super::helpers::{Browser, TestApp, draft};
use super::{SELDOM, brief, change, minutes_later, run};

async fn secret(admin: &Browser, method: &str, path: &str, body: Option<Value>) {
    let answer = admin
        .call(method, &format!("/api/v1/secrets{path}"), body)
        .await;
    assert!((200..300).contains(&answer.status), "{}", answer.text());
}

#[tokio::test]
async fn secrets_that_changed_are_named_for_those_who_may_know_them() {
    let app = TestApp::new().await;
    let admin = app.signed_in("root", Role::Admin).await;
    let viewer = app.signed_in("eve", Role::Viewer).await;
    let task = app.add(draft("t", SELDOM, "echo fine")).await.id;
    app.add(draft("other", SELDOM, "true")).await;
    for name in ["ONE", "TWO", "THREE", "FOUR"] {
        let tasks = if name == "FOUR" {
            json!(["other"])
        } else {
            json!(["t"])
        };
        let body = json!({"name": name, "value": "abcdef", "tasks": tasks});
        secret(&admin, "POST", "", Some(body)).await;
    }
    run(&app, task).await;
    minutes_later(&app, 1);
    secret(&admin, "PATCH", "/1", Some(json!({"value": "ghijkl"}))).await;
    secret(
        &admin,
        "PATCH",
        "/1",
        Some(json!({"note": "nothing for the task"})),
    )
    .await;
    minutes_later(&app, 1);
    secret(&admin, "PATCH", "/2", Some(json!({"revoke": ["t"]}))).await;
    minutes_later(&app, 1);
    secret(&admin, "DELETE", "/3", None).await;
    minutes_later(&app, 1);
    secret(&admin, "PATCH", "/4", Some(json!({"value": "mnopqr"}))).await;
    minutes_later(&app, 1);
    secret(&admin, "PATCH", "/4", Some(json!({"grant": ["t"]}))).await;
    change(&app, &admin, task, json!({"command": "exit 1"})).await;
    let failed = run(&app, task).await;
    // Too late to have been the cause.
    minutes_later(&app, 1);
    secret(&admin, "PATCH", "/1", Some(json!({"value": "stuvwx"}))).await;

    let named = |changes: &[Change]| -> Vec<(Option<String>, SecretChanged)> {
        let secrets = changes.iter().filter_map(|one| match one {
            Change::Secret {
                who, name, what, ..
            } => {
                assert_eq!(who, "root");
                Some((name.clone(), *what))
            }
            _ => None,
        });
        secrets.collect()
    };
    let known = brief(&admin, failed).await;
    let name = |name: &str| Some(name.to_owned());
    assert_eq!(
        named(&known.changes),
        [
            (name("ONE"), SecretChanged::Value),
            (name("TWO"), SecretChanged::Revoked),
            (name("THREE"), SecretChanged::Deleted),
            (name("FOUR"), SecretChanged::Value),
            (name("FOUR"), SecretChanged::Granted),
        ]
    );
    // Five are listed: the edit is one more.
    assert_eq!((known.changes.len(), known.more_changes), (5, 1));
    let hidden = brief(&viewer, failed).await;
    assert_eq!(named(&hidden.changes).len(), 5);
    assert!(
        named(&hidden.changes)
            .iter()
            .all(|(name, _)| name.is_none())
    );
    let page = viewer.open(&format!("/runs/{failed}")).await.text();
    assert!(
        page.contains("更换了一个密钥的值") && !page.contains("THREE"),
        "{page}"
    );
}

#[tokio::test]
async fn a_run_far_from_usual_says_so() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let task = app.add(draft("t", SELDOM, "echo fine")).await.id;
    for _ in 0..3 {
        run(&app, task).await;
    }
    // What they took is made up: the clock of the test stands still while they run.
    let database = &app.place.database;
    let mut ended = Vec::new();
    for run in app.runs(task).await {
        ended.push(run.finished_at.expect("an end"));
        let later = run.started_at.0 + chrono::TimeDelta::seconds(10);
        set_end(&app, run.id.0, later).await;
    }
    assert_eq!(ended.len(), 3);
    let noisy = "i=0; while [ $i -lt 300 ]; do echo 0123456789; i=$((i+1)); done; exit 1";
    change(&app, &editor, task, json!({"command": noisy})).await;
    let failed = run(&app, task).await;
    let usual = brief(&editor, failed).await.changes;
    assert!(
        usual.contains(&Change::OutputSize {
            bytes: 3_300,
            usual_bytes: 5,
            of: 3
        }),
        "{usual:?}"
    );
    assert!(
        usual.contains(&Change::Duration {
            ms: 0,
            usual_ms: 10_000,
            of: 3
        }),
        "{usual:?}"
    );
    let started = app.ended(failed).await.started_at.0;
    set_end(&app, failed.0, started + chrono::TimeDelta::seconds(31)).await;
    let slow = brief(&editor, failed).await.changes;
    assert!(
        slow.contains(&Change::Duration {
            ms: 31_000,
            usual_ms: 10_000,
            of: 3
        }),
        "{slow:?}"
    );
    // On another machine, with another version.
    database
        .execute("UPDATE run SET node_id = 'gone' WHERE id = 1")
        .await;
    let before = format!(
        "UPDATE run SET node_id = 'before' WHERE id = {}",
        failed.0 - 1
    );
    database.execute(&before).await;
    let row = server::store::NodeRow {
        id: "before".to_owned(),
        host_key: "before".to_owned(),
        hostname: "db-1".to_owned(),
        version: "0.0.9".to_owned(),
        ..app.me.clone()
    };
    let now = server::clock::Clock::now(&*app.clock);
    app.components
        .store
        .insert_node(&row, now)
        .await
        .expect("a node");
    let moved = brief(&editor, failed).await.changes;
    let version = Change::Version {
        before: "0.0.9".to_owned(),
        now: app.me.version.clone(),
    };
    let node = Change::Node {
        before: "db-1".to_owned(),
        now: app.me.hostname.clone(),
    };
    assert!(
        moved.contains(&version) && moved.contains(&node),
        "{moved:?}"
    );
}

/// Sets when a run ended, past the product.
async fn set_end(app: &TestApp, run: i64, at: chrono::DateTime<chrono::Utc>) {
    let at = if super::super::helpers::database::mysql_server().is_some() {
        at.format("%Y-%m-%d %H:%M:%S%.6f").to_string()
    } else {
        at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false)
    };
    let sql = format!("UPDATE run SET finished_at = '{at}' WHERE id = {run}");
    app.place.database.execute(&sql).await;
}
