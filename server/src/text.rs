//! Converts output to text, and cuts texts where a reader would.

mod cut;
mod readable;

use unicode_segmentation::GraphemeCursor;

pub use cut::{cut, cut_ends};
pub(crate) use readable::readable;

/// Bytes of a grapheme cluster that is kept whole. The longest emoji of Unicode 16 have 35; only hostile texts have
/// longer ones, and those are cut between characters.
const CLUSTER_MAX: usize = 64;
/// Bytes that are searched for the end of a result's text.
const WINDOW: usize = 8 * 1024;
/// Characters of a run's excerpt.
pub const EXCERPT_CHARS: usize = 200;

/// The last boundary between grapheme clusters (UAX 29) at or before `at`: what a reader takes for one character,
/// such as a family or a flag, stays whole.
#[must_use]
pub fn floor(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    // Everything is in one chunk, so the cursor needs no context.
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    if cursor.is_boundary(text, 0).unwrap_or(true) {
        return at;
    }
    match cursor.prev_boundary(text, 0) {
        Ok(Some(before)) if at - before <= CLUSTER_MAX => before,
        _ => at,
    }
}

/// The first such boundary at or after `at`.
#[must_use]
pub fn ceil(text: &str, at: usize) -> usize {
    let at = text.ceil_char_boundary(at);
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    if cursor.is_boundary(text, 0).unwrap_or(true) {
        return at;
    }
    match cursor.next_boundary(text, 0) {
        Ok(Some(behind)) if behind - at <= CLUSTER_MAX => behind,
        _ => at,
    }
}

/// The start of a text, up to `max` characters (Unicode scalar values), between grapheme clusters.
#[must_use]
pub fn head(text: &str, max: usize) -> &str {
    match text.char_indices().nth(max) {
        Some((end, _)) => &text[..floor(text, end)],
        None => text,
    }
}

/// The end of a text, up to `max` characters, between grapheme clusters.
#[must_use]
pub fn tail(text: &str, max: usize) -> &str {
    match text.char_indices().rev().nth(max.saturating_sub(1)) {
        Some((begin, _)) if max > 0 => &text[ceil(text, begin)..],
        _ if max == 0 => "",
        _ => text,
    }
}

/// A name or a sentence as one line: control characters become blanks, and characters that turn the
/// direction of writing (UAX 9) are removed.
#[must_use]
pub fn one_line(text: &str) -> String {
    let is_bidi = |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .filter(|c| !is_bidi(*c))
        .map(|c| {
            let breaks = matches!(c, '\u{2028}' | '\u{2029}');
            if c.is_control() || breaks { ' ' } else { c }
        })
        .collect()
}

/// The line in place of output that was dropped. A log has no one reader, so it is in both
/// languages, as [`response_cut_line`] is.
#[must_use]
pub fn omitted_line(bytes: u64) -> String {
    format!("\n[… {bytes} bytes omitted / 省略 {bytes} 字节 …]\n")
}

/// The line behind the part of an HTTP response that is read.
#[must_use]
pub fn response_cut_line(mib: usize) -> String {
    format!("\n[… only the first {mib} MiB of a response are read / 响应只读前 {mib} MiB …]\n")
}

/// The end of what a command or an HTTP response wrote, as the run page shows it: up to [`EXCERPT_CHARS`] characters;
/// `None` if none of it is visible. Reads only the last 8 KiB, from the start of a line if one starts there.
#[must_use]
pub fn excerpt(bytes: &[u8]) -> Option<String> {
    let from = bytes.len().saturating_sub(WINDOW);
    let mut end = &bytes[from..];
    if from > 0 {
        let line = end.iter().position(|byte| *byte == b'\n');
        // A progress bar that never ends its line restarts at a carriage return.
        let begin = line
            .filter(|at| !end[at + 1..].trim_ascii().is_empty())
            .or_else(|| end.iter().position(|byte| *byte == b'\r'));
        end = &end[begin.map_or(0, |at| at + 1)..];
    }
    let shown = app::ansi::plain(&readable(end));
    let shown = tail(shown.trim(), EXCERPT_CHARS).trim_start();
    (!shown.is_empty()).then(|| shown.to_owned())
}

#[cfg(test)]
mod tests {
    use app::i18n::Lang;

    use super::*;

    pub(super) const FAMILY: &str = "👨‍👩‍👧‍👦";
    pub(super) const FLAG: &str = "🇨🇳";

    #[test]
    fn what_a_reader_takes_for_one_character_is_never_torn() {
        for unit in [FAMILY, FLAG, "e\u{301}\u{323}", "👍🏽", "नि"] {
            let text = unit.repeat(200);
            for max in 60..160 {
                let short = cut(&text, max, Lang::En);
                let (begin, end) = short.split_once("\n… (").expect("a mark");
                let (_, end) = end.split_once("…\n").expect("its end");
                assert!(short.len() <= max);
                for side in [begin, end] {
                    assert_eq!(side.len() % unit.len(), 0, "{max}: {side:?}");
                }
            }
            for max in 0..60 {
                for side in [head(&text, max), tail(&text, max)] {
                    assert_eq!(side.len() % unit.len(), 0, "{max}: {side:?}");
                    assert!(side.chars().count() <= max);
                }
            }
        }
    }

    #[test]
    fn a_name_is_one_line_that_turns_nothing_around() {
        assert_eq!(
            one_line("a\u{202e}b\nc\u{7}👨\u{200d}👩"),
            "ab c 👨\u{200d}👩"
        );
    }

    #[test]
    fn a_cluster_without_end_is_cut_all_the_same() {
        let zalgo = format!("a{}", "\u{301}".repeat(100_000));
        let short = cut(&zalgo, 2048, Lang::En);
        assert!(short.len() <= 2048 && short.len() > 1900);
        assert_eq!(tail(&zalgo, 200).chars().count(), 200);
    }

    #[test]
    fn an_excerpt_is_the_end_as_the_page_shows_it() {
        let table: [(&[u8], Option<&str>); 7] = [
            (b"", None),
            (b"\n \n", None),
            (b"first\n\x1b[32mall good\x1b[0m\n", Some("first\nall good")),
            (b"10%\r50%\r100%", Some("100%")),
            (b"\xff\n", Some("\u{fffd}")),
            (b"a\tb", Some("a       b")),
            (b"\xb1\xb8\xb7\xdd\xca\xa7\xb0\xdc\n", Some("备份失败")),
        ];
        for (bytes, wanted) in table {
            assert_eq!(excerpt(bytes).as_deref(), wanted, "{bytes:?}");
        }
        assert_eq!(
            excerpt("长".repeat(9_000).as_bytes()),
            Some("长".repeat(200))
        );
        let lines = format!("{}last line\n", "a line\n".repeat(5_000));
        let shown = excerpt(lines.as_bytes()).expect("text");
        assert!(shown.ends_with("a line\nlast line") && shown.chars().count() <= 200);
        let bar: String = (0..20_000).map(|n| format!("\rstep {n}")).collect();
        assert_eq!(excerpt(bar.as_bytes()).as_deref(), Some("step 19999"));
        let families = excerpt(FAMILY.repeat(500).as_bytes()).expect("text");
        assert_eq!(families.len() % FAMILY.len(), 0);
    }
}
