//! What a vendor counts messages by: the robot, the chat of a bot, the account of a mail server. Channels that lead to
//! one of them share its pace, whoever entered them.

use app::channel::ChannelKind;
use url::Url;

use super::target::Target;

/// What identifies the robot of a channel among those of all channels. It holds secrets: it is only made into a mark.
#[must_use]
pub fn identity(to: &Target) -> String {
    let settings = &to.settings;
    let parts: Vec<&str> = match to.kind {
        // The key of a robot is in its address, and other parameters do not make it another one.
        ChannelKind::Wecom => return with_kind(to.kind, &[&address(&to.url, Some("key"))]),
        ChannelKind::Dingtalk => {
            return with_kind(to.kind, &[&address(&to.url, Some("access_token"))]);
        }
        ChannelKind::Feishu | ChannelKind::Slack | ChannelKind::Teams | ChannelKind::Webhook => {
            return with_kind(to.kind, &[&address(&to.url, None)]);
        }
        ChannelKind::Telegram => vec![&settings.secret, &settings.chat],
        ChannelKind::WecomBot | ChannelKind::DingtalkBot | ChannelKind::FeishuBot => {
            vec![&settings.bot, &settings.chat]
        }
        ChannelKind::Email => vec![&settings.user, &settings.from],
    };
    let server = address(&to.url, None);
    let parts: Vec<&str> = std::iter::once(server.as_str()).chain(parts).collect();
    with_kind(to.kind, &parts)
}

fn with_kind(kind: ChannelKind, parts: &[&str]) -> String {
    // No part holds a line break: they are checked when they are entered.
    format!("{}\n{}", kind.as_str(), parts.join("\n"))
}

/// An address in one spelling: of the parameters only `key`, where that identifies the robot.
fn address(url: &str, key: Option<&str>) -> String {
    let Ok(parsed) = Url::parse(url) else {
        return url.to_owned();
    };
    let host = parsed.host_str().unwrap_or_default().to_ascii_lowercase();
    let port = parsed.port_or_known_default().unwrap_or_default();
    let path = parsed.path().trim_end_matches('/');
    let mut query: Vec<String> = parsed
        .query_pairs()
        .filter(|(name, _)| key.is_none_or(|key| name == key))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    query.sort_unstable();
    format!("{host}:{port}{path}?{}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use app::channel::ChannelSettings;

    use super::*;
    use crate::outbound::Egress;

    fn target(kind: ChannelKind, url: &str) -> Target {
        Target {
            kind,
            url: url.to_owned(),
            settings: ChannelSettings::default(),
            way: Egress::Server,
            lang: None,
        }
    }

    #[test]
    fn spellings_of_one_address_are_one_robot() {
        use ChannelKind::{Dingtalk, Slack, Wecom};
        let same = [
            (
                Wecom,
                "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a",
                "https://QYAPI.weixin.qq.com:443/cgi-bin/webhook/send/?debug=1&key=a#x",
            ),
            (
                Dingtalk,
                "https://oapi.dingtalk.com/robot/send?access_token=a",
                "https://oapi.dingtalk.com/robot/send?access_token=a&timestamp=1",
            ),
            (
                Slack,
                "https://hooks.slack.com/services/T/B/x",
                "https://hooks.slack.com/services/T/B/x/",
            ),
        ];
        for (kind, one, other) in same {
            let of = |url| identity(&target(kind, url));
            assert_eq!(of(one), of(other), "{one}");
        }
        let other = [
            (Wecom, "https://qyapi.weixin.qq.com/send?key=b"),
            (Slack, "https://qyapi.weixin.qq.com/send?key=a"),
        ];
        let ours = target(Wecom, "https://qyapi.weixin.qq.com/send?key=a");
        for (kind, url) in other {
            assert_ne!(identity(&ours), identity(&target(kind, url)), "{url}");
        }
    }

    #[test]
    fn chats_of_one_bot_are_counted_apart() {
        let chat = |chat: &str| {
            let mut to = target(ChannelKind::Telegram, "https://api.telegram.org");
            to.settings.secret = "1:token".to_owned();
            chat.clone_into(&mut to.settings.chat);
            identity(&to)
        };
        assert_eq!(chat("-1"), chat("-1"));
        assert_ne!(chat("-1"), chat("-2"));
    }
}
