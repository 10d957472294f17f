//! Tests of signed links.

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
    let start = format!("{}…", "王".repeat(11));
    assert!(read.person.starts_with(&start), "{}", read.person);
    assert_eq!(read.person, short(&"王".repeat(64)));
    assert_ne!(read.person, short(&"王".repeat(65)));
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
