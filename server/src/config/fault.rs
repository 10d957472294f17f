//! Settings that cannot be meant, and how that is found out.

/// A setting that cannot be meant.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SettingFault {
    /// The address that people use.
    #[error(
        "JCRONTAB_PUBLIC_URL must be a whole address that begins with http:// or https://, such as https://cron.example.com; it is {0:?}"
    )]
    PublicUrl(String),
    /// The same, with something behind it.
    #[error(
        "JCRONTAB_PUBLIC_URL is what links begin with, so nothing that begins with ? or # may stand in it; it is {0:?}"
    )]
    PublicUrlTail(String),
    /// The language of messages.
    #[error("JCRONTAB_LANG must be zh or en; it is {0:?}")]
    Lang(String),
    /// The address of the database. It holds a password, so it is not shown.
    #[error(
        "DATABASE_URL cannot be read: it is mysql://USER:PASSWORD@HOST/NAME, and in USER and PASSWORD these characters are written as: # %23, / %2F, ? %3F, @ %40, : %3A, % %25"
    )]
    DatabaseUrl,
    /// The same, without a database.
    #[error("DATABASE_URL names no database: add /NAME, as in mysql://USER:PASSWORD@HOST/NAME")]
    DatabaseName,
    /// Whether commands run as root.
    #[error(
        "JCRONTAB_ALLOW_ROOT must be 1 (also true, yes, on) or 0 (also false, no, off); it is {0:?}"
    )]
    AllowRoot(String),
    /// How much is logged.
    #[error(
        "JCRONTAB_LOG must be off, error, warn, info, debug or trace, or a list with levels of parts, such as info,server=debug; it is {0:?}"
    )]
    Log(String),
    /// How it is logged.
    #[error("JCRONTAB_LOG_FORMAT must be text or json; it is {0:?}")]
    LogFormat(String),
    /// The token for metrics. It is a secret, so it is not shown.
    #[error(
        "JCRONTAB_METRICS_TOKEN must have 16 to 256 printable ASCII characters without blanks, such as the output of `openssl rand -hex 24`"
    )]
    MetricsToken,
    /// The same, in a file.
    #[error("JCRONTAB_METRICS_TOKEN_FILE: {path} cannot be read: {reason}")]
    MetricsTokenFile {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The same, in both places.
    #[error("set JCRONTAB_METRICS_TOKEN or JCRONTAB_METRICS_TOKEN_FILE, not both")]
    MetricsTokenTwice,
}

/// A yes or a no; `None` when it is neither.
pub(super) fn allowance(text: &str) -> Option<bool> {
    match text {
        "1" | "true" | "yes" | "on" => Some(true),
        "" | "0" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Refuses a database URL whose password breaks it apart, and one without a database name. Other
/// kinds of URL are refused where the database is opened.
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
