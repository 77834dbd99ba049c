//! R's lazy-load databases (`.rdb`) and Qt's `qCompress`: zlib streams (RFC 1950), each behind the length of what it decodes to.
//! R Internals, "Lazy loading".

use super::Format;
use crate::{
    bytes::source::Sink,
    model::{Blob, Content, Decode, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value},
};
use std::io::{self, Read};

/// Zlib streams behind their lengths.
pub struct Rdb;

/// Decoded bytes after which the streams of one file are walked no further: so many for each stored one, within these bounds.
const RATIO: u64 = 100;
const WALKED: (u64, u64) = (16 << 20, 1 << 30);
/// Streams of one file.
const STREAMS: usize = 100_000;

impl Format for Rdb {
    fn id(&self) -> FormatId {
        "rdb"
    }
    fn kind(&self) -> Kind {
        Kind::Data
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        // A first stream that is whole and as long as it says: the two bytes of its header alone would fit too much else.
        stream(bytes, 0, allowance(bytes)).is_some()
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let (mut parts, mut at, mut left) = (Vec::new(), 0, allowance(bytes));
        // What is behind the last good stream is left to be a gap.
        while let Some((end, size)) = stream(bytes, at, left).filter(|_| parts.len() < 2 * STREAMS) {
            let number = parts.len() / 2 + 1;
            parts.push(Part::field(
                format!("size {number}"),
                Span::at(at, 4),
                Role::Size,
                Value::Derived { valid: true },
            ));
            let content = Content::Encoded(Box::new(Zlib { size }));
            parts.push(Part::member(
                format!("object {number}"),
                Span::new(at + 4, end),
                content,
            ));
            (at, left) = (end, left - size);
        }
        Ok(Opened {
            format: "rdb",
            order: Order::Fixed,
            parts,
        })
    }
}

fn allowance(bytes: &[u8]) -> u64 {
    (bytes.len() as u64).saturating_mul(RATIO).clamp(WALKED.0, WALKED.1)
}

/// The length before a zlib header (RFC 1950, 2.2).
fn head(bytes: &[u8], at: usize) -> Option<u64> {
    let size = u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?);
    let check: [u8; 2] = *bytes.get(at + 4..)?.first_chunk()?;
    (size > 0 && check[0] & 0x8f == 8 && u16::from_be_bytes(check).is_multiple_of(31)).then_some(size.into())
}

/// The end of the stream at `at`, and the length of what it decodes to; nothing where it is damaged or decodes to something longer or
/// shorter than it says.
fn stream(bytes: &[u8], at: usize, limit: u64) -> Option<(usize, u64)> {
    let size = head(bytes, at).filter(|&size| size <= limit)?;
    let mut decoder = flate2::bufread::ZlibDecoder::new(&bytes[at + 4..]);
    let decoded = io::copy(&mut (&mut decoder).take(size + 1), &mut io::sink()).ok()?;
    let end = (at + 4).checked_add(usize::try_from(decoder.total_in()).ok()?)?;
    (decoded == size).then_some((end, size))
}

/// A zlib stream of so many decoded bytes.
#[derive(Debug)]
pub(super) struct Zlib {
    pub(super) size: u64,
}

impl Decode for Zlib {
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let mut rest: &[u8] = stored;
        let mut decoder = flate2::bufread::ZlibDecoder::new(&mut rest);
        let decoded = Sink::new(limit)
            .expecting(self.size)
            .fill(&mut decoder, "a zlib stream")?;
        if !rest.is_empty() || decoded.len() as u64 != self.size {
            let at = stored.len() - rest.len();
            return Err(Malformed::at(
                at,
                format!("{} decoded bytes", self.size),
                "another number",
            ));
        }
        Ok(decoded)
    }
}
