//! The symbol table and its strings, by what they mean: names in place of offsets, and no names of source files.

use super::numbers::numbers;
use crate::{bytes::Error, ddc::elf::File};
use goblin::elf::{
    section_header::{SHF_ALLOC, SHT_STRTAB, SHT_SYMTAB},
    sym::STT_FILE,
};

/// A symbol table and the strings that it names.
pub(super) struct Names<'b> {
    /// Section of the symbols.
    pub(super) symbols: usize,
    /// Section of their strings.
    pub(super) strings: usize,
    /// The symbols with their names, but for those of source files.
    pub(super) symbol_pieces: Vec<u8>,
    /// Names of source files, in order.
    pub(super) files: Vec<&'b [u8]>,
    /// Bytes of the strings that no symbol and no section refers to.
    pub(super) unnamed: Vec<&'b [u8]>,
}

impl<'b> Names<'b> {
    /// `None` where there is not exactly one such table, or something else might refer to its strings.
    pub(super) fn read(file: &File<'b>, free: &[bool], alone: impl Fn(usize) -> bool) -> Result<Option<Self>, Error> {
        let plain = |index: usize, kind: u32| {
            let fits = |s: &goblin::elf::SectionHeader| s.sh_type == kind && s.sh_flags & u64::from(SHF_ALLOC) == 0;
            file.sections.get(index).is_some_and(fits) && free.get(index) == Some(&false) && alone(index)
        };
        let tables: Vec<usize> = (0..file.sections.len())
            .filter(|&index| file.sections.get(index).is_some_and(|s| s.sh_type == SHT_SYMTAB))
            .collect();
        let &[symbols] = tables.as_slice() else {
            return Ok(None);
        };
        let Some(table) = file.sections.get(symbols) else {
            return Ok(None);
        };
        let strings = table.sh_link as usize;
        let mut others = file.sections.iter().enumerate();
        let shared = others.any(|(index, s)| index != symbols && s.sh_link as usize == strings && strings != 0);
        let size = file.symbol_size();
        let whole = table.sh_entsize == size as u64 && table.sh_size % size as u64 == 0;
        if !plain(symbols, SHT_SYMTAB) || !plain(strings, SHT_STRTAB) || shared || !whole {
            return Ok(None);
        }
        let content = file.content_at(strings);
        let mut named = vec![false; content.len()];
        let mut refer = |offset: usize| {
            let name = file.string(strings, offset);
            // With the NUL that closes it.
            for byte in named.iter_mut().skip(offset).take(name.len() + 1) {
                *byte = true;
            }
            name
        };
        let mut symbol_pieces = Vec::new();
        let mut files = Vec::new();
        for symbol in file.symbols(symbols) {
            let name = refer(symbol.st_name);
            // A name that is not closed, or not in the table at all, has no meaning.
            if content.get(symbol.st_name.saturating_add(name.len())) != Some(&0) {
                return Ok(None);
            }
            let is_file = symbol.st_type() == STT_FILE;
            let shown: &[u8] = if is_file { &[] } else { name };
            symbol_pieces.extend_from_slice(&numbers(&[
                u64::from(symbol.st_info),
                u64::from(symbol.st_other),
                symbol.st_shndx as u64,
                symbol.st_value,
                symbol.st_size,
                // No name is no string anywhere else.
                if name.is_empty() { symbol.st_name as u64 } else { 0 },
                shown.len() as u64,
            ]));
            symbol_pieces.extend_from_slice(shown);
            if is_file {
                files.push(name);
            }
        }
        if strings == file.names_at {
            for (_, section) in others {
                let name = refer(section.sh_name);
                if content.get(section.sh_name.saturating_add(name.len())) != Some(&0) {
                    return Ok(None);
                }
            }
        }
        let unnamed = content
            .iter()
            .enumerate()
            .filter(|(at, _)| named.get(*at) == Some(&false));
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for (at, _) in unnamed {
            match runs.last_mut().filter(|(_, end)| *end == at) {
                Some((_, end)) => *end += 1,
                None => runs.push((at, at + 1)),
            }
        }
        Ok(Some(Self {
            symbols,
            strings,
            symbol_pieces,
            files,
            unnamed: runs
                .iter()
                .filter_map(|&(start, end)| content.get(start..end))
                .collect(),
        }))
    }
}
