//! Settings, each an environment variable and a flag of `serve`; flags win.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use ipnet::IpNet;

/// What keeps the processes of a command together.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ContainBy {
    /// Control groups where they can be used, else a supervisor.
    #[default]
    Auto,
    /// A control group (cgroup v2) for each run; no start without.
    Cgroup,
    /// A small process above each command.
    Supervisor,
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
        global = true
    )]
    pub database_url: String,

    /// Folder for the embedded database, keys, output and the local socket
    #[arg(
        long,
        env = "JCRONTAB_DATA_DIR",
        default_value = "./data",
        global = true
    )]
    pub data_dir: PathBuf,

    /// Address to serve on
    #[arg(
        long,
        env = "JCRONTAB_LISTEN",
        default_value = "127.0.0.1:8000",
        global = true
    )]
    pub listen: SocketAddr,

    /// Address that people reach the server under, for links in messages
    #[arg(long, env = "JCRONTAB_PUBLIC_URL", default_value = "", global = true)]
    pub public_url: String,

    /// IANA zone for tasks that name none; the system's zone when empty
    #[arg(
        long = "default-zone",
        env = "JCRONTAB_ZONE",
        default_value = "",
        global = true
    )]
    pub zone: String,

    /// Private networks that messages may go to, as CIDR list
    #[arg(
        long,
        env = "JCRONTAB_OUTBOUND_ALLOW",
        value_delimiter = ',',
        global = true
    )]
    pub outbound_allow: Vec<IpNet>,

    /// Proxy that messages, calendars and HTTP tasks go through: http://HOST:PORT or
    /// https://HOST:PORT, with USER:PASSWORD@ where it wants them
    #[arg(
        long,
        env = "JCRONTAB_OUTBOUND_PROXY",
        hide_env_values = true,
        default_value = "",
        global = true
    )]
    pub outbound_proxy: String,

    /// Hosts that are called without the proxy, as in NO_PROXY: names with all below them,
    /// addresses, networks, * for all
    #[arg(
        long,
        env = "JCRONTAB_OUTBOUND_NO_PROXY",
        default_value = "",
        global = true
    )]
    pub outbound_no_proxy: String,

    /// Unix user that commands run as when the server runs as root
    #[arg(long, env = "JCRONTAB_RUN_AS", default_value = "nobody", global = true)]
    pub run_as: String,

    /// Unix users that a task may name to run as, besides that one; only when the server is root
    #[arg(
        long,
        env = "JCRONTAB_RUN_AS_ALLOW",
        value_delimiter = ',',
        global = true
    )]
    pub run_as_allow: Vec<String>,

    /// What keeps a command's processes together: control groups, a supervisor, or what there is
    #[arg(
        long,
        env = "JCRONTAB_CONTAINMENT",
        value_enum,
        default_value_t,
        global = true
    )]
    pub containment: ContainBy,

    /// Run commands as root when the server runs as root (1 to allow)
    #[arg(long, env = "JCRONTAB_ALLOW_ROOT", default_value = "0", global = true)]
    pub allow_root: String,

    /// Seconds that running commands get to end when the server stops
    #[arg(
        long,
        env = "JCRONTAB_SHUTDOWN_GRACE",
        default_value_t = 20,
        global = true
    )]
    pub shutdown_grace: u64,

    /// Where output is kept: empty for a folder in the data folder, file:///FOLDER, or
    /// s3://BUCKET/PREFIX
    #[arg(long, env = "JCRONTAB_OUTPUT_URL", default_value = "", global = true)]
    pub output_url: String,

    /// Address of an S3-compatible store that is not Amazon's
    #[arg(
        long,
        env = "JCRONTAB_OUTPUT_ENDPOINT",
        default_value = "",
        global = true
    )]
    pub output_endpoint: String,

    /// Region of the S3 bucket
    #[arg(
        long,
        env = "JCRONTAB_OUTPUT_REGION",
        default_value = "us-east-1",
        global = true
    )]
    pub output_region: String,

    /// Access key of the S3 bucket; the machine's role when empty
    #[arg(
        long,
        env = "JCRONTAB_OUTPUT_ACCESS_KEY_ID",
        default_value = "",
        global = true
    )]
    pub output_access_key_id: String,

    /// Secret key of the S3 bucket
    #[arg(
        long,
        env = "JCRONTAB_OUTPUT_SECRET_ACCESS_KEY",
        hide_env_values = true,
        default_value = "",
        global = true
    )]
    pub output_secret_access_key: String,

    /// Bytes of a run's output that are kept from its start; of what follows, the last 256 KiB
    #[arg(
        long,
        env = "JCRONTAB_OUTPUT_HEAD",
        default_value_t = 8 * 1024 * 1024,
        global = true
    )]
    pub output_head: u64,

    /// Free bytes of the disk below which no output is written to it; at most 5 % of the disk
    #[arg(
        long,
        env = "JCRONTAB_OUTPUT_MIN_FREE",
        default_value_t = 1024 * 1024 * 1024,
        global = true
    )]
    pub output_min_free: u64,

    /// Language of messages: zh or en
    #[arg(
        long = "message-lang",
        env = "JCRONTAB_LANG",
        default_value = "zh",
        global = true
    )]
    pub lang: String,
}

impl Config {
    /// Whether commands of a root server run as root.
    #[must_use]
    pub fn allows_root(&self) -> bool {
        matches!(self.allow_root.as_str(), "1" | "true" | "yes")
    }

    /// The address in messages and on the console.
    #[must_use]
    pub fn base_url(&self) -> String {
        if self.public_url.is_empty() {
            format!("http://{}", self.listen)
        } else {
            self.public_url.trim_end_matches('/').to_owned()
        }
    }

    /// The language of messages.
    #[must_use]
    pub fn message_lang(&self) -> app::i18n::Lang {
        app::i18n::Lang::from_tag(&self.lang).unwrap_or_default()
    }
}
