//! Reads a whole backup without using it.

use std::io::Read;

use super::ArchiveError;
use super::format::{Head, Totals};
use super::read::{Visitor, walk};

/// A backup that is complete and undamaged.
#[derive(Clone, Debug)]
pub struct Verified {
    /// What it is.
    pub head: Head,
    /// What it contains.
    pub totals: Totals,
    /// Its key files.
    pub(super) keys: Vec<(&'static str, Vec<u8>)>,
}

#[derive(Default)]
struct Keys(Vec<(&'static str, Vec<u8>)>);

impl Visitor for Keys {
    fn key(&mut self, file: &'static str, content: Vec<u8>) -> Result<(), ArchiveError> {
        // A second one of the same name would be a foreign key.
        self.0.retain(|(known, _)| *known != file);
        self.0.push((file, content));
        Ok(())
    }
}

/// Reads a backup completely, and compares all checksums and counts. Blocks the thread.
///
/// # Errors
/// When it is no backup, is damaged, or cannot be read.
pub fn verify(input: impl Read) -> Result<Verified, ArchiveError> {
    let mut keys = Keys::default();
    let (head, totals) = walk(input, &mut keys)?;
    Ok(Verified {
        head,
        totals,
        keys: keys.0,
    })
}
