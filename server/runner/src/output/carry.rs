//! What is held back between two reads of a pipe: the start of a character, and what may be the start of a secret. So
//! everything that is stored starts and ends with whole characters, and no secret is stored in two halves.

use std::borrow::Cow;

use super::mask::Masker;

/// The end of what was read from one pipe.
#[derive(Debug, Default)]
pub(super) struct TrailingBytes(Vec<u8>);

impl TrailingBytes {
    /// Takes what was read and returns what is to be stored.
    pub(super) fn take<'a>(&mut self, masker: Option<&Masker>, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let Some(masker) = masker else {
            if self.0.is_empty() {
                let (whole, rest) = bytes.split_at(whole(bytes));
                self.0.extend_from_slice(rest);
                return Cow::Borrowed(whole);
            }
            self.0.extend_from_slice(bytes);
            let rest = self.0.split_off(whole(&self.0));
            return Cow::Owned(std::mem::replace(&mut self.0, rest));
        };
        let mut out = Vec::with_capacity(bytes.len());
        self.0.extend_from_slice(bytes);
        let done = masker.mask(&self.0, whole(&self.0), false, &mut out);
        self.0.drain(..done);
        Cow::Owned(out)
    }

    /// No more input: returns what was held back.
    pub(super) fn end(&mut self, masker: Option<&Masker>) -> Vec<u8> {
        let held = std::mem::take(&mut self.0);
        let Some(masker) = masker else {
            return held;
        };
        let mut out = Vec::with_capacity(held.len());
        masker.mask(&held, held.len(), true, &mut out);
        out
    }
}

/// Where an incomplete character starts; the length when there is none.
fn whole(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(3);
    for at in (tail..bytes.len()).rev() {
        let needs = match bytes[at] {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            0x80..=0xBF => continue,
            _ => return bytes.len(),
        };
        let is_open = bytes.len() - at < needs;
        return if is_open { at } else { bytes.len() };
    }
    bytes.len()
}

/// The position at or before `at` that cuts no character, when one is near.
#[must_use]
pub fn boundary(bytes: &[u8], at: usize) -> usize {
    if at >= bytes.len() {
        return bytes.len();
    }
    (at.saturating_sub(3)..=at)
        .rev()
        .find(|&place| bytes[place] & 0xC0 != 0x80)
        .filter(|&place| place > 0)
        .unwrap_or(at)
}

/// How many bytes at the start belong to a character whose beginning is missing.
#[must_use]
pub fn orphans(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take(3)
        .take_while(|byte| **byte & 0xC0 == 0x80)
        .count()
}
