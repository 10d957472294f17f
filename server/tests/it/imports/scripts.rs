//! Folders of run-parts: each script runs once, whoever runs it, and changes hands by its executable bit.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::helpers::in_time;
use crate::helpers::place::Place;
use crate::helpers::program::jcrontab;

struct Host {
    place: Arc<Place>,
    crontab: PathBuf,
    folder: PathBuf,
}

impl Host {
    /// A crontab that runs a folder with scripts of all kinds.
    async fn new() -> Self {
        let place = Place::new().await;
        let folder = place.scratch().join("cron.daily");
        std::fs::create_dir_all(&folder).expect("a folder");
        let host = Self {
            crontab: place.scratch().join("crontab"),
            folder,
            place,
        };
        let ledger = host.ledger();
        let script = format!("#!/bin/sh -e\necho once >> {}\n", ledger.display());
        for (name, text, mode) in [
            ("hello", script.as_str(), 0o755),
            ("off", script.as_str(), 0o644),
            ("hello.sh", script.as_str(), 0o755),
            ("0anacron", "#!/bin/sh\n", 0o755),
            ("program", "\x7fELF", 0o755),
        ] {
            std::fs::write(host.folder.join(name), text).expect("a script");
            host.set_mode(name, mode);
        }
        let line = format!("run-parts --report {}", host.folder.display());
        let text = format!("PATH=/usr/bin:/bin\n25 6 * * * root cd / && {line}\n");
        std::fs::write(&host.crontab, text).expect("a crontab");
        host
    }

    fn ledger(&self) -> PathBuf {
        self.place.scratch().join("ledger")
    }

    fn set_mode(&self, name: &str, mode: u32) {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.folder.join(name), mode).expect("its mode");
    }

    fn mode(&self, name: &str) -> u32 {
        let file = std::fs::metadata(self.folder.join(name)).expect("a script");
        file.permissions().mode() & 0o777
    }

    async fn run(&self, arguments: &[&str]) -> Value {
        let file = self.crontab.to_str().expect("a path");
        let rest = [
            "--format=system",
            "--flavor=debian",
            "--host=web1",
            "--scripts",
            "--json",
        ];
        let all = [arguments, &[file], &rest].concat();
        let ended = jcrontab(&self.place, &all).await;
        assert_eq!(ended.code, 0, "{ended:?}");
        serde_json::from_str(&ended.out).expect("JSON")
    }

    /// How often the script runs when the time comes for both sides.
    fn runs(&self, command: &str) -> usize {
        std::fs::write(self.ledger(), "").expect("a ledger");
        let parts = Command::new("run-parts").arg(&self.folder).output();
        parts.expect("run-parts");
        let task = Command::new("/bin/sh").args(["-c", command]).output();
        task.expect("a shell");
        let ledger = std::fs::read_to_string(self.ledger()).expect("the ledger");
        ledger.lines().count()
    }

    async fn held(&self) -> Vec<bool> {
        let list = jcrontab(&self.place, &["import", "list", "--json"]).await;
        let list = list.json();
        let lines = list["items"].as_array().expect("lines").iter();
        let place = self.folder.to_str().expect("a path");
        lines
            .filter(|line| line["path"] == place)
            .map(|line| line["held"] == true)
            .collect()
    }
}

