//! What people paste as the address of a chat robot, and what belongs there instead.

use std::net::IpAddr;

use app::channel::ChannelKind;
use url::{Host, Url};

use crate::texts::channel_addresses::AddressFault;
use crate::texts::channels::name_of;
use crate::texts::{Text, both};

/// Where WeCom's group robots live (developer document 91770).
const WECOM_HOST: &str = "qyapi.weixin.qq.com";
const WECOM_PATH: &str = "/cgi-bin/webhook/send";

/// A chat service, by the end of its host names: which kind of channel it is, and its name.
type Service = (
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

/// Services at which a URL may as well be a receiver of the user's own.
const ALSO_WEBHOOKS: [&str; 2] = ["logic.azure.com", "api.powerplatform.com"];

/// Why an address does not suit its kind of channel, and what to enter instead; `None` where nothing
/// is known against it. `text` is trimmed.
pub(super) fn fault(kind: ChannelKind, text: &str) -> Option<AddressFault> {
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    let service = service_of(text, url.as_ref());
    if let Some((host, its_kind, zh, en)) = service {
        // Its API and its webhooks have one host.
        let is_api = kind == ChannelKind::FeishuBot
            && its_kind == Some(ChannelKind::Feishu)
            && url.as_ref().is_some_and(|url| url.path() == "/");
        let suits = its_kind == Some(kind)
            || is_api
            || (kind == ChannelKind::Webhook && ALSO_WEBHOOKS.contains(&host));
        // Its mail server may have a name below the same domain.
        if !suits && kind != ChannelKind::Email {
            return Some(other(kind, its_kind, both(zh, en)));
        }
    }
    if kind == ChannelKind::Wecom {
        return wecom(text, url.as_ref());
    }
    let url = url.filter(|_| service.is_some())?;
    let example = example_of(kind)?;
    (!is_whole(kind, &url)).then(|| AddressFault::Incomplete {
        kind: name_of(kind),
        example,
    })
}

/// The kind of channel that the address of a chat robot is for: of a vendor's, or of a relay of WeCom's robots that
/// is built like them, at an address in a network that the server's settings allow. `None` where it is not recognised:
/// anything else that is built like one may be anybody's.
pub(super) fn kind_of(text: &str, allowed: impl Fn(IpAddr) -> bool) -> Option<ChannelKind> {
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    match service_of(text, url.as_ref()) {
        // A bot needs more than an address.
        Some((_, kind, ..)) => kind.filter(|kind| !kind.is_bot()),
        None => match url {
            Some(url) => {
                let address = match url.host() {
                    Some(Host::Ipv4(address)) => IpAddr::from(address),
                    Some(Host::Ipv6(address)) => IpAddr::from(address),
                    Some(Host::Domain(_)) | None => return None,
                };
                let is_relay = url.path().ends_with(WECOM_PATH) && allowed(address);
                is_relay.then_some(ChannelKind::Wecom)
            }
            // A key alone: what is missing is said as a fault.
            None => key_in(text).map(|_| ChannelKind::Wecom),
        },
    }
}

/// What an address of a vendor looks like; `None` where any does.
fn example_of(kind: ChannelKind) -> Option<&'static str> {
    match kind {
        ChannelKind::Dingtalk => Some("https://oapi.dingtalk.com/robot/send?access_token=…"),
        ChannelKind::Feishu => Some("https://open.feishu.cn/open-apis/bot/v2/hook/…"),
        ChannelKind::Slack => Some("https://hooks.slack.com/services/T…/B…/…"),
        ChannelKind::Telegram => Some("https://api.telegram.org"),
        ChannelKind::Wecom
        | ChannelKind::WecomBot
        | ChannelKind::DingtalkBot
        | ChannelKind::FeishuBot
        | ChannelKind::Teams
        | ChannelKind::Email
        | ChannelKind::Webhook => None,
    }
}

/// Whether an address at a vendor is a whole one.
fn is_whole(kind: ChannelKind, url: &Url) -> bool {
    let path = url.path().trim_end_matches('/');
    let below = |start: &str| {
        path.strip_prefix(start)
            .is_some_and(|rest| rest.len() > 1 && !rest.contains('…'))
    };
    match kind {
        ChannelKind::Dingtalk => {
            path == "/robot/send"
                && url
                    .query_pairs()
                    .any(|(name, value)| name == "access_token" && !value.trim().is_empty())
        }
        ChannelKind::Feishu => below("/open-apis/bot/v2/hook/"),
        ChannelKind::Slack => below("/services/"),
        // The token has a field of its own: in an address it would be shown.
        ChannelKind::Telegram => path.is_empty() && url.query().is_none(),
        ChannelKind::Wecom
        | ChannelKind::WecomBot
        | ChannelKind::DingtalkBot
        | ChannelKind::FeishuBot
        | ChannelKind::Teams
        | ChannelKind::Email
        | ChannelKind::Webhook => true,
    }
}

