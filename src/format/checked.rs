//! Members with a CRC-32 and a size: raw deflate (RFC 1951) or stored.

use crate::{
    bytes::source::Sink,
    model::{Blob, Decode, Malformed, Seal},
};
use std::io::{self, Read};

/// How a checked member's bytes are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflate,
}

/// Decodes a member and checks it; sets the seal when everything agrees.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) method: Method,
    pub(super) crc: u32,
    pub(super) size: u64,
    /// The bits of the size that are recorded.
    pub(super) size_mask: u64,
    pub(super) seal: Seal,
}

impl Decode for Checked {
    fn method(&self) -> &'static str {
        match self.method {
            Method::Stored => "stored",
            Method::Deflate => "deflate",
        }
    }
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let (decoded, crc) = match self.method {
            Method::Stored => (stored.clone(), crc32fast::hash(stored)),
            Method::Deflate => {
                let mut decoder = flate2::bufread::DeflateDecoder::new(&stored[..]);
                let mut summed = Summed::new(&mut decoder);
                let decoded = Sink::new(limit)
                    .expecting(self.size)
                    .fill(&mut summed, "a deflate stream")?;
                let crc = summed.crc.finalize();
                if decoder.total_in() != stored.len() as u64 {
                    let more = stored.len() as u64 - decoder.total_in();
                    return Err(Malformed::at(
                        stored.len(),
                        "the end of the deflate stream",
                        format!("{more} more bytes"),
                    ));
                }
                (decoded, crc)
            }
        };
        if crc != self.crc {
            return Err(Malformed::at(
                0,
                format!("decoded bytes with CRC-32 {:08x}", self.crc),
                format!("{crc:08x}"),
            ));
        }
        if (decoded.len() as u64 ^ self.size) & self.size_mask != 0 {
            return Err(Malformed::at(
                0,
                format!("{} decoded bytes", self.size),
                decoded.len().to_string(),
            ));
        }
        self.seal.set();
        Ok(decoded)
    }
}

/// Passes bytes through and sums them.
pub(super) struct Summed<R> {
    inner: R,
    pub(super) crc: crc32fast::Hasher,
}

impl<R> Summed<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            crc: crc32fast::Hasher::new(),
        }
    }
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.crc.update(&buffer[..n]);
        Ok(n)
    }
}
