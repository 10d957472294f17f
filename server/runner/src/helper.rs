//! The exec helper (`server/runner/exec/`): carried in this binary, started from memory.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};

/// The program, compiled by `build.rs`.
const PROGRAM: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/jcrontab-exec"));
/// Its name in process lists.
pub(crate) const NAME: &str = "jcrontab-exec";
/// memfd_create(2), since Linux 6.3: makes this one executable, whatever the system's default is.
const MFD_EXEC: u32 = 0x10;
/// Bytes of a frame.
pub(crate) const FRAME: usize = 6;
/// Makes a supervisor exit and leave its remaining processes alone.
pub(crate) const RELEASE: u8 = b'L';

/// Why the helper cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HelperError {
    /// Neither from memory nor from the data folder.
    #[error(
        "the program that starts commands cannot be executed, neither from memory ({memory}) nor as {}; is the data folder mounted noexec?",
        path.display()
    )]
    NotExecutable {
        /// The error of executing from memory.
        memory: std::io::Error,
        /// The file in the data folder.
        path: PathBuf,
        /// The error of executing the file.
        #[source]
        source: std::io::Error,
    },
}

/// The helper, ready to be started.
#[derive(Debug)]
pub(crate) struct Helper {
    path: PathBuf,
    /// Keeps the memory open that the path names.
    _memory: Option<File>,
}

impl Helper {
    /// Puts the helper into sealed memory, or, where memory cannot be executed, into the data folder,
    /// and checks that it runs.
    pub(crate) fn new(data_dir: &Path) -> Result<Self, HelperError> {
        let memory = match from_memory() {
            Ok(helper) => return Ok(helper),
            Err(error) => error,
        };
        let path = data_dir.join("exec").join(NAME);
        match from_file(&path) {
            Ok(helper) => {
                tracing::info!(error = %memory, path = %path.display(), "the helper is started from a file, since memory cannot be executed");
                Ok(helper)
            }
            Err(source) => Err(HelperError::NotExecutable {
                memory,
                path,
                source,
            }),
        }
    }

    /// A command that std can start with posix_spawn(3): callers must set no user, folder or group on it.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.arg0(NAME).env_clear();
        command
    }

    fn check(self) -> std::io::Result<Self> {
        let done = self
            .command()
            .arg("check")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        if done.success() {
            Ok(self)
        } else {
            Err(std::io::Error::other(format!("it ended with {done}")))
        }
    }

    /// Starts a command that does nothing, with these arguments, and waits for it.
    pub(crate) fn probe(&self, arguments: &[String]) -> std::io::Result<()> {
        let arguments: Vec<OsString> = arguments.iter().map(Into::into).collect();
        self.probe_with(&arguments, ":", Path::new("/"))
    }

    /// Starts a command that has this folder as `$FOLDER`, and waits for its success.
    pub(crate) fn probe_with(
        &self,
        arguments: &[OsString],
        command: &str,
        folder: &Path,
    ) -> std::io::Result<()> {
        let (mut ours, theirs) = UnixStream::pair()?;
        let mut child = self
            .command()
            .args(arguments)
            .args(["--", command])
            .env("FOLDER", folder)
            .stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let status = child.wait()?;
        ours.set_nonblocking(true)?;
        let mut frame = [0; FRAME];
        match ours.read(&mut frame) {
            Ok(FRAME) => match Frame::read(frame) {
                Frame::Failed { errno, .. } => return Err(errno.into()),
                // The command succeeded in its control group.
                Frame::Code(0) => {}
                _ => return Err(std::io::Error::other("it sent an unexpected frame")),
            },
            Ok(_) => {}
            Err(error) => return Err(error),
        }
        if status.success() {
            Ok(())
        } else {
            Err(std::io::Error::other(format!("it ended with {status}")))
        }
    }
}

