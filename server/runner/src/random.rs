//! Names that only have to differ.

use std::fmt::Write;

/// A random id of lower-case hexadecimal digits, for identifiers that are not secret; of at most 16 bytes.
///
/// # Panics
/// When the system has no randomness: continuing would be worse.
pub(crate) fn random_id(bytes: usize) -> String {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).expect("the system's random source works");
    random
        .iter()
        .take(bytes)
        .fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            write!(text, "{byte:02x}").ok();
            text
        })
}
