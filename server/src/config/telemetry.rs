//! Settings of metrics and the request log.

use std::io::Read;

use clap::Args;

use super::SettingFault;

/// Bytes that are read from a token file.
const FILE_MAX: u64 = 4 * 1024;
/// The most tasks with series of their own: each has one series per final state of its runs.
const TASKS_MAX: u64 = 10_000;

/// Yes or no.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnOff {
    /// Yes.
    On,
    /// No.
    Off,
}

/// Metrics and the request log.
#[derive(Args, Clone, Debug)]
pub struct TelemetrySettings {
    /// Bearer token for GET /metrics; without one, an administrator's API token
    #[arg(
        long,
        env = "JCRONTAB_METRICS_TOKEN",
        hide_env_values = true,
        default_value = "",
        global = true,
        help_heading = "Monitoring"
    )]
    pub metrics_token: String,

    /// File with that token
    #[arg(
        long,
        env = "JCRONTAB_METRICS_TOKEN_FILE",
        default_value = "",
        global = true,
        help_heading = "Monitoring"
    )]
    pub metrics_token_file: String,

    /// Answer GET /metrics to processes on this host without a token
    #[arg(
        long,
        env = "JCRONTAB_METRICS_LOOPBACK",
        value_enum,
        default_value_t = OnOff::On,
        global = true,
        help_heading = "Monitoring"
    )]
    pub metrics_loopback: OnOff,

    /// Tasks with their own series in GET /metrics, at most; 0 for none
    #[arg(
        long,
        env = "JCRONTAB_METRICS_TASKS",
        value_parser = clap::value_parser!(u64).range(0..=TASKS_MAX),
        default_value_t = 0,
        global = true,
        help_heading = "Monitoring"
    )]
    pub metrics_tasks: u64,

    /// Log each request: method, route, status, duration, request id, client address
    #[arg(
        long,
        env = "JCRONTAB_REQUEST_LOG",
        value_enum,
        default_value_t = OnOff::On,
        global = true,
        help_heading = "Monitoring"
    )]
    pub request_log: OnOff,
}

impl TelemetrySettings {
    /// The token for metrics; `None` when none is set.
    ///
    /// # Errors
    /// When it is set twice, its file cannot be read, or it is not a valid token.
    pub fn token(&self) -> Result<Option<String>, SettingFault> {
        let file = self.metrics_token_file.as_str();
        let token = match (self.metrics_token.trim(), file) {
            ("", "") => return Ok(None),
            (token, "") => token.to_owned(),
            ("", path) => read(path)?,
            _ => return Err(SettingFault::MetricsTokenTwice),
        };
        let good = (16..=256).contains(&token.len()) && token.bytes().all(|c| c.is_ascii_graphic());
        if good {
            Ok(Some(token))
        } else {
            Err(SettingFault::MetricsToken)
        }
    }
}

fn read(path: &str) -> Result<String, SettingFault> {
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(FILE_MAX).read_to_string(&mut text))
        .map_err(|error| SettingFault::MetricsTokenFile {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
    Ok(text.trim().to_owned())
}