fn is_wecom(url: &Url) -> bool {
    url.host_str() == Some(WECOM_HOST)
}

/// The chat service that an address belongs to, also one without its scheme.
fn service_of(text: &str, url: Option<&Url>) -> Option<Service> {
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

/// An address of another service: which kind it is for, or what belongs there instead.
fn other(kind: ChannelKind, its: Option<ChannelKind>, vendor: Text) -> AddressFault {
    match (its, kind) {
        (Some(its), _) => AddressFault::OfKind {
            vendor,
            kind: name_of(its),
        },
        (None, ChannelKind::Wecom) => AddressFault::NotOfWecom {
            vendor,
            example: example(),
        },
        (None, ChannelKind::Webhook) => AddressFault::NotOfReceiver { vendor },
        (None, _) => AddressFault::NotOfChosenKind {
            vendor,
            kind: name_of(kind),
        },
    }
}

fn wecom(text: &str, url: Option<&Url>) -> Option<AddressFault> {
    let Some(url) = url else {
        // A key, or a part of the address: what is missing can be added.
        return Some(match key_in(text) {
            Some(key) => AddressFault::RobotKey {
                whole: complete(key),
            },
            None => AddressFault::NoAddress { example: example() },
        });
    };
    let key = url
        .query_pairs()
        .find(|(name, _)| name == "key")
        .map(|(_, key)| key.trim().to_owned());
    let ours = is_wecom(url);
    if ours && url.path().trim_end_matches('/') != WECOM_PATH {
        return Some(match key_in(text) {
            Some(key) => AddressFault::RobotPath {
                whole: complete(key),
            },
            None => AddressFault::NotOfRobot { example: example() },
        });
    }
    // A proxy of the user's own may need no key, but an empty one is half an address.
    let wants_key = ours || url.path().ends_with(WECOM_PATH) || key.is_some();
    let has_key = key.is_some_and(|key| !key.is_empty() && key != "…" && key != "...");
    (wants_key && !has_key).then(|| AddressFault::NoRobotKey { example: example() })
}

fn complete(key: &str) -> String {
    format!("https://{WECOM_HOST}{WECOM_PATH}?key={key}")
}

fn example() -> String {
    complete("…")
}

/// The key of a robot somewhere in a text: behind `key=`, or the whole text where it looks like
/// one (a UUID).
fn key_in(text: &str) -> Option<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if let Some((_, rest)) = text.split_once("key=") {
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        return Some(&rest[..end]).filter(|key| key.len() >= 8);
    }
    let text = text.trim_matches(|c: char| c == '"' || c == '\'' || c.is_whitespace());
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    (groups == [8, 4, 4, 4, 12] && text.chars().all(is_part)).then_some(text)
}

#[cfg(test)]
mod tests {
    use app::i18n::Lang;
    use app::texts::Ui;

    use super::*;
    use crate::texts::Fault;

    fn said(kind: ChannelKind, text: &str, lang: Lang) -> Option<String> {
        fault(kind, text).map(|fault| fault.fault().1.of(lang))
    }

    const KEY: &str = "693a91f6-7aac-4bc4-97a0-0ec2fa5aaa01";

    #[test]
    fn only_robots_of_vendors_and_of_allowed_networks_are_recognised() {
        let allowed = |ip: IpAddr| ip.to_string().starts_with("10.");
        let relay = "/cgi-bin/webhook/send?key=FORMSECRET";
        let table = [
            (
                format!("https://{WECOM_HOST}{relay}"),
                Some(ChannelKind::Wecom),
            ),
            (
                format!("http://10.1.2.3:8080{relay}"),
                Some(ChannelKind::Wecom),
            ),
            (KEY.to_owned(), Some(ChannelKind::Wecom)),
            (format!("http://192.0.2.1{relay}"), None),
            (format!("https://example.com{relay}"), None),
            ("https://example.com/x?key=FORMSECRET".to_owned(), None),
            (format!("https://{WECOM_HOST}.example.com{relay}"), None),
            (
                "https://example.com/robot/send?access_token=x".to_owned(),
                None,
            ),
            ("https://notslack.com/services/T0/B0/x".to_owned(), None),
            (
                "https://hooks.slack.com/services/T0/B0/x".to_owned(),
                Some(ChannelKind::Slack),
            ),
        ];
        for (text, kind) in table {
            assert_eq!(kind_of(&text, allowed), kind, "{text}");
        }
    }

