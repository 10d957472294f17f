//! The command line as people meet it: names instead of IDs, questions before something is deleted,
//! waiting over a restart, and Chinese where the terminal is Chinese.

use std::sync::Arc;

use serde_json::json;

use super::cli_admin::typed;
use super::helpers::place::Place;
use super::helpers::program::{Ended, Server, admin_token, jcrontab, jcrontab_with};

const CHINESE: [(&str, &str); 1] = [("LC_ALL", "zh_CN.UTF-8")];

async fn add(place: &Place, name: &str, more: &[&str]) -> String {
    let fixed = [
        "task",
        "add",
        name,
        "--cron",
        "0 0 1 1 *",
        "--zone",
        "UTC",
        "--json",
    ];
    let added = jcrontab(place, &[&fixed[..], more].concat()).await;
    added.json()["id"].to_string()
}

/// What it printed, when it went well.
#[track_caller]
fn printed(ended: &Ended) -> &str {
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
    &ended.out
}

/// Asserts that it printed each of these lines.
#[track_caller]
fn has_lines(ended: &Ended, lines: &[&str]) {
    for line in lines {
        assert!(
            printed(ended).lines().any(|one| one == *line),
            "{line}: {}",
            ended.out
        );
    }
}

async fn add_channel(place: &Place) {
    let url = "--url=https://example.com/";
    let add = ["channel", "add", "ops", "--kind=webhook", url];
    assert_eq!(jcrontab(place, &add).await.code, 0);
}

#[tokio::test]
async fn a_task_is_named_by_its_exact_name_or_its_id() {
    let place = Place::new().await;
    let id = add(&place, "nightly backup", &["--command", "true"]).await;
    add(&place, "nightly backup of db", &["--command", "true"]).await;
    // A name of digits is reached by its ID only.
    let digits = add(&place, &id, &["--command", "true"]).await;
    let odd = add(&place, "owner:\"zhang\"", &["--command", "true"]).await;
    for (name, expected) in [
        ("nightly backup", &id),
        (&id, &id),
        (&digits, &digits),
        ("owner:\"zhang\"", &odd),
    ] {
        let shown = jcrontab(&place, &["task", "show", name, "--json"]).await;
        assert_eq!(shown.json()["id"].to_string(), *expected, "{name}");
    }
    for part in ["nightly", "Nightly backup", "abc"] {
        let none = jcrontab(&place, &["task", "show", part]).await;
        assert!(none.refused(3).contains("jcrontab task list"), "{none:?}");
    }
    for arguments in [
        &["task", "pause", "nightly backup"][..],
        &["task", "restore", "nightly backup"],
        &["task", "explain", "nightly backup"],
        &["task", "next", "nightly backup"],
        &["task", "occurrences", "nightly backup"],
        &["task", "edit", "nightly backup", "--set", "timeout=1h"],
        &["run", "list", "--task", "nightly backup"],
        &["task", "delete", "nightly backup", "--yes"],
    ] {
        printed(&jcrontab(&place, arguments).await);
    }
    jcrontab(&place, &["task", "show", &id]).await.refused(3);
}

