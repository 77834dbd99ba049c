//! The journal of ext3 and ext4 (Linux, `Documentation/filesystems/ext4/journal.rst`): its superblock; the rest is compared as bytes.

use super::Format;
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};

/// A journal.
pub struct Jbd2;

impl Format for Jbd2 {
    fn id(&self) -> FormatId {
        "jbd2"
    }
    fn kind(&self) -> Kind {
        Kind::Volume
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(b"\xc0\x3b\x39\x98\0\0\0") && matches!(bytes.get(7), Some(3 | 4)) && bytes.len() >= 1024
    }
    fn open(&self, _bytes: &Blob) -> Result<Opened, Malformed> {
        let field = |name, from, to, role| Part::field(name, Span::new(from, to), role, Value::Raw);
        let superblock = vec![
            field("geometry", 0, 48, Role::Structure),
            field("UUID", 48, 64, Role::Identifier),
            field("users", 64, 1024, Role::Structure),
        ];
        Ok(Opened {
            format: "jbd2",
            order: Order::Fixed,
            parts: vec![Part::group("superblock", Span::new(0, 1024), Order::Fixed, superblock)],
        })
    }
}
