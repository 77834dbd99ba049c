//! Alpine packages (apk-tools, version 2 of their format; `apk-package(5)`): gzip streams behind each other, each with a piece of a tar
//! archive: signatures, what the package says of itself, and its files. Every stream is a member, for digests speak of them one by one.

use super::{Format, gzip};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part};
use std::io::Read;

/// An .apk of Alpine Linux.
pub struct Alpine;

/// What stands first in the archive.
const FIRST: [&[u8]; 2] = [b".SIGN.", b".PKGINFO\0"];

impl Format for Alpine {
    fn id(&self) -> FormatId {
        "alpine"
    }
    fn kind(&self) -> Kind {
        Kind::Package
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(&gzip::MAGIC)
            && begins(bytes).is_some_and(|name| FIRST.iter().any(|first| name.starts_with(first)))
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let streams = gzip::members(bytes);
        let signed = begins(bytes).is_some_and(|name| name.starts_with(FIRST[0]));
        let names: &[&str] = match (signed, streams.len()) {
            (true, 3) => &["signature.tar.gz", "control.tar.gz", "data.tar.gz"],
            (false, 2) => &["control.tar.gz", "data.tar.gz"],
            (_, count) => {
                return Err(Malformed::at(
                    0,
                    "two streams, or three with a signature",
                    count.to_string(),
                ));
            }
        };
        let parts = names.iter().zip(streams);
        let parts = parts.map(|(name, span)| Part::stored(*name, span).hinted("gzip"));
        Ok(Opened {
            format: "alpine",
            order: Order::Fixed,
            parts: parts.collect(),
        })
    }
}

/// The name that the first stream's archive begins with.
fn begins(bytes: &[u8]) -> Option<[u8; 9]> {
    let mut name = [0; 9];
    let mut decoder = flate2::bufread::GzDecoder::new(bytes);
    decoder.read_exact(&mut name).ok().map(|()| name)
}
