//! Containment of a command: its environment, its limits, and that none of its processes escapes.
//!
//! Control groups and the supervisor give the same guarantees, so most tests run with both. On a machine without a
//! writable cgroup v2 the first one is not available: the tests say so and run with the second.

mod direct;
mod leftovers;
mod strays;
mod surroundings;

use std::sync::LazyLock;

use app::backend::Runs;
use app::run::{Run, RunState};
use app::task::TaskDraft;
use app::task::execution::{ExecutionDraft, LimitsDraft};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::helpers::{LIMIT, Leash, TestApp, draft};

/// The kinds of containment that this machine supports.
fn modes() -> Vec<&'static str> {
    ways()
        .iter()
        .map(|way| match *way {
            "cgroup" => "--containment=cgroup",
            _ => "--containment=supervisor",
        })
        .collect()
}

/// The same by name.
fn ways() -> &'static [&'static str] {
    static WAYS: LazyLock<Vec<&str>> = LazyLock::new(|| {
        if may_make_groups() {
            return vec!["cgroup", "supervisor"];
        }
        eprintln!(
            "containment: no cgroup v2 that may be written to; only the supervisor is tested"
        );
        vec!["supervisor"]
    });
    &WAYS
}

/// Whether a group can be made below our own in the unified hierarchy, cgroups(7).
fn may_make_groups() -> bool {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let mounts = read("/proc/self/mountinfo");
    let mount = mounts
        .lines()
        .find(|line| line.contains(" - cgroup2 "))
        .and_then(|line| line.split(' ').nth(4));
    let groups = read("/proc/self/cgroup");
    let own = groups.lines().find_map(|line| line.strip_prefix("0::"));
    let (Some(mount), Some(own)) = (mount, own) else {
        return false;
    };
    let name = format!("jcrontab-probe-{}", std::process::id());
    let probe = std::path::Path::new(mount)
        .join(own.trim_start_matches('/'))
        .join(name);
    std::fs::create_dir(&probe).is_ok() && std::fs::remove_dir(&probe).is_ok()
}

/// A task that is started manually, with an execution.
fn with(command: &str, execution: ExecutionDraft) -> TaskDraft {
    TaskDraft {
        execution,
        ..draft("t", "0 0 1 1 *", command)
    }
}

/// Stops after a second instead of ten.
fn impatient() -> ExecutionDraft {
    ExecutionDraft {
        stop_grace: "1s".into(),
        ..ExecutionDraft::default()
    }
}

/// Polls: other processes do not announce what they do.
async fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let until = std::time::Instant::now() + LIMIT;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            std::time::Instant::now() < until,
            "waited in vain for {what}"
        );
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// A field of `/proc/PID/status`; `None` when the process is gone or has ended.
fn status(pid: i32, field: &str) -> Option<String> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let value = |name: &str| {
        let line = text
            .lines()
            .find(|line| line.starts_with(&format!("{name}:")))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    if value("State")?.starts_with('Z') {
        return None;
    }
    value(field)
}

fn lives(pid: i32) -> bool {
    status(pid, "State").is_some()
}

