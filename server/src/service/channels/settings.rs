//! The settings of a channel besides its URL, read field by field.

use app::channel::{
    ChannelDraft, ChannelField, ChannelKind, ChannelSettings, Encryption, Header, OnOff, TextFormat,
};
use app::error::FieldError;
use app::i18n::Lang;
use app::message::NoAnswer;
use app::transition::Word;
use url::{Host, Url};

use crate::messages::vendor::{email, sign};
use crate::outbound::guard::Guard;
use crate::outbound::trusted::Trusted;
use crate::texts::channel_settings::{MailFault, SettingFault};
use crate::texts::channels::name_of;
use crate::texts::{Fault, Say};

/// Bytes of a key, token or password.
const SECRET_MAX: usize = 512;
/// Bytes of one line: an address of e-mail, a user name, the ID of a chat.
const LINE_MAX: usize = 254;
/// Recipients of an e-mail.
const TO_MAX: usize = 50;
/// Headers of a request.
const HEADERS_MAX: usize = 10;
/// Bytes of a header's name, and of its value.
const HEADER_MAX: (usize, usize) = (64, 1024);
/// Bytes of certificates.
const CA_MAX: usize = 16 * 1024;
/// Means the stored value of a header.
const KEPT: &str = "…";
/// Headers that the client or the signature sets (RFC 9110, RFC 9112, Standard Webhooks).
const OURS: [&str; 9] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "te",
    "upgrade",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
];

/// Reads a draft over what is stored; every fault goes to `faults`.
pub(super) fn read(
    lang: Lang,
    draft: &ChannelDraft,
    before: &ChannelSettings,
    faults: &mut Vec<FieldError>,
) -> ChannelSettings {
    let mut reader = Reader {
        lang,
        kind: draft.kind,
        faults,
    };
    reader.refuse_others(draft);
    let text =
        |typed: &Option<String>, stored: &str| typed.as_deref().unwrap_or(stored).trim().to_owned();
    let mut after = ChannelSettings {
        secret: text(&draft.secret, &before.secret),
        bot: text(&draft.bot, &before.bot),
        chat: text(&draft.chat, &before.chat),
        method: text(&draft.method, &before.method).to_ascii_uppercase(),
        headers: before.headers.clone(),
        expect: text(&draft.expect, &before.expect),
        user: text(&draft.user, &before.user),
        from: text(&draft.from, &before.from),
        to: before.to.clone(),
        tls: before.tls,
        ca: text(&draft.ca, &before.ca).replace("\r\n", "\n"),
        format: before.format,
        brief: before.brief,
    };
    reader.drop_others(&mut after);
    if reader.kind.has(ChannelField::Headers)
        && let Some(lines) = &draft.headers
    {
        after.headers = reader.headers(lines, &before.headers);
    }
    if reader.kind.has(ChannelField::To)
        && let Some(lines) = &draft.to
    {
        let lines = lines.iter().map(|line| line.trim());
        after.to = lines
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect();
    }
    reader.tls(draft, &mut after);
    reader.words(draft, &mut after);
    reader.check(&after);
    after
}

struct Reader<'a> {
    lang: Lang,
    kind: ChannelKind,
    faults: &'a mut Vec<FieldError>,
}