#[tokio::test]
async fn a_script_runs_once_whoever_runs_it() {
    let host = Host::new().await;
    let made = host.run(&["import", "crontab", "--as-server-user"]).await;
    assert_eq!(
        made["created"], 2,
        "the entry of the folder, and its script: {made}"
    );
    let lines = made["sources"][1]["lines"].as_array().expect("lines");
    let kinds: Vec<(&str, &str)> = lines
        .iter()
        .map(|line| {
            let text = line["text"].as_str().expect("a text");
            let kind = line["kind"].as_str().expect("a kind");
            (kind, text.split(' ').nth(1).unwrap_or(text))
        })
        .collect();
    assert_eq!(
        kinds,
        [
            ("variable", "PATH=\"/usr/bin:/bin\""),
            ("comment", "0anacron"),
            ("comment", "hello.sh"),
            ("comment", "off"),
            ("comment", "program"),
            ("blank", ""),
            ("comment", "cron.daily/hello"),
            ("entry", "6"),
        ]
    );
    let command = lines[7]["task"]["command"].as_str().expect("a command");
    assert_eq!(lines[7]["task"]["cron"], "25 6 * * *");
    assert_eq!(lines[7]["task"]["name"], "cron.daily/hello");
    assert_eq!(host.mode("hello"), 0o755, "an import changes nothing");
    assert_eq!(host.runs(command), 1);

    let taken = host.run(&["takeover", "--no-wait"]).await;
    let folder = taken["crontabs"]
        .as_array()
        .and_then(|all| all.iter().find(|one| one["path"] == json!(host.folder)));
    let backup = folder
        .and_then(|one| one["backup"].as_str())
        .expect("a copy");
    let kept = std::fs::read_to_string(backup).expect("the copy");
    assert!(
        kept.contains("0755 ") && kept.contains("/hello\n"),
        "{kept}"
    );
    assert_eq!((host.mode("hello"), host.mode("off")), (0o644, 0o644));
    assert_eq!(host.held().await, [false]);
    assert_eq!(host.runs(command), 1);

    // An upgrade of its package makes it executable again: run-parts runs it, and the task says so.
    host.set_mode("hello", 0o755);
    assert_eq!(host.runs(command), 1);
    let refused = Command::new("/bin/sh").args(["-c", command]).output();
    let refused = refused.expect("a shell");
    assert_eq!(refused.status.code(), Some(75));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("run-parts runs it"));
    host.run(&["takeover", "--no-wait"]).await;
    assert_eq!(host.mode("hello"), 0o644);

    host.run(&["giveback", "--no-wait"]).await;
    assert_eq!((host.mode("hello"), host.mode("off")), (0o755, 0o644));
    assert_eq!(host.held().await, [true]);
    assert_eq!(host.runs(command), 1);
}

#[tokio::test]
async fn a_script_that_was_switched_off_stays_off() {
    let host = Host::new().await;
    host.run(&["import", "crontab", "--as-server-user"]).await;
    host.set_mode("hello", 0o644);
    host.run(&["takeover", "--no-wait"]).await;
    assert_eq!(host.held().await, [true]);
    host.run(&["giveback", "--no-wait"]).await;
    assert_eq!(host.mode("hello"), 0o644);
}

#[tokio::test]
async fn nothing_changes_while_run_parts_runs_the_folder() {
    let host = Host::new().await;
    host.run(&["import", "crontab", "--as-server-user"]).await;
    // A script that waits until it may end: run-parts has the rest still before it.
    let gate = host.place.scratch().join("gate");
    let made = Command::new("mkfifo").arg(&gate).status();
    assert!(made.expect("mkfifo").success());
    let script = format!("#!/bin/sh\ncat {}\n", gate.display());
    std::fs::write(host.folder.join("a-slow-one"), script).expect("a script");
    host.set_mode("a-slow-one", 0o755);
    let mut parts = Command::new("run-parts")
        .arg(&host.folder)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("run-parts");
    // Opens when the script reads it.
    let opened = tokio::task::spawn_blocking(move || {
        let gate = std::fs::OpenOptions::new().write(true).open(gate);
        gate.expect("the gate")
    });
    let gate = in_time("the script runs", opened).await.expect("a thread");
    let folder = host.crontab.to_str().expect("a path");
    let rest = [
        "--format=system",
        "--flavor=debian",
        "--host=web1",
        "--scripts",
    ];
    let refused = jcrontab(
        &host.place,
        &[&["takeover", "--no-wait", folder], &rest[..]].concat(),
    )
    .await;
    assert_eq!(refused.code, 4, "{refused:?}");
    assert_eq!(host.mode("hello"), 0o755);
    assert_eq!(host.held().await, [true]);
    drop(gate);
    parts.wait().expect("its end");
}
