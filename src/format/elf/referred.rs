//! Sections of an object that are referred to.

use super::{head::Head, section::Section};
use crate::format::structures::Table;
use goblin::elf::{
    Sym,
    section_header::{SHF_ALLOC, SHT_SYMTAB},
};
use std::collections::BTreeSet;

/// The sections of an object that what is loaded refers to, and those in which a symbol for other objects lies.
pub(super) fn referred(head: &Head, sections: &[Section], bytes: &[u8]) -> BTreeSet<usize> {
    let mut named = BTreeSet::new();
    let symbol = |table: Table, index: usize| table.get(bytes, index, head.ctx).map(|symbol: Sym| symbol.st_shndx);
    for table in sections {
        let loaded = sections.get(table.info()).is_some_and(|s| s.has(SHF_ALLOC));
        if table.is(SHT_SYMTAB) {
            let symbols = head.symbols(table.span);
            named.extend((table.info()..symbols.count()).filter_map(|i| symbol(symbols, i)));
        } else if loaded
            && let Some(relocations) = head.relocations(table.header.sh_type, table.span)
            && let Some(symbols) = sections.get(table.link())
        {
            let symbols = head.symbols(symbols.span);
            named.extend(relocations.all(bytes).filter_map(|r| symbol(symbols, r.r_sym)));
        }
    }
    named
}
