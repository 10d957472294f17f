//! Reading what was entered for a channel: all faults at once, and what is stored of it.

use app::backend::Answer;
use app::channel::{ChannelDraft, ChannelKind, ChannelSettings, DIRECT};
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::id::ChannelId;
use app::message::NoAnswer;
use app::name::name_fault;

use super::super::Service;
use super::{address, settings};
use crate::auth::seal::Sealer;
use crate::chat::{DINGTALK_SERVER, FEISHU_SERVER, WECOM_SERVER};
use crate::messages::target::{Target, masked, proxy_seal_name, seal_name, settings_seal_name};
use crate::messages::vendor::telegram;
use crate::outbound::{Egress, OutboundClient};
use crate::store::{ChannelSecret, NewChannel};
use crate::texts::channel_addresses::UrlFault;
use crate::texts::channels::{ChannelFault, ChannelProxyFault, PROXY_MAX};
use crate::texts::{Fault, Say, Text};

/// Bytes of a URL.
const URL_MAX: usize = 2048;

/// A channel that was checked, with its secrets.
pub(in super::super) struct Checked {
    /// What is stored of it besides them.
    pub(in super::super) new: NewChannel,
    url: String,
    proxy: String,
    settings: String,
}

impl Checked {
    /// A secret of it, sealed for its id.
    pub(in super::super) fn seal(
        &self,
        sealer: &Sealer,
        id: ChannelId,
        what: ChannelSecret,
    ) -> Option<String> {
        let sealed = match what {
            ChannelSecret::Url => sealer.seal(&seal_name(id), &self.url),
            ChannelSecret::Proxy => sealer.seal(&proxy_seal_name(id), &self.proxy),
            ChannelSecret::Settings => sealer.seal(&settings_seal_name(id), &self.settings),
        };
        sealed
            .inspect_err(
                |error| tracing::error!(%id, ?what, %error, "a channel's secret cannot be sealed"),
            )
            .ok()
    }
}

impl Service {
    /// Reads a draft whole, for a new channel or in the place of a stored one, of which everything
    /// stays that the draft leaves open.
    pub(super) fn check_channel(
        &self,
        lang: Lang,
        draft: &ChannelDraft,
        stored: Option<&Target>,
    ) -> Answer<Checked> {
        let mut faults = Vec::new();
        let name = draft.name.trim();
        if let Some(fault) = name_fault(name) {
            faults.push(FieldError::new("name", fault.code(), fault.text(lang)));
        } else if name.is_empty() || name.chars().count() > 64 {
            faults.push(ChannelFault::Name.on("name", lang));
        }
        // Settings of another kind mean something else.
        let kept = stored.filter(|stored| stored.kind == draft.kind);
        let before = kept
            .map(|stored| stored.settings.clone())
            .unwrap_or_default();
        let mut after = settings::read(lang, draft, &before, &mut faults);
        let url = self.check_channel_url(lang, draft, stored, &mut after, &mut faults);
        let language = read_lang(lang, draft, &mut faults);
        if let Some(proxy) = &draft.proxy
            && let Err(why) = self.check_channel_proxy(draft.kind, proxy)
        {
            faults.push(ChannelFault::Proxy { why }.on("proxy", lang));
        }
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        // A new kind says something else about the old address, too.
        let is_new_url = !draft.url.trim().is_empty()
            || stored.is_none_or(|stored| stored.url != url || stored.kind != draft.kind);
        let changed = stored.is_none_or(|stored| stored.settings != after);
        Ok(Checked {
            new: NewChannel {
                name: name.to_owned(),
                kind: draft.kind,
                masked: is_new_url.then(|| masked(draft.kind, &url)),
                proxy: draft
                    .proxy
                    .as_deref()
                    .and_then(|proxy| Some(Egress::read(proxy).ok()?.shown())),
                lang: language,
                settings: changed.then(|| after.details()),
                fallback: None,
            },
            url,
            proxy: draft.proxy.as_deref().unwrap_or_default().trim().to_owned(),
            settings: serde_json::to_string(&after).unwrap_or_default(),
        })
    }

    /// The address that the channel has after this.
    fn check_channel_url(
        &self,
        lang: Lang,
        draft: &ChannelDraft,
        stored: Option<&Target>,
        settings: &mut ChannelSettings,
        faults: &mut Vec<FieldError>,
    ) -> String {
        let typed = draft.url.trim();
        let kept = stored.filter(|stored| typed.is_empty() && stored.kind == draft.kind);
        if let Some(kept) = kept.filter(|kept| kept.settings.tls == settings.tls) {
            return kept.url.clone();
        }
        let mut fault = |fault: &dyn Fault| faults.push(fault.on("url", lang));
        let url = match (typed, stored) {
            ("", _) if draft.kind == ChannelKind::Telegram => telegram::SERVER,
            ("", _) if draft.kind == ChannelKind::WecomBot => WECOM_SERVER,
            ("", _) if draft.kind == ChannelKind::DingtalkBot => DINGTALK_SERVER,
            ("", _) if draft.kind == ChannelKind::FeishuBot => FEISHU_SERVER,
            ("", Some(stored)) => stored.url.as_str(),
            _ => typed,
        };
        if url.is_empty() {
            fault(&UrlFault::Missing);
            return String::new();
        }
        if url.len() > URL_MAX {
            fault(&UrlFault::Long);
            return String::new();
        }
        if let Some(unsuited) = address::fault(draft.kind, url) {
            fault(&unsuited);
            return String::new();
        }
        if draft.kind == ChannelKind::Email {
            return settings::mail_server(lang, draft, url, settings, &self.guard, faults);
        }
        let checked = match draft.kind.is_bot() {
            true => OutboundClient::socket_address(url),
            false => url.to_owned(),
        };
        if let Err(refusal) = self.guard.parse(&checked) {
            let why = NoAnswer::from(refusal).code();
            fault(&UrlFault::Refused { why });
        }
        url.to_owned()
    }

    /// Checks the way out of a channel, as far as it can be without asking the network.
    fn check_channel_proxy(&self, kind: ChannelKind, proxy: &str) -> Result<(), Text> {
        if kind == ChannelKind::Email && !matches!(proxy.trim(), "" | DIRECT) {
            return Err(ChannelProxyFault::Mail.words());
        }
        let way = Egress::read(proxy).map_err(|fault| fault.words())?;
        // The host of a name in other scripts is longer than it was typed.
        let shown = way.shown().map_or(0, |shown| shown.len());
        if proxy.len().max(shown) > PROXY_MAX {
            return Err(ChannelProxyFault::Long.words());
        }
        self.sender
            .by(&way, "")
            .map(drop)
            .map_err(|refusal| Text::same(refusal.to_string()))
    }
}

fn read_lang(
    lang: Lang,
    draft: &ChannelDraft,
    faults: &mut Vec<FieldError>,
) -> Option<Option<Lang>> {
    match draft.lang.as_deref().map(str::trim)? {
        "" => Some(None),
        "zh" => Some(Some(Lang::Zh)),
        "en" => Some(Some(Lang::En)),
        _ => {
            faults.push(ChannelFault::UnknownLanguage.on("lang", lang));
            None
        }
    }
}
