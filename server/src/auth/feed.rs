//! Addresses of calendar feeds: a token that shows the open tickets of a person to a program that cannot sign in.
//!
//! It holds the name, a mark of the account with that name, and an HMAC-SHA256 over both, cut to 128 bits (RFC 2104, 5).
//! Nothing is stored. It has no expiry, since a calendar is subscribed to once: it ends with the password of the
//! account, which its mark is made from, and with the key of the server.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes of the signature.
const TAG: usize = 16;
/// Bytes of the mark of an account.
const MARK: usize = 8;
/// Bytes of a name.
const PERSON_MAX: usize = 256;
/// Characters that a token may have.
const TOKEN_MAX: usize = (TAG + MARK + PERSON_MAX).div_ceil(3) * 4;
/// What the key of feeds is derived for; another purpose has another text.
const PURPOSE: &[u8] = b"jcrontab feeds 1";

/// What a token says whose signature was right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Feed {
    /// Whose tickets.
    pub person: String,
    mark: [u8; MARK],
}

/// The key that signs feeds.
#[derive(Clone)]
pub struct FeedKey([u8; 32]);

impl std::fmt::Debug for FeedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FeedKey")
    }
}

pub(super) fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Hmac<Sha256> {
    // A key shorter than a block is filled up with zeros (RFC 2104, 2).
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac
}

impl FeedKey {
    /// The key for feeds that belongs to a key of the server.
    #[must_use]
    pub fn of(server: &[u8; 32]) -> Self {
        Self(mac(server, &[PURPOSE]).finalize().into_bytes().into())
    }

    fn mark(&self, account: &str) -> [u8; MARK] {
        let whole = mac(&self.0, &[b"account", account.as_bytes()]);
        let whole: [u8; 32] = whole.finalize().into_bytes().into();
        let mut mark = [0; MARK];
        mark.copy_from_slice(&whole[..MARK]);
        mark
    }

    /// The token for a person. `account` changes with what ends it: the stored password of the account with that name;
    /// empty where there is none. `None` for a name that is too long.
    #[must_use]
    pub fn sign(&self, person: &str, account: &str) -> Option<String> {
        if person.len() > PERSON_MAX {
            return None;
        }
        let mut bytes = self.mark(account).to_vec();
        bytes.extend(person.as_bytes());
        let tag = mac(&self.0, &[b"feed", &bytes]).finalize().into_bytes();
        bytes.extend(&tag[..TAG]);
        Some(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What a token says, if we signed it.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<Feed> {
        if token.len() > TOKEN_MAX {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (body, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG)?)?;
        // Compares in constant time.
        let whole = mac(&self.0, &[b"feed", body]);
        whole.verify_truncated_left(tag).ok()?;
        let (mark, person) = body.split_at_checked(MARK)?;
        Some(Feed {
            person: std::str::from_utf8(person).ok()?.to_owned(),
            mark: mark.try_into().ok()?,
        })
    }

    /// Whether the account is still as it was when the token was made.
    #[must_use]
    pub fn is_of(&self, feed: &Feed, account: &str) -> bool {
        feed.mark == self.mark(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_names_its_person_and_every_change_is_found() {
        let key = FeedKey::of(&[7; 32]);
        for person in ["ann", "张三", &"王".repeat(64)] {
            let token = key.sign(person, "hash").expect("a token");
            let feed = key.read(&token).expect("a feed");
            assert_eq!(feed.person, person);
            assert!(key.is_of(&feed, "hash") && !key.is_of(&feed, "another"));
            let bytes = URL_SAFE_NO_PAD.decode(&token).expect("bytes");
            for at in 0..bytes.len() {
                let mut changed = bytes.clone();
                changed[at] ^= 1;
                assert_eq!(key.read(&URL_SAFE_NO_PAD.encode(changed)), None, "{at}");
                assert_eq!(key.read(&URL_SAFE_NO_PAD.encode(&bytes[..at])), None);
            }
            assert_eq!(FeedKey::of(&[8; 32]).read(&token), None);
        }
        assert_eq!(key.sign(&"a".repeat(257), ""), None);
        assert_eq!(key.read(""), None);
        assert_eq!(key.read(&"A".repeat(1 << 20)), None);
    }
}
