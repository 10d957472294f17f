//! The resident exec helper (a fork server): it forks for each command on this server's behalf.
//!
//! Executing the helper for each command costs about as much as the command's own shell: the set-up of
//! a new program is slow on virtual machines. See `server/runner/exec/launch.rs`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{Error, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags,
    SocketType,
};
use rustix::process::{Pid, PidfdFlags, WaitId, WaitIdOptions};

use crate::cgroup::{self, Cgroups};
use crate::helper::Helper;

/// Descriptors that are sent with an order.
const FILES: usize = 3;
/// The longest order that the launcher takes (`ORDER_MAX` there); the helper is executed for longer
/// ones.
const ORDER_MAX: usize = 100 * 1024;
/// How long to wait for an answer: a fork takes far less.
const PATIENCE: Duration = Duration::from_secs(10);

/// The answer to an order.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A child of this process.
    Child(Pid),
    /// Nothing was started, and the launcher cannot start it: the helper must be executed.
    Declined,
}

/// Why an order failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LaunchError {
    /// Nothing was started.
    #[error(transparent)]
    Refused(Error),
    /// It is unknown whether the command was started.
    #[error("the program that starts commands has ended in the middle of a start")]
    Unknown,
}

/// The launcher: started when it is first needed, and restarted when it has exited.
#[derive(Debug)]
pub(crate) struct Launcher {
    link: Mutex<Option<Link>>,
    patience: Duration,
    /// The isolation of commands, as arguments of the helper.
    isolation: Vec<OsString>,
}

/// A launcher that runs.
#[derive(Debug)]
struct Link {
    socket: OwnedFd,
    process: std::process::Child,
}

impl Drop for Link {
    fn drop(&mut self) {
        // The commands it forked are our children, not its own, so they are not affected.
        if let Err(error) = self.process.kill().and_then(|()| self.process.wait()) {
            tracing::warn!(%error, "the launcher did not end");
        }
    }
}

impl Link {
    fn open(helper: &Helper, patience: Duration, isolation: &[OsString]) -> std::io::Result<Self> {
        let (socket, theirs) = rustix::net::socketpair(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC,
            None,
        )?;
        set_socket_timeout(&socket, Timeout::Recv, Some(patience))?;
        let process = helper
            .command()
            .arg("launch")
            .args(isolation)
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { socket, process })
    }

    /// Sends an order; an error means that it did not arrive.
    fn send(&self, order: &[u8], files: [BorrowedFd<'_>; FILES]) -> rustix::io::Result<()> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        ancillary.push(SendAncillaryMessage::ScmRights(&files));
        rustix::net::sendmsg(
            &self.socket,
            &[IoSlice::new(order)],
            &mut ancillary,
            SendFlags::NOSIGNAL,
        )?;
        Ok(())
    }

    fn answer(&self) -> Option<i32> {
        let mut bytes = [0; 4];
        let (count, _) = loop {
            match rustix::net::recv(&self.socket, &mut bytes, RecvFlags::empty()) {
                Err(rustix::io::Errno::INTR) => {}
                done => break done.ok()?,
            }
        };
        (count == bytes.len()).then(|| i32::from_le_bytes(bytes))
    }
}

impl Launcher {
    /// A launcher with this isolation.
    pub(crate) fn new(isolation: Vec<OsString>) -> Self {
        Self {
            link: Mutex::default(),
            patience: PATIENCE,
            isolation,
        }
    }

    /// A launcher that a test impersonates: orders arrive at the returned socket.
    #[cfg(test)]
    pub(crate) fn played() -> (Self, OwnedFd) {
        let (socket, theirs) = rustix::net::socketpair(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC,
            None,
        )
        .expect("sockets");
        // A process is needed: it is killed with the link.
        let process = std::process::Command::new("true").spawn().expect("true");
        let launcher = Self {
            link: Mutex::new(Some(Link { socket, process })),
            ..Self::new(Vec::new())
        };
        (launcher, theirs)
    }

