//! Encoded values, arrays and annotations.

use super::{
    super::listing::{Hex, Reader},
    BEHIND,
    numbers::uleb,
    tables::Dex,
};
use crate::model::Malformed;

/// Values inside each other.
const DEPTH: usize = 32;
/// Bytes of one value, written out.
const LONGEST: usize = 1 << 22;

/// A value that is written out.
pub(super) struct Text<'d, 'b> {
    dex: &'d Dex<'b>,
    pub(super) text: String,
}

/// An array at a place of the file.
pub(super) fn array_at(dex: &Dex<'_>, place: usize, of: &str) -> Result<String, Malformed> {
    let mut from = dex.at(place)?;
    let mut text = Text::new(dex);
    text.array(&mut from, 0)?;
    dex.layout
        .note(format!("values of {of}"), place, from.at + BEHIND, false);
    Ok(text.text)
}

impl<'d, 'b> Text<'d, 'b> {
    pub(super) fn new(dex: &'d Dex<'b>) -> Self {
        Self {
            dex,
            text: String::new(),
        }
    }

    fn put(&mut self, text: &str) -> Result<(), Malformed> {
        self.text.push_str(text);
        match self.text.len() <= LONGEST {
            true => Ok(()),
            false => Err(Malformed::limit(format!("a value of at most {LONGEST} bytes in words"))),
        }
    }

    fn array(&mut self, from: &mut Reader<'_>, depth: usize) -> Result<(), Malformed> {
        let count = uleb(from)?;
        self.put("{")?;
        for item in 0..count {
            self.put(if item > 0 { ", " } else { "" })?;
            self.value(from, depth + 1)?;
        }
        self.put("}")
    }

    /// A type, and elements by name.
    pub(super) fn annotation(&mut self, from: &mut Reader<'_>, depth: usize) -> Result<(), Malformed> {
        let kind = self.dex.kind(uleb(from)? as usize)?;
        self.put(&format!("@{kind}("))?;
        for item in 0..uleb(from)? {
            let name = self.dex.string(uleb(from)? as usize)?;
            self.put(&format!("{}{name} = ", if item > 0 { ", " } else { "" }))?;
            self.value(from, depth + 1)?;
        }
        self.put(")")
    }

    fn value(&mut self, from: &mut Reader<'_>, depth: usize) -> Result<(), Malformed> {
        if depth > DEPTH {
            return Err(Malformed::limit(format!("at most {DEPTH} values inside each other")));
        }
        let at = from.at;
        let head = from.u8()?;
        let (more, kind) = (usize::from(head >> 5), head & 0x1f);
        if !matches!(kind, 0x1c..=0x1f) {
            let bytes = from.take(more + 1)?;
            let text = self.simple(kind, bytes)?;
            return self.put(&text);
        }
        match (kind, more) {
            (0x1c, 0) => self.array(from, depth),
            (0x1d, 0) => self.annotation(from, depth),
            (0x1e, 0) => self.put("null"),
            (0x1f, 0 | 1) => self.put(if more == 1 { "true" } else { "false" }),
            _ => Err(Malformed::at(at, "a value", format!("{head:#04x}"))),
        }
    }

    /// A number, or an index; with the bytes that it takes where they are more than it needs.
    fn simple(&self, kind: u8, bytes: &[u8]) -> Result<String, Malformed> {
        let number = bytes.iter().rev().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
        let signed = (number << (64 - 8 * bytes.len())).cast_signed() >> (64 - 8 * bytes.len());
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        let dex = self.dex;
        let text = match kind {
            0x00 => format!("byte {signed}"),
            0x02 => format!("short {signed}"),
            0x03 => format!("char {number}"),
            0x04 => format!("int {signed}"),
            0x06 => format!("long {signed}"),
            // Zeros behind the bytes are left out.
            0x10 | 0x11 => format!("float {kind} {}", Hex(bytes)),
            0x15 => format!("method-type {}", dex.proto(index)?),
            0x16 => format!("method-handle {number}"),
            0x17 => format!("string {}", dex.text(index)?),
            0x18 => format!("type {}", dex.kind(index)?),
            0x19 => format!("field {}", dex.field(index)?),
            0x1a => format!("method {}", dex.method(index)?),
            0x1b => format!("enum {}", dex.field(index)?),
            _ => return Err(Malformed::at(0, "a kind of value", kind.to_string())),
        };
        let short = match kind {
            0x00 | 0x02 | 0x04 | 0x06 => {
                bytes.len() == 1 || {
                    let bits = 64 - 8 * (bytes.len() - 1);
                    (number << bits).cast_signed() >> bits != signed
                }
            }
            0x10 | 0x11 => true,
            _ => bytes.len() == 1 || bytes.last() != Some(&0),
        };
        Ok(if short {
            text
        } else {
            format!("{text} in {} bytes", bytes.len())
        })
    }
}
