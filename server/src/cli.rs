//! The command line. `serve` is the server; everything else asks it, over the Unix socket on its
//! own host, over HTTP with a token elsewhere, and without a running server in this process.
//!
//! Exit codes: 0 done, 1 error, 2 usage, 3 not found, 4 refused.

mod blackout;
mod calendar;
mod client;
mod cron;
mod doctor;
mod handover;
mod name;
mod node;
mod pool;
mod print;
mod run;
mod secret;
mod task;
mod telemetry;
mod user;
mod when;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use app::i18n::Lang;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::clock::SystemClock;
use crate::config::Config;
use crate::lifecycle::{self, Stop};
use crate::store::Store;
use client::Client;

pub use print::print_lines;

/// Scheduled tasks with a page, a memory and a voice
#[derive(Parser, Debug)]
#[command(name = "jcrontab", version, propagate_version = true)]
struct Arguments {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run the server (what happens without a command)
    Serve,
    /// Bring the database to this version
    Migrate,
    /// Accounts
    #[command(subcommand)]
    User(user::UserCommand),
    /// API tokens
    #[command(subcommand)]
    Token(user::TokenCommand),
    /// Notification channels
    #[command(subcommand)]
    Channel(user::ChannelCommand),
    /// Tasks
    #[command(subcommand)]
    Task(task::TaskCommand),
    /// Runs
    #[command(subcommand)]
    Run(run::RunCommand),
    /// Schedules, without a server: what they say and when they fire
    #[command(subcommand)]
    Cron(cron::CronCommand),
    /// Calendars of working days
    #[command(subcommand)]
    Calendar(calendar::CalendarCommand),
    /// Times in which tasks do not fire
    #[command(subcommand)]
    Blackout(blackout::BlackoutCommand),
    /// Secrets that tasks are granted
    #[command(subcommand)]
    Secret(secret::SecretCommand),
    /// Concurrency pools: how many runs at once
    #[command(subcommand)]
    Pool(pool::PoolCommand),
    /// Server processes on this database
    #[command(subcommand)]
    Node(node::NodeCommand),
    /// Check this installation and say how to fix what is wrong
    Doctor(doctor::Doctor),
}

/// Why a command failed, with its exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    fn error(message: impl Into<String>) -> Self {
        Self {
            code: 1,
            message: message.into(),
        }
    }

    fn usage(message: impl Into<String>) -> Self {
        Self {
            code: 2,
            message: message.into(),
        }
    }

    fn refused(message: impl Into<String>) -> Self {
        Self {
            code: 4,
            message: message.into(),
        }
    }

    fn not_found(message: impl Into<String>) -> Self {
        Self {
            code: 3,
            message: message.into(),
        }
    }

    /// Whether there is no such thing.
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

/// The setting that matters to every command: where the server's socket and database are.
const SHARED: &str = "data_dir";

/// The command line as it is shown. Each command takes the server's settings, because without a
/// running server it works on the database itself; the help of `serve` alone lists them, since
/// elsewhere they would bury what the command is about.
fn command_line() -> clap::Command {
    let settings = Config::augment_args(clap::Command::new(""));
    let hidden = (settings.get_arguments())
        .map(|setting| setting.get_id().clone())
        .filter(|id| id.as_str() != SHARED);
    let whole = hidden.fold(Arguments::command(), |whole, id| {
        whole.mut_arg(id, |setting| setting.hide(true))
    });
    whole
        .mut_subcommand("serve", Config::augment_args)
        .after_help(
            "The server's settings: jcrontab serve --help\n\
             A server elsewhere: JCRONTAB_URL=https://HOST JCRONTAB_TOKEN=… jcrontab …",
        )
}

/// Parses the arguments, does what they say, and gives the exit code.
pub async fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed = command_line()
        .try_get_matches_from(arguments)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no failures; clap knows where each belongs.
            let code = if error.use_stderr() { 2 } else { 0 };
            return match error.print() {
                Ok(()) => ExitCode::from(code),
                Err(_) => ExitCode::FAILURE,
            };
        }
    };
    // The database, keys and output are private to the server's user; commands start with this,
    // too.
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o077));
    // One crypto provider for every TLS connection; a second call would only say that it is there.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        tracing::debug!("the crypto provider is already installed");
    }
    let done = match arguments.command {
        None | Some(Command::Serve) => serve(&arguments.config).await,
        Some(Command::Migrate) => migrate(&arguments.config).await,
        Some(Command::Cron(command)) => cron::run(&command, &arguments.config).await,
        Some(Command::Doctor(doctor)) => doctor::run(&doctor, &arguments.config).await,
        Some(Command::Secret(secret::SecretCommand::RotateKey)) => {
            secret::rotate_key(&arguments.config).await
        }
        Some(command) => ask(command, &arguments.config).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            print::print_error(&failure.message);
            ExitCode::from(failure.code)
        }
    }
}

