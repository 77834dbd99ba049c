//! LZMA alone (`.lzma`): 13 bytes of settings and size, then one stream without a checksum.

use super::Format;
use crate::{
    bytes::source::Sink,
    model::{Blob, Content, Decode, FormatId, Kind, Malformed, Opened, Order, Part, Span},
};
use lzma_rust2::LzmaReader;
use std::io::{self, Read};

/// A file in the format before xz.
pub struct Lzma;

/// Memory for the decoder, in KiB.
const MEMORY: u32 = 1 << 20;
/// What `xz` takes for a size rather than for other data: 256 GiB.
const SIZE: u64 = 1 << 38;

impl Format for Lzma {
    fn id(&self) -> FormatId {
        "lzma"
    }
    fn kind(&self) -> Kind {
        Kind::Stream
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        // There is no magic number. As `xz -t` does: a dictionary of 2^n or 2^n + 2^(n-1), a size that can be, and a range coder
        // that starts with zero.
        let Some(&[0..=224, d0, d1, d2, d3, s0, s1, s2, s3, s4, s5, s6, s7, 0]) = bytes.first_chunk() else {
            return false;
        };
        let dictionary = u32::from_le_bytes([d0, d1, d2, d3]);
        let size = u64::from_le_bytes([s0, s1, s2, s3, s4, s5, s6, s7]);
        let shape = dictionary >> dictionary.trailing_zeros().min(31);
        dictionary >= 4096 && matches!(shape, 1 | 3) && (size == u64::MAX || size < SIZE)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let span = Span::new(0, bytes.len());
        Ok(Opened {
            format: "lzma",
            order: Order::Fixed,
            parts: vec![Part::wrapped(span, ".lzma", Content::Encoded(Box::new(Alone)))],
        })
    }
}

#[derive(Debug)]
struct Alone;

impl Decode for Alone {
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let what = "an LZMA stream";
        let mut reader = LzmaReader::new_mem_limit(&stored[..], MEMORY, None).map_err(|error| match error.kind() {
            io::ErrorKind::OutOfMemory => Malformed::limit(format!("{what} ({error})")),
            _ => Malformed::at(0, what, error.to_string()),
        })?;
        reader.set_relaxed_end_condition(false);
        let decoded = Sink::new(limit).fill(&mut reader as &mut dyn Read, what)?;
        let (rest, unused) = reader.into_parts();
        match rest.len() + unused.len() {
            0 => Ok(decoded),
            more => Err(Malformed::at(
                stored.len() - more,
                "the end of the stream",
                format!("{more} more bytes"),
            )),
        }
    }
}