fn pids() -> Vec<i32> {
    let entries = std::fs::read_dir("/proc").expect("/proc").flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

/// Scripts that put a process into a session of its own, without parent and without environment.
fn escape(app: &TestApp, leash: &Leash) -> String {
    escape_from(&app.place.work(), leash)
}

fn escape_from(work: &std::path::Path, leash: &Leash) -> String {
    let name = server::auth::token::random_id(6);
    let outer = work.join(format!("outer-{name}"));
    let inner = work.join(format!("inner-{name}"));
    let text = format!("setsid sh {} &\nexit 0\n", inner.display());
    std::fs::write(&outer, text).expect("a script");
    let text = format!("{}; exec env -i /bin/sleep 600\n", leash.start());
    std::fs::write(&inner, text).expect("a script");
    format!("setsid sh {} &", outer.display())
}

async fn stopped(app: &TestApp, run: app::id::RunId) -> Run {
    app.service
        .run_stop(&app.console(), run)
        .await
        .expect("stopping");
    app.ended(run).await
}

#[tokio::test]
async fn who_leaves_session_parent_and_environment_behind_is_ended_all_the_same() {
    for mode in modes() {
        let app = TestApp::with(&[mode]).await;
        let (mut main, mut gone) = (Leash::new(&app.place.work()), Leash::new(&app.place.work()));
        let command = format!("{} {}", escape(&app, &gone), main.endless());
        let task = app.add(draft("t", "0 0 1 1 *", &command)).await;
        let run = app.start_run(task.id).await;
        let (pid, escaped) = (main.ready().await, gone.ready().await);
        eventually("an orphan without environment", || {
            let environ = std::fs::read(format!("/proc/{escaped}/environ")).ok()?;
            let parent = status(escaped, "PPid")?;
            (environ.is_empty() && parent != pid.to_string()).then_some(())
        })
        .await;
        let run = stopped(&app, run).await;
        assert_eq!(
            (run.state, run.signal),
            (RunState::Killed, Some(15)),
            "{mode}"
        );
        // It is over when they are, and not before.
        assert!(!lives(escaped) && !lives(pid), "{mode}");
        main.gone().await;
        gone.gone().await;
    }
}

#[tokio::test]
async fn a_command_gets_its_grace_and_then_no_more() {
    for mode in modes() {
        let app = TestApp::with(&[mode]).await;
        let mut polite = Leash::new(&app.place.work());
        let command = format!(
            "trap 'echo bye; exit 3' TERM; {}; while :; do sleep 0.05; done",
            polite.start()
        );
        let task = app.add(draft("polite", "0 0 1 1 *", &command)).await;
        let run = app.start_run(task.id).await;
        polite.ready().await;
        let run = stopped(&app, run).await;
        assert_eq!(
            (run.state, run.exit_code),
            (RunState::Killed, Some(3)),
            "{mode}"
        );
        let output = app.service.run_output_raw(&app.console(), run.id).await;
        assert!(output.expect("output").ends_with(b"bye\n"), "{mode}");

        let mut deaf = Leash::new(&app.place.work());
        let deaf_command = format!("trap '' TERM; {}; sleep 600; sleep 600", deaf.start());
        let task = TaskDraft {
            name: "deaf".into(),
            ..with(&deaf_command, impatient())
        };
        let task = app.add(task).await;
        let run = app.start_run(task.id).await;
        deaf.ready().await;
        let run = stopped(&app, run).await;
        assert_eq!(
            (run.state, run.signal),
            (RunState::Killed, Some(9)),
            "{mode}"
        );
        deaf.gone().await;
    }
}

/// Processes of a user that runs nothing else.
fn crowd(user: &str) -> usize {
    let user = nix::unistd::User::from_name(user)
        .expect("users")
        .expect("a user of Debian");
    let is_theirs = |pid: &i32| {
        status(*pid, "Uid").is_some_and(|ids| ids.starts_with(&format!("{}\t", user.uid)))
    };
    pids().iter().filter(|pid| is_theirs(pid)).count()
}

#[tokio::test]
async fn a_fork_bomb_stays_within_its_limit_and_does_not_outlive_the_stop() {
    for (mode, user) in modes().into_iter().zip(["games", "uucp"]) {
        let app = TestApp::with(&[mode, &format!("--run-as-allow={user}")]).await;
        let work = app.place.work();
        let mut leash = Leash::new(&work);
        let bomb = work.join("bomb");
        // Each goes on when a fork fails, deaf, and in a session of its own.
        let text = "use POSIX; $SIG{TERM} = $SIG{CHLD} = 'IGNORE';\n\
            while (1) { my $pid = fork; POSIX::setsid() if defined $pid and !$pid;\n\
            select(undef, undef, undef, 0.005) if !defined $pid }\n";
        std::fs::write(&bomb, text).expect("a script");
        let command = format!(
            "{}; perl {} & exec sleep 600",
            leash.start(),
            bomb.display()
        );
        let limits = LimitsDraft {
            processes: "40".into(),
            ..LimitsDraft::default()
        };
        let execution = ExecutionDraft {
            limits,
            // Processes are counted for each user; this one has no others.
            run_as: user.into(),
            ..impatient()
        };
        let task = with(&command, execution);
        let task = app.add(task).await;
        let run = app.start_run(task.id).await;
        leash.ready().await;
        eventually("a crowd", || (crowd(user) >= 30).then_some(())).await;
        assert!(crowd(user) <= 40, "{mode}");
        let run = stopped(&app, run).await;
        assert_eq!(run.state, RunState::Killed, "{mode}");
        assert_eq!(crowd(user), 0, "{mode}");
        leash.gone().await;
    }
}

#[tokio::test]
async fn what_a_command_leaves_in_the_background_lives_on_and_may_write() {
    for mode in modes() {
        let app = TestApp::with(&[mode]).await;
        let mut leash = Leash::new(&app.place.work());
        let count = app.place.work().join("count");
        // More than a pipe holds: it continues only while the pipe is read.
        let command = format!(
            "{}; (while head -c 100000 /dev/zero; do echo x >> {}; done) & echo done",
            leash.start(),
            count.display()
        );
        let task = app.add(draft("t", "0 0 1 1 *", &command)).await;
        let run = app.start_run(task.id).await;
        let group = leash.ready().await;
        let run = app.ended(run).await;
        assert_eq!(
            (run.state, run.exit_code),
            (RunState::Succeeded, Some(0)),
            "{mode}"
        );
        let rounds = || std::fs::read(&count).map_or(0, |lines| lines.len());
        let before = rounds();
        eventually("the background to go on", || {
            (rounds() > before + 40).then_some(())
        })
        .await;
        // No process above it waits for it: it is an orphan.
        nix::sys::signal::killpg(Pid::from_raw(group), Signal::SIGKILL).expect("it lives");
        leash.gone().await;
    }
}

#[tokio::test]
async fn a_run_does_not_wait_for_a_background_process() {
    for mode in modes() {
        let app = TestApp::with(&[mode]).await;
        let mut leash = Leash::new(&app.place.work());
        let command = format!("{}; sleep 600 & echo x", leash.start());
        let (run, output) = app.execute(draft("t", "0 0 1 1 *", &command)).await;
        assert_eq!(
            (run.state, output.as_slice()),
            (RunState::Succeeded, &b"x\n"[..]),
            "{mode}"
        );
        let group = leash.ready().await;
        nix::sys::signal::killpg(Pid::from_raw(group), Signal::SIGKILL).expect("it lives");
        leash.gone().await;
        // The next run tidies up after this one; what it does not need is gone then.
        app.execute(draft("next", "0 0 1 1 *", ":")).await;
    }
}

#[tokio::test]
async fn without_its_supervisor_a_run_fails_and_leaves_nothing() {
    let app = TestApp::with(&["--containment=supervisor"]).await;
    let mut leash = Leash::new(&app.place.work());
    let command = format!("setsid sleep 600 & {}", leash.endless());
    let task = app.add(draft("t", "0 0 1 1 *", &command)).await;
    let run = app.start_run(task.id).await;
    let pid = leash.ready().await;
    let supervisor: i32 = status(pid, "PPid")
        .expect("a parent")
        .parse()
        .expect("a pid");
    assert_eq!(status(supervisor, "Name").as_deref(), Some("jcrontab-exec"));
    // Other signals do not move it.
    for signal in [
        Signal::SIGTERM,
        Signal::SIGINT,
        Signal::SIGHUP,
        Signal::SIGUSR1,
    ] {
        kill(Pid::from_raw(supervisor), signal).expect("a signal");
    }
    assert!(lives(pid));
    kill(Pid::from_raw(supervisor), Signal::SIGKILL).expect("a signal");
    let run = app.ended(run).await;
    assert_eq!((run.state, run.signal), (RunState::Failed, Some(9)));
    leash.gone().await;
}
