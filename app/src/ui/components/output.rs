//! What commands, vendors and people wrote, made safe to look at.
//!
//! Output is hostile: it reaches the page as text nodes only. What an HTML parser would change or
//! drop is replaced here, because a text that the browser reads back differently breaks hydration.

use leptos::prelude::*;

/// The text without terminal escapes, its control characters as visible signs.
pub(crate) fn visible(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\t' => clean.push(c),
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    clean.push('\n');
                }
            }
            '\u{1b}' => skip_escape(&mut chars),
            // Control pictures stand at U+2400 in the order of the control characters.
            '\0'..='\u{1f}' => {
                clean.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'))
            }
            '\u{7f}' => clean.push('\u{2421}'),
            // Bidirectional overrides could make a line read as something else.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => clean.push('\u{fffd}'),
            '\u{80}'..='\u{9f}' => clean.push('\u{fffd}'),
            _ => clean.push(c),
        }
    }
    clean
}

/// Skips what follows ESC: `[ … letter` (colours, cursor), `] … BEL` (titles), or one character.
fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.next() {
        Some('[') => {
            for c in chars.by_ref() {
                if ('\u{40}'..='\u{7e}').contains(&c) {
                    break;
                }
            }
        }
        Some(']') => {
            while let Some(c) = chars.next() {
                if c == '\u{7}' || (c == '\u{1b}' && chars.next_if_eq(&'\\').is_some()) {
                    break;
                }
                // An unfinished title must not swallow the rest of the output.
                if chars.peek() == Some(&'\n') {
                    break;
                }
            }
        }
        _ => {}
    }
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
            ("\u{1b}[1;31mred\u{1b}[0m", "red"),
            ("\u{1b}]0;title\u{7}text", "text"),
            ("\u{1b}]0;never closed\nnext", "\nnext"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("\0", "\u{2400}"),
            ("bell\u{7}", "bell\u{2407}"),
            ("\u{202e}evil", "\u{fffd}evil"),
            ("\u{1b}", ""),
        ];
        for (text, wanted) in table {
            assert_eq!(visible(text), wanted, "{text:?}");
        }
    }
}
