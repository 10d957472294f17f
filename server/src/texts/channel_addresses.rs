//! Addresses of channels: what is wrong with one, and what to enter instead.

use super::{Fault, Text, both, no_answer};

/// What is wrong with the URL of a channel.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum UrlFault {
    /// There is none.
    Missing,
    /// It is too long.
    Long,
    /// It is not recognised as that of a chat robot.
    NoRobot,
    /// Nothing may be sent there.
    Refused {
        /// Why.
        why: String,
    },
}

impl Fault for UrlFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::Missing => ("required", both("请填写 URL", "Enter a URL")),
            Self::Long => (
                "too_long",
                both("URL 最多 2048 字节", "A URL has at most 2048 bytes"),
            ),
            Self::NoRobot => (
                "unknown",
                both(
                    "认不出这是哪种群机器人的地址；这里支持企业微信、钉钉、飞书、Slack 和 Teams 的 Webhook 地址，其他渠道请管理员添加",
                    "This is not recognised as the address of a chat robot. Enter a webhook address of WeCom, DingTalk, Feishu, Slack or Teams; an administrator can add other channels",
                ),
            ),
            Self::Refused { why } => {
                let why = no_answer(why);
                (
                    "refused",
                    both(
                        format!("不能使用这个 URL：{}", why.zh),
                        format!("This URL cannot be used: {}", why.en),
                    ),
                )
            }
        }
    }
}

