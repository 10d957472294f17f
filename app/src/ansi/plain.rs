//! The same text without styles, for chats and short lines.

use super::screen::{Row, Screen, ScreenStep};
use super::sign::push_visible;

/// Columns from one tab stop to the next, as terminals have them.
const TAB: usize = 8;

/// A text as the run page shows it: escape sequences are applied and removed, an overwritten line has its final
/// content, every control character and every character that hides or reorders text is a visible sign, and tabs are
/// spaces. The only control characters in the result are line breaks.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut screen = Screen::default();
    let mut out = String::with_capacity(text.len());
    let mut open = false;
    for c in text.chars() {
        match screen.write(c) {
            ScreenStep::Nothing => {}
            ScreenStep::Mark => open = true,
            ScreenStep::End => {
                push_row(&mut out, &screen.take());
                out.push('\n');
                open = false;
            }
        }
    }
    if open {
        push_row(&mut out, &screen.take());
    }
    out
}

/// The text with visible signs for control characters, including those of terminal escapes: unlike in a log
/// ([`plain`]) nothing is dropped or overwritten, because a command must not hide a part of itself.
#[must_use]
pub fn visible(text: &str) -> String {
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

/// How a zero-width joiner is shown ([`super::push_visible`]).
const JOINER_SIGN: &str = "‹U+200D›";

/// A line's text with the joiners between pictographs restored: they combine several pictures into one, such as a
/// family, and hide nothing.
fn joined(row: &Row) -> String {
    let text: String = row.spans.iter().map(|span| span.text.as_str()).collect();
    if !text.contains(JOINER_SIGN) {
        return text;
    }
    let is_pictograph =
        |c: char| matches!(c, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}');
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split(JOINER_SIGN).peekable();
    while let Some(part) = parts.next() {
        out.push_str(part);
        let Some(next) = parts.peek() else { break };
        let joins = part.chars().next_back().is_some_and(is_pictograph)
            && next.chars().next().is_some_and(is_pictograph);
        out.push_str(if joins { "\u{200d}" } else { JOINER_SIGN });
    }
    out
}

fn push_row(out: &mut String, row: &Row) {
    let begin = out.len();
    let mut column = 0;
    for c in joined(row).chars() {
        if c == '\t' {
            let next = (column / TAB + 1) * TAB;
            out.extend(std::iter::repeat_n(' ', next - column));
            column = next;
        } else {
            out.push(c);
            column += 1;
        }
    }
    // Programs that overwrite a longer line pad with blanks.
    let end = begin + out[begin..].trim_end_matches(' ').len();
    out.truncate(end);
    if row.cut > 0 {
        out.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::{plain, visible};

    #[test]
    fn a_text_is_what_the_page_shows_and_holds_no_control_characters() {
        let table = [
            ("plain 中文\nsecond", "plain 中文\nsecond"),
            ("\u{1b}[31mred\u{1b}[0m \0 \r x", " xd ␀"),
            ("10%\r55%\r100%\ndone\n", "100%\ndone\n"),
            ("  5 %\r\u{1b}[K 80 %\r\u{1b}[2K100 %", "100 %"),
            ("a\r\nb\r\n", "a\nb\n"),
            ("bell\u{7}", "bell␇"),
            ("a\tb", "a       b"),
            ("\u{1b}]0;title\u{7}x", "x"),
            (
                "\u{1b}]8;;http://evil.test\u{1b}\\link\u{1b}]8;;\u{1b}\\",
                "link",
            ),
            ("\u{202e}evil\u{2066}", "‹U+202E›evil‹U+2066›"),
            ("long line\rok       ", "ok"),
            ("👨\u{200d}👩\u{200d}👧 ok", "👨\u{200d}👩\u{200d}👧 ok"),
            ("a\u{200d}b\u{200d}", "a‹U+200D›b‹U+200D›"),
            ("", ""),
        ];
        for (text, wanted) in table {
            let shown = plain(text);
            assert_eq!(shown, wanted, "{text:?}");
            assert!(
                !shown.chars().any(|c| c.is_control() && c != '\n'),
                "{shown:?}"
            );
        }
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let shown = plain(&"x".repeat(50_000));
        assert!(shown.ends_with('…') && shown.len() < 11_000);
    }

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
