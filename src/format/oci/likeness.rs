//! What is in a layer, at a glance: the names of the files at its beginning.

use crate::{format::tar, model::Blob};
use std::io::Read;

/// Decoded bytes that are looked at.
const LOOKED: u64 = 4 << 20;

/// Numbers of the names of the files of a layer; none where it does not decode.
pub(super) fn sketch(stored: &Blob) -> Vec<u64> {
    let mut start = Vec::new();
    let bytes = &stored[..];
    let read = match bytes {
        [0x1f, 0x8b, ..] => flate2::bufread::MultiGzDecoder::new(bytes)
            .take(LOOKED)
            .read_to_end(&mut start),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => match ruzstd::decoding::StreamingDecoder::new(bytes) {
            Ok(decoder) => decoder.take(LOOKED).read_to_end(&mut start),
            Err(_) => return Vec::new(),
        },
        _ => bytes.take(LOOKED).read_to_end(&mut start),
    };
    // What was decoded before an error serves as well.
    let _ = read;
    tar::names(&start).map(|name| number(&name)).collect()
}

fn number(name: &[u8]) -> u64 {
    let hash = *blake3::hash(name).as_bytes();
    hash.first_chunk().copied().map_or(0, u64::from_le_bytes)
}
