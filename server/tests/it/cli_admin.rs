//! The command line for accounts, channels and shells.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Output, Stdio};
use std::sync::Arc;

use serde_json::json;

use super::helpers::place::Place;
use super::helpers::program::{Ended, SCOPES, Server, admin_token, jcrontab, jcrontab_with};
use super::helpers::robot::Mood;
use super::helpers::{Robot, in_time};

/// A way to the product: some variables.
struct Door<'a> {
    place: &'a Place,
    variables: Vec<(&'a str, &'a str)>,
}

impl Door<'_> {
    async fn run(&self, arguments: &[&str]) -> Ended {
        self.with(arguments, "").await
    }

    async fn with(&self, arguments: &[&str], stdin: &str) -> Ended {
        jcrontab_with(self.place, arguments, &self.variables, stdin).await
    }
}

async fn accounts(door: &Door<'_>, name: &str) {
    let add = ["user", "add", name, "--password-stdin", "--json"];
    let added = door.with(&add, "quite a long one\n").await.json();
    assert_eq!(
        (&added["name"], &added["role"]),
        (&json!(name), &json!("viewer"))
    );
    let edited = door
        .run(&[
            "user",
            "edit",
            name,
            "--role",
            "editor",
            "--disable",
            "--json",
        ])
        .await
        .json();
    assert_eq!(
        (&edited["id"], &edited["role"], &edited["disabled"]),
        (&added["id"], &json!("editor"), &json!(true))
    );
    let words = door.run(&["user", "edit", name, "--enable"]).await;
    assert_eq!((words.code, words.err.as_str()), (0, ""), "{words:?}");
    assert!(words.out.contains("editor"), "{words:?}");
    door.run(&["user", "edit", name]).await.refused_lines(2);
    door.run(&["user", "edit", name, "--enable", "--disable"])
        .await
        .refused_lines(2);
    door.run(&["user", "edit", "no-such", "--enable"])
        .await
        .refused(3);
    let passwd = ["user", "passwd", name, "--password-stdin", "--json"];
    let changed = door.with(&passwd, "quite another one\n").await.json();
    assert_eq!(changed, json!({"name": name, "changed": true}));
    // Without a terminal there is no prompt.
    let asked = door
        .with(&["user", "passwd", name], "quite a third one\n")
        .await;
    assert!(asked.refused(2).contains("--password-stdin"), "{asked:?}");
    // The last administrator stays.
    for last in [
        &["user", "edit", "root", "--role", "viewer"][..],
        &["user", "edit", "root", "--disable"],
        &["user", "delete", "root", "--yes"],
    ] {
        door.run(last).await.refused(4);
    }
    let delete = ["user", "delete", name, "--yes", "--json"];
    let deleted = door.run(&delete).await.json();
    assert_eq!(deleted, json!({"name": name, "deleted": true}));
    door.run(&delete).await.refused(3);
}

