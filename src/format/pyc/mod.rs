//! Compiled Python 3.7 to 3.14 (PEP 552): a header, and the module's code as the `marshal` module writes it.

mod marshal;

use super::Format;
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};

/// A `.pyc` file.
pub struct Pyc;

const HEADER: usize = 16;

/// A little-endian word of the header.
fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The magic number of an interpreter (`Lib/importlib/_bootstrap_external.py`), which CR and LF follow.
fn magic(bytes: &[u8]) -> Option<u32> {
    let magic = word(bytes, 0)?;
    let number = magic & 0xffff;
    (magic >> 16 == 0x0a0d && (3390..3700).contains(&number)).then_some(number)
}

impl Format for Pyc {
    fn id(&self) -> FormatId {
        "pyc"
    }
    fn kind(&self) -> Kind {
        Kind::Bytecode
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.len() > HEADER && magic(bytes).is_some() && matches!(word(bytes, 4), Some(0 | 1 | 3))
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let short = || Malformed::truncated(bytes.len(), "a header of 16 bytes");
        let (magic, flags) = magic(bytes).zip(word(bytes, 4)).ok_or_else(short)?;
        let (time, size) = word(bytes, 8).zip(word(bytes, 12)).ok_or_else(short)?;
        let mut parts = vec![
            // No version that could be set aside: the code is written for this interpreter and no other.
            Part::field("magic", Span::at(0, 4), Role::Structure, Value::Raw),
            Part::field("flags", Span::at(4, 4), Role::Structure, Value::Raw),
        ];
        if flags == 0 {
            let time = Value::Time {
                seconds: i64::from(time),
                local: false,
            };
            parts.push(Part::field("mtime", Span::at(8, 4), Role::Timestamp, time));
            // Of the source, which is not at hand: another size is another source.
            let size = Value::Number(u64::from(size));
            parts.push(Part::field("source size", Span::at(12, 4), Role::Size, size));
        } else {
            let unknown = Value::Derived { valid: false };
            parts.push(Part::field("source hash", Span::at(8, 8), Role::Checksum, unknown));
        }
        let code = Span::new(HEADER, bytes.len());
        parts.push(Part::lazy("code", code, Order::Fixed, move |bytes| {
            marshal::parts(bytes, code, magic)
        }));
        Ok(Opened {
            format: "pyc",
            order: Order::Fixed,
            parts,
        })
    }
}
