//! One command from start to end.

use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use app::run::log::Stream;
use app::run::{RunReason, RunState};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use super::capture::SharedCapture;
use super::identity::Identity;
use super::{Job, StopReason};

/// Between TERM and KILL.
const GRACE: Duration = Duration::from_secs(10);
/// How long the pipes are read on after the command itself has ended: what it left in them is
/// there at once, and a background process that holds them open must not hold the run open.
const DRAIN: Duration = Duration::from_millis(250);
/// The environment's search path.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// How a command ended.
#[derive(Debug, Default)]
pub(super) struct Ending {
    pub(super) exit_code: Option<i32>,
    pub(super) signal: Option<i32>,
    cause: Cause,
}

#[derive(Debug, Default)]
enum Cause {
    #[default]
    ByItself,
    NotStarted(std::io::Error),
    TimedOut(i64),
    Stopped(StopReason),
}

impl Ending {
    /// The state it comes to, and the reason where that does not say enough.
    pub(super) fn verdict(&self) -> (RunState, Option<RunReason>) {
        match &self.cause {
            Cause::NotStarted(error) => (
                RunState::Failed,
                Some(RunReason::NotStarted(error.to_string())),
            ),
            Cause::TimedOut(seconds) => (RunState::TimedOut, Some(RunReason::TimedOut(*seconds))),
            Cause::Stopped(StopReason::Person(who)) => {
                (RunState::Killed, Some(RunReason::Stopped(who.clone())))
            }
            Cause::Stopped(StopReason::Shutdown) => (RunState::Killed, Some(RunReason::Shutdown)),
            Cause::Stopped(StopReason::Replaced) => (RunState::Killed, Some(RunReason::Replaced)),
            Cause::Stopped(StopReason::Isolated) => (RunState::Lost, Some(RunReason::Isolated)),
            Cause::ByItself if self.exit_code == Some(0) => (RunState::Succeeded, None),
            Cause::ByItself => (RunState::Failed, None),
        }
    }
}

/// Runs a job's command and waits for its end.
pub(super) async fn run(
    job: &Job,
    identity: &Identity,
    starting: &Arc<Semaphore>,
    capture: &SharedCapture,
    mut stopped: watch::Receiver<Option<StopReason>>,
) -> Ending {
    let mut child = match start(job, identity, starting).await {
        Ok(child) => child,
        Err(error) => {
            return Ending {
                cause: Cause::NotStarted(error),
                ..Ending::default()
            };
        }
    };
    // The child leads its group, so its pid names the group, also after it has ended.
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .map(Pid::from_raw);
    let readers = [
        child
            .stdout
            .take()
            .map(|pipe| tokio::spawn(read(pipe, Stream::Out, capture.clone()))),
        child
            .stderr
            .take()
            .map(|pipe| tokio::spawn(read(pipe, Stream::Err, capture.clone()))),
    ];
    let limit = job.task.timeout_seconds;
    let mut cause = Cause::ByItself;
    let status = tokio::select! {
        status = child.wait() => status,
        reason = asked_to_stop(&mut stopped) => {
            cause = Cause::Stopped(reason);
            end(&mut child, group).await
        }
        () = time_limit(limit) => {
            cause = Cause::TimedOut(limit.unwrap_or_default());
            end(&mut child, group).await
        }
    };
    let drained = Instant::now() + DRAIN;
    for reader in readers.into_iter().flatten() {
        // Past the time the reader goes on by itself, so that a background process that still
        // writes gets no SIGPIPE; the capture is closed and takes no more.
        if let Ok(Err(error)) = tokio::time::timeout_at(drained, reader).await {
            tracing::error!(run.id = job.run_id.0, %error, "a reader failed");
        }
    }
    match status {
        Ok(status) => Ending {
            exit_code: status.code(),
            signal: status.signal(),
            cause,
        },
        Err(error) => Ending {
            cause: Cause::NotStarted(error),
            ..Ending::default()
        },
    }
}

async fn start(
    job: &Job,
    identity: &Identity,
    starting: &Arc<Semaphore>,
) -> std::io::Result<Child> {
    let mut command = Command::new("/bin/sh");
    command
        .arg("-c")
        .arg(&job.task.command)
        .env_clear()
        .env("PATH", PATH)
        .env("HOME", &identity.home)
        .env("LANG", "C.UTF-8")
        .env("USER", &identity.user)
        .env("LOGNAME", &identity.user)
        .env("SHELL", "/bin/sh")
        .env("JCRONTAB_TASK_ID", job.task.id.to_string())
        .env("JCRONTAB_RUN_ID", job.run_id.to_string())
        .env("JCRONTAB_ATTEMPT", "1")
        .env("JCRONTAB_HOST_KEY", &identity.host_key)
        .current_dir(&identity.scratch)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(false);
    if let Some(at) = job.scheduled_for {
        command.env("JCRONTAB_SCHEDULED_FOR", app::time::Stamp(at).rfc3339());
    }
    if let Some((uid, gid)) = identity.switch_to {
        // std drops the supplementary groups, then sets group and user, in that order.
        command.gid(gid).uid(uid);
    }
    let permit = Arc::clone(starting)
        .acquire_owned()
        .await
        .map_err(std::io::Error::other)?;
    // Starting blocks for as long as exec takes; pages and pipes must not wait for it.
    tokio::task::spawn_blocking(move || {
        let child = command.spawn();
        drop(permit);
        child
    })
    .await
    .map_err(std::io::Error::other)?
}

async fn read(mut pipe: impl AsyncRead + Unpin, stream: Stream, capture: SharedCapture) {
    let mut buffer = vec![0; 16 * 1024];
    // An error ends a pipe as its end does: there is nothing more to get out of it.
    while let Ok(count @ 1..) = pipe.read(&mut buffer).await {
        capture.push(stream, &buffer[..count]);
    }
}

async fn asked_to_stop(stopped: &mut watch::Receiver<Option<StopReason>>) -> StopReason {
    match stopped
        .wait_for(Option::is_some)
        .await
        .map(|reason| reason.clone())
    {
        Ok(Some(reason)) => reason,
        // Nobody is left who could ask.
        _ => std::future::pending().await,
    }
}

async fn time_limit(seconds: Option<i64>) {
    match seconds.and_then(|seconds| u64::try_from(seconds).ok()) {
        Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
        None => std::future::pending().await,
    }
}

/// TERM to the group, KILL after the grace.
async fn end(child: &mut Child, group: Option<Pid>) -> std::io::Result<std::process::ExitStatus> {
    signal(group, Signal::SIGTERM);
    let gone = tokio::time::timeout(GRACE, child.wait()).await;
    // Also after a willing end: members of the group that did not listen go with it.
    signal(group, Signal::SIGKILL);
    match gone {
        Ok(status) => status,
        Err(_) => child.wait().await,
    }
}

fn signal(group: Option<Pid>, signal: Signal) {
    // 0 would be our own group and 1 everybody; a child has neither.
    let Some(group) = group.filter(|group| group.as_raw() > 1) else {
        return;
    };
    match killpg(group, signal) {
        // ESRCH: nobody is left in the group.
        Ok(()) | Err(nix::errno::Errno::ESRCH) => {}
        Err(error) => {
            tracing::warn!(%group, %signal, %error, "the process group cannot be signalled")
        }
    }
}
