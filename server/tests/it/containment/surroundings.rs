//! The environment of a command when it starts, and why it may not start.

use std::os::unix::fs::PermissionsExt;

use app::backend::{Runs, Tasks};
use app::run::RunState;
use app::task::execution::{EnvVar, ExecutionDraft, LimitsDraft};
use app::task::{TaskDraft, TaskSpec};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};

use super::super::helpers::{TestApp, draft};
use super::{modes, with};

fn is_root() -> bool {
    nix::unistd::Uid::effective().is_root()
}

/// Runs a command with an execution and gives what it wrote.
async fn output_of(app: &TestApp, name: &str, command: &str, execution: ExecutionDraft) -> String {
    let task = TaskDraft {
        name: name.to_owned(),
        ..with(command, execution)
    };
    let (run, output) = app.execute(task).await;
    let output = String::from_utf8_lossy(&output).into_owned();
    assert_eq!(run.state, RunState::Succeeded, "{output} {run:?}");
    output
}

#[tokio::test]
async fn a_command_starts_clean() {
    for mode in modes() {
        let app = TestApp::with(&[mode]).await;
        // A file that every started process inherits.
        let leak = std::fs::File::open("/dev/null").expect("a file");
        fcntl(&leak, FcntlArg::F_SETFD(FdFlag::empty())).expect("its flags");
        let plain = ExecutionDraft::default;
        let files = output_of(&app, "files", "ls /proc/self/fd", plain()).await;
        // The last one is the folder that `ls` reads.
        assert_eq!(files, "0\n1\n2\n3\n", "{mode}");
        assert_eq!(
            output_of(&app, "stdin", "readlink /proc/self/fd/0", plain()).await,
            "/dev/null\n"
        );
        assert_eq!(
            output_of(&app, "umask", "umask", plain()).await,
            "0077\n",
            "{mode}"
        );
        let status = "grep -E '^(NoNewPrivs|SigBlk|SigIgn):' /proc/self/status";
        let status = output_of(&app, "status", status, plain()).await;
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            u64::from_str_radix(line.expect("a line").trim_start_matches(':').trim(), 16)
        };
        assert_eq!((of("NoNewPrivs"), of("SigBlk")), (Ok(1), Ok(0)), "{mode}");
        // glibc keeps 32 and 33 for itself and ignores them in whatever it starts.
        assert_eq!(of("SigIgn").map(|set| set & !(3 << 31)), Ok(0), "{mode}");
        let pipe = "yes | head -n 1; trap";
        assert_eq!(
            output_of(&app, "pipe", pipe, plain()).await,
            "y\n",
            "{mode}"
        );
        let leads = "[ \"$(cut -d ' ' -f 5,6 /proc/$$/stat)\" = \"$$ $$\" ] && echo leads";
        assert_eq!(
            output_of(&app, "session", leads, plain()).await,
            "leads\n",
            "{mode}"
        );
        let limits = output_of(&app, "core", "ulimit -c", plain()).await;
        assert_eq!(limits, "0\n", "no memory of a command lands in a file");
        drop(leak);
    }
}

