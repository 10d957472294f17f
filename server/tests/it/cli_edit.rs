//! `jcrontab task edit`: in an editor, by `--set`, from a file; what was typed is never lost.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::helpers::place::Place;
use super::helpers::program::{Ended, Server, admin_token, jcrontab, jcrontab_with};

/// A way to the product, and an editor.
struct CliEditor<'a> {
    place: &'a Place,
    door: Vec<(&'a str, &'a str)>,
}

impl CliEditor<'_> {
    async fn run(&self, arguments: &[&str]) -> Ended {
        jcrontab_with(self.place, arguments, &self.door, "").await
    }

    /// `task edit` with an editor that is this script; the file is its `$1`.
    async fn edit(&self, id: &str, more: &[&str], script: &str) -> Ended {
        let editor = self.place.work().join("editor");
        std::fs::write(&editor, format!("#!/bin/sh\nset -e\n{script}\n")).expect("an editor");
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&editor, executable).expect("its mode");
        // A command line, as people have it in this variable.
        let editor = format!("/bin/sh {}", editor.display());
        let scratch = self.scratch().display().to_string();
        let mut variables = self.door.clone();
        variables.extend([
            ("VISUAL", editor.as_str()),
            ("EDITOR", "false"),
            ("TMPDIR", &scratch),
        ]);
        let arguments: Vec<&str> = ["task", "edit", id]
            .into_iter()
            .chain(more.iter().copied())
            .collect();
        jcrontab_with(self.place, &arguments, &variables, "").await
    }

    /// Where the texts for editors are.
    fn scratch(&self) -> std::path::PathBuf {
        let folder = self.place.work().join("scratch");
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    /// The texts that were kept.
    fn kept(&self) -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(self.scratch()).expect("the folder");
        entries
            .map(|entry| entry.expect("an entry").path())
            .collect()
    }

    async fn task(&self, id: &str) -> Value {
        self.run(&["task", "show", id, "--json"]).await.json()
    }
}

async fn a_task(place: &Place, name: &str) -> String {
    let add = [
        "task",
        "add",
        name,
        "--cron",
        "0 9 * * *",
        "--command",
        "echo one\necho two",
        "--zone",
        "UTC",
        "--owner",
        "zhang",
        "--json",
    ];
    jcrontab(place, &add).await.json()["id"].to_string()
}

