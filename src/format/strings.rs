//! Strings that each end in a NUL byte, and nothing else: a decompressed `.debug_str`, `/proc/PID/environ`, the output of `find -print0`.

use super::Format;
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};

/// NUL-terminated strings.
pub struct Strings;

impl Format for Strings {
    fn id(&self) -> FormatId {
        "strings"
    }
    fn kind(&self) -> Kind {
        Kind::Data
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        let text = |b: &u8| *b >= 0x20 && *b != 0x7f || matches!(b, 0 | b'\t' | b'\n' | b'\r');
        // All NUL is padding; a string has more than one character.
        bytes.ends_with(b"\0") && bytes.iter().all(text) && bytes.windows(2).any(|pair| !pair.contains(&0))
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Ok(Opened {
            format: self.id(),
            order: Order::Fixed,
            parts: vec![Part::field("", Span::new(0, bytes.len()), Role::Data, Value::Raw)],
        })
    }
}
