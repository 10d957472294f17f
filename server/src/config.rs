//! Settings. Each is declared once ([`declared`]) and has a flag of `serve`, an environment variable and a key of
//! `jcrontab.toml`. A flag wins over a variable, a variable over the file, the file over the default ([`sources`]).

mod declared;
mod fault;
mod file;
mod find;
mod log;
mod setting;
mod sources;
mod table;
mod telemetry;
mod tls;

use app::routes::{base_path, can_be_base};

use crate::auth::link::LinkActs;
use crate::timetable::{SystemZone, system_zone};
pub use runner::{PoolError, RunAsPool};

pub use declared::Config;
pub use fault::SettingFault;
use fault::{allowance, check_database_url};
pub use file::{FileFault, FileFaults, check_file};
pub use find::{Found, Reading, find};
pub use log::LogSettings;
pub use setting::{Setting, all};
pub use sources::{FILE_VARIABLE, Resolved, Source, SourceFault, SourceRequest, Value, resolve};
pub use table::{Language, table};
pub use telemetry::{OnOff, TelemetrySettings};
pub use tls::TlsSettings;

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

impl From<ContainBy> for runner::ContainBy {
    fn from(set: ContainBy) -> Self {
        match set {
            ContainBy::Auto => Self::Auto,
            ContainBy::Cgroup => Self::Cgroup,
            ContainBy::Supervisor => Self::Supervisor,
        }
    }
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

impl From<Isolate> for runner::Isolate {
    fn from(set: Isolate) -> Self {
        match set {
            Isolate::Auto => Self::Auto,
            Isolate::Off => Self::Off,
        }
    }
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
        if !can_be_base(base_path(&self.base_url())) {
            return Err(SettingFault::PublicUrlPath(self.public_url.clone()));
        }
        if app::i18n::Lang::from_tag(&self.lang).is_none() {
            return Err(SettingFault::Lang(self.lang.clone()));
        }
        if allowance(&self.allow_root).is_none() {
            return Err(SettingFault::AllowRoot(self.allow_root.clone()));
        }
        self.link_acts()?;
        self.chat_by_id()?;
        self.logging.filter()?;
        self.logging.is_json()?;
        self.logging.file()?;
        self.tls.files()?;
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

    /// Whether people of chats who are not listed answer tickets that ask for their IDs.
    ///
    /// # Errors
    /// When the setting has another word.
    pub fn chat_by_id(&self) -> Result<bool, SettingFault> {
        match self.chat_unknown.trim() {
            "refuse" => Ok(false),
            "by-id" => Ok(true),
            _ => Err(SettingFault::ChatUnknown(self.chat_unknown.clone())),
        }
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
            "" if self.tls.tls_cert.is_empty() => format!("http://{}", self.listen),
            "" => format!("https://{}", self.listen),
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
