//! Starts a command: through the exec helper, contained, and recorded in the journal first.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use tokio::process::Command;

use super::child::{Child, Launched};
use super::read::Pipe;
use super::wait::Socket;
use crate::cgroup::PROCESSES;
use crate::containment::Containment;
use crate::environment::Environment;
use crate::identity::RunAsUser;
use crate::journal::{JournalEntry, boot_id};
use crate::launcher::{Answer, LaunchError};
use crate::order::{Order, Work};
use crate::report::not_started;
use crate::tree::Process;
use crate::{cgroup, helper, shell, strays};

/// How long to search for a process whose start is unknown: far longer than fork and exec take.
const SEARCH: Duration = Duration::from_secs(2);

/// What holds the processes of a run together.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    /// A control group.
    Leaf(PathBuf),
    /// The supervisor, by its pid: a child of ours, so the pid is not reused before we reap it.
    Supervisor(i32),
}

/// A command that was started, or whose helper is still preparing it.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) child: Child,
    pub(super) tree: Tree,
    pub(super) whom: RunAsUser,
    /// Messages of the helper.
    pub(super) socket: Socket,
    pub(super) out: Pipe,
    /// `None` where both streams share one pipe.
    pub(super) err: Option<Pipe>,
}

/// Starts the command of an order. Blocks for as long as starting a small program takes.
pub(super) fn start(
    order: &Order,
    containment: &Containment,
    environment: Environment,
) -> Result<Started, String> {
    let whom = containment
        .identity
        .whom(order.task, &order.run_as)
        .map_err(|refused| not_started(refused.code(), &refused.detail()))?;
    let leaf = containment.cgroups.as_ref().and_then(|cgroups| {
        let leaf = cgroups.leaf(order.run, &order.limits);
        leaf.inspect_err(|error| {
            tracing::warn!(%error, "no control group for a run; a supervisor keeps its processes together");
        })
        .ok()
    });
    let mut entry = JournalEntry {
        run: order.run,
        boot: boot_id(),
        leave: order.outlives,
        leaf: leaf.clone(),
        process: None,
    };
    // Recorded before the start: a process that the server starts in its last moment is then found by its marks.
    containment.journal.started(entry.clone());
    let started = spawn(order, containment, environment, whom, leaf.clone());
    match started {
        Ok((started, pid)) => {
            (containment.spawned)();
            entry.process = Process::look(pid).map(|process| (pid, process.started));
            containment.journal.started(entry);
            Ok(started)
        }
        Err(error) => {
            containment.journal.ended(order.run);
            if let (Some(cgroups), Some(leaf)) = (&containment.cgroups, leaf) {
                cgroups.leave(leaf);
            }
            Err(not_started("spawn", &words(&error)))
        }
    }
}

fn spawn(
    order: &Order,
    containment: &Containment,
    environment: Environment,
    whom: RunAsUser,
    leaf: Option<PathBuf>,
) -> std::io::Result<(Started, i32)> {
    let (socket, theirs) = UnixStream::pair()?;
    socket.set_nonblocking(true)?;
    let socket = match leaf {
        Some(_) => Socket::Polled(socket),
        None => Socket::Watched(tokio::net::UnixStream::from_std(socket)?),
    };
    let (out, out_end) = std::io::pipe()?;
    let (err, err_end) = if order.merge_output {
        // One pipe keeps the order of what is written to both streams.
        (None, OwnedFd::from(out_end.try_clone()?))
    } else {
        let (err, end) = std::io::pipe()?;
        (Some(Pipe::new(err)?), OwnedFd::from(end))
    };
    // Everything that can fail comes before the command is started.
    let out = Pipe::new(out)?;
    let ends = [OwnedFd::from(theirs), OwnedFd::from(out_end), err_end];
    let mut vars: BTreeMap<OsString, OsString> = BTreeMap::new();
    vars.insert("HOME".into(), whom.home.clone().into());
    vars.insert("USER".into(), whom.user.clone().into());
    vars.insert("LOGNAME".into(), whom.user.clone().into());
    // The task may set them to something else.
    let own = environment.vars.into_iter();
    vars.extend(own.map(|(name, value)| (name.into(), value.into())));
    let mut arguments = arguments(order, containment, &whom, leaf.as_deref());
    let files = environment.secret_files.iter();
    arguments.extend(files.map(|name| format!("secret_file={name}").into()));
    arguments.extend(["--".into(), command_of(order).into()]);
    let (child, pid) = begin(order, containment, &arguments, &vars, ends, leaf.as_deref())?;
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

/// Starts the helper, through the launcher where possible. The files are closed here afterwards:
/// otherwise no pipe would ever reach its end.
fn begin(
    order: &Order,
    containment: &Containment,
    arguments: &[OsString],
    vars: &BTreeMap<OsString, OsString>,
    ends: [OwnedFd; 3],
    leaf: Option<&Path>,
) -> std::io::Result<(Child, i32)> {
    if let Some(launcher) = &containment.launcher {
        let files = [&ends[0], &ends[1], &ends[2]];
        match launcher.launch(&containment.helper, arguments, vars, files) {
            Ok(Answer::Declined) => {}
            Ok(Answer::Child(pid)) => {
                let child = Launched::new(pid).inspect_err(|_| {
                    drop(ends);
                    end_unknown(order, containment, leaf);
                })?;
                return Ok((Child::Launched(child), pid.as_raw_nonzero().get()));
            }
            Err(LaunchError::Refused(error)) => return Err(error),
            Err(error @ LaunchError::Unknown) => {
                drop(ends);
                end_unknown(order, containment, leaf);
                return Err(std::io::Error::other(error));
            }
        }
    }
    let [socket, out, err] = ends;
    let mut command = containment.helper.command();
    command
        .args(&containment.isolation.arguments)
        .args(arguments)
        .envs(vars)
        .stdin(Stdio::from(socket))
        .stdout(out)
        .stderr(err);
    let mut command = Command::from(command);
    let child = command.spawn()?;
    drop(command);
    let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
    let pid = pid.ok_or_else(|| std::io::Error::other("it has no pid"))?;
    Ok((Child::Spawned(child), pid))
}

/// Kills a process that may have been started without being tracked: a run that is reported as not
/// started must not be running. A child that was only just forked has no marks yet, so the search is
/// repeated for a while.
fn end_unknown(order: &Order, containment: &Containment, leaf: Option<&Path>) {
    let until = Instant::now() + SEARCH;
    loop {
        let left = match leaf {
            Some(leaf) => usize::from(!cgroup::kill(leaf, until)),
            None => 0,
        };
        match strays::end_run(&containment.identity.host_key, order.run, until) {
            Ok(found) if found + left > 0 => {
                tracing::error!("what is left of a run cannot be ended");
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "what is left of a run cannot be seen");
            }
        }
        if Instant::now() >= until {
            return;
        }
        std::thread::sleep(SEARCH / 10);
    }
}

