//! The boot region of exFAT (Microsoft's "exFAT File System Specification", section 3); what lies behind it is compared as bytes.

use super::{
    Format,
    row::{derived, row},
    sections::Words,
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span};

/// An exFAT file system.
pub struct Exfat;

impl Format for Exfat {
    fn id(&self) -> FormatId {
        "exfat"
    }
    fn kind(&self) -> Kind {
        Kind::Volume
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.get(3..11) == Some(b"EXFAT   ")
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let sector = match Words::little(bytes).u8(108)? {
            shift @ 9..=12 => 1 << shift,
            shift => return Err(Malformed::at(108, "sectors of 512 to 4096 bytes", shift.to_string())),
        };
        // The region, and its copy.
        Ok(Opened {
            format: "exfat",
            order: Order::Fixed,
            parts: vec![
                region(bytes, "superblock", 0, sector)?,
                region(bytes, "superblock copy", 12 * sector, sector)?,
            ],
        })
    }
}

fn region(bytes: &Blob, name: &'static str, at: usize, sector: usize) -> Result<Part, Malformed> {
    use Role::{Identifier, Structure};
    let all = Words::little(bytes).slice(at, 12 * sector)?;
    let mut fields = row(
        at,
        false,
        &[
            ("jump and name", 11, Structure),
            ("reserved", 53, Structure),
            ("places", 36, Structure),
            ("volume id", 4, Identifier),
            ("revision and flags", 4, Structure),
            ("geometry", 12, Structure),
            ("boot code", 11 * sector - 120, Structure),
        ],
    );
    // Flags and the share in use change while it is mounted, and are left out.
    let summed = all[..11 * sector]
        .iter()
        .enumerate()
        .filter(|(nth, _)| !matches!(nth, 106 | 107 | 112));
    let sum = summed.fold(0u32, |sum, (_, &b)| sum.rotate_right(1).wrapping_add(b.into()));
    let right = all[11 * sector..].chunks_exact(4).all(|word| word == sum.to_le_bytes());
    fields.push(derived(
        "checksum",
        Span::at(at + 11 * sector, sector),
        Role::Checksum,
        right,
    ));
    Ok(Part::group(name, Span::at(at, 12 * sector), Order::Fixed, fields))
}
