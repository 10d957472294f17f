//! Where a draft that was made from an older version differs from the channel that is stored by now.

use app::channel::{Channel, ChannelDraft};

/// The fields in which a draft says something else than what is stored, by their names in the API. A URL and a secret
/// cannot be compared: what is stored of them is never shown.
pub(super) fn differing(draft: &ChannelDraft, stored: &Channel) -> Vec<&'static str> {
    let settings = &stored.settings;
    let lang = stored.lang.map_or("", |lang| lang.pick("zh", "en"));
    let text = |typed: &Option<String>, stored: &str| {
        typed.as_deref().is_some_and(|typed| typed.trim() != stored)
    };
    // Empty, it is the default, which is stored as a word.
    let word = |typed: &Option<String>, stored: &str| {
        let typed = typed.as_deref().map(str::trim);
        typed.is_some_and(|typed| !typed.is_empty() && typed != stored)
    };
    let proxy = stored.proxy.as_deref().unwrap_or_default();
    let fallback = stored.fallback.as_deref().unwrap_or_default();
    [
        ("name", draft.name.trim() != stored.name),
        ("kind", draft.kind != stored.kind),
        ("url", !draft.url.trim().is_empty()),
        ("proxy", text(&draft.proxy, proxy)),
        ("lang", text(&draft.lang, lang)),
        ("chat", text(&draft.chat, &settings.chat)),
        ("method", word(&draft.method, &settings.method)),
        ("expect", text(&draft.expect, &settings.expect)),
        ("user", text(&draft.user, &settings.user)),
        ("from", text(&draft.from, &settings.from)),
        ("to", draft.to.as_ref().is_some_and(|to| *to != settings.to)),
        ("tls", word(&draft.tls, settings.tls.as_str())),
        ("format", word(&draft.format, settings.format.as_str())),
        ("brief", word(&draft.brief, settings.brief.as_str())),
        ("fallback", text(&draft.fallback, fallback)),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}
