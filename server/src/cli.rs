//! The command line. `serve` is the server; the other commands use its API: over the Unix socket on its
//! own host, over HTTP with a token elsewhere, and in this process where no server runs.
//!
//! Exit codes: 0 success, 1 failure, 2 usage or invalid input, 3 not found, 4 refused, 5 the end of a
//! run that was waited for is unknown.

mod access;
mod arguments;
mod audit;
mod backup;
mod blackout;
mod calendar;
mod channel;
mod chat;
mod client;
mod completions;
mod confirm;
mod cron;
mod crontabs;
mod demo;
mod doctor;
mod editor;
mod files;
mod handover;
mod hidden;
mod import;
mod man;
mod message;
mod name;
mod node;
mod oncall;
mod owner;
mod person;
mod picture;
mod pool;
mod print;
mod progress;
mod retention;
mod rule;
mod run;
mod secret;
mod session;
mod settings;
mod summary;
mod takeover;
mod task;
mod telemetry;
mod ticket;
mod token;
mod usage;
mod user;
mod when;
mod words;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use crate::clock::SystemClock;
use crate::config::Config;
use crate::lifecycle::{self, Reload, Stop};
use crate::store::Store;
use access::Access;
use app::i18n::Lang;
use arguments::Command;
use client::Client;
use serde_json::json;

use print::print_lines;

/// Why a command failed, with its exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
    /// Whether the server did not answer, or answered that it cannot at present.
    is_away: bool,
}

impl Failure {
    fn new(code: u8, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            is_away: false,
        }
    }

    /// A failure because the end of a run that was waited for is unknown.
    fn unseen(message: impl Into<String>) -> Self {
        Self::new(5, message)
    }

    /// Marks a failure that a later retry may resolve.
    fn away(self) -> Self {
        Self {
            is_away: true,
            ..self
        }
    }

    fn error(message: impl Into<String>) -> Self {
        Self::new(1, message)
    }

    fn usage(message: impl Into<String>) -> Self {
        Self::new(2, message)
    }

    /// The tasks are not as files say, which was asked: no fault, and nothing more to print.
    fn differs() -> Self {
        Self::new(2, "")
    }

    /// The same where 2 says that tasks are not as files say.
    fn no_drift(self) -> Self {
        Self {
            code: if self.code == 2 { 1 } else { self.code },
            ..self
        }
    }

    fn refused(message: impl Into<String>) -> Self {
        Self::new(4, message)
    }

    fn not_found(message: impl Into<String>) -> Self {
        Self::new(3, message)
    }

    /// The same with what was given on the command line in the place of the field that it became.
    fn at(self, field: &str, given: &str) -> Self {
        Self {
            message: self
                .message
                .replacen(&format!("{field}: "), &format!("{given}: "), 1),
            ..self
        }
    }

    /// Whether the request was refused.
    const fn is_refused(&self) -> bool {
        self.code == 4
    }

    /// Whether the resource does not exist.
    const fn is_not_found(&self) -> bool {
        self.code == 3
    }
}

/// The chain of an error as one sentence.
fn sentence(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        source = inner.source();
    }
    text
}

/// The language of the terminal.
fn lang() -> Lang {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .and_then(|value| Lang::from_tag(value.split('.').next().unwrap_or("")))
        .unwrap_or(Lang::En)
}

/// Parses the arguments, executes the command, and returns the exit code.
pub async fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let (command, access) = match arguments::read(arguments) {
        Ok(read) => read,
        Err(arguments::UsageError::Settings(fault)) => {
            print::print_error(lang(), &fault.to_string());
            return ExitCode::from(2);
        }
        Err(arguments::UsageError::Arguments(error)) => {
            // Help and version are not failures; clap chooses stdout or stderr.
            let code = if error.use_stderr() { 2 } else { 0 };
            if lang() == Lang::Zh
                && let Some(text) = usage::in_chinese(&error)
            {
                print::print_note(&text);
                return ExitCode::from(code);
            }
            return match error.print() {
                Ok(()) => ExitCode::from(code),
                Err(_) => ExitCode::FAILURE,
            };
        }
    };
    // The database, keys and output are private to the server's user; commands inherit this umask, too.
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o077));
    // One crypto provider for every TLS connection; an error means that it is installed already.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        tracing::debug!("the crypto provider is already installed");
    }
    let done = act(command, &access).await;
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.message.is_empty() {
                print::print_error(lang(), &failure.message);
            }
            ExitCode::from(failure.code)
        }
    }
}

