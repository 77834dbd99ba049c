//! What an address or a relocation points to, as text that does not depend on where it lies.

use crate::{bytes::Error, ddc::elf::File};
use goblin::elf::{
    header::{EM_AARCH64, EM_X86_64, ET_EXEC, ET_REL},
    reloc::{
        R_X86_64_GOTPC32, R_X86_64_GOTPC32_TLSDESC, R_X86_64_GOTPCREL, R_X86_64_GOTPCRELX, R_X86_64_GOTTPOFF,
        R_X86_64_PC8, R_X86_64_PC16, R_X86_64_PC32, R_X86_64_PC64, R_X86_64_PLT32, R_X86_64_REX_GOTPCRELX,
        R_X86_64_TLSGD, R_X86_64_TLSLD,
    },
    section_header::{SHF_ALLOC, SHF_EXECINSTR, SHN_LORESERVE, SHT_DYNSYM, SHT_NOBITS, SHT_NULL, SHT_RELA, SHT_SYMTAB},
    sym::{STT_FILE, STT_FUNC, STT_GNU_IFUNC, STT_SECTION},
};
use std::collections::{BTreeMap, BTreeSet};

/// A symbol; those with a section have their place in it.
#[derive(Clone)]
pub(super) struct Symbol {
    pub(super) name: String,
    pub(super) kind: u8,
    pub(super) section: Option<usize>,
    pub(super) defined: bool,
    pub(super) offset: u64,
    pub(super) size: u64,
}

impl Symbol {
    pub(super) fn is_function(&self) -> bool {
        matches!(self.kind, STT_FUNC | STT_GNU_IFUNC) && self.size > 0 && self.section.is_some()
    }
    /// Whether a compiler numbered it: such a name says nothing about what it is.
    pub(super) fn is_label(&self) -> bool {
        let number = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
        matches!(self.kind, STT_SECTION | STT_FILE)
            || self.name.is_empty()
            || self.name.starts_with(".L")
            || self.name.strip_prefix("L.").is_some_and(number)
            || matches!(self.name.as_bytes(), [b'$', b'x' | b'd' | b'a' | b't', ..])
    }
}

/// A relocation of a section of an object.
#[derive(Clone, Copy)]
pub(super) struct Relocation {
    pub(super) kind: u32,
    pub(super) symbol: usize,
    pub(super) addend: i64,
}

/// What a word that the loader fills in is filled with.
pub(super) enum Slot {
    Symbol(String),
    Address(u64),
}

pub(super) struct Image<'b> {
    pub(super) file: File<'b>,
    pub(super) symbols: Vec<Symbol>,
    /// Whether it is an object, of which each section begins at zero.
    pub(super) relocatable: bool,
    /// Whether addresses in it are final.
    pub(super) fixed: bool,
    relocations: BTreeMap<(usize, u64), Relocation>,
    slots: BTreeMap<u64, Slot>,
    /// Named symbols by section and place.
    named: BTreeMap<(usize, u64), Vec<usize>>,
    /// Sizes of labels by section and place.
    labels: BTreeMap<(usize, u64), u64>,
    /// Places in a section where something begins.
    bounds: BTreeMap<usize, BTreeSet<u64>>,
}

impl<'b> Image<'b> {
    pub(super) fn read(bytes: &'b [u8]) -> Result<Self, Error> {
        let file = File::read(bytes)?;
        let relocatable = file.head.header.e_type == ET_REL;
        let mut image = Self {
            relocatable,
            fixed: file.head.header.e_type == ET_EXEC,
            symbols: Vec::new(),
            relocations: BTreeMap::new(),
            slots: BTreeMap::new(),
            named: BTreeMap::new(),
            labels: BTreeMap::new(),
            bounds: BTreeMap::new(),
            file,
        };
        let table = |kind: u32| image.file.sections.iter().position(|s| s.sh_type == kind);
        if let Some(table) = table(SHT_SYMTAB).or_else(|| table(SHT_DYNSYM)) {
            image.symbols = image.read_symbols(table);
            image.check_overlap()?;
        }
        for (number, symbol) in image.symbols.iter().enumerate() {
            let Some(section) = symbol.section else { continue };
            let key = (section, symbol.offset);
            image.bounds.entry(section).or_default().insert(symbol.offset);
            if symbol.is_label() {
                let size = image.labels.entry(key).or_default();
                *size = symbol.size.max(*size);
            } else {
                image.named.entry(key).or_default().push(number);
            }
        }
        image.read_relocations();
        Ok(image)
    }

    /// Whether its machine code can be read.
    pub(super) fn is_known(&self) -> bool {
        let head = &self.file.head;
        let known = matches!(head.header.e_machine, EM_X86_64 | EM_AARCH64);
        known && head.ctx.is_big() && head.ctx.is_little_endian()
    }

    /// Symbols may lie over one another, but not so that to read each is to read the file many times.
    fn check_overlap(&self) -> Result<(), Error> {
        let all = self.symbols.iter().fold(0u64, |sum, symbol| {
            let held = symbol
                .section
                .map_or(0, |index| self.file.content_at(index).len() as u64);
            sum.saturating_add(symbol.size.min(held))
        });
        if all / 16 > (self.file.bytes.len() as u64).max(1 << 16) {
            return Err(Error::malformed(format!(
                "ELF: symbols of {all} bytes in a file of {}",
                self.file.bytes.len()
            )));
        }
        Ok(())
    }

