//! Commands: how they end, what they write, what they see, and that none of their processes remain.

use app::auth::Role;
use app::backend::{Runs, Tasks};
use app::run::RunState;
use app::task::{COMMAND_MAX_BYTES, TaskDraft};

use super::helpers::{Leash, TestApp, draft, in_time};

fn is_root() -> bool {
    nix::unistd::Uid::effective().is_root()
}

#[tokio::test]
async fn a_run_records_how_its_command_ended() {
    let app = TestApp::new().await;
    let table = [
        ("true", RunState::Succeeded, Some(0), None, ""),
        (
            "echo out; echo err >&2",
            RunState::Succeeded,
            Some(0),
            None,
            "out\nerr\n",
        ),
        ("exit 3", RunState::Failed, Some(3), None, ""),
        ("exit 255", RunState::Failed, Some(255), None, ""),
        ("kill -KILL $$", RunState::Failed, None, Some(9), ""),
        ("kill -SEGV $$", RunState::Failed, None, Some(11), ""),
        (
            "no-such-command-here 2>/dev/null",
            RunState::Failed,
            Some(127),
            None,
            "",
        ),
        ("if then", RunState::Failed, Some(2), None, "*"),
        // Nothing to read, and no terminal to wait at.
        ("cat", RunState::Succeeded, Some(0), None, ""),
        (
            "printf 'no newline'",
            RunState::Succeeded,
            Some(0),
            None,
            "no newline",
        ),
        (
            "# 注释\necho '中文 😀'",
            RunState::Succeeded,
            Some(0),
            None,
            "中文 😀\n",
        ),
    ];
    for (number, (command, state, exit_code, signal, output)) in table.into_iter().enumerate() {
        let task = draft(&format!("t{number}"), "0 0 1 1 *", command);
        let (run, written) = app.execute(task).await;
        assert_eq!(
            (run.state, run.exit_code, run.signal),
            (state, exit_code, signal),
            "{command}"
        );
        if output != "*" {
            assert_eq!(String::from_utf8_lossy(&written), output, "{command}");
        }
        assert_eq!(
            run.output_bytes,
            i64::try_from(written.len()).expect("small"),
            "{command}"
        );
        assert!(
            run.finished_at.is_some() && !run.output_truncated,
            "{command}"
        );
        assert_eq!(run.requested_by.as_deref(), Some("console"));
    }
}

#[tokio::test]
async fn a_limit_ends_the_whole_group_also_one_that_does_not_listen() {
    let app = TestApp::new().await;
    let (mut willing, mut deaf) = (Leash::new(&app.place.work()), Leash::new(&app.place.work()));
    let limited = |name: &str, command: String| TaskDraft {
        timeout: "1s".into(),
        ..draft(name, "0 0 1 1 *", &command)
    };
    let inner = "sh -c 'trap \"\" TERM; echo deaf; while :; do sleep 1; done'";
    let deaf_command = format!("trap '' TERM; {}; {inner} & {inner}", deaf.start());
    let willing_run = app
        .add(limited(
            "willing",
            format!("{}; echo before; sleep 600", willing.start()),
        ))
        .await;
    let deaf_run = app.add(limited("deaf", deaf_command)).await;
    let (willing_run, deaf_run) = (
        app.start_run(willing_run.id).await,
        app.start_run(deaf_run.id).await,
    );

    let run = app.ended(willing_run).await;
    assert_eq!(
        (run.state, run.exit_code, run.signal),
        (RunState::TimedOut, None, Some(15))
    );
    assert_eq!(run.reason.as_deref(), Some("timed_out:1"));
    willing.gone().await;
    let output = app
        .service
        .run_output(&app.console(), willing_run)
        .await
        .expect("output");
    assert_eq!(output.text, "before\n", "what it wrote before is kept");

    let run = app.ended(deaf_run).await;
    assert_eq!((run.state, run.signal), (RunState::TimedOut, Some(9)));
    // The end of the pipe: no process of the group is left.
    deaf.gone().await;
}

