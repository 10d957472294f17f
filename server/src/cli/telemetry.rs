//! The server's own log: where it goes, and a change of what is logged while the server runs.

use std::io::IsTerminal;
use std::path::Path;

use tracing_appender::rolling::{InitError, RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::Registry;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::reload;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogSettings, SettingFault};

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub(super) enum LogFault {
    /// A setting cannot be meant.
    #[error(transparent)]
    Setting(#[from] SettingFault),
    /// The file cannot be written.
    #[error("the log file {path} cannot be written")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: InitError,
    },
}

/// Changes what is logged.
#[derive(Clone)]
pub(super) struct Filter(reload::Handle<EnvFilter, Registry>);

impl Filter {
    /// Logs what the settings say from now on.
    ///
    /// # Errors
    /// When the setting cannot be meant.
    pub(super) fn set(&self, settings: &LogSettings) -> Result<(), SettingFault> {
        if self.0.reload(settings.filter()?).is_err() {
            tracing::debug!("the log belongs to another subscriber");
        }
        Ok(())
    }
}

/// Logs go to stderr or to a file a day: `JCRONTAB_LOG=debug` for more, `JCRONTAB_LOG_FORMAT=json` for machines.
///
/// # Errors
/// When a setting has an unknown value, or the file cannot be written.
pub(super) fn install(settings: &LogSettings) -> Result<Filter, LogFault> {
    let (filter, handle) = reload::Layer::new(settings.filter()?);
    let is_json = settings.is_json()?;
    let (writer, is_terminal) = match settings.file()? {
        // Written at once by the thread that logs, so that nothing is lost with the process.
        Some((folder, name)) => (BoxMakeWriter::new(daily(settings, folder, name)?), false),
        None => (
            BoxMakeWriter::new(std::io::stderr),
            std::io::stderr().is_terminal(),
        ),
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(is_terminal)
        .with_target(false);
    let registry = tracing_subscriber::registry().with(filter);
    let installed = if is_json {
        registry.with(lines.json()).try_init()
    } else {
        registry.with(lines).try_init()
    };
    if installed.is_err() {
        tracing::debug!("a log subscriber was installed before");
    }
    Ok(Filter(handle))
}

fn daily(
    settings: &LogSettings,
    folder: &Path,
    name: &str,
) -> Result<RollingFileAppender, LogFault> {
    let mut builder = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix(name);
    let kept = usize::try_from(settings.log_keep).ok();
    if let Some(kept) = kept.filter(|kept| *kept > 0) {
        builder = builder.max_log_files(kept);
    }
    builder.build(folder).map_err(|source| LogFault::File {
        path: settings.log_path.clone(),
        source,
    })
}
