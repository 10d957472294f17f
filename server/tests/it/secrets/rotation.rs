//! Key rotation for everything, and a crash at each step of it.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use server::auth::seal::Sealer;

use super::super::helpers::database::Database;
use super::super::helpers::place::Place;
use super::super::helpers::program::{Ended, Server, jcrontab, jcrontab_with};
use super::cli::opened;

const CHANNEL_URL: &str = "https://example.com/hook?key=channel";
const PROXY: &str = "http://ops:word@proxy.example:3128";
const SETTINGS: &str = r#"{"secret":"","bot":"","chat":"","method":"","headers":[{"name":"Authorization","value":"Bearer channel"}],"user":"","from":"","to":[],"tls":"starttls","ca":"","format":"text","brief":"on"}"#;

/// An installation with something sealed of every kind.
async fn furnished() -> Arc<Place> {
    let place = Place::new().await;
    for (name, value) in [("ONE", "first-value"), ("TWO", "second-value")] {
        let set = jcrontab_with(&place, &["secret", "set", name], &[], value).await;
        assert_eq!(set.code, 0, "{set:?}");
    }
    let channel = [
        "channel",
        "add",
        "--name",
        "ops",
        "--kind",
        "webhook",
        "--url",
        CHANNEL_URL,
        "--proxy",
        PROXY,
        "--header",
        "Authorization: Bearer channel",
    ];
    let added = jcrontab(&place, &channel).await;
    assert_eq!(added.code, 0, "{added:?}");
    // A waiting manual start, as its row has it.
    let sealer = Sealer::open_or_create(&place.data()).expect("the key");
    let sealed = sealer
        .seal("run-parameters:1", "{\"P\":\"x\"}")
        .expect("sealed");
    let now = "2026-11-22 08:00:00";
    place
        .database
        .rows(&format!(
            "INSERT INTO run (id, task_id, attempt, trigger_kind, state, node_id, epoch, started_at, \
             output_bytes, output_dropped, parameters_sealed) \
             VALUES (7, 1, 1, 'manual', 'succeeded', 'n', 1, '{now}', 0, 0, '{sealed}')"
        ))
        .await;
    place
}

fn file(place: &Place, name: &str) -> PathBuf {
    place.data().join(name)
}

fn text(place: &Place, name: &str) -> Option<String> {
    std::fs::read_to_string(file(place, name)).ok()
}

fn put(place: &Place, name: &str, text: &str) {
    std::fs::write(file(place, name), text).expect("a file");
    let mode = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(file(place, name), mode).expect("its mode");
}

/// Everything opens with the key file as it is now.
async fn all_opens(place: &Place) {
    assert_eq!(opened(place, 1).await, "first-value");
    assert_eq!(opened(place, 2).await, "second-value");
    let sealer = Sealer::open_or_create(&place.data()).expect("the key");
    for (query, name, value) in [
        ("SELECT url_sealed FROM channel", "channel:1", CHANNEL_URL),
        ("SELECT proxy_sealed FROM channel", "channel-proxy:1", PROXY),
        (
            "SELECT settings_sealed FROM channel",
            "channel-settings:1",
            SETTINGS,
        ),
        (
            "SELECT parameters_sealed FROM run",
            "run-parameters:1",
            "{\"P\":\"x\"}",
        ),
        ("SELECT key_check FROM cluster", "cluster", "jcrontab"),
    ] {
        let sealed = place.database.rows(query).await;
        assert_eq!(sealer.open(name, &sealed[0]).expect(name), value);
    }
}

async fn rotate(place: &Place) -> Ended {
    jcrontab(place, &["secret", "rotate-key"]).await
}

