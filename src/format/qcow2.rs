//! The header of qcow2 disk images (QEMU, `docs/interop/qcow2.rst`), versions 2 and 3; the clusters behind it are compared as bytes.

use super::{Format, row::row};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span};

/// A disk image of QEMU.
pub struct Qcow2;

impl Format for Qcow2 {
    fn id(&self) -> FormatId {
        "qcow2"
    }
    fn kind(&self) -> Kind {
        Kind::Volume
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        matches!(bytes.first_chunk(), Some(b"QFI\xfb\0\0\0\x02" | b"QFI\xfb\0\0\0\x03"))
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        use Role::Structure;
        let mut fields = row(
            0,
            true,
            &[
                ("magic", 4, Structure),
                ("version", 4, Structure),
                ("backing file at", 8, Structure),
                ("backing file length", 4, Structure),
                ("cluster bits", 4, Structure),
                ("size", 8, Structure),
                ("encryption", 4, Structure),
                ("L1 entries", 4, Structure),
                ("L1 table at", 8, Structure),
                ("reference counts at", 8, Structure),
                ("reference count clusters", 4, Structure),
                ("snapshots", 4, Structure),
                ("snapshots at", 8, Structure),
            ],
        );
        if bytes[7] == 3 {
            fields.extend(row(
                72,
                true,
                &[
                    ("incompatible features", 8, Structure),
                    ("compatible features", 8, Structure),
                    ("features to clear", 8, Structure),
                    ("reference count order", 4, Structure),
                    ("header length", 4, Structure),
                ],
            ));
        }
        let end = fields.last().map_or(0, |field| field.span.end);
        if end > bytes.len() {
            return Err(Malformed::truncated(bytes.len(), "a header"));
        }
        Ok(Opened {
            format: "qcow2",
            order: Order::Fixed,
            parts: vec![Part::group("header", Span::new(0, end), Order::Fixed, fields)],
        })
    }
}
