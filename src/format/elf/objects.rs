//! Where relocations of an object lead: a place in a section, which moves with what lies before it.

use super::{image::Image, section::Section};
use crate::model::Pointer;
use goblin::elf::{
    Reloc, Sym,
    header::{EM_386, EM_X86_64},
    reloc::{
        R_386_PC32, R_386_PLT32, R_X86_64_GOTPCREL, R_X86_64_GOTPCRELX, R_X86_64_PC32, R_X86_64_PLT32,
        R_X86_64_REX_GOTPCRELX,
    },
    section_header::{SHF_ALLOC, SHT_REL},
    sym::STT_SECTION,
};

/// The address that a relocation leads to by way of the section that its symbol stands for; nothing where it is by name.
pub(super) fn target(image: &Image, bytes: &[u8], table: &Section, entry: &Reloc, addend: i64) -> Option<u64> {
    let symbols = image.head.symbols(image.sections.get(table.link())?.span);
    let symbol: Sym = symbols.get(bytes, entry.r_sym, image.head.ctx)?;
    let loaded = image.sections.get(symbol.st_shndx).is_some_and(|s| s.has(SHF_ALLOC));
    let sum = symbol
        .st_value
        .wrapping_add_signed(addend)
        .wrapping_add(behind(image, entry));
    (loaded && symbol.st_type() == STT_SECTION).then(|| image.address(symbol.st_shndx).wrapping_add(sum))
}

/// What counts from an instruction of x86 counts from its end, four bytes behind the operand.
fn behind(image: &Image, entry: &Reloc) -> u64 {
    let relative = match image.head.header.e_machine {
        EM_X86_64 => [
            R_X86_64_PC32,
            R_X86_64_PLT32,
            R_X86_64_GOTPCREL,
            R_X86_64_GOTPCRELX,
            R_X86_64_REX_GOTPCRELX,
        ]
        .contains(&entry.r_type),
        EM_386 => [R_386_PC32, R_386_PLT32].contains(&entry.r_type),
        _ => false,
    };
    if relative { 4 } else { 0 }
}

/// Words of loaded sections that hold an addend.
pub(super) fn links(image: &Image) -> Vec<Pointer> {
    let mut found = Vec::new();
    for table in image.sections.iter().filter(|s| s.is(SHT_REL)) {
        let section = image.sections.get(table.info()).filter(|s| s.has(SHF_ALLOC));
        let all = image.head.relocations(SHT_REL, table.span);
        let (Some(section), Some(all)) = (section, all) else {
            continue;
        };
        for entry in all.all(image.file()) {
            let at = usize::try_from(entry.r_offset)
                .ok()
                .map(|offset| section.span.start.saturating_add(offset));
            let Some(at) = at.filter(|&at| at < section.span.end && section.span.end - at >= 4) else {
                continue;
            };
            let addend = i64::from(image.number(at, 4) as i32);
            let known = image.head.header.e_machine == EM_386;
            if let Some(target) = target(image, image.file(), table, &entry, addend).filter(|_| known) {
                found.push(Pointer {
                    at: at as u32,
                    size: 4,
                    target,
                    rest: 0,
                    loose: false,
                });
            }
        }
    }
    found.sort_unstable_by_key(|link| link.at);
    found.dedup_by_key(|link| link.at);
    found
}
