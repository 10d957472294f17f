//! Settings that cannot be right, and their checks.

/// A setting that cannot be right.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SettingFault {
    /// The public address.
    #[error(
        "JCRONTAB_PUBLIC_URL must be a whole address that begins with http:// or https://, such as https://cron.example.com; it is {0:?}"
    )]
    PublicUrl(String),
    /// The public address, with a query or fragment.
    #[error(
        "JCRONTAB_PUBLIC_URL is the start of every link, so it must not contain ? or #; it is {0:?}"
    )]
    PublicUrlTail(String),
    /// The public address, with a path that no page can be served under.
    #[error(
        "JCRONTAB_PUBLIC_URL may have a path of letters, digits, '-', '_', '.' and '~', such as /cron, whose first part is no page of the server itself; it is {0:?}"
    )]
    PublicUrlPath(String),
    /// What links in reminders may do.
    #[error(
        "JCRONTAB_LINK_ACTS must be off, or a list of done, take, snooze, assign, cycle, run and log; it is {0:?}"
    )]
    LinkActs(String),
    /// What people of chats may do who are not listed.
    #[error("JCRONTAB_CHAT_UNKNOWN must be refuse or by-id; it is {0:?}")]
    ChatUnknown(String),
    /// The language of messages.
    #[error("JCRONTAB_LANG must be zh or en; it is {0:?}")]
    Lang(String),
    /// The database address. It contains a password, so it is not shown.
    #[error(
        "DATABASE_URL cannot be read: it is mysql://USER:PASSWORD@HOST/NAME, and in USER and PASSWORD these characters are written as: # %23, / %2F, ? %3F, @ %40, : %3A, % %25"
    )]
    DatabaseUrl,
    /// The database address, without a database name.
    #[error("DATABASE_URL names no database: add /NAME, as in mysql://USER:PASSWORD@HOST/NAME")]
    DatabaseName,
    /// Whether commands run as root.
    #[error(
        "JCRONTAB_ALLOW_ROOT must be 1 (also true, yes, on) or 0 (also false, no, off); it is {0:?}"
    )]
    AllowRoot(String),
    /// A certificate without its key, or a key without its certificate.
    #[error(
        "JCRONTAB_TLS_CERT and JCRONTAB_TLS_KEY are set together: one names the certificate, the other its key"
    )]
    TlsHalf,
    /// The log file.
    #[error(
        "JCRONTAB_LOG_PATH must name a file in a folder, such as /var/log/jcrontab/jcrontab.log; it is {0:?}"
    )]
    LogPath(String),
    /// The log level.
    #[error(
        "JCRONTAB_LOG must be off, error, warn, info, debug or trace, or a list with levels of parts, such as info,server=debug; it is {0:?}"
    )]
    Log(String),
    /// The log format.
    #[error("JCRONTAB_LOG_FORMAT must be text or json; it is {0:?}")]
    LogFormat(String),
    /// The token for metrics. It is secret, so it is not shown.
    #[error(
        "JCRONTAB_METRICS_TOKEN must have 16 to 256 printable ASCII characters without blanks, such as the output of `openssl rand -hex 24`"
    )]
    MetricsToken,
    /// The file of the token for metrics.
    #[error("JCRONTAB_METRICS_TOKEN_FILE: {path} cannot be read: {reason}")]
    MetricsTokenFile {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The token for metrics is set both as a value and as a file.
    #[error("set JCRONTAB_METRICS_TOKEN or JCRONTAB_METRICS_TOKEN_FILE, not both")]
    MetricsTokenTwice,
}

/// Yes or no; `None` when it is neither.
pub(super) fn allowance(text: &str) -> Option<bool> {
    match text {
        "1" | "true" | "yes" | "on" => Some(true),
        "" | "0" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Refuses a database URL whose password is not escaped, and one without a database name. Other kinds of URL are
/// refused when the database is opened.
pub(super) fn check_database_url(text: &str) -> Result<(), SettingFault> {
    if !text.starts_with("mysql://") && !text.starts_with("mariadb://") {
        return Ok(());
    }
    let one_at = text.matches('@').count() <= 1;
    let whole = url::Url::parse(text).ok().filter(|url| {
        let name = url.path().trim_start_matches('/');
        url.has_host() && url.fragment().is_none() && !name.contains(['@', '/'])
    });
    match whole {
        Some(url) if one_at && url.path().trim_start_matches('/').is_empty() => {
            Err(SettingFault::DatabaseName)
        }
        Some(_) if one_at => Ok(()),
        _ => Err(SettingFault::DatabaseUrl),
    }
}