    /// Checks that it works here: it needs Linux 5.4, with control groups 5.7.
    ///
    /// # Errors
    /// When it does not.
    pub(crate) fn probe(&self, helper: &Helper, cgroups: Option<&Cgroups>) -> std::io::Result<()> {
        match cgroups {
            None => self.try_out(helper, "tree".into()),
            Some(cgroups) => {
                cgroups.probe(|leaf| self.try_out(helper, cgroup::argument(leaf).into()))
            }
        }
    }

    fn try_out(&self, helper: &Helper, keep: OsString) -> std::io::Result<()> {
        let (_ours, theirs) = UnixStream::pair()?;
        let null = OwnedFd::from(File::options().write(true).open("/dev/null")?);
        let arguments = [keep, "--".into(), ":".into()];
        let files = [&OwnedFd::from(theirs), &null, &null];
        let pid = match self.launch(helper, &arguments, &BTreeMap::new(), files) {
            Ok(Answer::Child(pid)) => pid,
            Ok(Answer::Declined) => return Err(Error::other("it takes no order")),
            Err(error) => return Err(Error::other(error)),
        };
        let process = rustix::process::pidfd_open(pid, PidfdFlags::empty())?;
        let ended = rustix::process::waitid(WaitId::PidFd(process.as_fd()), WaitIdOptions::EXITED)?;
        match ended.and_then(|ended| ended.exit_status()) {
            Some(0) => Ok(()),
            Some(code) => Err(Error::other(format!(
                "its command ended with exit code {code}"
            ))),
            None => Err(Error::other("its command was killed by a signal")),
        }
    }

    /// Starts a command with these arguments of the helper, this environment, and these files: the
    /// helper's socket, the command's stdout and its stderr. Blocks until it is forked.
    ///
    /// # Errors
    /// When nothing was started, or when that is not known.
    pub(crate) fn launch(
        &self,
        helper: &Helper,
        arguments: &[OsString],
        environment: &BTreeMap<OsString, OsString>,
        files: [&OwnedFd; FILES],
    ) -> Result<Answer, LaunchError> {
        let Some(order) = order(arguments, environment) else {
            return Ok(Answer::Declined);
        };
        let mut link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        let files = files.map(AsFd::as_fd);
        // At most twice: a launcher that has exited meanwhile is restarted.
        for _ in 0..2 {
            let open = match link.take() {
                Some(open) => open,
                None => Link::open(helper, self.patience, &self.isolation)
                    .map_err(LaunchError::Refused)?,
            };
            match open.send(&order, files) {
                Ok(()) => {}
                Err(rustix::io::Errno::MSGSIZE | rustix::io::Errno::NOBUFS) => {
                    *link = Some(open);
                    return Ok(Answer::Declined);
                }
                Err(error) => {
                    tracing::warn!(%error, "the launcher has ended and is started anew");
                    continue;
                }
            }
            let Some(answer) = open.answer() else {
                // Dropping the link kills the launcher, so that it starts nothing later.
                return Err(LaunchError::Unknown);
            };
            *link = Some(open);
            let pid = (answer > 0).then(|| Pid::from_raw(answer)).flatten();
            let refused = || Error::from_raw_os_error(answer.saturating_neg());
            return pid
                .map(Answer::Child)
                .ok_or_else(|| LaunchError::Refused(refused()));
        }
        Ok(Answer::Declined)
    }
}

