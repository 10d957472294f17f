//! `jcrontab backup`, `verify` and `restore`, as they are typed.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::json;

use super::super::helpers::place::Place;
use super::super::helpers::program::{Server, add_command, admin_token, jcrontab, jcrontab_with};
use super::installation;

fn text(path: &Path) -> &str {
    path.to_str().expect("a name")
}

#[tokio::test]
async fn a_backup_is_made_while_the_server_runs_verified_and_restored() {
    let source = Place::new().await;
    let token = admin_token(&source).await;
    let task = add_command(&source, "nightly", "0 3 * * *", "echo done").await;
    let server = Server::start(&source, &[]).await;
    let file = source.work().join("first.tar.zst");
    let made = jcrontab(&source, &["backup", text(&file), "--json"])
        .await
        .json();
    assert_eq!(made["contains_key"], json!(true));
    assert_eq!(made["rows"]["task"], json!(1));
    let mode = std::fs::metadata(&file)
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);

    let verified = jcrontab(&source, &["verify", text(&file), "--json"])
        .await
        .json();
    assert_eq!(verified["rows"], made["rows"]);

    // The database notes it, and administrators see it.
    let about = server.get(&token, "/api/v1/about").await;
    let last = &about["upkeep"]["backup"];
    assert_eq!(last["place"], text(&file), "{about}");
    assert_eq!(last["bytes"], made["bytes"]);
    let found = jcrontab(&source, &["doctor"]).await;
    assert!(found.out.contains("ok    backup: "), "{found:?}");

    // The words have a warning about the key, and nothing is replaced without being asked for.
    let second = jcrontab(&source, &["backup", text(&file)]).await;
    assert!(second.refused(4).contains("--force"));
    let second = jcrontab(&source, &["backup", text(&file), "--force"]).await;
    assert_eq!(second.code, 0, "{second:?}");
    assert!(
        second.out.contains("WARNING: the file contains the key"),
        "{}",
        second.out
    );
    let names: Vec<String> = std::fs::read_dir(source.work())
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert!(
        !names.iter().any(|name| name.contains(".part")),
        "{names:?}"
    );

    let words = jcrontab(&source, &["verify", text(&file)]).await.out;
    assert!(
        words.contains("complete and undamaged") && words.contains("  task: 1"),
        "{words}"
    );

    // Not over a server that runs, and not over what is there.
    let refused = jcrontab(&source, &["restore", text(&file)]).await;
    assert!(refused.refused(4).contains("stop it first"));
    assert_eq!(server.stop().await, 0);
    let refused = jcrontab(&source, &["restore", text(&file)]).await;
    assert!(refused.refused(4).contains("empty database only"));

    for target in [Place::new().await, Place::embedded()] {
        let done = jcrontab(&target, &["restore", text(&file)]).await;
        assert_eq!((done.code, done.err.as_str()), (0, ""), "{done:?}");
        assert!(done.out.contains("every task runs twice"), "{}", done.out);
        assert!(!done.out.contains("old secret.key"), "{}", done.out);
        let key = target.data().join("secret.key");
        let mode = std::fs::metadata(&key).expect("a key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = jcrontab(&target, &["restore", text(&file)]).await;
        again.refused(4);
        let server = Server::start(&target, &[]).await;
        let tasks = server.get(&token, "/api/v1/tasks").await;
        assert_eq!(tasks["items"][0]["name"], "nightly", "{tasks}");
        let asked = ["task", "run", task.as_str(), "--wait"];
        let ran = jcrontab(&target, &asked).await;
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(server.stop().await, 0);
    }
}

#[tokio::test]
async fn sealed_values_are_opened_after_a_restore() {
    let app = installation().await;
    let file = app.place.work().join("b.tar.zst");
    let made = jcrontab(&app.place, &["backup", text(&file)]).await;
    assert_eq!(made.code, 0, "{made:?}");
    let target = Place::new().await;
    let done = jcrontab(&target, &["restore", text(&file), "--json"])
        .await
        .json();
    assert_eq!(
        (&done["needs_key"], &done["outputs"]),
        (&json!(false), &json!(1))
    );
    // Each sealed value is opened: the URL of a channel, a secret, the check of the key.
    let rotated = jcrontab(&target, &["secret", "rotate-key", "--json"])
        .await
        .json();
    assert!(rotated["resealed"].as_i64() >= Some(2), "{rotated}");

    // Without its key.
    let bare = app.place.work().join("bare.tar.zst");
    let flags = [
        "backup",
        text(&bare),
        "--key",
        "exclude",
        "--without-output",
    ];
    let made = jcrontab(&app.place, &flags).await;
    assert!(made.out.contains("does not contain the key"), "{made:?}");
    let target = Place::new().await;
    let done = jcrontab(&target, &["restore", text(&bare)]).await;
    assert!(done.out.contains("Put the old secret.key"), "{done:?}");
    assert!(!target.data().join("secret.key").exists());
    assert!(!target.data().join("output").join("2026").exists());
}

#[tokio::test]
async fn what_cannot_be_backed_up_or_restored_is_refused_with_a_sentence() {
    let app = installation().await;
    let place = &app.place;
    let file = place.work().join("b.tar.zst");
    let to = text(&file);
    // Another key than the database's would make a backup that cannot be restored.
    let key = place.data().join("secret.key");
    let before = std::fs::read(&key).expect("a key");
    std::fs::remove_file(&key).expect("removed");
    let refused = jcrontab(place, &["backup", to]).await;
    assert!(refused.refused(4).contains("--key exclude"));
    assert!(!key.exists() && !file.exists());
    std::fs::write(&key, before).expect("a key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("a mode");

    let nowhere = Place::new().await;
    let refused = jcrontab(&nowhere, &["backup", to]).await;
    assert!(refused.refused(3).contains("nothing to back up"));
    let absent = place.work().join("absent/b.tar.zst");
    let refused = jcrontab(place, &["backup", text(&absent)]).await;
    assert!(refused.refused(1).contains("cannot write"));
    jcrontab(&nowhere, &["restore", text(&absent)])
        .await
        .refused(3);
    jcrontab(&nowhere, &["restore", "-"]).await.refused(2);
    let remote = [
        ("JCRONTAB_URL", "https://cron.test"),
        ("JCRONTAB_TOKEN", "t"),
    ];
    for command in ["backup", "restore"] {
        let refused = jcrontab_with(&nowhere, &[command, to], &remote, "").await;
        assert!(refused.refused(2).contains("own host"), "{command}");
    }
    std::fs::write(&file, "no backup").expect("a file");
    for command in ["verify", "restore"] {
        let refused = jcrontab(&nowhere, &[command, to]).await;
        assert!(refused.refused(2).contains("not a backup"), "{command}");
    }
    assert!(!nowhere.data().join("jcrontab.db").exists());

    let made = jcrontab(place, &["backup", to, "--force"]).await;
    assert_eq!(made.code, 0, "{made:?}");
    let bytes = std::fs::read(&file).expect("it");
    std::fs::write(&file, &bytes[..bytes.len() / 2]).expect("a file");
    let refused = jcrontab(&nowhere, &["verify", to]).await;
    let sentence = refused.refused(1);
    assert!(
        sentence.contains("incomplete") && sentence.contains("byte"),
        "{sentence}"
    );
    let chinese = jcrontab_with(&nowhere, &["verify", to], &[("LANG", "zh_CN.UTF-8")], "").await;
    assert!(chinese.refused(1).contains("备份已损坏"));
}
