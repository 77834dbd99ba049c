//! ELF files as their tables: sections, symbols and relocations, each checked against the file before it is read.

use goblin::{
    container::Ctx,
    elf::{
        Elf, Header, ProgramHeader, SectionHeader, Sym,
        reloc::{Reloc, RelocSection},
        section_header::{SHN_XINDEX, SHT_NOBITS, SHT_NULL, SHT_REL, SHT_RELA},
    },
};
use std::ops::Range;

/// The first bytes of every ELF file.
pub(super) const MAGIC: &[u8] = b"\x7fELF";

/// One file.
pub(super) struct File<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) header: Header,
    pub(super) segments: Vec<ProgramHeader>,
    pub(super) sections: Vec<SectionHeader>,
    /// Index of the section that has the names of sections.
    pub(super) names_at: usize,
    ctx: Ctx,
}

/// What a reader expected at an offset.
pub(super) fn malformed(what: impl std::fmt::Display, offset: u64) -> String {
    format!("ELF: {what} at {offset:#x}")
}

/// Bytes `offset..offset + size`, if they are there.
pub(super) fn range(bytes: &[u8], offset: u64, size: u64) -> Option<Range<usize>> {
    let start = usize::try_from(offset).ok()?;
    let end = start.checked_add(usize::try_from(size).ok()?)?;
    (end <= bytes.len()).then_some(start..end)
}

impl<'b> File<'b> {
    pub(super) fn read(bytes: &'b [u8]) -> Result<Self, String> {
        let header = Elf::parse_header(bytes).map_err(|e| malformed(format!("header: {e}"), 0))?;
        let wrong = |e: goblin::error::Error| malformed(format!("header: {e}"), 4);
        let ctx = Ctx::new(header.container().map_err(wrong)?, header.endianness().map_err(wrong)?);
        let table = |what: &str, offset: u64, entry: u16, size: usize| {
            if offset != 0 && usize::from(entry) != size {
                return Err(malformed(format!("{what} of {entry} bytes each, not {size},"), offset));
            }
            usize::try_from(offset).map_err(|e| malformed(format!("{what}: {e}"), offset))
        };
        let at = table(
            "section headers",
            header.e_shoff,
            header.e_shentsize,
            SectionHeader::size(ctx),
        )?;
        let sections = SectionHeader::parse(bytes, at, usize::from(header.e_shnum), ctx)
            .map_err(|e| malformed(format!("section headers: {e}"), header.e_shoff))?;
        let segments = if header.e_phnum == 0 {
            Vec::new()
        } else {
            let at = table(
                "program headers",
                header.e_phoff,
                header.e_phentsize,
                ProgramHeader::size(ctx),
            )?;
            ProgramHeader::parse(bytes, at, usize::from(header.e_phnum), ctx)
                .map_err(|e| malformed(format!("program headers: {e}"), header.e_phoff))?
        };
        let names_at = match u32::from(header.e_shstrndx) {
            SHN_XINDEX => sections.first().map_or(0, |first| first.sh_link as usize),
            index => index as usize,
        };
        let file = Self {
            bytes,
            header,
            segments,
            sections,
            names_at,
            ctx,
        };
        for (index, section) in file.sections.iter().enumerate() {
            if file.span(section).is_none() {
                return Err(malformed(
                    format!(
                        "section {index} of {:#x} bytes, past the end of the file,",
                        section.sh_size
                    ),
                    section.sh_offset,
                ));
            }
        }
        Ok(file)
    }

    /// Where the content of a section lies in the file; empty for those without.
    pub(super) fn span(&self, section: &SectionHeader) -> Option<Range<usize>> {
        match section.sh_type {
            SHT_NOBITS | SHT_NULL => Some(0..0),
            _ => range(self.bytes, section.sh_offset, section.sh_size),
        }
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
    pub(super) fn symbols(&self, index: usize) -> Result<Vec<Sym>, String> {
        let Some(section) = self.sections.get(index) else {
            return Ok(Vec::new());
        };
        let content = self.content(section);
        let size = Sym::size(self.ctx.container);
        Sym::parse(content, 0, content.len() / size, self.ctx)
            .map_err(|e| malformed(format!("symbols: {e}"), section.sh_offset))
    }

    /// The relocations of section `index`; none if it has other content.
    pub(super) fn relocations(&self, index: usize) -> Result<Vec<Reloc>, String> {
        let Some(section) = self.sections.get(index) else {
            return Ok(Vec::new());
        };
        let with_addend = match section.sh_type {
            SHT_RELA => true,
            SHT_REL => false,
            _ => return Ok(Vec::new()),
        };
        let content = self.content(section);
        RelocSection::parse(content, 0, content.len(), with_addend, self.ctx)
            .map(|found| found.to_vec())
            .map_err(|e| malformed(format!("relocations: {e}"), section.sh_offset))
    }

    /// Bytes of a symbol.
    pub(super) fn symbol_size(&self) -> usize {
        Sym::size(self.ctx.container)
    }
}
