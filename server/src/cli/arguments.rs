//! The arguments: the commands, and the options that several of them share.

#[cfg(test)]
mod tests;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::access::{Access, Remote};
use super::{
    audit, backup, blackout, calendar, channel, chat, completions, cron, demo, doctor, files,
    import, man, message, node, oncall, person, picture, pool, retention, rule, run, secret,
    session, settings, summary, takeover, task, ticket, token, user,
};
use crate::config::{self, Config, FILE_VARIABLE, Reading, SourceFault, SourceRequest};

/// Scheduled tasks with a web page, a history and chat messages
#[derive(Parser, Debug)]
#[command(name = "jcrontab", version, propagate_version = true)]
struct Arguments {
    /// Settings file; by default /etc/jcrontab/jcrontab.toml or jcrontab.toml in the data folder. Empty for
    /// none
    #[arg(
        id = FILE,
        long = "config",
        env = FILE_VARIABLE,
        value_name = "FILE",
        global = true,
        help_heading = CONNECTION,
        display_order = 899
    )]
    file: Option<String>,
    #[command(flatten)]
    remote: Remote,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Run the server (the default command)
    Serve,
    /// Migrate the database to the schema of this version
    Migrate {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check this installation and report problems with their fixes
    Doctor(doctor::Doctor),
    /// Back up database, key and stored outputs to one file, while the server runs
    ///
    /// Any engine can restore it, so it is also the way from SQLite to MySQL and back
    Backup(backup::Backup),
    /// Read a whole backup, compare its checksums, and show what is in it
    Verify(backup::Verify),
    /// Restore a backup into an empty database while no server runs
    Restore(backup::Restore),
    /// Fill an empty database with made-up tasks and three weeks of history, to look around in
    ///
    /// Nothing is executed or sent. Its commands only print a line or wait, and its channels lead nowhere
    Demo(demo::Demo),
    /// Show and check the settings of a server
    #[command(subcommand)]
    Config(settings::ConfigCommand),
    /// Manage tasks
    #[command(subcommand)]
    Task(task::TaskCommand),
    /// Show and stop runs
    #[command(subcommand)]
    Run(run::RunCommand),
    /// Preview and explain schedules; needs no server
    #[command(subcommand)]
    Cron(cron::CronCommand),
    /// Write tasks as YAML files that can be kept in a repository and applied
    Export(files::Export),
    /// Create and change tasks to match files
    ///
    /// All of it happens in one transaction, or nothing. Whether a task is paused, closed or chased, its
    /// secrets and its history stay as they are
    Apply(files::Apply),
    /// Import crontabs as tasks
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Have the server run imported lines: comments them out of the crontab, and releases their tasks
    ///
    /// It waits for the middle of a minute, so that no firing is lost or doubled
    Takeover(Box<takeover::Change>),
    /// Have cron run imported lines again: holds their tasks, and puts the lines back
    Giveback(Box<takeover::Change>),
    /// Manage notification channels
    #[command(subcommand)]
    Channel(Box<channel::ChannelCommand>),
    /// Manage the people who may use chat bots
    #[command(subcommand)]
    Chat(chat::ChatCommand),
    /// Manage rules: which channels get which events
    #[command(subcommand)]
    Rule(rule::RuleCommand),
    /// Manage secrets and the tasks they are granted to
    #[command(subcommand)]
    Secret(secret::SecretCommand),
    /// Manage calendars of working days
    #[command(subcommand)]
    Calendar(calendar::CalendarCommand),
    /// Manage blackouts: periods in which tasks do not fire
    #[command(subcommand)]
    Blackout(blackout::BlackoutCommand),
    /// Manage concurrency pools: how many runs at once
    #[command(subcommand)]
    Pool(pool::PoolCommand),
    /// Show and change how long history is kept
    #[command(subcommand)]
    Retention(retention::RetentionCommand),
    /// Read and check the audit log: who did what
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Manage the pictures that follow messages
    #[command(subcommand)]
    Picture(picture::PictureCommand),
    /// Show messages that were sent, and send failed ones again
    #[command(subcommand)]
    Message(message::MessageCommand),
    /// Manage summaries: what needs attention, once a day or once a week
    #[command(subcommand)]
    Summary(summary::SummaryCommand),
    /// Show and answer tickets: what people are urged about until it is done
    #[command(subcommand)]
    Ticket(ticket::TicketCommand),
    /// Show and change who is on call
    #[command(subcommand)]
    Oncall(oncall::OncallCommand),
    /// Show and change the zone and the hours of people
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// Show the server processes on this database
    #[command(subcommand)]
    Node(node::NodeCommand),
    /// Manage accounts
    #[command(subcommand)]
    User(user::UserCommand),
    /// Manage API tokens
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Show and end sessions: where accounts are signed in
    #[command(subcommand)]
    Session(session::SessionCommand),
    /// Print a completion script for a shell
    Completions(completions::Completions),
    /// Print the page of the manual
    Man(man::Man),
    /// Print the version of this program
    Version {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// The name of the argument with the settings file.
const FILE: &str = "settings_file";
/// Settings of the server that the help of every command lists: where its socket and database are.
const SHARED: &str = "data_dir";
/// Settings of the server that the help of commands lists that open the database themselves.
const DATABASE: &str = "database_url";
/// Heading of the options that choose the server.
pub(super) const CONNECTION: &str = "Connection";

/// Text after the help of the program.
const AFTER_HELP: &str = "\
Settings of the server: jcrontab serve --help
A server on another host: JCRONTAB_URL=https://HOST JCRONTAB_TOKEN=… jcrontab …

Exit codes: 0 success, 1 failure, 2 usage or invalid input, 3 not found, 4 refused
(no permission, a conflict, too many requests), 5 the end of a run that was waited for
is unknown";

/// A setting of the server as an argument.
fn setting(id: &str) -> Option<clap::Arg> {
    let settings = Config::augment_args(clap::Command::new(""));
    let found = settings
        .get_arguments()
        .find(|setting| setting.get_id() == id);
    found.cloned()
}

/// The command line as it is documented: in its help, and in completions.
pub(super) fn documented() -> clap::Command {
    let shared = setting(SHARED).map(|setting| setting.help_heading(CONNECTION).display_order(900));
    let database = || setting(DATABASE).map(|setting| setting.help_heading(CONNECTION));
    let whole = Arguments::command()
        .args(shared)
        .after_help(AFTER_HELP)
        // `serve` is the server itself, so it takes no address of one.
        .mut_subcommand("serve", |serve| {
            let hidden = Remote::augment_args(clap::Command::new(""));
            let hidden = hidden
                .get_arguments()
                .map(|remote| remote.clone().hide(true));
            // The settings have a description of their own, which would replace that of the command.
            let about = serve.get_about().cloned();
            let serve = Config::augment_args(serve).args(hidden.collect::<Vec<_>>());
            match about {
                Some(about) => serve.about(about),
                None => serve,
            }
        })
        .mut_subcommand("migrate", |migrate| migrate.args(database()))
        .mut_subcommand("doctor", |doctor| doctor.args(database()))
        .mut_subcommand("backup", |backup| backup.args(database()))
        .mut_subcommand("restore", |restore| restore.args(database()))
        .mut_subcommand("secret", |secret| {
            secret.mut_subcommand("rotate-key", |rotate| rotate.args(database()))
        });
    tidy(own_urls(whole))
}

/// Hides defaults that are empty, and lists `--json` beside `--help`, whatever heading precedes it.
fn tidy(command: clap::Command) -> clap::Command {
    let plain = |argument: clap::Arg| {
        let is_empty = argument.get_default_values() == [""];
        let is_json = argument.get_id() == "json";
        let argument = argument.hide_default_value(is_empty);
        if is_json {
            argument.help_heading(clap::builder::Resettable::Reset)
        } else {
            argument
        }
    };
    command.mut_args(plain).mut_subcommands(tidy)
}

/// A command with another option `--url` has the server's URL as `--server-url`.
fn own_urls(command: clap::Command) -> clap::Command {
    let is_own = |argument: &clap::Arg| {
        argument.get_long() == Some("url") && argument.get_id() != Remote::URL
    };
    let url = if command.get_arguments().any(is_own) {
        let remote = Remote::augment_args(clap::Command::new(""));
        let mut all = remote.get_arguments();
        let url = all.find(|argument| argument.get_id() == Remote::URL);
        url.map(|url| url.clone().long("server-url"))
    } else {
        None
    };
    command.args(url).mut_subcommands(own_urls)
}

/// The command line as it is parsed. Without a running server a command opens the database itself, as
/// a server would. So every command accepts the server's settings, too, which its help does not list.
fn parsed() -> clap::Command {
    let settings = Config::augment_args(clap::Command::new(""));
    let hidden = (settings.get_arguments())
        .filter(|setting| setting.get_id() != SHARED)
        .map(|setting| setting.clone().hide(true));
    documented().args(hidden.collect::<Vec<_>>())
}

/// Why a command line cannot be followed.
#[derive(Debug)]
pub(super) enum UsageError {
    /// It is invalid, or requests help or the version.
    Arguments(clap::Error),
    /// The settings cannot be read.
    Settings(SourceFault),
}

impl Command {
    /// How it treats a settings file that its user may not read.
    const fn reading(&self) -> Reading {
        match self {
            Self::Serve
            | Self::Migrate { .. }
            | Self::Doctor(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Config(_)
            | Self::Secret(secret::SecretCommand::RotateKey { .. }) => Reading::Server,
            _ => Reading::Client,
        }
    }

    /// Whether it needs no settings file, or reports itself what is wrong with it.
    const fn reads_no_file(&self) -> bool {
        matches!(
            self,
            Self::Completions(_)
                | Self::Man(_)
                | Self::Version { .. }
                | Self::Verify(_)
                | Self::Config(settings::ConfigCommand::Check { .. })
        )
    }
}

/// Parses a command line, and reads the settings from it, the environment and the settings file.
///
/// # Errors
/// When it is invalid, requests help or the version, or the settings cannot be read.
pub(super) fn read(
    arguments: impl IntoIterator<Item = std::ffi::OsString>,
) -> Result<(Command, Access), UsageError> {
    let matches: ArgMatches =
        (parsed().try_get_matches_from(arguments)).map_err(UsageError::Arguments)?;
    let arguments = Arguments::from_arg_matches(&matches).map_err(UsageError::Arguments)?;
    let command = arguments.command.unwrap_or(Command::Serve);
    let named = arguments.file;
    // A server elsewhere has its own settings.
    let is_elsewhere = !arguments.remote.base().is_empty() && command.reading() == Reading::Client;
    let wanted = SourceRequest {
        named: match command.reads_no_file() || (is_elsewhere && named.is_none()) {
            true => Some(""),
            false => named.as_deref(),
        },
        reading: command.reading(),
    };
    let variable = |name: &str| std::env::var_os(name);
    let resolved = config::resolve(&matches, wanted, &variable).map_err(UsageError::Settings)?;
    Ok((command, Access::new(resolved, named, arguments.remote)))
}