#[tokio::test]
async fn deleting_asks_at_a_terminal_and_wants_a_flag_elsewhere() {
    let place = Place::new().await;
    admin_token(&place).await;
    let id = add(&place, "kept", &["--command", "true"]).await;
    let value = jcrontab_with(&place, &["secret", "set", "KEY"], &[], "a value").await;
    printed(&value);
    printed(&jcrontab(&place, &["calendar", "create", "ours"]).await);
    printed(&jcrontab(&place, &["pool", "set", "db", "2"]).await);
    add_channel(&place).await;
    let daily = ["summary", "add", "daily", "--channel=ops", "--time=9:00"];
    assert_eq!(jcrontab(&place, &daily).await.code, 0);
    for (what, name) in [
        ("task", id.as_str()),
        ("user", "root"),
        ("channel", "ops"),
        ("secret", "KEY"),
        ("calendar", "ours"),
        ("pool", "db"),
        ("blackout", "1"),
        ("summary", "daily"),
    ] {
        let refused = jcrontab(&place, &[what, "delete", name]).await;
        assert!(refused.refused(2).contains("--yes"), "{what}: {refused:?}");
    }
    let (no, _) = typed(&place, &["task", "delete", &id], &["n"]).await;
    assert_eq!(no.status.code(), Some(1), "{no:?}");
    printed(&jcrontab(&place, &["task", "show", &id]).await);
    let (yes, _) = typed(&place, &["task", "delete", &id], &["y"]).await;
    assert!(yes.status.success(), "{yes:?}");
    jcrontab(&place, &["task", "show", &id]).await.refused(3);
}

#[tokio::test]
async fn a_task_is_shown_to_people_with_names_and_lengths() {
    let place = Place::new().await;
    add_channel(&place).await;
    let more = [
        "--command=true",
        "--owner=张三",
        "--owner=李四",
        "--timeout=90m",
        "--channel=ops",
        "--mode=message_command",
        "--tag=db",
        "--retries=2",
    ];
    add(&place, "t", &more).await;
    let shown = jcrontab(&place, &["task", "show", "t"]).await;
    let lines = [
        "Owners: 张三, 李四",
        "Timeout: 1 hour 30 minutes",
        "Channel: ops (#1)",
        "Tags: db",
        "Mode: Message + command",
        "Time zone: UTC",
    ];
    has_lines(&shown, &lines);
    for raw in ["timeout_seconds", "channel_id", "next_at"] {
        assert!(!shown.out.contains(raw), "{raw}: {}", shown.out);
    }
    for flag in ["--must-contain", "--must-not-contain"] {
        let empty = [
            "task",
            "add",
            "x",
            "--cron",
            "@startup",
            "--command",
            "true",
            flag,
            "",
        ];
        let refused = jcrontab(&place, &empty).await;
        refused.refused_lines(2);
        assert!(refused.err.contains(flag), "{refused:?}");
    }
}

#[tokio::test]
async fn waiting_for_a_run_goes_on_over_a_restart_and_says_when_it_cannot() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let runbook = "--runbook=call the owner";
    add(&place, "slow", &["--command=sleep 600", runbook]).await;
    let wait = |more: &'static [&'static str]| {
        let place = Arc::clone(&place);
        tokio::spawn(async move {
            let fixed = ["task", "run", "slow", "--wait"];
            jcrontab_with(&place, &[&fixed[..], more].concat(), &[], "").await
        })
    };
    let under_way = async |server: &Server| {
        server
            .until(&token, "a run", async || {
                let runs = server.get(&token, "/api/v1/runs?limit=1").await;
                (runs["items"][0]["state"] == "running").then_some(())
            })
            .await;
    };
    let server = Server::start(&place, &[]).await;
    let waiting = wait(&[]);
    under_way(&server).await;
    server.kill().await;
    // The next question meets a socket that hangs up, however soon the server is back.
    let socket = place.data().join("jcrontab.sock");
    std::fs::remove_file(&socket).expect("the socket of the killed server");
    let silent = tokio::net::UnixListener::bind(&socket).expect("a socket");
    drop(silent.accept().await.expect("a question"));
    drop(silent);
    let server = Server::start(&place, &[]).await;
    let ended = waiting.await.expect("its end");
    assert_eq!(ended.code, 1, "{ended:?}");
    for words in [
        "trying again for up to 5 minutes",
        "the server answers again",
        "Run 1: lost",
    ] {
        assert!(ended.err.contains(words), "{words}: {ended:?}");
    }

    let shown = jcrontab(&place, &["run", "show", "1"]).await;
    let lines = [
        "State: lost",
        "Runbook:",
        "  call the owner",
        "Task: slow (#1)",
    ];
    has_lines(&shown, &lines);
    // When a lost run ended is unknown.
    assert!(!shown.out.contains("\nTook: "), "{}", shown.out);
    let listed = jcrontab(&place, &["run", "list"]).await;
    let words = "the server stopped during the run";
    assert!(
        printed(&listed).contains("REASON") && listed.out.contains(words),
        "{}",
        listed.out
    );

    let waiting = wait(&["--retry-for=1s", "--json"]);
    under_way(&server).await;
    server.kill().await;
    let unseen = waiting.await.expect("its end");
    assert_eq!((unseen.code, unseen.out.as_str()), (5, ""), "{unseen:?}");
    assert!(unseen.err.contains("jcrontab run show 2"), "{unseen:?}");
}

