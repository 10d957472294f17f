//! The chat services, recognised by the hosts of their addresses.

use app::channel::ChannelKind;
use url::Url;

use super::wecom::WECOM_HOST;

/// A chat service, by the end of its host names: which kind of channel it is, and its name.
pub(super) type Service = (
    &'static str,
    Option<ChannelKind>,
    &'static str,
    &'static str,
);

/// The chat services that people have addresses of.
const SERVICES: [Service; 17] = [
    (
        "openws.work.weixin.qq.com",
        Some(ChannelKind::WecomBot),
        "企业微信智能机器人",
        "WeCom bots",
    ),
    (WECOM_HOST, Some(ChannelKind::Wecom), "企业微信", "WeCom"),
    (
        "api.dingtalk.com",
        Some(ChannelKind::DingtalkBot),
        "钉钉机器人",
        "DingTalk bots",
    ),
    (
        "dingtalk.com",
        Some(ChannelKind::Dingtalk),
        "钉钉",
        "DingTalk",
    ),
    ("feishu.cn", Some(ChannelKind::Feishu), "飞书", "Feishu"),
    ("larksuite.com", Some(ChannelKind::Feishu), "Lark", "Lark"),
    ("larkoffice.com", Some(ChannelKind::Feishu), "Lark", "Lark"),
    ("slack.com", Some(ChannelKind::Slack), "Slack", "Slack"),
    (
        "api.telegram.org",
        Some(ChannelKind::Telegram),
        "Telegram",
        "Telegram",
    ),
    (
        "webhook.office.com",
        Some(ChannelKind::Teams),
        "Microsoft Teams",
        "Microsoft Teams",
    ),
    (
        "logic.azure.com",
        Some(ChannelKind::Teams),
        "Microsoft Teams",
        "Microsoft Teams",
    ),
    (
        "api.powerplatform.com",
        Some(ChannelKind::Teams),
        "Microsoft Teams",
        "Microsoft Teams",
    ),
    ("discord.com", None, "Discord", "Discord"),
    ("discordapp.com", None, "Discord", "Discord"),
    ("chat.googleapis.com", None, "Google Chat", "Google Chat"),
    ("sctapi.ftqq.com", None, "Server酱", "ServerChan"),
    ("pushplus.plus", None, "PushPlus", "PushPlus"),
];

/// The chat service that an address belongs to, also one without its scheme.
pub(super) fn service_of(text: &str, url: Option<&Url>) -> Option<Service> {
    let host = match url {
        Some(url) => url.host_str()?.to_ascii_lowercase(),
        None => {
            let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
            let rest = rest.trim_start_matches('/');
            rest.split(['/', '?', ':', ' '])
                .next()?
                .to_ascii_lowercase()
        }
    };
    SERVICES.into_iter().find(|(end, ..)| {
        host.strip_suffix(end)
            .is_some_and(|front| front.is_empty() || front.ends_with('.'))
    })
}
