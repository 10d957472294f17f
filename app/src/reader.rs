//! The reader of a page: language and zone, from the request on the server, from the document in the browser.

#[cfg(feature = "hydrate")]
use leptos::prelude::document;
use leptos::prelude::use_context;

use crate::auth::Caller;
use crate::i18n::Lang;

/// The zone of the reader's browser, as reported by an earlier document.
#[derive(Clone, Debug)]
pub struct ViewerZone(pub String);

impl ViewerZone {
    /// The longest name that is accepted; the longest of the tz database has 32 characters.
    const CHARS_MAX: usize = 64;

    /// Parses what a browser sent; `None` if it is not the name of a zone.
    #[must_use]
    pub fn from_cookie(text: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
        let name = (1..=Self::CHARS_MAX).contains(&text.len()) && text.chars().all(plain);
        name.then(|| Self(text.to_owned()))
    }
}

/// The reader's language, even without a page: from the request on the server, from the document in the browser.
pub(crate) fn language() -> Lang {
    if let Some(caller) = use_context::<Caller>() {
        return caller.lang;
    }
    document_attribute("lang")
        .and_then(|tag| Lang::from_tag(&tag))
        .unwrap_or_default()
}

/// An attribute of the `<html>` element; none on the server.
#[cfg(feature = "hydrate")]
pub(crate) fn document_attribute(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(name)
}

#[cfg(not(feature = "hydrate"))]
pub(crate) fn document_attribute(_name: &str) -> Option<String> {
    None
}