fn from_memory() -> std::io::Result<Helper> {
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let fd = memfd_create(NAME, flags | MFdFlags::from_bits_retain(MFD_EXEC))
        // An older kernel does not know the flag, and does not need it.
        .or_else(|_| memfd_create(NAME, flags))?;
    let mut memory = File::from(fd);
    memory.write_all(PROGRAM)?;
    // Sealed: not even this process can change the program that starts commands.
    let seals = SealFlag::F_SEAL_SEAL
        | SealFlag::F_SEAL_SHRINK
        | SealFlag::F_SEAL_GROW
        | SealFlag::F_SEAL_WRITE;
    fcntl(&memory, FcntlArg::F_ADD_SEALS(seals))?;
    Helper {
        path: PathBuf::from(format!("/proc/self/fd/{}", memory.as_raw_fd())),
        _memory: Some(memory),
    }
    .check()
}

fn from_file(path: &Path) -> std::io::Result<Helper> {
    if let Some(folder) = path.parent() {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    // A new file each time: the existing one may belong to another version and be running.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = File::options()
        .write(true)
        .create_new(true)
        .mode(0o700)
        .open(path)?;
    file.write_all(PROGRAM)?;
    drop(file);
    Helper {
        path: path.to_owned(),
        _memory: None,
    }
    .check()
}

/// A message of the helper.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Frame {
    /// A step failed; the command was not started.
    Failed {
        /// The number of the step.
        step: u8,
        /// Its error.
        errno: Errno,
    },
    /// The command has exited with this code.
    Code(i32),
    /// This signal has killed the command.
    Signal(i32),
    /// Unknown to this version.
    Unknown,
}

impl Frame {
    pub(crate) fn read([kind, step, number @ ..]: [u8; FRAME]) -> Self {
        let number = i32::from_le_bytes(number);
        match kind {
            b'F' => Self::Failed {
                step,
                errno: Errno::from_raw(number),
            },
            b'E' => Self::Code(number),
            b'S' => Self::Signal(number),
            _ => Self::Unknown,
        }
    }
}

/// The code of a failed step in the reason of a run ([`crate::report::Cause::NotStarted`]).
pub(crate) fn step_name(step: u8) -> &'static str {
    match step {
        1 => "cgroup",
        3 => "limit_cpu",
        4 => "limit_memory",
        5 => "limit_files",
        6 => "limit_processes",
        8 => "nice",
        9..=11 => "user",
        13 => "cwd",
        20 => "shell",
        21 | 22 => "isolation",
        23 => "secret_file",
        24 => "interpreter",
        _ => "setup",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs_from_memory_and_from_a_file() {
        let folder =
            std::env::temp_dir().join(format!("jcrontab-helper-{}", crate::random::random_id(8)));
        let file = from_file(&folder.join("exec").join(NAME)).expect("a file");
        let again = from_file(&folder.join("exec").join(NAME)).expect("over an older one");
        let memory = from_memory().expect("memory");
        for helper in [file, again, memory] {
            helper.probe(&[]).expect("it starts commands");
            let refused = helper.probe(&["cwd=/no/such/folder".to_owned()]);
            assert_eq!(
                refused.expect_err("no folder").kind(),
                std::io::ErrorKind::NotFound
            );
            // Nothing is guessed.
            assert!(helper.probe(&["surprise=1".to_owned()]).is_err());
        }
        std::fs::remove_dir_all(folder).ok();
    }

    #[test]
    fn frames_read_back() {
        assert_eq!(
            Frame::read([b'F', 13, 2, 0, 0, 0]),
            Frame::Failed {
                step: 13,
                errno: Errno::ENOENT
            }
        );
        assert_eq!(Frame::read([b'E', 0, 7, 0, 0, 0]), Frame::Code(7));
        assert_eq!(Frame::read([b'S', 0, 15, 0, 0, 0]), Frame::Signal(15));
        assert_eq!(Frame::read([0; FRAME]), Frame::Unknown);
    }
}
