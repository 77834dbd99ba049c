//! The ELF header and the tables it points to (gABI, "ELF Header", "Section Header", "Program Header"), as goblin's structures. `diff`,
//! `ddc` and the record read ELF by it. goblin's readers of whole files refuse one for a single bad table and take every entry to have
//! the usual size; here each table is found and checked once it is asked for.

use crate::{
    format::structures::{Table, read, refused},
    model::{Malformed, Span},
};
use goblin::{
    container::{Container, Ctx, Endian},
    elf::{
        Dyn, Elf, Header, ProgramHeader, Reloc, SectionHeader, Sym,
        header::{EI_CLASS, EI_DATA, ELFCLASS32, ELFCLASS64, ELFDATA2LSB, ELFDATA2MSB, ELFMAG, EM_MIPS},
        reloc::reloc64,
        section_header::{SHN_XINDEX, SHT_NOBITS, SHT_NULL, SHT_REL, SHT_RELA},
    },
};

/// The number of program headers that stands for a larger one, in section 0.
const PN_XNUM: u16 = 0xffff;

/// The header of a file.
pub struct Head {
    /// As goblin has it.
    pub header: Header,
    /// Class and byte order, which goblin reads every structure by.
    pub(crate) ctx: Ctx,
}

impl Head {
    /// Reads the header; of the tables nothing.
    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        if !bytes.starts_with(ELFMAG) {
            return Err(Malformed::at(0, "the magic number of ELF", "something else"));
        }
        let ident = |at: usize, what: &'static str| bytes.get(at).ok_or_else(|| Malformed::truncated(at, what));
        let container = match *ident(EI_CLASS, "the class")? {
            ELFCLASS32 => Container::Little,
            ELFCLASS64 => Container::Big,
            other => return Err(Malformed::at(EI_CLASS, "class 1 or 2", other.to_string())),
        };
        let endian = match *ident(EI_DATA, "the byte order")? {
            ELFDATA2LSB => Endian::Little,
            ELFDATA2MSB => Endian::Big,
            other => return Err(Malformed::at(EI_DATA, "byte order 1 or 2", other.to_string())),
        };
        let ctx = Ctx::new(container, endian);
        let size = Header::size(ctx);
        if bytes.len() < size {
            return Err(Malformed::truncated(bytes.len(), format!("a header of {size} bytes")));
        }
        let header = Elf::parse_header(bytes).map_err(refused(0, "a header"))?;
        Ok(Self { header, ctx })
    }
    /// Whether the most significant byte of a number is the first.
    pub fn big(&self) -> bool {
        !self.ctx.is_little_endian()
    }
    /// Section 0, which has the numbers that 16 bits cannot hold.
    pub fn first(&self, bytes: &[u8]) -> Result<Option<SectionHeader>, Malformed> {
        if self.header.e_shoff == 0 {
            return Ok(None);
        }
        let first = usize::try_from(self.header.e_shoff)
            .ok()
            .and_then(|at| read(bytes, at, self.ctx));
        first
            .map(Some)
            .ok_or_else(|| Malformed::truncated(bytes.len(), "the section headers"))
    }
    /// Where the section headers are.
    pub fn sections(&self, bytes: &[u8]) -> Result<Table, Malformed> {
        let Header {
            e_shoff,
            e_shentsize,
            e_shnum,
            ..
        } = self.header;
        let count = match self.first(bytes)? {
            Some(first) if e_shnum == 0 => first.sh_size,
            _ => u64::from(e_shnum),
        };
        let size = SectionHeader::size(self.ctx);
        self.table(bytes, (e_shoff, e_shentsize, count), size, "the section headers")
    }
    /// Where the program headers are.
    pub(crate) fn segments(&self, bytes: &[u8]) -> Result<Table, Malformed> {
        let Header {
            e_phoff,
            e_phentsize,
            e_phnum,
            ..
        } = self.header;
        let first = if e_phnum == PN_XNUM { self.first(bytes)? } else { None };
        let count = first.map_or(u32::from(e_phnum), |first| first.sh_info);
        let size = ProgramHeader::size(self.ctx);
        self.table(bytes, (e_phoff, e_phentsize, count.into()), size, "the program headers")
    }
    /// A table by its offset, size of an entry and number of entries; empty behind the header where there is none.
    fn table(
        &self,
        bytes: &[u8],
        (offset, entry, count): (u64, u16, u64),
        least: usize,
        what: &'static str,
    ) -> Result<Table, Malformed> {
        let entry = usize::from(entry);
        if offset == 0 || count == 0 {
            let span = Span::at(Header::size(self.ctx), 0);
            return Ok(Table { span, entry });
        }
        if entry < least {
            let expected = format!("entries of {least} bytes in {what}");
            return Err(Malformed::at(0, expected, entry.to_string()));
        }
        let size = count.checked_mul(entry as u64);
        let span = size.and_then(|size| inside(bytes, offset, size));
        let span = span.ok_or_else(|| Malformed::truncated(bytes.len(), what))?;
        Ok(Table { span, entry })
    }
    /// Index of the section that has the names of sections.
    pub fn names(&self, sections: &[SectionHeader]) -> usize {
        match u32::from(self.header.e_shstrndx) {
            SHN_XINDEX => sections.first().map_or(0, |first| first.sh_link as usize),
            index => index as usize,
        }
    }
    /// The symbols in a span.
    pub fn symbols(&self, span: Span) -> Table {
        let entry = Sym::size(self.ctx.container);
        Table { span, entry }
    }
    /// The entries of a dynamic section in a span.
    pub fn dynamic(&self, span: Span) -> Table {
        let entry = Dyn::size(self.ctx.container);
        Table { span, entry }
    }
    /// The relocations in the span of a section of this type; nothing for other types.
    pub(crate) fn relocations(&self, kind: u32, span: Span) -> Option<Relocations> {
        let addend = match kind {
            SHT_RELA => true,
            SHT_REL => false,
            _ => return None,
        };
        let entry = Reloc::size(addend, self.ctx);
        Some(Relocations {
            table: Table { span, entry },
            ctx: (addend, self.ctx),
            mips: self.header.e_machine == EM_MIPS && self.ctx.is_big() && self.ctx.is_little_endian(),
        })
    }
}

