//! compression-settings

use super::{Advice, Case, Cause, Fix, derived_hash, parallel_compression};
use crate::model::{CauseId, Evidence, Kind, Role, Warrant};

/// By what made the file.
const FIXES: &[Fix] = &[
    Fix {
        formats: &["gzip"],
        names: &[],
        made_by: &[],
        fix: "pin the compressor, its level and its version: gzip -9n of one version; pigz and zlib-ng write other bytes",
    },
    Fix {
        formats: &["xz", "lzma"],
        names: &[],
        made_by: &[],
        fix: "pin xz's version, level and threads: xz -6 -T1, or a fixed --block-size",
    },
    Fix {
        formats: &["zstd"],
        names: &[],
        made_by: &[],
        fix: "pin zstd's version and level; --single-thread, or fixed -T and --rsyncable",
    },
    Fix {
        formats: &["zip"],
        names: &[],
        made_by: &[],
        fix: "pin the packer and its level: zip -9 of one version; jar and Python's zipfile use another deflate",
    },
    Fix {
        formats: &["png"],
        names: &[],
        made_by: &[],
        fix: "pin the version of libpng and zlib, and the compression level",
    },
];

/// Encoded streams that decode to the same bytes.
pub struct CompressionSettings;

impl Cause for CompressionSettings {
    fn id(&self) -> CauseId {
        "compression-settings"
    }
    fn group(&self) -> &'static str {
        "container"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The same bytes were compressed in another way.",
            why: "Level, version or implementation of the compressor differ, or its number of threads.",
            fix: "pin the compressor and its level (gzip -9n); pin its version through the build environment",
            references: &["https://reproducible-builds.org/docs/archives/"],
        }
    }
    fn fixes(&self) -> &'static [Fix] {
        FIXES
    }
    fn variations(&self) -> &'static [&'static str] {
        &["env"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role == Role::String && case.name().ends_with("/mediaType") {
            return media_type(case);
        }
        // RFC 1952, OS: set by the implementation; it says nothing where the stream is the same.
        let system = case.kind == Kind::Stream
            && case.name() == "operating system"
            && case.survey.places.around(case).is_some_and(|place| place.compression);
        ((case.role == Role::Compression || system) && case.both()).then(|| {
            Evidence::whole(case).by_if(Warrant::Structure, parallel_compression::alike(case) && !reader(case))
        })
    }
}

/// Whether a field says which decompressor the reader needs: not every kernel has all of them.
fn reader(case: &Case<'_>) -> bool {
    case.kind == Kind::Volume && case.name() == "superblock/compressor"
}

/// The media type of a blob whose digest stands beside it, and which is compressed as that says: only the compression differs.
fn media_type(case: &Case<'_>) -> Option<Evidence> {
    let split = |unit: &[u8]| {
        let text = std::str::from_utf8(unit).ok()?.to_owned();
        let (start, packed) = text.rsplit_once("tar")?;
        let magic: &[u8] = match packed {
            "+gzip" | ".gzip" => &[0x1f, 0x8b],
            "+zstd" | ".zstd" => &[0x28, 0xb5, 0x2f, 0xfd],
            "" => &[],
            _ => return None,
        };
        Some((start.to_owned(), magic))
    };
    let ((start, x), (other, y)) = split(&case.a.unit).zip(split(&case.b.unit))?;
    let packed = |blob: &[u8], magic: &[u8]| match magic {
        [] => !blob.starts_with(&[0x1f, 0x8b]) && !blob.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]),
        magic => blob.starts_with(magic),
    };
    let mut beside = derived_hash::beside(case);
    let agrees = start == other && beside.any(|blob| packed(&blob.a, x) && packed(&blob.b, y));
    agrees.then(|| Evidence::whole(case))
}
