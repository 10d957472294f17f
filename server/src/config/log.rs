//! Settings of the server's own log.

use std::path::Path;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::SettingFault;
use super::setting::settings;

/// The sources of log lines: our crates, and others that log. A filter may name one of them without a
/// level, which enables all its lines.
const SOURCES: [&str; 19] = [
    "app",
    "axum",
    "h2",
    "hyper",
    "jcrontab",
    "leptos",
    "migration",
    "mio",
    "object_store",
    "reqwest",
    "runner",
    "rustls",
    "sea",
    "server",
    "sqlx",
    "tokio",
    "tower",
    "tracing",
    "want",
];

settings! {
    /// The server's own log.
    pub struct LogSettings {
        /// What is logged: off, error, warn, info, debug or trace, or a list with levels of modules such as
        /// info,server=debug
        #[arg(
            long,
            env = "JCRONTAB_LOG",
            default_value = "info",
            global = true,
            help_heading = "Log"
        )]
        pub log: String => live "记录什么：off、error、warn、info、debug、trace，或按模块写级别，例如 info,server=debug",

        /// Form of the log: text or json
        #[arg(
            long,
            env = "JCRONTAB_LOG_FORMAT",
            default_value = "text",
            global = true,
            help_heading = "Log"
        )]
        pub log_format: String => fixed "日志的格式：text 或 json",

        /// File that the log is written to instead of standard error, a new one each day: the date in UTC is
        /// appended to its name
        #[arg(
            long,
            env = "JCRONTAB_LOG_PATH",
            value_name = "FILE",
            default_value = "",
            global = true,
            help_heading = "Log"
        )]
        pub log_path: String => fixed "日志写到这个文件而不是标准错误，每天一个新文件：文件名后面加 UTC 日期",

        /// Log files that are kept; 0 for all
        #[arg(
            long,
            env = "JCRONTAB_LOG_KEEP",
            value_parser = clap::value_parser!(u64).range(0..=10_000),
            default_value_t = 14,
            global = true,
            help_heading = "Log"
        )]
        pub log_keep: u64 => fixed "保留多少个日志文件；0 表示全部",
    }
}

impl LogSettings {
    /// What is logged.
    ///
    /// # Errors
    /// When the setting cannot be meant.
    pub fn filter(&self) -> Result<EnvFilter, SettingFault> {
        filter(&self.log)
    }

    /// The folder of the log files and the start of their names; `None` for standard error.
    ///
    /// # Errors
    /// When the setting names no file.
    pub fn file(&self) -> Result<Option<(&Path, &str)>, SettingFault> {
        if self.log_path.is_empty() {
            return Ok(None);
        }
        let path = Path::new(&self.log_path);
        let name = path.file_name().and_then(|name| name.to_str());
        match (path.parent(), name) {
            (Some(folder), Some(name)) if !self.log_path.ends_with('/') => Ok(Some((folder, name))),
            _ => Err(SettingFault::LogPath(self.log_path.clone())),
        }
    }

    /// Whether lines are JSON.
    ///
    /// # Errors
    /// When the setting has another word.
    pub fn is_json(&self) -> Result<bool, SettingFault> {
        is_json(&self.log_format)
    }
}

fn filter(text: &str) -> Result<EnvFilter, SettingFault> {
    let fault = || SettingFault::Log(text.to_owned());
    // A blank after a comma is not part of a name.
    let parts: Vec<&str> = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    if !parts.iter().copied().all(may_be_meant) {
        return Err(fault());
    }
    // In front, so that what is said of the runner itself wins.
    let of_runner: Vec<String> = parts.iter().filter_map(|part| for_runner(part)).collect();
    let of_runner = of_runner.iter().map(String::as_str);
    let parts: Vec<&str> = of_runner.chain(parts.iter().copied()).collect();
    EnvFilter::try_new(parts.join(",")).map_err(|_| fault())
}

/// What a part of a filter for all lines of the server says of the runner: it is a crate of its own, and of the server all
/// the same.
fn for_runner(part: &str) -> Option<String> {
    let level = part.strip_prefix("server")?;
    let is_whole = level.is_empty() || level.starts_with('=');
    is_whole.then(|| format!("runner{level}"))
}

/// Whether a part of a filter is plausible. A single word that is not a level is parsed as a source, so
/// a mistyped level would silence everything.
fn may_be_meant(part: &str) -> bool {
    part.contains(['=', '['])
        || part.parse::<LevelFilter>().is_ok()
        || SOURCES.iter().any(|source| {
            let below = part.strip_prefix(source);
            source.starts_with(part) || below.is_some_and(|rest| rest.starts_with(['_', ':']))
        })
}

fn is_json(text: &str) -> Result<bool, SettingFault> {
    match text.trim() {
        "" | "text" => Ok(false),
        "json" => Ok(true),
        other => Err(SettingFault::LogFormat(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_logged_is_a_level_or_names_a_source() {
        for good in [
            "",
            "info",
            "DEBUG",
            "off",
            "3",
            "server=debug,info",
            "info, server::store=debug",
            "error,server=debug",
            "server",
            "server::scheduler",
            "sqlx=warn,hyper_util",
            "other_crate=trace",
            "[a_span]=debug",
        ] {
            assert!(filter(good).is_ok(), "{good:?}");
        }
        for bad in [
            "loud",
            "server=loud",
            "info,verbose",
            "warning",
            "=",
            "server=debug=info",
        ] {
            assert_eq!(
                filter(bad).map(drop),
                Err(SettingFault::Log(bad.to_owned())),
                "{bad}"
            );
        }
    }

    #[test]
    fn lines_of_the_runner_are_lines_of_the_server() {
        for (text, expected) in [
            ("error,server=debug", "runner=debug,server=debug,error"),
            ("server", "runner=trace,server=trace"),
            ("server=debug,runner=warn", "runner=warn,server=debug"),
            ("server::store=debug", "server::store=debug"),
            ("info", "info"),
        ] {
            let parts = |filter: &EnvFilter| {
                let text = filter.to_string();
                let mut parts: Vec<String> = text.split(',').map(str::to_owned).collect();
                parts.sort_unstable();
                parts
            };
            let found = filter(text).expect("a filter");
            let wanted = EnvFilter::try_new(expected).expect("a filter");
            assert_eq!(parts(&found), parts(&wanted), "{text}");
        }
    }

    #[test]
    fn the_form_is_text_or_json() {
        for (text, json) in [("", false), ("text", false), ("json", true)] {
            assert_eq!(is_json(text), Ok(json), "{text:?}");
        }
        for bad in ["xml", "JSON", "pretty"] {
            assert_eq!(is_json(bad), Err(SettingFault::LogFormat(bad.to_owned())));
        }
    }
}
