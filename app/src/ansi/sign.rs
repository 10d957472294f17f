//! Visible signs for characters that are invisible, or that change how others are displayed.

use std::fmt::Write as _;

/// Adds a character in visible form: itself, a control picture (`␀`), or its number (`‹U+202E›`). The added text has
/// no control characters except tabs.
pub fn push_visible(out: &mut String, c: char) {
    match c {
        '\t' => out.push(c),
        // Control pictures start at U+2400 in the order of the control characters.
        '\0'..='\u{1f}' => {
            out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        '\u{7f}' => out.push('\u{2421}'),
        _ if is_hidden(c) => {
            // Writing to a string cannot fail.
            let _ = write!(out, "‹U+{:04X}›", u32::from(c));
        }
        _ => out.push(c),
    }
}

/// C1 controls, bidirectional controls, and characters without width: Unicode's class Cf (Unicode 16), invisible
/// fillers, and selectors that no font supports.
const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'
    )
}
