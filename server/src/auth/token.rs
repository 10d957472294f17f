//! Random secrets: session cookies, API tokens, set-up links. Only their hashes are stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// The prefix of every API token, so that scanners can find a leaked one.
pub const API_PREFIX: &str = "jct_";

/// Random bytes from the operating system.
///
/// # Panics
/// When the system has no randomness: continuing would be worse.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system's random source works");
    bytes
}

/// A number from 0 up to 1, for values that only have to differ: pauses, not secrets.
#[must_use]
pub fn chance() -> f64 {
    f64::from(u32::from_le_bytes(random())) / (f64::from(u32::MAX) + 1.0)
}

/// A random id of lower-case hexadecimal digits, for identifiers that are not secret.
#[must_use]
pub fn random_id(bytes: usize) -> String {
    use std::fmt::Write;
    random::<16>()
        .iter()
        .take(bytes.min(16))
        .fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            write!(text, "{byte:02x}").ok();
            text
        })
}

/// A new secret of 256 bits.
#[must_use]
pub fn new_secret() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// The stored form of a secret. A fast hash is enough: 256 random bits cannot be guessed.
#[must_use]
pub fn hash(secret: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(secret.as_bytes())
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").ok();
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_hashes_are_stable() {
        assert_ne!(new_secret(), new_secret());
        assert_eq!(random_id(8).len(), 16);
        assert_eq!(
            hash("a"),
            "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
        );
    }
}
