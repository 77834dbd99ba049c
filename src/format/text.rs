//! Plain text: ASCII, UTF-8 or an 8-bit encoding.

use super::Format;
use crate::model::{Blob, FormatId, Malformed, Opened, Order, Part, Role, Span, Value};

/// Text, one unit a line.
pub struct Text;

/// Bytes looked at to tell text from binary data.
const PROBE: usize = 64 * 1024;

impl Format for Text {
    fn id(&self) -> FormatId {
        "text"
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        let probe = &bytes[..bytes.len().min(PROBE)];
        let control = |b: &u8| (*b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b | 0x08)) || *b == 0x7f;
        if bytes.is_empty() || probe.iter().any(control) {
            return false;
        }
        // Valid UTF-8, or an 8-bit text: mostly ASCII, and no C1 control characters.
        let valid = match std::str::from_utf8(probe) {
            Ok(_) => true,
            Err(error) => error.error_len().is_none() && probe.len() == PROBE,
        };
        let high = probe.iter().filter(|&&b| b >= 0x80).count();
        valid || (high * 4 < probe.len() && !probe.iter().any(|b| (0x80..0xa0).contains(b)))
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let part = Part::field("", Span::new(0, bytes.len()), Role::Text, Value::Raw);
        Ok(Opened {
            format: "text",
            order: Order::Fixed,
            parts: vec![part],
        })
    }
}