/// The arguments of the helper. Every user of the machine can read them, so they hold numbers and
/// paths only.
fn arguments(
    order: &Order,
    containment: &Containment,
    whom: &RunAsUser,
    leaf: Option<&Path>,
) -> Vec<OsString> {
    let limits = &order.limits;
    let mut arguments = vec![match leaf {
        Some(leaf) => cgroup::argument(leaf).into(),
        None => "tree".into(),
    }];
    let shell = shell::of(&order.shell);
    if shell != shell::USUAL {
        arguments.push(format!("shell={shell}").into());
    } else if containment.shell_is_known {
        arguments.push("direct".into());
    }
    let processes = limits
        .processes
        .or_else(|| usual_processes(containment, order));
    let memory = limits.memory_mib.map(|mib| mib.saturating_mul(1024 * 1024));
    for (name, value) in [
        ("cpu", limits.cpu_seconds),
        ("memory", memory),
        ("files", limits.open_files),
        ("processes", processes),
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
    let mut cwd = OsString::from("cwd=");
    if order.cwd.is_empty() {
        cwd.push(&whom.scratch);
    } else {
        cwd.push(&order.cwd);
    }
    arguments.push(cwd);
    arguments
}

/// The default limit of processes of a task with a user of its own: the kernel counts per user, so
/// with a shared user those of other tasks would count.
fn usual_processes(containment: &Containment, order: &Order) -> Option<i64> {
    let is_own = containment.identity.pool().is_some() && order.run_as.is_empty();
    is_own.then_some(PROCESSES)
}

/// The command of an order; empty where it sends a request.
fn command_of(order: &Order) -> &str {
    match &order.work {
        Work::Command(command) => command,
        Work::Http(_) => "",
    }
}

/// The interpreter on a script's `#!` line.
fn interpreter(command: &str) -> &str {
    let line = command.lines().next().unwrap_or_default();
    line.trim_start_matches("#!").trim()
}

/// The reason for a step of the helper that failed.
pub(super) fn refused(order: &Order, whom: &RunAsUser, step: u8, errno: Errno) -> String {
    let name = helper::step_name(step);
    let what = match name {
        "cwd" if order.cwd.is_empty() => whom.scratch.display().to_string(),
        "cwd" => order.cwd.clone(),
        "user" => whom.user.clone(),
        "shell" => shell::of(&order.shell),
        "interpreter" => interpreter(command_of(order)).to_owned(),
        "setup" => step.to_string(),
        _ => return not_started(name, errno.desc()),
    };
    not_started(name, &format!("{}: {what}", errno.desc()))
}

/// The system's text for an error, without the number that std adds.
fn words(error: &std::io::Error) -> String {
    error.raw_os_error().map_or_else(
        || error.to_string(),
        |number| Errno::from_raw(number).desc().to_owned(),
    )
}
