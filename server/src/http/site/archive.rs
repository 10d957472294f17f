//! The site inside the program: an archive behind the end of the executable, which `scripts/pack.mjs` appends once both
//! are built.
//!
//! It consists of the files, one after another; an index of them as JSON; and a footer of 64 bytes: [`MAGIC`], where the
//! index begins and how long files and index are together (each 8 bytes, little-endian), and the SHA-256 of both. The
//! files stay in the executable, from whose open file they are read when they are asked for.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Error, Result};
use std::os::unix::fs::FileExt;
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The first bytes of the footer.
const MAGIC: &[u8; 16] = b"JCRONTAB SITE 1\n";
/// Bytes of the footer.
const FOOTER: u64 = 64;
/// Bytes that are hashed at once.
const BLOCK: usize = 64 * 1024;
/// Bytes that an archive may have.
const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// An open archive.
#[derive(Debug)]
pub(crate) struct Archive {
    file: File,
    /// Where the first of its files begins.
    start: u64,
    files: HashMap<String, Entry>,
    /// The list of hashes, as `hash.txt` has it.
    pub(super) hashes: String,
}

/// A file of the archive.
#[derive(Clone, Deserialize, Debug)]
pub(super) struct Entry {
    #[serde(flatten)]
    pub(super) plain: Part,
    /// The same content compressed with brotli.
    pub(super) br: Option<Part>,
    /// The same content compressed with gzip.
    pub(super) gzip: Option<Part>,
    /// Names the content: the start of its hash.
    pub(super) tag: String,
}

/// Some bytes of the archive.
#[derive(Clone, Copy, Deserialize, Debug)]
pub(super) struct Part {
    offset: u64,
    length: u64,
}

#[derive(Deserialize)]
struct Index {
    hashes: String,
    files: HashMap<String, Entry>,
}

impl Archive {
    /// Opens the archive behind the end of this program; `None` if there is none.
    ///
    /// # Errors
    /// When there is one that is damaged, or the program cannot be read.
    pub(super) fn of_this_program() -> Result<Option<Self>> {
        // By this name also after an upgrade has replaced the file.
        Self::open(Path::new("/proc/self/exe"))
    }

    /// Opens the archive at the end of a file.
    ///
    /// # Errors
    /// When there is one that is damaged, or the file cannot be read.
    pub(super) fn open(path: &Path) -> Result<Option<Self>> {
        let file = File::open(path)?;
        let Some(end) = file.metadata()?.len().checked_sub(FOOTER) else {
            return Ok(None);
        };
        let mut footer = [0; FOOTER as usize];
        file.read_exact_at(&mut footer, end)?;
        let (magic, rest) = footer.split_at(MAGIC.len());
        if magic != MAGIC {
            return Ok(None);
        }
        let number = |at: usize| {
            let bytes = rest.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
            bytes.map_or(0, u64::from_le_bytes)
        };
        let (index_at, length) = (number(0), number(8));
        let damaged =
            |why: &str| Error::other(format!("the archive of the pages is damaged: {why}"));
        let start = end.checked_sub(length).filter(|_| length <= BYTES_MAX);
        let (Some(start), true) = (start, index_at <= length) else {
            return Err(damaged("its footer is not plausible"));
        };
        if hash(&file, start, length)? != rest[16..] {
            return Err(damaged("its checksum is another one"));
        }
        let text = read(&file, start + index_at, length - index_at)?;
        let index: Index =
            serde_json::from_slice(&text).map_err(|error| damaged(&error.to_string()))?;
        let inside = |part: &Part| {
            let end = part.offset.checked_add(part.length);
            end.is_some_and(|end| end <= index_at)
        };
        for (name, entry) in &index.files {
            let parts = [Some(&entry.plain), entry.br.as_ref(), entry.gzip.as_ref()];
            if !parts.into_iter().flatten().all(inside) {
                return Err(damaged(name));
            }
        }
        Ok(Some(Self {
            file,
            start,
            files: index.files,
            hashes: index.hashes,
        }))
    }

    /// A file by its path.
    pub(super) fn find(&self, path: &str) -> Option<&Entry> {
        self.files.get(path)
    }

    /// Some bytes of a file.
    ///
    /// # Errors
    /// When the program cannot be read.
    pub(super) fn read(&self, part: Part) -> Result<Vec<u8>> {
        read(&self.file, self.start + part.offset, part.length)
    }

    /// The text of a file.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        let bytes = self.read(self.find(path)?.plain).ok()?;
        String::from_utf8(bytes).ok()
    }
}

fn read(file: &File, offset: u64, length: u64) -> Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).map_err(Error::other)?];
    file.read_exact_at(&mut bytes, offset)?;
    Ok(bytes)
}

fn hash(file: &File, mut offset: u64, length: u64) -> Result<Vec<u8>> {
    let (mut block, end) = (vec![0; BLOCK], offset + length);
    let mut hash = Sha256::new();
    while offset < end {
        let size = usize::try_from(end - offset).map_or(BLOCK, |left| left.min(BLOCK));
        file.read_exact_at(&mut block[..size], offset)?;
        hash.update(&block[..size]);
        offset += size as u64;
    }
    Ok(hash.finalize().to_vec())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An executable with an archive behind it.
    pub(in crate::http::site) fn packed(index: &str, files: &[u8]) -> Vec<u8> {
        let tail = [files, index.as_bytes()].concat();
        let mut all = b"program".to_vec();
        all.extend(&tail);
        all.extend(MAGIC);
        all.extend((files.len() as u64).to_le_bytes());
        all.extend((tail.len() as u64).to_le_bytes());
        all.extend(Sha256::digest(&tail));
        all
    }

    fn opened(bytes: &[u8]) -> Result<Option<Archive>> {
        let id = crate::auth::token::random_id(8);
        let path = std::env::temp_dir().join(format!("jcrontab-archive-{id}"));
        std::fs::write(&path, bytes).expect("a file");
        let opened = Archive::open(&path);
        std::fs::remove_file(&path).expect("removed");
        opened
    }

    const INDEX: &str = r#"{"hashes":"css: 1\n","files":{"pkg/a.css":{"offset":0,"length":3,"tag":"x","br":{"offset":3,"length":2}}}}"#;

    #[test]
    fn what_is_packed_is_found_and_what_is_damaged_is_refused() {
        let good = packed(INDEX, b"abcde");
        let archive = opened(&good).expect("good").expect("one");
        let entry = archive.find("pkg/a.css").expect("the file");
        assert_eq!(archive.read(entry.plain).expect("bytes"), b"abc");
        assert_eq!(
            archive.read(entry.br.expect("brotli")).expect("bytes"),
            b"de"
        );
        assert_eq!(archive.text("pkg/a.css").as_deref(), Some("abc"));
        assert_eq!(archive.hashes, "css: 1\n");
        assert!(archive.find("pkg/../a").is_none());
        assert!(opened(b"program").expect("no archive").is_none());
        assert!(opened(&[7; 500]).expect("no archive").is_none());
        let footer = good.len() - 64;
        for at in [7, footer - 1, footer + 16, footer + 24, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(opened(&bad).is_err(), "a changed byte at {at}");
        }
        assert!(opened(&packed(INDEX, b"abc")).is_err(), "a file outside");
        assert!(opened(&packed("{}", b"abcde")).is_err(), "no index");
    }
}