#[tokio::test]
async fn a_person_can_stop_a_run() {
    let app = TestApp::new().await;
    let mut leash = Leash::new(&app.place.work());
    let task = app.add(draft("t", "0 0 1 1 *", &leash.endless())).await;
    let run = app.start_run(task.id).await;
    leash.ready().await;
    let operator = app.person("olga", Role::Operator);
    app.service
        .run_stop(&operator, run)
        .await
        .expect("stopping");
    let run = app.ended(run).await;
    assert_eq!((run.state, run.signal), (RunState::Killed, Some(15)));
    assert!(run.reason.is_some_and(|reason| reason.contains("olga")));
    leash.gone().await;
    let again = app
        .service
        .run_stop(&operator, run.id)
        .await
        .expect_err("it is over");
    assert_eq!(again.code, "run.over");
}

#[tokio::test]
async fn deleting_a_task_ends_its_command() {
    let app = TestApp::new().await;
    let mut leash = Leash::new(&app.place.work());
    let task = app.add(draft("t", "0 0 1 1 *", &leash.endless())).await;
    let run = app.start_run(task.id).await;
    leash.ready().await;
    app.service
        .task_delete(&app.console(), task.id, None)
        .await
        .expect("deleted");
    leash.gone().await;
    let gone = app
        .service
        .run_get(&app.console(), run)
        .await
        .expect_err("it went with its task");
    assert_eq!(gone.kind.status(), 404);
}

#[tokio::test]
async fn output_is_kept_as_it_came() {
    let app = TestApp::new().await;
    let binary = "printf '\\377\\000\\033[31mred\\r\\n\\303'";
    let (run, written) = app.execute(draft("binary", "0 0 1 1 *", binary)).await;
    assert_eq!(written, b"\xff\0\x1b[31mred\r\n\xc3");
    let text = app
        .service
        .run_output(&app.console(), run.id)
        .await
        .expect("output")
        .text;
    assert!(
        text.starts_with('\u{fffd}') && text.contains("red"),
        "{text:?}"
    );

    let viewer = app.signed_in("vi", Role::Viewer).await;
    let file = viewer.get(&format!("/api/v1/runs/{}/output", run.id)).await;
    assert_eq!(file.body, written);
    assert!(
        file.header("content-disposition").starts_with("attachment"),
        "never shown as a page"
    );
    assert!(file.header("content-type").starts_with("text/plain"));
    let page = viewer.open(&format!("/runs/{}", run.id)).await;
    assert_eq!(page.status, 200);
    assert!(
        !page.body.contains(&0x1b),
        "no escape code gets onto the page"
    );

    let markup = "echo '<script>alert(1)</script></pre>'";
    let (run, _) = app.execute(draft("markup", "0 0 1 1 *", markup)).await;
    let page = viewer.open(&format!("/runs/{}", run.id)).await.text();
    assert!(
        !page.contains("<script>alert(1)"),
        "output is text, not markup"
    );
    assert!(page.contains("alert(1)"));
}

#[tokio::test]
async fn of_much_output_head_and_tail_are_kept() {
    let app = TestApp::with(&["--output-head=262144"]).await;
    let command = "echo HEAD; head -c 5000000 /dev/zero | tr '\\0' x; echo; echo TAIL";
    let (run, written) = app.execute(draft("much", "0 0 1 1 *", command)).await;
    assert_eq!(
        (run.state, run.output_bytes),
        (RunState::Succeeded, 5_000_011)
    );
    assert!(run.output_truncated);
    assert!(written.starts_with(b"HEAD\nxxx") && written.ends_with(b"xxx\nTAIL\n"));
    assert!(
        (500_000..600_000).contains(&written.len()),
        "{} bytes",
        written.len()
    );
    // The same for readers of the page.
    let output = app
        .service
        .run_output(&app.console(), run.id)
        .await
        .expect("output");
    let text = String::from_utf8(written).expect("text");
    assert_eq!(output.text, text);
    let dropped = output.dropped_bytes;
    let gap = format!("\n[… {dropped} bytes omitted / 省略 {dropped} 字节 …]\n");
    assert!(text.contains(&gap), "the gap says how much is missing");
    let kept = i64::try_from(text.len() - gap.len()).expect("small");
    assert_eq!(kept + dropped, run.output_bytes);
}

#[tokio::test]
async fn a_background_process_does_not_hold_the_run() {
    let app = TestApp::new().await;
    let mut leash = Leash::new(&app.place.work());
    let command = format!("{}; sleep 600 & echo x", leash.start());
    let task = app.add(draft("t", "0 0 1 1 *", &command)).await;
    let run = app.start_run(task.id).await;
    let group = leash.ready().await;
    let run = app.ended(run).await;
    assert_eq!((run.state, run.exit_code), (RunState::Succeeded, Some(0)));
    assert_eq!(
        app.service
            .run_output(&app.console(), run.id)
            .await
            .expect("output")
            .text,
        "x\n"
    );
    // It was released on purpose; the test started it and ends it.
    nix::sys::signal::killpg(
        nix::unistd::Pid::from_raw(group),
        nix::sys::signal::Signal::SIGKILL,
    )
    .expect("it lives");
    leash.gone().await;
}