async fn channels(door: &Door<'_>, robot: &Robot, name: &str) {
    let add = [
        "channel", "add", name, "--kind", "wecom", "--url", "-", "--json",
    ];
    let added = door.with(&add, &format!("{}\n", robot.url())).await.json();
    let id = added["id"].to_string();
    let renamed = format!("{name} renamed");
    let edited = door
        .run(&["channel", "edit", name, "--name", &renamed, "--json"])
        .await
        .json();
    assert_eq!(
        (&edited["id"], &edited["name"], &edited["kind"]),
        (&added["id"], &json!(renamed), &json!("wecom"))
    );
    assert_eq!(edited["url_masked"], added["url_masked"], "it is kept");
    let shown = door.run(&["channel", "show", &renamed]).await;
    let masked = added["url_masked"].as_str().expect("an address");
    for part in [renamed.as_str(), masked, "wecom"] {
        let is_there = shown.out.to_lowercase().contains(&part.to_lowercase());
        assert!(is_there, "{part}: {shown:?}");
    }
    assert!(!shown.out.contains("SECRET-OF-THE-ROBOT"), "{shown:?}");
    let shown = door.run(&["channel", "show", &id, "--json"]).await.json();
    assert_eq!(shown["name"], json!(renamed));
    let own = [
        "rule",
        "add",
        "--tag",
        name,
        "--channel",
        "own",
        "--event",
        "skipped",
        "--json",
    ];
    let rule = door.run(&own).await.json();
    assert_eq!(
        (&rule["channel_id"], &rule["channel"]),
        (&json!(0), &json!("own"))
    );
    let rule = rule["id"].to_string();
    let shown = door.run(&["rule", "show", &rule]).await;
    assert!(shown.out.contains("Channel: own"), "{shown:?}");
    let shown = door.run(&["rule", "show", &rule, "--json"]).await.json();
    assert_eq!(shown["tag"], json!(name));
    let deleted = door.run(&["rule", "delete", &rule, "--yes"]).await;
    assert_eq!(deleted.code, 0, "{deleted:?}");
    let before = robot.texts().len();
    let tested = door.run(&["channel", "test", &id, "--json"]).await.json();
    assert_eq!(tested["ok"], json!(true));
    assert_eq!(robot.texts().len(), before + 1, "the same address");
    robot.next([Mood::Refuse(93000)]);
    let refused = door.run(&["channel", "test", &renamed]).await;
    refused.refused_lines(1);
    for words in ["93000", "\nWhat was sent:\n  POST http://"] {
        assert!(refused.err.contains(words), "{refused:?}");
    }
    let moved = door
        .with(
            &["channel", "edit", &id, "--kind", "webhook", "--url", "-"],
            "http://127.0.0.1:9/\n",
        )
        .await;
    assert_eq!(moved.code, 0, "{moved:?}");
    // In a sentence, not in the words of a library.
    let refused = door.run(&["channel", "test", &id]).await;
    refused.refused_lines(1);
    let words = "error: the connection was refused\nWhat was sent:\n";
    assert!(refused.err.starts_with(words), "{refused:?}");
    door.with(&["channel", "edit", &id, "--url", "-"], "\n")
        .await
        .refused(2);
    door.run(&["channel", "edit", &id, "--url", "ftp://x.test/"])
        .await
        .refused(2);
    door.run(&["channel", "edit", &id]).await.refused_lines(2);
    door.run(&["channel", "edit", "none", "--name", "n"])
        .await
        .refused(3);
    let delete = ["channel", "delete", &id, "--yes", "--json"];
    let deleted = door.run(&delete).await.json();
    assert_eq!(deleted["deleted"], json!(true));
    door.run(&delete).await.refused(3);
}

#[tokio::test]
async fn accounts_and_channels_at_every_door() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let robot = Robot::start(Arc::new(server::clock::SystemClock)).await;
    let allow = [("JCRONTAB_OUTBOUND_ALLOW", "127.0.0.0/8")];
    let here = Door {
        place: &place,
        variables: allow.to_vec(),
    };
    accounts(&here, "without-a-server").await;
    channels(&here, &robot, "without a server").await;
    let server = Server::start(&place, &allow).await;
    accounts(&here, "over-the-socket").await;
    channels(&here, &robot, "over the socket").await;
    let http = Door {
        place: &place,
        variables: vec![
            ("JCRONTAB_URL", server.url.as_str()),
            ("JCRONTAB_TOKEN", token.as_str()),
        ],
    };
    channels(&http, &robot, "over http").await;
    // A token administers no accounts.
    http.run(&["user", "edit", "root", "--role", "viewer"])
        .await
        .refused(4);
    http.run(&["user", "delete", "root", "--yes"])
        .await
        .refused(4);
    // The flags instead of the variables, before and behind the command.
    let flags = ["--url", &server.url, "--token", &token];
    let before: Vec<&str> = flags
        .iter()
        .copied()
        .chain(["task", "list", "--json"])
        .collect();
    let behind: Vec<&str> = ["task", "list", "--json"]
        .into_iter()
        .chain(flags)
        .collect();
    for arguments in [before, behind] {
        let nowhere = place.work().join("none").display().to_string();
        let elsewhere = [("JCRONTAB_DATA_DIR", nowhere.as_str())];
        let list = jcrontab_with(&place, &arguments, &elsewhere, "")
            .await
            .json();
        assert_eq!(list["items"], json!([]));
    }
    assert_eq!(server.stop().await, 0);
}

