//! The command line: files are read, rewritten line by line, and put back byte by byte.

use std::path::PathBuf;

use crate::helpers::place::Place;
use crate::helpers::program::{Ended, jcrontab, jcrontab_with};

/// With Chinese in GBK, an odd end of a line, and no newline at the end of the file.
const BEFORE: &[u8] =
    b"# \xb1\xb8\xb7\xdd\n30 2 * * * echo backup\r\n\nA=b\n*/5 * * * * echo five\n# end";

struct Host {
    place: std::sync::Arc<Place>,
    file: PathBuf,
}

impl Host {
    async fn new() -> Self {
        let place = Place::new().await;
        let file = place.scratch().join("crontab");
        std::fs::create_dir_all(place.scratch()).expect("a folder");
        std::fs::write(&file, BEFORE).expect("a crontab");
        Self { place, file }
    }

    async fn run(&self, arguments: &[&str]) -> Ended {
        let file = self.file.to_str().expect("a path");
        let rest = ["--host=web1", "--flavor=debian", "--json"];
        let all = [arguments, &[file], &rest].concat();
        jcrontab(&self.place, &all).await
    }

    fn text(&self) -> Vec<u8> {
        std::fs::read(&self.file).expect("the crontab")
    }
}

#[tokio::test]
async fn a_crontab_is_taken_over_and_given_back() {
    let host = Host::new().await;
    let dry = host.run(&["import", "crontab", "--dry-run"]).await.json();
    assert_eq!(dry["created"], 2);
    let made = host.run(&["import", "crontab"]).await.json();
    assert_eq!(
        (made["created"].as_u64(), made["faults"].as_u64()),
        (Some(2), Some(0))
    );
    assert_eq!(host.text(), BEFORE, "an import changes no crontab");

    let dry = host
        .run(&["takeover", "--no-wait", "--dry-run"])
        .await
        .json();
    assert_eq!(dry["crontabs"][0]["lines"], 2);
    assert_eq!(host.text(), BEFORE);
    let taken = host.run(&["takeover", "--no-wait"]).await.json();
    let backup = taken["crontabs"][0]["backup"].as_str().expect("a copy");
    assert_eq!(std::fs::read(backup).expect("the copy"), BEFORE);
    let text = host.text();
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    assert!(
        lines[1].starts_with(b"#jcrontab:") && lines[1].ends_with(b"# 30 2 * * * echo backup\r")
    );
    assert_eq!(
        (lines[0], lines[3], lines[5]),
        (&BEFORE[..6], &b"A=b"[..], &b"# end"[..])
    );
    let list = jcrontab(&host.place, &["import", "list", "--json"])
        .await
        .json();
    let held = |list: &serde_json::Value| {
        let items = list["items"].as_array().expect("lines");
        items
            .iter()
            .map(|line| line["held"] == true)
            .collect::<Vec<_>>()
    };
    assert_eq!(held(&list), [false, false]);
    let again = host.run(&["takeover", "--no-wait"]).await.json();
    assert_eq!(
        again["crontabs"],
        serde_json::json!([]),
        "there is nothing left to do"
    );
    // What is commented out is known as such.
    let known = host.run(&["import", "crontab"]).await.json();
    assert_eq!(
        (known["created"].as_u64(), known["known"].as_u64()),
        (Some(0), Some(2))
    );

    host.run(&["giveback", "--no-wait"]).await.json();
    assert_eq!(host.text(), BEFORE);
    let list = jcrontab(&host.place, &["import", "list", "--json"])
        .await
        .json();
    assert_eq!(held(&list), [true, true]);
}

#[tokio::test]
async fn a_takeover_that_was_interrupted_is_finished() {
    let host = Host::new().await;
    host.run(&["import", "crontab"]).await.json();
    let list = jcrontab(&host.place, &["import", "list", "--json"])
        .await
        .json();
    let id = list["items"][1]["task_id"].as_i64().expect("a task");
    // As it is when the command ends after the crontab was replaced: the tasks are still held.
    let text = String::from_utf8_lossy(BEFORE).into_owned();
    let text = text.replace(
        "*/5 * * * * echo five",
        &format!("#jcrontab:{id}# */5 * * * * echo five"),
    );
    std::fs::write(&host.file, text).expect("the crontab");
    let only = format!("--task={id}");
    let taken = host.run(&["takeover", "--no-wait", &only]).await.json();
    assert_eq!(taken["crontabs"][0]["tasks"], serde_json::json!([id]));
    assert_eq!(taken["crontabs"][0]["lines"], 0);
    let list = jcrontab(&host.place, &["import", "list", "--json"])
        .await
        .json();
    assert_eq!(list["items"][1]["held"], false);
    assert_eq!(
        list["items"][0]["held"], true,
        "the other line was not named"
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_its_line() {
    let host = Host::new().await;
    std::fs::write(&host.file, b"a\n\xff\xff\xff\n").expect("a file");
    let refused = host.run(&["import", "crontab"]).await;
    assert!(
        refused.refused(2).contains("line 2, column 1"),
        "{refused:?}"
    );
    std::fs::write(&host.file, "* * * * * x\n".repeat(80_000)).expect("a file");
    let refused = host.run(&["import", "crontab"]).await;
    assert!(refused.refused(2).contains("lines"), "{refused:?}");
    std::fs::write(&host.file, vec![b'x'; 50 * 1024 * 1024]).expect("a file");
    let refused = host.run(&["import", "crontab"]).await;
    assert!(refused.refused(2).contains("1 MiB"), "{refused:?}");
    let stdin = jcrontab_with(
        &host.place,
        &["import", "crontab", "-", "--json"],
        &[],
        "@daily true\n",
    );
    assert_eq!(stdin.await.json()["created"], 1);
    let stdin = jcrontab_with(
        &host.place,
        &["takeover", "--no-wait", "-"],
        &[],
        "@daily true\n",
    );
    stdin.await.refused(2);
}
