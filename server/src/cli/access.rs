//! The context of a command: the settings, and the server on another host if one is given.

use clap::Args;

use super::arguments::CONNECTION;
use crate::config::{Config, Resolved};

/// A server on another host.
#[derive(Args, Clone, Debug)]
pub(super) struct Remote {
    /// Server on another host, https://HOST; without it, the server of the data folder
    #[arg(
        id = Self::URL,
        long = "url",
        alias = "server-url",
        env = "JCRONTAB_URL",
        value_name = "URL",
        default_value = "",
        global = true,
        help_heading = CONNECTION,
        display_order = 901
    )]
    url: String,
    /// API token for that server. Prefer the variable: other users can read command lines
    #[arg(
        id = Self::TOKEN,
        long = "token",
        env = "JCRONTAB_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true,
        default_value = "",
        global = true,
        help_heading = CONNECTION,
        display_order = 902
    )]
    token: String,
}

impl Remote {
    /// The name of the argument with the server's URL; `url` is taken by channels and calendars.
    pub(super) const URL: &str = "server_url";
    const TOKEN: &str = "server_token";

    /// Its address, without a slash at the end.
    pub(super) fn base(&self) -> &str {
        self.url.trim_end_matches('/')
    }

    /// The token, where one is set.
    pub(super) fn token(&self) -> Option<&str> {
        Some(self.token.as_str()).filter(|token| !token.is_empty())
    }
}

/// The context of a command.
#[derive(Clone, Debug)]
pub(super) struct Access {
    /// The settings, most of which only matter where no server runs.
    pub(super) config: Config,
    /// The same with the source of each.
    pub(super) resolved: Resolved,
    /// The settings file that the command line or a variable names; empty for none.
    pub(super) named_file: Option<String>,
    remote: Remote,
}

impl Access {
    pub(super) fn new(resolved: Resolved, named_file: Option<String>, remote: Remote) -> Self {
        Self {
            config: resolved.config.clone(),
            resolved,
            named_file,
            remote,
        }
    }

    /// The server on another host, if one is given.
    pub(super) fn remote(&self) -> Option<&Remote> {
        Some(&self.remote).filter(|remote| !remote.url.is_empty())
    }
}
