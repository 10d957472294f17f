//! Removes passwords from the environment of this process that the kernel shows.
//!
//! `/proc/PID/environ` shows the environment that a process was started with, whatever it changes
//! later. The server is not dumpable, so other processes of its user cannot read it; but root can, and
//! commands run as root under `JCRONTAB_ALLOW_ROOT`. There the server executes itself once more, with
//! the passwords in a file in memory that it reads and closes.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::fd::{AsRawFd, IntoRawFd, RawFd};
use std::os::unix::process::CommandExt;

use nix::sys::memfd::{MFdFlags, memfd_create};
use serde::{Deserialize, Serialize};

use crate::config::Config;

/// The variable that names the file in the second execution.
const HANDED_OVER: &str = "JCRONTAB_HANDED_OVER";
/// Variables that hold passwords.
const PASSWORDS: [&str; 3] = [
    "DATABASE_URL",
    "JCRONTAB_OUTPUT_SECRET_ACCESS_KEY",
    "JCRONTAB_METRICS_TOKEN",
];

/// The passwords that are handed over.
#[derive(Serialize, Deserialize)]
struct Passwords {
    database_url: String,
    output_secret_access_key: String,
    metrics_token: String,
}

/// The settings, passwords included. Does not return in the first of two executions.
///
/// # Errors
/// When what was handed over cannot be read.
pub(super) fn settle(config: &Config) -> std::io::Result<Config> {
    if let Ok(number) = std::env::var(HANDED_OVER) {
        let fd: RawFd = number.parse().map_err(std::io::Error::other)?;
        return take(fd, config);
    }
    let is_needed = nix::unistd::Uid::effective().is_root()
        && config.allows_root()
        && PASSWORDS
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if is_needed && let Err(error) = execute_again(config) {
        tracing::warn!(%error, "commands can read the passwords in the server's environment");
    }
    Ok(config.clone())
}

fn take(fd: RawFd, config: &Config) -> std::io::Result<Config> {
    let mut text = String::new();
    File::open(format!("/proc/self/fd/{fd}"))?.read_to_string(&mut text)?;
    nix::unistd::close(fd)?;
    let passwords: Passwords = serde_json::from_str(&text)?;
    let mut config = Config {
        database_url: passwords.database_url,
        output_secret_access_key: passwords.output_secret_access_key,
        ..config.clone()
    };
    config.telemetry.metrics_token = passwords.metrics_token;
    Ok(config)
}

/// Returns only on an error.
fn execute_again(config: &Config) -> std::io::Result<std::convert::Infallible> {
    let program = std::env::current_exe()?;
    // Without CLOEXEC, so that it stays open across exec.
    let mut file = File::from(memfd_create(c"jcrontab-handover", MFdFlags::empty())?);
    let passwords = Passwords {
        database_url: config.database_url.clone(),
        output_secret_access_key: config.output_secret_access_key.clone(),
        metrics_token: config.telemetry.metrics_token.clone(),
    };
    file.write_all(serde_json::to_string(&passwords)?.as_bytes())?;
    file.rewind()?;
    let mut command = std::process::Command::new(program);
    let mut arguments = std::env::args_os();
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    command.args(arguments);
    for name in PASSWORDS {
        command.env_remove(name);
    }
    command.env(HANDED_OVER, file.as_raw_fd().to_string());
    let error = command.exec();
    // No longer needed once it is read.
    nix::unistd::close(file.into_raw_fd())?;
    Err(error)
}