impl Reader<'_> {
    fn fault(&mut self, field: ChannelField, fault: &impl Fault) {
        self.faults.push(fault.on(field.as_str(), self.lang));
    }

    /// What was entered for a field that the kind does not have.
    fn refuse_others(&mut self, draft: &ChannelDraft) {
        let set =
            |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        let some = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
        for field in ChannelField::ALL.iter().copied() {
            let entered = match field {
                ChannelField::Secret => set(&draft.secret),
                ChannelField::Bot => set(&draft.bot),
                ChannelField::Chat => set(&draft.chat),
                ChannelField::Method => set(&draft.method),
                ChannelField::Headers => some(&draft.headers),
                ChannelField::Expect => set(&draft.expect),
                ChannelField::User => set(&draft.user),
                ChannelField::From => set(&draft.from),
                ChannelField::To => some(&draft.to),
                ChannelField::Tls => set(&draft.tls),
                ChannelField::Ca => set(&draft.ca),
                ChannelField::Format => set(&draft.format),
                ChannelField::Brief => set(&draft.brief),
            };
            if entered && !self.kind.has(field) {
                self.fault(
                    field,
                    &SettingFault::NotForKind {
                        kind: name_of(self.kind),
                    },
                );
            }
        }
    }

    /// Nothing is stored of a field that the kind does not have.
    fn drop_others(&self, settings: &mut ChannelSettings) {
        let lines = [
            (ChannelField::Secret, &mut settings.secret),
            (ChannelField::Bot, &mut settings.bot),
            (ChannelField::Chat, &mut settings.chat),
            (ChannelField::Method, &mut settings.method),
            (ChannelField::Expect, &mut settings.expect),
            (ChannelField::User, &mut settings.user),
            (ChannelField::From, &mut settings.from),
            (ChannelField::Ca, &mut settings.ca),
        ];
        for (field, text) in lines {
            if !self.kind.has(field) {
                text.clear();
            }
        }
    }

    fn headers(&mut self, lines: &[String], stored: &[Header]) -> Vec<Header> {
        let mut headers: Vec<Header> = Vec::new();
        for line in lines.iter().map(|line| line.trim()) {
            if line.is_empty() {
                continue;
            }
            if headers.len() == HEADERS_MAX {
                self.fault(ChannelField::Headers, &SettingFault::TooManyHeaders);
                break;
            }
            match self.header(line, stored) {
                Some(header) => headers.push(header),
                None => break,
            }
        }
        headers
    }

    fn header(&mut self, line: &str, stored: &[Header]) -> Option<Header> {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let (name, value) = (name.trim(), value.trim());
        let known = || {
            let is = |header: &&Header| header.name.eq_ignore_ascii_case(name);
            stored.iter().find(is).map(|header| header.value.clone())
        };
        let value = match value {
            KEPT => known(),
            "" => None,
            value => Some(value.to_owned()),
        };
        let is_fine = name.len() <= HEADER_MAX.0
            && reqwest::header::HeaderName::from_bytes(name.as_bytes()).is_ok()
            && value.as_deref().is_some_and(|value| {
                value.len() <= HEADER_MAX.1 && reqwest::header::HeaderValue::from_str(value).is_ok()
            });
        if !is_fine {
            let shown: String = name.chars().take(HEADER_MAX.0).collect();
            self.fault(ChannelField::Headers, &SettingFault::Header { name: shown });
            return None;
        }
        if OURS.contains(&name.to_ascii_lowercase().as_str()) {
            self.fault(
                ChannelField::Headers,
                &SettingFault::ReservedHeader {
                    name: name.to_owned(),
                },
            );
            return None;
        }
        Some(Header {
            name: name.to_owned(),
            value: value?,
        })
    }

    fn tls(&mut self, draft: &ChannelDraft, after: &mut ChannelSettings) {
        if !self.kind.has(ChannelField::Tls) {
            after.tls = Encryption::default();
            return;
        }
        let Some(typed) = draft.tls.as_deref() else {
            return;
        };
        match Encryption::read_or_default(typed) {
            Some(tls) => after.tls = tls,
            None => self.fault(ChannelField::Tls, &MailFault::UnknownEncryption),
        }
    }

    /// How messages are worded: their format, and whether those about failures hold the brief.
    fn words(&mut self, draft: &ChannelDraft, after: &mut ChannelSettings) {
        if !self.kind.has(ChannelField::Format) {
            after.format = TextFormat::default();
        } else if let Some(typed) = draft.format.as_deref() {
            match TextFormat::read_or_default(typed) {
                Some(format) => after.format = format,
                None => self.fault(ChannelField::Format, &SettingFault::Format),
            }
        }
        if let Some(typed) = draft.brief.as_deref() {
            match OnOff::read_or_default(typed) {
                Some(brief) => after.brief = brief,
                None => self.fault(ChannelField::Brief, &SettingFault::Brief),
            }
        }
    }

    fn check(&mut self, settings: &ChannelSettings) {
        if settings.secret.len() > SECRET_MAX {
            self.fault(ChannelField::Secret, &SettingFault::LongSecret);
        }
        for (field, text) in [
            (ChannelField::Bot, &settings.bot),
            (ChannelField::Chat, &settings.chat),
            (ChannelField::User, &settings.user),
            (ChannelField::Expect, &settings.expect),
        ] {
            if text.len() > LINE_MAX || text.chars().any(char::is_control) {
                self.fault(field, &SettingFault::Line);
            }
        }
        let expected = settings.expect.trim_start();
        if expected.starts_with('{')
            && let Err(error) = serde_json::from_str::<serde_json::Value>(expected)
        {
            let column = error.column();
            self.fault(ChannelField::Expect, &SettingFault::NotJson { column });
        }
        if settings.ca.len() > CA_MAX {
            self.fault(ChannelField::Ca, &SettingFault::LongCertificates);
        } else if let Err(why) = Trusted::read(&settings.ca) {
            let why = why.words();
            self.fault(ChannelField::Ca, &SettingFault::Certificates { why });
        }
        match self.kind {
            ChannelKind::Telegram => self.telegram(settings),
            ChannelKind::WecomBot | ChannelKind::DingtalkBot | ChannelKind::FeishuBot => {
                self.bot(settings);
            }
            ChannelKind::Email => self.email(settings),
            ChannelKind::Webhook => self.webhook(settings),
            ChannelKind::Dingtalk | ChannelKind::Feishu => self.printable(settings),
            ChannelKind::Wecom | ChannelKind::Slack | ChannelKind::Teams => {}
        }
    }

    fn printable(&mut self, settings: &ChannelSettings) {
        if !settings.secret.chars().all(|c| c.is_ascii_graphic()) {
            self.fault(ChannelField::Secret, &SettingFault::Secret);
        } else if self.kind == ChannelKind::Dingtalk
            && !settings.secret.is_empty()
            && !settings.secret.starts_with("SEC")
        {
            // DingTalk, "Custom robot security settings": the secret that is shown there starts so.
            self.fault(ChannelField::Secret, &SettingFault::DingtalkSecret);
        }
    }

    fn telegram(&mut self, settings: &ChannelSettings) {
        let token = &settings.secret;
        let is_token = token.split_once(':').is_some_and(|(id, key)| {
            !id.is_empty()
                && id.bytes().all(|byte| byte.is_ascii_digit())
                && key.len() >= 20
                && key
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        });
        if token.is_empty() {
            self.fault(ChannelField::Secret, &SettingFault::NoToken);
        } else if !is_token {
            self.fault(ChannelField::Secret, &SettingFault::Token);
        }
        let chat = &settings.chat;
        let is_chat = chat.parse::<i64>().is_ok()
            || chat.strip_prefix('@').is_some_and(|name| {
                !name.is_empty()
                    && name
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            });
        if chat.is_empty() {
            self.fault(ChannelField::Chat, &SettingFault::NoChat);
        } else if !is_chat {
            self.fault(ChannelField::Chat, &SettingFault::Chat);
        }
    }

    fn bot(&mut self, settings: &ChannelSettings) {
        if settings.bot.is_empty() {
            self.fault(ChannelField::Bot, &SettingFault::NoBot);
        }
        if settings.secret.is_empty() {
            self.fault(ChannelField::Secret, &SettingFault::NoBotSecret);
        } else {
            self.printable(settings);
        }
        if settings.format == TextFormat::News {
            self.fault(ChannelField::Format, &SettingFault::BotFormat);
        }
    }

    fn webhook(&mut self, settings: &ChannelSettings) {
        if !matches!(settings.method.as_str(), "" | "POST" | "PUT") {
            self.fault(ChannelField::Method, &SettingFault::Method);
        }
        if !settings.secret.is_empty() && sign::webhook_key(&settings.secret).is_none() {
            self.fault(ChannelField::Secret, &SettingFault::SigningKey);
        }
    }

    fn email(&mut self, settings: &ChannelSettings) {
        let invalid = |text: &str| text.len() > LINE_MAX || email::mailbox(text).is_none();
        if settings.from.is_empty() {
            self.fault(ChannelField::From, &MailFault::NoSender);
        } else if invalid(&settings.from) {
            self.fault(ChannelField::From, &MailFault::Sender);
        }
        if settings.to.is_empty() {
            self.fault(ChannelField::To, &MailFault::NoRecipients);
        } else if settings.to.len() > TO_MAX {
            self.fault(ChannelField::To, &MailFault::TooManyRecipients);
        } else if let Some(bad) = settings.to.iter().find(|to| invalid(to)) {
            let bad: String = bad.chars().take(80).collect();
            self.fault(ChannelField::To, &MailFault::Recipient { typed: bad });
        }
        if settings.user.is_empty() && !settings.secret.is_empty() {
            self.fault(ChannelField::User, &MailFault::NoUser);
        } else if !settings.user.is_empty() && settings.secret.is_empty() {
            self.fault(ChannelField::Secret, &MailFault::NoPassword);
        }
    }
}

