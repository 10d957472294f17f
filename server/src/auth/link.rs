//! Signed links: a token that lets a person act on one ticket, or see their own tickets, without an account.
//!
//! A token holds what it is for, what it allows, until when, and the person it was issued to, with an HMAC-SHA256 over
//! all of it, cut to 128 bits (RFC 2104, 5). Nothing is stored when one is made. Its key is derived from the server's
//! key, and its first two bytes name which one, so that links made before a rotation of the key work until they
//! expire. See `docs/adr/0040-links-without-an-account.md`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::token::random;

/// Characters that a token may have.
pub const TOKEN_MAX: usize = 120;
/// The longest validity of a link, and so the time for which the previous key is accepted after a rotation.
pub const LIFE_MAX: TimeDelta = TimeDelta::days(7);
/// Bytes of the person's name in a token; a longer name is cut.
pub const PERSON_MAX: usize = 48;

/// What a name that was cut ends with.
const CUT: &str = "…";
/// Bytes of the random number in a token.
const ID: usize = 9;
/// Bytes of the name of a key.
const KEY_ID: usize = 2;
/// Bytes of the signature.
const TAG: usize = 16;
/// Bytes before the ticket: kind, key, random number, expiry, acts.
const HEAD: usize = 1 + KEY_ID + ID + 4 + 1;
/// What the key of links is derived for; another purpose has another text.
const PURPOSE: &[u8] = b"jcrontab links 1";

/// What a link is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkFor {
    /// One ticket, by its id.
    Ticket(i64),
    /// The list of a person's tickets.
    Mine,
}

/// What a link may do to its ticket.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum LinkAct {
    /// Mark it done.
    Done,
    /// Take it over.
    Take,
    /// Have it rest for a time.
    Snooze,
    /// Hand it to another person.
    Assign,
    /// Change how often it is asked for.
    Cycle,
    /// Run the task again.
    Run,
    /// See the end of the log.
    Log,
}

impl LinkAct {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 7] = [
        Self::Done,
        Self::Take,
        Self::Snooze,
        Self::Assign,
        Self::Cycle,
        Self::Run,
        Self::Log,
    ];

    /// The word in forms, settings and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Take => "take",
            Self::Snooze => "snooze",
            Self::Assign => "assign",
            Self::Cycle => "cycle",
            Self::Run => "run",
            Self::Log => "log",
        }
    }

    const fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

impl std::str::FromStr for LinkAct {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|act| act.as_str() == text)
            .ok_or(())
    }
}

/// A set of acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LinkActs(u8);

impl LinkActs {
    /// Whether it contains the act.
    #[must_use]
    pub const fn allows(self, act: LinkAct) -> bool {
        self.0 & act.bit() != 0
    }

    /// What both allow.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl FromIterator<LinkAct> for LinkActs {
    fn from_iter<T: IntoIterator<Item = LinkAct>>(acts: T) -> Self {
        Self(acts.into_iter().fold(0, |all, act| all | act.bit()))
    }
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

/// A name as far as a token holds it.
#[must_use]
pub fn short(person: &str) -> String {
    if person.len() <= PERSON_MAX {
        return person.to_owned();
    }
    let end = person.floor_char_boundary(PERSON_MAX - CUT.len());
    format!("{}{CUT}", &person[..end])
}

/// Between the names of several people.
const BETWEEN: char = ',';

/// The people that a message asks, as a link holds them: as many names as fit, each of them whole. Names that stand
/// for everybody in a chat, such as `@all`, are the name of no person.
#[must_use]
pub fn issued_to<'a>(people: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = String::new();
    for name in people {
        if name.is_empty() || name.starts_with('@') || name.contains(BETWEEN) {
            continue;
        }
        if names.is_empty() {
            names = short(name);
        } else if names.len() + 1 + name.len() <= PERSON_MAX {
            names.push(BETWEEN);
            names.push_str(name);
        }
    }
    names
}

