//! The rows: an upgrade keeps each, and a second one changes none.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::{Value, json};
use server::store::Store;

use super::super::backup::{content, store};
use super::super::helpers::database::Database;
use super::super::helpers::place::Place;
use super::super::helpers::program::jcrontab;
use super::super::versions_upgrade::content as texts;
use super::fixture::Fixture;

/// All tables of a database, each with its columns and its rows.
async fn all(database: &Database) -> BTreeMap<String, (Vec<String>, Vec<String>)> {
    let mut all = BTreeMap::new();
    for table in database.tables().await {
        // The history of the database itself grows.
        if table != "seaql_migrations" {
            let columns = database.columns(&table).await;
            let rows = texts(database, &table, &columns).await;
            all.insert(table, (columns, rows));
        }
    }
    all
}

#[tokio::test]
async fn an_upgrade_keeps_every_row_of_every_table() {
    let fixture = Fixture::load().await;
    let database = &fixture.place.database;
    let before = all(database).await;
    assert_eq!(before.len(), 20, "{:?}", before.keys());
    for (table, (_, rows)) in &before {
        // Set-up is over once there is an account.
        assert_eq!(rows.is_empty(), table == "setup_link", "{table}");
    }
    let blobs = "SELECT COUNT(*) FROM run WHERE LENGTH(output_tail) > 0";
    let outputs = database.count(blobs).await;
    assert!(outputs > 10, "{outputs}");

    let migrated = jcrontab(&fixture.place, &["migrate"]).await;
    assert_eq!(migrated.code, 0, "{migrated:?}");
    for (table, (columns, rows)) in &before {
        assert_eq!(&texts(database, table, columns).await, rows, "{table}");
    }
    assert_eq!(database.count(blobs).await, outputs);

    // The second start of the new version finds nothing to do.
    let opened = store(&fixture.place).await;
    let once = content(&opened).await;
    opened.migrate().await.expect("nothing to migrate");
    assert!(content(&opened).await == once);
}

/// Tables in which a server notes that it runs.
const OF_THE_SERVER: [&str; 2] = ["node", "cluster"];

async fn stored(store: &Store) -> BTreeMap<&'static str, Vec<Vec<server::store::Cell>>> {
    let mut stored = content(store).await;
    stored.retain(|table, _| !OF_THE_SERVER.contains(table));
    stored
}

#[tokio::test]
async fn a_second_start_of_the_new_version_changes_nothing() {
    let fixture = Fixture::load().await;
    let flags: [&str; 0] = [];
    let first = fixture.start(TimeDelta::days(7), &flags).await;
    // What ran when the former server was killed is over now.
    let running = "SELECT COUNT(*) FROM run WHERE state = 'running'";
    assert_eq!(fixture.place.database.count(running).await, 0);
    // It keeps all of its history until an administrator sets a limit.
    let root = fixture.with_token(&first, "root");
    let kept = root.get("/api/v1/retention").await.expect(200);
    for limit in [
        "run_days",
        "runs",
        "output_mib",
        "message_days",
        "audit_days",
    ] {
        assert_eq!(kept.get(limit), Some(&Value::Null), "{kept}");
    }
    let before = stored(&first.components.store).await;
    drop(first.die());
    let second = fixture.start(TimeDelta::days(7), &flags).await;
    let after = stored(&second.components.store).await;
    let changed = before
        .iter()
        .filter(|(table, rows)| after[*table] != **rows);
    let changed: Vec<&str> = changed.map(|(table, _)| *table).collect();
    assert!(changed.is_empty(), "{changed:?}");
}

#[tokio::test]
async fn an_upgraded_database_is_backed_up_verified_and_restored() {
    let fixture = Fixture::load().await;
    let migrated = jcrontab(&fixture.place, &["migrate"]).await;
    assert_eq!(migrated.code, 0, "{migrated:?}");
    let file = fixture.place.work().join("upgraded.tar.zst");
    let file = file.to_str().expect("a name");
    let rows = async |table: &str| {
        let count = format!("SELECT COUNT(*) FROM {table}");
        fixture.place.database.count(&count).await
    };
    // A backup is itself an act, which the next one has.
    let acts = rows("audit").await;
    let before = content(&store(&fixture.place).await).await;
    let made = jcrontab(&fixture.place, &["backup", file, "--json"])
        .await
        .json();
    assert_eq!(rows("audit").await, acts + 1);
    assert_eq!(made["rows"]["audit"], json!(acts));
    let verified = jcrontab(&fixture.place, &["verify", file, "--json"])
        .await
        .json();
    assert_eq!(verified["rows"], made["rows"]);
    for table in ["task", "run", "occurrence", "message", "secret"] {
        assert_eq!(made["rows"][table], json!(rows(table).await), "{table}");
    }
    for target in [Place::new().await, Place::embedded()] {
        let done = jcrontab(&target, &["restore", file, "--json"]).await.json();
        assert_eq!(
            (&done["needs_key"], &done["outputs"]),
            (&json!(false), &json!(1)),
            "{done}"
        );
        let copy = content(&store(&target).await).await;
        assert!(copy == before);
    }
}