/// The address of a mail server as it is stored, and the encryption that it implies: `smtp://` or
/// `smtps://`, host, and the port where it is not the usual one.
pub(super) fn mail_server(
    lang: Lang,
    draft: &ChannelDraft,
    text: &str,
    settings: &mut ChannelSettings,
    guard: &Guard,
    faults: &mut Vec<FieldError>,
) -> String {
    let mut fault = |field: &str, fault: &MailFault| {
        faults.push(fault.on(field, lang));
        String::new()
    };
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("smtp://{text}")
    };
    let url = Url::parse(&whole).ok().filter(|url| {
        matches!(url.scheme(), "smtp" | "smtps")
            && url.host_str().is_some_and(|host| !host.is_empty())
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    });
    let Some(url) = url else {
        return fault("url", &MailFault::Server);
    };
    if url.scheme() == "smtps" && !draft.url.trim().is_empty() {
        let typed = draft.tls.as_deref().unwrap_or_default().trim();
        if matches!(typed, "starttls" | "none") {
            return fault("tls", &MailFault::Encryption);
        }
        settings.tls = Encryption::Tls;
    }
    let host = url.host_str().unwrap_or_default();
    // Hosts of other schemes than the web's are not read as addresses.
    let refused = match Host::parse(host) {
        Ok(Host::Ipv4(address)) => guard.check(address.into()).err(),
        Ok(Host::Ipv6(address)) => guard.check(address.into()).err(),
        Ok(Host::Domain(_)) => None,
        Err(_) => return fault("url", &MailFault::Host),
    };
    if let Some(refusal) = refused {
        let why = NoAnswer::from(refusal).code();
        return fault("url", &MailFault::RefusedHost { why });
    }
    let scheme = if settings.tls == Encryption::Tls {
        "smtps"
    } else {
        "smtp"
    };
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    format!("{scheme}://{host}{port}")
}
