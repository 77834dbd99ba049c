//! gzip (RFC 1952): header fields, a deflate stream, CRC-32 and size.

use super::Format;
use crate::{
    bytes::source::Sink,
    model::{Blob, Content, Decode, FormatId, Malformed, Opened, Order, Part, Role, Span, Value},
};
use std::io::Read;

/// A gzip file.
pub struct Gzip;

impl Format for Gzip {
    fn id(&self) -> FormatId {
        "gzip"
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(&[0x1f, 0x8b, 8])
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let mut parts = header(bytes)?;
        let body = parts.last().map_or(10, |part| part.span.end);
        // One member is the rule. With a second member, or bytes behind the first, the stream does not fill its span: decoding says
        // so, and the bytes are compared as they are.
        let end = bytes
            .len()
            .checked_sub(8)
            .filter(|&end| end >= body)
            .ok_or_else(|| Malformed::truncated(bytes.len(), "CRC-32 and size"))?;
        let deflate = Deflate {
            trailer: bytes.slice(Span::new(end, bytes.len())),
        };
        parts.push(Part::wrapped(
            Span::new(body, end),
            ".gz",
            Content::Encoded(Box::new(deflate)),
        ));
        // Checked when the stream is decoded.
        parts.push(Part::field(
            "crc32",
            Span::at(end, 4),
            Role::Checksum,
            Value::Derived { valid: true },
        ));
        parts.push(Part::field(
            "size",
            Span::at(end + 4, 4),
            Role::Size,
            Value::Derived { valid: true },
        ));
        Ok(Opened {
            format: "gzip",
            order: Order::Fixed,
            parts,
        })
    }
}

fn header(bytes: &Blob) -> Result<Vec<Part>, Malformed> {
    let fixed = bytes
        .get(..10)
        .ok_or_else(|| Malformed::truncated(bytes.len(), "a header of 10 bytes"))?;
    let flags = fixed[3];
    let seconds = i64::from(u32::from_le_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]));
    let mut parts = vec![
        Part::field("magic", Span::new(0, 3), Role::Structure, Value::Raw),
        Part::field("flags", Span::at(3, 1), Role::Structure, Value::Raw),
        Part::field(
            "mtime",
            Span::at(4, 4),
            Role::Timestamp,
            Value::Time { seconds, local: false },
        ),
        Part::field("extra flags", Span::at(8, 1), Role::Compression, Value::Raw),
        Part::field("operating system", Span::at(9, 1), Role::Structure, Value::Raw),
    ];
    let mut at = 10;
    if flags & 4 != 0 {
        let length = bytes
            .get(at..at + 2)
            .ok_or_else(|| Malformed::truncated(at, "the extra field's length"))?;
        let length = 2 + usize::from(u16::from_le_bytes([length[0], length[1]]));
        parts.push(Part::field("extra", Span::at(at, length), Role::Content, Value::Raw));
        at += length;
    }
    for (bit, name, role) in [(8, "name", Role::Name), (16, "comment", Role::String)] {
        if flags & bit != 0 {
            let rest = bytes.get(at..).unwrap_or_default();
            let length = memchr::memchr(0, rest).ok_or_else(|| Malformed::truncated(at, "a NUL-terminated name"))? + 1;
            parts.push(Part::field(name, Span::at(at, length), role, Value::Raw));
            at += length;
        }
    }
    if flags & 2 != 0 {
        let valid = bytes
            .get(at..at + 2)
            .is_some_and(|crc| crc == &crc32fast::hash(&bytes[..at]).to_le_bytes()[..2]);
        parts.push(Part::field(
            "header crc",
            Span::at(at, 2),
            Role::Checksum,
            Value::Derived { valid },
        ));
        at += 2;
    }
    if at > bytes.len() {
        return Err(Malformed::truncated(bytes.len(), "the end of the header"));
    }
    Ok(parts)
}

/// A raw deflate stream that fills its span, with the member's CRC-32 and size behind it.
#[derive(Debug)]
struct Deflate {
    trailer: Blob,
}

impl Decode for Deflate {
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let announced = self
            .trailer
            .get(4..8)
            .map_or(0, |n| u64::from(u32::from_le_bytes([n[0], n[1], n[2], n[3]])));
        let mut decoder = flate2::bufread::DeflateDecoder::new(&stored[..]);
        let mut checked = Checked {
            inner: &mut decoder,
            crc: crc32fast::Hasher::new(),
            size: 0,
        };
        let decoded = Sink::new(limit)
            .expecting(announced)
            .fill(&mut checked, "a deflate stream")?;
        let (crc, size) = (checked.crc.finalize(), checked.size);
        let used = decoder.total_in() as usize;
        if used != stored.len() {
            return Err(Malformed::at(
                used,
                "the end of the stream",
                format!("{} more bytes", stored.len() - used),
            ));
        }
        if self.trailer[..] != [crc.to_le_bytes(), size.to_le_bytes()].concat() {
            return Err(Malformed::at(
                stored.len(),
                "CRC-32 and size of the decoded bytes",
                "others",
            ));
        }
        Ok(decoded)
    }
}

struct Checked<'r> {
    inner: &'r mut dyn Read,
    crc: crc32fast::Hasher,
    size: u32,
}

impl Read for Checked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.crc.update(&buffer[..n]);
        self.size = self.size.wrapping_add(n as u32);
        Ok(n)
    }
}
