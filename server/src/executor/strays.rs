//! Processes that outlived a killed server.
//!
//! Every command carries the key of its server's data folder in its environment, and so do its
//! descendants, whatever sessions they made. A server that holds the folder's lock may therefore
//! end every process that carries the key: no pid from the database is trusted, since pids are
//! used again.

use std::path::Path;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Kills what carries `host_key` and gives how many there were.
///
/// # Errors
/// When `/proc` cannot be read.
pub fn kill_strays(host_key: &str) -> std::io::Result<usize> {
    let marker = format!("JCRONTAB_HOST_KEY={host_key}");
    let me = std::process::id();
    let mut killed = 0;
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        if pid == me || pid <= 1 || !carries(pid, marker.as_bytes()) {
            continue;
        }
        let Ok(raw) = i32::try_from(pid) else {
            continue;
        };
        match kill(Pid::from_raw(raw), Signal::SIGKILL) {
            Ok(()) => killed += 1,
            Err(nix::errno::Errno::ESRCH) => {}
            Err(error) => tracing::warn!(pid, %error, "a stray process cannot be killed"),
        }
    }
    Ok(killed)
}

fn carries(pid: u32, marker: &[u8]) -> bool {
    // Processes of other users, or gone by now, are not ours.
    std::fs::read(Path::new("/proc").join(pid.to_string()).join("environ")).is_ok_and(|environ| {
        environ
            .split(|byte| *byte == 0)
            .any(|variable| variable == marker)
    })
}
