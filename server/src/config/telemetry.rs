//! Settings of metrics, the request log and reminders of backups.

use std::io::Read;

use super::SettingFault;
use super::setting::settings;

/// Bytes that are read from a token file.
const FILE_MAX: u64 = 4 * 1024;
/// The most tasks with series of their own: each has one series per final state of its runs.
const TASKS_MAX: u64 = 10_000;
/// The most days without a backup.
const BACKUP_DAYS_MAX: i64 = 3_650;

/// Yes or no.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnOff {
    /// Yes.
    On,
    /// No.
    Off,
}

settings! {
    /// Metrics, the request log and reminders of backups.
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
        pub metrics_token: String => live "读取 GET /metrics 用的 Bearer 令牌；不设置则用管理员的 API 令牌",

        /// File with that token
        #[arg(
            long,
            env = "JCRONTAB_METRICS_TOKEN_FILE",
            default_value = "",
            global = true,
            help_heading = "Monitoring"
        )]
        pub metrics_token_file: String => live "存放这个令牌的文件",

        /// Answer GET /metrics to processes on this host without a token
        #[arg(
            long,
            env = "JCRONTAB_METRICS_LOOPBACK",
            value_enum,
            default_value_t = OnOff::On,
            global = true,
            help_heading = "Monitoring"
        )]
        pub metrics_loopback: OnOff => live "本机的进程不用令牌就可以读取 GET /metrics",

        /// Tasks with their own series in GET /metrics, at most; 0 for none
        #[arg(
            long,
            env = "JCRONTAB_METRICS_TASKS",
            value_parser = clap::value_parser!(u64).range(0..=TASKS_MAX),
            default_value_t = 0,
            global = true,
            help_heading = "Monitoring"
        )]
        pub metrics_tasks: u64 => fixed "GET /metrics 里最多有多少个任务有自己的序列；0 表示没有",

        /// Log each request: method, route, status, duration, request id, client address
        #[arg(
            long,
            env = "JCRONTAB_REQUEST_LOG",
            value_enum,
            default_value_t = OnOff::On,
            global = true,
            help_heading = "Monitoring"
        )]
        pub request_log: OnOff => live "记录每个请求：方法、路由、状态、耗时、请求 ID、客户端地址",

        /// Days after which administrators are reminded of a backup; 0 for never
        #[arg(
            long,
            env = "JCRONTAB_BACKUP_WARN_DAYS",
            value_parser = clap::value_parser!(u32).range(0..=BACKUP_DAYS_MAX),
            default_value_t = 7,
            global = true,
            help_heading = "Monitoring"
        )]
        pub backup_warn_days: u32 => live "上一次备份过去多少天后提醒管理员；0 表示不提醒",
    }
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
