//! Coverage of gcc (`gcov-io.h`, versions 8 and later): the notes of a compilation (`.gcno`), and what a run has counted (`.gcda`).

use super::{Format, listing::Reader, row::Fields};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};

/// Notes or counts.
pub struct Gcno;

/// What the two begin with, little-endian.
const NOTES: &[u8] = b"oncg";
const COUNTS: &[u8] = b"adcg";
/// Tags of records that hold strings.
const FUNCTION: u32 = 0x0100_0000;
const LINES: u32 = 0x0145_0000;

impl Format for Gcno {
    fn id(&self) -> FormatId {
        "gcno"
    }
    fn kind(&self) -> Kind {
        Kind::Data
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        (bytes.starts_with(NOTES) || bytes.starts_with(COUNTS)) && major(bytes).is_some()
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let version = major(bytes).ok_or_else(|| Malformed::at(4, "a version of gcc", "something else"))?;
        if version < 8 {
            return Err(Malformed::at(4, "gcc 8 or later", version.to_string()));
        }
        // Later ones count bytes, earlier ones words.
        let unit = if version < 12 { 4 } else { 1 };
        let mut fields = Fields::at(0);
        fields.put("magic", 4, Role::Structure, Value::Raw);
        fields.put("version", 4, Role::Version, Value::Raw);
        fields.put("stamp", 4, Role::Identifier, Value::Raw);
        if version >= 12 {
            fields.put("checksum", 4, Role::Checksum, Value::Raw);
        }
        let mut from = Reader::little(bytes).from(fields.at)?;
        let notes = bytes.starts_with(NOTES);
        if notes {
            string(&mut from, unit, "folder", &mut fields)?;
            from.u32()?;
            fields.put("has unexecuted blocks", 4, Role::Structure, Value::Word { big: false });
        }
        let mut count = 0;
        // What is shorter than a record is compared as a gap.
        while bytes.len() - from.at >= 8 {
            let start = from.at;
            let (tag, length) = (from.u32()?, from.place()?);
            // Counters that are all zero are not there; their length is then negative.
            let absent = !notes && length > i32::MAX as usize;
            let length = if absent { 0 } else { length.saturating_mul(unit) };
            let body = from.at;
            from.take(length)?;
            let size = match absent {
                true => Value::Word { big: false },
                false => Value::Derived { valid: true },
            };
            let span = Span::new(start, from.at);
            let mut inner = Fields::at(start);
            inner.put("tag", 4, Role::Structure, Value::Word { big: false });
            inner.put("length", 4, Role::Size, size);
            let inside = |at| Reader::little(bytes).from(at);
            match tag {
                FUNCTION if notes => function(&mut inside(body)?, unit, &mut inner)?,
                LINES if notes => lines(&mut inside(body)?, unit, from.at, &mut inner)?,
                _ => {}
            }
            if inner.at > from.at {
                return Err(Malformed::at(start, "a record that holds its strings", "a shorter one"));
            }
            inner.put("content", from.at - inner.at, Role::Content, Value::Raw);
            count += 1;
            fields
                .parts
                .push(Part::group(format!("record {count}"), span, Order::Fixed, inner.parts));
            fields.at = from.at;
        }
        Ok(Opened {
            format: "gcno",
            order: Order::Fixed,
            parts: fields.parts,
        })
    }
}

/// The major version of the gcc that wrote a file: a letter for the tens, a digit, one of the minor version, and its state.
fn major(bytes: &[u8]) -> Option<u32> {
    let version = bytes.get(4..8)?;
    let (tens, ones) = (version[3].checked_sub(b'A')?, version[2].checked_sub(b'0')?);
    let sound = tens < 10 && ones < 10 && version[1].is_ascii_alphanumeric() && version[0].is_ascii_graphic();
    sound.then_some(u32::from(tens) * 10 + u32::from(ones))
}

/// A counted string with the NUL behind it, and perhaps further ones to the end of a word.
fn string(from: &mut Reader<'_>, unit: usize, name: &'static str, fields: &mut Fields) -> Result<usize, Malformed> {
    let length = from.place()?.saturating_mul(unit);
    from.take(length)?;
    fields.put("length", 4, Role::Size, Value::Derived { valid: true });
    fields.put(name, length, Role::String, Value::Raw);
    Ok(length)
}

fn function(from: &mut Reader<'_>, unit: usize, fields: &mut Fields) -> Result<(), Malformed> {
    for name in ["identifier", "checksum of lines", "checksum of the graph"] {
        from.u32()?;
        fields.put(name, 4, Role::Content, Value::Raw);
    }
    string(from, unit, "name", fields)?;
    from.u32()?;
    fields.put("artificial", 4, Role::Structure, Value::Word { big: false });
    string(from, unit, "source", fields)?;
    Ok(())
}

/// The lines of a block: numbers, and behind a zero the name of a file; the name that is empty ends them.
fn lines(from: &mut Reader<'_>, unit: usize, end: usize, fields: &mut Fields) -> Result<(), Malformed> {
    from.u32()?;
    fields.put("block", 4, Role::Content, Value::Raw);
    while from.at + 8 <= end {
        let line = from.u32()?;
        fields.put("line", 4, Role::Content, Value::Raw);
        if line == 0 && string(from, unit, "source", fields)? == 0 {
            break;
        }
    }
    Ok(())
}
