//! What the address of a robot at a vendor's host consists of, and what is missing of it when it was not copied whole.

use app::channel::ChannelKind;
use url::Url;

use crate::texts::channel_addresses::{AddressFault, AddressPart};
use crate::texts::channels::name_of;

/// Where DingTalk's robots take messages (open.dingtalk.com, 自定义机器人接入).
const DINGTALK: &str = "/robot/send";
/// Where Feishu's robots take them, before their IDs (open.feishu.cn, 自定义机器人使用指南).
const FEISHU: &str = "/open-apis/bot/v2/hook/";
/// Where Slack's incoming webhooks do, before their three parts (api.slack.com, Sending messages using incoming webhooks).
const SLACK: &str = "/services/";
/// Where Slack's workflows start, which take variables instead of a text.
const SLACK_WORKFLOWS: [&str; 2] = ["/triggers/", "/workflows/"];
/// The parts of the path of a workflow in Teams, in their order (learn.microsoft.com: Create incoming webhooks with
/// Workflows).
const TEAMS: [&str; 3] = ["/workflows/", "/triggers/", "/paths/invoke"];
/// Its parameters: version, permissions, version of the signature, and the signature (learn.microsoft.com: Azure Logic
/// Apps, shared access signature).
const TEAMS_QUERY: [&str; 4] = ["api-version", "sp", "sv", "sig"];
/// The path of the older webhooks of Teams.
const OFFICE: [&str; 2] = ["/webhookb2/", "/IncomingWebhook/"];

/// Why an address at the host of its vendor is not a whole one; `None` where nothing is missing.
pub(super) fn incomplete(kind: ChannelKind, url: &Url) -> Option<AddressFault> {
    let path = url.path();
    let missing = match kind {
        ChannelKind::Dingtalk => dingtalk(url),
        ChannelKind::Feishu => match path.strip_prefix(FEISHU) {
            Some(id) if is_value(id.trim_matches('/')) => Vec::new(),
            Some(_) => vec![AddressPart::After(FEISHU)],
            None => vec![AddressPart::Path("/open-apis/bot/v2/hook/…")],
        },
        ChannelKind::Slack => {
            if SLACK_WORKFLOWS.iter().any(|start| path.starts_with(start)) {
                return Some(AddressFault::SlackWorkflow);
            }
            slack(path)
        }
        ChannelKind::Teams => {
            let missing = teams(url);
            if missing == [AddressPart::Parameter("sig")] {
                return Some(AddressFault::TeamsSignature);
            }
            missing
        }
        // The token has a field of its own: in an address it would be shown.
        ChannelKind::Telegram => {
            let is_server = matches!(path, "" | "/") && url.query().is_none();
            return (!is_server).then_some(AddressFault::TelegramServer);
        }
        ChannelKind::Wecom
        | ChannelKind::WecomBot
        | ChannelKind::DingtalkBot
        | ChannelKind::FeishuBot
        | ChannelKind::Email
        | ChannelKind::Webhook => return None,
    };
    (!missing.is_empty()).then(|| AddressFault::Incomplete {
        kind: name_of(kind),
        missing,
        example: example_of(kind, url),
    })
}

/// What a whole address looks like.
fn example_of(kind: ChannelKind, url: &Url) -> &'static str {
    match kind {
        ChannelKind::Dingtalk => "https://oapi.dingtalk.com/robot/send?access_token=…",
        ChannelKind::Feishu => "https://open.feishu.cn/open-apis/bot/v2/hook/…",
        ChannelKind::Slack => "https://hooks.slack.com/services/T…/B…/…",
        _ if is_office(url) => "https://….webhook.office.com/webhookb2/…/IncomingWebhook/…/…",
        _ => "https://…/workflows/…/triggers/manual/paths/invoke?api-version=…&sp=…&sv=…&sig=…",
    }
}

fn dingtalk(url: &Url) -> Vec<AddressPart> {
    let mut missing = Vec::new();
    if url.path().trim_end_matches('/') != DINGTALK {
        missing.push(AddressPart::Path(DINGTALK));
    }
    missing.extend(parameter(url, "access_token"));
    missing
}

fn slack(path: &str) -> Vec<AddressPart> {
    let Some(rest) = path.strip_prefix(SLACK) else {
        return vec![AddressPart::Path("/services/T…/B…/…")];
    };
    let mut parts = rest.split('/');
    let numbers = (1..=3).filter(|_| !parts.next().is_some_and(is_value));
    numbers.map(AddressPart::OfSlack).collect()
}

fn teams(url: &Url) -> Vec<AddressPart> {
    let path = url.path();
    if is_office(url) {
        let missing = missing_of(path, &OFFICE);
        return missing.into_iter().map(AddressPart::Path).collect();
    }
    let missing = missing_of(path, &TEAMS).into_iter().map(AddressPart::Path);
    let of_query = TEAMS_QUERY.iter().filter_map(|name| parameter(url, name));
    missing.chain(of_query).collect()
}

fn is_office(url: &Url) -> bool {
    url.host_str()
        .is_some_and(|host| host.ends_with("webhook.office.com"))
}

/// The parts that a path does not have, each behind the one before it and something between the two.
fn missing_of(path: &str, parts: &[&'static str]) -> Vec<&'static str> {
    let mut rest = path;
    let mut missing = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        // Behind the first one an ID stands before the next.
        let found = rest.find(*part).filter(|at| number == 0 || *at > 0);
        match found {
            Some(at) => rest = &rest[at + part.len()..],
            None => missing.push(*part),
        }
    }
    // What ends with a slash has something behind it.
    if let Some(last) = parts.last().filter(|last| last.ends_with('/'))
        && missing.is_empty()
        && !is_value(rest.trim_matches('/'))
    {
        missing.push(*last);
    }
    missing
}

fn parameter(url: &Url, name: &'static str) -> Option<AddressPart> {
    let has = url
        .query_pairs()
        .any(|(key, value)| key == name && is_value(value.trim()));
    (!has).then_some(AddressPart::Parameter(name))
}

/// Whether it is something, and not the sign that stands for what is to be filled in.
fn is_value(text: &str) -> bool {
    !text.is_empty() && !text.contains('…') && !text.contains("%E2%80%A6") && !text.contains("...")
}
