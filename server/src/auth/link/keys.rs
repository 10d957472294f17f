//! Signs links and checks their tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{ID, LIFE_MAX, Link, LinkActs, LinkFault, LinkFor, TOKEN_MAX, short};

/// Bytes of the name of a key.
const KEY_ID: usize = 2;
/// Bytes of the signature.
const TAG: usize = 16;
/// Bytes before the ticket: kind, key, random number, expiry, acts.
const HEAD: usize = 1 + KEY_ID + ID + 4 + 1;
/// What the key of links is derived for; another purpose has another text.
const PURPOSE: &[u8] = b"jcrontab links 1";

/// A key that signs links.
#[derive(Clone)]
struct LinkKey {
    secret: [u8; 32],
    id: [u8; KEY_ID],
}

impl LinkKey {
    /// The key for links that belongs to a key of the server.
    fn of(server: &[u8; 32]) -> Self {
        let secret: [u8; 32] = mac(server, &[PURPOSE]).finalize().into_bytes().into();
        let id = mac(&secret, &[b"id"]).finalize().into_bytes();
        Self {
            secret,
            id: [id[0], id[1]],
        }
    }
}

/// An HMAC over these parts. Whoever passes several makes sure that they cannot run into each other.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Hmac<Sha256> {
    // A key shorter than a block is filled up with zeros (RFC 2104, 2).
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac
}

/// The keys that sign and check links.
#[derive(Clone)]
pub struct LinkKeys {
    current: LinkKey,
    /// The key before the last rotation, and until when it is accepted.
    earlier: Option<(LinkKey, DateTime<Utc>)>,
}

impl std::fmt::Debug for LinkKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKeys")
    }
}

impl LinkKeys {
    /// The keys that belong to the server's key, and to the one before it, which was replaced then.
    #[must_use]
    pub fn new(server: &[u8; 32], earlier: Option<(&[u8; 32], DateTime<Utc>)>) -> Self {
        Self {
            current: LinkKey::of(server),
            earlier: earlier.map(|(key, replaced_at)| (LinkKey::of(key), replaced_at + LIFE_MAX)),
        }
    }

    /// The token of a link.
    #[must_use]
    pub fn sign(&self, link: &Link) -> String {
        let mut bytes = Vec::with_capacity(TOKEN_MAX * 3 / 4);
        bytes.push(match link.what {
            LinkFor::Ticket(_) => 1,
            LinkFor::Mine => 2,
        });
        bytes.extend(self.current.id);
        bytes.extend(link.id);
        // Until 2106; a later instant would be an earlier one in the token, never a later one.
        let expires = u32::try_from(link.expires.timestamp()).unwrap_or_default();
        bytes.extend(expires.to_be_bytes());
        bytes.push(link.acts.0);
        if let LinkFor::Ticket(id) = link.what {
            put_number(&mut bytes, id.cast_unsigned());
        }
        bytes.extend(short(&link.person).as_bytes());
        let tag = mac(&self.current.secret, &[&bytes]).finalize().into_bytes();
        bytes.extend(&tag[..TAG]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What a token says, if we signed it and it has not expired.
    ///
    /// # Errors
    /// When it is not ours as it is, or has expired.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Result<Link, LinkFault> {
        if token.len() > TOKEN_MAX {
            return Err(LinkFault::Broken);
        }
        let bytes = URL_SAFE_NO_PAD
            .decode(token)
            .map_err(|_| LinkFault::Broken)?;
        let at = bytes.len().checked_sub(TAG).ok_or(LinkFault::Broken)?;
        let (body, tag) = bytes.split_at(at);
        let named = body.get(1..1 + KEY_ID).ok_or(LinkFault::Broken)?;
        let (key, most) = match &self.earlier {
            _ if named == self.current.id => (&self.current, None),
            Some((key, until)) if named == key.id => (key, Some(*until)),
            _ => return Err(LinkFault::Broken),
        };
        // Compares in constant time.
        mac(&key.secret, &[body])
            .verify_truncated_left(tag)
            .map_err(|_| LinkFault::Broken)?;
        let link = parse(body).ok_or(LinkFault::Broken)?;
        // A key that was replaced because it leaked signs nothing that lasts longer than its last honest link.
        let expires = most.map_or(link.expires, |most| most.min(link.expires));
        if now >= expires {
            return Err(LinkFault::Expired);
        }
        Ok(link)
    }
}

/// What a body says whose signature was right.
fn parse(body: &[u8]) -> Option<Link> {
    let (head, mut rest) = body.split_at_checked(HEAD)?;
    let id = head.get(1 + KEY_ID..1 + KEY_ID + ID)?.try_into().ok()?;
    let expires = head.get(1 + KEY_ID + ID..HEAD - 1)?.try_into().ok()?;
    let what = match head[0] {
        1 => LinkFor::Ticket(take_number(&mut rest)?.cast_signed()),
        2 => LinkFor::Mine,
        _ => return None,
    };
    Some(Link {
        what,
        acts: LinkActs(head[HEAD - 1]),
        expires: DateTime::from_timestamp(u32::from_be_bytes(expires).into(), 0)?,
        person: std::str::from_utf8(rest).ok()?.to_owned(),
        id,
    })
}

/// Appends a number, seven bits a byte, the last byte without the highest bit (LEB128).
fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
}

fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