async fn act(command: Command, access: &Access) -> Result<(), Failure> {
    match command {
        Command::Serve => serve(access).await,
        Command::Migrate { json } => migrate(&access.config, json).await,
        Command::Cron(command) => cron::run(&command, access).await,
        Command::Doctor(doctor) => doctor::run(&doctor, access).await,
        Command::Backup(command) => backup::run(&command, access).await,
        Command::Verify(command) => backup::verify(&command).await,
        Command::Restore(command) => backup::restore(&command, access).await,
        Command::Demo(command) => demo::run(&command, access).await,
        Command::Completions(completions) => {
            completions::run(&completions);
            Ok(())
        }
        Command::Man(command) => man::run(&command),
        Command::Version { json } => {
            let version = env!("CARGO_PKG_VERSION");
            let value = serde_json::json!({ "version": version });
            print::print_done(&value, json, &[format!("jcrontab {version}")]);
            Ok(())
        }
        Command::Config(command) => settings::run(&command, access),
        Command::Secret(secret::SecretCommand::RotateKey { json }) => {
            secret::rotate_key(access, json).await
        }
        command => ask(command, access).await,
    }
}

async fn serve(access: &Access) -> Result<(), Failure> {
    let resolved = access.resolved.clone();
    let filter = telemetry::install(&resolved.config.logging)
        .map_err(|error| Failure::error(sentence(&error)))?;
    close_to_others();
    let passwords = handover::settle(&resolved).map_err(|error| {
        Failure::error(lang().pick(
            format!("服务器的密码没有交接成功：{error}"),
            format!("the server's passwords were not handed over: {error}"),
        ))
    })?;
    let settings = handover::applied(resolved, &passwords)
        .map_err(|error| Failure::error(sentence(&error)))?;
    raise_file_limit();
    let stop = Stop::on_signals().map_err(|error| Failure::error(sentence(&error)))?;
    let reload = Reload::on_signal(settings.clone(), reading_again(passwords, filter))
        .map_err(|error| Failure::error(sentence(&error)))?;
    if let Some(file) = &settings.file {
        tracing::info!(file = %file.display(), "settings are read from this file");
    }
    let config = settings.config;
    // On a worker thread: the stack that a start touches is used by requests later, whereas the main thread only waits
    // and would keep half a megabyte.
    let serving = tokio::spawn(async move {
        lifecycle::serve(&config, Arc::new(SystemClock), stop, reload, print_lines).await
    });
    let in_time = serving
        .await
        .unwrap_or_else(|ended| std::panic::resume_unwind(ended.into_panic()))
        .map_err(|error| Failure::error(sentence(&error)))?;
    if in_time {
        Ok(())
    } else {
        Err(Failure::error(lang().pick(
            "停止时还有命令在执行，已经终止",
            "commands were still running and were ended",
        )))
    }
}

/// Reads the settings again, as at the start, and changes what is logged.
fn reading_again(
    passwords: handover::Passwords,
    filter: telemetry::Filter,
) -> lifecycle::ReadAgain {
    Box::new(move || {
        let (_, access) = arguments::read(std::env::args_os()).map_err(|error| match error {
            arguments::UsageError::Settings(fault) => fault.to_string(),
            arguments::UsageError::Arguments(error) => error.to_string(),
        })?;
        let resolved =
            handover::applied(access.resolved, &passwords).map_err(|fault| fault.to_string())?;
        (resolved.config.check()).map_err(|fault| fault.to_string())?;
        filter
            .set(&resolved.config.logging)
            .map_err(|fault| fault.to_string())?;
        Ok(resolved)
    })
}

