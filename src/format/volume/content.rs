//! The content of a file that lies in pieces: stored, compressed, or a hole.

use crate::{
    bytes::source::Sink,
    model::{Blob, Decode, Malformed, Span},
};
use std::io::{self, Read, Write};

/// Bytes of a digest.
pub(super) const DIGEST: usize = 32;
/// Bytes of zeros that are written at once.
const ZEROS: usize = 1 << 16;
/// Bytes that are read before they are given back.
const CHUNK: usize = 1 << 20;
/// Memory for one decoder, in KiB.
const MEMORY: u32 = 1 << 20;

/// How the compressed pieces of a file are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format) enum Codec {
    /// None is.
    None,
    /// zlib (RFC 1950).
    Zlib,
    /// LZMA alone.
    Lzma,
    /// xz.
    Xz,
    /// One LZ4 block.
    Lz4,
    /// One Zstandard frame.
    Zstd,
    /// Nothing here decodes it.
    Unknown,
}

impl Codec {
    /// Its name.
    pub(in crate::format) fn name(self) -> &'static str {
        match self {
            Codec::None => "stored",
            Codec::Zlib => "zlib",
            Codec::Lzma => "lzma",
            Codec::Xz => "xz",
            Codec::Lz4 => "lz4",
            Codec::Zstd => "zstd",
            Codec::Unknown => "unknown",
        }
    }
    /// The decoded block, which has at most `most` bytes; all of `stored` is read.
    pub(in crate::format) fn block(self, stored: &[u8], most: usize) -> Result<Vec<u8>, Malformed> {
        let failed = |error: io::Error| Malformed::at(0, format!("a block of {}", self.name()), error.to_string());
        match self {
            Codec::None => Ok(stored.to_vec()),
            Codec::Zlib => {
                let mut reader = flate2::bufread::ZlibDecoder::new(stored);
                let block = bounded(&mut reader, most).map_err(failed)?;
                let used = reader.total_in();
                whole(stored.len() as u64 - used.min(stored.len() as u64), block)
            }
            Codec::Lzma => {
                let mut reader = lzma_rust2::LzmaReader::new_mem_limit(stored, MEMORY, None).map_err(failed)?;
                reader.set_relaxed_end_condition(false);
                let block = bounded(&mut reader, most).map_err(failed)?;
                let (rest, unused) = reader.into_parts();
                whole((rest.len() + unused.len()) as u64, block)
            }
            Codec::Xz => {
                let mut reader = lzma_rust2::XzReader::new_mem_limit(stored, false, MEMORY);
                let block = bounded(&mut reader, most).map_err(failed)?;
                let rest = reader.inner_mut().len() as u64;
                whole(rest, block)
            }
            Codec::Lz4 => {
                let mut block = vec![0; most];
                let length = lz4_flex::block::decompress_into(stored, &mut block)
                    .map_err(|error| failed(io::Error::other(error)))?;
                block.truncate(length);
                Ok(block)
            }
            Codec::Zstd => {
                let mut rest = stored;
                let mut reader = ruzstd::decoding::StreamingDecoder::new(&mut rest)
                    .map_err(|error| failed(io::Error::other(error)))?;
                let block = bounded(&mut reader, most).map_err(failed)?;
                drop(reader);
                whole(rest.len() as u64, block)
            }
            Codec::Unknown => Err(Malformed::limit("a compression that is read here")),
        }
    }
}

fn bounded(reader: &mut dyn Read, most: usize) -> io::Result<Vec<u8>> {
    let mut block = Vec::new();
    reader.take(most as u64 + 1).read_to_end(&mut block)?;
    if block.len() > most {
        return Err(io::Error::other("a block that is too long"));
    }
    Ok(block)
}

/// A block behind whose end nothing is hidden.
fn whole(rest: u64, block: Vec<u8>) -> Result<Vec<u8>, Malformed> {
    match rest {
        0 => Ok(block),
        more => Err(Malformed::at(0, "the end of a block", format!("{more} more bytes"))),
    }
}

/// A piece of a file.
#[derive(Clone, Debug)]
pub(in crate::format) enum Piece {
    /// As it is in the image.
    Stored(Span),
    /// A hole of so many bytes.
    Zeros(u64),
    /// A compressed block, which decodes to exactly `size` bytes.
    Packed {
        /// In the image.
        span: Span,
        /// Decoded.
        size: usize,
    },
    /// Bytes that were decoded with those of other files.
    Shared(Blob),
}

