//! Relocations with addends (gABI, "Relocation"). In an object, those into string tables are references to strings.

use super::{
    debug_line,
    image::{Image, SHF_ALLOC, SHF_STRINGS},
    sites::{self, Site, To, Visit},
    symbols,
};
use crate::model::{Order, Part, Span};
use std::sync::Arc;

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
        let number = if image.wide { info >> 32 } else { info >> 8 };
        let symbol = symbols::symbol(image, bytes, symbols.span, usize::try_from(number).ok()?)?;
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
