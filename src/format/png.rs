//! PNG (third edition, section 5): a signature and chunks; the pixels are one zlib stream cut into the IDAT chunks.

use super::Format;
use crate::{
    bytes::source::Sink,
    model::{Blob, Content, Decode, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value},
    notation::calendar::{DAY, days},
};
use std::io::{self, BufRead, Read};

/// A PNG picture.
pub struct Png;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

impl Format for Png {
    fn id(&self) -> FormatId {
        "png"
    }
    fn kind(&self) -> Kind {
        Kind::Media
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(SIGNATURE)
    }
    /// Bytes behind IEND, and what is no whole chunk, stay outside of all parts.
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let mut parts = vec![Part::field(
            "signature",
            Span::new(0, SIGNATURE.len()),
            Role::Structure,
            Value::Raw,
        )];
        let mut at = SIGNATURE.len();
        while let Some(first) = Chunk::read(bytes, at) {
            if first.kind != *b"IDAT" {
                at = first.end();
                let last = first.kind == *b"IEND";
                parts.push(first.part(bytes));
                if last {
                    break;
                }
                continue;
            }
            let start = at;
            while let Some(chunk) = Chunk::read(bytes, at).filter(|chunk| chunk.kind == *b"IDAT") {
                at = chunk.end();
            }
            // Pixels are no text and no file, whatever they look like.
            let pixels = Part::member(
                "IDAT",
                Span::new(start, at),
                Content::Encoded(Box::new(Zlib { chunks: true })),
            );
            parts.push(pixels.hinted("opaque"));
        }
        if parts.len() == 1 {
            return Err(Malformed::at(at, "a chunk", "other bytes"));
        }
        Ok(Opened {
            format: "png",
            order: Order::Fixed,
            parts,
        })
    }
}

/// Length, type, data, CRC-32 of type and data.
struct Chunk {
    at: usize,
    kind: [u8; 4],
    data: Span,
    valid: bool,
}

impl Chunk {
    /// The chunk at an offset, when all of it is there.
    fn read(bytes: &[u8], at: usize) -> Option<Self> {
        let word = |at: usize| bytes.get(at..at + 4)?.try_into().ok();
        let length = u32::from_be_bytes(word(at)?);
        let kind: [u8; 4] = word(at + 4)?;
        let data = Span::at(at + 8, usize::try_from(length).ok()?);
        let crc = bytes.get(data.end..data.end.checked_add(4)?)?;
        kind.iter().all(u8::is_ascii_alphabetic).then(|| Self {
            at,
            kind,
            data,
            valid: crc == crc32fast::hash(&bytes[at + 4..data.end]).to_be_bytes(),
        })
    }
    fn end(&self) -> usize {
        self.data.end + 4
    }
    /// Named by its type, a text also by its keyword, so that one that only one side has does not shift the others.
    fn part(&self, bytes: &[u8]) -> Part {
        let mut name = String::from_utf8_lossy(&self.kind).into_owned();
        let mut parts = vec![
            // Lays out the chunk.
            Part::field(
                "length",
                Span::at(self.at, 4),
                Role::Size,
                Value::Derived { valid: true },
            ),
            Part::field("type", Span::at(self.at + 4, 4), Role::Structure, Value::Raw),
        ];
        let data = &bytes[self.data.start..self.data.end];
        match (&self.kind, data) {
            (b"tIME", data) => match time(data) {
                Some(seconds) => parts.push(Part::field(
                    "time",
                    self.data,
                    Role::Timestamp,
                    Value::Time { seconds, local: false },
                )),
                None => parts.push(Part::field("data", self.data, Role::Content, Value::Raw)),
            },
            (b"tEXt" | b"zTXt" | b"iTXt" | b"iCCP", data) => {
                if let Some(length) = memchr::memchr(0, data) {
                    name = format!("{name} {}", String::from_utf8_lossy(&data[..length]));
                    parts.push(Part::field(
                        "keyword",
                        Span::at(self.data.start, length + 1),
                        Role::Structure,
                        Value::Raw,
                    ));
                    let rest = Span::new(self.data.start + length + 1, self.data.end);
                    parts.extend(self.text(bytes, rest));
                }
            }
            _ => parts.push(Part::field("data", self.data, Role::Content, Value::Raw)),
        }
        let crc = Value::Derived { valid: self.valid };
        parts.push(Part::field("crc", Span::at(self.data.end, 4), Role::Checksum, crc));
        Part::group(name, Span::new(self.at, self.end()), Order::Fixed, parts)
    }
    /// What follows the keyword (section 11.3.3). Fields that are cut short stay outside of all parts.
    fn text(&self, bytes: &[u8], rest: Span) -> Vec<Part> {
        let plain = |span| Part::field("text", span, Role::String, Value::Raw);
        let packed = |span| Part::member("text", span, Content::Encoded(Box::new(Zlib { chunks: false })));
        let setting = |name, span| Part::field(name, span, Role::Structure, Value::Raw);
        let text = &bytes[rest.start..rest.end];
        if self.kind == *b"tEXt" {
            return vec![plain(rest)];
        }
        if self.kind != *b"iTXt" {
            let Some(0) = text.first() else { return Vec::new() };
            let method = Span::at(rest.start, 1);
            return vec![setting("method", method), packed(Span::new(method.end, rest.end))];
        }
        let mut ends = memchr::memchr_iter(0, text.get(2..).unwrap_or_default()).map(|i| rest.start + 2 + i + 1);
        let (Some(language), Some(translated)) = (ends.next(), ends.next()) else {
            return Vec::new();
        };
        let value = Span::new(translated, rest.end);
        vec![
            setting("method", Span::at(rest.start, 2)),
            Part::field(
                "language",
                Span::new(rest.start + 2, language),
                Role::String,
                Value::Raw,
            ),
            Part::field("translated", Span::new(language, translated), Role::String, Value::Raw),
            if text[..2] == [1, 0] {
                packed(value)
            } else {
                plain(value)
            },
        ]
    }
}

