//! Waiting for a command to end, and for its whole process tree.

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::child::Child;
use super::spawn::Tree;
use crate::helper::{FRAME, Frame, RELEASE};
use crate::{cgroup, tree};

/// How long to wait for processes after SIGKILL: those in uninterruptible sleep take longer.
const KILL_WAIT: Duration = Duration::from_secs(5);
/// A supervisor without processes exits within this time.
const EXIT_WAIT: Duration = Duration::from_secs(1);

/// The connection to the helper.
#[derive(Debug)]
pub(super) enum Socket {
    /// Without a supervisor at most one message comes, at the end: it is read then, and the runtime
    /// need not watch the socket.
    Polled(UnixStream),
    /// A supervisor may send a message at any time.
    Watched(tokio::net::UnixStream),
}

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Exit {
    pub(super) code: Option<i32>,
    pub(super) signal: Option<i32>,
}

/// How the start of a command or the command itself ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// The command has ended.
    Exited(Exit),
    /// A step before its start failed.
    Refused(u8, Errno),
    /// It is unknown, for this reason.
    Unknown(String),
}

/// The processes of a run.
#[derive(Debug)]
pub(super) struct ProcessWatch {
    child: Child,
    tree: Tree,
    socket: Socket,
    /// The bytes of an incomplete frame.
    partial: Vec<u8>,
    end: Option<End>,
    /// The helper has reported how the command ended.
    reported: bool,
    /// The socket is closed.
    closed: bool,
    /// The child was waited for.
    reaped: bool,
}

impl ProcessWatch {
    pub(super) fn new(child: Child, tree: Tree, socket: Socket) -> Self {
        Self {
            child,
            tree,
            socket,
            partial: Vec::with_capacity(FRAME),
            end: None,
            reported: false,
            closed: false,
            reaped: false,
        }
    }

    /// The control group, where there is one.
    pub(super) fn leaf(&self) -> Option<PathBuf> {
        match &self.tree {
            Tree::Leaf(leaf) => Some(leaf.clone()),
            Tree::Supervisor(_) => None,
        }
    }

    /// Waits for the command's end. Cancel-safe.
    pub(super) async fn ended(&mut self) -> End {
        loop {
            if let Some(end) = &self.end {
                return end.clone();
            }
            match self.tree {
                Tree::Leaf(_) => self.wait().await,
                Tree::Supervisor(_) if self.closed => {
                    tracing::warn!("a supervisor ended before its command");
                    self.wait().await;
                }
                Tree::Supervisor(_) => self.listen().await,
            }
        }
    }

    /// Waits for the process that was started: the command, or a supervisor that sent nothing.
    async fn wait(&mut self) {
        let status = self.child.wait().await;
        self.reaped = true;
        // The helper sends its messages before it exits or executes the command.
        self.take_frames();
        if self.end.is_some() {
            return;
        }
        self.end = Some(match status {
            Ok(status) => End::Exited(Exit {
                code: status.code(),
                signal: status.signal(),
            }),
            Err(error) => End::Unknown(error.to_string()),
        });
    }

    /// Waits for the next message of the supervisor.
    async fn listen(&mut self) {
        if let Socket::Watched(socket) = &self.socket
            && socket.readable().await.is_ok()
        {
            self.take_frames();
        } else {
            self.closed = true;
        }
    }

