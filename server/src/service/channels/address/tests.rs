//! Addresses as people paste them.

use app::i18n::Lang;
use app::texts::Ui;

use super::wecom::WECOM_HOST;
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
            "https://prod-1.westus.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=x",
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

/// What an address lacks is said, part by part.
#[test]
fn what_was_not_copied_is_named() {
    let invoke = "https://p.westus.logic.azure.com/workflows/1a/triggers/manual/paths/invoke";
    let power = "https://d.10.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/1a/triggers/manual/paths/invoke";
    let office = "https://ops.webhook.office.com/webhookb2/1@2/IncomingWebhook/3/4";
    let query = "?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=aBc";
    for whole in [
        format!("{invoke}{query}"),
        format!("{power}{query}"),
        office.to_owned(),
    ] {
        assert_eq!(fault(ChannelKind::Teams, &whole), None, "{whole}");
        // A receiver of the user's own may be a workflow, too, with an address of any form.
        if whole != office {
            assert_eq!(fault(ChannelKind::Webhook, invoke), None);
        }
    }
    let table = [
        (
            ChannelKind::Teams,
            invoke.to_owned(),
            "it lacks api-version, sp, sv, sig.",
        ),
        (
            ChannelKind::Teams,
            format!("{invoke}?api-version=1&sp=a&sv="),
            "it lacks sv, sig.",
        ),
        (
            ChannelKind::Teams,
            format!("{power}?api-version=1&sp=a&sv=1.0"),
            "Anyone",
        ),
        (
            ChannelKind::Teams,
            format!("{invoke}?api-version=1&sp=a&sv=1.0&sig=…"),
            "Anyone",
        ),
        (
            ChannelKind::Teams,
            format!("https://p.westus.logic.azure.com/workflows/1a{query}"),
            "it lacks /triggers/, /paths/invoke.",
        ),
        (
            ChannelKind::Teams,
            format!(
                "https://p.westus.logic.azure.com/workflows/triggers/manual/paths/invoke{query}"
            ),
            "it lacks /triggers/.",
        ),
        (
            ChannelKind::Teams,
            "https://ops.webhook.office.com/webhookb2/1@2/IncomingWebhook/".to_owned(),
            "it lacks /IncomingWebhook/.",
        ),
        (
            ChannelKind::Dingtalk,
            "https://oapi.dingtalk.com/robot/send?access_token=".to_owned(),
            "it lacks access_token.",
        ),
        (
            ChannelKind::Dingtalk,
            "https://oapi.dingtalk.com/?access_token=0".to_owned(),
            "it lacks /robot/send.",
        ),
        (
            ChannelKind::Feishu,
            "https://open.feishu.cn/open-apis/bot/v2/hook/".to_owned(),
            "it lacks the ID behind /open-apis/bot/v2/hook/.",
        ),
        (
            ChannelKind::Slack,
            "https://hooks.slack.com/services/T0/B0".to_owned(),
            "it lacks part 3 of the three behind /services/.",
        ),
        (
            ChannelKind::Slack,
            "https://hooks.slack.com/services/T0//x".to_owned(),
            "it lacks part 2 of the three behind /services/.",
        ),
        (
            ChannelKind::Slack,
            "https://hooks.slack.com/triggers/T0/1/x".to_owned(),
            "starts a workflow of Slack",
        ),
        (
            ChannelKind::Telegram,
            "https://api.telegram.org/bot1:A/sendMessage".to_owned(),
            "the server alone",
        ),
    ];
    for (kind, text, words) in table {
        let en = said(kind, &text, Lang::En).expect(&text);
        assert!(en.contains(words), "{text}: {en}");
        let zh = said(kind, &text, Lang::Zh).expect(&text);
        assert!(!zh.contains("lacks"), "{text}: {zh}");
        // Neither the token nor any other part of an address is repeated.
        assert!(
            !en.contains("aBc") && !en.contains("bot1:A"),
            "{text}: {en}"
        );
    }
}
