//! Debian binary packages, deb(5): an ar archive whose first member is `debian-binary`.

use super::{Format, ar};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened};

/// A .deb or .udeb package.
pub struct Deb;

/// The suffixes of deb(5), and how what they stand for begins. Without one it is a tar archive.
const SUFFIXES: [(&str, usize, &[u8]); 6] = [
    ("", 257, b"ustar"),
    (".gz", 0, &[0x1f, 0x8b, 8]),
    (".xz", 0, b"\xfd7zXZ\0"),
    (".zst", 0, &[0x28, 0xb5, 0x2f, 0xfd]),
    (".bz2", 0, b"BZh"),
    (".lzma", 0, &[0x5d, 0, 0]),
];

impl Format for Deb {
    fn id(&self) -> FormatId {
        "deb"
    }
    fn kind(&self) -> Kind {
        Kind::Package
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        ar::first_name(bytes) == Some(b"debian-binary")
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        ar::open_package("deb", bytes, stem)
    }
}

/// The two archives are found under any of their suffixes, which must only tell the truth.
fn stem(name: &str, content: &[u8]) -> Option<usize> {
    let stem = ["control.tar", "data.tar"]
        .into_iter()
        .find(|stem| name.starts_with(stem))?;
    let (_, at, magic) = SUFFIXES.iter().find(|(suffix, ..)| *suffix == &name[stem.len()..])?;
    content
        .get(*at..)
        .is_some_and(|rest| rest.starts_with(magic))
        .then_some(stem.len())
}
