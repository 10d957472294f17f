//! Lines of a difference as a person sees them.

use super::compare::Seen;
use super::normal::Normal;
use crate::output::readable;
use crate::text::{ceil, head};

/// Characters of a line that are shown.
pub const SHOWN_CHARS: usize = 200;
/// Bytes that are shown before the first word that differs, where that is far from the start.
const BEFORE: usize = 60;

/// The lines of both sides with their numbers: as the run's page shows them, at most
/// [`SHOWN_CHARS`] characters of each. Two long lines that face each other are shown from shortly
/// before the first word that differs.
pub(super) fn show(this: &[Seen], other: &[Seen]) -> (Vec<(u64, String)>, Vec<(u64, String)>) {
    let plain = |seen: &Seen| {
        let text = app::ansi::plain(&readable(&seen.head));
        text.replace('\n', " ").trim_end().to_owned()
    };
    let texts = |lines: &[Seen]| -> Vec<String> { lines.iter().map(plain).collect() };
    let (this_texts, other_texts) = (texts(this), texts(other));
    let starts = |at: usize| match (this_texts.get(at), other_texts.get(at)) {
        (Some(this), Some(other)) => first_word(this, other),
        _ => (0, 0),
    };
    let cut = |lines: &[Seen], texts: &[String], start: &dyn Fn(usize) -> usize| {
        let numbered = lines.iter().zip(texts).enumerate();
        numbered
            .map(|(at, (seen, text))| (seen.number, window(text, start(at))))
            .collect()
    };
    (
        cut(this, &this_texts, &|at| starts(at).0),
        cut(other, &other_texts, &|at| starts(at).1),
    )
}

/// Where in two texts the first word begins that means something else.
fn first_word(this: &str, other: &str) -> (usize, usize) {
    let (mut a, mut b) = (words(this), words(other));
    loop {
        match (a.next(), b.next()) {
            (Some((at, word)), Some((other_at, other))) => {
                if word != other && meaning(word) != meaning(other) {
                    return (at, other_at);
                }
            }
            (Some((at, _)), None) => return (at, other.len()),
            (None, Some((at, _))) => return (this.len(), at),
            (None, None) => return (0, 0),
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let begin = text.as_ptr() as usize;
    text.split_whitespace()
        .map(move |word| (word.as_ptr() as usize - begin, word))
}

fn meaning(word: &str) -> Vec<u8> {
    let mut out = Vec::new();
    Normal::default().take(word.as_bytes(), true, &mut out);
    out
}

/// A part of a text with the place in it.
fn window(text: &str, place: usize) -> String {
    let fits = head(text, SHOWN_CHARS).len() == text.len();
    let shown = head(text, SHOWN_CHARS - 1);
    if fits {
        return text.to_owned();
    }
    if place < shown.len().saturating_sub(BEFORE) {
        return format!("{shown}…");
    }
    let from = ceil(text, place.saturating_sub(BEFORE));
    let rest = &text[from..];
    let shown = head(rest, SHOWN_CHARS - 2);
    let more = if shown.len() < rest.len() { "…" } else { "" };
    format!("…{shown}{more}")
}
