//! Where a channel's messages go: its address, its settings and the way to it, as they are stored.

use app::channel::{ChannelKind, ChannelSettings, DIRECT, Header};
use app::i18n::Lang;
use app::id::ChannelId;

use crate::auth::seal::{SealError, Sealer};
use crate::chat::Account;
use crate::outbound::Egress;
use crate::outbound::proxy::ProxyFault;
use crate::store::ChannelTarget;

/// The name a channel's URL is sealed under.
#[must_use]
pub fn seal_name(channel: ChannelId) -> String {
    format!("channel:{channel}")
}

/// What the proxy of a channel is sealed for.
#[must_use]
pub fn proxy_seal_name(channel: ChannelId) -> String {
    format!("channel-proxy:{channel}")
}

/// What the settings of a channel are sealed for.
#[must_use]
pub fn settings_seal_name(channel: ChannelId) -> String {
    format!("channel-settings:{channel}")
}

/// Why what is kept of a channel cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TargetFault {
    /// It does not open with the key.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// What was kept is no proxy.
    #[error(transparent)]
    Proxy(#[from] ProxyFault),
    /// What was kept are no settings.
    #[error("the settings of the channel cannot be read")]
    Settings(#[from] serde_json::Error),
}

/// Where a channel's messages go, opened.
#[derive(Clone)]
pub struct Target {
    /// The service behind it.
    pub kind: ChannelKind,
    /// Where it posts to.
    pub url: String,
    /// Its other settings.
    pub settings: ChannelSettings,
    /// The way out.
    pub way: Egress,
    /// The language of its messages; `None` for the server's.
    pub lang: Option<Lang>,
}

/// Whether it says what a body is.
pub(super) fn is_content_type(header: &Header) -> bool {
    header.name.eq_ignore_ascii_case("content-type")
}

impl Target {
    /// What the bodies of a webhook's templates are, where its headers say so.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        if self.kind != ChannelKind::Webhook {
            return None;
        }
        let mut headers = self.settings.headers.iter();
        let header = headers.find(|header| is_content_type(header));
        header.map(|header| header.value.as_str())
    }

    /// Whether a webhook's templates make JSON: by default, and with a content type that is JSON (RFC 6839, section
    /// 3.1).
    #[must_use]
    pub fn takes_json(&self) -> bool {
        self.content_type().is_none_or(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            let kind = kind.to_ascii_lowercase();
            matches!(kind.as_str(), "application/json" | "text/json") || kind.ends_with("+json")
        })
    }
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

impl Target {
    /// The certificates in PEM that its HTTP requests trust besides the server's; those for mail are the mail server's.
    #[must_use]
    pub fn ca(&self) -> &str {
        match self.kind {
            ChannelKind::Email => "",
            _ => self.settings.ca.as_str(),
        }
    }

    /// Its URL as people may see it.
    #[must_use]
    pub fn shown(&self) -> String {
        masked(self.kind, &self.url)
    }

    /// What the other end says, without the secrets of this channel in it: many a server repeats the
    /// path that it does not know.
    pub(super) fn hide(&self, words: String) -> String {
        let mut secrets: Vec<String> = vec![self.settings.secret.clone()];
        let values = self.settings.headers.iter();
        secrets.extend(values.map(|header| header.value.clone()));
        if let Ok(url) = url::Url::parse(&self.url) {
            secrets.extend(url.query_pairs().map(|(_, value)| value.into_owned()));
            let parts = url.path_segments().into_iter().flatten();
            secrets.extend(
                parts
                    .filter(|part| part.len() >= PART_MIN)
                    .map(str::to_owned),
            );
        }
        // The longest first: one may hold another one.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets
            .iter()
            .filter(|secret| secret.len() >= SECRET_MIN)
            .fold(words, |words, secret| words.replace(secret.as_str(), "…"))
    }
}

/// Bytes of what may be a secret in a word of the other end; shorter ones are in many words.
const SECRET_MIN: usize = 6;
/// Bytes of a part of a path that may be one: others are words.
const PART_MIN: usize = 12;

/// Characters of a token from which on its last four are shown.
const TOKEN_MIN: usize = 12;

/// A URL as people may see it: scheme and host, then the last four characters, which suffice to
/// distinguish two robots; not of a short token, of which they would be a large part. The address of a server of a
/// chat or of mail is no secret.
#[must_use]
pub fn masked(kind: ChannelKind, url: &str) -> String {
    let is_server = kind.is_bot() || matches!(kind, ChannelKind::Email | ChannelKind::Telegram);
    let masked = if is_server {
        url.to_owned()
    } else {
        let origin = url::Url::parse(url)
            .map(|url| url.origin().ascii_serialization())
            .unwrap_or_default();
        let token = url.rsplit(['/', '?', '&', '=', '#']).next().unwrap_or(url);
        let count = token.chars().count();
        let shown = if count < TOKEN_MIN { 0 } else { 4 };
        let tail: String = token.chars().skip(count - shown).collect();
        format!("{origin}/…{tail}")
    };
    masked.chars().take(255).collect()
}

/// Opens what is kept of a bot's channel, for its connection.
///
/// # Errors
/// Why it cannot be used.
pub fn open_account(
    sealer: &Sealer,
    channel: ChannelId,
    target: &ChannelTarget,
) -> Result<Account, String> {
    let to = open_target(sealer, channel, target).map_err(|error| error.to_string())?;
    Ok(Account {
        kind: to.kind,
        url: to.url,
        bot: to.settings.bot,
        secret: to.settings.secret,
        way: to.way,
        lang: to.lang,
    })
}

/// Opens what is kept of a channel.
///
/// # Errors
/// When it does not open with the key, or is no proxy or no settings.
pub fn open_target(
    sealer: &Sealer,
    channel: ChannelId,
    target: &ChannelTarget,
) -> Result<Target, TargetFault> {
    let url = sealer.open(&seal_name(channel), &target.url_sealed)?;
    let way = match (target.proxy.as_deref(), &target.proxy_sealed) {
        (None, _) => Egress::Server,
        (Some(DIRECT), _) => Egress::Direct,
        (Some(_), sealed) => {
            let sealed = sealed.as_deref().unwrap_or_default();
            Egress::read(&sealer.open(&proxy_seal_name(channel), sealed)?)?
        }
    };
    let settings = match &target.settings_sealed {
        Some(sealed) => serde_json::from_str(&sealer.open(&settings_seal_name(channel), sealed)?)?,
        None => ChannelSettings::default(),
    };
    Ok(Target {
        kind: target.kind,
        url,
        settings,
        way,
        lang: target.lang,
    })
}
