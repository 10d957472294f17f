//! Shells, scripts, the zone, and the order of what is written.

use app::run::RunState;
use app::task::TaskDraft;
use app::task::execution::ExecutionDraft;

use super::super::helpers::{TestApp, draft};

async fn run(app: &TestApp, command: &str, execution: ExecutionDraft) -> (RunState, String) {
    let name = server::auth::token::random_id(6);
    let task = TaskDraft {
        execution,
        ..draft(&name, "0 0 1 1 *", command)
    };
    let (run, reported) = app.execute(task).await;
    let reported = String::from_utf8_lossy(&reported).into_owned();
    (
        run.state,
        format!("{reported}{}", run.reason.unwrap_or_default()),
    )
}

#[tokio::test]
async fn a_command_that_names_its_interpreter_is_a_script() {
    let app = TestApp::new().await;
    let plain = ExecutionDraft::default;
    for (script, reported) in [
        ("#!/bin/bash\necho -e \"a\\tb\"", "a\tb\n"),
        (
            "#! /bin/bash -e\necho ${BASH_VERSION:+bash}; false; echo on",
            "bash\n",
        ),
        ("#!/usr/bin/env bash\nx=(1 2 3); echo ${#x[@]}", "3\n"),
        ("#!/bin/bash\r\necho crlf\r\n", "crlf\n"),
        ("#!/bin/cat\nas it is", "#!/bin/cat\nas it is"),
        // Not at the very start it is a comment, as for the kernel.
        ("\n#!/bin/bash\necho ${BASH_VERSION:-sh}", "sh\n"),
    ] {
        assert_eq!(run(&app, script, plain()).await.1, reported, "{script:?}");
    }
    // Nothing of it is left where it ran.
    let (_, files) = run(&app, "ls -A", plain()).await;
    assert!(!files.contains("script"), "{files}");
    let (state, why) = run(&app, "#!/no/such/interpreter -x\ntrue", plain()).await;
    assert_eq!(state, RunState::Failed);
    assert!(
        why.contains("@interpreter") && why.contains("/no/such/interpreter"),
        "{why}"
    );
}

#[tokio::test]
async fn a_task_chooses_its_shell() {
    let app = TestApp::new().await;
    let with = |shell: &str| ExecutionDraft {
        shell: shell.to_owned(),
        ..ExecutionDraft::default()
    };
    let which = "echo ${BASH_VERSION:+bash}$SHELL";
    for (shell, reported) in [
        ("", "/bin/sh\n"),
        ("sh", "/bin/sh\n"),
        ("bash", "bash/bin/bash\n"),
        ("/bin/bash", "bash/bin/bash\n"),
    ] {
        assert_eq!(run(&app, which, with(shell)).await.1, reported, "{shell}");
    }
    // A command may begin with a minus.
    for shell in ["", "bash"] {
        let (_, reported) = run(&app, "-x 2>/dev/null || echo ran", with(shell)).await;
        assert_eq!(reported, "ran\n", "{shell}");
    }
    let (state, why) = run(&app, "true", with("/no/such/shell")).await;
    assert_eq!(state, RunState::Failed);
    assert!(
        why.contains("@shell") && why.contains("/no/such/shell"),
        "{why}"
    );
}

#[tokio::test]
async fn a_command_is_in_the_zone_of_its_task() {
    let app = TestApp::new().await;
    let zoned = |name: &str, env: &str| TaskDraft {
        zone: "Asia/Shanghai".to_owned(),
        execution: ExecutionDraft {
            env: env.to_owned(),
            ..ExecutionDraft::default()
        },
        ..draft(name, "0 0 1 1 *", "echo $TZ; date +%z")
    };
    let (_, reported) = app.execute(zoned("zone", "")).await;
    assert_eq!(String::from_utf8_lossy(&reported), "Asia/Shanghai\n+0800\n");
    let (_, reported) = app.execute(zoned("own", "TZ=UTC")).await;
    assert_eq!(String::from_utf8_lossy(&reported), "UTC\n+0000\n");
    let manual = "set -u; echo $JCRONTAB_SCHEDULED_FOR";
    let (state, reported) = run(&app, manual, ExecutionDraft::default()).await;
    assert_eq!(state, RunState::Succeeded);
    assert!(
        reported.starts_with("20") && reported.contains('T'),
        "{reported}"
    );
}

#[tokio::test]
async fn one_pipe_keeps_the_order_of_both_outputs() {
    let app = TestApp::new().await;
    let command = "i=0; while [ $i -lt 400 ]; do echo $i; i=$((i+1)); echo $i >&2; \
        i=$((i+1)); done";
    let merged = ExecutionDraft {
        merge_output: true,
        ..ExecutionDraft::default()
    };
    let (_, reported) = run(&app, command, merged).await;
    let lines: Vec<usize> = reported
        .lines()
        .map(|line| line.parse().expect("a number"))
        .collect();
    assert_eq!(lines, (0..400).collect::<Vec<_>>());
}

#[tokio::test]
async fn no_command_gets_to_know_the_key_of_the_folder() {
    let app = TestApp::new().await;
    let key = std::fs::read_to_string(app.place.data().join("host.key")).expect("a key");
    let (_, reported) = run(
        &app,
        "env; pwd; tr '\\0' '\\n' < /proc/self/environ",
        ExecutionDraft::default(),
    )
    .await;
    assert!(
        !reported.contains(key.trim()) && !reported.contains("HOST_KEY"),
        "{reported}"
    );
}

#[tokio::test]
async fn chinese_of_older_systems_can_be_read_and_its_bytes_are_kept() {
    use app::backend::Runs;
    let app = TestApp::new().await;
    let (run, bytes) = app
        .execute(draft(
            "gbk",
            "0 0 1 1 *",
            "printf '\\261\\270\\267\\335\\315\\352\\263\\311\\n'",
        ))
        .await;
    assert_eq!(bytes, b"\xb1\xb8\xb7\xdd\xcd\xea\xb3\xc9\n");
    let console = app.console();
    let shown = app
        .service
        .run_output(&console, run.id)
        .await
        .expect("output");
    assert_eq!(shown.text, "备份完成\n");
    let page = app
        .service
        .run_log(&console, run.id, 0, 10_000)
        .await
        .expect("a log");
    let page = serde_json::to_value(&page.items).expect("JSON");
    assert_eq!(page[0]["text"], "备份完成\n", "{page}");
}
