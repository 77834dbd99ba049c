//! The central directory (APPNOTE 4.3.12) and the records that end the archive (4.3.14 to 4.3.16).

use super::{Entry, Fields, LOCAL, extra, jarsigned::Signing, le16, le32, le64};
use crate::model::{Blob, Malformed, Order, Part, Role, Seal, Span, Value};
use std::{collections::BTreeMap, sync::Arc};

const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END64: u32 = 0x0606_4b50;
const LOCATOR: u32 = 0x0706_4b50;
/// What a 32-bit field holds when zip64 has the number.
const BIG: u64 = 0xffff_ffff;

/// Where the archive ends, and what its end says.
#[derive(Debug)]
pub(super) struct End {
    /// The end record, with its comment.
    record: Span,
    /// The zip64 end record.
    record64: Option<Span>,
    /// The zip64 locator.
    locator: Option<Span>,
    /// The central directory.
    pub(super) directory: Span,
    /// What offsets count from: the length of what was put before the archive without rewriting them.
    pub(super) base: usize,
    entries: u64,
}

/// The end record that closes the file, when a directory lies right before it.
pub(super) fn plain_end(bytes: &[u8]) -> Option<usize> {
    let at = end_record(bytes).filter(|&at| at + 22 + usize::from(le16(bytes, at + 20).unwrap_or(0)) == bytes.len())?;
    let size = usize::try_from(le32(bytes, at + 12)?).ok()?;
    (le32(bytes, at.checked_sub(size)?) == Some(CENTRAL)).then_some(at)
}

/// The last end record: one whose comment closes the file before one that only fits.
fn end_record(bytes: &[u8]) -> Option<usize> {
    let from = bytes.len().saturating_sub(22 + 0xffff);
    let mut fits = None;
    for at in memchr::memmem::rfind_iter(&bytes[from..], &END.to_le_bytes()).map(|at| at + from) {
        let Some(comment) = le16(bytes, at + 20) else { continue };
        match (at + 22 + usize::from(comment)).cmp(&bytes.len()) {
            std::cmp::Ordering::Equal => return Some(at),
            std::cmp::Ordering::Less => fits = fits.or(Some(at)),
            std::cmp::Ordering::Greater => {}
        }
    }
    fits
}

impl End {
    pub(super) fn find(bytes: &Blob) -> Result<Self, Malformed> {
        let at =
            end_record(bytes).ok_or_else(|| Malformed::truncated(bytes.len(), "an end of central directory record"))?;
        let cut = || Malformed::truncated(bytes.len(), "an end record of 22 bytes");
        let comment = le16(bytes, at + 20).ok_or_else(cut)?;
        let mut end = End {
            record: Span::at(at, 22 + usize::from(comment)),
            record64: None,
            locator: None,
            directory: Span::default(),
            base: 0,
            entries: le16(bytes, at + 10).ok_or_else(cut)?.into(),
        };
        let mut size = u64::from(le32(bytes, at + 12).ok_or_else(cut)?);
        let mut offset = u64::from(le32(bytes, at + 16).ok_or_else(cut)?);
        let mut limit = at;
        if let Some(locator) = at.checked_sub(20).filter(|&l| le32(bytes, l) == Some(LOCATOR)) {
            let record = record64(bytes, locator)?;
            end.locator = Some(Span::at(locator, 20));
            let number = |at: usize| le64(bytes, record.start + at).ok_or_else(cut);
            (end.entries, size, offset) = (number(32)?, number(40)?, number(48)?);
            limit = record.start;
            end.record64 = Some(record);
        }
        let span = |start: Option<usize>| {
            let span = Span::at(start?, usize::try_from(size).ok()?);
            (span.end <= limit && (size == 0 || le32(bytes, span.start) == Some(CENTRAL))).then_some(span)
        };
        let told = usize::try_from(offset).ok();
        // Where the offset says; else right before the end, with other bytes put before the archive.
        let before = usize::try_from(size).ok().and_then(|size| limit.checked_sub(size));
        end.directory = span(told)
            .or_else(|| span(before))
            .ok_or_else(|| Malformed::at(at + 16, "the offset of a central directory", format!("{offset}")))?;
        end.base = told
            .and_then(|told| end.directory.start.checked_sub(told))
            .ok_or_else(|| Malformed::at(at + 16, "an offset before the end", format!("{offset}")))?;
        Ok(end)
    }

