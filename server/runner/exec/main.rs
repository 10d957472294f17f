//! What happens between fork and exec of a command.
//!
//! The server is large and has many threads: forking it is slow, and little is allowed in the child. So it starts
//! this tiny program instead, which prepares itself and becomes the command. With `tree` it stays above the command
//! as its supervisor, so that no descendant escapes.
//!
//! It is compiled by the server's `build.rs`, carried inside the server's binary and started from
//! there; nothing is installed. Arguments are numbers, paths and, behind `--`, the command. Its
//! environment is exactly the command's. fd 0 is a socket to the server: frames of six bytes, a
//! kind, a step and a number in little endian.
//!
//! Started with the one argument `launch`, it stays and does the same for many commands
//! ([`launch`]).
//!
//! | frame | meaning |
//! |---|---|
//! | `F` step errno | a step failed, nothing was started |
//! | `E` 0 code | of a process above the command: it has ended with this exit code |
//! | `S` 0 signal | of a process above the command: it was ended by this signal |
//!
//! Without a frame, this process has become the command and ends as it does. With `tree`, the server answers an end
//! with `L`: release what is left. Until then the supervisor stays as long as a process of the tree is alive, even
//! when the server is gone, so that the next server finds them.

mod direct;
mod isolate;
mod launch;
mod memory;
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
    /// `/bin/sh` is a known shell, so a plain command can do without it.
    direct: bool,
    /// The folder of the control group to join.
    leaf: Option<PathBuf>,
    /// This process was started in it.
    is_inside: bool,
    /// A supervisor stays above this process; when it ends, so does the command.
    is_kept: bool,
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
    /// The shell, where it is not the usual one.
    shell: Option<CString>,
    /// Variables whose values are passed as files.
    secret_files: Vec<CString>,
    /// What the command must not reach.
    wanted: isolate::IsolationRequest,
    /// For the shell.
    command: CString,
    /// Its environment, as lines `NAME=value`.
    environment: Vec<CString>,
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
            if argument == b"direct" {
                plan.direct = true;
                continue;
            }
            if argument == b"alone" {
                plan.wanted.read(b"alone", b"")?;
                continue;
            }
            let at = argument.iter().position(|byte| *byte == b'=')?;
            let (name, value) = (&argument[..at], &argument[at + 1..]);
            let path = || CString::new(value).ok();
            match name {
                b"leaf" => plan.leaf = Some(OsStr::from_bytes(value).into()),
                b"cwd" => plan.cwd = Some(path()?),
                b"shell" => plan.shell = Some(path()?),
                b"secret_file" => plan.secret_files.push(path()?),
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
                _ => plan.wanted.read(name, value)?,
            }
        }
    }
}

impl Plan {
    /// For a single command: its environment is this process's own.
    fn with_own_environment(mut self) -> Self {
        self.environment = std::env::vars_os()
            .filter_map(|(name, value)| {
                let mut line = name.into_vec();
                line.push(b'=');
                line.extend(value.into_vec());
                CString::new(line).ok()
            })
            .collect();
        self
    }
}

fn number<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn main() {
    let word = std::env::args_os().nth(1);
    let is_launcher = word.as_ref().is_some_and(|word| word == "launch");
    let plan = Plan::read(std::env::args_os().skip(1));
    if plan.is_none() && !is_launcher {
        // Only asked whether it can be executed at all, or started by another process than the server.
        let is_asked = word.is_some_and(|word| word == "check");
        std::process::exit(if is_asked { 0 } else { 2 });
    }
    sys::name_process();
    let Ok(server) = sys::take_socket() else {
        std::process::exit(2);
    };
    let (mut plan, server, isolation) = match plan {
        Some(plan) => {
            let mut plan = plan.with_own_environment();
            match prepare(std::mem::take(&mut plan.wanted)) {
                Ok(isolation) => (plan, server, isolation),
                Err(failed) => refuse(&server, &failed),
            }
        }
        None => {
            let mut wanted = isolate::IsolationRequest::default();
            for argument in std::env::args_os().skip(2) {
                let argument = argument.into_vec();
                let mut parts = argument.splitn(2, |byte| *byte == b'=');
                let (name, value) = (parts.next(), parts.next());
                let known = wanted.read(name.unwrap_or_default(), value.unwrap_or_default());
                if known.is_none() {
                    std::process::exit(2);
                }
            }
            // Its orders go unanswered then, which the server notices at once.
            let Ok(isolation) = prepare(wanted) else {
                std::process::exit(3);
            };
            launch::serve(server, isolation)
        }
    };
    if plan.tree {
        supervisor::start(&server);
        plan.is_kept = true;
    } else if let Some(leaf) = plan.leaf.as_ref().filter(|_| !plan.is_inside) {
        plan.is_inside = supervisor::begin_in(leaf, &server);
        plan.is_kept = plan.is_inside;
    }
    let failed = steps::become_command(&mut plan, &isolation, &server);
    refuse(&server, &failed)
}

/// Prepared before anything of a command is present. The namespace comes first: a process that cannot be read cannot
/// write its user maps either.
fn prepare(wanted: isolate::IsolationRequest) -> Result<isolate::Isolation, steps::Failed> {
    let at = |step| move |errno| steps::Failed { step, errno };
    let isolation = wanted.prepare().map_err(at(21))?;
    sys::isolation::close_to_others().map_err(at(22))?;
    Ok(isolation)
}

fn refuse(server: &sys::Server, failed: &steps::Failed) -> ! {
    server.report(b'F', failed.step, failed.errno);
    std::process::exit(127);
}
