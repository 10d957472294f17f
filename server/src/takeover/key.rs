//! What identifies a line of a crontab, so that importing twice creates nothing twice.

use std::collections::HashMap;

use app::import::Place;
use sha2::{Digest, Sha256};

use super::lines::{Account, Kind};

/// Characters of a key.
pub const KEY_CHARS: usize = 64;

/// A key for each entry, and for each that a task has taken over, by its line: of the host, the place, the text of the
/// line and how many equal ones are above it. The same wherever the line is moved to; another one when it is edited.
#[must_use]
pub fn keys(text: &str, account: &Account, place: &Place) -> HashMap<u32, String> {
    let mut seen: HashMap<&str, u32> = HashMap::new();
    let mut keys = HashMap::new();
    for line in &account.lines {
        let body = match &line.kind {
            Kind::Entry(_) => text.get(line.range.clone()).unwrap_or_default(),
            Kind::Taken { line, .. } => line,
            _ => continue,
        };
        let body = body.trim_end_matches(['\n', '\r']);
        let above = seen.entry(body).or_default();
        keys.insert(line.number, key(place, body, *above));
        *above += 1;
    }
    keys
}

fn key(place: &Place, line: &str, above: u32) -> String {
    let mut hash = Sha256::new();
    for part in [&place.host, &place.path, line, &above.to_string()] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
