//! Compressed sections (gABI, "Section Compression"), and the older `.zdebug_*` of GNU tools: decoded, they are read as any other.

use super::{fields, image::Image, layout, strings};
use crate::{
    bytes::source::Sink,
    format::structures,
    model::{Blob, Content, Decode, Malformed, Order, Part, Role, Span, Value},
};
use goblin::elf::{
    compression_header::{CompressionHeader, ELFCOMPRESS_ZLIB, ELFCOMPRESS_ZSTD},
    section_header::{SHF_COMPRESSED, SHF_MERGE, SHF_STRINGS},
};
use std::{io::Read, sync::Arc};

/// What other sections refer to is decoded up to so many bytes for each stored one, within these bounds; references into larger ones
/// are not followed. Debugging information shrinks to a third or a tenth.
const RATIO: u64 = 100;
const REFERRED: (u64, u64) = (16 << 20, 1 << 30);

/// The header of a compressed section.
struct Header {
    /// Before the size.
    kind: Span,
    size: Span,
    /// Behind it.
    alignment: Span,
    stream: Stream,
}

impl Header {
    /// Nothing where it is none, or the compression is not known.
    fn read(image: &Image, bytes: &[u8], index: usize) -> Option<Self> {
        let s = &image.sections[index];
        let start = s.span.start;
        if !s.has(SHF_COMPRESSED) {
            let head = bytes.get(start..s.span.end)?;
            let size = head.strip_prefix(b"ZLIB")?.first_chunk::<8>()?;
            let size_at = Span::at(start + 4, 8);
            return Some(Self {
                kind: Span::at(start, 4),
                size: size_at,
                alignment: Span::at(size_at.end, 0),
                stream: Stream {
                    zstd: false,
                    size: u64::from_be_bytes(*size),
                },
            });
        }
        let header: CompressionHeader = structures::read(bytes.get(..s.span.end)?, start, image.head.ctx)?;
        let zstd = match header.ch_type {
            ELFCOMPRESS_ZLIB => false,
            ELFCOMPRESS_ZSTD => true,
            _ => return None,
        };
        let [kind, size, alignment] = fields::compression(image.head.ctx).spans(start);
        Some(Self {
            kind,
            size,
            alignment,
            stream: Stream {
                zstd,
                size: header.ch_size,
            },
        })
    }
    fn data(&self, section: Span) -> Span {
        Span::new(self.alignment.end, section.end)
    }
}

pub(super) fn section(image: &Arc<Image>, index: usize) -> Part {
    let (image, s) = (image.clone(), &image.sections[index]);
    let span = s.span;
    Part::lazy(s.label.clone(), span, Order::Fixed, move |bytes| {
        let Some(header) = Header::read(&image, bytes, index) else {
            return Ok(Vec::new());
        };
        let (data, image) = (header.data(span), image.clone());
        Ok(vec![
            Part::field("compression", header.kind, Role::Structure, Value::Raw),
            // The size is checked when the bytes are decoded.
            Part::field("decoded size", header.size, Role::Size, Value::Derived { valid: true }),
            Part::field("decoded alignment", header.alignment, Role::Structure, Value::Raw),
            Part::member("", data, Content::Encoded(Box::new(header.stream)))
                .read_as(Order::Fixed, move |decoded| Ok(vec![inside(&image, index, decoded)])),
        ])
    })
}

/// What the section would be if it were not compressed.
fn inside(image: &Arc<Image>, index: usize, decoded: &Blob) -> Part {
    let (s, span) = (&image.sections[index], Span::new(0, decoded.len()));
    if let Some(part) = layout::debug(image, index, String::new(), span) {
        return part;
    }
    if s.has(SHF_MERGE) && s.has(SHF_STRINGS) {
        return strings::table(image, index, String::new(), span);
    }
    Part::field("", span, Role::Content, Value::Raw)
}

/// What a compressed section holds, for those that refer to it; nothing when it is damaged or too large.
pub(super) fn decoded(image: &Image, bytes: &Blob, index: usize) -> Option<Blob> {
    let header = Header::read(image, bytes, index)?;
    let stored = bytes.slice(header.data(image.sections[index].span));
    let limit = (stored.len() as u64)
        .saturating_mul(RATIO)
        .clamp(REFERRED.0, REFERRED.1);
    (header.stream.size <= limit)
        .then(|| header.stream.decode(&stored, limit).ok())
        .flatten()
}

#[derive(Debug)]
struct Stream {
    zstd: bool,
    size: u64,
}

impl Decode for Stream {
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let mut rest: &[u8] = stored;
        let limit = limit.min(self.size);
        let decoded = if self.zstd {
            let error = |e: &dyn std::fmt::Display| Malformed::at(0, "a zstd frame", e.to_string());
            let mut decoder = ruzstd::decoding::StreamingDecoder::new(&mut rest).map_err(|e| error(&e))?;
            Sink::new(limit).fill(&mut decoder, "a zstd frame")?
        } else {
            let mut decoder = flate2::bufread::ZlibDecoder::new(&mut rest);
            Sink::new(limit).fill(&mut decoder as &mut dyn Read, "a zlib stream")?
        };
        if !rest.is_empty() {
            return Err(Malformed::at(
                stored.len() - rest.len(),
                "the end of the stream",
                "more bytes",
            ));
        }
        if decoded.len() as u64 != self.size {
            return Err(Malformed::at(
                0,
                format!("{} decoded bytes", self.size),
                decoded.len().to_string(),
            ));
        }
        Ok(decoded)
    }
}