    fn read_symbols(&self, table: usize) -> Vec<Symbol> {
        let strings = self.file.sections.get(table).map_or(0, |s| s.sh_link as usize);
        let found = self.file.symbols(table).map(|symbol| {
            let inside = symbol.st_shndx != 0 && symbol.st_shndx < SHN_LORESERVE as usize;
            let section = Some(symbol.st_shndx).filter(|&index| inside && index < self.file.sections.len());
            let base = section
                .and_then(|index| self.file.sections.get(index))
                .map_or(0, |s| if self.relocatable { 0 } else { s.sh_addr });
            Symbol {
                name: String::from_utf8_lossy(self.file.string(strings, symbol.st_name)).into_owned(),
                kind: symbol.st_type(),
                section,
                defined: symbol.st_shndx != 0,
                offset: symbol.st_value.wrapping_sub(base),
                size: symbol.st_size,
            }
        });
        found.collect()
    }

    fn read_relocations(&mut self) {
        for index in 0..self.file.sections.len() {
            let Some(section) = self.file.sections.get(index) else {
                continue;
            };
            let (link, target) = (section.sh_link as usize, section.sh_info as usize);
            let loaded = section.sh_flags & u64::from(SHF_ALLOC) != 0;
            if section.sh_type != SHT_RELA || !(self.relocatable || loaded) {
                continue;
            }
            let dynamic = if self.relocatable {
                Vec::new()
            } else {
                self.read_symbols(link)
            };
            for r in self.file.relocations(index) {
                let relocation = Relocation {
                    kind: r.r_type,
                    symbol: r.r_sym,
                    addend: r.r_addend.unwrap_or(0),
                };
                if self.relocatable {
                    self.relocations.insert((target, r.r_offset), relocation);
                    if let Some(symbol) = self.symbols.get(r.r_sym)
                        && let Some(at) = symbol.section
                    {
                        let place = symbol.offset.wrapping_add_signed(relocation.addend);
                        let ahead = if self.is_pc_relative(r.r_type) { 4 } else { 0 };
                        self.bounds.entry(at).or_default().insert(place.wrapping_add(ahead));
                    }
                } else {
                    let slot = match dynamic.get(r.r_sym).filter(|s| !s.name.is_empty()) {
                        Some(symbol) => Slot::Symbol(symbol.name.clone()),
                        None => Slot::Address(relocation.addend.cast_unsigned()),
                    };
                    self.slots.insert(r.r_offset, slot);
                }
            }
        }
    }

    pub(super) fn relocation(&self, section: usize, offset: u64) -> Option<Relocation> {
        self.relocations.get(&(section, offset)).copied()
    }

    pub(super) fn slot(&self, address: u64) -> Option<&Slot> {
        self.slots.get(&address)
    }

    /// Whether an x86-64 relocation counts from its own place.
    pub(super) fn is_pc_relative(&self, kind: u32) -> bool {
        self.file.head.header.e_machine == EM_X86_64
            && matches!(
                kind,
                R_X86_64_PC32
                    | R_X86_64_PLT32
                    | R_X86_64_GOTPCREL
                    | R_X86_64_PC16
                    | R_X86_64_PC8
                    | R_X86_64_TLSGD
                    | R_X86_64_TLSLD
                    | R_X86_64_GOTTPOFF
                    | R_X86_64_PC64
                    | R_X86_64_GOTPC32
                    | R_X86_64_GOTPC32_TLSDESC
                    | R_X86_64_GOTPCRELX
                    | R_X86_64_REX_GOTPCRELX
            )
    }

    /// The section that is loaded at an address, and the place in it.
    pub(super) fn locate(&self, address: u64) -> Option<(usize, u64)> {
        if self.relocatable {
            return None;
        }
        let holds = |s: &goblin::elf::SectionHeader| {
            let kept = s.sh_flags & u64::from(SHF_ALLOC) != 0 && s.sh_type != SHT_NULL;
            kept && address >= s.sh_addr && address - s.sh_addr < s.sh_size
        };
        let index = self.file.sections.iter().position(holds)?;
        let section = self.file.sections.get(index)?;
        Some((index, address - section.sh_addr))
    }

    /// The symbol with a name that has this place, and how far into it.
    pub(super) fn owner(&self, section: usize, offset: u64) -> Option<(&Symbol, u64)> {
        // A few symbols may begin in a larger one.
        let before = self.named.range((section, 0)..=(section, offset)).rev().take(16);
        for (&(_, start), numbers) in before {
            for symbol in numbers.iter().filter_map(|&number| self.symbols.get(number)) {
                if offset == start || offset - start < symbol.size {
                    return Some((symbol, offset - start));
                }
            }
        }
        None
    }

    /// The size of the label at a place.
    pub(super) fn label(&self, section: usize, offset: u64) -> Option<u64> {
        self.labels.get(&(section, offset)).copied().filter(|&size| size > 0)
    }

    /// The next place where something begins.
    pub(super) fn bound(&self, section: usize, offset: u64) -> Option<u64> {
        let after = offset.checked_add(1)?;
        self.bounds.get(&section)?.range(after..).next().copied()
    }

    pub(super) fn is_code(&self, section: usize) -> bool {
        let code = |s: &goblin::elf::SectionHeader| s.sh_flags & u64::from(SHF_EXECINSTR) != 0;
        self.file.sections.get(section).is_some_and(code)
    }

    pub(super) fn is_empty_in_file(&self, section: usize) -> bool {
        self.file.sections.get(section).is_none_or(|s| s.sh_type == SHT_NOBITS)
    }

    /// Part of a section, cut at its end.
    pub(super) fn part(&self, section: usize, offset: u64, size: u64) -> &'b [u8] {
        let content = self.file.content_at(section);
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = content.get(start..).unwrap_or_default();
        let size = usize::try_from(size).unwrap_or(usize::MAX).min(rest.len());
        rest.get(..size).unwrap_or_default()
    }
}
