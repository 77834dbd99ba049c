//! bzip2: streams of blocks, each with a CRC; several streams behind each other are one file.

use super::Format;
use crate::{
    bytes::source::Sink,
    model::{Blob, Content, Decode, FormatId, Kind, Malformed, Opened, Order, Part, Span},
};
use bzip2::bufread::BzDecoder;
use std::io::{self, Read};

/// A bzip2 file. All of it is what the encoder chose.
pub struct Bzip2;

/// Before the first block (pi), or at the end of an empty stream (its square root).
const STARTS: [[u8; 6]; 2] = [*b"1AY&SY", [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]];

impl Format for Bzip2 {
    fn id(&self) -> FormatId {
        "bzip2"
    }
    fn kind(&self) -> Kind {
        Kind::Stream
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(b"BZh")
            && matches!(bytes.get(3), Some(b'1'..=b'9'))
            && bytes.get(4..10).is_some_and(|start| STARTS.iter().any(|s| s == start))
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let span = Span::new(0, bytes.len());
        Ok(Opened {
            format: "bzip2",
            order: Order::Fixed,
            parts: vec![Part::wrapped(span, ".bz2", Content::Encoded(Box::new(Streams)))],
        })
    }
}

/// Whole streams, one behind the other.
#[derive(Debug)]
struct Streams;

impl Decode for Streams {
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let mut reader = Reader(Some(BzDecoder::new(&stored[..])));
        Sink::new(limit).fill(&mut reader, "bzip2 streams")
    }
}

struct Reader<'b>(Option<BzDecoder<&'b [u8]>>);

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.0 {
            let n = decoder.read(buffer)?;
            if n > 0 || buffer.is_empty() {
                return Ok(n);
            }
            let rest = *decoder.get_ref();
            self.0 = (!rest.is_empty()).then(|| BzDecoder::new(rest));
        }
        Ok(0)
    }
}