/// Runs a command whose stdin is a terminal, and types a line at each prompt. Returns its end and
/// output, prompts included, and what the terminal echoed.
pub(super) async fn typed(place: &Place, arguments: &[&str], lines: &[&str]) -> (Output, String) {
    let pty = nix::pty::openpty(None, None).expect("a terminal");
    let slave = |fd: &OwnedFd| Stdio::from(fd.try_clone().expect("a descriptor"));
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_jcrontab"))
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("JCRONTAB_DATA_DIR", place.data())
        .env("DATABASE_URL", &place.database.url)
        .stdin(slave(&pty.slave))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary");
    let mut errors = child.stderr.take().expect("stderr");
    let mut terminal = std::fs::File::from(pty.master);
    let lines: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
    let typing = tokio::task::spawn_blocking(move || {
        let mut stderr = Vec::new();
        for line in lines {
            let begin = stderr.len();
            while !stderr[begin..].ends_with(b": ") {
                let mut byte = [0];
                let count = errors.read(&mut byte).expect("the prompt");
                assert_eq!(count, 1, "{}", String::from_utf8_lossy(&stderr));
                stderr.extend(byte);
            }
            terminal.write_all(line.as_bytes()).expect("typing");
        }
        errors.read_to_end(&mut stderr).expect("the rest of stderr");
        let mut output = child.wait_with_output().expect("its end");
        output.stderr = stderr;
        (output, terminal)
    });
    let (output, mut terminal) = in_time("the command to end", typing).await.expect("it ran");
    drop(pty.slave);
    let mut shown = Vec::new();
    // The last reader of a closed terminal gets EIO after what is there.
    terminal.read_to_end(&mut shown).ok();
    (output, String::from_utf8_lossy(&shown).into_owned())
}

#[tokio::test]
async fn passwords_are_asked_for_twice_and_not_shown() {
    let place = Place::new().await;
    admin_token(&place).await;
    let add = ["user", "add", "typed", "--role", "editor"];
    let twice = ["a typed password"; 2];
    let (added, shown) = typed(&place, &add, &twice).await;
    assert!(added.status.success(), "{added:?}");
    assert!(!shown.contains("typed password"), "{shown}");
    let (differ, _) = typed(
        &place,
        &["user", "passwd", "typed"],
        &["one of them", "another"],
    )
    .await;
    assert_eq!(differ.status.code(), Some(2), "{differ:?}");
    assert!(String::from_utf8_lossy(&differ.stderr).contains("differ"));
    let (changed, shown) = typed(
        &place,
        &["user", "passwd", "typed"],
        &["a newer password"; 2],
    )
    .await;
    assert!(changed.status.success(), "{changed:?}");
    assert!(!shown.contains("newer password"), "{shown}");
    // The new one is the one that is good: one changes one's own with it.
    let server = Server::start(&place, &[]).await;
    let token = jcrontab(
        &place,
        &["token", "create", "ci", "--user", "typed", SCOPES, "--json"],
    )
    .await
    .json();
    let own = [
        ("JCRONTAB_URL", server.url.as_str()),
        ("JCRONTAB_TOKEN", token["token"].as_str().expect("a token")),
    ];
    let stdin = "a newer password\nthe newest password\n";
    let changed = jcrontab_with(&place, &["user", "passwd", "--password-stdin"], &own, stdin).await;
    assert_eq!(changed.code, 0, "{changed:?}");
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn shells_complete_commands_and_not_the_settings_of_the_server() {
    let place = Place::new().await;
    for shell in ["bash", "zsh", "fish"] {
        let script = jcrontab(&place, &["completions", shell]).await;
        assert_eq!((script.code, script.err.as_str()), (0, ""), "{shell}");
        for word in ["occurrences", "rotate-key", "password-stdin"] {
            assert!(script.out.contains(word), "{shell}: {word}");
        }
        // Of `serve` alone: once for it, and not for each of some sixty commands.
        let times = script.out.matches("output-head").count();
        assert!((1..=4).contains(&times), "{shell}: {times}");
        let checked = std::process::Command::new(shell)
            .arg("-n")
            .arg("-c")
            .arg(&script.out)
            .status();
        // Where the shell is installed, it reads the script.
        if let Ok(status) = checked {
            assert!(status.success(), "{shell}");
        }
    }
    jcrontab(&place, &["completions", "cmd"])
        .await
        .refused_lines(2);
    assert!(
        !place.data().join("jcrontab.db").exists() || !place.database.url.is_empty(),
        "no database is made for this"
    );
}