    fn take_frames(&mut self) {
        while !self.closed {
            let mut bytes = [0; FRAME];
            let room = FRAME - self.partial.len();
            let read = match &self.socket {
                Socket::Polled(socket) => (&mut &*socket).read(&mut bytes[..room]),
                Socket::Watched(socket) => socket.try_read(&mut bytes[..room]),
            };
            match read {
                Ok(0) => self.closed = true,
                Ok(count) => {
                    self.partial.extend_from_slice(&bytes[..count]);
                    if let Ok(frame) = <[u8; FRAME]>::try_from(self.partial.as_slice()) {
                        self.partial.clear();
                        self.take(Frame::read(frame));
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
                Err(_) => self.closed = true,
            }
        }
    }

    fn take(&mut self, frame: Frame) {
        let end = match frame {
            Frame::Failed { step, errno } => End::Refused(step, errno),
            Frame::Code(code) => End::Exited(Exit {
                code: Some(code),
                signal: None,
            }),
            Frame::Signal(signal) => End::Exited(Exit {
                code: None,
                signal: Some(signal),
            }),
            Frame::Unknown => return,
        };
        self.reported = true;
        // After a failed step the exit of the helper itself is reported, too; the first report counts.
        self.end.get_or_insert(end);
    }

    /// Waits until no process of the run is left. Cancel-safe.
    async fn gone(&mut self) {
        if let Some(leaf) = self.leaf() {
            self.ended().await;
            let mut pause = Duration::from_millis(2);
            while !cgroup::is_empty(&leaf) {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_millis(50));
            }
            return;
        }
        while !self.closed {
            self.listen().await;
        }
        self.ended().await;
        self.reap().await;
    }

    async fn reap(&mut self) {
        if !self.reaped && self.child.wait().await.is_ok() {
            self.reaped = true;
        }
    }

    /// Makes the supervisor exit after the run: background processes that are left keep running. After a
    /// stop there are none.
    pub(super) async fn release(&mut self) {
        if let Socket::Watched(socket) = &self.socket
            && !self.reaped
        {
            // An error means that it has exited already, because no process was left.
            socket.try_write(&[RELEASE]).ok();
            if tokio::time::timeout(EXIT_WAIT, self.reap()).await.is_err() {
                tracing::warn!("a released supervisor is still running");
            }
        }
    }

    /// Ends the run: SIGTERM to all of its processes, SIGKILL after the grace period, until none is left.
    /// Returns how the command itself ended, and whether all processes are gone.
    pub(super) async fn stop(&mut self, grace: Duration) -> (End, bool) {
        if !grace.is_zero() {
            let tree = self.living();
            blocking(move || {
                match tree {
                    Some(Tree::Leaf(leaf)) => cgroup::terminate(&leaf),
                    Some(Tree::Supervisor(pid)) => {
                        for process in tree::descendants(&[pid])? {
                            process.signal(Signal::SIGTERM);
                            // A stopped process does not handle signals.
                            process.signal(Signal::SIGCONT);
                        }
                    }
                    None => {}
                }
                Ok(())
            })
            .await;
            if tokio::time::timeout(grace, self.gone()).await.is_ok() {
                return (self.ended().await, true);
            }
        }
        let until = Instant::now() + KILL_WAIT;
        let tree = self.living();
        let empty = blocking(move || match tree {
            Some(Tree::Leaf(leaf)) => Ok(cgroup::kill(&leaf, until)),
            Some(Tree::Supervisor(pid)) => {
                tree::exterminate(|| tree::descendants(&[pid]), until).map(|(_, left)| left == 0)
            }
            None => Ok(true),
        })
        .await
        .unwrap_or(false);
        let gone = empty && tokio::time::timeout(EXIT_WAIT, self.gone()).await.is_ok();
        let end = self.end.clone();
        (
            end.unwrap_or_else(|| End::Unknown("it cannot be ended".to_owned())),
            gone,
        )
    }

    /// The tree, unless its supervisor was reaped: its pid may have been reused.
    fn living(&self) -> Option<Tree> {
        match &self.tree {
            Tree::Supervisor(_) if self.reaped => None,
            tree => Some(tree.clone()),
        }
    }

    /// Whether the supervisor died before it reported the end of the command: processes of the run may
    /// then be left that only their marks identify.
    pub(super) fn lost_supervisor(&self) -> bool {
        matches!(self.tree, Tree::Supervisor(_)) && !self.reported
    }
}

/// Does work on `/proc` or control groups without blocking the runtime.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Option<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(done)) => Some(done),
        Ok(Err(error)) => {
            tracing::error!(%error, "the processes of a run cannot be seen");
            None
        }
        Err(error) => {
            tracing::error!(%error, "the processes of a run were not ended");
            None
        }
    }
}
