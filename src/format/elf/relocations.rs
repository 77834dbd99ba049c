//! Relocations with addends (gABI, "Relocation"). In an object, those into string tables are references to strings.

use super::{
    debug_line,
    image::{Image, SHF_ALLOC, SHF_STRINGS, SHT_REL, SHT_RELA, SHT_SYMTAB},
    sites::{self, Site, To, Visit},
    symbols::{self, Symbol},
};
use crate::model::{Order, Part, Span};
use std::{collections::BTreeSet, sync::Arc};

/// MIPS packs its 64-bit entries otherwise.
const EM_MIPS: u16 = 8;

pub(super) fn table(image: &Arc<Image>, index: usize) -> Part {
    let (image, s) = (image.clone(), &image.sections[index]);
    let span = s.span;
    Part::lazy(s.label.clone(), span, Order::Fixed, move |bytes| {
        let mut all = Vec::new();
        let _ = visit(&image, bytes, index, &mut |site| all.push(site));
        Ok(sites::parts(&image, bytes, span, &all))
    })
}

/// Addends that name a string in a table that no program loads.
pub(super) fn visit(image: &Image, bytes: &[u8], section: usize, visit: Visit<'_>) -> Option<()> {
    let s = &image.sections[section];
    if !image.relocatable {
        return Some(());
    }
    let symbols = image.sections.get(s.link)?;
    if image.machine == EM_MIPS {
        return None;
    }
    let word = image.word();
    // File names that stand in a line table move its program.
    let lines = image.only(".debug_line").is_some_and(|lines| lines == s.info);
    for i in 0..s.span.len() / (3 * word) {
        let mut at = image.cursor(bytes, Span::at(s.span.start + i * 3 * word, 3 * word));
        let place = Span::at(at.at, word);
        if let Some((table, offset)) = lines
            .then(|| at.clone().number(word))
            .flatten()
            .and_then(|n| debug_line::place(image, n))
        {
            visit(Site {
                at: place,
                to: To::Program(table, offset),
                label: None,
            });
        }
        at.number(word)?;
        let info = at.number(word)?;
        let place = Span::at(at.at, word);
        let addend = at.number(word)?;
        let symbol = named_by(image, bytes, symbols.span, info)?;
        let Ok(table) = usize::try_from(symbol.section) else {
            continue;
        };
        let names = image
            .sections
            .get(table)
            .is_some_and(|t| t.has(SHF_STRINGS) && !t.has(SHF_ALLOC));
        if names {
            // 32-bit sums wrap.
            let offset = symbol.value.wrapping_add(addend) & if image.wide { u64::MAX } else { u64::from(u32::MAX) };
            visit(Site {
                at: place,
                to: To::String(table, offset),
                label: None,
            });
        }
    }
    Some(())
}

/// The symbol in the `r_info` of a relocation.
fn named_by(image: &Image, bytes: &[u8], table: Span, info: u64) -> Option<Symbol> {
    // MIPS has the symbol first, in either order of bytes.
    let number = match (image.wide, image.machine) {
        (true, EM_MIPS) if image.little => info & 0xffff_ffff,
        (true, _) => info >> 32,
        (false, _) => info >> 8,
    };
    symbols::symbol(image, bytes, table, usize::try_from(number).ok()?)
}

/// The sections of an object that what is loaded refers to, and those in which a symbol for other objects lies.
pub(super) fn named(image: &Image) -> BTreeSet<usize> {
    let mut named = BTreeSet::new();
    if !image.relocatable {
        return named;
    }
    let bytes = image.file();
    let mut note = |section: u64| named.extend(usize::try_from(section).ok());
    for table in &image.sections {
        let loaded = image.sections.get(table.info).is_some_and(|s| s.has(SHF_ALLOC));
        let size = image.word() * if table.kind == SHT_RELA { 3 } else { 2 };
        match table.kind {
            SHT_RELA | SHT_REL if loaded => {
                let Some(symbols) = image.sections.get(table.link) else {
                    continue;
                };
                for i in 0..table.span.len() / size {
                    let mut at = image.cursor(bytes, Span::at(table.span.start + i * size, size));
                    let info = at.skip(image.word() as u64).and_then(|()| at.number(image.word()));
                    let symbol = info.and_then(|info| named_by(image, bytes, symbols.span, info));
                    symbol.into_iter().for_each(|symbol| note(symbol.section));
                }
            }
            SHT_SYMTAB => (table.info..table.span.len() / symbols::entry_size(image))
                .filter_map(|i| symbols::symbol(image, bytes, table.span, i))
                .for_each(|symbol| note(symbol.section)),
            _ => {}
        }
    }
    named
}
