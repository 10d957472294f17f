//! Channels: what is wrong with their drafts, why one is not saved, and what is reported of them.

use app::channel::ChannelKind;
use app::error::ErrorKind;
use app::message::Event;
use app::texts::{Ui, phrases};

use super::{Fault, Refusal, Refused, Say, Text, both, conflict};

/// Bytes of a proxy; shown, it fits into its column.
pub const PROXY_MAX: usize = 255;

/// The name of a kind of channel.
#[must_use]
pub fn name_of(kind: ChannelKind) -> Text {
    Text::each(|lang| Ui::of(lang).channel_kind(kind).to_owned())
}

/// What is wrong with the draft of a channel, besides its address and settings.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ChannelFault {
    /// The name is empty or too long.
    Name,
    /// Not a language of messages.
    UnknownLanguage,
    /// The proxy cannot be used.
    Proxy {
        /// Why.
        why: Text,
    },
}

impl Fault for ChannelFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::Name => (
                "invalid",
                both("名称为 1–64 个字符", "A name has 1–64 characters"),
            ),
            Self::UnknownLanguage => (
                "unknown",
                both("语言为 zh、en 或留空", "A language is zh, en or empty"),
            ),
            Self::Proxy { why } => (
                "refused",
                both(
                    format!("不能使用这个代理：{}", why.zh),
                    format!("This proxy cannot be used: {}", why.en),
                ),
            ),
        }
    }
}

/// Why the proxy of a channel cannot be used, besides its own faults.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ChannelProxyFault {
    /// E-mail needs another kind of proxy.
    Mail,
    /// It is too long.
    Long,
}

impl Say for ChannelProxyFault {
    fn words(&self) -> Text {
        match self {
            Self::Mail => both(
                "邮件不走 HTTP 代理",
                "e-mail does not go through an HTTP proxy",
            ),
            Self::Long => both(
                format!("最多 {PROXY_MAX} 字节"),
                format!("it has {PROXY_MAX} bytes at most"),
            ),
        }
    }
}

/// Why a channel is not saved, or not tested.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ChannelRefusal {
    /// Another one has the name.
    NameTaken {
        /// The name.
        name: String,
    },
    /// A test has to wait: the vendor takes no message now.
    NoSlot {
        /// From when on it takes one.
        at: String,
        /// The zone of that.
        zone: String,
        /// Seconds until then.
        seconds: u32,
    },
}

impl Refusal for ChannelRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::NameTaken { name } => conflict(
                "channel.name_taken",
                format!("已经有名为“{name}”的渠道"),
                format!("A channel named \"{name}\" already exists"),
            )
            .at("name", "taken"),
            Self::NoSlot { at, zone, seconds } => Refused::new(
                ErrorKind::TooMany,
                "channel.no_slot",
                both(
                    format!("该渠道已达到频率上限，{at}（{zone}）后才能再发送"),
                    format!("The channel is at its rate limit until {at} ({zone})"),
                ),
            )
            .hint(
                "届时再测试。测试与通知共用频率上限，超出会让服务方拒收后续通知",
                "Test it again then. Tests and messages share the limit, and the service would refuse messages beyond it",
            )
            .after(*seconds),
        }
    }
}

/// What is reported of a channel.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ChannelNotice {
    /// It accepts no messages.
    Failing {
        /// Its name.
        name: String,
        /// Since when.
        since: String,
        /// The zone of that.
        zone: String,
        /// Whether it rejects them, rather than being out of reach.
        refuses: bool,
        /// Its last answer.
        answer: String,
        /// Messages that wait for it.
        waiting: i64,
        /// Messages that were given up.
        dead: i64,
    },
    /// The text of a test message.
    Test,
}

impl Say for ChannelNotice {
    fn words(&self) -> Text {
        match self {
            Self::Failing {
                name,
                since,
                zone,
                refuses,
                answer,
                waiting,
                dead,
            } => {
                let waiting = Text::each(|lang| phrases::messages_waiting(lang, *waiting));
                let how = match refuses {
                    true => both("拒收消息", "has been rejecting messages"),
                    false => both("无法送达", "has been unreachable"),
                };
                both(
                    format!(
                        "通知渠道 {name} 自 {since}（{zone}）起{}：{answer}（{}，失败 {dead} 条）",
                        how.zh, waiting.zh
                    ),
                    format!(
                        "Channel {name} {} since {since} ({zone}): {answer} ({}, {dead} undelivered)",
                        how.en, waiting.en
                    ),
                )
            }
            Self::Test => {
                let title = Text::each(|lang| Event::Test.title(lang).to_owned());
                both(
                    format!("{}来自 Jcrontab 的测试消息", title.zh),
                    format!("{}A test message from Jcrontab", title.en),
                )
            }
        }
    }
}
