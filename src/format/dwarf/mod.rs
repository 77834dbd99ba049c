//! DWARF 2 to 5: sections of debugging information, in whichever format of programs they lie.

mod addresses;
mod expression;
mod info;
pub(in crate::format) mod lines;
pub(in crate::format) mod names;
pub(in crate::format) mod read;
pub(in crate::format) mod sites;
mod units;

use super::placed::Placed;
use crate::model::{Address, Part, Span};
use read::Cursor;
use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

/// A program or an object, as what reads debugging information sees it.
pub(in crate::format) type Image = dyn Program;

/// Sections by index, and addresses.
pub(in crate::format) trait Program: Send + Sync + 'static {
    /// How many sections there are.
    fn count(&self) -> usize;
    /// The name of a section; one of debugging information only where no program has it in its memory.
    fn called(&self, section: usize) -> &str;
    /// Where what a section holds can be read: in the file, or alone where it is compressed.
    fn place(&self, section: usize) -> Option<(&[u8], Span)>;
    /// The high byte comes first.
    fn big(&self) -> bool;
    /// Bytes of an address.
    fn word(&self) -> usize;
    /// Sections refer to each other by relocations.
    fn relocatable(&self) -> bool;
    /// Which place of another program is which of this one, where that is known.
    fn placed(&self) -> Option<&Placed>;
    /// What was read once.
    fn kept(&self) -> &Kept;

    /// The only section of a name.
    fn only(&self, name: &str) -> Option<usize> {
        let mut found = (0..self.count()).filter(|&i| self.called(i) == name);
        found.next().filter(|_| found.next().is_none())
    }
    /// What a section holds, decoded where it is compressed; nothing where that fails.
    fn held(&self, section: usize) -> Option<&[u8]> {
        let (bytes, span) = self.place(section)?;
        bytes.get(span.start..span.end)
    }
    /// The string at an offset of a section, without its NUL.
    fn string(&self, table: usize, offset: u64) -> Option<&[u8]> {
        let rest = self.held(table)?.get(usize::try_from(offset).ok()?..)?;
        memchr::memchr(0, rest).map(|end| &rest[..end])
    }
    /// The place of an address, where places are known.
    fn place_of(&self, address: u64) -> Option<Address> {
        Some(self.placed()?.address(address))
    }
    /// Places are known, and addresses are those of memory.
    fn linked(&self) -> bool {
        self.placed().is_some() && !self.relocatable()
    }
    /// Reads a span of bytes.
    fn cursor<'b>(&self, bytes: &'b [u8], span: Span) -> Cursor<'b> {
        Cursor::new(bytes, span, !self.big())
    }
}

/// What was read once, since several sections ask for it.
#[derive(Default)]
pub(in crate::format) struct Kept {
    /// Line tables and where their programs begin.
    lines: OnceLock<Vec<(Span, usize)>>,
    /// Offsets of the lists of ranges and locations that units name; nothing where a unit is not understood.
    lists: OnceLock<Option<[BTreeSet<u64>; 2]>>,
}

/// Units and line tables, made one by one; more are one part.
const ENTRIES: usize = 20_000;

/// A section of debugging information but for those that hold strings; nothing for others. `span` is where it lies: in the file, or alone
/// where it was compressed.
pub(in crate::format) fn section(image: &Arc<Image>, i: usize, label: String, span: Span) -> Option<Part> {
    Some(match image.called(i) {
        ".debug_info" | ".debug_types" => info::section(image, i, label, span),
        ".debug_line" => lines::section(image, label, span),
        ".debug_str_offsets" => info::offsets(image, label, span),
        _ => return addresses::section(image, i, label, span),
    })
}

/// A section of strings that debugging information names.
pub(in crate::format) fn strings(name: &str) -> bool {
    matches!(name, ".debug_str" | ".debug_line_str")
}
