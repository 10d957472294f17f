//! Databases of other layouts: older ones are restored and migrated, newer ones refused.

use server::archive::{self, ArchiveError};
use server::store::StoreError;

use super::super::helpers::TestApp;
use super::super::helpers::place::Place;
use super::super::helpers::program::Server;
use super::super::versions_upgrade::instant;
use super::{content, made, restored, store};

#[tokio::test]
async fn a_backup_of_an_older_layout_is_restored_and_migrated() {
    let source = Place::new().await;
    let old = store(&source).await;
    old.migrate().await.expect("migrations");
    let database = &source.database;
    database.go_back_before("m20261129_000033").await;
    let then = instant("2026-11-21T07:00:00Z");
    database
        .execute(&format!(
            "INSERT INTO user (id, name, password_hash, role, disabled, created_at) \
             VALUES (7, 'ann', 'no-hash', 'editor', 1, {then})"
        ))
        .await;
    let bytes = made(&old, &source).await;
    let verified = archive::verify(&bytes[..]).expect("a backup");
    assert!(verified.head.last_layout() < "m20261129_000033");
    assert!(!verified.totals.rows.contains_key("ticket"));
    for target in [Place::new().await, Place::embedded()] {
        restored(&bytes, &target).await.expect("restored");
        let now = store(&target).await;
        let snapshot = now.snapshot().await.expect("a snapshot");
        assert!(snapshot.layout().len() > verified.head.layout.len());
        let mut tables = snapshot.tables().iter();
        assert!(tables.any(|table| table.name == "ticket"));
        drop(snapshot);
        assert_eq!(content(&now).await["user"].len(), 1);
        // A column that the old layout did not have, with its default.
        let version = target.database.count("SELECT version FROM user").await;
        assert_eq!(version, 1);
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_neither_served_nor_backed_up() {
    let app = TestApp::new().await;
    let place = std::sync::Arc::clone(&app.place);
    let newer = "m29991231_000001_everything";
    place
        .database
        .execute(&format!(
            "INSERT INTO seaql_migrations (version, applied_at) VALUES ('{newer}', 1)"
        ))
        .await;
    let store = store(&place).await;
    for refused in [
        store.migrate().await.expect_err("refused"),
        store.check_layout().await.expect_err("refused"),
        store.snapshot().await.expect_err("refused"),
    ] {
        assert!(
            matches!(&refused, StoreError::NewerLayout { layout } if layout == newer),
            "{refused:?}"
        );
        assert!(refused.to_string().contains("newer version"), "{refused}");
    }
}

#[tokio::test]
async fn a_server_refuses_a_newer_or_half_restored_database_with_a_sentence() {
    let place = Place::new().await;
    let empty = store(&place).await;
    assert!(empty.is_empty().await.expect("an answer"));
    // A restore that ends after its first step.
    empty.begin_load(3).await.expect("tables");
    assert!(matches!(
        empty.is_empty().await,
        Err(StoreError::HalfRestored)
    ));
    assert!(matches!(
        empty.migrate().await,
        Err(StoreError::HalfRestored)
    ));
    let mut server = Server::spawn(&place, &[]);
    assert_eq!(server.ended().await, 1);
    let log = server.log();
    assert!(
        log.contains("a restore into this database was not finished"),
        "{log}"
    );

    place
        .database
        .execute("DROP TABLE restore_unfinished")
        .await;
    empty.migrate().await.expect("migrations");
    place
        .database
        .execute(
            "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_x', 1)",
        )
        .await;
    let mut server = Server::spawn(&place, &[]);
    assert_eq!(server.ended().await, 1);
    let log = server.log();
    assert!(log.contains("migrated by a newer version"), "{log}");
}

#[tokio::test]
async fn a_backup_of_a_newer_version_is_refused_before_anything_is_written() {
    let source = Place::new().await;
    let store_of_source = store(&source).await;
    store_of_source.migrate().await.expect("migrations");
    let bytes = made(&store_of_source, &source).await;
    let bytes = super::damaged::with_head(&bytes, |head| {
        head["layout"]
            .as_array_mut()
            .expect("a list")
            .push("m29991231_000001_everything".into());
    });
    archive::verify(&bytes[..]).expect("nothing is damaged");
    let target = Place::new().await;
    let refused = restored(&bytes, &target).await.expect_err("refused");
    assert!(
        matches!(&refused, ArchiveError::NewerLayout { layout, .. } if layout.contains("everything")),
        "{refused:?}"
    );
    let bytes = super::damaged::with_head(&bytes, |head| head["format"] = 2.into());
    let refused = archive::verify(&bytes[..]).expect_err("refused");
    assert!(matches!(refused, ArchiveError::Format(2)), "{refused:?}");
    assert!(store(&target).await.is_empty().await.expect("an answer"));
}
