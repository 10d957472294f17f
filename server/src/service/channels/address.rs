//! What people paste as the address of a chat robot, and what belongs there instead.

mod parts;
mod services;
#[cfg(test)]
mod tests;
mod wecom;

use std::net::IpAddr;

use app::channel::ChannelKind;
use url::{Host, Url};

use crate::texts::channel_addresses::AddressFault;
use crate::texts::channels::name_of;
use crate::texts::{Text, both};
use parts::incomplete;
use services::service_of;
use wecom::{WECOM_PATH, example, key_in, wecom};

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
    incomplete(kind, &url.filter(|_| service.is_some())?)
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