/// What must be the same at every door.
async fn the_same_everywhere(desk: &CliEditor<'_>, id: &str) {
    let nothing = desk.edit(id, &[], "true").await;
    assert_eq!((nothing.code, nothing.err.as_str()), (0, ""), "{nothing:?}");
    assert!(nothing.out.contains("unchanged"), "{nothing:?}");
    assert_eq!(desk.task(id).await["version"], json!(1));

    let script = "grep -q '^echo two' \"$1\"\n\
                  sed -i -e 's/^timeout = .*/timeout = \"5m\"/' -e 's/^echo two/echo three/' \"$1\"";
    let edited = desk.edit(id, &["--json"], script).await.json();
    assert_eq!(edited["timeout_seconds"], json!(300));
    assert_eq!(edited["command"], "echo one\necho three");
    assert_eq!(edited["owners"], json!(["zhang"]));
    assert!(desk.kept().is_empty(), "saved, so the text is gone");

    // Faults come back in the text, until they are corrected or the text is left as it is.
    let script = "if grep -q '^#! timeout: ' \"$1\"; then\n\
                  sed -i 's/^timeout = .*/timeout = \"7m\"/' \"$1\"\n\
                  else sed -i 's/^timeout = .*/timeout = \"soon\"/' \"$1\"; fi";
    let corrected = desk.edit(id, &[], script).await;
    assert_eq!(corrected.code, 0, "{corrected:?}");
    assert!(corrected.err.contains("timeout: "), "{corrected:?}");
    assert_eq!(desk.task(id).await["timeout_seconds"], json!(420));
    for (wrong, field) in [
        ("s/^timeout = .*/timeout = \"soon\"/", "timeout: "),
        ("s/^timeout = .*/timeout = soon/", "TOML"),
        ("s/^nickname/nickmane/", "nickname"),
    ] {
        let cancelled = desk
            .edit(id, &[], &format!("sed -i '{wrong}' \"$1\""))
            .await;
        assert_eq!(cancelled.code, 2, "{cancelled:?}");
        let kept = desk.kept();
        assert_eq!(kept.len(), 1, "{cancelled:?}");
        let path = kept[0].display().to_string();
        assert!(cancelled.err.contains(&path), "{path}: {cancelled:?}");
        let text = std::fs::read_to_string(&kept[0]).expect("the text");
        let noted = text.lines().take_while(|line| line.starts_with("#! "));
        let noted = noted.collect::<Vec<_>>().join("\n");
        assert!(noted.contains(field), "{text}");
        if field == "TOML" {
            let line = text.lines().position(|line| line == "timeout = soon");
            let place = format!("line {},", line.expect("the line") + 1);
            assert!(noted.contains(&place), "{place} {text}");
            assert!(cancelled.err.contains(&place), "{place} {cancelled:?}");
        }
        let mode = std::fs::metadata(&kept[0])
            .expect("it")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::remove_file(&kept[0]).expect("it is ours");
    }
    let failed = desk.edit(id, &[], "exit 3").await;
    assert_eq!(failed.code, 1, "{failed:?}");
    assert!(desk.kept().is_empty(), "nothing was typed");
    let failed = desk.edit(id, &[], "echo '# typed' >> \"$1\"; exit 3").await;
    assert_eq!(failed.code, 1, "{failed:?}");
    let kept = desk.kept();
    assert_eq!(kept.len(), 1, "{failed:?}");
    assert!(
        failed.err.contains(&kept[0].display().to_string()),
        "{failed:?}"
    );
    std::fs::remove_file(&kept[0]).expect("it is ours");

    // A line that is removed is the default.
    let script = "sed -i -e '/^timeout = /d' -e '/^owners = /,/]/d' \"$1\"";
    let removed = desk.edit(id, &["--json"], script).await.json();
    assert_eq!(
        (&removed["timeout_seconds"], &removed["owners"]),
        (&json!(null), &json!([]))
    );

    let set = desk
        .run(&[
            "task",
            "edit",
            id,
            "--set",
            "timeout=1h",
            "--set",
            "owners=zhang,li",
            "--set",
            "cron=30 4 * * *",
            "--set",
            "execution.retry.attempts=3",
            "--set",
            "urging=false",
            "--json",
        ])
        .await
        .json();
    assert_eq!(set["timeout_seconds"], json!(3600));
    assert_eq!(set["owners"], json!(["zhang", "li"]));
    assert_eq!(set["cron"], "30 4 * * *");
    assert_eq!(set["execution"]["retry"]["attempts"], json!(3));
    assert_eq!(set["command"], "echo one\necho three");
    let words = desk.run(&["task", "edit", id, "--set", "nickname=n"]).await;
    assert_eq!((words.code, words.err.as_str()), (0, ""), "{words:?}");
    assert!(words.out.contains("saved"), "{words:?}");
    for (set, code, shown) in [
        ("timeout=soon", 2, "timeout"),
        ("timeuot=1h", 2, "timeout"),
        ("timeout", 2, "FIELD=VALUE"),
        ("urging=maybe", 2, "urging"),
        ("channel=none", 3, "none"),
    ] {
        let refused = desk.run(&["task", "edit", id, "--set", set]).await;
        let text = refused.refused(code);
        assert!(text.contains(shown), "{set}: {text}");
    }
    desk.run(&["task", "edit", "999999", "--set", "timeout=1h"])
        .await
        .refused(3);

    let file = desk.place.work().join("task.toml");
    std::fs::write(
        &file,
        "timeout = \"10m\"\n[execution.limits]\nnice = \"5\"\n",
    )
    .expect("a file");
    let path = file.display().to_string();
    let filed = desk
        .run(&["task", "edit", id, "--file", &path, "--json"])
        .await
        .json();
    assert_eq!(filed["timeout_seconds"], json!(600));
    assert_eq!(filed["nickname"], "n", "what is missing stays");
    let version = filed["version"].clone();
    let again = desk
        .run(&["task", "edit", id, "--file", &path, "--json"])
        .await
        .json();
    assert_eq!(again["version"], version, "nothing new");
    desk.run(&["task", "edit", id, "--file", "/no/such/file"])
        .await
        .refused(1);
}