    /// Parts of the records behind the central directory.
    pub(super) fn parts(&self, bytes: &[u8], entries: usize) -> Vec<Part> {
        let mut groups = Vec::new();
        let count = |stored: u64, most: u64| stored == entries as u64 || (stored == most && self.record64.is_some());
        // Used to find the directory; with `base`, all offsets are off by the same number.
        let placed = true;
        if let Some(span) = self.record64 {
            let mut fields = Fields::at(span.start);
            fields.put("signature", 4, Role::Structure, Value::Raw);
            fields.derived("size of record", 8, Role::Size, true);
            fields.put("version made by", 2, Role::Version, Value::Raw);
            fields.put("version needed", 2, Role::Compression, Value::Raw);
            fields.put("disks", 8, Role::Structure, Value::Raw);
            for name in ["entries on disk", "entries"] {
                let valid = le64(bytes, fields.at).is_some_and(|n| n == entries as u64);
                fields.derived(name, 8, Role::Size, valid);
            }
            fields.derived("size of directory", 8, Role::Size, placed);
            fields.derived("offset of directory", 8, Role::Offset, placed);
            fields.put(
                "extensible data",
                span.end.saturating_sub(fields.at),
                Role::Content,
                Value::Raw,
            );
            groups.push(Part::group("zip64 end", span, Order::Fixed, fields.parts));
        }
        if let Some(span) = self.locator {
            let mut fields = Fields::at(span.start);
            fields.put("signature", 4, Role::Structure, Value::Raw);
            fields.put("disk", 4, Role::Structure, Value::Raw);
            fields.derived("offset", 8, Role::Offset, placed);
            fields.put("disks", 4, Role::Structure, Value::Raw);
            groups.push(Part::group("zip64 locator", span, Order::Fixed, fields.parts));
        }
        let mut fields = Fields::at(self.record.start);
        fields.put("signature", 4, Role::Structure, Value::Raw);
        fields.put("disks", 4, Role::Structure, Value::Raw);
        for name in ["entries on disk", "entries"] {
            let valid = le16(bytes, fields.at).is_some_and(|n| count(n.into(), 0xffff));
            fields.derived(name, 2, Role::Size, valid);
        }
        // With zip64, all ones or the same number.
        let start = self.directory.start.saturating_sub(self.base) as u64;
        for (name, role, number) in [
            ("size of directory", Role::Size, self.directory.len() as u64),
            ("offset of directory", Role::Offset, start),
        ] {
            let stored = le32(bytes, fields.at).map(u64::from);
            let valid = stored == Some(number) || (stored == Some(BIG) && self.record64.is_some());
            fields.derived(name, 4, role, valid);
        }
        fields.derived("comment length", 2, Role::Size, true);
        fields.put("comment", self.record.end - fields.at, Role::String, Value::Raw);
        groups.push(Part::group("end", self.record, Order::Fixed, fields.parts));
        groups
    }
}

/// The zip64 end record that a locator speaks of: where it says, or right before the locator.
fn record64(bytes: &[u8], locator: usize) -> Result<Span, Malformed> {
    let told = le64(bytes, locator + 8).and_then(|at| usize::try_from(at).ok());
    let whole = |at: usize| {
        if le32(bytes, at)? != END64 {
            return None;
        }
        let length = usize::try_from(le64(bytes, at.checked_add(4)?)?)
            .ok()?
            .checked_add(12)?;
        (length >= 56 && at.checked_add(length)? <= locator).then(|| Span::at(at, length))
    };
    told.and_then(whole)
        .or_else(|| whole(locator.checked_sub(56)?))
        .ok_or_else(|| Malformed::at(locator + 8, "the offset of a zip64 end record", "another"))
}

/// The entries of the central directory, in its order.
pub(super) fn entries(bytes: &Blob, end: &End) -> Result<Vec<Entry>, Malformed> {
    let mut found = Vec::new();
    let mut at = end.directory.start;
    while at < end.directory.end {
        let bad = |what: &'static str| move || Malformed::at(at, what, "other bytes");
        let header = bytes
            .get(at..at + 46)
            .filter(|h| le32(h, 0) == Some(CENTRAL))
            .ok_or_else(bad("a central directory header"))?;
        let short = |i: usize| usize::from(le16(header, i).unwrap_or(0));
        let long = |i: usize| u64::from(le32(header, i).unwrap_or(0));
        let name = Span::at(at + 46, short(28));
        let extra = Span::at(name.end, short(30));
        let comment = Span::at(extra.end, short(32));
        if comment.end > end.directory.end {
            return Err(bad("an entry within the central directory")());
        }
        let (mut packed, mut size, mut offset) = (long(20), long(24), long(42));
        if let Some(zip64) = extra::find(bytes, extra, 1) {
            let mut from = zip64.start;
            for number in [&mut size, &mut packed, &mut offset] {
                if *number == BIG && from + 8 <= zip64.end {
                    *number = le64(bytes, from).unwrap_or(BIG);
                    from += 8;
                }
            }
        }
        let offset = usize::try_from(offset)
            .ok()
            .and_then(|offset| offset.checked_add(end.base))
            .filter(|&offset| le32(bytes, offset) == Some(LOCAL))
            .ok_or_else(|| Malformed::at(at + 42, "the offset of a local header", offset.to_string()))?;
        found.push(Entry {
            record: Span::new(at, comment.end),
            name,
            extra,
            comment,
            flags: le16(header, 8).unwrap_or(0),
            method: le16(header, 10).unwrap_or(0),
            crc: le32(header, 16).unwrap_or(0),
            packed,
            size,
            offset,
            seal: Seal::default(),
            alone: true,
        });
        at = comment.end;
    }
    let mut paths: BTreeMap<String, Option<usize>> = BTreeMap::new();
    for i in 0..found.len() {
        let before = paths.entry(path(&found[i].label(bytes))).or_insert(Some(i));
        if *before != Some(i) {
            found[i].alone = false;
            if let Some(first) = before.take() {
                found[first].alone = false;
            }
        }
    }
    Ok(found)
}

