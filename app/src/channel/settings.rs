//! What a channel is set to besides its URL.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// A setting that some kinds of channels have. Its word is the field's name in forms and in the API.
#[derive(Clone, Copy, PartialEq, Eq, Debug, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum ChannelField {
    /// A key for signatures, a token or a password.
    Secret,
    /// The ID of a bot with a long connection.
    Bot,
    /// The chat that a bot writes to.
    Chat,
    /// The method of the request.
    Method,
    /// Headers of the request.
    Headers,
    /// What the answer to a request holds.
    Expect,
    /// The user name at an SMTP server.
    User,
    /// The sender of e-mail.
    From,
    /// The recipients of e-mail.
    To,
    /// How the connection to an SMTP server is encrypted.
    Tls,
    /// Certificates that are trusted in addition.
    Ca,
    /// What texts are sent as.
    Format,
    /// Whether messages about failures hold the failure brief.
    Brief,
}

impl ChannelField {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The field's name in forms and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How the connection to an SMTP server is encrypted.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Encryption {
    /// After a start in plain text (RFC 3207); required, never dropped. Port 587.
    #[default]
    Starttls,
    /// From the start (RFC 8314). Port 465.
    Tls,
    /// Not at all. Port 25.
    None,
}

impl Encryption {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The word in forms, in the API and where it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What a text is sent to WeCom as (developer document 91770).
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TextFormat {
    /// Plain text, which mentions people by ID and by mobile number.
    #[default]
    Text,
    /// Markdown, which mentions people by ID.
    Markdown,
    /// An article with a link.
    News,
    /// A card with a link (文本通知模版卡片).
    TemplateCard,
}

impl TextFormat {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The word in forms, in the API and where it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A setting that is on unless it is switched off.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum OnOff {
    /// On.
    #[default]
    On,
    /// Off.
    Off,
}

impl OnOff {
    /// Both.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The word in forms, in the API and where it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A header of a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value, a secret.
    pub value: String,
}

/// The settings of a channel besides its URL, secrets among them. They are stored sealed, as JSON: a
/// new field has a default, so that what an older version wrote still opens.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ChannelSettings {
    /// A key for signatures, a token or a password; empty for none.
    pub secret: String,
    /// The ID of a bot with a long connection.
    pub bot: String,
    /// The chat that a bot writes to.
    pub chat: String,
    /// `POST` or `PUT`; empty for `POST`.
    pub method: String,
    /// Headers of the request.
    pub headers: Vec<Header>,
    /// What the answer to a request holds; empty where its status decides.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub expect: String,
    /// The user name at an SMTP server; empty for none.
    pub user: String,
    /// The sender of e-mail.
    pub from: String,
    /// The recipients of e-mail.
    pub to: Vec<String>,
    /// How the connection is encrypted.
    pub tls: Encryption,
    /// Certificates in PEM that are trusted in addition.
    pub ca: String,
    /// What texts are sent as.
    pub format: TextFormat,
    /// Whether messages about failures hold the failure brief.
    pub brief: OnOff,
}

impl std::fmt::Debug for ChannelSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.details().fmt(f)
    }
}

impl ChannelSettings {
    /// What people see of them.
    #[must_use]
    pub fn details(&self) -> ChannelDetails {
        let names = self.headers.iter().map(|header| header.name.clone());
        ChannelDetails {
            has_secret: !self.secret.is_empty(),
            bot: self.bot.clone(),
            chat: self.chat.clone(),
            method: self.method.clone(),
            headers: names.collect(),
            expect: self.expect.clone(),
            user: self.user.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            tls: self.tls,
            ca: self.ca.clone(),
            format: self.format,
            brief: self.brief,
        }
    }
}

/// The settings of a channel as everything outside sees them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ChannelDetails {
    /// Whether a key, token or password is stored.
    pub has_secret: bool,
    /// The ID of a bot with a long connection.
    pub bot: String,
    /// The chat that a bot writes to.
    pub chat: String,
    /// `POST` or `PUT`; empty where there is no choice.
    pub method: String,
    /// Names of the headers that are sent along.
    pub headers: Vec<String>,
    /// What the answer to a request holds, a text or a JSON object; empty where its status decides.
    pub expect: String,
    /// The user name at an SMTP server.
    pub user: String,
    /// The sender of e-mail.
    pub from: String,
    /// The recipients of e-mail.
    pub to: Vec<String>,
    /// How the connection to an SMTP server is encrypted.
    pub tls: Encryption,
    /// Certificates in PEM that are trusted in addition to the system's.
    pub ca: String,
    /// WeCom: what texts are sent as.
    pub format: TextFormat,
    /// Whether messages about failures hold the failure brief.
    pub brief: OnOff,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_shown() {
        let settings = ChannelSettings {
            secret: "S3CRET".into(),
            headers: vec![Header {
                name: "Authorization".into(),
                value: "S3CRET".into(),
            }],
            ..ChannelSettings::default()
        };
        assert!(!format!("{settings:?}").contains("S3CRET"));
        let details = settings.details();
        assert!(details.has_secret && details.ca.is_empty());
        assert_eq!(details.headers, ["Authorization"]);
    }

    #[test]
    fn settings_of_an_older_version_are_read() {
        let read: ChannelSettings = serde_json::from_str(r#"{"secret":"x"}"#).expect("settings");
        assert_eq!(
            (read.secret.as_str(), read.tls),
            ("x", Encryption::Starttls)
        );
    }
}