/// A table of relocations.
#[derive(Clone, Copy)]
pub struct Relocations {
    /// Where it is.
    pub table: Table,
    ctx: (bool, Ctx),
    mips: bool,
}

impl Relocations {
    /// One of them; nothing behind the last.
    pub fn get(&self, bytes: &[u8], index: usize) -> Option<Reloc> {
        let mut found: Reloc = self.table.get(bytes, index, self.ctx)?;
        if self.mips {
            // MIPS has the symbol first, in either order of bytes; goblin turns only tables that it found itself.
            let info = reloc64::mips64el_r_info(reloc64::r_info(found.r_sym as u64, found.r_type.into()));
            (found.r_sym, found.r_type) = (reloc64::r_sym(info) as usize, reloc64::r_type(info));
        }
        Some(found)
    }
    /// All of them.
    pub fn all(self, bytes: &[u8]) -> impl Iterator<Item = Reloc> {
        (0..self.table.count()).map_while(move |index| self.get(bytes, index))
    }
}

/// Where the content of a section lies in the file: empty for those without; nothing where it is not all there.
pub fn content(bytes: &[u8], section: &SectionHeader) -> Option<Span> {
    if matches!(section.sh_type, SHT_NOBITS | SHT_NULL) || section.sh_size == 0 {
        return Some(Span::at(0, 0));
    }
    inside(bytes, section.sh_offset, section.sh_size)
}

/// `size` bytes at `offset`, if they are there.
pub fn inside(bytes: &[u8], offset: u64, size: u64) -> Option<Span> {
    let start = usize::try_from(offset).ok()?;
    let end = start.checked_add(usize::try_from(size).ok()?)?;
    (end <= bytes.len()).then(|| Span::new(start, end))
}
