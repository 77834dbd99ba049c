//! What is in a layer, at a glance: the names of the files at its beginning.

use crate::model::Blob;
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
    names(&start).map(number).collect()
}

fn number(name: &[u8]) -> u64 {
    let hash = *blake3::hash(name).as_bytes();
    hash.first_chunk().copied().map_or(0, u64::from_le_bytes)
}

/// The names in the headers of an archive's beginning (POSIX.1-1988); what stands in extended headers is not needed to tell layers apart.
fn names(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    let entries = std::iter::from_fn(move || {
        let block: &[u8] = bytes.get(at..at + 512)?;
        let size = std::str::from_utf8(block.get(124..135)?)
            .ok()?
            .trim_matches(['\0', ' ']);
        let size = usize::from_str_radix(size, 8).ok()?;
        at = at.checked_add(size)?.checked_next_multiple_of(512)?.checked_add(512)?;
        Some((block[156], &block[..100]))
    });
    entries
        .filter(|(kind, _)| !b"xgLK".contains(kind))
        .map(|(_, name)| name)
}
