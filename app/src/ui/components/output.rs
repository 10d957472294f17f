//! Texts of commands, vendors and people, made safe to display.
//!
//! Output is hostile: it is added to the page as text nodes only. Characters that an HTML parser would change or drop
//! are replaced here, because a text that the browser parses differently breaks hydration.

use leptos::prelude::*;

pub(crate) use crate::ansi::visible;

/// Code as typed. `<code>` keeps the parser from dropping a leading line break.
pub(crate) fn code_block(text: &str) -> AnyView {
    view! { <pre class="code" tabindex="0"><code>{visible(text)}</code></pre> }.into_any()
}
