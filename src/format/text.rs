//! Plain text: ASCII, UTF-8, an 8-bit encoding, or UTF-16 with a byte order mark.

use super::Format;
use crate::model::{Blob, Content, Decode, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};

/// Text, one unit a line.
pub struct Text;

/// Bytes looked at to tell text from binary data.
const PROBE: usize = 64 * 1024;

impl Format for Text {
    fn id(&self) -> FormatId {
        "text"
    }
    fn kind(&self) -> Kind {
        Kind::Text
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        if little_endian(bytes).is_some() {
            return true;
        }
        let probe = &bytes[..bytes.len().min(PROBE)];
        let control = |b: &u8| (*b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b | 0x08)) || *b == 0x7f;
        // Info parts its nodes, and the names in its tables, by two of them.
        let info = probe.starts_with(b"This is ") && memchr::memmem::find(probe, b"\n\x1f\nFile: ").is_some();
        let apart = |b: &u8| info && matches!(b, 0x1f | 0x7f);
        if bytes.is_empty() || probe.iter().any(|b| control(b) && !apart(b)) {
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
        if let Some(little) = little_endian(bytes) {
            let mark = Part::field("byte order mark", Span::new(0, 2), Role::Structure, Value::Raw);
            let text = Part::wrapped(
                Span::new(2, bytes.len()),
                "",
                Content::Encoded(Box::new(Utf16 { little })),
            );
            return Ok(Opened {
                format: "text",
                order: Order::Fixed,
                parts: vec![mark, text],
            });
        }
        let role = if target(bytes) { Role::Link } else { Role::Text };
        let part = Part::field("", Span::new(0, bytes.len()), role, Value::Raw);
        Ok(Opened {
            format: "text",
            order: Order::Fixed,
            parts: vec![part],
        })
    }
}

/// Whether this is a path and nothing else, not even a line's end: what a symbolic link is in a zip or cpio archive, and in a checkout
/// where there are none (git's `core.symlinks=false`).
fn target(bytes: &[u8]) -> bool {
    let path = |b: &u8| !b.is_ascii_whitespace() && !b.is_ascii_control() && !b"\"'`=<>(){}[];,|&$*?".contains(b);
    let date = |b: &u8| b.is_ascii_digit() || *b == b'/';
    bytes.len() < 4096 && bytes.contains(&b'/') && bytes.iter().all(path) && !bytes.iter().all(date)
}

/// Whether bytes that begin with a byte order mark are little-endian UTF-16.
fn little_endian(bytes: &[u8]) -> Option<bool> {
    let little = match bytes.get(..2)? {
        [0xff, 0xfe] => true,
        [0xfe, 0xff] => false,
        _ => return None,
    };
    let probe = &bytes[2..bytes.len().min(PROBE)];
    let controls = units(probe, little).any(|unit| unit < 0x20 && !matches!(unit, 9 | 10 | 12 | 13));
    (bytes.len().is_multiple_of(2) && bytes.len() > 2 && !controls).then_some(little)
}

fn units(bytes: &[u8], little: bool) -> impl Iterator<Item = u16> + '_ {
    bytes.chunks_exact(2).map(move |pair| {
        let pair = [pair[0], pair[1]];
        if little {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        }
    })
}

/// UTF-16 to UTF-8. Refuses what has no UTF-8, so that two texts that differ never decode to the same.
#[derive(Debug)]
struct Utf16 {
    little: bool,
}

impl Decode for Utf16 {
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        if stored.len() as u64 > limit {
            return Err(Malformed::limit(format!("at most {limit} bytes of text")));
        }
        let text: Result<String, _> = char::decode_utf16(units(stored, self.little)).collect();
        let text = text.map_err(|_| Malformed::at(0, "UTF-16", "a surrogate by itself"))?;
        Ok(text.into_bytes().into())
    }
}
