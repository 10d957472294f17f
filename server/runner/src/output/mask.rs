//! Secrets in output: found in every common spelling and replaced, however the output is cut into reads.
//!
//! Patterns are: the value, its lines, its base64 (standard and URL-safe, at any offset within a longer text), its
//! percent-encoding, and what encoders of JSON, HTML and XML, shells and hexadecimal make of it ([`spellings`]). This
//! protects against accidents. A command that intends to leak a secret can: reversed, in another base, one character
//! at a time.

mod known;
mod spellings;

use std::collections::BTreeSet;

pub(super) use known::KnownSecrets;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// The replacement for a secret.
const MASK: &[u8] = b"***";
/// Shorter values and lines cannot be distinguished from ordinary output.
const VALUE_MIN: usize = 4;
const LINE_MIN: usize = 8;
/// Longer values are searched in parts, so that little has to be held back.
const PART_MAX: usize = 1024;

/// There are too many secrets to be searched for.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct TooMany(#[from] BuildError);

/// Finds the secrets of one run.
#[derive(Debug)]
pub(super) struct Masker {
    finder: AhoCorasick,
    /// Sorted, to find patterns that the end of a text may be the start of.
    patterns: Vec<Vec<u8>>,
    longest: usize,
    /// First bytes of patterns.
    begins: [bool; 256],
}

impl Masker {
    /// Searches for these values; `None` when there are none.
    ///
    /// # Errors
    /// When there are too many of them.
    pub(super) fn new(values: &[String]) -> Result<Option<Self>, BuildError> {
        let mut patterns = BTreeSet::new();
        for value in values {
            add(value, &mut patterns);
        }
        if patterns.is_empty() {
            return Ok(None);
        }
        let patterns: Vec<Vec<u8>> = patterns.into_iter().collect();
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            // A table for every state would take a kilobyte per byte of secret.
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&patterns)?;
        let mut begins = [false; 256];
        for pattern in &patterns {
            begins[usize::from(pattern[0])] = true;
        }
        Ok(Some(Self {
            finder,
            longest: patterns.iter().map(Vec::len).max().unwrap_or(0),
            patterns,
            begins,
        }))
    }

    /// The first position from `from` on whose rest may be the start of a longer secret.
    fn undecided(&self, text: &[u8], from: usize) -> usize {
        let first = from.max((text.len() + 1).saturating_sub(self.longest));
        (first..text.len())
            .find(|&at| self.begins[usize::from(text[at])] && self.may_begin(&text[at..]))
            .unwrap_or(text.len())
    }

    fn may_begin(&self, rest: &[u8]) -> bool {
        // If `rest` is the start of any pattern, it is the start of the first one after it in order.
        let next = self
            .patterns
            .partition_point(|pattern| pattern.as_slice() <= rest);
        self.patterns
            .get(next)
            .is_some_and(|pattern| pattern.starts_with(rest))
    }

    /// Masks `text` as far as it is decided, into `out`; returns how much of `text` that was. With `hold`, nothing
    /// from there on is decided; at the `end`, everything is.
    pub(super) fn mask(&self, text: &[u8], hold: usize, end: bool, out: &mut Vec<u8>) -> usize {
        let decided = |from: usize| {
            if end {
                text.len()
            } else {
                self.undecided(text, from).min(hold.max(from))
            }
        };
        let mut done = 0;
        let mut limit = decided(0);
        while done < limit {
            let found = self
                .finder
                .find(&text[done..])
                .map(|found| (done + found.start(), done + found.end()))
                .filter(|(start, _)| *start < limit);
            let Some((start, stop)) = found else {
                break;
            };
            out.extend_from_slice(&text[done..start]);
            out.extend_from_slice(MASK);
            done = stop;
            if done > limit {
                limit = decided(done);
            }
        }
        out.extend_from_slice(&text[done..limit.max(done)]);
        limit.max(done)
    }
}

/// All spellings of a value.
fn add(value: &str, patterns: &mut BTreeSet<Vec<u8>>) {
    let lines = value
        .lines()
        .map(str::trim)
        .filter(|line| line.len() >= LINE_MIN);
    let whole = [value, value.trim()];
    for text in whole.into_iter().chain(lines) {
        if text.len() < VALUE_MIN {
            continue;
        }
        for part in parts(text) {
            patterns.insert(part.as_bytes().to_vec());
            base64(part.as_bytes(), patterns);
            percent(part.as_bytes(), patterns);
            spellings::add(part, patterns);
        }
    }
}

/// A text in parts of nearly equal length, none longer than [`PART_MAX`], of whole characters.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let length = text.len().div_ceil(text.len().div_ceil(PART_MAX).max(1));
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (part, after) = rest.split_at(rest.ceil_char_boundary(length));
        rest = after;
        Some(part)
    })
}

/// Base64 at any offset within a longer text: the characters that depend only on the value, and the complete encoding
/// for a value by itself.
fn base64(value: &[u8], patterns: &mut BTreeSet<Vec<u8>>) {
    for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        for shift in 0..3 {
            let shifted: Vec<u8> = std::iter::repeat_n(0, shift)
                .chain(value.iter().copied())
                .collect();
            let text = engine.encode(&shifted).into_bytes();
            // Each character encodes six bits.
            let (start, end) = ((8 * shift).div_ceil(6), 8 * shifted.len() / 6);
            if end - start >= VALUE_MIN {
                patterns.insert(text[start..end].to_vec());
            }
            if text.len() - start >= VALUE_MIN {
                let padding = (4 - text.len() % 4) % 4;
                let mut alone = text[start..].to_vec();
                patterns.insert(alone.clone());
                alone.extend(std::iter::repeat_n(b'=', padding));
                patterns.insert(alone);
            }
        }
    }
}

/// Percent-encoding as browsers, forms and the usual libraries do it.
fn percent(value: &[u8], patterns: &mut BTreeSet<Vec<u8>>) {
    // RFC 3986; JavaScript's encodeURIComponent; forms; Python's quote; curl and Go.
    let kept: [&[u8]; 5] = [b"-_.~", b"-_.!~*'()", b"-_.*", b"-_.~/", b"-_."];
    for kept in kept {
        for (upper, plus) in [(true, false), (false, false), (true, true), (false, true)] {
            let mut text = Vec::with_capacity(3 * value.len());
            for &byte in value {
                match byte {
                    b' ' if plus => text.push(b'+'),
                    _ if byte.is_ascii_alphanumeric() || kept.contains(&byte) => text.push(byte),
                    _ if upper => text.extend_from_slice(format!("%{byte:02X}").as_bytes()),
                    _ => text.extend_from_slice(format!("%{byte:02x}").as_bytes()),
                }
            }
            patterns.insert(text);
        }
    }
}

#[cfg(test)]
mod tests;
