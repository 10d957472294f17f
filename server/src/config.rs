//! Settings, each an environment variable and a flag of `serve`; flags win.

mod fault;
mod run_as_pool;
mod telemetry;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use ipnet::IpNet;

use crate::auth::link::LinkActs;
use crate::timetable::{SystemZone, system_zone};
pub use run_as_pool::{PoolError, RunAsPool};

pub use fault::SettingFault;
use fault::{allowance, check_database_url};
pub use telemetry::{OnOff, TelemetrySettings};

/// What contains the processes of a command.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ContainBy {
    /// A control group per run where possible, else a supervisor.
    #[default]
    Auto,
    /// A control group (cgroup v2) per run; the server does not start without one.
    Cgroup,
    /// A small supervisor process per run.
    Supervisor,
}

/// Whether commands are kept away from the server's files and from each other.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Isolate {
    /// With Landlock and namespaces, as far as the kernel supports them.
    #[default]
    Auto,
    /// By file permissions only.
    Off,
}

/// Settings of a server process.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Database: empty for the embedded SQLite, or mysql://USER:PASSWORD@HOST/NAME
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        default_value = "",
        global = true,
        help_heading = "Server"
    )]
    pub database_url: String,

    /// Folder with the embedded database, keys, output and the local socket
    #[arg(
        long,
        env = "JCRONTAB_DATA_DIR",
        default_value = "./data",
        global = true,
        help_heading = "Server"
    )]
    pub data_dir: PathBuf,

    /// Address to listen on
    #[arg(
        long,
        env = "JCRONTAB_LISTEN",
        default_value = "127.0.0.1:8000",
        global = true,
        help_heading = "Server"
    )]
    pub listen: SocketAddr,

    /// Reverse proxies whose X-Forwarded-For or Forwarded header is trusted, as CIDR list
    #[arg(
        long,
        env = "JCRONTAB_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_parser = crate::auth::proxies::network,
        global = true, help_heading = "HTTP limits")]
    pub trusted_proxies: Vec<IpNet>,

    /// Concurrent connections; 0 for a quarter of the open files limit, at most 4096
    #[arg(
        long,
        env = "JCRONTAB_MAX_CONNECTIONS",
        default_value_t = 0,
        global = true,
        help_heading = "HTTP limits"
    )]
    pub max_connections: usize,

    /// Concurrent connections from one address, trusted proxies excepted; 0 for a quarter of all
    #[arg(
        long,
        env = "JCRONTAB_MAX_CONNECTIONS_PER_ADDRESS",
        default_value_t = 0,
        global = true,
        help_heading = "HTTP limits"
    )]
    pub max_connections_per_address: usize,

    /// Address under which people reach the server, for links in messages
    #[arg(
        long,
        env = "JCRONTAB_PUBLIC_URL",
        default_value = "",
        global = true,
        help_heading = "Server"
    )]
    pub public_url: String,

    /// What links in reminders may do without an account: done, take, snooze, assign, cycle, run, log; off for no
    /// such links
    #[arg(
        long,
        env = "JCRONTAB_LINK_ACTS",
        default_value = "done,take,snooze,assign,cycle,log",
        global = true,
        help_heading = "Server"
    )]
    pub link_acts: String,

    /// IANA time zone of tasks without one; the system's time zone when empty
    #[arg(
        long = "default-zone",
        env = "JCRONTAB_ZONE",
        default_value = "",
        global = true,
        help_heading = "Server"
    )]
    pub zone: String,

    /// Private networks that outgoing requests may reach, as CIDR list
    #[arg(
        long,
        env = "JCRONTAB_OUTBOUND_ALLOW",
        value_delimiter = ',',
        global = true,
        help_heading = "Outgoing requests"
    )]
    pub outbound_allow: Vec<IpNet>,

    /// Proxy for messages, calendars and HTTP tasks: http://HOST:PORT or https://HOST:PORT, with
    /// USER:PASSWORD@ if it needs credentials
    #[arg(
        long,
        env = "JCRONTAB_OUTBOUND_PROXY",
        hide_env_values = true,
        default_value = "",
        global = true,
        help_heading = "Outgoing requests"
    )]
    pub outbound_proxy: String,

    /// Hosts reached without the proxy, as in NO_PROXY: names with their subdomains, addresses,
    /// networks, * for all
    #[arg(
        long,
        env = "JCRONTAB_OUTBOUND_NO_PROXY",
        default_value = "",
        global = true,
        help_heading = "Outgoing requests"
    )]
    pub outbound_no_proxy: String,

    /// Unix user that runs commands when the server runs as root; empty for one user per task
    #[arg(
        long,
        env = "JCRONTAB_RUN_AS",
        default_value = "",
        global = true,
        help_heading = "Running commands"
    )]
    pub run_as: String,

    /// User IDs for tasks without a user, one per task: auto, off, or a range such as 200000-265533;
    /// only when the server runs as root. Empty for auto without JCRONTAB_RUN_AS, else off
    #[arg(
        long,
        env = "JCRONTAB_RUN_AS_POOL",
        default_value = "",
        global = true,
        help_heading = "Running commands"
    )]
    pub run_as_pool: String,

    /// Other Unix users that a task may choose to run as; only when the server runs as root
    #[arg(
        long,
        env = "JCRONTAB_RUN_AS_ALLOW",
        value_delimiter = ',',
        global = true,
        help_heading = "Running commands"
    )]
    pub run_as_allow: Vec<String>,

    /// Folder for the scratch folders of users that commands run as; only when the server is root.
    /// It and what it is in must belong to root and be closed to others' writing
    #[arg(
        long,
        env = "JCRONTAB_SCRATCH_DIR",
        default_value = "/var/lib/jcrontab-scratch",
        global = true
    )]
    pub scratch_dir: PathBuf,

    /// How the processes of a command are kept together
    #[arg(
        long,
        env = "JCRONTAB_CONTAINMENT",
        value_enum,
        default_value_t,
        global = true,
        help_heading = "Running commands"
    )]
    pub containment: ContainBy,

    /// Isolation of commands from the server's files and from each other
    #[arg(
        long,
        env = "JCRONTAB_ISOLATION",
        value_enum,
        default_value_t,
        global = true,
        help_heading = "Running commands"
    )]
    pub isolation: Isolate,

    /// Run commands as root when the server runs as root (1 to allow)
    #[arg(
        long,
        env = "JCRONTAB_ALLOW_ROOT",
        default_value = "0",
        global = true,
        help_heading = "Running commands"
    )]
    pub allow_root: String,

    /// Seconds that running commands have to finish when the server stops
    #[arg(
        long,
        env = "JCRONTAB_SHUTDOWN_GRACE",
        default_value_t = 20,
        global = true,
        help_heading = "Server"
    )]
    pub shutdown_grace: u64,

    /// Where output is stored: empty for a folder in the data folder, file:///FOLDER, or
    /// s3://BUCKET/PREFIX
    #[arg(
        long,
        env = "JCRONTAB_OUTPUT_URL",
        default_value = "",
        global = true,
        help_heading = "Stored output"
    )]
    pub output_url: String,

    /// Endpoint of an S3-compatible store other than Amazon S3
    #[arg(
        long,
        env = "JCRONTAB_OUTPUT_ENDPOINT",
        default_value = "",
        global = true,
        help_heading = "Stored output"
    )]
    pub output_endpoint: String,

    /// Region of the S3 bucket
    #[arg(
        long,
        env = "JCRONTAB_OUTPUT_REGION",
        default_value = "us-east-1",
        global = true,
        help_heading = "Stored output"
    )]
    pub output_region: String,

    /// Access key ID for the S3 bucket; the machine's role when empty
    #[arg(
        long,
        env = "JCRONTAB_OUTPUT_ACCESS_KEY_ID",
        default_value = "",
        global = true,
        help_heading = "Stored output"
    )]
    pub output_access_key_id: String,

    /// Secret access key for the S3 bucket
    #[arg(
        long,
        env = "JCRONTAB_OUTPUT_SECRET_ACCESS_KEY",
        hide_env_values = true,
        default_value = "",
        global = true,
        help_heading = "Stored output"
    )]
    pub output_secret_access_key: String,

    /// Bytes stored from the start of a run's output; of the rest, the last 256 KiB
    #[arg(
        long,
        env = "JCRONTAB_OUTPUT_HEAD",
        default_value_t = 8 * 1024 * 1024,
        global = true, help_heading = "Stored output")]
    pub output_head: u64,

    /// Free disk space in bytes below which no output is written; at most 5 % of the disk
    #[arg(
        long,
        env = "JCRONTAB_OUTPUT_MIN_FREE",
        default_value_t = 1024 * 1024 * 1024,
        global = true, help_heading = "Stored output")]
    pub output_min_free: u64,

    /// Language of chat messages: zh or en
    #[arg(
        long = "message-lang",
        env = "JCRONTAB_LANG",
        default_value = "zh",
        global = true,
        help_heading = "Server"
    )]
    pub lang: String,

    /// Metrics and the log of requests.
    #[command(flatten)]
    pub telemetry: TelemetrySettings,
}

