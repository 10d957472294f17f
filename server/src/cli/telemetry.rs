//! The server's own log: its filter and its format.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::config::SettingFault;

/// The sources of log lines: our crates, and others that log. A filter may name one of them without a
/// level, which enables all its lines.
const SOURCES: [&str; 18] = [
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
    "rustls",
    "sea",
    "server",
    "sqlx",
    "tokio",
    "tower",
    "tracing",
    "want",
];

/// Logs go to stderr: `JCRONTAB_LOG=debug` for more, `JCRONTAB_LOG_FORMAT=json` for machines.
///
/// # Errors
/// When one of them has an unknown value.
pub(super) fn install() -> Result<(), SettingFault> {
    let filter = filter(variable("JCRONTAB_LOG").as_deref())?;
    let json = is_json(variable("JCRONTAB_LOG_FORMAT").as_deref())?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_target(false);
    let installed = if json {
        builder.json().try_init()
    } else {
        builder.try_init()
    };
    if installed.is_err() {
        tracing::debug!("a log subscriber was installed before");
    }
    Ok(())
}

fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// What is logged.
fn filter(text: Option<&str>) -> Result<EnvFilter, SettingFault> {
    let Some(text) = text else {
        return Ok(EnvFilter::new("info"));
    };
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
    EnvFilter::try_new(parts.join(",")).map_err(|_| fault())
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

/// In which form.
fn is_json(text: Option<&str>) -> Result<bool, SettingFault> {
    match text.map(str::trim) {
        None | Some("" | "text") => Ok(false),
        Some("json") => Ok(true),
        Some(other) => Err(SettingFault::LogFormat(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_logged_is_a_level_or_names_a_source() {
        for good in [
            None,
            Some(""),
            Some("info"),
            Some("DEBUG"),
            Some("off"),
            Some("3"),
            Some("server=debug,info"),
            Some("info, server::store=debug"),
            Some("error,server=debug"),
            Some("server"),
            Some("server::scheduler"),
            Some("sqlx=warn,hyper_util"),
            Some("other_crate=trace"),
            Some("[a_span]=debug"),
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
                filter(Some(bad)).map(drop),
                Err(SettingFault::Log(bad.to_owned())),
                "{bad}"
            );
        }
    }

    #[test]
    fn the_form_is_text_or_json() {
        for (text, json) in [
            (None, false),
            (Some(""), false),
            (Some("text"), false),
            (Some("json"), true),
        ] {
            assert_eq!(is_json(text), Ok(json), "{text:?}");
        }
        for bad in ["xml", "JSON", "pretty"] {
            assert_eq!(
                is_json(Some(bad)),
                Err(SettingFault::LogFormat(bad.to_owned()))
            );
        }
    }
}
