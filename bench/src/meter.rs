//! What a process and everything it started cost, from `/proc` (proc(5)).

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::Failure;

/// CPU time of a process and of its ended children that were waited for, in milliseconds.
///
/// The kernel counts in nanoseconds and shows ticks of 10 ms (`USER_HZ` is 100 on every Linux that
/// Rust runs on): a difference is right to 20 ms.
pub(crate) fn cpu_ms(pid: u32) -> Result<f64, Failure> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields = stat.rsplit_once(')').ok_or("stat has another form")?.1;
    let mut ticks = 0_u32;
    for field in fields.split_whitespace().skip(11).take(4) {
        ticks += field.parse::<u32>()?;
    }
    Ok(f64::from(ticks) * 10.0)
}

/// CPU time of a process alone, in milliseconds: all its threads, including ended ones, and no children. The kernel's
/// own count, to the nanosecond.
pub(crate) fn own_cpu_ms(pid: u32) -> Result<f64, Failure> {
    let pid = nix::unistd::Pid::from_raw(i32::try_from(pid)?);
    let time = nix::time::clock_getcpuclockid(pid)?.now()?;
    Ok(std::time::Duration::from(time).as_secs_f64() * 1e3)
}

/// Proportional set size of a process alone, in MB (10^6 bytes).
pub(crate) fn own_pss_mb(pid: u32) -> Result<f64, Failure> {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 kB")]
    let mb = one_pss_kb(pid)? as f64 * 1024.0 / 1e6;
    Ok(mb)
}

/// Proportional set size of a process and all its living descendants, in MB (10^6 bytes).
pub(crate) fn pss_mb(pid: u32) -> Result<f64, Failure> {
    let mut sum = one_pss_kb(pid)?;
    for child in descendants(pid) {
        // It may have ended; then it uses no memory.
        sum += one_pss_kb(child).unwrap_or(0);
    }
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 kB")]
    let mb = sum as f64 * 1024.0 / 1e6;
    Ok(mb)
}

fn one_pss_kb(pid: u32) -> Result<u64, Failure> {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .ok_or("smaps_rollup has another form")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}

pub(crate) fn descendants(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    for entry in entries.flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let parent = std::fs::read_to_string(format!("/proc/{pid}/stat"))
            .ok()
            .and_then(|stat| {
                let rest = stat.rsplit_once(')')?.1.to_owned();
                rest.split_whitespace().nth(1)?.parse::<u32>().ok()
            });
        if let Some(parent) = parent {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(pid) = open.pop() {
        let below = children.remove(&pid).unwrap_or_default();
        open.extend(&below);
        found.extend(below);
    }
    found
}

/// Monitors the memory of a process tree until it is stopped.
pub(crate) struct Peak {
    stop: Arc<AtomicBool>,
    highest_kb: Arc<AtomicU64>,
    thread: std::thread::JoinHandle<()>,
}

impl Peak {
    /// Reads the tree every 50 ms. That takes CPU time itself: not for timed rounds.
    pub(crate) fn watch(pid: u32) -> Self {
        Self::with(move || pss_mb(pid))
    }

    /// The same for a process alone, without its children.
    pub(crate) fn watch_one(pid: u32) -> Self {
        Self::with(move || own_pss_mb(pid))
    }

    fn with(look: impl Fn() -> Result<f64, Failure> + Send + 'static) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let highest_kb = Arc::new(AtomicU64::new(0));
        let (stopped, highest) = (Arc::clone(&stop), Arc::clone(&highest_kb));
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                if let Ok(mb) = look() {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "sizes of processes"
                    )]
                    highest.fetch_max((mb * 1e3) as u64, Ordering::Relaxed);
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        Self {
            stop,
            highest_kb,
            thread,
        }
    }

    /// The highest seen, in MB.
    pub(crate) fn stop(self) -> Result<f64, Failure> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread
            .join()
            .map_err(|_| "the memory watcher failed")?;
        #[expect(clippy::cast_precision_loss, reason = "sizes of processes")]
        let mb = self.highest_kb.load(Ordering::Relaxed) as f64 / 1e3;
        Ok(mb)
    }
}