impl Piece {
    /// Where it lies.
    pub(super) fn stored(&self) -> Option<Span> {
        match self {
            Piece::Stored(span) | Piece::Packed { span, .. } => Some(*span),
            Piece::Zeros(_) | Piece::Shared(_) => None,
        }
    }
    /// Bytes that are read for its digest.
    pub(super) fn cost(&self) -> u64 {
        match self {
            Piece::Stored(span) | Piece::Packed { span, .. } => span.len() as u64 + 16,
            Piece::Shared(bytes) => bytes.len() as u64 + 16,
            Piece::Zeros(_) => 16,
        }
    }
}

/// A file's pieces.
#[derive(Clone, Debug)]
pub(super) struct Gathered {
    image: Blob,
    pieces: std::sync::Arc<Vec<Piece>>,
    codec: Codec,
}

impl Gathered {
    /// Pieces that all lie in the image.
    pub(super) fn new(image: &Blob, pieces: Vec<Piece>, codec: Codec) -> Result<Self, Malformed> {
        let outside = pieces
            .iter()
            .filter_map(Piece::stored)
            .find(|span| span.end > image.len());
        if let Some(span) = outside {
            return Err(Malformed::truncated(
                image.len(),
                format!("{} bytes at {}", span.len(), span.start),
            ));
        }
        Ok(Self {
            image: image.clone(),
            pieces: pieces.into(),
            codec,
        })
    }
    /// A digest of what is stored, with how it is to be read: equal digests are equal content.
    pub(super) fn digest(&self) -> [u8; DIGEST] {
        // The lengths are summed by themselves, so that no bytes can stand in for one.
        let (mut hasher, mut lengths) = (blake3::Hasher::new(), blake3::Hasher::new());
        // How what is stored as it is is cut says nothing.
        let mut run = 0u64;
        let mut note = |run: &mut u64, kind: u8, numbers: [u64; 2]| {
            if *run > 0 {
                lengths.update(b"s").update(&run.to_le_bytes());
                *run = 0;
            }
            lengths.update(&[kind]);
            numbers
                .iter()
                .for_each(|number| _ = lengths.update(&number.to_le_bytes()));
        };
        for piece in self.pieces.iter() {
            match piece {
                Piece::Stored(span) => {
                    run += span.len() as u64;
                    self.feed(*span, &mut hasher);
                }
                Piece::Shared(bytes) => {
                    run += bytes.len() as u64;
                    hasher.update(bytes);
                }
                Piece::Zeros(length) => note(&mut run, b'z', [*length, 0]),
                Piece::Packed { span, size } => {
                    note(&mut run, b'p', [span.len() as u64, *size as u64]);
                    self.feed(*span, &mut hasher);
                }
            }
        }
        note(&mut run, b'e', [0, 0]);
        hasher.update(lengths.finalize().as_bytes());
        *hasher.finalize().as_bytes()
    }
    fn feed(&self, span: Span, hasher: &mut blake3::Hasher) {
        for start in (span.start..span.end).step_by(CHUNK) {
            let chunk = self.image.slice(Span::new(start, span.end.min(start + CHUNK)));
            hasher.update(&chunk);
            chunk.release();
        }
    }
    fn write(&self, piece: &Piece, sink: &mut Sink) -> io::Result<()> {
        match piece {
            Piece::Stored(span) => {
                for start in (span.start..span.end).step_by(CHUNK) {
                    let chunk = self.image.slice(Span::new(start, span.end.min(start + CHUNK)));
                    sink.write_all(&chunk)?;
                    chunk.release();
                }
                Ok(())
            }
            Piece::Shared(bytes) => sink.write_all(bytes),
            Piece::Zeros(length) => {
                let mut left = *length;
                while left > 0 {
                    let n = left.min(ZEROS as u64);
                    sink.write_all(&vec![0; n as usize])?;
                    left -= n;
                }
                Ok(())
            }
            Piece::Packed { span, size } => {
                let stored = self.image.slice(*span);
                let block = self.codec.block(&stored, *size).map_err(io::Error::other)?;
                if block.len() != *size {
                    return Err(io::Error::other(format!("{} bytes of a block of {size}", block.len())));
                }
                sink.write_all(&block)
            }
        }
    }
}

impl Decode for Gathered {
    fn method(&self) -> &'static str {
        self.codec.name()
    }
    fn decode(&self, _digest: &Blob, limit: u64) -> Result<Blob, Malformed> {
        // One piece needs no copy.
        if let [Piece::Stored(span)] = self.pieces[..] {
            return Ok(self.image.slice(span));
        }
        let mut sink = Sink::new(limit);
        for piece in self.pieces.iter() {
            if let Err(error) = self.write(piece, &mut sink) {
                return Err(if sink.overrun() {
                    sink.refused()
                } else {
                    Malformed::at(0, "the pieces of a file", error.to_string())
                });
            }
        }
        sink.finish()
    }
}
