//! The codes that seal entries: HMAC-SHA256 (RFC 2104) over the code before and everything that is stored of the entry.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::auth::token::random;
use crate::store::SealedRow;

/// What the key of the codes is sealed for.
pub const KEY_PLACE: &str = "audit";

/// The key of the codes.
pub(super) struct Codes([u8; 32]);

/// One part after another, each with its length: no two entries have the same bytes.
struct Parts(Hmac<Sha256>);

impl Parts {
    fn text(&mut self, text: &str) -> &mut Self {
        self.0.update(&(text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
        self
    }

    fn number(&mut self, number: i64) -> &mut Self {
        self.0.update(&number.to_be_bytes());
        self
    }

    fn maybe<T>(&mut self, value: Option<T>, add: impl FnOnce(&mut Self, T)) -> &mut Self {
        self.0.update(&[u8::from(value.is_some())]);
        if let Some(value) = value {
            add(self, value);
        }
        self
    }

    fn code(self) -> String {
        use std::fmt::Write;
        let bytes = self.0.finalize().into_bytes();
        bytes.iter().fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            write!(text, "{byte:02x}").ok();
            text
        })
    }
}

impl Codes {
    /// With a new key, and the key as text.
    pub(super) fn generate() -> (Self, String) {
        let key: [u8; 32] = random();
        (Self(key), STANDARD_NO_PAD.encode(key))
    }

    /// With a key as text.
    pub(super) fn of(text: &str) -> Option<Self> {
        let key = STANDARD_NO_PAD.decode(text).ok()?;
        Some(Self(key.try_into().ok()?))
    }

    fn parts(&self, purpose: &str) -> Parts {
        // A key shorter than a block is filled up with zeros (RFC 2104, 2).
        let mut block = [0; 64];
        block[..self.0.len()].copy_from_slice(&self.0);
        let mut parts = Parts(Hmac::new(&block.into()));
        parts.text(purpose);
        parts
    }

    /// The code of an entry at a place of the chain, after the entry with the code `before`.
    pub(super) fn entry(&self, before: &str, seq: i64, row: &SealedRow) -> String {
        let mut parts = self.parts("entry 1");
        parts
            .text(before)
            .number(seq)
            .number(row.id)
            // As exact as the least exact database.
            .number(row.at.timestamp_micros())
            .text(&row.who)
            .text(&row.via)
            .maybe(row.client.as_deref(), |parts, text| {
                parts.text(text);
            })
            .text(&row.action)
            .maybe(row.object_id, |parts, id| {
                parts.number(id);
            })
            .maybe(row.object_version, |parts, version| {
                parts.number(version);
            })
            .text(&row.detail)
            .maybe(row.outcome.as_deref(), |parts, text| {
                parts.text(text);
            })
            .maybe(row.times, |parts, times| {
                parts.number(times);
            })
            .maybe(row.changes.as_deref(), |parts, text| {
                parts.text(text);
            });
        parts.code()
    }

    fn end(&self, purpose: &str, seq: i64, mac: &str) -> String {
        let mut parts = self.parts(purpose);
        parts.number(seq).text(mac);
        parts.code()
    }

    /// The signature of the newest entry that is sealed.
    pub(super) fn head(&self, seq: i64, mac: &str) -> String {
        self.end("head 1", seq, mac)
    }

    /// The signature of the newest entry that was deleted by retention.
    pub(super) fn cut(&self, seq: i64, mac: &str) -> String {
        self.end("cut 1", seq, mac)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn row() -> SealedRow {
        SealedRow {
            id: 7,
            at: DateTime::from_timestamp(1_000, 1_000).expect("an instant"),
            who: "ann".to_owned(),
            via: "session".to_owned(),
            client: None,
            action: "task.run".to_owned(),
            object_id: Some(3),
            object_version: None,
            detail: "run 1".to_owned(),
            outcome: None,
            times: None,
            changes: None,
            seq: None,
            mac: None,
        }
    }

    #[test]
    fn each_part_of_an_entry_and_its_place_are_in_its_code() {
        let codes = Codes([7; 32]);
        let code = codes.entry("", 1, &row());
        assert_eq!(code.len(), 64);
        assert_eq!(code, codes.entry("", 1, &row()));
        let changed: [fn(&mut SealedRow); 11] = [
            |row| row.id += 1,
            |row| row.at += chrono::TimeDelta::microseconds(1),
            |row| row.who = "an".to_owned(),
            |row| row.via = "nsession".to_owned(),
            |row| row.client = Some(String::new()),
            |row| row.action.push('x'),
            |row| row.object_id = None,
            |row| row.object_version = Some(3),
            |row| row.outcome = Some("refused".to_owned()),
            |row| row.times = Some(1),
            |row| row.changes = Some("{}".to_owned()),
        ];
        for (at, change) in changed.iter().enumerate() {
            let mut other = row();
            change(&mut other);
            assert_ne!(codes.entry("", 1, &other), code, "{at}");
        }
        assert_ne!(codes.entry("a", 1, &row()), code);
        assert_ne!(codes.entry("", 2, &row()), code);
        assert_ne!(Codes([8; 32]).entry("", 1, &row()), code);
        assert_ne!(codes.head(1, "a"), codes.cut(1, "a"));
        // What seals an entry is not part of it.
        let sealed = SealedRow {
            seq: Some(1),
            mac: Some(code.clone()),
            ..row()
        };
        assert_eq!(codes.entry("", 1, &sealed), code);
    }

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let (codes, text) = Codes::generate();
        let again = Codes::of(&text).expect("a key");
        assert_eq!(codes.head(1, ""), again.head(1, ""));
        assert!(Codes::of("").is_none() && Codes::of("AAAA").is_none());
    }
}
