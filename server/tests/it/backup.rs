//! Backups: all of an installation in one file, restored into either engine, and refused when damaged.

mod commands;
mod damaged;
mod engines;
mod layouts;

use std::collections::BTreeMap;
use std::path::PathBuf;

use ::app::auth::Role;
use ::app::backend::{Channels, Runs, Secrets};
use ::app::channel::ChannelKind;
use ::app::secret::SecretDraft;
use clap::Parser;
use server::archive::{self, ArchiveError, Place as Parts, Restored, Wanted};
use server::config::Config;
use server::store::{Cell, Store};

use super::helpers::place::Place;
use super::helpers::{TestApp, at, draft};
use super::sessions::account;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    config: Config,
}

/// Key and outputs, too.
const ALL: Wanted = Wanted {
    key: true,
    outputs: true,
};

fn parts(place: &Place) -> Parts {
    let config = Arguments::try_parse_from(["test"])
        .expect("settings")
        .config;
    Parts::of(&config, &place.data()).expect("places")
}

pub(super) async fn store(place: &Place) -> Store {
    Store::open(&place.database.url, &place.data())
        .await
        .expect("the database")
}

/// A backup, made at an instant that does not change.
async fn made(store: &Store, place: &Place) -> Vec<u8> {
    let now = at("2026-11-30T08:00:00Z");
    let made = archive::make(store, &parts(place), ALL, now, Vec::new()).await;
    made.expect("a backup").0
}

/// Restores a backup into the database of a place.
async fn restored(bytes: &[u8], into: &Place) -> Result<Restored, ArchiveError> {
    let verified = archive::verify(bytes)?;
    let path = written(into, bytes);
    let file = std::fs::File::open(path).expect("a file");
    archive::restore(&store(into).await, &verified, file, &parts(into)).await
}

/// A file with these bytes.
fn written(place: &Place, bytes: &[u8]) -> PathBuf {
    let path = place.work().join("backup.tar.zst");
    std::fs::write(&path, bytes).expect("a file");
    path
}

/// All rows of all tables.
pub(super) async fn content(store: &Store) -> BTreeMap<&'static str, Vec<Vec<Cell>>> {
    let snapshot = store.snapshot().await.expect("a snapshot");
    let mut content = BTreeMap::new();
    for table in snapshot.tables() {
        let rows = snapshot.rows(table, None, 100_000).await.expect("rows");
        content.insert(table.name, rows);
    }
    content
}

/// A secret that tasks get.
const SECRET: &str = "hunter2-of-the-vault";

/// An installation with accounts, sealed values, and runs with short and long output.
async fn installation() -> TestApp {
    let app = TestApp::new().await;
    app.service.check_key().await.expect("its key");
    account(&app, "ann", Role::Editor).await;
    let url = "http://127.0.0.1:9/hook";
    app.channel("值班", ChannelKind::Webhook, url).await;
    let short = app.execute(draft("短", "0 9 * * *", "echo kept")).await;
    assert_eq!(short.1, b"kept\n");
    let long = draft(
        "long",
        "0 9 * * *",
        "i=0; while [ $i -lt 900 ]; do echo line $i; i=$((i+1)); done",
    );
    let long = app.execute(long).await;
    assert!(long.1.len() > 4096);
    let secret = SecretDraft {
        name: "VAULT".to_owned(),
        value: SECRET.to_owned(),
        tasks: vec!["短".to_owned()],
        ..SecretDraft::default()
    };
    let secret = app.service.secret_create(&app.console(), &secret).await;
    secret.expect("a secret");
    app
}

