//! The storage format of output: pieces with position, time and stream, in blocks.
//!
//! A block holds consecutive pieces of a log. Its header has 40 bytes, numbers little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 0–5 | `\0JCLOG` |
//! | 6 | version, 1 |
//! | 7 | 1 when the payload is a zstd frame, else 0 |
//! | 8–15 | bytes of the log before it, both streams together |
//! | 16–23 | bytes of the log up to its end |
//! | 24–31 | time of its first piece, microseconds since 1970 |
//! | 32–35 | length of the payload |
//! | 36–39 | length of the payload when it is not compressed |
//!
//! The payload is a sequence of pieces: one byte for the stream (0 standard output, 1 standard error), the time since
//! the previous piece (zigzag varint of microseconds), the length (varint), the bytes. Positions are not written:
//! pieces follow each other without gaps. Between two blocks there may be one, where output was dropped.
//!
//! A run's row contains one block, not compressed. An object contains many; each header is wrapped into a skippable
//! zstd frame (RFC 8878, 3.1.2), so that `zstd -d` reads the whole file, and a reader finds a position by headers
//! alone. Content that does not start like this was written by an earlier version and is the plain text of standard
//! output.

use chrono::{DateTime, Utc};

use crate::order::Stream;

/// First bytes of a header.
const MAGIC: &[u8; 6] = b"\0JCLOG";
/// The version of this format.
const VERSION: u8 = 1;
/// Bytes of a header.
const HEADER: usize = 40;
/// The first of sixteen numbers for frames that every zstd reader skips.
const SKIPPABLE: u32 = 0x184D_2A50;
/// Bytes of a header in an object, including the skippable frame's own header.
pub const WRAPPED: usize = HEADER + 8;
/// The longest payload; a header that declares a longer one is not ours.
const RAW_MAX: u32 = 4 * 1024 * 1024;
/// Compression level: speed matters more than the last percent.
const LEVEL: i32 = 1;

/// Bytes that were read at once, or in several reads close together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Bytes of the log before it.
    pub from: u64,
    /// When it was read.
    pub at: DateTime<Utc>,
    /// The stream it came from.
    pub stream: Stream,
    /// The content.
    pub bytes: Vec<u8>,
}

impl Piece {
    /// Bytes of the log up to its end.
    #[must_use]
    pub fn to(&self) -> u64 {
        self.from + self.bytes.len() as u64
    }
}

/// The content of a header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// Bytes of the log before its block.
    pub from: u64,
    /// Bytes of the log up to the end of its block.
    pub to: u64,
    base: i64,
    zstd: bool,
    /// Bytes of the payload that follow.
    pub len: u32,
    raw_len: u32,
}

impl Header {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&[VERSION, u8::from(self.zstd)]);
        out.extend_from_slice(&self.from.to_le_bytes());
        out.extend_from_slice(&self.to.to_le_bytes());
        out.extend_from_slice(&self.base.to_le_bytes());
        out.extend_from_slice(&self.len.to_le_bytes());
        out.extend_from_slice(&self.raw_len.to_le_bytes());
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; HEADER] = bytes.get(..HEADER)?.try_into().ok()?;
        if !bytes.starts_with(MAGIC) || bytes[6] != VERSION || bytes[7] > 1 {
            return None;
        }
        let long = |at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
        let short = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let header = Self {
            from: long(8)?,
            to: long(16)?,
            base: long(24)?.cast_signed(),
            zstd: bytes[7] == 1,
            len: short(32)?,
            raw_len: short(36)?,
        };
        let sane = header.from <= header.to
            && header.raw_len <= RAW_MAX
            && header.len <= 2 * RAW_MAX
            && header.to - header.from <= u64::from(header.raw_len);
        sane.then_some(header)
    }

    /// Reads the header of a block in an object.
    #[must_use]
    pub fn unwrap_frame(bytes: &[u8]) -> Option<Self> {
        let number = bytes.get(..4)?;
        let length = bytes.get(4..8)?;
        let wrapped = number == SKIPPABLE.to_le_bytes() && length == (HEADER as u32).to_le_bytes();
        wrapped.then(|| Self::read(&bytes[8..])).flatten()
    }
}

/// Consecutive pieces of a log, not compressed yet.
#[derive(Debug)]
pub struct Block {
    /// Bytes of the log before it.
    pub from: u64,
    /// Bytes of the log up to its end.
    pub to: u64,
    base: i64,
    raw: Vec<u8>,
}

impl Block {
    /// Encodes pieces that follow each other without gaps; `None` when there are none.
    #[must_use]
    pub fn of(pieces: &[Piece]) -> Option<Self> {
        let (first, last) = (pieces.first()?, pieces.last()?);
        let base = first.at.timestamp_micros();
        let mut raw = Vec::with_capacity(usize::try_from(last.to() - first.from).ok()? + 64);
        let mut before = base;
        for piece in pieces {
            let at = piece.at.timestamp_micros();
            raw.push(u8::from(piece.stream == Stream::Err));
            varint(zigzag(at.wrapping_sub(before)), &mut raw);
            varint(piece.bytes.len() as u64, &mut raw);
            raw.extend_from_slice(&piece.bytes);
            before = at;
        }
        Some(Self {
            from: first.from,
            to: last.to(),
            base,
            raw,
        })
    }

    /// Its size before compression, in bytes.
    pub(super) fn cost(&self) -> usize {
        self.raw.len() + WRAPPED
    }