#[tokio::test]
async fn limits_and_niceness_hold() {
    for mode in modes() {
        let app = TestApp::with(&[mode]).await;
        let limited = || ExecutionDraft {
            limits: LimitsDraft {
                cpu: "1m".into(),
                memory: "512M".into(),
                open_files: "100".into(),
                processes: "4000".into(),
                nice: "5".into(),
            },
            ..ExecutionDraft::default()
        };
        let limits = output_of(&app, "limits", "cat /proc/self/limits", limited()).await;
        let value = |name: &str| -> Vec<String> {
            let line = limits.lines().find_map(|line| line.strip_prefix(name));
            let line = line.unwrap_or_else(|| panic!("{name}: {limits}"));
            line.split_ascii_whitespace()
                .take(2)
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(value("Max cpu time"), ["60", "65"], "{mode}");
        assert_eq!(
            value("Max address space"),
            ["536870912", "536870912"],
            "{mode}"
        );
        assert_eq!(value("Max open files"), ["100", "100"], "{mode}");
        assert_eq!(value("Max processes"), ["4000", "4000"], "{mode}");
        let own: i32 = String::from_utf8_lossy(
            &std::process::Command::new("nice")
                .output()
                .expect("nice")
                .stdout,
        )
        .trim()
        .parse()
        .expect("a number");
        let nice = output_of(&app, "nice", "nice", limited()).await;
        assert_eq!(nice, format!("{}\n", (own + 5).min(19)), "{mode}");

        let small = ExecutionDraft {
            limits: LimitsDraft {
                memory: "64M".into(),
                ..LimitsDraft::default()
            },
            ..ExecutionDraft::default()
        };
        let hog = "head -c 200000000 /dev/zero | tail -c 150000000 | wc -c";
        let task = TaskDraft {
            name: "hog".into(),
            ..with(&format!("{hog} | grep -qx 150000000"), small)
        };
        let (run, output) = app.execute(task).await;
        assert_eq!(run.state, RunState::Failed, "{mode}");
        assert!(
            String::from_utf8_lossy(&output).contains("memory"),
            "{mode}"
        );
        assert_eq!(
            output_of(&app, "other", hog, ExecutionDraft::default()).await,
            "150000000\n"
        );

        let spin = ExecutionDraft {
            limits: LimitsDraft {
                cpu: "1s".into(),
                ..LimitsDraft::default()
            },
            ..ExecutionDraft::default()
        };
        let task = TaskDraft {
            name: "spin".into(),
            ..with("while :; do :; done", spin)
        };
        let (run, _) = app.execute(task).await;
        let xcpu = nix::sys::signal::Signal::SIGXCPU as i32;
        assert_eq!(
            (run.state, run.signal),
            (RunState::Failed, Some(xcpu)),
            "{mode}"
        );
    }
}

/// Runs a command that must not start, and gives the reason.
async fn reason(app: &TestApp, name: &str, execution: ExecutionDraft) -> String {
    let ledger = app.place.ledger();
    let task = TaskDraft {
        name: name.to_owned(),
        ..with(&ledger.command("started"), execution)
    };
    let (run, output) = app.execute(task).await;
    assert_eq!(
        (run.state, run.exit_code, run.signal),
        (RunState::Failed, None, None)
    );
    assert!(output.is_empty());
    assert_eq!(ledger.lines(), [""; 0], "nothing was started");
    run.reason.expect("a reason")
}

#[tokio::test]
async fn a_working_folder_is_entered_with_the_rights_of_the_user() {
    for mode in modes() {
        let app = TestApp::with(&[mode]).await;
        let work = app.place.work().canonicalize().expect("a folder");
        let at = |folder: &std::path::Path| ExecutionDraft {
            cwd: folder.display().to_string(),
            ..ExecutionDraft::default()
        };
        assert_eq!(
            output_of(&app, "there", "pwd", at(&work)).await,
            format!("{}\n", work.display())
        );
        let missing = work.join("缺 of it");
        assert_eq!(
            reason(&app, "missing", at(&missing)).await,
            format!(
                "not_started:@cwd No such file or directory: {}",
                missing.display()
            ),
            "{mode}"
        );
        if is_root() {
            let closed = work.join("closed");
            std::fs::create_dir(&closed).expect("a folder");
            std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o700)).expect("its mode");
            assert_eq!(
                reason(&app, "closed", at(&closed)).await,
                format!("not_started:@cwd Permission denied: {}", closed.display()),
                "{mode}"
            );
        }
    }
}

/// Enters a task past the rules of forms: settings and files change after a task was saved.
async fn enter(app: &TestApp, name: &str, execution: app::task::Execution) -> app::id::TaskId {
    let spec = TaskSpec {
        name: name.to_owned(),
        command: "id -un; id -Gn; echo $HOME $USER $LOGNAME; pwd".to_owned(),
        execution: execution.shared(),
        ..TaskSpec::example()
    };
    let act = app.act();
    let inserted = app
        .components
        .store
        .insert_task(&act, &spec, |_| Vec::new());
    inserted.await.expect("a task")
}

