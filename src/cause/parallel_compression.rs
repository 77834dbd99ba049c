//! parallel-compression

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Role, Warrant};

/// Streams that decode to the same bytes, cut into blocks by a compressor with several threads.
pub struct ParallelCompression;

impl Cause for ParallelCompression {
    fn id(&self) -> CauseId {
        "parallel-compression"
    }
    fn group(&self) -> &'static str {
        "container"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The same bytes were compressed by another number of threads.",
            why: "A parallel compressor cuts its input into blocks, and how many depends on the number of threads.",
            fix: "xz -T1, or xz --block-size=N with -T; pigz -n -p1; zstd without -T",
            references: &["https://reproducible-builds.org/docs/archives/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["parallelism", "cpu_count"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role != Role::Compression || !case.both() {
            return None;
        }
        let (x, y) = (blocks(&case.a.unit)?, blocks(&case.b.unit)?);
        (x.0 == y.0 && x.1 != y.1).then(|| Evidence::whole(case).by_if(Warrant::Structure, alike(case)))
    }
}

/// Whether the same content in another compression is the same to everybody. Some readers end behind the first of several streams,
/// some know one format or check only: with another of these, not everybody gets the same.
pub(super) fn alike(case: &Case<'_>) -> bool {
    let told = |unit: &[u8]| {
        let check = unit.starts_with(XZ).then(|| unit.get(6..8).map(<[u8]>::to_vec));
        (unit.starts_with(GZIP), streams(unit), check)
    };
    told(&case.a.unit) == told(&case.b.unit)
}

/// What streams begin with; of bzip2, a level stands between the two.
const GZIP: &[u8] = b"\x1f\x8b";
const GZIP_DEFLATE: &[u8] = b"\x1f\x8b\x08";
const XZ: &[u8] = b"\xfd7zXZ\0";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";
const BZIP2: [&[u8]; 2] = [b"BZh", b"\x31\x41\x59\x26\x53\x59"];

/// The number of streams or frames, by what they begin with.
fn streams(unit: &[u8]) -> usize {
    let count = |sign: &[u8]| memchr::memmem::find_iter(unit, sign).count();
    match unit {
        _ if unit.starts_with(XZ) => count(XZ),
        _ if unit.starts_with(ZSTD) => count(ZSTD),
        _ if unit.starts_with(GZIP) => count(GZIP_DEFLATE),
        _ if unit.starts_with(BZIP2[0]) => memchr::memmem::find_iter(unit, BZIP2[1])
            .filter(|&at| at >= 4 && unit.get(at - 4..at - 1) == Some(BZIP2[0]))
            .count(),
        _ => 0,
    }
}

/// What the structure says of the cutting: a kind of stream and its number of blocks.
fn blocks(stream: &[u8]) -> Option<(&'static str, usize)> {
    if let Some(xz) = xz(stream) {
        return Some(("xz", xz));
    }
    // pigz ends each block but the last with an empty stored one (RFC 1951, 3.2.4).
    let magic = stream.starts_with(ZSTD) || stream.starts_with(BZIP2[0]);
    let flushed = memchr::memmem::find(stream, &[0, 0, 0xff, 0xff]).is_some();
    (!magic).then_some(("deflate", usize::from(flushed)))
}

/// The number of blocks of an xz stream, by its index (`xz-file-format`, 2.1.2 and 4).
fn xz(stream: &[u8]) -> Option<usize> {
    let footer = stream.len().checked_sub(12)?;
    if !stream.starts_with(XZ) || !stream.ends_with(b"YZ") {
        return None;
    }
    let size = u32::from_le_bytes(stream.get(footer + 4..footer + 8)?.try_into().ok()?);
    let size = usize::try_from(size).ok()?.checked_add(1)?.checked_mul(4)?;
    let index = stream.get(footer.checked_sub(size)?..footer)?;
    let (mut count, mut shift) = (0usize, 0);
    for &byte in index.get(1..5)? {
        count |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(count);
        }
    }
    None
}