/// Where an entry is extracted to, also by tools and on file systems that take other spellings for the same path.
fn path(name: &str) -> String {
    let name = name.replace('\\', "/").to_lowercase();
    let pieces: Vec<&str> = name.split('/').filter(|piece| !matches!(*piece, "" | ".")).collect();
    pieces.join("/")
}

/// One group an entry, read when it differs.
pub(super) fn parts(bytes: &[u8], entries: &Arc<[Entry]>, end: &End, signing: &Signing) -> Vec<Part> {
    let base = end.base;
    let one = |(index, entry): (usize, &Entry)| {
        let entries = entries.clone();
        let part = Part::lazy(entry.label(bytes), entry.record, Order::Fixed, move |bytes| {
            Ok(fields(bytes, &entries[index], base))
        });
        signing.mark(index, part)
    };
    entries.iter().enumerate().map(one).collect()
}

fn fields(bytes: &Blob, entry: &Entry, base: usize) -> Vec<Part> {
    let at = entry.record.start;
    let mut fields = Fields::at(at);
    fields.put("signature", 4, Role::Structure, Value::Raw);
    // Info-ZIP reads names of other letters in the character set that this version stands for.
    let plain = bytes
        .get(entry.name.start..entry.name.end)
        .is_some_and(<[u8]>::is_ascii);
    let unicode = le16(bytes, at + 8).is_some_and(|flags| flags & 0x800 != 0);
    let role = if plain || unicode {
        Role::Version
    } else {
        Role::Structure
    };
    fields.put("version made by", 1, role, Value::Raw);
    fields.put("system made by", 1, Role::Structure, Value::Raw);
    fields.put("version needed", 2, entry.version_needed(bytes), Value::Raw);
    fields.flags_and_method(bytes, entry);
    fields.dos_time(bytes);
    fields.put("crc32", 4, Role::Checksum, entry.checked());
    // The compressed size laid out the data; where zip64 has it, this one is all ones.
    fields.derived("compressed size", 4, Role::Size, true);
    fields.put("size", 4, Role::Size, entry.checked());
    fields.derived("name length", 2, Role::Size, true);
    fields.derived("extra length", 2, Role::Size, true);
    fields.derived("comment length", 2, Role::Size, true);
    fields.put("disk", 2, Role::Structure, Value::Raw);
    // Bit 0 is the compressor's guess that the data is text; unzip only uses it when it is told to convert line ends.
    let guess = le16(bytes, fields.at).is_some_and(|n| n <= 1);
    let role = if guess { Role::Compression } else { Role::Structure };
    fields.put("internal attributes", 2, role, Value::Raw);
    fields.put("DOS attributes", 2, Role::Structure, Value::Raw);
    let mode = le16(bytes, fields.at).unwrap_or(0);
    let (role, value) = unix_mode(mode, bytes.get(entry.name.start..entry.name.end).unwrap_or_default());
    fields.put("mode", 2, role, value);
    fields.derived("offset", 4, Role::Offset, entry.alone && entry.named_alike(bytes));
    fields.put("name", entry.name.len(), Role::Name, Value::Raw);
    let zip64 = [24, 20, 42].map(|i| le32(bytes, at + i) == Some(u32::MAX));
    let place = extra::Place::Central { zip64, base };
    fields.parts.extend(extra::fields(bytes, entry.extra, entry, &place));
    fields.at = entry.extra.end;
    fields.put("comment", entry.comment.len(), Role::String, Value::Raw);
    fields.parts
}

/// The Unix mode: its type bits stand in the same two bytes, so it is a mode only where they say what the name says.
fn unix_mode(mode: u16, name: &[u8]) -> (Role, Value) {
    let expected = if name.ends_with(b"/") { 0o040_000 } else { 0o100_000 };
    let kind = mode & 0o170_000;
    if kind == 0 || kind == expected {
        (Role::Mode, Value::Mode(u32::from(mode & 0o7777)))
    } else {
        (Role::Structure, Value::Raw)
    }
}
