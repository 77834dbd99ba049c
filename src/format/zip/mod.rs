//! zip and its kin (jar, wheel, apk, OOXML): PKWARE's APPNOTE 6.3.10, read from the end of central directory record.

mod central;
mod extra;
mod local;

use super::{
    Format,
    names::{self, Listed},
};
use crate::{
    model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Seal, Span, Value},
    notation::calendar::{DAY, days},
};
use central::End;
use std::sync::Arc;

/// A zip archive.
pub struct Zip;

const LOCAL: u32 = 0x0403_4b50;

impl Format for Zip {
    fn id(&self) -> FormatId {
        "zip"
    }
    fn kind(&self) -> Kind {
        Kind::Archive
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        // With bytes before the archive, the end record must close the file and its directory must lie right before it.
        le32(bytes, 0) == Some(LOCAL) || central::plain_end(bytes).is_some()
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let end = End::find(bytes)?;
        let entries: Arc<[Entry]> = central::entries(bytes, &end)?.into();
        let order = names::order(entries.iter().map(|entry| entry.listed(bytes)));
        let locals = local::parts(bytes, &end, &entries)?;
        let mut parts = Vec::new();
        if let (Some(first), Some(last)) = (locals.first(), locals.last()) {
            // Without a name of its own, so that a member's address is its name.
            let span = Span::new(first.span.start, last.span.end);
            parts.push(Part::group("", span, order, locals));
        }
        let behind = parts.last().map_or(0, |part: &Part| part.span.end);
        parts.extend(signing_block(bytes, behind, end.directory.start));
        parts.push(Part::group(
            "central directory",
            end.directory,
            order,
            central::parts(bytes, &entries, &end),
        ));
        parts.extend(end.parts(bytes, entries.len()));
        Ok(Opened {
            format: "zip",
            order: Order::Fixed,
            parts,
        })
    }
}

/// One entry, as the central directory tells it (spans are of the container).
#[derive(Debug)]
struct Entry {
    /// The record in the central directory.
    record: Span,
    name: Span,
    extra: Span,
    comment: Span,
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    /// Of the local header, from the start of the file.
    offset: usize,
    /// The data decodes to what the fields say.
    seal: Seal,
}

impl Entry {
    /// Sizes and CRC stand behind the data, in a descriptor.
    fn streamed(&self) -> bool {
        self.flags & 8 != 0
    }
    /// What its place means; whether it is a link stands in the attributes (see `central`).
    fn listed(&self, bytes: &[u8]) -> Listed {
        let name = self.label(bytes);
        let unix = le16(bytes, self.record.start + 4).is_some_and(|by| by >> 8 == 3);
        let mode = le32(bytes, self.record.start + 38).map_or(0, |attributes| attributes >> 16);
        match unix && mode & 0o170_000 == 0o120_000 {
            true => Listed::Link(name),
            false => Listed::Plain(name),
        }
    }
    fn label(&self, bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes.get(self.name.start..self.name.end).unwrap_or_default()).into_owned()
    }
}

/// The APK signing block (Android, signature schemes 2 and up): size, pairs, size again, magic; right before the central directory.
fn signing_block(bytes: &[u8], from: usize, to: usize) -> Option<Part> {
    let magic = to.checked_sub(16).and_then(|at| bytes.get(at..to))?;
    let size = usize::try_from(le64(bytes, to.checked_sub(24)?)?).ok()?;
    let start = to.checked_sub(size)?.checked_sub(8)?;
    (magic == b"APK Sig Block 42" && start >= from && le64(bytes, start)? == size as u64)
        .then(|| Part::field("signing block", Span::new(start, to), Role::Signature, Value::Raw))
}

fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|chunk| u16::from_le_bytes(*chunk))
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|chunk| u32::from_le_bytes(*chunk))
}

fn le64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|chunk| u64::from_le_bytes(*chunk))
}

/// Appends fields one behind the other.
struct Fields {
    parts: Vec<Part>,
    at: usize,
}

impl Fields {
    fn at(at: usize) -> Self {
        Self { parts: Vec::new(), at }
    }
    /// The next `length` bytes; none, no field.
    fn put(&mut self, name: impl Into<std::borrow::Cow<'static, str>>, length: usize, role: Role, value: Value) {
        if length > 0 {
            self.parts
                .push(Part::field(name, Span::at(self.at, length), role, value));
            self.at += length;
        }
    }
    fn derived(&mut self, name: &'static str, length: usize, role: Role, valid: bool) {
        self.put(name, length, role, Value::Derived { valid });
    }
    /// The two bytes of general purpose flags, and two of method: what only tells how it was compressed is not structure.
    fn flags_and_method(&mut self, flags: u16) {
        let settings = flags & 0xf9 == 0;
        let role = if settings { Role::Compression } else { Role::Structure };
        self.put("compression flags", 1, role, Value::Raw);
        self.put("flags", 1, Role::Structure, Value::Raw);
        self.put("method", 2, Role::Compression, Value::Raw);
    }
    /// Time and date, local and in steps of two seconds (APPNOTE 4.4.6).
    fn dos_time(&mut self, bytes: &[u8]) {
        let value = match (le16(bytes, self.at), le16(bytes, self.at + 2)) {
            (Some(time), Some(date)) => dos(time, date),
            _ => Value::Raw,
        };
        self.put("mtime", 4, Role::Timestamp, value);
    }
}

/// A DOS date and time as seconds, taken as if it were UTC; raw when it is no date.
fn dos(time: u16, date: u16) -> Value {
    let (year, month, day) = (
        1980 + i64::from(date >> 9),
        i64::from(date >> 5 & 15),
        i64::from(date & 31),
    );
    let (hour, minute, second) = (
        i64::from(time >> 11),
        i64::from(time >> 5 & 63),
        i64::from(time & 31) * 2,
    );
    if date == 0 && time == 0 {
        return Value::Time {
            seconds: 0,
            local: true,
        };
    }
    if !(1..=12).contains(&month) || day == 0 || hour > 23 || minute > 59 || second > 59 {
        return Value::Raw;
    }
    Value::Time {
        seconds: days(year, month, day) * DAY + hour * 3600 + minute * 60 + second,
        local: true,
    }
}