/// Section 11.3.4.3: year (two bytes), month, day, hour, minute, second, in UTC; nothing when that is no time.
fn time(data: &[u8]) -> Option<i64> {
    let &[
        y,
        z,
        month @ 1..=12,
        day @ 1..=31,
        hour @ 0..=23,
        minute @ 0..=59,
        second @ 0..=60,
    ] = data
    else {
        return None;
    };
    let year = i64::from(u16::from_be_bytes([y, z]));
    Some(
        days(year, i64::from(month), i64::from(day)) * DAY
            + i64::from(hour) * 3600
            + i64::from(minute) * 60
            + i64::from(second),
    )
}

/// A zlib stream that fills its span, or the data of the chunks there.
#[derive(Debug)]
struct Zlib {
    chunks: bool,
}

impl Decode for Zlib {
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let mut pieces = Vec::new();
        let mut at = 0;
        while self.chunks && at < stored.len() {
            let chunk = Chunk::read(stored, at).ok_or_else(|| Malformed::truncated(at, "an IDAT chunk"))?;
            if !chunk.valid {
                return Err(Malformed::at(chunk.data.end, "the CRC-32 of the chunk", "another"));
            }
            pieces.push(&stored[chunk.data.start..chunk.data.end]);
            at = chunk.end();
        }
        if !self.chunks {
            pieces.push(&stored[..]);
        }
        let total: usize = pieces.iter().map(|piece| piece.len()).sum();
        let mut decoder = flate2::bufread::ZlibDecoder::new(Joined {
            pieces: pieces.into_iter(),
            piece: &[],
        });
        let decoded = Sink::new(limit).fill(&mut decoder, "a zlib stream")?;
        let used = decoder.total_in() as usize;
        if used != total {
            return Err(Malformed::at(
                used,
                "the end of the zlib stream",
                format!("{} more bytes", total - used),
            ));
        }
        Ok(decoded)
    }
}

/// Reads slices as one.
struct Joined<'s> {
    pieces: std::vec::IntoIter<&'s [u8]>,
    piece: &'s [u8],
}

impl Read for Joined<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(buffer)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Joined<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.piece.is_empty() {
            match self.pieces.next() {
                Some(piece) => self.piece = piece,
                None => break,
            }
        }
        Ok(self.piece)
    }
    fn consume(&mut self, n: usize) {
        self.piece = self.piece.get(n..).unwrap_or_default();
    }
}
