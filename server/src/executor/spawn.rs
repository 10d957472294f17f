//! Starting a command: through the exec helper, contained, and written down first.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Stdio;

use app::run::RunReason;
use nix::errno::Errno;
use tokio::process::{Child, Command};

use super::environment::not_started;
use super::identity::Whom;
use super::journal::{Entry, boot_id};
use super::read::Pipe;
use super::tree::Process;
use super::wait::Socket;
use super::{Containment, Environment, Job, cgroup, helper};

/// What holds the processes of a run together.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    /// A control group.
    Leaf(PathBuf),
    /// The supervisor, by its pid: a child of ours, so the pid is its own until we wait for it.
    Supervisor(i32),
}

/// A command that was started, or whose helper still takes its steps.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) child: Child,
    pub(super) tree: Tree,
    pub(super) whom: Whom,
    /// What the helper says.
    pub(super) socket: Socket,
    pub(super) out: Pipe,
    pub(super) err: Pipe,
}

/// Starts the command of a job. Blocks for as long as starting a small program takes.
pub(super) fn start(
    job: &Job,
    containment: &Containment,
    environment: Environment,
) -> Result<Started, RunReason> {
    let run_as = &job.task.execution.run_as;
    let whom = containment
        .identity
        .whom(run_as)
        .map_err(|refused| not_started(refused.code(), &refused.detail()))?;
    let leaf = containment.cgroups.as_ref().and_then(|cgroups| {
        let leaf = cgroups.leaf(job.run_id, &job.task.execution.limits);
        leaf.inspect_err(|error| {
            tracing::warn!(run.id = job.run_id.0, %error, "no control group for a run; a supervisor keeps its processes together");
        })
        .ok()
    });
    let mut entry = Entry {
        run: job.run_id,
        boot: boot_id(),
        leave: job.task.execution.outlives_server,
        leaf: leaf.clone(),
        process: None,
    };
    // Before the act: what the server starts in its last instant is found by its marks.
    containment.journal.started(entry.clone());
    let started = spawn(job, containment, environment, whom, leaf.clone());
    match started {
        Ok((started, pid)) => {
            crate::faults::point("spawn.done");
            entry.process = Process::look(pid).map(|process| (pid, process.started));
            containment.journal.started(entry);
            Ok(started)
        }
        Err(error) => {
            containment.journal.ended(job.run_id);
            if let (Some(cgroups), Some(leaf)) = (&containment.cgroups, leaf) {
                cgroups.leave(leaf);
            }
            Err(not_started("spawn", &words(&error)))
        }
    }
}

fn spawn(
    job: &Job,
    containment: &Containment,
    environment: Environment,
    whom: Whom,
    leaf: Option<PathBuf>,
) -> std::io::Result<(Started, i32)> {
    let (socket, theirs) = UnixStream::pair()?;
    socket.set_nonblocking(true)?;
    let socket = match leaf {
        Some(_) => Socket::Looked(socket),
        None => Socket::Heard(tokio::net::UnixStream::from_std(socket)?),
    };
    let (out, out_end) = std::io::pipe()?;
    let (err, err_end) = std::io::pipe()?;
    // All that can fail comes before the command.
    let (out, err) = (Pipe::new(out)?, Pipe::new(err)?);
    let mut command = containment.helper.command();
    command
        .args(arguments(job, &whom, leaf.as_deref()))
        .arg("--")
        .arg(&job.task.command)
        .env("HOME", &whom.home)
        .env("USER", &whom.user)
        .env("LOGNAME", &whom.user)
        // These may name them otherwise.
        .envs(environment.vars)
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(out_end)
        .stderr(err_end);
    let mut command = Command::from(command);
    let child = command.spawn()?;
    // Our copies of its ends go with it; else no end would ever be seen.
    drop(command);
    let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
    let pid = pid.ok_or_else(|| std::io::Error::other("it has no pid"))?;
    let started = Started {
        child,
        tree: leaf.map_or(Tree::Supervisor(pid), Tree::Leaf),
        whom,
        socket,
        out,
        err,
    };
    Ok((started, pid))
}

/// What the helper is to do. Everybody on the machine can read it: numbers and paths only.
fn arguments(job: &Job, whom: &Whom, leaf: Option<&std::path::Path>) -> Vec<std::ffi::OsString> {
    let execution = &job.task.execution;
    let limits = &execution.limits;
    let mut arguments = vec![match leaf {
        Some(leaf) => cgroup::argument(leaf).into(),
        None => "tree".into(),
    }];
    let memory = limits.memory_mib.map(|mib| mib.saturating_mul(1024 * 1024));
    for (name, value) in [
        ("cpu", limits.cpu_seconds),
        ("memory", memory),
        ("files", limits.open_files),
        ("processes", limits.processes),
        ("nice", limits.nice),
    ] {
        arguments.extend(value.map(|value| format!("{name}={value}").into()));
    }
    if let Some(switch) = &whom.switch {
        let groups: Vec<String> = switch.groups.iter().map(ToString::to_string).collect();
        arguments.push(format!("uid={}", switch.uid).into());
        arguments.push(format!("gid={}", switch.gid).into());
        arguments.push(format!("groups={}", groups.join(",")).into());
    }
    let mut cwd = std::ffi::OsString::from("cwd=");
    if execution.cwd.is_empty() {
        cwd.push(&whom.scratch);
    } else {
        cwd.push(&execution.cwd);
    }
    arguments.push(cwd);
    arguments
}

/// The reason for a step of the helper that failed.
pub(super) fn refused(job: &Job, whom: &Whom, step: u8, errno: Errno) -> RunReason {
    let execution = &job.task.execution;
    let name = helper::step_name(step);
    let what = match name {
        "cwd" if execution.cwd.is_empty() => whom.scratch.display().to_string(),
        "cwd" => execution.cwd.clone(),
        "user" => whom.user.clone(),
        "setup" => step.to_string(),
        _ => return not_started(name, errno.desc()),
    };
    not_started(name, &format!("{}: {what}", errno.desc()))
}

/// The system's words for an error, without std's number behind them.
fn words(error: &std::io::Error) -> String {
    error.raw_os_error().map_or_else(
        || error.to_string(),
        |number| Errno::from_raw(number).desc().to_owned(),
    )
}
