//! Cuts a text in its middle, with a mark that says how much is missing.

use std::borrow::Cow;
use std::ops::Range;

use app::i18n::Lang;

use super::{ceil, floor};

/// Digits of the largest number that a mark has.
const DIGITS_MAX: usize = 20;

/// What stands before and behind the number in a mark.
const fn mark_words(lang: Lang) -> (&'static str, &'static str) {
    match lang {
        Lang::Zh => ("\n…（省略 ", " 字节）…\n"),
        Lang::En => ("\n… (", " bytes omitted) …\n"),
    }
}

/// The mark in the place of so many bytes.
fn mark(bytes: usize, lang: Lang) -> String {
    let (before, behind) = mark_words(lang);
    format!("{before}{bytes}{behind}")
}

/// Cuts a text to `max` bytes: both ends stay, between grapheme clusters, and the gap is marked in the text's
/// language. A text that was cut before is cut around its mark, so that there is one gap, and one number for all that
/// is missing.
#[must_use]
pub fn cut(text: &str, max: usize, lang: Lang) -> Cow<'_, str> {
    if text.len() <= max {
        return Cow::Borrowed(text);
    }
    Cow::Owned(match marked(text, lang) {
        Some((at, gap)) => cut_ends(&text[..at.start], gap, &text[at.end..], max, lang),
        None => cut_between(text, text.len(), text, max, lang),
    })
}

/// As [`cut`], of a text that is longer than `max` and of which only both ends are at hand: `gap`
/// bytes stand between `head` and `tail`. Where both ends are longer than half of `max`, it gives
/// what `cut` gives for the whole text.
#[must_use]
pub fn cut_ends(head: &str, gap: usize, tail: &str, max: usize, lang: Lang) -> String {
    let whole = gap.saturating_add(head.len() + tail.len());
    cut_between(head, whole, tail, max, lang)
}

/// Cuts a text of `whole` bytes that begins with `head` and ends with `tail`. Room that one end does not fill is the
/// other one's.
fn cut_between(head: &str, whole: usize, tail: &str, max: usize, lang: Lang) -> String {
    // The length of the mark depends on the number in it; room for the widest one is reserved.
    let room = max.saturating_sub(mark(whole, lang).len());
    let (half, other_half) = (room / 2, room - room / 2);
    let for_head = half.max(room.saturating_sub(tail.len())).min(head.len());
    let for_tail = other_half.max(room - for_head).min(tail.len());
    let begin = floor(head, for_head);
    let end = ceil(tail, tail.len() - for_tail);
    let kept = tail.len() - end;
    format!(
        "{}{}{}",
        &head[..begin],
        mark(whole - kept - begin, lang),
        &tail[end..]
    )
}

/// Where a text was cut before, and how many bytes its mark says are missing there. An output may hold what looks like
/// a mark: the one that says most counts.
fn marked(text: &str, lang: Lang) -> Option<(Range<usize>, usize)> {
    let (before, behind) = mark_words(lang);
    let found = text.match_indices(before).filter_map(|(at, _)| {
        let number = &text[at + before.len()..];
        let digits = number.bytes().take(DIGITS_MAX);
        let digits = digits.take_while(u8::is_ascii_digit).count();
        let bytes = number[..digits].parse().ok()?;
        let end = at + before.len() + digits + behind.len();
        let is_mark = number[digits..].starts_with(behind);
        is_mark.then_some((at..end, bytes))
    });
    found.max_by_key(|(_, bytes)| *bytes)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{FAMILY, FLAG};
    use super::*;

    #[test]
    fn cuts_keep_both_ends_whole_characters_and_the_limit() {
        for text in ["短".repeat(3000), "a".repeat(5000), "é🙂中a".repeat(700)] {
            for max in [64, 100, 2047, 2048] {
                for (lang, mark) in [(Lang::Zh, "省略"), (Lang::En, "omitted")] {
                    let short = cut(&text, max, lang);
                    assert!(short.len() <= max, "{} > {max}", short.len());
                    assert!(short.contains(mark));
                    assert_eq!(short.chars().next(), text.chars().next());
                    assert_eq!(short.chars().last(), text.chars().last());
                }
            }
        }
        assert_eq!(cut("short", 2048, Lang::En), "short");
        let exact = "x".repeat(2048);
        assert_eq!(cut(&exact, 2048, Lang::Zh), exact);
    }

    #[test]
    fn both_ends_are_cut_as_the_whole_is() {
        for unit in [FAMILY, FLAG, "e\u{301}\u{323}", "नि", "a", "中\n"] {
            let text = unit.repeat(9_000 / unit.len());
            let (head, tail) = (
                &text[..floor(&text, 2_064)],
                &text[ceil(&text, text.len() - 2_064)..],
            );
            let gap = text.len() - head.len() - tail.len();
            for lang in [Lang::Zh, Lang::En] {
                for max in 3_900..4_001 {
                    let ends = cut_ends(head, gap, tail, max, lang);
                    assert_eq!(ends, cut(&text, max, lang), "{unit} {max}");
                }
            }
        }
    }

    /// What is shown of a text on both sides of its only mark, and the number in it.
    fn parts(text: &str, lang: Lang) -> (&str, usize, &str) {
        let (at, bytes) = marked(text, lang).expect("a mark");
        let (head, tail) = (&text[..at.start], &text[at.end..]);
        assert!(marked(head, lang).is_none() && marked(tail, lang).is_none());
        (head, bytes, tail)
    }

    #[test]
    fn what_is_cut_again_has_one_mark_for_all_that_is_missing() {
        let whole: String = (0..3_000).map(|n| format!("line {n} 行\n")).collect();
        for lang in [Lang::Zh, Lang::En] {
            for (first, last) in [("", ""), ("a title\n", "\na link"), ("a title\n", "")] {
                let text = format!("{first}{}{last}", cut(&whole, 4_000, lang));
                for max in (100..4_100).step_by(7) {
                    let short = cut(&text, max, lang);
                    assert!(short.len() <= max, "{} > {max}", short.len());
                    // Between grapheme clusters, and with a mark whose number may be shorter than its room.
                    assert!(short.len() + 12 >= max.min(text.len()), "{max}");
                    let (head, missing, tail) = parts(&short, lang);
                    let all = first.len() + whole.len() + last.len();
                    assert_eq!(head.len() + missing + tail.len(), all, "{max}");
                    assert!(format!("{first}{whole}").starts_with(head));
                    assert!(format!("{whole}{last}").ends_with(tail));
                }
            }
        }
    }

    #[test]
    fn what_only_looks_like_a_mark_is_cut_as_any_text() {
        let endless = "9".repeat(30);
        for lie in [
            "\n… (5 bytes omitted",
            "\n… ( bytes omitted) …\n",
            "\n… (",
            &format!("\n… ({endless} bytes omitted) …\n"),
            "\n…（省略 5 字节）…\n",
        ] {
            let text = format!("{}{lie}{}", "a".repeat(500), "z".repeat(500));
            let short = cut(&text, 300, Lang::En);
            let (head, missing, tail) = parts(&short, Lang::En);
            assert_eq!(head.len() + missing + tail.len(), text.len(), "{lie:?}");
        }
        let most = mark(usize::MAX, Lang::En);
        let text = format!("{}{most}{}", "a".repeat(500), "z".repeat(500));
        assert!(cut(&text, 300, Lang::En).len() <= 300);
    }
}
