//! The document's title.
//!
//! `leptos_meta` writes it into the document unescaped, so on the server a task named `</title><form …>` would be
//! markup. In the browser the same component sets `document.title`, which takes text. See
//! `docs/adr/0025-titles-are-escaped-by-us.md`.

use std::borrow::Cow;

use leptos::prelude::*;

use crate::texts::Ui;
use crate::ui::components::output::visible;

/// The title of a page's document, in the form that the library writes: every title uses this function. Characters
/// that change the direction of text are made visible.
pub(super) fn document_title(page: String) -> String {
    let product = Ui::ZH.product;
    let title = if page.is_empty() {
        product.to_owned()
    } else {
        format!("{} · {product}", visible(&page))
    };
    if cfg!(feature = "ssr") {
        escaped(&title).into_owned()
    } else {
        title
    }
}

/// The title of a page about tasks, and a red mark on its icon while there are failing ones.
pub(super) fn health_title(title: String, failing: bool) -> AnyView {
    Effect::new(move |_| mark_icon(failing));
    on_cleanup(|| mark_icon(false));
    view! { <leptos_meta::Title text=title/> }.into_any()
}

#[cfg(feature = "hydrate")]
fn mark_icon(failing: bool) {
    let path = if failing {
        "/favicon-failing.svg"
    } else {
        "/favicon.svg"
    };
    if let Ok(Some(icon)) = document().query_selector("link[rel=icon]") {
        // If the icon cannot be changed, nothing else has to stop.
        let _ = icon.set_attribute("href", &super::base::rooted(path));
    }
}

#[cfg(not(feature = "hydrate"))]
fn mark_icon(_: bool) {}

/// Escaped for `<title>`, whose content is text with character references (HTML standard,
/// "escapable raw text elements").
fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>']) {
        return Cow::Borrowed(text);
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    Cow::Owned(text.replace('>', "&gt;"))
}

#[cfg(test)]
mod tests {
    use super::{document_title, escaped};

    #[test]
    fn a_title_stays_text() {
        for (text, wanted) in [
            ("nightly backup", "nightly backup"),
            ("</title><form>", "&lt;/title&gt;&lt;form&gt;"),
            ("a&lt;b & c", "a&amp;lt;b &amp; c"),
            ("备份 \"每日\"", "备份 \"每日\""),
        ] {
            assert_eq!(escaped(text), wanted);
        }
    }

    #[test]
    fn a_title_ends_with_the_product_and_shows_what_would_turn_it_round() {
        assert_eq!(document_title(String::new()), "Jcrontab");
        assert_eq!(
            document_title("a\u{202e}b".to_owned()),
            "a‹U+202E›b · Jcrontab"
        );
    }
}
