//! Runs a command without shell syntax the way the shell would, but without the shell: starting one takes as long as
//! many a command.
//!
//! This process takes the shell's place. From outside it behaves as Debian's `sh` (dash) does: the command is its
//! child, in no process group of its own, with the same arguments, the same environment including `PWD` and the same
//! files; the exit code is the command's, or 128 plus the signal's number, with the same line on standard error.
//! Anything that is not plain goes to the shell, and so does what cannot be executed, because the shell reports why.
//! The server asks for this where `/bin/sh` is dash, and its tests compare the two.

use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStringExt;

use crate::Plan;
use crate::sys::{self, Ended, Server, orders};

/// Names that mean something to the shell itself: it may not pass them on as they are.
const SHELLS_OWN: [&[u8]; 13] = [
    b"ATTY",
    b"ENV",
    b"HISTSIZE",
    b"IFS",
    b"LINENO",
    b"MAILCHECK",
    b"MAILPATH",
    b"OLDPWD",
    b"OPTIND",
    b"PPID",
    b"PS1",
    b"PS2",
    b"PWD",
];
/// SIGINT and SIGPIPE, whose deaths the shell does not report.
const UNSAID: [i32; 2] = [2, 13];

/// Runs the command in the shell's place and exits as the shell would. Returns when the command has to go to the
/// shell: in this process, or in a child that took its place.
pub fn stand_in(plan: &Plan, server: &Server) {
    let Some(words) = words(plan.command.to_bytes()) else {
        return;
    };
    if !plan.environment.iter().all(|line| is_passed_on(line.to_bytes())) {
        return;
    }
    let Some(here) = working_folder() else {
        return;
    };
    match sys::fork() {
        Ok(0) => {
            let words: Vec<&CStr> = words.iter().map(CString::as_c_str).collect();
            let environment = plan.environment.iter().map(CString::as_c_str);
            let environment: Vec<&CStr> = environment.chain([here.as_c_str()]).collect();
            // Returns when the program cannot be executed, or is a script without `#!`.
            orders::exec(words[0], &words, &environment);
        }
        Ok(command) => {
            server.hang_up();
            std::process::exit(end_of(command));
        }
        Err(_) => {}
    }
}

/// The words of a command that every shell reads alike: no quotes, variables, patterns or lookups. `None` for
/// anything else.
fn words(command: &[u8]) -> Option<Vec<CString>> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b" \t_./:,@%+=-".contains(byte);
    if !command.iter().all(is_plain) {
        return None;
    }
    let words: Vec<&[u8]> = command
        .split(|byte| b" \t".contains(byte))
        .filter(|word| !word.is_empty())
        .collect();
    let first = words.first()?;
    // A path is never a shell keyword nor searched for in PATH; with `=` it would be an assignment.
    if !first.starts_with(b"/") || first.contains(&b'=') {
        return None;
    }
    words.into_iter().map(|word| CString::new(word).ok()).collect()
}

/// Whether the shell takes this variable from its environment and passes it on as it is.
fn is_passed_on(line: &[u8]) -> bool {
    let Some(end) = line.iter().position(|byte| *byte == b'=') else {
        return false;
    };
    let name = &line[..end];
    let is_name = name.first().is_some_and(|first| !first.is_ascii_digit())
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    is_name && !SHELLS_OWN.contains(&name)
}

fn working_folder() -> Option<CString> {
    let mut line = b"PWD=".to_vec();
    line.extend(std::env::current_dir().ok()?.into_os_string().into_vec());
    CString::new(line).ok()
}

/// Waits for the command; returns the exit code that the shell would have.
fn end_of(command: i32) -> i32 {
    loop {
        match sys::wait(true) {
            Some((pid, ended)) if pid == command => {
                return match ended {
                    Ended::Code(code) => code,
                    Ended::Signal(signal) => {
                        if !UNSAID.contains(&signal) {
                            sys::say_signal(signal);
                        }
                        128 + signal
                    }
                };
            }
            Some(_) => {}
            None => return 126,
        }
    }
}
