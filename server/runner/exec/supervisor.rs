//! Stays above a command, so that none of its descendants escapes, or only to start it in its control group.

use std::path::Path;

use crate::sys::{self, Ended, Server};

/// Forks a child that starts in a control group and returns `true` in it; the parent reports how it ended. `false`
/// where the system does not support this: then the process joins the group itself. Joining takes a lock that every
/// fork of the machine needs; unless another process has joined just before, that takes some 8 ms. A child that
/// starts in the group costs nothing.
pub fn begin_in(leaf: &Path, server: &Server) -> bool {
    if sys::watch_children().is_err() {
        return false;
    }
    match sys::fork_into(leaf) {
        Ok(0) => true,
        Ok(command) => {
            // As without a group, only the end of the command ends this process.
            sys::ignore_signals();
            sys::close_files(server);
            await_command(command, server);
            std::process::exit(0)
        }
        Err(_) => false,
    }
}

/// Forks; returns in the child. The parent becomes the supervisor and never returns.
pub fn start(server: &Server) {
    // A session of its own, so that a Ctrl-C at the server's terminal reaches only the server.
    let ready = sys::new_session()
        .map_err(|errno| (2, errno))
        .and_then(|()| sys::adopt_orphans().map_err(|errno| (17, errno)))
        .and_then(|()| sys::watch_children().map_err(|errno| (18, errno)))
        .and_then(|()| sys::fork().map_err(|errno| (19, errno)));
    match ready {
        Ok(0) => {}
        Ok(command) => supervise(command, server),
        Err((step, errno)) => {
            server.report(b'F', step, errno);
            std::process::exit(127);
        }
    }
}

/// Waits for the command, reports how it ended, and stays until it is released or until no
/// process of the tree is left.
fn supervise(command: i32, server: &Server) -> ! {
    sys::ignore_signals();
    // The pipes belong to the command; a copy held here would hide their end.
    sys::close_files(server);
    await_command(command, server);
    let mut alone = false;
    loop {
        // Released: only the last child is left to wait for.
        match sys::wait(alone) {
            None => std::process::exit(0),
            Some((0, _)) if !alone => match server.listen() {
                Some(b'L') => std::process::exit(0),
                Some(0) => alone = true,
                _ => {}
            },
            Some(_) => {}
        }
    }
}

/// Waits for the command and reports how it ended.
fn await_command(command: i32, server: &Server) {
    loop {
        match sys::wait(true) {
            Some((pid, ended)) if pid == command => {
                return match ended {
                    Ended::Code(code) => server.report(b'E', 0, code),
                    Ended::Signal(signal) => server.report(b'S', 0, signal),
                };
            }
            // An orphan, or a wait that was interrupted.
            Some(_) => {}
            // Impossible while the command is alive.
            None => std::process::exit(126),
        }
    }
}