    fn header(&self, zstd: bool, len: usize) -> Option<Header> {
        Some(Header {
            from: self.from,
            to: self.to,
            base: self.base,
            zstd,
            len: u32::try_from(len).ok()?,
            raw_len: u32::try_from(self.raw.len()).ok()?,
        })
    }

    /// The form stored in a row.
    #[must_use]
    pub fn inline(&self) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(HEADER + self.raw.len());
        self.header(false, self.raw.len())?.write(&mut out);
        out.extend_from_slice(&self.raw);
        Some(out)
    }

    /// The form stored in an object.
    ///
    /// # Errors
    /// When compression fails.
    pub(super) fn compressed(&self) -> std::io::Result<Vec<u8>> {
        let body = zstd::bulk::compress(&self.raw, LEVEL)?;
        let too_long = || std::io::Error::other("a block is too long");
        let mut out = Vec::with_capacity(WRAPPED + body.len());
        out.extend_from_slice(&SKIPPABLE.to_le_bytes());
        out.extend_from_slice(&(HEADER as u32).to_le_bytes());
        self.header(true, body.len())
            .ok_or_else(too_long)?
            .write(&mut out);
        out.extend_from_slice(&body);
        Ok(out)
    }

    /// Its pieces.
    pub(super) fn pieces(&self) -> Vec<Piece> {
        self.header(false, self.raw.len())
            .and_then(|header| decode(&header, &self.raw))
            .unwrap_or_default()
    }
}

/// Decodes a block from a row; `None` when it is something else.
pub fn read_inline(bytes: &[u8]) -> Option<Vec<Piece>> {
    let header = Header::read(bytes)?;
    decode(&header, &bytes[HEADER..])
}

/// Decodes a payload; `None` when it is damaged.
pub fn decode(header: &Header, payload: &[u8]) -> Option<Vec<Piece>> {
    let payload = payload.get(..header.len as usize)?;
    let unpacked;
    let mut raw = if header.zstd {
        unpacked = zstd::bulk::decompress(payload, header.raw_len as usize).ok()?;
        unpacked.as_slice()
    } else {
        payload
    };
    let (mut from, mut micros) = (header.from, header.base);
    let mut pieces = Vec::new();
    while let Some((&kind, rest)) = raw.split_first() {
        let stream = match kind {
            0 => Stream::Out,
            1 => Stream::Err,
            _ => return None,
        };
        let (since, rest) = read_varint(rest)?;
        let (len, rest) = read_varint(rest)?;
        let (bytes, rest) = rest.split_at_checked(usize::try_from(len).ok()?)?;
        micros = micros.wrapping_add(unzigzag(since));
        pieces.push(Piece {
            from,
            at: DateTime::from_timestamp_micros(micros)?,
            stream,
            bytes: bytes.to_vec(),
        });
        from += len;
        raw = rest;
    }
    (from == header.to).then_some(pieces)
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push((value & 0x7F) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn read_varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (index, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7F).checked_shl(u32::try_from(index).ok()? * 7)?;
        if byte & 0x80 == 0 {
            return Some((value, &bytes[index + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pieces(parts: Vec<(i64, bool, Vec<u8>)>, start: u64) -> Vec<Piece> {
        let mut from = start;
        let mut made = Vec::new();
        for (micros, err, bytes) in parts {
            let stream = if err { Stream::Err } else { Stream::Out };
            let at = DateTime::from_timestamp_micros(micros).expect("an instant");
            made.push(Piece {
                from,
                at,
                stream,
                bytes,
            });
            from = made[made.len() - 1].to();
        }
        made
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            parts in prop::collection::vec(
                (0_i64..4_000_000_000_000_000, any::<bool>(), prop::collection::vec(any::<u8>(), 0..300)),
                1..20,
            ),
            start in 0_u64..1 << 60,
        ) {
            let pieces = pieces(parts, start);
            let block = Block::of(&pieces).expect("pieces");
            prop_assert_eq!(&block.pieces(), &pieces);
            let inline = block.inline().expect("short");
            prop_assert_eq!(read_inline(&inline), Some(pieces.clone()));
            let packed = block.compressed().expect("zstd");
            let header = Header::unwrap_frame(&packed).expect("a header");
            prop_assert_eq!(packed.len(), WRAPPED + header.len as usize);
            prop_assert_eq!(decode(&header, &packed[WRAPPED..]), Some(pieces));
            // Any zstd reader accepts it, and skips the headers.
            prop_assert_eq!(zstd::decode_all(packed.as_slice()).expect("zstd"), block.raw);
        }

        #[test]
        fn no_damage_is_more_than_damage(
            mut bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0_usize..300, flip in 0_usize..300,
        ) {
            read_inline(&bytes);
            let block = Block::of(&pieces(vec![(5, true, bytes.clone())], 7)).expect("pieces");
            for mut whole in [block.inline().expect("short"), block.compressed().expect("zstd")] {
                if let Some(byte) = whole.get_mut(flip) {
                    *byte ^= 0x55;
                }
                whole.truncate(cut);
                read_inline(&whole);
                if let Some(header) = Header::unwrap_frame(&whole) {
                    decode(&header, &whole[WRAPPED..]);
                }
            }
            bytes.clear();
            prop_assert!(read_inline(&bytes).is_none());
        }
    }
}
