//! The people whom a link was issued to, as far as their names fit into its token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Bytes of the person's name in a token; a longer name is cut.
pub const PERSON_MAX: usize = 48;

/// What a name that was cut ends with.
const CUT: &str = "…";

/// A name as far as a token holds it. Of one that is cut a hash of the whole follows: names that begin alike are
/// those of different people.
#[must_use]
pub fn short(person: &str) -> String {
    if person.len() <= PERSON_MAX {
        return person.to_owned();
    }
    let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(person)[..HASH]);
    let end = person.floor_char_boundary(PERSON_MAX - CUT.len() - hash.len());
    format!("{}{CUT}{hash}", &person[..end])
}

/// Bytes of the hash of a name that was cut.
const HASH: usize = 9;

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

/// The names in [`Link::person`](super::Link::person).
#[must_use]
pub fn names_of(person: &str) -> Vec<String> {
    let names = person.split(BETWEEN).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}
