//! The stream in a compressed section: its header, and what it decodes to.

use super::{fields, section::Section};
use crate::{
    bytes::source::Sink,
    format::structures,
    model::{Blob, Decode, Malformed, Span},
};
use goblin::{
    container::Ctx,
    elf::{
        compression_header::{CompressionHeader, ELFCOMPRESS_ZLIB, ELFCOMPRESS_ZSTD},
        section_header::SHF_COMPRESSED,
    },
};
use std::io::Read;

/// What other sections refer to is decoded up to so many bytes for each stored one, within these bounds; references into larger ones
/// are not followed. Debugging information shrinks to a third or a tenth.
const RATIO: u64 = 100;
const REFERRED: (u64, u64) = (16 << 20, 1 << 30);

/// The header of a compressed section.
pub(super) struct Header {
    /// Before the size.
    pub(super) kind: Span,
    pub(super) size: Span,
    /// Behind it.
    pub(super) alignment: Span,
    pub(super) stream: Stream,
}

impl Header {
    /// Nothing where it is none, or the compression is not known.
    pub(super) fn read(s: &Section, ctx: Ctx, bytes: &[u8]) -> Option<Self> {
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
        let header: CompressionHeader = structures::read(bytes.get(..s.span.end)?, start, ctx)?;
        let zstd = match header.ch_type {
            ELFCOMPRESS_ZLIB => false,
            ELFCOMPRESS_ZSTD => true,
            _ => return None,
        };
        let [kind, size, alignment] = fields::compression(ctx).spans(start);
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
    pub(super) fn data(&self, section: Span) -> Span {
        Span::new(self.alignment.end, section.end)
    }
}

/// What a compressed section holds, for those that refer to it; nothing when it is damaged or too large.
pub(super) fn decoded(section: &Section, ctx: Ctx, bytes: &Blob) -> Option<Blob> {
    let header = Header::read(section, ctx, bytes)?;
    let stored = bytes.slice(header.data(section.span));
    let limit = (stored.len() as u64)
        .saturating_mul(RATIO)
        .clamp(REFERRED.0, REFERRED.1);
    (header.stream.size <= limit)
        .then(|| header.stream.decode(&stored, limit).ok())
        .flatten()
}

/// How it is compressed, and how much it is decoded.
#[derive(Debug)]
pub(super) struct Stream {
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
