//! Staying above a command: so that none of its descendants gets away, or only to begin it in its
//! control group.

use std::path::Path;

use crate::sys::{self, Ended, Server};

/// Makes a child that begins in a control group, and comes back in it with `true`; the parent
/// reports how it ended. `false` where the system has no such thing: then joining is left.
///
/// Joining takes a lock that all processes of the machine fork under; when none has joined
/// anything just before, that takes some 8 ms, and a child that begins there takes nothing.
pub fn begin_in(leaf: &Path, server: &Server) -> bool {
    if sys::watch_children().is_err() {
        return false;
    }
    match sys::fork_into(leaf) {
        Ok(0) => true,
        Ok(command) => {
            // As in the other case, nothing but the end of the command ends this process.
            sys::ignore_signals();
            sys::let_go_of_files(server);
            await_command(command, server);
            std::process::exit(0)
        }
        Err(_) => false,
    }
}

/// Forks; comes back in the child. The parent becomes the supervisor and ends with the process.
pub fn start(server: &Server) {
    // A session of its own: a Ctrl-C at the server's terminal is the server's business.
    let ready = sys::new_session()
        .map_err(|errno| (2, errno))
        .and_then(|()| sys::adopt_orphans().map_err(|errno| (17, errno)))
        .and_then(|()| sys::watch_children().map_err(|errno| (18, errno)))
        .and_then(|()| sys::fork().map_err(|errno| (19, errno)));
    match ready {
        Ok(0) => {}
        Ok(command) => supervise(command, server),
        Err((step, errno)) => {
            server.tell(b'F', step, errno);
            std::process::exit(127);
        }
    }
}

/// Waits for the command, reports how it ended, and stays until it is released or until no
/// process of the tree is left.
fn supervise(command: i32, server: &Server) -> ! {
    sys::ignore_signals();
    // The pipes are the command's alone; a copy held here would hide their end.
    sys::let_go_of_files(server);
    await_command(command, server);
    let mut alone = false;
    loop {
        // Alone, there is nothing to wait for but the last child.
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
                    Ended::Code(code) => server.tell(b'E', 0, code),
                    Ended::Signal(signal) => server.tell(b'S', 0, signal),
                };
            }
            // An orphan, or a wait that was interrupted.
            Some(_) => {}
            // Cannot be while the command lives.
            None => std::process::exit(126),
        }
    }
}