impl Config {
    /// Refuses settings that cannot be right, before anything is opened.
    ///
    /// # Errors
    /// The first fault found.
    pub fn check(&self) -> Result<(), SettingFault> {
        let public = self.public_url.trim();
        // The standard also accepts http:host as a whole address; in a link it does not work.
        let whole = public.contains("://")
            && url::Url::parse(public)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !public.is_empty() && !whole {
            return Err(SettingFault::PublicUrl(self.public_url.clone()));
        }
        // Paths appended to the address would become part of its query or fragment.
        if public.contains(['?', '#']) {
            return Err(SettingFault::PublicUrlTail(self.public_url.clone()));
        }
        if app::i18n::Lang::from_tag(&self.lang).is_none() {
            return Err(SettingFault::Lang(self.lang.clone()));
        }
        if allowance(&self.allow_root).is_none() {
            return Err(SettingFault::AllowRoot(self.allow_root.clone()));
        }
        self.link_acts()?;
        self.telemetry.token()?;
        self.check_database()
    }

    /// Refuses a database address that cannot be right.
    ///
    /// # Errors
    /// When it cannot be right.
    pub fn check_database(&self) -> Result<(), SettingFault> {
        check_database_url(&self.database_url)
    }

    /// What links in reminders may do; `None` where there are no such links.
    ///
    /// # Errors
    /// When the setting has another word.
    pub fn link_acts(&self) -> Result<Option<LinkActs>, SettingFault> {
        let text = self.link_acts.trim();
        if text == "off" {
            return Ok(None);
        }
        let words = text.split(',').map(str::trim);
        words
            .map(str::parse)
            .collect::<Result<LinkActs, ()>>()
            .map(Some)
            .map_err(|()| SettingFault::LinkActs(self.link_acts.clone()))
    }