#[tokio::test]
async fn a_new_key_for_everything() {
    let place = furnished().await;
    all_opens(&place).await;
    let mut before = text(&place, "secret.key").expect("the key");
    for _ in 0..2 {
        let done = rotate(&place).await;
        assert_eq!((done.code, done.err.as_str()), (0, ""), "{done:?}");
        assert!(done.out.contains("6 values"), "{done:?}");
        let after = text(&place, "secret.key").expect("the key");
        assert_ne!(after, before);
        assert_eq!(
            text(&place, "secret.key.old").as_ref(),
            Some(&before),
            "kept until the next"
        );
        assert_eq!(text(&place, "secret.key.new"), None);
        let mode = std::fs::metadata(file(&place, "secret.key"))
            .expect("the key")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        all_opens(&place).await;
        before = after;
    }
    let shown = place
        .database
        .rows("SELECT detail FROM audit WHERE action = 'key.rotate'")
        .await;
    assert_eq!(shown, ["6 values", "6 values"]);
    let server = Server::start(&place, &[]).await;
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn a_change_of_keys_that_was_cut_short_is_finished_or_forgotten() {
    let place = furnished().await;
    let old = text(&place, "secret.key").expect("the key");
    // Killed before the commit, in the middle of the file and after it: the old key goes on.
    let stranger = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE";
    for left in ["", "QUFB", stranger] {
        put(&place, "secret.key.new", left);
        let listed = jcrontab(&place, &["secret", "list", "--json"]).await;
        assert_eq!(listed.json()["items"][0]["name"], "ONE");
        assert_eq!(text(&place, "secret.key").as_ref(), Some(&old));
        all_opens(&place).await;
    }
    // And the next change makes another one all the same.
    assert_eq!(rotate(&place).await.code, 0);
    all_opens(&place).await;

    // Killed after the commit: before the copy of the old key, and before the rename.
    for copied in [false, true] {
        let old = text(&place, "secret.key").expect("the key");
        assert_eq!(rotate(&place).await.code, 0);
        let new = text(&place, "secret.key").expect("the key");
        put(&place, "secret.key.new", &new);
        put(&place, "secret.key", &old);
        if copied {
            put(&place, "secret.key.old", &old);
        } else {
            std::fs::remove_file(file(&place, "secret.key.old")).expect("the copy");
        }
        if copied {
            let server = Server::start(&place, &[]).await;
            assert!(
                server.log().contains("interrupted key rotation"),
                "{}",
                server.log()
            );
            assert_eq!(server.stop().await, 0);
        } else {
            let listed = jcrontab(&place, &["secret", "list"]).await;
            assert_eq!(listed.code, 0, "{listed:?}");
        }
        assert_eq!(text(&place, "secret.key").as_ref(), Some(&new));
        assert_eq!(text(&place, "secret.key.old").as_ref(), Some(&old));
        assert_eq!(text(&place, "secret.key.new"), None);
        all_opens(&place).await;
    }
    // The change itself finishes the one before, too.
    let old = text(&place, "secret.key").expect("the key");
    assert_eq!(rotate(&place).await.code, 0);
    let new = text(&place, "secret.key").expect("the key");
    put(&place, "secret.key.new", &new);
    put(&place, "secret.key", &old);
    assert_eq!(rotate(&place).await.code, 0);
    assert_eq!(text(&place, "secret.key.old").as_ref(), Some(&new));
    all_opens(&place).await;

    // An unknown key stays refused, and nothing is changed.
    put(&place, "secret.key", stranger);
    put(&place, "secret.key.new", stranger);
    let refused = rotate(&place).await;
    assert!(refused.refused(1).contains("secret.key"), "{refused:?}");
    assert_eq!(text(&place, "secret.key.new").as_deref(), Some(stranger));
}

#[tokio::test]
async fn the_key_is_not_changed_under_a_server_nor_past_a_broken_value() {
    let place = furnished().await;
    let key = text(&place, "secret.key").expect("the key");
    let server = Server::start(&place, &[]).await;
    let refused = rotate(&place).await;
    assert!(refused.refused(4).contains("stop it first"), "{refused:?}");
    assert_eq!(server.stop().await, 0);

    let elsewhere = jcrontab_with(
        &place,
        &["secret", "rotate-key"],
        &[("JCRONTAB_URL", "http://127.0.0.1:9")],
        "",
    )
    .await;
    elsewhere.refused(2);

    if !place.database.url.is_empty() {
        place
            .database
            .rows(
                "INSERT INTO node (id, host_key, hostname, version, started_at, heartbeat_at) \
                 VALUES ('other', 'k', 'far-away', '1', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
            )
            .await;
        let refused = rotate(&place).await;
        assert!(refused.refused(4).contains("far-away"), "{refused:?}");
        place
            .database
            .rows("UPDATE node SET heartbeat_at = heartbeat_at - INTERVAL 1 MINUTE")
            .await;
    }

    let sealed = place
        .database
        .rows("SELECT value_sealed FROM secret WHERE id = 2")
        .await;
    place
        .database
        .rows("UPDATE secret SET value_sealed = '1:broken' WHERE id = 2")
        .await;
    let refused = rotate(&place).await;
    assert!(refused.refused(4).contains("secret 2"), "{refused:?}");
    assert_eq!(text(&place, "secret.key").as_ref(), Some(&key));
    place
        .database
        .rows(&format!(
            "UPDATE secret SET value_sealed = '{}' WHERE id = 2",
            sealed[0]
        ))
        .await;
    all_opens(&place).await;

    // A key that others can read is no secret.
    let mode = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(file(&place, "secret.key"), mode).expect("a mode");
    for command in [
        &["secret", "rotate-key"][..],
        &["secret", "list"],
        &["serve"],
    ] {
        let refused = jcrontab(&place, command).await;
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.err.contains("chmod 600"), "{refused:?}");
    }
}