#[tokio::test]
async fn a_command_sees_its_own_environment_only() {
    let app = TestApp::new().await;
    let (run, written) = app
        .execute(draft("env", "0 0 1 1 *", "env -0; id -un; pwd; umask"))
        .await;
    let text = String::from_utf8(written).expect("text");
    let (variables, rest) = text.rsplit_once('\0').expect("variables");
    let mut names: Vec<&str> = variables
        .split('\0')
        .filter_map(|pair| Some(pair.split_once('=')?.0))
        .collect();
    names.sort_unstable();
    let ours = [
        "HOME",
        "JCRONTAB_ATTEMPT",
        "JCRONTAB_RUN_ID",
        "JCRONTAB_SCHEDULED_FOR",
        "JCRONTAB_SERVER_MARK",
        "JCRONTAB_TASK_ID",
        "LANG",
        "LOGNAME",
        "PATH",
        "PWD",
        "SHELL",
        "TZ",
        "USER",
    ];
    names.retain(|name| *name != "_" && *name != "SHLVL" && *name != "OLDPWD");
    assert_eq!(names, ours);
    assert!(variables.contains(&format!("JCRONTAB_RUN_ID={}", run.id)));
    let rest: Vec<&str> = rest.lines().collect();
    if is_root() {
        assert_eq!(
            rest[0], "nobody",
            "a server started as root does not run commands as root"
        );
    }
    assert!(
        variables.contains(&format!("USER={}", rest[0])),
        "{variables}"
    );
    assert!(
        variables.contains(&format!("PWD={}", rest[1])),
        "it starts in its scratch folder"
    );
    // The server's own environment is not passed on.
    assert!(!variables.contains("CARGO"), "{variables}");
}

#[tokio::test]
async fn the_server_keeps_its_secrets_from_commands() {
    let app = TestApp::new().await;
    let data = app.place.data();
    let command = format!(
        "cat {0}/secret.key {0}/jcrontab.db {0}/host.key; ls {0}",
        data.display()
    );
    let (run, written) = app.execute(draft("nosy", "0 0 1 1 *", &command)).await;
    if is_root() {
        assert_ne!(
            run.exit_code,
            Some(0),
            "{}",
            String::from_utf8_lossy(&written)
        );
        assert!(!String::from_utf8_lossy(&written).contains("SQLite format"));
    }
}

#[tokio::test]
async fn the_longest_command_runs_and_a_longer_one_is_refused() {
    let app = TestApp::new().await;
    let start = "echo long; : ";
    let longest = format!("{start}{}", "x".repeat(COMMAND_MAX_BYTES - start.len()));
    let (run, written) = app.execute(draft("longest", "0 0 1 1 *", &longest)).await;
    assert_eq!(
        (run.state, written.as_slice()),
        (RunState::Succeeded, &b"long\n"[..])
    );
    let longer = draft("longer", "0 0 1 1 *", &format!("{longest}x"));
    let refused = app
        .service
        .task_create(&app.console(), &longer)
        .await
        .expect_err("too long");
    assert_eq!(refused.fields[0].field, "command");
}

#[tokio::test]
async fn many_commands_at_once_all_come_home() {
    let app = TestApp::new().await;
    let mut runs = Vec::new();
    for number in 0..60 {
        let task = app
            .add(draft(
                &format!("t{number}"),
                "0 0 1 1 *",
                &format!("echo {number}; exit {number}"),
            ))
            .await;
        runs.push(app.start_run(task.id).await);
    }
    for (number, id) in runs.into_iter().enumerate() {
        let run = in_time("a run", app.ended(id)).await;
        assert_eq!(run.exit_code, i32::try_from(number).ok());
        let output = app
            .service
            .run_output(&app.console(), id)
            .await
            .expect("output");
        assert_eq!(output.text, format!("{number}\n"));
    }
    let executor = app.components.executor.as_ref().expect("an executor");
    in_time("the executor to be idle", executor.drain()).await;
    assert_eq!(executor.running(), 0);
}
