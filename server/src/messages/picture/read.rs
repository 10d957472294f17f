//! What an uploaded file is: a PNG or a JPEG, and its size. Only headers are read; no picture is decoded.

use app::message::PICTURE_MAX;

/// Pixels of a side.
const SIDE_MAX: u32 = 4096;
/// The first bytes of a PNG (PNG, 5.2).
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The first bytes of a JPEG: start of image (ITU-T T.81, B.1.1.3).
const JPEG: &[u8] = &[0xff, 0xd8];

/// Why a file is not taken as a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PictureFault {
    /// Neither PNG nor JPEG, or a damaged one.
    #[error("this is neither a PNG nor a JPEG")]
    NoPicture,
    /// A PNG with an animation.
    #[error("an animated picture is not taken: upload a still one")]
    Animated,
    /// More bytes than the vendor takes.
    #[error("a picture may be at most 2 MiB")]
    TooLarge,
    /// More pixels than a chat shows.
    #[error("a picture may be at most 4096 pixels a side")]
    TooManyPixels,
}

/// A picture that was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReadPicture {
    /// `image/png` or `image/jpeg`.
    pub media_type: &'static str,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// Reads the header of a picture.
///
/// # Errors
/// When it is none, or too large.
pub fn read(bytes: &[u8]) -> Result<ReadPicture, PictureFault> {
    if bytes.len() > PICTURE_MAX {
        return Err(PictureFault::TooLarge);
    }
    let (media_type, size) = if bytes.starts_with(PNG) {
        ("image/png", png(bytes))
    } else if bytes.starts_with(JPEG) {
        ("image/jpeg", jpeg(bytes))
    } else {
        return Err(PictureFault::NoPicture);
    };
    let (width, height) = size.ok_or(PictureFault::NoPicture)?;
    if media_type == "image/png" && is_animated(bytes) {
        return Err(PictureFault::Animated);
    }
    if width == 0 || height == 0 {
        return Err(PictureFault::NoPicture);
    }
    if width > SIDE_MAX || height > SIDE_MAX {
        return Err(PictureFault::TooManyPixels);
    }
    Ok(ReadPicture {
        media_type,
        width,
        height,
    })
}

/// Width and height stand in the first chunk, IHDR, and IEND is the last one (PNG, 11.2).
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| {
        let bytes: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(bytes))
    };
    let is_header = number(8)? == 13 && bytes.get(12..16)? == b"IHDR";
    let is_whole = bytes.len() >= 45 && bytes[bytes.len() - 8..].starts_with(b"IEND");
    if !is_header || !is_whole {
        return None;
    }
    Some((number(16)?, number(20)?))
}

/// Whether a PNG is an animation: the chunk acTL stands before the first IDAT (PNG, third edition, 11.3.4.1).
fn is_animated(bytes: &[u8]) -> bool {
    let mut at = PNG.len();
    // Each turn moves on by at least the twelve bytes of a chunk's length, name and checksum.
    while let Some(head) = bytes.get(at..at + 8) {
        let (length, name) = head.split_at(4);
        match name {
            b"acTL" => return true,
            b"IDAT" | b"IEND" => return false,
            _ => {}
        }
        let length = <[u8; 4]>::try_from(length).map_or(u32::MAX, u32::from_be_bytes);
        let Ok(length) = usize::try_from(length) else {
            return false;
        };
        at = at.saturating_add(length).saturating_add(12);
        if at > bytes.len() {
            return false;
        }
    }
    false
}

/// Height and width stand in the frame header (SOF), behind other segments, each with its length (ITU-T T.81, B.2).
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let short = |at: usize| {
        let bytes: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
        Some(u32::from(u16::from_be_bytes(bytes)))
    };
    let mut at = JPEG.len();
    // Each turn moves on by at least two bytes.
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        match *bytes.get(at + 1)? {
            // Fill bytes before a marker.
            0xff => at += 1,
            // SOF0 to SOF15 without DHT, JPG and DAC, which have codes in between.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((short(at + 7)?, short(at + 5)?));
            }
            // Markers without a segment; the scan, before which the frame stands.
            0x01 | 0xd0..=0xd9 | 0xda => return None,
            _ => {
                let length = usize::try_from(short(at + 2)?).ok()?;
                if length < 2 {
                    return None;
                }
                at += 2 + length;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG with an application segment before its frame.
    fn jpeg_of(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = vec![
            0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 8, 8,
        ];
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes
    }

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = [PNG, &[0, 0, 0, 13], b"IHDR"].concat();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 6, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0]);
        bytes.extend(b"IEND\xaeB`\x82");
        bytes
    }

    #[test]
    fn pictures_are_known_by_their_headers() {
        let size =
            |bytes: &[u8]| read(bytes).map(|found| (found.media_type, found.width, found.height));
        assert_eq!(size(&png_of(640, 480)), Ok(("image/png", 640, 480)));
        assert_eq!(size(&jpeg_of(640, 480)), Ok(("image/jpeg", 640, 480)));
        let none = Err(PictureFault::NoPicture);
        let mut endless = jpeg_of(1, 1);
        endless[5] = 0;
        for bytes in [
            &b""[..],
            b"GIF89a",
            b"<svg/>",
            PNG,
            JPEG,
            &png_of(0, 4),
            &jpeg_of(4, 0),
            &endless,
            &png_of(640, 480)[..40],
            &jpeg_of(1, 1)[..14],
            b"#!/bin/sh\n",
        ] {
            assert_eq!(size(bytes), none, "{bytes:?}");
        }
        for length in 0..jpeg_of(9, 9).len() {
            assert_eq!(size(&jpeg_of(9, 9)[..length]), none, "{length}");
        }
        let still = png_of(640, 480);
        let (header, rest) = still.split_at(33);
        let chunk = |name: &[u8; 4]| [&[0, 0, 0, 8], &name[..], &[0; 8], &[1, 2, 3, 4]].concat();
        let moving = [header, &chunk(b"tEXt"), &chunk(b"acTL"), rest].concat();
        assert_eq!(size(&moving), Err(PictureFault::Animated));
        let late = [header, &chunk(b"IDAT"), &chunk(b"acTL"), rest].concat();
        assert_eq!(size(&late), Ok(("image/png", 640, 480)));
        assert_eq!(size(&png_of(4097, 1)), Err(PictureFault::TooManyPixels));
        let large = [png_of(1, 1), vec![0; PICTURE_MAX]].concat();
        assert_eq!(size(&large), Err(PictureFault::TooLarge));
        // Fill bytes to the end, and segments of no length, end the search.
        assert_eq!(size(&[JPEG, &vec![0xff; 500_000]].concat()), none);
    }
}
