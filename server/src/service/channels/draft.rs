//! Reading what was entered for a channel: all faults at once, and what is stored of it.

use app::backend::Answer;
use app::channel::{ChannelDraft, ChannelKind, ChannelSettings, DIRECT};
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::id::ChannelId;
use app::name::name_fault;

use super::super::Service;
use super::{address, settings};
use crate::auth::seal::Sealer;
use crate::messages::target::{Target, masked, proxy_seal_name, seal_name, settings_seal_name};
use crate::messages::vendor::telegram;
use crate::outbound::Way;
use crate::store::{ChannelSecret, NewChannel};

/// Bytes of a URL.
const URL_MAX: usize = 2048;
/// Bytes of a proxy; shown, it fits into its column.
const PROXY_MAX: usize = 255;

/// A channel that was checked, with its secrets.
pub(super) struct Checked {
    /// What is stored of it besides them.
    pub(super) new: NewChannel,
    url: String,
    proxy: String,
    settings: String,
}

impl Checked {
    /// A secret of it, sealed for its id.
    pub(super) fn seal(
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
            faults.push(FieldError::new(
                "name",
                "invalid",
                lang.pick("名称为 1–64 个字符", "A name has 1–64 characters"),
            ));
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
            && let Err(why) = self.check_channel_proxy(lang, draft.kind, proxy)
        {
            faults.push(FieldError::new(
                "proxy",
                "refused",
                lang.pick(
                    format!("不能使用这个代理：{why}"),
                    format!("This proxy cannot be used: {why}"),
                ),
            ));
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
                    .and_then(|proxy| Some(Way::read(proxy).ok()?.shown())),
                lang: language,
                settings: changed.then(|| after.details()),
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
        let mut fault = |code: &str, words: String| {
            faults.push(FieldError::new("url", code, words));
        };
        let url = match (typed, stored) {
            ("", _) if draft.kind == ChannelKind::Telegram => telegram::SERVER,
            ("", Some(stored)) => stored.url.as_str(),
            _ => typed,
        };
        if url.is_empty() {
            fault(
                "required",
                lang.pick("请填写 URL", "Enter a URL").to_owned(),
            );
            return String::new();
        }
        if url.len() > URL_MAX {
            let words = lang.pick("URL 最多 2048 字节", "A URL has at most 2048 bytes");
            fault("too_long", words.to_owned());
            return String::new();
        }
        if let Some(words) = address::fault(draft.kind, url, lang) {
            fault("not_a_robot", words);
            return String::new();
        }
        if draft.kind == ChannelKind::Email {
            return settings::mail_server(lang, draft, url, settings, &self.guard, faults);
        }
        if let Err(refusal) = self.guard.parse(url) {
            let words = lang.pick(
                format!("不能使用这个 URL：{refusal}"),
                format!("This URL cannot be used: {refusal}"),
            );
            fault("refused", words);
        }
        url.to_owned()
    }

    /// Checks the way out of a channel, as far as it can be without asking the network.
    fn check_channel_proxy(
        &self,
        lang: Lang,
        kind: ChannelKind,
        proxy: &str,
    ) -> Result<(), String> {
        if kind == ChannelKind::Email && !matches!(proxy.trim(), "" | DIRECT) {
            let words = lang.pick(
                "邮件不走 HTTP 代理",
                "e-mail does not go through an HTTP proxy",
            );
            return Err(words.to_owned());
        }
        let way = Way::read(proxy).map_err(|fault| fault.text(lang))?;
        // The host of a name in other scripts is longer than it was typed.
        let shown = way.shown().map_or(0, |shown| shown.len());
        if proxy.len().max(shown) > PROXY_MAX {
            return Err(lang.pick(
                format!("最多 {PROXY_MAX} 字节"),
                format!("it has {PROXY_MAX} bytes at most"),
            ));
        }
        self.sender
            .by(&way)
            .map(drop)
            .map_err(|refusal| refusal.to_string())
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
            let words = lang.pick("语言为 zh、en 或留空", "A language is zh, en or empty");
            faults.push(FieldError::new("lang", "unknown", words));
            None
        }
    }
}
