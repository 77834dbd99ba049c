//! One header: an index of entries, and the store that their data lie in.

use super::tags::{self, Tag};
use crate::model::{Blob, Malformed, Span};

const MAGIC: &[u8] = b"\x8e\xad\xe8\x01";
/// Magic, reserved bytes, and two counts.
const INTRO: usize = 16;
const ENTRY: usize = 16;

/// Types of data. A string is one; the others are lists.
pub(super) const STRING: u32 = 6;
pub(super) const BYTES: u32 = 7;
const ARRAY: u32 = 8;
const TRANSLATED: u32 = 9;

/// A header, whose entries do not overlap.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) span: Span,
    pub(super) store: usize,
    /// In the order of the index.
    pub(super) entries: Vec<Entry>,
    /// Indexes into these, in the order of the store.
    pub(super) stored: Vec<usize>,
}

/// One entry.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) at: usize,
    pub(super) tag: u32,
    pub(super) known: Option<&'static Tag>,
    pub(super) kind: u32,
    pub(super) count: usize,
    pub(super) data: Span,
}

impl Header {
    pub(super) fn read(bytes: &Blob, at: usize, known: &'static [Tag]) -> Result<Self, Malformed> {
        let intro = bytes.get(at..at.saturating_add(INTRO));
        let intro = intro.ok_or_else(|| Malformed::truncated(bytes.len(), "a header"))?;
        if !intro.starts_with(MAGIC) {
            return Err(Malformed::at(at, "8e ad e8 01", "other bytes"));
        }
        let (count, size) = (word(intro, 8) as usize, word(intro, 12) as usize);
        let index = at + INTRO;
        let store = count.checked_mul(ENTRY).and_then(|length| index.checked_add(length));
        let end = store
            .and_then(|store| store.checked_add(size))
            .filter(|&end| end <= bytes.len());
        let (Some(store), Some(end)) = (store, end) else {
            return Err(Malformed::truncated(
                bytes.len(),
                format!("{count} entries and {size} bytes of data"),
            ));
        };
        let mut header = Self {
            span: Span::new(at, end),
            store,
            entries: Vec::with_capacity(count),
            stored: Vec::new(),
        };
        for entry in bytes[index..store].chunks_exact(ENTRY) {
            let tag = word(entry, 0);
            header.entries.push(Entry {
                at: index + header.entries.len() * ENTRY,
                tag,
                known: tags::find(known, tag),
                kind: word(entry, 4),
                count: word(entry, 12) as usize,
                data: Span::at(store.saturating_add(word(entry, 8) as usize), 0),
            });
        }
        header.lay_out(bytes)?;
        Ok(header)
    }

    /// How long the data of each entry are; each begins behind the end of the one before it.
    fn lay_out(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        self.stored = (0..self.entries.len()).collect();
        self.stored.sort_by_key(|&i| self.entries[i].data.start);
        let mut at = self.store;
        for &i in &self.stored {
            let entry = &mut self.entries[i];
            let start = entry.data.start;
            let there = Span::new(start, self.span.end).of(bytes);
            let length = length(entry.kind, entry.count, there);
            let length = length.filter(|&length| start >= at && length > 0 && length <= there.len());
            let length = length.ok_or_else(|| Malformed::at(entry.at, "data of its own in the store", "others"))?;
            entry.data = Span::at(start, length);
            at = entry.data.end;
        }
        Ok(())
    }

    /// The first entry of a tag.
    pub(super) fn of(&self, tag: u32) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }

    /// The strings of a tag.
    pub(super) fn strings(&self, bytes: &[u8], tag: u32) -> Vec<String> {
        let Some(entry) = self.of(tag).filter(|entry| entry.is_text()) else {
            return Vec::new();
        };
        let text = |span: Span| String::from_utf8_lossy(&bytes[span.start..span.end - 1]).into_owned();
        entry.items(bytes).into_iter().map(text).collect()
    }

    /// The numbers of a tag.
    pub(super) fn numbers(&self, bytes: &[u8], tag: u32) -> Vec<u64> {
        let Some(entry) = self.of(tag).filter(|entry| !entry.is_text()) else {
            return Vec::new();
        };
        entry
            .items(bytes)
            .into_iter()
            .map(|span| number(span.of(bytes)))
            .collect()
    }
}

impl Entry {
    pub(super) fn name(&self) -> String {
        self.known
            .map_or_else(|| format!("tag {}", self.tag), |known| known.name.to_owned())
    }
    pub(super) fn is_text(&self) -> bool {
        matches!(self.kind, STRING | ARRAY | TRANSLATED)
    }
    /// Where each value of the list lies; a string with its NUL.
    pub(super) fn items(&self, bytes: &[u8]) -> Vec<Span> {
        if self.is_text() {
            let mut from = self.data.start;
            let ends = memchr::memchr_iter(0, self.data.of(bytes)).map(|end| self.data.start + end + 1);
            let string = |end| Span::new(std::mem::replace(&mut from, end), end);
            return ends.map(string).collect();
        }
        let width = if self.kind == BYTES {
            self.data.len()
        } else {
            width(self.kind).unwrap_or(1)
        };
        let starts = (self.data.start..self.data.end).step_by(width);
        starts.map(|at| Span::at(at, width)).collect()
    }
    /// What the data must begin at a multiple of, counted from the store.
    pub(super) fn alignment(&self) -> usize {
        if self.is_text() {
            1
        } else {
            width(self.kind).unwrap_or(1)
        }
    }
}

/// Bytes of one number.
fn width(kind: u32) -> Option<usize> {
    match kind {
        1 | 2 | BYTES => Some(1),
        3 => Some(2),
        4 => Some(4),
        5 => Some(8),
        _ => None,
    }
}

/// Bytes that so many values take.
fn length(kind: u32, count: usize, there: &[u8]) -> Option<usize> {
    match kind {
        STRING if count != 1 => None,
        STRING | ARRAY | TRANSLATED => memchr::memchr_iter(0, there)
            .nth(count.checked_sub(1)?)
            .map(|end| end + 1),
        _ => width(kind)?.checked_mul(count),
    }
}

/// A number of any width.
pub(super) fn number(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |all, &byte| all << 8 | u64::from(byte))
}

fn word(bytes: &[u8], at: usize) -> u32 {
    number(&bytes[at..at + 4]) as u32
}