    #[test]
    fn what_is_only_a_part_of_an_address_is_completed() {
        let whole = format!("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}");
        for text in [
            KEY.to_owned(),
            format!("key={KEY}"),
            format!("?key={KEY}"),
            format!("send?key={KEY}"),
            format!("/cgi-bin/webhook/send?key={KEY}"),
            format!("qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"),
            format!("//qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"),
            format!("curl '{whole}' -H 'Content-Type: application/json'"),
            format!("\"{KEY}\""),
            format!("https://qyapi.weixin.qq.com/?key={KEY}"),
        ] {
            for lang in [Lang::Zh, Lang::En] {
                let fault = said(ChannelKind::Wecom, &text, lang).expect(&text);
                assert!(fault.contains(&whole), "{text}: {fault}");
            }
        }
        assert_eq!(fault(ChannelKind::Wecom, &whole), None);
    }

    #[test]
    fn an_address_without_its_key_is_none() {
        for text in [
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=",
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=%20",
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…",
            "https://qyapi.weixin.qq.com/",
            "http://proxy.test/cgi-bin/webhook/send?key=",
            "https://proxy.test/send?key=",
            "nonsense",
        ] {
            let said = said(ChannelKind::Wecom, text, Lang::En).expect(text);
            assert!(said.contains("cgi-bin/webhook/send?key="), "{text}: {said}");
        }
        for text in [
            "http://127.0.0.1:9/send",
            "https://proxy.test/robot?key=abc",
        ] {
            assert_eq!(fault(ChannelKind::Wecom, text), None, "{text}");
        }
    }

    #[test]
    fn addresses_of_other_services_are_named() {
        for (text, zh, en) in [
            (
                "https://oapi.dingtalk.com/robot/send?access_token=x",
                "钉钉",
                "DingTalk",
            ),
            (
                "oapi.dingtalk.com/robot/send?access_token=x",
                "钉钉",
                "DingTalk",
            ),
            (
                "https://open.feishu.cn/open-apis/bot/v2/hook/x",
                "飞书",
                "Feishu",
            ),
            (
                "https://OPEN.FEISHU.CN/open-apis/bot/v2/hook/x",
                "飞书",
                "Feishu",
            ),
            (
                "https://open.larksuite.com/open-apis/bot/v2/hook/x",
                "Lark",
                "Lark",
            ),
            ("https://hooks.slack.com/services/T0/B0/x", "Slack", "Slack"),
            ("https://discord.com/api/webhooks/1/x", "Discord", "Discord"),
        ] {
            let its = service_of(text, None).and_then(|(_, kind, ..)| kind);
            let others = ChannelKind::ALL.iter().copied();
            for kind in others.filter(|kind| Some(*kind) != its && *kind != ChannelKind::Email) {
                for (lang, vendor) in [(Lang::Zh, zh), (Lang::En, en)] {
                    let said = said(kind, text, lang).expect(text);
                    if let Some(its) = its {
                        assert!(said.contains(Ui::of(lang).channel_kind(its)), "{said}");
                    }
                    assert!(said.contains(vendor), "{text}: {said}");
                }
            }
        }
        for text in [
            "https://notslack.com/x",
            "https://slack.com.evil.test/x",
            "https://ops.test/slack.com",
        ] {
            assert_eq!(fault(ChannelKind::Webhook, text), None, "{text}");
        }
        let wecom = format!("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}");
        let said = said(ChannelKind::Webhook, &wecom, Lang::En).expect("a fault");
        assert!(said.contains("WeCom"));
    }

    #[test]
    fn a_whole_address_suits_its_own_kind_only() {
        for (kind, whole, parts) in [
            (
                ChannelKind::Dingtalk,
                "https://oapi.dingtalk.com/robot/send?access_token=0123",
                &[
                    "https://oapi.dingtalk.com/robot/send",
                    "https://oapi.dingtalk.com/",
                ][..],
            ),
            (
                ChannelKind::Feishu,
                "https://open.feishu.cn/open-apis/bot/v2/hook/0-1-2",
                &[
                    "https://open.feishu.cn/open-apis/bot/v2/hook/",
                    "https://www.feishu.cn/x",
                ],
            ),
            (
                ChannelKind::Slack,
                "https://hooks.slack.com/services/T0/B0/x",
                &[
                    "https://app.slack.com/client/T0",
                    "https://hooks.slack.com/services/",
                ],
            ),
            (
                ChannelKind::Telegram,
                "https://api.telegram.org/",
                &["https://api.telegram.org/bot1:A/sendMessage?chat_id=1"],
            ),
            (
                ChannelKind::Teams,
                "https://prod-1.westus.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke",
                &[],
            ),
        ] {
            assert_eq!(fault(kind, whole), None, "{whole}");
            assert!(fault(ChannelKind::Wecom, whole).is_some(), "{whole}");
            for part in parts {
                assert!(fault(kind, part).is_some(), "{part}");
            }
        }
        for kind in [
            ChannelKind::Dingtalk,
            ChannelKind::Slack,
            ChannelKind::Teams,
        ] {
            assert_eq!(fault(kind, "https://relay.test/x"), None);
        }
    }
}
