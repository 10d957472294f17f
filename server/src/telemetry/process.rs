//! What the kernel reports about this process (proc(5)), under the names that all Prometheus clients use.

use nix::sys::resource::{Resource, getrlimit};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// Reads `/proc/self` at each scrape; what cannot be read is absent.
#[derive(Debug)]
pub(super) struct Process;

/// The fields of `/proc/self/stat` that are exported.
#[derive(PartialEq, Debug)]
struct Stat {
    /// Processor time in ticks, user and system.
    cpu: u64,
    threads: u64,
    /// Time since boot, in ticks.
    started: u64,
    virtual_bytes: u64,
    resident_pages: u64,
}

/// Parses a line of `/proc/PID/stat`. The name of the program, in parentheses, may contain anything.
fn read(line: &str) -> Option<Stat> {
    let (_, rest) = line.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    // The field after the name is number 3 in proc_pid_stat(5).
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Stat {
        cpu: number(14)? + number(15)?,
        threads: number(20)?,
        started: number(22)?,
        virtual_bytes: number(23)?,
        resident_pages: number(24)?,
    })
}

/// The boot time, in seconds since 1970.
fn boot_time() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/stat").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("btime "))?;
    line.trim().parse().ok()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "metrics are floating-point numbers; 2^53 bytes are 8 PiB"
)]
fn float(value: u64) -> f64 {
    value as f64
}

fn gauge(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    value: f64,
) -> std::fmt::Result {
    let metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    ConstGauge::new(value).encode(metric)
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> std::fmt::Result {
        let encoder = &mut encoder;
        let stat = std::fs::read_to_string("/proc/self/stat").ok();
        if let Some(stat) = stat.as_deref().and_then(read) {
            let ticks = rustix::param::clock_ticks_per_second();
            let page = u64::try_from(rustix::param::page_size()).unwrap_or_default();
            let cpu = encoder.encode_descriptor(
                "process_cpu_seconds",
                "User and system processor time spent",
                None,
                MetricType::Counter,
            )?;
            ConstCounter::new(float(stat.cpu) / float(ticks)).encode(cpu)?;
            let resident = float(stat.resident_pages * page);
            let name = "process_resident_memory_bytes";
            gauge(encoder, name, "Resident memory", resident)?;
            let size = float(stat.virtual_bytes);
            let name = "process_virtual_memory_bytes";
            gauge(encoder, name, "Virtual memory", size)?;
            let threads = float(stat.threads);
            gauge(encoder, "process_threads", "Threads", threads)?;
            if let Some(boot) = boot_time() {
                let started = float(boot) + float(stat.started) / float(ticks);
                let name = "process_start_time_seconds";
                gauge(
                    encoder,
                    name,
                    "When the process started, since 1970",
                    started,
                )?;
            }
        }
        if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
            // One of them is the handle of this folder itself.
            let open = u64::try_from(files.count().saturating_sub(1)).unwrap_or(u64::MAX);
            gauge(encoder, "process_open_fds", "Open files", float(open))?;
        }
        if let Ok((soft, _)) = getrlimit(Resource::RLIMIT_NOFILE) {
            let name = "process_max_fds";
            gauge(encoder, name, "Limit of open files", float(soft))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_program_may_look_like_fields() {
        let line = "42 (a) 9 (b) S 1 42 42 0 -1 4194560 100 0 0 0 11 5 0 0 20 0 7 0 12345 1000000 250 18446744073709551615 1";
        let stat = Stat {
            cpu: 16,
            threads: 7,
            started: 12_345,
            virtual_bytes: 1_000_000,
            resident_pages: 250,
        };
        assert_eq!(read(line), Some(stat));
        assert_eq!(read("42 (a"), None);
        assert_eq!(read("42 (a) S 1"), None);
    }
}
