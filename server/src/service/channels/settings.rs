//! The settings of a channel besides its URL, read field by field.

use app::channel::{ChannelDraft, ChannelField, ChannelKind, ChannelSettings, Encryption, Header};
use app::error::FieldError;
use app::i18n::Lang;
use app::texts::Ui;
use url::{Host, Url};

use crate::messages::vendor::{email, sign};
use crate::outbound::guard::Guard;
use crate::outbound::smtp;

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
const OURS: [&str; 10] = [
    "host",
    "content-length",
    "content-type",
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
        chat: text(&draft.chat, &before.chat),
        method: text(&draft.method, &before.method).to_ascii_uppercase(),
        headers: before.headers.clone(),
        user: text(&draft.user, &before.user),
        from: text(&draft.from, &before.from),
        to: before.to.clone(),
        tls: before.tls,
        ca: text(&draft.ca, &before.ca).replace("\r\n", "\n"),
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
    reader.check(&after);
    after
}

struct Reader<'a> {
    lang: Lang,
    kind: ChannelKind,
    faults: &'a mut Vec<FieldError>,
}

impl Reader<'_> {
    fn fault(&mut self, field: ChannelField, code: &str, zh: &str, en: &str) {
        let words = self.lang.pick(zh, en);
        self.faults
            .push(FieldError::new(field.as_str(), code, words));
    }

    fn required(&mut self, field: ChannelField, zh: &str, en: &str) {
        self.fault(field, "required", zh, en);
    }

    /// What was entered for a field that the kind does not have.
    fn refuse_others(&mut self, draft: &ChannelDraft) {
        let kind = Ui::of(self.lang).channel_kind(self.kind);
        let set =
            |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        let some = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
        for field in ChannelField::ALL.iter().copied() {
            let entered = match field {
                ChannelField::Secret => set(&draft.secret),
                ChannelField::Chat => set(&draft.chat),
                ChannelField::Method => set(&draft.method),
                ChannelField::Headers => some(&draft.headers),
                ChannelField::User => set(&draft.user),
                ChannelField::From => set(&draft.from),
                ChannelField::To => some(&draft.to),
                ChannelField::Tls => set(&draft.tls),
                ChannelField::Ca => set(&draft.ca),
            };
            if entered && !self.kind.has(field) {
                self.fault(
                    field,
                    "not_for_kind",
                    &format!("“{kind}”没有这一项"),
                    &format!("The kind \"{kind}\" has no such setting"),
                );
            }
        }
    }

    /// Nothing is stored of a field that the kind does not have.
    fn drop_others(&self, settings: &mut ChannelSettings) {
        let lines = [
            (ChannelField::Secret, &mut settings.secret),
            (ChannelField::Chat, &mut settings.chat),
            (ChannelField::Method, &mut settings.method),
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
                self.fault(
                    ChannelField::Headers,
                    "too_many",
                    "最多 10 个请求头",
                    "At most 10 headers",
                );
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
            self.fault(
                ChannelField::Headers,
                "invalid",
                &format!("“{shown}”不是 名称: 值 形式的请求头"),
                &format!("\"{shown}\" is no header such as Name: value"),
            );
            return None;
        }
        if OURS.contains(&name.to_ascii_lowercase().as_str()) {
            self.fault(
                ChannelField::Headers,
                "reserved",
                &format!("请求头 {name} 由 Jcrontab 自己设置"),
                &format!("Jcrontab sets the header {name} itself"),
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
        match Encryption::read(typed) {
            Some(tls) => after.tls = tls,
            None => self.fault(
                ChannelField::Tls,
                "unknown",
                "加密方式为 starttls、tls 或 none",
                "Encryption is starttls, tls or none",
            ),
        }
    }

    fn check(&mut self, settings: &ChannelSettings) {
        if settings.secret.len() > SECRET_MAX {
            self.fault(
                ChannelField::Secret,
                "too_long",
                "最多 512 字节",
                "At most 512 bytes",
            );
        }
        for (field, text) in [
            (ChannelField::Chat, &settings.chat),
            (ChannelField::User, &settings.user),
        ] {
            if text.len() > LINE_MAX || text.chars().any(char::is_control) {
                self.fault(
                    field,
                    "invalid",
                    "最多 254 字节，不能有控制字符",
                    "At most 254 bytes, without control characters",
                );
            }
        }
        match self.kind {
            ChannelKind::Telegram => self.telegram(settings),
            ChannelKind::Email => self.email(settings),
            ChannelKind::Webhook => self.webhook(settings),
            ChannelKind::Dingtalk | ChannelKind::Feishu => self.printable(settings),
            ChannelKind::Wecom | ChannelKind::Slack | ChannelKind::Teams => {}
        }
    }

    fn printable(&mut self, settings: &ChannelSettings) {
        if !settings.secret.chars().all(|c| c.is_ascii_graphic()) {
            self.fault(
                ChannelField::Secret,
                "invalid",
                "密钥由字母、数字和符号组成；请从机器人的设置里整段复制",
                "The secret consists of letters, digits and signs; copy all of it from the robot's settings",
            );
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
            self.required(
                ChannelField::Secret,
                "请填写机器人的令牌（向 @BotFather 索取）",
                "Enter the bot's token (@BotFather gives it to you)",
            );
        } else if !is_token {
            self.fault(
                ChannelField::Secret,
                "invalid",
                "这不是机器人的令牌；令牌形如 123456789:AAE…",
                "This is not the token of a bot; one looks like 123456789:AAE…",
            );
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
            self.required(
                ChannelField::Chat,
                "请填写聊天 ID",
                "Enter the ID of the chat",
            );
        } else if !is_chat {
            self.fault(
                ChannelField::Chat,
                "invalid",
                "聊天 ID 是一个整数，或 @频道名",
                "The ID of a chat is a number, or @name of a channel",
            );
        }
    }

    fn webhook(&mut self, settings: &ChannelSettings) {
        if !matches!(settings.method.as_str(), "" | "POST" | "PUT") {
            self.fault(
                ChannelField::Method,
                "unknown",
                "请求方法为 POST 或 PUT",
                "The method is POST or PUT",
            );
        }
        if !settings.secret.is_empty() && sign::webhook_key(&settings.secret).is_none() {
            self.fault(
                ChannelField::Secret,
                "invalid",
                "签名密钥是 whsec_ 加 24–64 字节的 base64；可用 openssl rand -base64 32 生成",
                "The secret is whsec_ and 24 to 64 bytes in base64; openssl rand -base64 32 makes one",
            );
        }
    }

    fn email(&mut self, settings: &ChannelSettings) {
        let invalid = |text: &str| text.len() > LINE_MAX || email::mailbox(text).is_none();
        if settings.from.is_empty() {
            self.required(ChannelField::From, "请填写发件人", "Enter the sender");
        } else if invalid(&settings.from) {
            self.fault(
                ChannelField::From,
                "invalid",
                "这不是邮件地址",
                "This is not an e-mail address",
            );
        }
        if settings.to.is_empty() {
            self.required(
                ChannelField::To,
                "请至少填写一个收件人",
                "Enter at least one recipient",
            );
        } else if settings.to.len() > TO_MAX {
            self.fault(
                ChannelField::To,
                "too_many",
                "最多 50 个收件人",
                "At most 50 recipients",
            );
        } else if let Some(bad) = settings.to.iter().find(|to| invalid(to)) {
            let bad: String = bad.chars().take(80).collect();
            self.fault(
                ChannelField::To,
                "invalid",
                &format!("“{bad}”不是邮件地址"),
                &format!("\"{bad}\" is not an e-mail address"),
            );
        }
        if settings.user.is_empty() && !settings.secret.is_empty() {
            self.required(
                ChannelField::User,
                "有密码时要填写用户名",
                "A password needs a user name",
            );
        } else if !settings.user.is_empty() && settings.secret.is_empty() {
            self.required(
                ChannelField::Secret,
                "请填写这个用户名的密码",
                "Enter the password of this user name",
            );
        }
        if settings.ca.len() > CA_MAX || (!settings.ca.is_empty() && !smtp::is_pem(&settings.ca)) {
            self.fault(
                ChannelField::Ca,
                "invalid",
                "这不是 PEM 格式的证书（-----BEGIN CERTIFICATE-----），或超过 16 KiB",
                "These are no certificates in PEM (-----BEGIN CERTIFICATE-----), or more than 16 KiB",
            );
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
    let mut fault = |field: &str, code: &str, words: String| {
        faults.push(FieldError::new(field, code, words));
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
        let words = lang.pick(
            "这里要填 SMTP 服务器，例如 smtp://mail.example.com:587；用户名和密码有各自的字段",
            "Enter the SMTP server, such as smtp://mail.example.com:587; user name and password have fields of their own",
        );
        return fault("url", "not_a_server", words.to_owned());
    };
    if url.scheme() == "smtps" && !draft.url.trim().is_empty() {
        let typed = draft.tls.as_deref().unwrap_or_default().trim();
        if matches!(typed, "starttls" | "none") {
            let words = lang.pick(
                "smtps:// 表示从一开始就用 TLS：加密方式请选 TLS，或把地址改为 smtp://",
                "smtps:// means TLS from the start: choose TLS, or change the address to smtp://",
            );
            return fault("tls", "contradiction", words.to_owned());
        }
        settings.tls = Encryption::Tls;
    }
    let host = url.host_str().unwrap_or_default();
    // Hosts of other schemes than the web's are not read as addresses.
    let refused = match Host::parse(host) {
        Ok(Host::Ipv4(address)) => guard.check(address.into()).err(),
        Ok(Host::Ipv6(address)) => guard.check(address.into()).err(),
        Ok(Host::Domain(_)) => None,
        Err(_) => {
            let words = lang.pick("这不是主机名", "This is not the name of a host");
            return fault("url", "not_a_server", words.to_owned());
        }
    };
    if let Some(refusal) = refused {
        let words = lang.pick(
            format!("不能使用这个地址：{refusal}"),
            format!("This address cannot be used: {refusal}"),
        );
        return fault("url", "refused", words);
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
