//! Searches for words in a line.

use std::ops::Range;

use crate::ansi::{Row, Style};

/// The occurrences of the words in a line: byte ranges of its text, from left to right, not overlapping. ASCII
/// letters match in both cases.
#[must_use]
pub fn matches(row: &Row, words: &str) -> Vec<Range<usize>> {
    let words = words.as_bytes();
    let Some(first) = words.first() else {
        return Vec::new();
    };
    let mut joined = String::new();
    // Most lines are one span: nothing is copied for them.
    let text = match row.spans.as_slice() {
        [span] => &span.text,
        spans => {
            spans.iter().for_each(|span| joined.push_str(&span.text));
            &joined
        }
    }
    .as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at + words.len() <= text.len() {
        let end = at + words.len();
        // Both start with a character's first byte, so matches are whole characters.
        if text[at].eq_ignore_ascii_case(first) && text[at..end].eq_ignore_ascii_case(words) {
            found.push(at..end);
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

/// The parts of a line, cut where a match starts or ends, and whether each is part of a match.
#[must_use]
pub fn pieces<'a>(row: &'a Row, matches: &[Range<usize>]) -> Vec<(Style, &'a str, bool)> {
    let mut pieces = Vec::with_capacity(row.spans.len());
    let mut before = 0;
    for span in &row.spans {
        let mut at = 0;
        while at < span.text.len() {
            let place = before + at;
            let next = matches.iter().find(|range| range.end > place);
            let (end, hit) = match next {
                Some(range) if range.start <= place => (range.end, true),
                Some(range) => (range.start, false),
                None => (usize::MAX, false),
            };
            let end = end.saturating_sub(before).min(span.text.len());
            pieces.push((span.style, &span.text[at..end], hit));
            at = end;
        }
        before += span.text.len();
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ansi::Screen;

    fn row(text: &str) -> Row {
        let mut screen = Screen::default();
        for c in text.chars() {
            screen.write(c);
        }
        screen.take()
    }

    fn drawn(text: &str, words: &str) -> String {
        let row = row(text);
        let pieces = pieces(&row, &matches(&row, words));
        let pieces = pieces.iter().map(|(style, text, hit)| match hit {
            true => format!("{}({text})", style.classes()),
            false => format!("{}{text}", style.classes()),
        });
        pieces.collect::<Vec<_>>().join("|")
    }

    #[test]
    fn words_are_marked_also_across_colours() {
        let table = [
            ("no such thing", "x", "no such thing"),
            ("Error: an error", "ERROR", "(Error)|: an |(error)"),
            ("aaaa", "aa", "(aa)|(aa)"),
            ("错误：找不到", "错误", "(错误)|：找不到"),
            ("é É", "é", "(é)| É"),
            (
                "\u{1b}[31mer\u{1b}[32mror\u{1b}[m!",
                "error",
                "f1(er)|f2(ror)|!",
            ),
            ("x\u{1b}[1my", "", "x|by"),
            ("", "x", ""),
        ];
        for (text, words, wanted) in table {
            assert_eq!(drawn(text, words), wanted, "{words:?} in {text:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_by_marking(text in "(\u{1b}\\[3[0-7]m|[a-c]|中){0,30}", words in "[A-c]{0,2}|中") {
            let row = row(&text);
            let matches = matches(&row, &words);
            let whole: String = row.spans.iter().map(|span| span.text.as_str()).collect();
            let pieces = pieces(&row, &matches);
            let again: String = pieces.iter().map(|(_, text, _)| *text).collect();
            prop_assert_eq!(&again, &whole);
            prop_assert!(pieces.iter().all(|(_, text, _)| !text.is_empty()));
            let marked: String = pieces.iter().filter(|(.., hit)| *hit).map(|(_, text, _)| *text).collect();
            prop_assert_eq!(marked.len(), matches.len() * words.len());
            let (lower, words) = (whole.to_ascii_lowercase(), words.to_ascii_lowercase());
            let places = if words.is_empty() { 0 } else { lower.matches(&words).count() };
            prop_assert_eq!(matches.len(), places);
        }
    }
}
