//! What commands, vendors and people wrote, made safe to look at.
//!
//! Output is hostile: it reaches the page as text nodes only. What an HTML parser would change or
//! drop is replaced here, because a text that the browser reads back differently breaks hydration.

use leptos::prelude::*;

pub(crate) use crate::ansi::visible;

/// Code as typed. `<code>` keeps the parser from eating a first line break.
pub(crate) fn code_block(text: &str) -> AnyView {
    view! { <pre class="code" tabindex="0"><code>{visible(text)}</code></pre> }.into_any()
}
