//! What happens between fork and exec of a command.
//!
//! The server is large and has many threads: forking it is slow, and little may be done in the
//! child. So it starts this tiny program instead, which prepares itself and becomes the command.
//! With `tree` it stays above the command as its supervisor, so that no descendant gets away.
//!
//! It is compiled by the server's `build.rs`, carried inside the server's binary and started from
//! there; nothing is installed. Arguments are numbers, paths and, behind `--`, the command. Its
//! environment is exactly the command's. fd 0 is a socket to the server: frames of six bytes, a
//! kind, a step and a number in little endian.
//!
//! | frame | meaning |
//! |---|---|
//! | `F` step errno | a step failed, nothing was started |
//! | `E` 0 code | of a process above the command: it has ended with this exit code |
//! | `S` 0 signal | of a process above the command: it was ended by this signal |
//!
//! Without a frame, this process became the command, and ends as it does. With
//! `tree`, the server answers an end with `L`: let go of what is left. Until it does, the
//! supervisor stays for as long as a process of the tree lives, also when the server is gone: so
//! the next server finds them.

mod steps;
mod supervisor;
mod sys;

use std::ffi::{CString, OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

/// What to do before the command.
#[derive(Default)]
struct Plan {
    /// Stay above the command.
    tree: bool,
    /// The folder of the control group to be in.
    leaf: Option<PathBuf>,
    /// This process began in it, as the child of another one.
    is_inside: bool,
    /// Seconds of CPU time.
    cpu: Option<u64>,
    /// Bytes of address space.
    memory: Option<u64>,
    /// Open files.
    files: Option<u64>,
    /// Processes of the user.
    processes: Option<u64>,
    /// Added niceness.
    nice: Option<i32>,
    /// User to become.
    uid: Option<u32>,
    /// Its group.
    gid: Option<u32>,
    /// Its further groups.
    groups: Vec<u32>,
    /// Folder to start in.
    cwd: Option<CString>,
    /// For the shell.
    command: CString,
}

impl Plan {
    fn read(arguments: impl Iterator<Item = OsString>) -> Option<Self> {
        let mut plan = Self::default();
        let mut arguments = arguments.map(OsStringExt::into_vec);
        loop {
            let argument = arguments.next()?;
            if argument == b"--" {
                plan.command = CString::new(arguments.next()?).ok()?;
                return arguments.next().is_none().then_some(plan);
            }
            if argument == b"tree" {
                plan.tree = true;
                continue;
            }
            let at = argument.iter().position(|byte| *byte == b'=')?;
            let (name, value) = (&argument[..at], &argument[at + 1..]);
            let path = || CString::new(value).ok();
            match name {
                b"leaf" => plan.leaf = Some(OsStr::from_bytes(value).into()),
                b"cwd" => plan.cwd = Some(path()?),
                b"cpu" => plan.cpu = Some(number(value)?),
                b"memory" => plan.memory = Some(number(value)?),
                b"files" => plan.files = Some(number(value)?),
                b"processes" => plan.processes = Some(number(value)?),
                b"nice" => plan.nice = Some(number(value)?),
                b"uid" => plan.uid = Some(number(value)?),
                b"gid" => plan.gid = Some(number(value)?),
                b"groups" => {
                    for group in value.split(|byte| *byte == b',').filter(|g| !g.is_empty()) {
                        plan.groups.push(number(group)?);
                    }
                }
                _ => return None,
            }
        }
    }
}

fn number<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let Some(mut plan) = Plan::read(&mut arguments) else {
        // Asked whether it can be executed at all, or by somebody who is not the server.
        std::process::exit(
            if std::env::args_os()
                .nth(1)
                .is_some_and(|word| word == "check")
            {
                0
            } else {
                2
            },
        );
    };
    sys::name_process();
    let server = match sys::take_socket() {
        Ok(server) => server,
        Err(_) => std::process::exit(2),
    };
    if plan.tree {
        supervisor::start(&server);
    } else if let Some(leaf) = &plan.leaf {
        plan.is_inside = supervisor::begin_in(leaf, &server);
    }
    let failed = steps::become_command(&plan);
    server.tell(b'F', failed.step, failed.errno);
    std::process::exit(127);
}
