//! U-Boot's legacy images (`include/image.h`): a header with a time and two checksums, and the payload.

use super::{
    Format,
    row::{derived, row},
    sections::{inside, time},
    volume::Endian,
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span};

/// A U-Boot image.
pub struct Uimage;

const HEADER: usize = 64;

impl Format for Uimage {
    fn id(&self) -> FormatId {
        "uimage"
    }
    fn kind(&self) -> Kind {
        Kind::Firmware
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(b"\x27\x05\x19\x56") && bytes.len() >= HEADER
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let word = Endian::big(bytes);
        let payload = inside(HEADER, word.at::<4>(12)?, bytes.len())?;
        let mut header = word.slice(0, HEADER)?.to_vec();
        header[4..8].fill(0);
        let sum = |bytes: &[u8]| u64::from(crc32fast::hash(bytes));
        let data = bytes.slice(payload);
        let mut parts = row(0, true, &[("magic", 4, Role::Structure)]);
        let right = sum(&header) == word.u32(4)?;
        parts.push(derived("header crc", Span::at(4, 4), Role::Checksum, right));
        parts.push(time("time", 8, word.u32(8)?));
        parts.push(derived("size", Span::at(12, 4), Role::Size, true));
        parts.extend(row(
            16,
            true,
            &[
                ("load address", 4, Role::Structure),
                ("entry point", 4, Role::Structure),
            ],
        ));
        let right = sum(&data) == word.u32(24)?;
        parts.push(derived("data crc", Span::at(24, 4), Role::Checksum, right));
        parts.extend(row(
            28,
            true,
            &[
                ("system", 1, Role::Structure),
                ("architecture", 1, Role::Structure),
                ("type", 1, Role::Structure),
                ("compression", 1, Role::Structure),
                ("name", 32, Role::String),
            ],
        ));
        parts.push(Part::stored("payload", payload));
        Ok(Opened {
            format: "uimage",
            order: Order::Fixed,
            parts,
        })
    }
}
