//! cpio: the new ASCII form (070701, with checksums 070702), the old one (070707) and the binary one in both byte orders. Several archives
//! behind each other, the last one perhaps compressed, are what Linux takes for an initramfs. `cpio(5)` of FreeBSD; POSIX.1-1988, 10.1;
//! Linux, `buffer-format.rst`.

mod header;
mod links;

use super::{
    Format,
    names::{self, Listed},
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};
use header::{Entry, Form, Type};
use links::Links;
use std::sync::Arc;

/// A cpio archive, or several.
pub struct Cpio;

/// GNU cpio fills the last block of this size.
const BLOCK: usize = 512;
/// Archives behind each other.
const ARCHIVES: usize = 1024;

impl Format for Cpio {
    fn id(&self) -> FormatId {
        "cpio"
    }
    fn kind(&self) -> Kind {
        Kind::Archive
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        Form::of(bytes).is_some_and(|form| Entry::read(bytes, form, 0, 0).is_ok())
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let first = Archive::read(bytes, 0)?;
        let (order, last) = (first.order(), first.end);
        let (end, mut parts) = (past_zeros(bytes, last), first.parts(bytes));
        if end == bytes.len() {
            parts.push(padding("end", Span::new(last, end), end.is_multiple_of(BLOCK)));
            return Ok(opened(order, parts));
        }
        let mut all = vec![Part::group("archive 1", Span::new(0, last), order, parts)];
        behind(bytes, last, &mut all)?;
        Ok(opened(Order::Fixed, all))
    }
}

fn opened(order: Order, parts: Vec<Part>) -> Opened {
    let format = "cpio";
    Opened { format, order, parts }
}

/// What stands behind the first archive: others, each behind zeros. The first that is not stored as it is takes all that is left.
fn behind(bytes: &Blob, from: usize, parts: &mut Vec<Part>) -> Result<(), Malformed> {
    let mut at = from;
    for number in 2..=ARCHIVES {
        let start = past_zeros(bytes, at);
        if start == bytes.len() {
            parts.push(padding("end", Span::new(at, start), start.is_multiple_of(BLOCK)));
            return Ok(());
        }
        let name = format!("archive {number}");
        parts.push(padding("padding", Span::new(at, start), start.is_multiple_of(4)));
        if !start.is_multiple_of(4) || Form::of(&bytes[start..]).is_none() {
            parts.push(Part::stored(name, Span::new(start, bytes.len())));
            return Ok(());
        }
        let archive = Archive::read(bytes, start)?;
        at = archive.end;
        let order = archive.order();
        parts.push(Part::group(name, Span::new(start, at), order, archive.parts(bytes)));
    }
    Err(Malformed::limit(format!("at most {ARCHIVES} archives")))
}

/// The first byte at or behind `at` that is not zero.
fn past_zeros(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().position(|&b| b != 0).map_or(bytes.len(), |i| at + i)
}

/// Zeros, which are padding if they end where they should.
fn padding(name: &'static str, span: Span, filled: bool) -> Part {
    Part::field(name, span, Role::Padding, Value::Derived { valid: filled })
}

/// One archive, up to the entry that ends it.
struct Archive {
    form: Form,
    start: usize,
    entries: Vec<Entry>,
    links: Links,
    end: usize,
}

impl Archive {
    fn read(bytes: &[u8], start: usize) -> Result<Self, Malformed> {
        let rest = bytes.get(start..).unwrap_or_default();
        let form = Form::of(rest).ok_or_else(|| Malformed::at(start, "a cpio header", "other bytes"))?;
        let (mut entries, mut at) = (Vec::new(), start);
        loop {
            let entry = Entry::read(bytes, form, start, at)?;
            at = entry.end;
            let last = entry.last(bytes);
            entries.push(entry);
            if last {
                break;
            }
        }
        let links = Links::of(bytes, &entries);
        let end = at;
        Ok(Self {
            form,
            start,
            entries,
            links,
            end,
        })
    }

    /// Free where nothing depends on its place, as hard links do.
    fn order(&self) -> Order {
        let members = self.entries.split_last().map_or(&[][..], |(_, members)| members);
        let listed = members.iter().map(|entry| {
            let name = entry.name.clone();
            match entry.kind() {
                _ if self.links.has(entry) => Listed::Bound,
                Type::Link => Listed::Link(name),
                Type::Folder if !name.ends_with('/') => Listed::Plain(format!("{name}/")),
                _ => Listed::Plain(name),
            }
        });
        names::order(listed)
    }

    /// Most entries of two builds are equal: only the others are taken apart.
    fn parts(self, bytes: &Blob) -> Vec<Part> {
        let (form, start, links) = (self.form, self.start, Arc::new(self.links));
        let parts = self.entries.into_iter().map(|entry| {
            let (at, links) = (entry.at, Arc::clone(&links));
            let span = Span::new(at, entry.end);
            Part::lazy(entry.name, span, Order::Fixed, move |bytes: &Blob| {
                let entry = Entry::read(bytes, form, start, at)?;
                Ok(entry.fields(bytes, links.around(&entry)))
            })
        });
        bytes.release();
        parts.collect()
    }
}