    /// The zone of tasks that name none.
    #[must_use]
    pub fn default_zone(&self) -> SystemZone {
        match self.zone.as_str() {
            "" => system_zone(),
            name => SystemZone {
                name: name.to_owned(),
                doubt: None,
            },
        }
    }

    /// Whether commands of a server that runs as root run as root.
    #[must_use]
    pub fn allows_root(&self) -> bool {
        allowance(&self.allow_root).unwrap_or(false)
    }

    /// The user for all commands of a root server whose tasks name none.
    #[must_use]
    pub fn run_as(&self) -> &str {
        match self.run_as.as_str() {
            "" => "nobody",
            name => name,
        }
    }

    /// The users for tasks that name none.
    ///
    /// # Errors
    /// When the setting is not a range of user IDs.
    pub fn run_as_pool(&self) -> Result<RunAsPool, PoolError> {
        match (self.run_as_pool.as_str(), self.run_as.as_str()) {
            ("", "") => Ok(RunAsPool::Auto),
            ("", _) => Ok(RunAsPool::Off),
            (pool, _) => pool.parse(),
        }
    }

    /// The address in messages and on the console.
    #[must_use]
    pub fn base_url(&self) -> String {
        match self.public_url.trim() {
            "" => format!("http://{}", self.listen),
            url => url.trim_end_matches('/').to_owned(),
        }
    }

    /// The language of messages.
    #[must_use]
    pub fn message_lang(&self) -> app::i18n::Lang {
        app::i18n::Lang::from_tag(&self.lang).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