/// A part of the address of a robot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AddressPart {
    /// A part of its path.
    Path(&'static str),
    /// What stands behind a part of its path.
    After(&'static str),
    /// One of the three parts of an address of Slack, counted from 1.
    OfSlack(usize),
    /// A parameter with a value.
    Parameter(&'static str),
}

impl AddressPart {
    fn words(&self) -> Text {
        match self {
            Self::Path(part) | Self::Parameter(part) => Text::same(*part),
            Self::After(part) => both(format!("{part} 后面的 ID"), format!("the ID behind {part}")),
            Self::OfSlack(number) => both(
                format!("/services/ 后面的第 {number} 段"),
                format!("part {number} of the three behind /services/"),
            ),
        }
    }
}

/// Why an address does not suit its kind of channel.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum AddressFault {
    /// It is for another kind of channel.
    OfKind {
        /// Whose address it is.
        vendor: Text,
        /// The kind that it is for.
        kind: Text,
    },
    /// It is of a service without a kind here, where that of a WeCom robot belongs.
    NotOfWecom {
        /// Whose address it is.
        vendor: Text,
        /// What a right one looks like.
        example: String,
    },
    /// It is of a service that takes no JSON of ours.
    NotOfReceiver {
        /// Whose address it is.
        vendor: Text,
    },
    /// It is of a service without a kind here.
    NotOfChosenKind {
        /// Whose address it is.
        vendor: Text,
        /// The kind that was chosen.
        kind: Text,
    },
    /// A part of it is missing.
    Incomplete {
        /// The kind of channel.
        kind: Text,
        /// What is missing.
        missing: Vec<AddressPart>,
        /// What a whole one looks like.
        example: &'static str,
    },
    /// It starts a workflow of Slack, which takes no text.
    SlackWorkflow,
    /// It is that of a workflow in Teams that only people who have signed in may start.
    TeamsSignature,
    /// It is more than the server of Telegram.
    TelegramServer,
    /// It is the key of a WeCom robot only.
    RobotKey {
        /// The address with this key.
        whole: String,
    },
    /// It is no address at all.
    NoAddress {
        /// What that of a WeCom robot looks like.
        example: String,
    },
    /// It is that of a WeCom robot at a wrong path.
    RobotPath {
        /// The address with its key.
        whole: String,
    },
    /// It is one of WeCom, but not of a robot.
    NotOfRobot {
        /// What one looks like.
        example: String,
    },
    /// It is that of a WeCom robot without its key.
    NoRobotKey {
        /// What one looks like.
        example: String,
    },
}

/// A name within a Chinese sentence: blanks part Latin letters from it.
fn spaced(name: &str) -> String {
    let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let before = if is_latin(name.chars().next()) {
        " "
    } else {
        ""
    };
    let after = if is_latin(name.chars().next_back()) {
        " "
    } else {
        ""
    };
    format!("{before}{name}{after}")
}

impl Fault for AddressFault {
    fn fault(&self) -> (&'static str, Text) {
        let text = match self {
            Self::OfKind { vendor, kind } => both(
                format!("这是{}的地址：类型请选“{}”", spaced(&vendor.zh), kind.zh),
                format!(
                    "This is a {} address: choose the kind \"{}\"",
                    vendor.en, kind.en
                ),
            ),
            Self::NotOfWecom { vendor, example } => both(
                format!(
                    "这是{}的地址，不是企业微信群机器人；请在企业微信群里添加机器人，复制它的 Webhook 地址：{example}",
                    spaced(&vendor.zh)
                ),
                format!(
                    "This is a {} address, not a WeCom robot. Add a robot to a WeCom group and copy its webhook address: {example}",
                    vendor.en
                ),
            ),
            Self::NotOfReceiver { vendor } => both(
                format!(
                    "这是{}的地址，它不接受 Webhook 渠道发送的 JSON；请填写自己的接收程序的地址",
                    spaced(&vendor.zh)
                ),
                format!(
                    "This is a {} address, which does not accept the JSON that webhook channels send. Enter the address of your own receiver",
                    vendor.en
                ),
            ),
            Self::NotOfChosenKind { vendor, kind } => both(
                format!("这是{}的地址，不适用于“{}”", spaced(&vendor.zh), kind.zh),
                format!(
                    "This is a {} address, which does not fit the kind \"{}\"",
                    vendor.en, kind.en
                ),
            ),
            Self::Incomplete {
                kind,
                missing,
                example,
            } => {
                let missing: Vec<Text> = missing.iter().map(AddressPart::words).collect();
                let zh: Vec<&str> = missing.iter().map(|part| part.zh.as_str()).collect();
                let en: Vec<&str> = missing.iter().map(|part| part.en.as_str()).collect();
                both(
                    format!(
                        "地址不完整，缺少 {}；请从{}里复制整个 Webhook 地址，形如 {example}",
                        zh.join("、"),
                        spaced(&kind.zh)
                    ),
                    format!(
                        "The address is incomplete: it lacks {}. Copy the whole webhook address from the settings there; one looks like {example}",
                        en.join(", ")
                    ),
                )
            }
            Self::SlackWorkflow => both(
                "这是 Slack 工作流的触发地址，它不接收消息文本；请在 Slack 应用里添加 Incoming Webhook，复制它的地址：https://hooks.slack.com/services/T…/B…/…",
                "This address starts a workflow of Slack, which takes no text of a message. Add an incoming webhook to a Slack app and copy its address: https://hooks.slack.com/services/T…/B…/…",
            ),
            Self::TeamsSignature => both(
                "地址里缺少 sig，只有登录的人才能触发这个工作流；请在它的触发器里把“谁可以触发流”设为“任何人”，保存后重新复制整个地址",
                "The address has no sig, so only people who are signed in can start this workflow. Choose \"Anyone\" under \"Who can trigger the flow\" in its trigger, save it, and copy the whole address again",
            ),
            Self::TelegramServer => both(
                "这里只填服务器的地址 https://api.telegram.org，也可以留空；token 和会话 ID 有各自的字段",
                "Enter the address of the server alone, https://api.telegram.org, or leave it empty; the token and the ID of the chat have fields of their own",
            ),
            Self::RobotKey { whole } => both(
                format!("这里要填机器人的完整地址：{whole}"),
                format!("Enter the full address of the robot: {whole}"),
            ),
            Self::NoAddress { example } => both(
                format!("这不是机器人的地址；请复制完整的 Webhook 地址：{example}"),
                format!(
                    "This is not the address of a robot; copy its whole webhook address: {example}"
                ),
            ),
            Self::RobotPath { whole } => both(
                format!("机器人的地址应为 {whole}"),
                format!("The address of the robot should be {whole}"),
            ),
            Self::NotOfRobot { example } => both(
                format!("这不是机器人的地址；机器人的地址形如 {example}"),
                format!("This is not a robot address; one looks like {example}"),
            ),
            Self::NoRobotKey { example } => both(
                format!("地址里缺少 key；请复制完整的 Webhook 地址：{example}"),
                format!("The key is missing; copy the full webhook address: {example}"),
            ),
        };
        ("not_a_robot", text)
    }
}
