//! Relocations (gABI, "Relocation"). In an object, those into string tables are references to strings.

use super::{fields, head::Relocations, image::Image, objects, section::Section};
use crate::{
    format::dwarf::{
        Program, lines,
        sites::{self, Site, To, Visit},
    },
    model::{Order, Part, Role, Span, Value},
    notation::number,
};
use goblin::elf::{
    Reloc, Sym,
    header::EM_MIPS,
    reloc::r_to_str,
    section_header::{SHF_ALLOC, SHF_STRINGS, SHT_RELA},
    sym::STT_SECTION,
};
use std::sync::Arc;

/// Longer tables move as a whole, and nobody reads them entry by entry: a library has ten thousands, and each costs.
const FEW: usize = 2_000;

pub(super) fn table(image: &Arc<Image>, index: usize) -> Part {
    let (image, s) = (image.clone(), &image.sections[index]);
    let (span, kind, symbols) = (s.span, s.header.sh_type, s.link());
    Part::lazy(s.label.clone(), span, Order::Fixed, move |bytes| {
        let mut named = Vec::new();
        if kind == SHT_RELA {
            let _ = visit(&image, bytes, index, &mut |site| named.push(site));
        }
        let entries = image.head.relocations(kind, span);
        Ok(
            match entries.filter(|all| (named.is_empty() || image.linked()) && all.table.count() <= FEW) {
                Some(all) => entry_by_entry(&image, bytes, all, symbols),
                None => sites::parts(&*image, bytes, span, &named),
            },
        )
    })
}

/// Each is named by what it does: where it does it moves with all that lies before.
fn entry_by_entry(image: &Image, bytes: &[u8], entries: Relocations, symbols: usize) -> Vec<Part> {
    let one = |(i, entry): (usize, Reloc)| {
        let (kind, symbol) = (kind(image, &entry), symbol(image, bytes, symbols, entry.r_sym));
        let name = match &symbol {
            Some(symbol) => format!("{kind} {symbol}"),
            None => kind,
        };
        let place = |address: u64| {
            image
                .place_of(address)
                .map_or_else(|| number(address), |place| place.to_string())
        };
        let at = place(entry.r_offset);
        let text = match entry.r_addend {
            Some(addend) if symbol.is_none() => format!("{at} {name} {}", place(addend.cast_unsigned())),
            Some(addend) => {
                let sign = if addend < 0 { '-' } else { '+' };
                format!("{at} {name} {sign} {}", number(addend.unsigned_abs()))
            }
            None => format!("{at} {name}"),
        };
        let (role, value) = if image.placed.is_some() {
            // Names and kinds that are not known look alike: the numbers tell.
            let text = format!("{text}, symbol {}, type {}", entry.r_sym, entry.r_type);
            (Role::Reference, Value::Target(text.into_bytes()))
        } else {
            let what = "relocation";
            (Role::Structure, Value::Entry { what, text })
        };
        Part::field(name, entries.table.place(i), role, value)
    };
    entries.all(bytes).enumerate().map(one).collect()
}

/// As readelf has it: `R_X86_64_RELATIVE`.
fn kind(image: &Image, entry: &Reloc) -> String {
    match r_to_str(entry.r_type, image.head.header.e_machine) {
        unknown if unknown.starts_with("R_") => format!("type {}", number(entry.r_type.into())),
        known => format!("R_{known}"),
    }
}

/// What is related to: a symbol, or the section that an unnamed one stands for.
fn symbol(image: &Image, bytes: &[u8], table: usize, index: usize) -> Option<String> {
    let section = image.sections.get(table).filter(|_| index > 0)?;
    let symbol: Sym = image.head.symbols(section.span).get(bytes, index, image.head.ctx)?;
    if symbol.st_type() == STT_SECTION {
        return Some(image.sections.get(symbol.st_shndx)?.label.clone());
    }
    image.name(section.link(), symbol.st_name as u64)
}

/// Where relocations of a program apply, and the addends that stand for an address, where places are known.
fn places(image: &Image, bytes: &[u8], s: &Section, visit: Visit<'_>) -> Option<()> {
    let relocations = image.head.relocations(s.header.sh_type, s.span)?;
    for (i, entry) in relocations.all(bytes).enumerate() {
        let [place, _, addend] = fields::relocation(image.head.ctx).spans(relocations.table.place(i).start);
        address_site(image, place, entry.r_offset, visit);
        if let Some(value) = entry.r_addend.filter(|_| entry.r_sym == 0) {
            address_site(image, addend, value.cast_unsigned(), visit);
        }
    }
    Some(())
}

/// An address, where places are known.
fn address_site(image: &Image, at: Span, address: u64, visit: Visit<'_>) {
    if let Some(address) = image.place_of(address) {
        visit(Site::address(at, address));
    }
}

/// Addends that name a string in a table that no program loads.
pub(super) fn visit(image: &Image, bytes: &[u8], section: usize, visit: Visit<'_>) -> Option<()> {
    let s = &image.sections[section];
    if !image.relocatable() {
        return places(image, bytes, s, visit);
    }
    let symbols = image.head.symbols(image.sections.get(s.link())?.span);
    // MIPS has up to three types in an entry, and addends that are split in two.
    if image.head.header.e_machine == EM_MIPS {
        return None;
    }
    let ctx = image.head.ctx;
    let relocations = image.head.relocations(s.header.sh_type, s.span)?;
    let known = image.placed.is_some().then(|| s.info());
    // File names that stand in a line table move its program.
    let table = image.only(".debug_line").is_some_and(|table| table == s.info());
    for (i, entry) in relocations.all(bytes).enumerate() {
        let [place, _, addend] = fields::relocation(ctx).spans(relocations.table.place(i).start);
        if let Some((table, offset)) = table.then(|| lines::place(image, entry.r_offset)).flatten() {
            visit(Site {
                at: place,
                to: To::Program(table, offset),
                label: None,
            });
        }
        if let Some(section) = known.filter(|&i| image.sections.get(i).is_some_and(|s| s.has(SHF_ALLOC))) {
            address_site(image, place, image.address(section).wrapping_add(entry.r_offset), visit);
        }
        if let Some(target) = entry
            .r_addend
            .and_then(|to| objects::target(image, bytes, s, &entry, to))
        {
            address_site(image, addend, target, visit);
            continue;
        }
        let symbol: Sym = symbols.get(bytes, entry.r_sym, ctx)?;
        let strings = |t: &Section| t.has(SHF_STRINGS) && !t.has(SHF_ALLOC);
        if image.sections.get(symbol.st_shndx).is_some_and(strings) {
            let sum = symbol.st_value.wrapping_add_signed(entry.r_addend?);
            // 32-bit sums wrap.
            let offset = if ctx.is_big() { sum } else { sum & u64::from(u32::MAX) };
            visit(Site {
                at: addend,
                to: To::String(symbol.st_shndx, offset),
                label: None,
            });
        }
    }
    Some(())
}