#[tokio::test]
async fn every_table_and_every_column_is_in_a_backup() {
    let app = TestApp::new().await;
    let database = &app.place.database;
    let snapshot = (app.components.store.snapshot()).await.expect("a snapshot");
    let mut expected = database.tables().await;
    // Its content is the layout of the backup.
    expected.retain(|table| table != "seaql_migrations");
    expected.sort();
    let mut names: Vec<&str> = snapshot.tables().iter().map(|table| table.name).collect();
    names.sort_unstable();
    assert_eq!(names, expected, "store/archive/tables.rs lists all tables");
    for table in snapshot.tables() {
        // Without bytes, which the test's own list does not have.
        let known: Vec<&str> = (table.columns.iter())
            .filter(|column| column.kind != server::store::CellKind::Bytes)
            .map(|column| column.name)
            .collect();
        let mut columns = database.columns(table.name).await;
        columns.sort();
        assert_eq!(known, columns, "{}", table.name);
    }
}

#[tokio::test]
async fn a_restored_installation_works_as_before() {
    let app = installation().await;
    let first = made(&app.components.store, &app.place).await;
    let before = content(&app.components.store).await;
    let runs = (app.place.database)
        .integers("SELECT id FROM run ORDER BY id")
        .await;
    for target in [Place::new().await, Place::embedded()] {
        let done = restored(&first, &target).await.expect("restored");
        assert_eq!(done.outputs, 1);
        let total: usize = before.values().map(Vec::len).sum();
        let counted: u64 = done.rows.iter().map(|(_, count)| count).sum();
        assert_eq!(counted, total as u64);
        let copy = store(&target).await;
        assert_eq!(content(&copy).await, before, "{:?}", copy.engine());
        drop(copy);

        let clock = std::sync::Arc::clone(&app.clock);
        let copy = TestApp::start(target, clock, None, &[]).await;
        copy.service.check_key().await.expect("the same key");
        let browser = copy.browser();
        let signed_in = super::sessions::sign_in(&browser, "ann", super::sessions::PASSWORD).await;
        assert_eq!(signed_in, 303);
        let names: Vec<String> = copy
            .components
            .store
            .task_rows(
                &Default::default(),
                &Default::default(),
                &Default::default(),
                10,
            )
            .await
            .expect("tasks")
            .iter()
            .map(|task| task.task.name.clone())
            .collect();
        assert!(names.contains(&"短".to_owned()) && names.contains(&"long".to_owned()));
        // The long output, and a secret that a command gets and that is masked.
        for (run, text) in [(runs[0], "kept"), (runs[1], "line 899")] {
            let output = (copy.service)
                .run_output_raw(&copy.console(), ::app::id::RunId(run))
                .await
                .expect("output");
            assert!(String::from_utf8_lossy(&output).contains(text), "{run}");
        }
        let run = copy.start_run(::app::id::TaskId(1)).await;
        assert!(run.0 > runs[1], "ids go on: {run}");
        let ended = copy.ended(run).await;
        assert_eq!(ended.exit_code, Some(0));
        let channels = copy.service.channel_list(&copy.console()).await;
        assert_eq!(channels.expect("channels").len(), 1);
    }
}

#[tokio::test]
async fn a_backup_while_tasks_are_created_is_of_one_instant() {
    let app = TestApp::new().await;
    app.add_many(300, "0 9 * * *", "true").await;
    let writing = async {
        for number in 0..200 {
            app.add(draft(&format!("new {number}"), "0 9 * * *", "true"))
                .await;
        }
    };
    let backing_up = async {
        let mut backups = Vec::new();
        for _ in 0..5 {
            backups.push(made(&app.components.store, &app.place).await);
        }
        backups
    };
    let ((), backups) = tokio::join!(writing, backing_up);
    let mut sizes = Vec::new();
    for backup in backups {
        let verified = archive::verify(&backup[..]).expect("a backup");
        let rows = |table: &str| verified.totals.rows[table];
        // Each task is written with its schedule and its change, in one transaction.
        assert_eq!(rows("task"), rows("schedule"));
        assert_eq!(rows("task"), rows("task_change"));
        sizes.push(rows("task"));
    }
    assert!(sizes.is_sorted() && sizes[0] >= 300, "{sizes:?}");
}
