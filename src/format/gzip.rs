//! gzip (RFC 1952): header fields, a deflate stream, CRC-32 and size.

use super::{
    Format,
    checked::{Checked, Method},
};
use crate::model::{Blob, Content, FormatId, Kind, Malformed, Opened, Order, Part, Role, Seal, Span, Value};
use std::io::{self, Read};

/// A gzip file.
pub struct Gzip;

/// ID1, ID2, and the only method there is.
pub(super) const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
/// Decoded bytes after which walking the members of one file stops.
const WALKED: u64 = 1 << 30;

impl Format for Gzip {
    fn id(&self) -> FormatId {
        "gzip"
    }
    fn kind(&self) -> Kind {
        Kind::Stream
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let members = members(bytes);
        let mut parts = Vec::new();
        for (number, &span) in members.iter().enumerate() {
            let fields = member(bytes, span)?;
            if members.len() == 1 {
                parts = fields;
            } else {
                parts.push(Part::group(
                    format!("member {}", number + 1),
                    span,
                    Order::Fixed,
                    fields,
                ));
            }
        }
        Ok(Opened {
            format: "gzip",
            order: Order::Fixed,
            parts,
        })
    }
}

/// Where the members lie. One that fills the file is the rule, and its end needs no decoding to be known; only where another header
/// or an unlikely size speaks against it are the streams walked. What is behind the last good member is left to be a gap.
pub(super) fn members(bytes: &Blob) -> Vec<Span> {
    let single = vec![Span::new(0, bytes.len())];
    let size = bytes.last_chunk::<4>().map_or(0, |size| u32::from_le_bytes(*size));
    let body = (bytes.len() as u64).saturating_sub(18);
    // Deflate reaches 1032:1; below 4 GiB, a recorded size cannot be far above or below what the stream's length allows.
    let likely = u64::from(size) <= body.saturating_mul(1040)
        && (u64::from(size) + (size / 64) as u64 + 1024 >= body || body > u32::MAX.into());
    let another = memchr::memmem::find_iter(&bytes[1..], &MAGIC)
        .any(|at| bytes.get(at + 4).is_some_and(|flags| flags & 0xe0 == 0));
    if likely && !another {
        return single;
    }
    let (mut found, mut at, mut left) = (Vec::new(), 0, WALKED);
    while at < bytes.len() {
        match extent(bytes, at, left) {
            Some((end, decoded)) => {
                found.push(Span::new(at, end));
                at = end;
                left -= decoded;
            }
            None => break,
        }
    }
    if found.is_empty() { single } else { found }
}

/// The end of the member at `start`, and its decoded length; nothing when it is not a whole one or decodes to more than `limit`.
fn extent(bytes: &Blob, start: usize, limit: u64) -> Option<(usize, u64)> {
    let (_, body) = header(bytes, start).ok()?;
    let mut decoder = flate2::bufread::DeflateDecoder::new(&bytes[body..]);
    let decoded = io::copy(&mut (&mut decoder).take(limit + 1), &mut io::sink()).ok()?;
    let end = body
        .checked_add(usize::try_from(decoder.total_in()).ok()?)?
        .checked_add(8)?;
    (decoded <= limit && end <= bytes.len()).then_some((end, decoded))
}

/// The fields and the content of one member.
fn member(bytes: &Blob, span: Span) -> Result<Vec<Part>, Malformed> {
    let (mut parts, body) = header(bytes, span.start)?;
    let end = span
        .end
        .checked_sub(8)
        .filter(|&end| end >= body)
        .ok_or_else(|| Malformed::truncated(bytes.len(), "CRC-32 and size"))?;
    let word = |at: usize| {
        bytes
            .get(at..at + 4)
            .map_or(0, |w| u32::from_le_bytes([w[0], w[1], w[2], w[3]]))
    };
    let seal = Seal::default();
    let content = Checked {
        method: Method::Deflate,
        crc: word(end),
        size: word(end + 4).into(),
        size_mask: u32::MAX.into(),
        seal: seal.clone(),
    };
    parts.push(Part::wrapped(
        Span::new(body, end),
        ".gz",
        Content::Encoded(Box::new(content)),
    ));
    parts.push(Part::field(
        "crc32",
        Span::at(end, 4),
        Role::Checksum,
        Value::Sealed(seal.clone()),
    ));
    parts.push(Part::field(
        "size",
        Span::at(end + 4, 4),
        Role::Size,
        Value::Sealed(seal),
    ));
    Ok(parts)
}

/// The header's fields, and where it ends.
fn header(bytes: &Blob, start: usize) -> Result<(Vec<Part>, usize), Malformed> {
    let fixed = bytes
        .get(start..start + 10)
        .ok_or_else(|| Malformed::truncated(bytes.len(), "a header of 10 bytes"))?;
    if fixed[..3] != MAGIC {
        return Err(Malformed::at(start, "1f 8b 08", "other bytes"));
    }
    let flags = fixed[3];
    let seconds = i64::from(u32::from_le_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]));
    let mut parts = vec![
        Part::field("magic", Span::at(start, 3), Role::Structure, Value::Raw),
        Part::field("flags", Span::at(start + 3, 1), Role::Structure, Value::Raw),
        Part::field(
            "mtime",
            Span::at(start + 4, 4),
            Role::Timestamp,
            Value::Time { seconds, local: false },
        ),
        Part::field("extra flags", Span::at(start + 8, 1), Role::Compression, Value::Raw),
        Part::field("operating system", Span::at(start + 9, 1), Role::Structure, Value::Raw),
    ];
    let mut at = start + 10;
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
            .is_some_and(|crc| crc == &crc32fast::hash(&bytes[start..at]).to_le_bytes()[..2]);
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
    Ok((parts, at))
}
