//! Linux kernels for x86 (`Documentation/arch/x86/boot.rst`): the setup header, and the compressed kernel at its place.

use super::{
    Format,
    row::row,
    sections::{Words, inside},
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span};

/// A bzImage.
pub struct Bzimage;

impl Format for Bzimage {
    fn id(&self) -> FormatId {
        "bzimage"
    }
    fn kind(&self) -> Kind {
        Kind::Firmware
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        // Since protocol 2.08 the header says where the payload is.
        bytes.get(0x202..0x206) == Some(b"HdrS")
            && Words::little(bytes).u16(0x206).is_ok_and(|version| version >= 0x208)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let word = Words::little(bytes);
        let sectors = match word.position(0x1f1, 1)? {
            0 => 4,
            sectors => sectors,
        };
        let code = (sectors + 1) * 512;
        let start = word.position(0x248, 4)?.checked_add(code);
        let start = start.ok_or_else(|| Malformed::at(0x248, "a payload", "none"))?;
        let payload = inside(start, word.position(0x24c, 4)?, bytes.len())?;
        // All compressions but gzip have the decoded size behind them.
        let gzip = bytes.get(payload.start..payload.start + 2) == Some(&[0x1f, 0x8b]);
        let size = if gzip || payload.len() < 4 { 0 } else { 4 };
        let content = Span::new(payload.start, payload.end - size);
        let mut parts = row(
            0,
            false,
            &[
                ("boot sector", 0x1f1, Role::Content),
                ("setup header", 0x250 - 0x1f1, Role::Structure),
            ],
        );
        let version = word.position(0x20e, 2)? + 0x200;
        let text = bytes.get(version..code).filter(|_| version > 0x250).unwrap_or_default();
        if let Some(length) = memchr::memchr(0, text) {
            parts.extend(row(0x250, false, &[("setup", version - 0x250, Role::Code)]));
            parts.extend(row(
                version,
                false,
                &[
                    ("kernel version", length, Role::String),
                    ("more setup", code - version - length, Role::Code),
                ],
            ));
        } else if code > 0x250 {
            parts.extend(row(0x250, false, &[("setup", code - 0x250, Role::Code)]));
        }
        parts.extend(row(code, false, &[("decompressor", payload.start - code, Role::Code)]));
        parts.push(Part::stored("vmlinux", content));
        parts.extend(row(content.end, false, &[("decoded size", size, Role::Size)]));
        parts.retain(|part| !part.span.is_empty());
        Ok(Opened {
            format: "bzimage",
            order: Order::Fixed,
            parts,
        })
    }
}
