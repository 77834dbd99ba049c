//! LZ4 (frame format 1.6.4): frames of blocks, skippable frames, and the legacy frames of `lz4 -l` and Linux kernels.

use super::{
    Format,
    zstd::{runs, skippable, word},
};
use crate::{
    bytes::source::Sink,
    model::{Blob, Content, Decode, FormatId, Kind, Malformed, Opened, Order, Span},
};
use lz4_flex::frame::FrameDecoder;
use std::io::{self, Read};

/// An LZ4 file.
pub struct Lz4;

const MAGIC: u32 = 0x184d_2204;
const LEGACY: u32 = 0x184c_2102;

impl Format for Lz4 {
    fn id(&self) -> FormatId {
        "lz4"
    }
    fn kind(&self) -> Kind {
        Kind::Stream
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        let mut at = 0;
        while let Some(end) = skippable(bytes, at) {
            at = end;
        }
        matches!(word(bytes, at), Some(MAGIC | LEGACY))
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Ok(Opened {
            format: "lz4",
            order: Order::Fixed,
            parts: runs(bytes, ".lz4", frame, |frames| {
                Content::Encoded(Box::new(Frames(frames)))
            })?,
        })
    }
}

/// The end of the frame at `at`, by its flags and the sizes of its blocks.
fn frame(bytes: &[u8], at: usize) -> Result<usize, Malformed> {
    let cut = || Malformed::truncated(bytes.len(), "the rest of a frame");
    let legacy = match word(bytes, at) {
        Some(MAGIC) => false,
        Some(LEGACY) => true,
        _ => return Err(Malformed::at(at, "an LZ4 frame", "other bytes")),
    };
    let flags = if legacy { 0 } else { *bytes.get(at + 4).ok_or_else(cut)? };
    let size = |bit: u8, length: usize| if flags & bit != 0 { length } else { 0 };
    // Descriptor: flags, block size, content size, dictionary, checksum.
    let mut end = at + if legacy { 4 } else { 7 + size(8, 8) + size(1, 4) };
    loop {
        if legacy && end == bytes.len() {
            return Ok(end);
        }
        let block = word(bytes, end).ok_or_else(cut)?;
        if legacy && (matches!(block, MAGIC | LEGACY) || block & !15 == 0x184d_2a50) {
            return Ok(end);
        }
        end += 4;
        if block == 0 {
            end += size(4, 4);
            break;
        }
        let stored = (block & 0x7fff_ffff) as usize;
        end = end.checked_add(stored + size(16, 4)).ok_or_else(cut)?;
        if end > bytes.len() {
            return Err(cut());
        }
    }
    if end > bytes.len() { Err(cut()) } else { Ok(end) }
}

/// Frames that follow each other, by their place in the stored bytes.
#[derive(Debug)]
struct Frames(Vec<Span>);

impl Decode for Frames {
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let mut reader = Reader {
            stored,
            frames: self.0.iter(),
            decoder: None,
        };
        Sink::new(limit).fill(&mut reader, "LZ4 frames")
    }
}

/// Decodes frames one after another; each must fill its span.
struct Reader<'b> {
    stored: &'b [u8],
    frames: std::slice::Iter<'b, Span>,
    decoder: Option<FrameDecoder<&'b [u8]>>,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(decoder) = &mut self.decoder else {
                let Some(span) = self.frames.next() else { return Ok(0) };
                let bytes = self.stored.get(span.start..span.end).unwrap_or_default();
                self.decoder = Some(FrameDecoder::new(bytes));
                continue;
            };
            let n = decoder.read(buffer)?;
            if n > 0 || buffer.is_empty() {
                return Ok(n);
            }
            if !decoder.get_ref().is_empty() {
                return Err(io::Error::other("a block that decodes to nothing"));
            }
            self.decoder = None;
        }
    }
}
