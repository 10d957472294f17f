//! Texts: as they are where no reader takes them for something else, in quotes, or as blocks.

use super::{INDENT, indent, put};

/// Words that readers of YAML 1.1 or 1.2 take for something else than a text.
const WORDS: [&str; 12] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "nil",
];

/// A text: as it is, in quotes, or as a block that is indented to `block`.
pub(super) fn text(out: &mut String, text: &str, block: Option<usize>) {
    if let Some(depth) = block.filter(|_| is_block(text)) {
        lines(out, text, depth);
    } else if is_plain(text) {
        out.push_str(text);
    } else if !text.contains('\'') && text.chars().all(is_shown) {
        put(out, &format_args!("'{text}'"));
    } else {
        quoted(out, text);
    }
}

/// A block: `|`, with `-` where the last line has no end, and `+` where more than one is empty.
fn lines(out: &mut String, text: &str, depth: usize) {
    out.push('|');
    if text.starts_with([' ', '\n']) {
        // Otherwise the first line decides how far it is indented.
        put(out, &INDENT);
    }
    let bare = text.trim_end_matches('\n');
    match text.len() - bare.len() {
        0 => out.push('-'),
        1 => {}
        _ => out.push('+'),
    }
    let body = text.strip_suffix('\n').unwrap_or(text);
    for line in body.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            indent(out, depth);
            out.push_str(line);
        }
    }
}

/// Whether a text has several lines and nothing that a block cannot show.
fn is_block(text: &str) -> bool {
    text.trim_end_matches('\n').contains('\n')
        && text.chars().all(|c| is_shown(c) || matches!(c, '\n' | '\t'))
        // A line of blanks alone, which editors remove.
        && !text.split('\n').any(|line| line.ends_with([' ', '\t']))
}

/// Whether a character is shown as itself.
fn is_shown(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

/// Whether a text needs no quotes, for any reader of YAML.
fn is_plain(text: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || " _-./+=,()@:".contains(c);
    let fits = text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '_'))
        && text.chars().all(|c| inside(c) && is_shown(c))
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    // `5m`, `30s`.
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_length = digits.len() < text.len() && matches!(digits, "s" | "m" | "h" | "d");
    fits || is_length
}

/// In double quotes, with escapes.
fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_shown(c) => out.push(c),
            c if u32::from(c) <= 0xff => put(out, &format_args!("\\x{:02x}", u32::from(c))),
            c => put(out, &format_args!("\\u{:04x}", u32::from(c))),
        }
    }
    out.push('"');
}
