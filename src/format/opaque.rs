//! Bytes of no known format.

use super::Format;
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};

/// The format that every byte string has.
pub struct Opaque;

impl Format for Opaque {
    fn id(&self) -> FormatId {
        "opaque"
    }
    fn kind(&self) -> Kind {
        Kind::Opaque
    }
    fn detect(&self, _bytes: &[u8]) -> bool {
        true
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Ok(whole(bytes))
    }
}

/// The bytes as one part.
pub fn whole(bytes: &Blob) -> Opened {
    let part = Part::field("", Span::new(0, bytes.len()), Role::Content, Value::Raw);
    Opened {
        format: "opaque",
        order: Order::Fixed,
        parts: vec![part],
    }
}
