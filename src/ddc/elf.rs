//! ELF files as `ddc` compares them: all that lies in them, by the reader of `format`.

use crate::{
    bytes::Error,
    format::{
        elf::head::{self, Head},
        structures::Table,
    },
    model::{Malformed, Span},
};
use goblin::elf::{ProgramHeader, SectionHeader, Sym, reloc::Reloc};
use std::ops::Range;

/// The first bytes of every ELF file.
pub(super) const MAGIC: &[u8] = goblin::elf::header::ELFMAG;

/// One file.
pub(super) struct File<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) head: Head,
    pub(super) segments: Vec<ProgramHeader>,
    pub(super) sections: Vec<SectionHeader>,
    /// Index of the section that has the names of sections.
    pub(super) names_at: usize,
}

/// What a reader expected at an offset.
pub(super) fn malformed(what: impl std::fmt::Display, offset: u64) -> Error {
    Error::malformed(format!("ELF: {what} at {offset:#x}"))
}

impl<'b> File<'b> {
    pub(super) fn read(bytes: &'b [u8]) -> Result<Self, Error> {
        let wrong = |e: Malformed| Error::malformed(&e).because(e).about("ELF");
        let head = Head::read(bytes).map_err(wrong)?;
        let (sections, segments) = (
            head.sections(bytes).map_err(wrong)?,
            head.segments(bytes).map_err(wrong)?,
        );
        // What stands in longer entries would be compared by nobody.
        let usual = |what: &str, table: &Table, size: usize| {
            if table.count() == 0 || table.entry == size {
                return Ok(());
            }
            let what = format!("{what} of {} bytes each, not {size},", table.entry);
            Err(malformed(what, table.span.start as u64))
        };
        usual("section headers", &sections, SectionHeader::size(head.ctx))?;
        usual("program headers", &segments, ProgramHeader::size(head.ctx))?;
        let sections: Vec<SectionHeader> = sections.all(bytes, head.ctx).collect();
        for (index, section) in sections.iter().enumerate() {
            if head::content(bytes, section).is_none() {
                let what = format!(
                    "section {index} of {:#x} bytes, past the end of the file,",
                    section.sh_size
                );
                return Err(malformed(what, section.sh_offset));
            }
        }
        Ok(Self {
            bytes,
            segments: segments.all(bytes, head.ctx).collect(),
            names_at: head.names(&sections),
            sections,
            head,
        })
    }

    /// Where the content of a section lies in the file; empty for those without.
    pub(super) fn span(&self, section: &SectionHeader) -> Option<Range<usize>> {
        head::content(self.bytes, section).map(|span| span.start..span.end)
    }

    /// The content of a section, none for those without.
    pub(super) fn content(&self, section: &SectionHeader) -> &'b [u8] {
        self.span(section)
            .and_then(|span| self.bytes.get(span))
            .unwrap_or_default()
    }

    /// The content of section `index`.
    pub(super) fn content_at(&self, index: usize) -> &'b [u8] {
        self.sections.get(index).map_or(&[], |section| self.content(section))
    }

    /// The string at `offset` of the string table in section `table`; without its NUL.
    pub(super) fn string(&self, table: usize, offset: usize) -> &'b [u8] {
        let rest = self.content_at(table).get(offset..).unwrap_or_default();
        rest.split(|&byte| byte == 0).next().unwrap_or_default()
    }

    /// A section's name.
    pub(super) fn section_name(&self, index: usize) -> String {
        let name = self
            .sections
            .get(index)
            .map_or(&[][..], |section| self.string(self.names_at, section.sh_name));
        String::from_utf8_lossy(name).into_owned()
    }

    /// The symbols of section `index`.
    pub(super) fn symbols(&self, index: usize) -> impl Iterator<Item = Sym> {
        let content = self.content_at(index);
        let table = self.head.symbols(Span::new(0, content.len()));
        table.all(content, self.head.ctx)
    }

    /// The relocations of section `index`; none if it has other content.
    pub(super) fn relocations(&self, index: usize) -> impl Iterator<Item = Reloc> + use<'b> {
        let content = self.content_at(index);
        let span = Span::new(0, content.len());
        let section = self.sections.get(index);
        let table = section.and_then(|section| self.head.relocations(section.sh_type, span));
        table.into_iter().flat_map(|table| table.all(content))
    }

    /// Bytes of a symbol.
    pub(super) fn symbol_size(&self) -> usize {
        Sym::size(self.head.ctx.container)
    }
}
