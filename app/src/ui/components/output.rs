//! What commands, vendors and people wrote, made safe to look at.
//!
//! Output is hostile: it reaches the page as text nodes only. What an HTML parser would change or
//! drop is replaced here, because a text that the browser reads back differently breaks hydration.

use leptos::prelude::*;

use crate::ansi::push_visible;

/// The text with visible signs for control characters, also for those of terminal escapes: unlike
/// in a log ([`crate::ansi`]) nothing is left out or written over, because a command must not hide
/// a part of itself.
pub(crate) fn visible(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => clean.push(c),
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    clean.push('\n');
                }
            }
            _ => push_visible(&mut clean, c),
        }
    }
    clean
}

/// Code as typed. `<code>` keeps the parser from eating a first line break.
pub(crate) fn code_block(text: &str) -> AnyView {
    view! { <pre class="code" tabindex="0"><code>{visible(text)}</code></pre> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn nothing_a_parser_would_change_is_left() {
        let table = [
            ("plain 中文\n\tindented", "plain 中文\n\tindented"),
            ("\u{1b}[1;31mred\u{1b}[0m", "␛[1;31mred␛[0m"),
            ("a; \u{1b}]0;b\u{7}c", "a; ␛]0;b␇c"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("\0", "\u{2400}"),
            ("bell\u{7}", "bell\u{2407}"),
            ("\u{202e}evil", "‹U+202E›evil"),
        ];
        for (text, wanted) in table {
            assert_eq!(visible(text), wanted, "{text:?}");
        }
    }
}
