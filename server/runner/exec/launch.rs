//! The launcher: a resident process that takes orders from the server and forks for each.
//!
//! A program that is executed anew for each command repeats its own setup each time, which takes longer than the work
//! itself; a fork of a process that is already set up does not. The forked processes are children of the server
//! itself (`CLONE_PARENT`), so the server sees how they end, and this process never waits.
//!
//! An order is one message: the number of arguments in four bytes, little endian, then these arguments as this
//! program takes them, then the environment, each terminated by a zero byte; and three files: the socket of the run,
//! its output and its errors. The answer is a pid in four bytes, or a negative error number: then nothing was
//! started.

use std::ffi::{CString, OsString};
use std::os::unix::ffi::OsStringExt;

use crate::Plan;
use crate::isolate::Isolation;
use crate::sys::orders::{self, Received};
use crate::sys::{self, Server};

/// The longest order; for longer ones the server executes this program anew.
const ORDER_MAX: usize = 128 * 1024;
/// An order that cannot be parsed: EINVAL.
const INVALID: i32 = -22;

/// Takes orders until the server is gone. Returns in each child, with its plan.
pub fn serve(server: Server, mut isolation: Isolation) -> (Plan, Server, Isolation) {
    // When its terminal closes, the server ends its commands, and this process last. A process that leads its session
    // already need not start one.
    let _ = sys::new_session();
    orders::block_signals();
    let mut buffer = vec![0; ORDER_MAX];
    loop {
        let (length, files) = match orders::receive(&server, &mut buffer) {
            Received::Order(length, files) => (length, files),
            Received::Nonsense => {
                orders::answer(&server, INVALID);
                continue;
            }
            Received::Gone => std::process::exit(0),
        };
        let Some(mut plan) = read(&buffer[..length]) else {
            orders::answer(&server, INVALID);
            continue;
        };
        isolation.refresh();
        match orders::fork_for_parent(plan.leaf.as_deref()) {
            Ok(0) => {
                plan.is_inside = plan.leaf.is_some();
                // Without its files nothing can be reported, and there is no peer to read a report.
                let Ok(server) = orders::take_files(files) else {
                    std::process::exit(127);
                };
                return (plan, server, isolation);
            }
            Ok(pid) => orders::answer(&server, pid),
            Err(errno) => orders::answer(&server, -errno),
        }
    }
}

fn read(order: &[u8]) -> Option<Plan> {
    let (count, strings) = order.split_at_checked(4)?;
    let count = u32::from_le_bytes(count.try_into().ok()?);
    let strings = strings.strip_suffix(b"\0")?;
    let mut strings = strings.split(|byte| *byte == 0);
    let arguments: Vec<OsString> = strings
        .by_ref()
        .take(usize::try_from(count).ok()?)
        .map(|argument| OsString::from_vec(argument.to_vec()))
        .collect();
    let mut plan = Plan::read(arguments.into_iter())?;
    plan.environment = strings.map(CString::new).collect::<Result<_, _>>().ok()?;
    Some(plan)
}
