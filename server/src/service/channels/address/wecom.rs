//! Addresses of WeCom's group robots: whole ones, and what is completed.

use url::Url;

use crate::texts::channel_addresses::AddressFault;

/// Where WeCom's group robots live (developer document 91770).
pub(super) const WECOM_HOST: &str = "qyapi.weixin.qq.com";
pub(super) const WECOM_PATH: &str = "/cgi-bin/webhook/send";

fn is_wecom(url: &Url) -> bool {
    url.host_str() == Some(WECOM_HOST)
}

/// What is wrong with an address of a WeCom robot, or of a relay that is built like one.
pub(super) fn wecom(text: &str, url: Option<&Url>) -> Option<AddressFault> {
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

/// What such an address looks like.
pub(super) fn example() -> String {
    complete("…")
}

/// The key of a robot somewhere in a text: behind `key=`, or the whole text where it looks like
/// one (a UUID).
pub(super) fn key_in(text: &str) -> Option<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if let Some((_, rest)) = text.split_once("key=") {
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        return Some(&rest[..end]).filter(|key| key.len() >= 8);
    }
    let text = text.trim_matches(|c: char| c == '"' || c == '\'' || c.is_whitespace());
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    (groups == [8, 4, 4, 4, 12] && text.chars().all(is_part)).then_some(text)
}
