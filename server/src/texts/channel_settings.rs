//! Settings of channels besides their addresses: what is wrong with them.

use super::{Fault, Text, both, no_answer};

/// What is wrong with a setting of a channel.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum SettingFault {
    /// The kind of channel has no such setting.
    NotForKind {
        /// The kind.
        kind: Text,
    },
    /// Too many headers.
    TooManyHeaders,
    /// Not a header.
    Header {
        /// Its name, shortened.
        name: String,
    },
    /// A header that the client or the signature sets.
    ReservedHeader {
        /// Its name.
        name: String,
    },
    /// Not a format of messages.
    Format,
    /// Neither on nor off.
    Brief,
    /// Not a method of a webhook.
    Method,
    /// The key, token or password is too long.
    LongSecret,
    /// A key with other characters than those of vendors.
    Secret,
    /// Not a key for signatures of webhooks.
    SigningKey,
    /// Not the signing secret of a DingTalk robot.
    DingtalkSecret,
    /// Not one short line.
    Line,
    /// A bot's token is missing.
    NoToken,
    /// Not the token of a bot.
    Token,
    /// The ID of a chat is missing.
    NoChat,
    /// Not the ID of a chat.
    Chat,
    /// The ID of a bot is missing.
    NoBot,
    /// The secret of a bot is missing.
    NoBotSecret,
    /// A format that bots do not have.
    BotFormat,
    /// It begins like a JSON object and is none.
    NotJson {
        /// Where it stops being one, from 1.
        column: usize,
    },
    /// Too many trusted certificates.
    LongCertificates,
    /// Not certificates that can be trusted.
    Certificates {
        /// Why.
        why: Text,
    },
}

impl Fault for SettingFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::NotForKind { kind } => (
                "not_for_kind",
                both(
                    format!("“{}”没有这一项", kind.zh),
                    format!("The kind \"{}\" has no such setting", kind.en),
                ),
            ),
            Self::NotJson { column } => (
                "not_json",
                both(
                    format!(
                        "以 {{ 开头，但不是 JSON 对象：错误在第 {column} 个字符处；按文字比较时，请从 {{ 之后开始写"
                    ),
                    format!(
                        "It begins with {{ and is no JSON object: the fault is at character {column}; to compare a text, write it from behind the {{"
                    ),
                ),
            ),
            Self::LongCertificates => (
                "too_long",
                both("证书最多 16 KiB", "Certificates have at most 16 KiB"),
            ),
            Self::Certificates { why } => (
                "invalid",
                both(
                    format!("不能使用这些证书：{}", why.zh),
                    format!("These certificates cannot be used: {}", why.en),
                ),
            ),
            Self::TooManyHeaders => ("too_many", both("最多 10 个请求头", "At most 10 headers")),
            Self::Header { name } => (
                "invalid",
                both(
                    format!("“{name}”不是 名称: 值 形式的请求头"),
                    format!("\"{name}\" is not a header of the form Name: value"),
                ),
            ),
            Self::ReservedHeader { name } => (
                "reserved",
                both(
                    format!("请求头 {name} 由 Jcrontab 自己设置"),
                    format!("Jcrontab sets the header {name} itself"),
                ),
            ),
            Self::Method => (
                "unknown",
                both("请求方法为 POST 或 PUT", "The method is POST or PUT"),
            ),
            Self::Format => (
                "unknown",
                both(
                    "消息格式为 text、markdown、news 或 template_card",
                    "A format is text, markdown, news or template_card",
                ),
            ),
            Self::Brief => (
                "unknown",
                both("失败速览为 on 或 off", "The failure brief is on or off"),
            ),
            Self::LongSecret => ("too_long", both("最多 512 字节", "At most 512 bytes")),
            Self::Secret => (
                "invalid",
                both(
                    "密钥由字母、数字和符号组成；请从机器人的设置里整段复制",
                    "The secret consists of letters, digits and signs; copy all of it from the robot's settings",
                ),
            ),
            Self::DingtalkSecret => (
                "invalid",
                both(
                    "钉钉的加签密钥以 SEC 开头；请从机器人的安全设置里整段复制",
                    "A signing secret of DingTalk starts with SEC; copy all of it from the robot's security settings",
                ),
            ),
            Self::SigningKey => (
                "invalid",
                both(
                    "签名密钥是 whsec_ 加 24–64 字节的 base64；可用 openssl rand -base64 32 生成",
                    "The secret is whsec_ and 24 to 64 bytes in base64; openssl rand -base64 32 makes one",
                ),
            ),
            Self::Line => (
                "invalid",
                both(
                    "最多 254 字节，不能有控制字符",
                    "At most 254 bytes, without control characters",
                ),
            ),
            Self::NoToken => (
                "required",
                both(
                    "请填写机器人的令牌（向 @BotFather 索取）",
                    "Enter the bot's token (@BotFather gives it to you)",
                ),
            ),
            Self::Token => (
                "invalid",
                both(
                    "这不是机器人的令牌；令牌形如 123456789:AAE…",
                    "This is not the token of a bot; one looks like 123456789:AAE…",
                ),
            ),
            Self::NoChat => (
                "required",
                both("请填写聊天 ID", "Enter the ID of the chat"),
            ),
            Self::NoBot => (
                "required",
                both(
                    "请填写机器人 ID（企业微信的 Bot ID，钉钉的 Client ID，飞书的 App ID）",
                    "Enter the bot's ID (Bot ID of WeCom, Client ID of DingTalk, App ID of Feishu)",
                ),
            ),
            Self::NoBotSecret => (
                "required",
                both(
                    "请填写机器人的 Secret（企业微信选“使用长连接”后显示；钉钉的 Client Secret，飞书的 App Secret）",
                    "Enter the bot's secret (WeCom shows it for the API mode with a long connection; the Client Secret of DingTalk, the App Secret of Feishu)",
                ),
            ),
            Self::BotFormat => (
                "unknown",
                both(
                    "智能机器人的消息格式为 markdown 或 template_card",
                    "The format of a bot's messages is markdown or template_card",
                ),
            ),
            Self::Chat => (
                "invalid",
                both(
                    "聊天 ID 是一个整数，或 @频道名",
                    "The ID of a chat is a number, or @name of a channel",
                ),
            ),
        }
    }
}