async fn migrate(config: &Config, json: bool) -> Result<(), Failure> {
    let failed = |error: &dyn std::error::Error| Failure::error(sentence(error));
    config.check_database().map_err(|error| failed(&error))?;
    owner::become_owner(&config.data_dir)?;
    // With SQLite no other process may use the file meanwhile; MySQL serialises migrations itself.
    let data = lifecycle::DataDir::open(&config.data_dir);
    let path = match &data {
        Ok(data) => data.path().to_owned(),
        Err(lifecycle::DataDirError::InUse { .. }) if !config.database_url.is_empty() => {
            config.data_dir.clone()
        }
        Err(error) => return Err(failed(error)),
    };
    let store = Store::open(&config.database_url, &path)
        .await
        .map_err(|error| failed(&error))?;
    let what = lang().pick("更新数据库结构…", "migrating the database …");
    let migrated = progress::shown(what, store.migrate()).await;
    migrated.map_err(|error| failed(&error))?;
    let engine = store.engine().name();
    let words = lang().pick(
        format!("{engine} 数据库已是最新"),
        format!("The {engine} database is up to date"),
    );
    let value = json!({ "database": engine, "migrated": true });
    print::print_done(&value, json, &[words]);
    Ok(())
}

async fn ask(command: Command, access: &Access) -> Result<(), Failure> {
    let client = Client::connect(access, lang()).await?;
    match command {
        Command::User(command) => user::run(&client, &command).await,
        Command::Token(command) => token::run(&client, &command).await,
        Command::Session(command) => session::run(&client, &command).await,
        Command::Channel(command) => channel::run(&client, &command).await,
        Command::Task(command) => task::run(&client, &command).await,
        Command::Run(command) => run::run(&client, &command).await,
        Command::Calendar(command) => calendar::run(&client, &command).await,
        Command::Rule(command) => rule::run(&client, &command).await,
        Command::Blackout(command) => blackout::run(&client, &command).await,
        Command::Secret(command) => secret::run(&client, &command).await,
        Command::Pool(command) => pool::run(&client, &command).await,
        Command::Audit(command) => audit::run(&client, &command).await,
        Command::Retention(command) => retention::run(&client, &command).await,
        Command::Node(command) => node::run(&client, &command).await,
        Command::Picture(command) => picture::run(&client, &command).await,
        Command::Message(command) => message::run(&client, &command).await,
        Command::Chat(command) => chat::run(&client, &command).await,
        Command::Summary(command) => summary::run(&client, &command).await,
        Command::Ticket(command) => ticket::run(&client, &command).await,
        Command::Oncall(command) => oncall::run(&client, &command).await,
        Command::Person(command) => person::run(&client, &command).await,
        Command::Export(export) => files::export(&client, &export).await,
        Command::Apply(apply) => files::apply(&client, &apply).await,
        Command::Import(command) => import::run(&client, &command).await,
        Command::Takeover(change) => {
            takeover::run(&client, access, &change, takeover::Direction::Over).await
        }
        Command::Giveback(change) => {
            takeover::run(&client, access, &change, takeover::Direction::Back).await
        }
        // Handled above.
        Command::Serve
        | Command::Migrate { .. }
        | Command::Cron(_)
        | Command::Doctor(_)
        | Command::Backup(_)
        | Command::Verify(_)
        | Command::Restore(_)
        | Command::Demo(_)
        | Command::Config(_)
        | Command::Man(_)
        | Command::Version { .. }
        | Command::Completions(_) => Ok(()),
    }
}

/// Makes this process not dumpable (prctl(2)): commands that run as the server's own user could
/// otherwise read its memory and environment, such as the database password.
fn close_to_others() {
    if let Err(error) = nix::sys::prctl::set_dumpable(false) {
        tracing::warn!(%error, "processes of this user can read the server's memory");
    }
}

/// Raises the limit of open files: each active run uses two pipes, and the usual soft limit of 1,024 is
/// soon reached.
fn raise_file_limit() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let raised = getrlimit(Resource::RLIMIT_NOFILE).and_then(|(soft, hard)| {
        // Never lowered: it may have been set higher on purpose.
        let wanted = soft.max(hard.min(65_536));
        setrlimit(Resource::RLIMIT_NOFILE, wanted, hard)
    });
    if let Err(error) = raised {
        tracing::warn!(%error, "the open files limit could not be raised");
    }
}