#[tokio::test]
async fn only_listed_users_run_commands() {
    for mode in modes() {
        let app = TestApp::with(&[mode, "--run-as-allow=games, no-such-user"]).await;
        let executor = app.components.executor.as_ref().expect("an executor");
        let scratch = app.place.scratch().display().to_string();
        let run = async |name: &str, user: &str| {
            let execution = app::task::Execution {
                run_as: user.to_owned(),
                ..Default::default()
            };
            let task = enter(&app, name, execution).await;
            let run = app.start_run(task).await;
            let run = app.ended(run).await;
            let console = app.console();
            let output = app
                .service
                .run_output_raw(&console, run.id)
                .await
                .expect("output");
            (run, String::from_utf8(output).expect("text"))
        };
        if !is_root() {
            let (refused, _) = run("other", "games").await;
            assert!(
                refused
                    .reason
                    .expect("a reason")
                    .starts_with("not_started:@run_as_not_root")
            );
            assert_eq!(executor.run_as_users().len(), 1);
            continue;
        }
        assert_eq!(executor.run_as_users(), ["nobody", "games", "no-such-user"]);
        let (listed, output) = run("listed", "games").await;
        assert_eq!(listed.state, RunState::Succeeded, "{listed:?}");
        let lines: Vec<&str> = output.lines().collect();
        assert_eq!(
            lines[..2],
            ["games", "games"],
            "neither root nor its groups"
        );
        assert!(lines[2].ends_with(" games games"), "{output}");
        assert!(lines[3].starts_with(&scratch), "{output}");
        let (usual, output) = run("usual", "nobody").await;
        assert_eq!(usual.state, RunState::Succeeded);
        assert!(output.starts_with("nobody\nnogroup\n"), "{output}");
        for (name, user, reason) in [
            (
                "unlisted",
                "daemon",
                "not_started:@run_as_not_listed daemon",
            ),
            ("root", "root", "not_started:@run_as_not_listed root"),
            (
                "missing",
                "no-such-user",
                "not_started:@run_as_unknown no-such-user",
            ),
        ] {
            let (refused, output) = run(name, user).await;
            assert_eq!(refused.state, RunState::Failed);
            assert_eq!(refused.reason.as_deref(), Some(reason));
            assert_eq!(output, "");
            assert!(executor.check_run_as(user).is_err());
        }
        assert!(executor.check_run_as("games").is_ok() && executor.check_run_as("").is_ok());
    }
}

#[tokio::test]
async fn what_the_system_does_not_take_is_named() {
    for mode in modes() {
        let app = TestApp::with(&[mode]).await;
        for (name, variable, value, reason) in [
            // One variable may have 128 KiB.
            (
                "long",
                "LONG",
                "x".repeat(200_000),
                "@spawn Argument list too long",
            ),
            ("zero", "ZERO", "a\0b".to_owned(), "@variable ZERO"),
            ("name", "A=B", "c".to_owned(), "@variable A=B"),
        ] {
            let variable = EnvVar {
                name: variable.to_owned(),
                value,
            };
            let execution = app::task::Execution {
                env: vec![variable],
                ..Default::default()
            };
            let task = enter(&app, name, execution).await;
            let run = app.start_run(task).await;
            let run = app.ended(run).await;
            assert_eq!(run.state, RunState::Failed);
            assert_eq!(run.reason, Some(format!("not_started:{reason}")), "{mode}");
        }
        // Nothing of that is left in the way.
        assert_eq!(
            output_of(&app, "next", "echo fine", ExecutionDraft::default()).await,
            "fine\n"
        );
    }
}

#[tokio::test]
async fn variables_come_in_their_order_and_ours_are_ours() {
    let app = TestApp::with(&[]).await;
    let execution = ExecutionDraft {
        env: "HOME=/elsewhere\nGREETING=hello world\nPATH=/usr/bin:/bin".into(),
        ..ExecutionDraft::default()
    };
    let command = "echo \"$HOME $GREETING $PATH $JCRONTAB_ATTEMPT\"";
    assert_eq!(
        output_of(&app, "env", command, execution).await,
        "/elsewhere hello world /usr/bin:/bin 1\n"
    );
    let forged = app::task::Execution {
        env: vec![EnvVar {
            name: "JCRONTAB_RUN_ID".into(),
            value: "1000000".into(),
        }],
        ..Default::default()
    };
    let task = enter(&app, "forged", forged).await;
    let edited = TaskDraft {
        name: "plain".into(),
        ..draft("plain", "0 0 1 1 *", "env")
    };
    app.service
        .task_create(&app.console(), &edited)
        .await
        .expect("a task");
    let run = app.start_run(task).await;
    assert_eq!(app.ended(run).await.state, RunState::Succeeded);
}

#[tokio::test]
async fn saving_a_memory_limit_says_where_it_holds_for_each_process_only() {
    for mode in modes() {
        let app = TestApp::with(&[mode]).await;
        let executor = app.components.executor.as_ref().expect("an executor");
        let whole = executor.bounds_memory_of_runs();
        let admin = app.signed_in("ada", app::auth::Role::Admin).await;
        let about = admin.get("/api/v1/about").await.expect(200);
        assert_eq!(about["memory_limit_of_run"], whole, "{about}");
        for (name, memory) in [("bounded", "64M"), ("free", "")] {
            let task = serde_json::json!({
                "name": name, "cron": "0 0 1 1 *", "command": "true", "zone": "UTC",
                "execution": {"limits": {"memory": memory}},
            });
            let saved = admin.post("/api/v1/tasks", task).await.expect(201);
            let shown = saved["warnings"].to_string().contains("内存控制器");
            assert_eq!(shown, !memory.is_empty() && !whole, "{mode}: {saved}");
        }
        if mode.contains("supervisor") {
            assert!(!whole, "there are no control groups");
        }
    }
}
