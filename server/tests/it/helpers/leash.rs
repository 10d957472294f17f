//! Knowing when a command runs and when all of its processes are gone, without polling.
//!
//! A command holds the writing end of a named pipe; the test reads the other end. The first line
//! says that it runs; the end of the pipe says that no process of it is left.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tokio::sync::oneshot;

use super::in_time;

/// One command's pipe.
pub(crate) struct Leash {
    path: PathBuf,
    ready: Option<oneshot::Receiver<String>>,
    gone: Option<oneshot::Receiver<String>>,
}

impl Leash {
    /// Makes the pipe in a folder that commands may use.
    pub(crate) fn new(folder: &Path) -> Self {
        let path = folder.join(format!("leash-{}", server::auth::token::random_id(6)));
        let mode = nix::sys::stat::Mode::from_bits_truncate(0o666);
        nix::unistd::mkfifo(&path, mode).expect("a named pipe");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).expect("its mode");
        let (send_ready, ready) = oneshot::channel();
        let (notify_gone, gone) = oneshot::channel();
        let opened = path.clone();
        // A thread, since opening and reading a pipe block. It ends with the command.
        std::thread::spawn(move || {
            let mut pipe = BufReader::new(std::fs::File::open(opened).expect("the pipe"));
            let mut line = String::new();
            pipe.read_line(&mut line).expect("a line");
            // Nothing waits any more when the test is over.
            send_ready.send(line.trim().to_owned()).ok();
            let mut rest = String::new();
            pipe.read_to_string(&mut rest).expect("the rest");
            notify_gone.send(rest).ok();
        });
        Self {
            path,
            ready: Some(ready),
            gone: Some(gone),
        }
    }

    /// The start of a command on this leash: it says its pid and stays on the leash.
    pub(crate) fn start(&self) -> String {
        format!("exec 3>{}; echo $$ >&3", self.path.display())
    }

    /// A command that says its pid and then runs until it is ended.
    pub(crate) fn endless(&self) -> String {
        format!("{}; sleep 600", self.start())
    }

    /// Waits until the command runs; gives its pid.
    pub(crate) async fn ready(&mut self) -> i32 {
        let ready = self.ready.take().expect("asked once");
        let line = in_time("the command's start", ready)
            .await
            .expect("the pipe's thread");
        line.parse().unwrap_or_else(|_| panic!("a pid: {line:?}"))
    }

    /// Waits until no process of the command is left; gives what it wrote after its pid.
    pub(crate) async fn gone(&mut self) -> String {
        let gone = self.gone.take().expect("asked once");
        in_time("the end of the command's processes", gone)
            .await
            .expect("the pipe's thread")
    }
}