async fn serve(config: &Config) -> Result<(), Failure> {
    telemetry::install().map_err(|error| Failure::error(sentence(&error)))?;
    close_to_others();
    let config = &handover::settle(config).map_err(|error| {
        Failure::error(format!(
            "the server's passwords were not handed over: {error}"
        ))
    })?;
    raise_file_limit();
    let stop = Stop::on_signals().map_err(|error| Failure::error(sentence(&error)))?;
    let in_time = lifecycle::serve(config, Arc::new(SystemClock), stop)
        .await
        .map_err(|error| Failure::error(sentence(&error)))?;
    if in_time {
        Ok(())
    } else {
        Err(Failure::error("commands were still running and were ended"))
    }
}

async fn migrate(config: &Config) -> Result<(), Failure> {
    let failed = |error: &dyn std::error::Error| Failure::error(sentence(error));
    config.check_database().map_err(|error| failed(&error))?;
    // With SQLite no other process may use the file meanwhile; MySQL itself serialises migrations.
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
    store.migrate().await.map_err(|error| failed(&error))?;
    print_lines(&[format!(
        "The {} database is up to date",
        store.engine().name()
    )]);
    Ok(())
}

async fn ask(command: Command, config: &Config) -> Result<(), Failure> {
    let client = Client::connect(config, lang()).await?;
    match command {
        Command::User(command) => user::user(&client, &command).await,
        Command::Token(command) => user::token(&client, &command).await,
        Command::Channel(command) => user::channel(&client, &command).await,
        Command::Task(command) => task::run(&client, &command).await,
        Command::Run(command) => run::run(&client, &command).await,
        Command::Calendar(command) => calendar::run(&client, &command).await,
        Command::Blackout(command) => blackout::run(&client, &command).await,
        Command::Secret(command) => secret::run(&client, &command).await,
        Command::Pool(command) => pool::run(&client, &command).await,
        Command::Node(command) => node::run(&client, &command).await,
        Command::Serve | Command::Migrate | Command::Cron(_) | Command::Doctor(_) => Ok(()),
    }
}

/// Commands may run as the server's own user, which can read its memory and the variables that it
/// was started with: passwords of the database and the like. prctl(2).
fn close_to_others() {
    if let Err(error) = nix::sys::prctl::set_dumpable(false) {
        tracing::warn!(%error, "processes of this user can read the server's memory");
    }
}

/// Every running command holds two pipes; the usual soft limit of 1,024 files is soon reached.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        command_line().debug_assert();
    }

    /// The help of a command, with that of all below it.
    fn helps(command: &clap::Command, found: &mut Vec<(String, String)>) {
        let name = command.get_bin_name().unwrap_or_default().to_owned();
        let mut shown = command.clone();
        found.push((name, shown.render_long_help().to_string()));
        for below in command.get_subcommands() {
            helps(below, found);
        }
    }

    #[test]
    fn only_serve_lists_the_settings_of_the_server() {
        let mut whole = command_line();
        whole.build();
        let mut all = Vec::new();
        helps(&whole, &mut all);
        assert!(all.len() > 50, "{}", all.len());
        for (name, help) in &all {
            let serve = name == "jcrontab serve";
            for setting in [
                "--database-url",
                "--listen",
                "--output-head",
                "--outbound-proxy",
            ] {
                assert_eq!(help.contains(setting), serve, "{name}: {setting}");
            }
            let about_none = name.split(' ').any(|word| word == "help");
            assert!(help.contains("--data-dir") || about_none, "{name}");
        }
    }

    #[test]
    fn settings_are_taken_before_and_behind_each_command() {
        for line in [
            "jcrontab --listen=127.0.0.1:9",
            "jcrontab --listen=127.0.0.1:9 serve",
            "jcrontab serve --listen=127.0.0.1:9",
            "jcrontab --listen=127.0.0.1:9 task list",
            "jcrontab task list --listen=127.0.0.1:9",
        ] {
            let matches = command_line().try_get_matches_from(line.split(' '));
            let read = Arguments::from_arg_matches(&matches.expect("matches")).expect("arguments");
            assert_eq!(read.config.listen.port(), 9, "{line}");
        }
    }
}