#[tokio::test]
async fn a_task_is_edited_at_every_door() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let tasks = [
        a_task(&place, "without a server").await,
        a_task(&place, "over the socket").await,
        a_task(&place, "over http").await,
    ];
    let desk = |door| CliEditor {
        place: &place,
        door,
    };
    the_same_everywhere(&desk(Vec::new()), &tasks[0]).await;
    let server = Server::start(&place, &[]).await;
    the_same_everywhere(&desk(Vec::new()), &tasks[1]).await;
    let http = vec![
        ("JCRONTAB_URL", server.url.as_str()),
        ("JCRONTAB_TOKEN", token.as_str()),
    ];
    the_same_everywhere(&desk(http), &tasks[2]).await;
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn what_was_typed_is_kept_when_others_were_faster_or_the_server_is_gone() {
    let place = Place::new().await;
    admin_token(&place).await;
    let id = a_task(&place, "own").await;
    let server = Server::start(&place, &[]).await;
    let desk = CliEditor {
        place: &place,
        door: Vec::new(),
    };
    let binary = env!("CARGO_BIN_EXE_jcrontab");
    let script = format!(
        "{binary} task edit {id} --set nickname=others >&2\n\
         sed -i 's/^timeout = .*/timeout = \"9m\"/' \"$1\""
    );
    let refused = desk.edit(&id, &[], &script).await;
    assert_eq!((refused.code, refused.out.as_str()), (4, ""), "{refused:?}");
    assert!(
        refused.err.contains("Nickname: (empty) → others"),
        "what they changed: {refused:?}"
    );
    assert!(refused.err.contains("others"), "{refused:?}");
    let kept = desk.kept();
    let path = kept[0].display().to_string();
    assert!(
        refused.err.contains(&format!("--file {path}")),
        "{refused:?}"
    );
    let task = desk.task(&id).await;
    assert_eq!(
        (&task["timeout_seconds"], &task["nickname"]),
        (&json!(null), &json!("others"))
    );
    let text = std::fs::read_to_string(&kept[0]).expect("the text");
    assert!(text.contains("timeout = \"9m\""), "{text}");
    let scratch = desk.scratch().display().to_string();
    let arguments = ["task", "edit", &id, "--file", &path, "--json"];
    let saved = jcrontab_with(&place, &arguments, &[("TMPDIR", &scratch)], "").await;
    assert_eq!(saved.json()["timeout_seconds"], json!(540));
    assert!(desk.kept().is_empty(), "it has served its purpose");

    let url = server.url.clone();
    let elsewhere = CliEditor {
        place: &place,
        door: vec![
            ("JCRONTAB_URL", url.as_str()),
            ("JCRONTAB_TOKEN", "jct_wrong"),
        ],
    };
    elsewhere.edit(&id, &[], "true").await.refused(4);
    let pid = server.pid();
    let script = format!(
        "kill -9 {pid}\nwhile kill -0 {pid} 2>/dev/null && ! grep -q 'State:.Z' /proc/{pid}/status; do :; done\n\
         sed -i 's/^timeout = .*/timeout = \"8m\"/' \"$1\""
    );
    let gone = desk.edit(&id, &[], &script).await;
    assert_eq!(gone.code, 1, "{gone:?}");
    let kept = desk.kept();
    assert_eq!(kept.len(), 1, "{gone:?}");
    let text = std::fs::read_to_string(&kept[0]).expect("the text");
    assert!(text.contains("timeout = \"8m\""), "{text}");
    assert!(
        gone.err.contains(&kept[0].display().to_string()),
        "{gone:?}"
    );
    server.kill().await;
}
