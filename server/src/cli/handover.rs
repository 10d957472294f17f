//! Removes passwords from the environment of this process that the kernel shows.
//!
//! `/proc/PID/environ` shows the environment that a process was started with, whatever it changes
//! later. The server is not dumpable, so other processes of its user cannot read it; but root can, and
//! commands run as root under `JCRONTAB_ALLOW_ROOT`. There the server executes itself once more, with
//! the values of all secret settings that variables set in a file in memory, which it reads and closes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::fd::{AsRawFd, IntoRawFd, RawFd};
use std::os::unix::process::CommandExt;

use nix::sys::memfd::{MFdFlags, memfd_create};

use crate::config::{Resolved, Source, SourceFault};

/// The variable that names the file in the second execution.
const HANDED_OVER: &str = "JCRONTAB_HANDED_OVER";

/// The values of secret settings, by the names of their variables.
pub(super) type Passwords = BTreeMap<String, String>;

/// Passwords that the first execution handed over, to be applied whenever the settings are read; empty where there was
/// nothing to hand over. Does not return in the first of two executions.
///
/// # Errors
/// When what was handed over cannot be read.
pub(super) fn settle(resolved: &Resolved) -> std::io::Result<Passwords> {
    if let Ok(number) = std::env::var(HANDED_OVER) {
        let fd: RawFd = number.parse().map_err(std::io::Error::other)?;
        return take(fd);
    }
    let passwords = in_variables(resolved);
    let is_needed = nix::unistd::Uid::effective().is_root()
        && resolved.config.allows_root()
        && !passwords.is_empty();
    if is_needed && let Err(error) = execute_again(&passwords) {
        tracing::warn!(%error, "commands can read the passwords in the server's environment");
    }
    Ok(Passwords::new())
}

/// The settings with the passwords that were handed over.
///
/// # Errors
/// When they are not valid.
pub(super) fn applied(resolved: Resolved, passwords: &Passwords) -> Result<Resolved, SourceFault> {
    if passwords.is_empty() {
        return Ok(resolved);
    }
    resolved.with_variables(passwords)
}

/// Secret settings whose value is in a variable.
fn in_variables(resolved: &Resolved) -> Passwords {
    let secret = (resolved.values.iter()).filter(|value| value.setting.is_secret());
    secret
        .filter(|value| !value.text.is_empty())
        .filter_map(|value| match &value.source {
            Source::Variable(name) => Some((name.clone(), value.text.clone())),
            _ => None,
        })
        .collect()
}

fn take(fd: RawFd) -> std::io::Result<Passwords> {
    let mut text = String::new();
    File::open(format!("/proc/self/fd/{fd}"))?.read_to_string(&mut text)?;
    nix::unistd::close(fd)?;
    Ok(serde_json::from_str(&text)?)
}

/// Returns only on an error.
fn execute_again(passwords: &Passwords) -> std::io::Result<std::convert::Infallible> {
    let program = std::env::current_exe()?;
    // Without CLOEXEC, so that it stays open across exec.
    let mut file = File::from(memfd_create(c"jcrontab-handover", MFdFlags::empty())?);
    file.write_all(serde_json::to_string(passwords)?.as_bytes())?;
    file.rewind()?;
    let mut command = std::process::Command::new(program);
    let mut arguments = std::env::args_os();
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    command.args(arguments);
    for name in passwords.keys() {
        command.env_remove(name);
    }
    command.env(HANDED_OVER, file.as_raw_fd().to_string());
    let error = command.exec();
    // No longer needed once it is read.
    nix::unistd::close(file.into_raw_fd())?;
    Err(error)
}