/// The names in [`Link::person`].
#[must_use]
pub fn names_of(person: &str) -> Vec<String> {
    let names = person.split(BETWEEN).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use strum::IntoEnumIterator;

    const KEY: [u8; 32] = [7; 32];

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("time")
    }

    fn link(ticket: i64, person: &str) -> Link {
        let acts = [LinkAct::Done, LinkAct::Log].into_iter().collect();
        let expires = now() + TimeDelta::hours(1);
        Link::new(LinkFor::Ticket(ticket), acts, person, now(), expires)
    }

    #[test]
    fn a_link_says_what_was_signed() {
        let keys = LinkKeys::new(&KEY, None);
        for what in [
            LinkFor::Ticket(0),
            LinkFor::Ticket(127),
            LinkFor::Ticket(128),
            LinkFor::Ticket(i64::MAX),
            LinkFor::Mine,
        ] {
            for person in ["", "小王", "a b\r\nset-cookie: x"] {
                let link = Link {
                    what,
                    ..link(1, person)
                };
                let token = keys.sign(&link);
                assert!(token.len() <= TOKEN_MAX, "{token}");
                assert_eq!(keys.read(&token, now()), Ok(link), "{token}");
            }
        }
        let token = keys.sign(&link(i64::MAX, &"王".repeat(64)));
        assert!(token.len() <= TOKEN_MAX, "{}", token.len());
        let read = keys.read(&token, now()).expect("a link");
        assert_eq!(read.person, format!("{}…", "王".repeat(15)));
        assert!(read.acts.allows(LinkAct::Done) && !read.acts.allows(LinkAct::Run));
    }

    #[test]
    fn every_change_of_a_token_is_found() {
        let keys = LinkKeys::new(&KEY, None);
        let token = keys.sign(&link(4711, "小王"));
        let bytes = URL_SAFE_NO_PAD.decode(&token).expect("bytes");
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                let changed = URL_SAFE_NO_PAD.encode(changed);
                let read = keys.read(&changed, now());
                assert_eq!(read, Err(LinkFault::Broken), "byte {at}, bit {bit}");
            }
            let cut = URL_SAFE_NO_PAD.encode(&bytes[..at]);
            assert_eq!(
                keys.read(&cut, now()),
                Err(LinkFault::Broken),
                "cut to {at}"
            );
        }
        // No second spelling of the same bytes either.
        for other in [
            format!("{token}="),
            format!(" {token}"),
            format!("{token}A"),
            token.replace('-', "+").replace('_', "/") + "/",
            "A".repeat(1 << 20),
        ] {
            assert_eq!(keys.read(&other, now()), Err(LinkFault::Broken));
        }
        let stranger = LinkKeys::new(&[8; 32], None);
        assert_eq!(stranger.read(&token, now()), Err(LinkFault::Broken));
    }

    #[test]
    fn a_link_ends_at_its_second() {
        let keys = LinkKeys::new(&KEY, None);
        let token = keys.sign(&link(1, "a"));
        let end = now() + TimeDelta::hours(1);
        assert!(keys.read(&token, end - TimeDelta::seconds(1)).is_ok());
        assert_eq!(keys.read(&token, end), Err(LinkFault::Expired));
        let long = now() + TimeDelta::days(400);
        let link = Link::new(LinkFor::Mine, LinkActs::default(), "a", now(), long);
        assert_eq!(link.expires, now() + LIFE_MAX);
    }

    #[test]
    fn links_survive_a_rotation_of_the_key_until_they_expire() {
        let before = LinkKeys::new(&KEY, None);
        let sent = link(1, "a");
        let token = before.sign(&sent);
        let rotated = now() + TimeDelta::minutes(1);
        let after = LinkKeys::new(&[9; 32], Some((&KEY, rotated)));
        assert_eq!(after.read(&token, rotated), Ok(sent));
        assert_ne!(
            after.sign(&link(1, "a"))[..4],
            token[..4],
            "the new key signs"
        );
        // What the old key signs after the rotation does not outlast the links from before it.
        let forged = Link {
            expires: now() + TimeDelta::days(3650),
            ..link(1, "a")
        };
        let forged = before.sign(&forged);
        let late = rotated + LIFE_MAX;
        assert!(after.read(&forged, late - TimeDelta::seconds(1)).is_ok());
        assert_eq!(after.read(&forged, late), Err(LinkFault::Expired));
        let later = LinkKeys::new(&[10; 32], Some((&[9; 32], rotated)));
        assert_eq!(later.read(&token, rotated), Err(LinkFault::Broken));
    }

    #[test]
    fn a_link_holds_the_names_that_fit() {
        let long = "王".repeat(20);
        for (people, names) in [
            (&["ann", "@all", "", "bob"][..], &["ann", "bob"][..]),
            (&["小王", long.as_str(), "小李"], &["小王", "小李"]),
            (&["a,b"], &[]),
            (&["@all"], &[]),
        ] {
            let person = issued_to(people.iter().copied());
            assert!(person.len() <= PERSON_MAX);
            assert_eq!(names_of(&person), names);
        }
        assert_eq!(names_of(&issued_to([long.as_str()])), [short(&long)]);
    }

    #[test]
    fn words_of_acts_are_read_back() {
        assert_eq!(LinkAct::iter().count(), LinkAct::ALL.len());
        for act in LinkAct::ALL {
            assert_eq!(act.as_str().parse(), Ok(act));
        }
        let all: LinkActs = LinkAct::ALL.into_iter().collect();
        assert!(LinkAct::ALL.into_iter().all(|act| all.allows(act)));
        assert_eq!("".parse::<LinkAct>(), Err(()));
    }

    proptest! {
        #[test]
        fn any_text_is_refused_without_a_panic(text in ".{0,140}") {
            let keys = LinkKeys::new(&KEY, None);
            prop_assert_eq!(keys.read(&text, now()), Err(LinkFault::Broken));
        }
    }
}
