//! Signed links: a token that lets a person act on one ticket, or see their own tickets, without an account.
//!
//! A token holds what it is for, what it allows, until when, and the person it was issued to, with an HMAC-SHA256 over
//! all of it, cut to 128 bits (RFC 2104, 5). Nothing is stored when one is made. Its key is derived from the server's
//! key, and its first two bytes name which one, so that links made before a rotation of the key work until they
//! expire. See `docs/adr/0040-links-without-an-account.md`.

mod acts;
mod keys;
mod people;
#[cfg(test)]
mod tests;

pub use acts::{LinkAct, LinkActs};
pub use keys::LinkKeys;
pub use people::{PERSON_MAX, issued_to, names_of, short};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};

use super::token::random;

/// Characters that a token may have.
pub const TOKEN_MAX: usize = 120;
/// The longest validity of a link, and so the time for which the previous key is accepted after a rotation.
pub const LIFE_MAX: TimeDelta = TimeDelta::days(7);

/// Bytes of the random number in a token.
const ID: usize = 9;

/// What a link is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkFor {
    /// One ticket, by its id.
    Ticket(i64),
    /// The list of a person's tickets.
    Mine,
}

/// What a token says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// What it is for.
    pub what: LinkFor,
    /// What it allows.
    pub acts: LinkActs,
    /// From then on it is not valid, in whole seconds.
    pub expires: DateTime<Utc>,
    /// The person it was issued to, at most [`PERSON_MAX`] bytes.
    pub person: String,
    /// Tells links apart; random, and no secret.
    pub id: [u8; ID],
}

impl Link {
    /// A new link. `expires` is cut to whole seconds, and to the longest validity from `now` on.
    #[must_use]
    pub fn new(
        what: LinkFor,
        acts: LinkActs,
        person: &str,
        now: DateTime<Utc>,
        expires: DateTime<Utc>,
    ) -> Self {
        let expires = expires.min(now + LIFE_MAX).timestamp();
        Self {
            what,
            acts,
            expires: DateTime::from_timestamp(expires, 0).unwrap_or(now),
            person: short(person),
            id: random(),
        }
    }

    /// Its id as text, for the database.
    #[must_use]
    pub fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.id)
    }
}

/// Why a token is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LinkFault {
    /// It was not signed with one of our keys, or was changed or cut since.
    #[error("the link is not one of ours, or was changed")]
    Broken,
    /// It was ours, and its time is over.
    #[error("the link has expired")]
    Expired,
}