#[tokio::test]
async fn the_key_is_not_changed_on_another_database() {
    let place = furnished().await;
    let key = text(&place, "secret.key").expect("the key");
    let embedded = place.database.url.is_empty();
    let on = async |url: &str| {
        let variables = [("DATABASE_URL", url)];
        let ended = jcrontab_with(&place, &["secret", "rotate-key"], &variables, "").await;
        assert!(!ended.err.contains("hidden-word"), "{ended:?}");
        assert_eq!(text(&place, "secret.key").as_ref(), Some(&key), "{ended:?}");
        ended
    };
    let nowhere = "mysql://u:hidden-word@127.0.0.1:9/cron";
    let away = on(nowhere).await;
    let shown = away.refused(1);
    assert!(
        shown.contains("mysql://127.0.0.1:9/cron cannot be opened"),
        "{shown}"
    );
    if !embedded {
        // The service has DATABASE_URL, and the terminal has not.
        let shown = on("").await;
        assert!(shown.refused(3).contains("set DATABASE_URL"), "{shown:?}");
        assert!(!file(&place, "jcrontab.db").exists(), "none is made");
        // Another database of the same server, which stays empty.
        let other = Database::fresh(&place.data()).await;
        let shown = on(&other.url).await;
        assert!(shown.refused(4).contains("no server has used"), "{shown:?}");
        let tables = "SELECT COUNT(*) FROM information_schema.tables \
                      WHERE table_schema = DATABASE()";
        assert_eq!(other.count(tables).await, 0);
        let wrong = place
            .database
            .url
            .replace("jcrontab:", "jcrontab:hidden-word");
        let shown = on(&wrong).await;
        assert!(shown.refused(1).contains("refuses the user"), "{shown:?}");
    }
    let server = Server::start(&place, &[]).await;
    assert_eq!(server.stop().await, 0);
    // Now the folder knows its database.
    let (other, named) = if embedded {
        (nowhere, "uses jcrontab.db")
    } else {
        ("", "this is jcrontab.db")
    };
    let shown = on(other).await;
    assert!(shown.refused(4).contains(named), "{shown:?}");
    all_opens(&place).await;
    let done = rotate(&place).await;
    assert_eq!(done.code, 0, "{done:?}");
    all_opens(&place).await;
}
