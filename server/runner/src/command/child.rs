//! A process that this server waits for: started by itself, or by the launcher in its name.

use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use rustix::process::{Pid, PidfdFlags, WaitId, WaitIdOptions, WaitIdStatus};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// A child of this process.
#[derive(Debug)]
pub(super) enum Child {
    /// Started here.
    Spawned(tokio::process::Child),
    /// Started by the launcher.
    Launched(Launched),
}

impl Child {
    /// Waits for its end. Cancel-safe; later calls return the same status.
    pub(super) async fn wait(&mut self) -> std::io::Result<ExitStatus> {
        match self {
            Self::Spawned(child) => child.wait().await,
            Self::Launched(child) => child.wait().await,
        }
    }
}

/// A child that the runtime did not start. Nothing else waits for it, so its pid is not reused before
/// this value has reaped it.
#[derive(Debug)]
pub(super) struct Launched {
    /// Readable when the process has ended; `None` once it was reaped.
    process: Option<AsyncFd<OwnedFd>>,
    status: Option<ExitStatus>,
}

impl Launched {
    /// Wraps a child that was not waited for. Needs the runtime.
    pub(super) fn new(pid: Pid) -> std::io::Result<Self> {
        let process = rustix::process::pidfd_open(pid, PidfdFlags::empty())?;
        #[expect(
            deprecated,
            reason = "what follows it is unsafe, for descriptors that may change; this one does not"
        )]
        let process = AsyncFd::with_interest(process, Interest::READABLE)?;
        Ok(Self {
            process: Some(process),
            status: None,
        })
    }

    async fn wait(&mut self) -> std::io::Result<ExitStatus> {
        loop {
            if let Some(status) = self.status {
                return Ok(status);
            }
            let Some(process) = &self.process else {
                return Err(std::io::ErrorKind::NotFound.into());
            };
            let mut ready = process.readable().await?;
            match look(process.get_ref())? {
                Some(status) => {
                    self.status = Some(status);
                    drop(ready);
                    self.process = None;
                }
                None => ready.clear_ready(),
            }
        }
    }
}

impl Drop for Launched {
    /// Still reaps the process, so that it does not stay a zombie.
    fn drop(&mut self) {
        let (Some(process), Ok(runtime)) =
            (self.process.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        runtime.spawn(async move {
            let mut child = Self {
                process: Some(process),
                status: None,
            };
            if let Err(error) = child.wait().await {
                tracing::warn!(%error, "the end of a process was not seen");
                // Otherwise it would be tried endlessly.
                child.process = None;
            }
        });
    }
}

/// Reaps a process if it has ended.
fn look(process: &OwnedFd) -> rustix::io::Result<Option<ExitStatus>> {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
    let ended = rustix::process::waitid(WaitId::PidFd(process.as_fd()), options)?;
    Ok(ended.as_ref().map(status))
}

/// The status as wait(2) encodes it, which std reads.
fn status(ended: &WaitIdStatus) -> ExitStatus {
    let coded = match (ended.exit_status(), ended.terminating_signal()) {
        (Some(code), _) => (code & 0xff) << 8,
        (None, Some(signal)) => signal & 0x7f,
        (None, None) => 0,
    };
    ExitStatus::from_raw(coded)
}
