//! zip and its kin (jar, wheel, apk, OOXML): PKWARE's APPNOTE 6.3.10, read from the end of central directory record.

mod central;
mod extra;
mod jarsigned;
mod local;
mod signing;

use super::{
    Format,
    checked::Method,
    names::{self, Listed},
    row::Fields,
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
        let order = names::order(
            entries
                .iter()
                .enumerate()
                .map(|(index, entry)| entry.listed(bytes, index, &entries)),
        );
        let signing = jarsigned::find(bytes, &entries).unwrap_or_default();
        let locals = local::parts(bytes, &end, &entries, &signing)?;
        let mut parts = Vec::new();
        if let (Some(first), Some(last)) = (locals.first(), locals.last()) {
            // Without a name of its own, so that a member's address is its name.
            let span = Span::new(first.span.start, last.span.end);
            parts.push(Part::group("", span, order, locals));
        }
        let behind = parts.last().map_or(0, |part: &Part| part.span.end);
        parts.extend(signing::block(bytes, behind, end.directory.start));
        parts.push(Part::group(
            "central directory",
            end.directory,
            order,
            central::parts(bytes, &entries, &end, &signing),
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
    /// No other entry is extracted to the same path: which of them is it depends on their order and offsets.
    alone: bool,
}

impl Entry {
    /// Sizes and CRC stand behind the data, in a descriptor.
    fn streamed(&self) -> bool {
        self.flags & 8 != 0
    }
    /// What its place means: some members are looked for at the beginning only, and a second name in an extra field may be the one that counts.
    fn listed(&self, bytes: &[u8], index: usize, all: &[Entry]) -> Listed {
        let name = self.label(bytes);
        let renamed = |span: Span| {
            bytes
                .get(span.start..span.end)
                .is_some_and(|extra| memchr::memmem::find(extra, &[0x75, 0x70]).is_some())
        };
        let local = le16(bytes, self.offset + 26).zip(le16(bytes, self.offset + 28));
        let local = local.map(|(name, extra)| Span::at(self.offset + 30 + usize::from(name), usize::from(extra)));
        if renamed(self.extra) || local.is_some_and(renamed) {
            return Listed::Bound;
        }
        let lower = name.to_ascii_lowercase();
        let first = matches!(
            lower.as_str(),
            "mimetype" | "meta-inf/" | "meta-inf/manifest.mf" | "[content_types].xml"
        );
        let folder = all
            .first()
            .is_some_and(|first| first.label(bytes).eq_ignore_ascii_case("META-INF/"));
        // A reader of a stream knows the signer only of what stands behind these.
        let signature = lower.strip_prefix("meta-inf/").is_some_and(|name| {
            name.starts_with("sig-") || [".sf", ".rsa", ".dsa", ".ec"].iter().any(|end| name.ends_with(end))
        });
        if signature {
            return Listed::Bound;
        }
        let late = index > usize::from(lower == "meta-inf/manifest.mf" && folder);
        match self.mode(bytes) & 0o170_000 == 0o120_000 {
            _ if first && late => Listed::Bound,
            true => Listed::Link(name),
            false => Listed::Plain(name),
        }
    }
    /// Type and permission bits of Unix, whatever system is said to have made the entry.
    fn mode(&self, bytes: &[u8]) -> u32 {
        le32(bytes, self.record.start + 38).map_or(0, |attributes| attributes >> 16)
    }
    /// The data can be decoded here, and both headers say how: only then the method is a choice of the packer that changes nothing.
    fn method(&self, bytes: &[u8]) -> Option<Method> {
        let (flags, method) = (le16(bytes, self.offset + 6)?, le16(bytes, self.offset + 8)?);
        let encrypted = (self.flags | flags) & 1 != 0;
        match method {
            _ if encrypted || method != self.method => None,
            0 => Some(Method::Stored),
            8 => Some(Method::Deflate),
            _ => None,
        }
    }
    /// The role of a field that tells how the data are packed, as long as `holds`.
    fn packing(holds: bool) -> Role {
        if holds { Role::Compression } else { Role::Structure }
    }
    /// Both headers ask for the same version of the format, one that exists (APPNOTE 4.4.3.2).
    fn version_needed(&self, bytes: &[u8]) -> Role {
        let (central, local) = (le16(bytes, self.record.start + 6), le16(bytes, self.offset + 4));
        Self::packing(central == local && central.is_some_and(|version| version <= 63))
    }
    fn label(&self, bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes.get(self.name.start..self.name.end).unwrap_or_default()).into_owned()
    }
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

impl Fields {
    /// The two bytes of general purpose flags, and two of method: what only tells how it was compressed is not structure.
    fn flags_and_method(&mut self, bytes: &[u8], entry: &Entry) {
        let alike = le16(bytes, entry.offset + 6) == Some(entry.flags);
        let flags = Entry::packing(alike && entry.flags & 0xf9 == 0);
        self.put("compression flags", 1, flags, Value::Raw);
        self.put("flags", 1, Role::Structure, Value::Raw);
        // An entry without data has no method that could be seen to be right.
        let method = entry.method(bytes).filter(|_| entry.packed > 0);
        self.put("method", 2, Entry::packing(method.is_some()), Value::Raw);
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
pub(super) fn dos(time: u16, date: u16) -> Value {
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
