//! Runs of different tasks are isolated from each other, and no secret is visible in any.

use app::auth::Role;
use app::backend::Runs;
use app::run::RunState;
use app::task::TaskDraft;
use app::task::execution::ExecutionDraft;
use serde_json::json;

use super::super::helpers::{Leash, TestApp, draft};
use super::{Site, is_root};

/// What one task has.
const SECRET: &str = "s3cret-of-one-task";

/// Looks through the environment of all processes.
const SNIFF: &str = "exec 2>/dev/null; for p in /proc/[0-9]*; do tr '\\0' '\\n' < $p/environ 2>/dev/null; done \
    | grep '^DB_PASSWORD=' | rev; echo looked";

#[tokio::test]
async fn a_task_cannot_read_another_ones_environment() {
    for flags in [&[][..], &["--run-as-pool=auto"]] {
        let app = TestApp::with(flags).await;
        let admin = app.signed_in("ada", Role::Admin).await;
        let mut leash = Leash::new(&app.place.work());
        let holder = app
            .add(draft(
                "holder",
                "0 0 1 1 *",
                &format!("{}; sleep 600", leash.start()),
            ))
            .await;
        let secret = json!({"name": "DB_PASSWORD", "value": SECRET, "tasks": ["holder"]});
        admin.post("/api/v1/secrets", secret).await.expect(201);
        let run = app.start_run(holder.id).await;
        let pid = leash.ready().await;
        let (_, shown) = app.execute(draft("sniffer", "0 0 1 1 *", SNIFF)).await;
        // Reversed, no masking would hide it.
        assert_eq!(String::from_utf8_lossy(&shown), "looked\n", "{flags:?}");
        if !flags.is_empty() && is_root() {
            let kill = format!("kill -9 {pid}; kill -0 {pid} || echo may not");
            let (_, shown) = app.execute(draft("killer", "0 0 1 1 *", &kill)).await;
            assert!(
                String::from_utf8_lossy(&shown).contains("may not"),
                "{flags:?}"
            );
        }
        let stopped = app.service.run_stop(&app.console(), run).await;
        stopped.expect("a stop");
        leash.gone().await;
    }
}

#[tokio::test]
async fn each_task_of_a_root_server_has_a_user_of_its_own() {
    if !is_root() {
        return;
    }
    let site = Site::start(None, None, &[]).await;
    let command = "id -u; id -g; id -G; pwd; echo $HOME $USER; echo x >> kept; grep -c x kept";
    let one = site.add("one", command).await;
    let first = site.start_task(&one).await;
    let (state, first) = site.output(&first).await;
    assert_eq!(state, "succeeded", "{first}");
    let again = site.start_task(&one).await;
    let (_, again) = site.output(&again).await;
    let lines: Vec<&str> = first.lines().collect();
    assert_eq!(lines[0], lines[1]);
    assert_eq!(lines[0], lines[2], "no group of others");
    assert!(
        lines[0].parse::<u32>().expect("a number") > 65_535,
        "{first}"
    );
    assert_eq!(
        lines[4].split(' ').next(),
        Some(lines[3]),
        "it is at home there"
    );
    assert_eq!(
        first.replace("\n1\n", "\n2\n"),
        again,
        "what it wrote is its own the next time"
    );
    let key = std::fs::read_to_string(site.data.join("host.key")).expect("a key");
    assert!(!first.contains(key.trim()), "no path reveals the key");
    let shown = site
        .output_of(
            "two",
            &format!("id -u; cat {}/kept 2>/dev/null; echo done", lines[3]),
        )
        .await;
    assert_ne!(shown.lines().next(), Some(lines[0]));
    assert!(
        shown.ends_with("done\n") && !shown.contains("x\n"),
        "{shown}"
    );
    // One user for all, as before, if configured.
    let site = Site::start(None, None, &[("JCRONTAB_RUN_AS", "nobody")]).await;
    assert_eq!(site.output_of("old", "id -un").await, "nobody\n");
    assert_eq!(site.output_of("other", "id -un").await, "nobody\n");
}

#[tokio::test]
async fn a_secret_of_another_task_is_masked_too() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    app.add(draft("holder", "0 0 1 1 *", "true")).await;
    let secret = json!({"name": "DB_PASSWORD", "value": SECRET, "tasks": ["holder"]});
    let made = admin.post("/api/v1/secrets", secret).await.expect(201);
    let (_, shown) = app
        .execute(draft(
            "teller",
            "0 0 1 1 *",
            &format!("echo it is {SECRET}."),
        ))
        .await;
    assert_eq!(String::from_utf8_lossy(&shown), "it is ***.\n");
    // A new value at once, and the old one no longer.
    let path = format!("/api/v1/secrets/{}", made["id"]);
    let change = json!({"value": "another-value"});
    admin.call("PATCH", &path, Some(change)).await.expect(200);
    let (_, shown) = app
        .execute(draft(
            "again",
            "0 0 1 1 *",
            &format!("echo {SECRET} another-value"),
        ))
        .await;
    assert_eq!(String::from_utf8_lossy(&shown), format!("{SECRET} ***\n"));
}

#[tokio::test]
async fn secrets_are_handed_over_as_files_where_a_task_asks_for_it() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let command = "exec 2>/dev/null; env | grep -c s3cret; sha256sum < $JCRONTAB_SECRET_FILE_DB_PASSWORD; \
        sh -c 'wc -c < $JCRONTAB_SECRET_FILE_DB_PASSWORD'; echo ${DB_PASSWORD-none}; \
        echo x >> $JCRONTAB_SECRET_FILE_DB_PASSWORD || echo sealed";
    let task = TaskDraft {
        execution: ExecutionDraft {
            secret_files: true,
            ..ExecutionDraft::default()
        },
        ..draft("files", "0 0 1 1 *", command)
    };
    let task = app.add(task).await;
    let secret = json!({"name": "DB_PASSWORD", "value": SECRET, "tasks": ["files"]});
    admin.post("/api/v1/secrets", secret).await.expect(201);
    let run = app.start_run(task.id).await;
    let run = app.ended(run).await;
    assert_eq!(run.state, RunState::Succeeded);
    let shown = app.service.run_output_raw(&app.console(), run.id).await;
    let shown = String::from_utf8(shown.expect("output")).expect("text");
    let lines: Vec<&str> = shown.lines().collect();
    let hash = {
        use sha2::Digest;
        sha2::Sha256::digest(SECRET)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    assert_eq!(lines[0], "0", "{shown}");
    assert_eq!(lines[1], format!("{hash}  -"), "{shown}");
    assert_eq!(lines[2], SECRET.len().to_string(), "{shown}");
    assert_eq!(lines[3], "none", "{shown}");
    assert_eq!(lines.last(), Some(&"sealed"), "{shown}");
}
