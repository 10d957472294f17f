//! The machine of the measurement: hardware, versions, date.

use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

/// Lines for the head of the page.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Machine(Vec<(String, String)>);

impl Machine {
    pub(crate) fn look(binary: &Path, root: &Path) -> Self {
        let cpus = std::thread::available_parallelism().map_or(0, usize::from);
        let model = first_of("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
        let memory = first_of("/proc/meminfo", "MemTotal").unwrap_or_default();
        let memory: f64 = memory.trim_end_matches(" kB").trim().parse().unwrap_or(0.0);
        let date = chrono::DateTime::from_timestamp_nanos(crate::now_nanos());
        let lines: Vec<(&str, String)> = vec![
            ("date", date.format("%Y-%m-%d %H:%M UTC").to_string()),
            ("CPU", format!("{cpus} × {model}")),
            ("memory", format!("{:.0} GiB", memory / 1024.0 / 1024.0)),
            ("kernel", said(Command::new("uname").args(["-s", "-r"]))),
            (
                "system",
                first_of("/etc/os-release", "PRETTY_NAME")
                    .unwrap_or_default()
                    .replace('"', ""),
            ),
            ("compiler", env!("BUILT_WITH").to_owned()),
            ("jcrontab", said(Command::new(binary).arg("--version"))),
            (
                "commit",
                said(Command::new("git").arg("-C").arg(root).args([
                    "rev-parse",
                    "--short",
                    "HEAD",
                ])),
            ),
            ("MariaDB", said(Command::new("mariadbd").arg("--version"))),
        ];
        Self(
            lines
                .into_iter()
                .map(|(what, which)| (what.to_owned(), which))
                .collect(),
        )
    }

    /// When it was.
    pub(crate) fn date(&self) -> &str {
        self.0.first().map_or("", |(_, date)| date)
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .filter(|(_, which)| !which.is_empty())
            .map(|(what, which)| (what.as_str(), which.as_str()))
    }
}

/// The version that a program prints, or nothing if it is not installed.
fn said(command: &mut Command) -> String {
    command.env(
        "PATH",
        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    );
    command.output().map_or_else(
        |_| String::new(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

/// The value of the first line `NAME : VALUE` or `NAME=VALUE` of a file.
fn first_of(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let rest = line.strip_prefix(name)?.trim_start();
        let value = rest.strip_prefix(':').or_else(|| rest.strip_prefix('='))?;
        Some(value.trim().to_owned())
    })
}
