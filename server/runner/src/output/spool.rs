//! The file for a run's output while it is active: finished blocks, then the beginning of the next one, rewritten
//! every second until it is finished. So a reader after a crash finds everything up to the last second.

use std::fs::File;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::frame::{Block, Header, Piece, WRAPPED, decode};

/// A file being written. Created with the first block.
#[derive(Debug)]
pub(super) struct Spool {
    path: PathBuf,
    file: Option<File>,
    /// Where the next finished block goes.
    end: u64,
    /// Whether an unfinished block follows.
    ragged: bool,
}

impl Spool {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            file: None,
            end: 0,
            ragged: false,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A handle for reading, which stays valid when the file is moved.
    pub(super) fn handle(&self) -> std::io::Result<Option<File>> {
        self.file.as_ref().map(File::try_clone).transpose()
    }

    /// Writes a block after the finished ones; an unfinished one will be overwritten.
    ///
    /// # Errors
    /// When the file cannot be created or written; it then ends with the last finished block.
    pub(super) fn write(&mut self, block: &Block, finished: bool) -> std::io::Result<()> {
        let bytes = block.compressed()?;
        let file = match &self.file {
            Some(file) => file,
            None => {
                let file = File::options()
                    .read(true)
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .mode(0o600)
                    .open(&self.path)?;
                self.file.insert(file)
            }
        };
        let end = self.end + bytes.len() as u64;
        let written = file.write_all_at(&bytes, self.end).and_then(|()| {
            // The previous unfinished block may have been longer.
            if self.ragged {
                file.set_len(end)
            } else {
                Ok(())
            }
        });
        if let Err(error) = written {
            self.ragged = true;
            self.trim()?;
            return Err(error);
        }
        self.ragged = !finished;
        if finished {
            self.end = end;
        }
        Ok(())
    }

    /// Cuts the file after the last finished block.
    ///
    /// # Errors
    /// When the file cannot be cut.
    pub(super) fn trim(&mut self) -> std::io::Result<()> {
        if let Some(file) = self.file.as_ref().filter(|_| self.ragged) {
            file.set_len(self.end)?;
            self.ragged = false;
        }
        Ok(())
    }

    /// Closes the file and removes it.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub(super) fn remove(&mut self) -> std::io::Result<()> {
        match self.file.take() {
            Some(_) => std::fs::remove_file(&self.path),
            None => Ok(()),
        }
    }
}

/// Reads pieces of a file of blocks, from a position on: at least one if there are any, and no more blocks than
/// `limit` bytes need.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn read(file: &File, from: u64, to: u64, limit: usize) -> std::io::Result<Vec<Piece>> {
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut place, mut found) = (0, 0);
    let mut head = [0; WRAPPED];
    while found < limit {
        if !read_exactly(file, &mut head, place)? {
            break;
        }
        let Some(header) = Header::unwrap_frame(&head).filter(|header| header.from < to) else {
            break;
        };
        if header.to > from {
            let mut payload = vec![0; header.len as usize];
            if !read_exactly(file, &mut payload, place + WRAPPED as u64)? {
                break;
            }
            let Some(read) = decode(&header, &payload) else {
                break;
            };
            found += usize::try_from(header.to - header.from.max(from)).unwrap_or(usize::MAX);
            pieces.extend(read.into_iter().filter(|piece| piece.to() > from));
        }
        place += WRAPPED as u64 + u64::from(header.len);
    }
    Ok(pieces)
}

fn read_exactly(file: &File, into: &mut [u8], place: u64) -> std::io::Result<bool> {
    match file.read_exact_at(into, place) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