#[tokio::test]
async fn a_chinese_terminal_is_answered_in_chinese() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let server = Server::start(&place, &[]).await;
    let run = async |arguments: &[&str]| jcrontab_with(&place, arguments, &CHINESE, "").await;
    add(
        &place,
        "备份",
        &["--command=exit 3", "--owner=张三", "--urge-cron=* * * * *"],
    )
    .await;
    let failed = run(&["task", "run", "备份", "--wait"]).await;
    assert_eq!(failed.code, 1, "{failed:?}");
    assert_eq!(
        failed.err.trim(),
        "错误：执行 1：失败，退出码 3",
        "{failed:?}"
    );
    assert_eq!(failed.out.trim(), "执行 1 已启动");
    let is_chinese = |text: &str| text.chars().any(|c| c > '\u{2e80}');
    for list in [
        &["task", "list"][..],
        &["task", "occurrences", "备份"],
        &["task", "next", "备份"],
        &["run", "list"],
        &["user", "list"],
        &["token", "list"],
        &["channel", "list"],
        &["secret", "list"],
        &["calendar", "list"],
        &["calendar", "show", "cn", "--year", "2026"],
        &["blackout", "list"],
        &["summary", "list"],
        &["pool", "list"],
        &["node", "list"],
    ] {
        let table = run(list).await;
        let heading = printed(&table).lines().next().unwrap_or_default();
        for cell in heading
            .split("  ")
            .map(str::trim)
            .filter(|cell| !cell.is_empty())
        {
            assert!(is_chinese(cell), "{list:?}: {cell} in {heading}");
        }
    }
    assert!(run(&["run", "list"]).await.out.contains("  失败  手动  "));
    let show = ["calendar", "show", "cn", "--year", "2026"];
    assert!(run(&show).await.out.contains("2026-10-01  周四  休息日"));
    for words in [
        &["task", "show", "备份"][..],
        &["run", "show", "1"],
        &["task", "pause", "备份"],
        &["task", "restore", "备份"],
        &["task", "urge", "备份"],
        &["task", "unurge", "备份"],
    ] {
        let shown = run(words).await;
        for line in printed(&shown)
            .lines()
            .filter(|line| !line.starts_with("  "))
        {
            assert!(is_chinese(line), "{words:?}: {line}");
        }
    }
    let none = run(&["task", "show", "none"]).await;
    assert_eq!(none.code, 3);
    assert!(none.err.starts_with("错误：没有名为"), "{none:?}");
    let gone = [
        ("LC_ALL", "zh_CN.UTF-8"),
        ("JCRONTAB_URL", "http://127.0.0.1:9"),
        ("JCRONTAB_TOKEN", token.as_str()),
    ];
    let gone = jcrontab_with(&place, &["task", "list"], &gone, "").await;
    assert!(gone.err.starts_with("错误：服务器没有响应"), "{gone:?}");
    let listed = run(&["task", "list", "--json"]).await.json();
    assert_eq!(
        listed["items"][0]["state"],
        json!("active"),
        "codes stay codes"
    );
    assert_eq!(server.stop().await, 0);
}