/// What is wrong with a setting of e-mail.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum MailFault {
    /// The sender is missing.
    NoSender,
    /// The sender is no address.
    Sender,
    /// There are no recipients.
    NoRecipients,
    /// Too many recipients.
    TooManyRecipients,
    /// A recipient is no address.
    Recipient {
        /// What was typed, shortened.
        typed: String,
    },
    /// A password without a user name.
    NoUser,
    /// A user name without a password.
    NoPassword,
    /// Not a kind of encryption.
    UnknownEncryption,
    /// The scheme of the address and the encryption contradict each other.
    Encryption,
    /// Not the address of an SMTP server.
    Server,
    /// Not the name of a host.
    Host,
    /// Nothing may be sent to this host.
    RefusedHost {
        /// Why.
        why: String,
    },
}

impl Fault for MailFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::NoSender => ("required", both("请填写发件人", "Enter the sender")),
            Self::Sender => (
                "invalid",
                both("这不是邮件地址", "This is not an e-mail address"),
            ),
            Self::NoRecipients => (
                "required",
                both("请至少填写一个收件人", "Enter at least one recipient"),
            ),
            Self::TooManyRecipients => (
                "too_many",
                both("最多 50 个收件人", "At most 50 recipients"),
            ),
            Self::Recipient { typed } => (
                "invalid",
                both(
                    format!("“{typed}”不是邮件地址"),
                    format!("\"{typed}\" is not an e-mail address"),
                ),
            ),
            Self::NoUser => (
                "required",
                both("有密码时要填写用户名", "A password needs a user name"),
            ),
            Self::NoPassword => (
                "required",
                both(
                    "请填写这个用户名的密码",
                    "Enter the password of this user name",
                ),
            ),
            Self::UnknownEncryption => (
                "unknown",
                both(
                    "加密方式为 starttls、tls 或 none",
                    "Encryption is starttls, tls or none",
                ),
            ),
            Self::Encryption => (
                "contradiction",
                both(
                    "smtps:// 表示从一开始就用 TLS：加密方式请选 TLS，或把地址改为 smtp://",
                    "smtps:// means TLS from the start: choose TLS, or change the address to smtp://",
                ),
            ),
            Self::Server => (
                "not_a_server",
                both(
                    "这里要填 SMTP 服务器，例如 smtp://mail.example.com:587；用户名和密码有各自的字段",
                    "Enter the SMTP server, such as smtp://mail.example.com:587; user name and password have fields of their own",
                ),
            ),
            Self::Host => (
                "not_a_server",
                both("这不是主机名", "This is not the name of a host"),
            ),
            Self::RefusedHost { why } => {
                let why = no_answer(why);
                (
                    "refused",
                    both(
                        format!("不能使用这个地址：{}", why.zh),
                        format!("This address cannot be used: {}", why.en),
                    ),
                )
            }
        }
    }
}