/// An order as the launcher reads it; `None` when it is too long.
fn order(arguments: &[OsString], environment: &BTreeMap<OsString, OsString>) -> Option<Vec<u8>> {
    let mut order = Vec::with_capacity(2048);
    order.extend(u32::try_from(arguments.len()).ok()?.to_le_bytes());
    for argument in arguments {
        order.extend(argument.as_bytes());
        order.push(0);
    }
    for (name, value) in environment {
        order.extend(name.as_bytes());
        order.push(b'=');
        order.extend(value.as_bytes());
        order.push(0);
    }
    (order.len() <= ORDER_MAX).then_some(order)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    struct Rig {
        helper: Helper,
        launcher: Launcher,
    }

    impl Rig {
        fn new(patience: Duration) -> Self {
            let folder = std::env::temp_dir().join("jcrontab-launcher");
            Self {
                helper: Helper::new(&folder).expect("a helper"),
                launcher: Launcher {
                    patience,
                    ..Launcher::new(Vec::new())
                },
            }
        }

        /// What `echo $WORD` writes, and whether it was started at all.
        fn say(&self, word: &str) -> Result<Option<String>, LaunchError> {
            let (_ours, theirs) = UnixStream::pair().expect("sockets");
            let (mut out, end) = std::io::pipe().expect("a pipe");
            let end = OwnedFd::from(end);
            let arguments = ["--".into(), "echo $WORD".into()];
            let environment = BTreeMap::from([("WORD".into(), word.into())]);
            let files = [&OwnedFd::from(theirs), &end, &end];
            let answer = self
                .launcher
                .launch(&self.helper, &arguments, &environment, files)?;
            let Answer::Child(pid) = answer else {
                return Ok(None);
            };
            drop(end);
            let mut said = String::new();
            out.read_to_string(&mut said).expect("what it wrote");
            rustix::process::waitid(WaitId::Pid(pid), WaitIdOptions::EXITED).expect("its end");
            Ok(Some(said))
        }

        fn pid(&self) -> Pid {
            let link = self.launcher.link.lock().expect("a lock");
            let id = link.as_ref().expect("a launcher").process.id();
            Pid::from_raw(id.cast_signed()).expect("a pid")
        }
    }

    #[test]
    fn one_that_has_ended_is_started_anew() {
        let rig = Rig::new(PATIENCE);
        assert_eq!(rig.say("one").expect("a start").as_deref(), Some("one\n"));
        let first = rig.pid();
        assert_eq!(rig.say("two").expect("a start").as_deref(), Some("two\n"));
        assert_eq!(rig.pid(), first, "it stays");
        rustix::process::kill_process(first, rustix::process::Signal::KILL).expect("a kill");
        rustix::process::waitid(
            WaitId::Pid(first),
            WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
        )
        .expect("its end");
        assert_eq!(rig.say("more").expect("a start").as_deref(), Some("more\n"));
        assert_ne!(rig.pid(), first);
    }

    #[test]
    fn a_launcher_that_does_not_answer_is_killed_and_the_outcome_is_unknown() {
        let rig = Rig::new(Duration::from_millis(100));
        rig.say("one").expect("a start");
        rustix::process::kill_process(rig.pid(), rustix::process::Signal::STOP).expect("a stop");
        assert!(matches!(rig.say("two"), Err(LaunchError::Unknown)));
        assert_eq!(rig.say("more").expect("a start").as_deref(), Some("more\n"));
    }

    #[test]
    fn long_orders_are_declined_and_bad_ones_refused() {
        let rig = Rig::new(PATIENCE);
        let long = "x".repeat(ORDER_MAX);
        assert_eq!(rig.say(&long).expect("an answer"), None);
        let nearly = "x".repeat(ORDER_MAX - 200);
        let said = rig.say(&nearly).expect("a start").expect("it takes it");
        assert_eq!(said.len(), nearly.len() + 1);
        let null = OwnedFd::from(File::open("/dev/null").expect("a file"));
        let refused = rig.launcher.launch(
            &rig.helper,
            &["surprise".into(), "--".into(), ":".into()],
            &BTreeMap::new(),
            [&null, &null, &null],
        );
        assert!(matches!(refused, Err(LaunchError::Refused(_))));
        assert_eq!(rig.say("more").expect("a start").as_deref(), Some("more\n"));
    }
}
