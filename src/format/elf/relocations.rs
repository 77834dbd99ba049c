//! Relocations with addends (gABI, "Relocation"). In an object, those into string tables are references to strings.

use super::{
    debug_line, fields,
    image::Image,
    section::Section,
    sites::{self, Site, To, Visit},
};
use crate::model::{Order, Part};
use goblin::elf::{
    Sym,
    header::EM_MIPS,
    section_header::{SHF_ALLOC, SHF_STRINGS},
};
use std::sync::Arc;

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
    if !image.relocatable() {
        return Some(());
    }
    let symbols = image.head.symbols(image.sections.get(s.link())?.span);
    // MIPS has up to three types in an entry, and addends that are split in two.
    if image.head.header.e_machine == EM_MIPS {
        return None;
    }
    let ctx = image.head.ctx;
    let relocations = image.head.relocations(s.header.sh_type, s.span)?;
    // File names that stand in a line table move its program.
    let lines = image.only(".debug_line").is_some_and(|lines| lines == s.info());
    for (i, entry) in relocations.all(bytes).enumerate() {
        let [place, _, addend] = fields::relocation(ctx).spans(relocations.table.place(i).start);
        if let Some((table, offset)) = lines.then(|| debug_line::place(image, entry.r_offset)).flatten() {
            visit(Site {
                at: place,
                to: To::Program(table, offset),
                label: None,
            });
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
