//! COFF symbols of an image (PE Format, "COFF Symbol Table"): names by offset, values as what they lead to.

use crate::{
    format::{
        coff::Section,
        dwarf::{
            self, Image, lines,
            sites::{self, Site, To},
        },
        structures::Table,
    },
    model::{Order, Part, Span},
};
use goblin::pe::symbol::{COFF_SYMBOL_SIZE, IMAGE_SYM_CLASS_STATIC, Symbol};
use scroll::LE;
use std::{collections::BTreeMap, mem::offset_of, sync::Arc};

/// The table; `strings` is the index of the table of their names.
pub(super) fn table(program: &Arc<Image>, span: Span, sections: &[Section], base: u64, strings: usize) -> Part {
    let program = program.clone();
    let bases = sections.iter().map(|section| base.wrapping_add(section.address()));
    let bases: Vec<u64> = bases.collect();
    Part::lazy("symbol table", span, Order::Fixed, move |bytes| {
        let entries = Table {
            span,
            entry: COFF_SYMBOL_SIZE,
        };
        let (mut found, mut i) = (Vec::new(), 0);
        // Names may lie in each other: many that are long would be more than the file holds.
        let mut room = program.held(strings).map_or(0, <[u8]>::len).saturating_mul(NAMES);
        let mut values = Values {
            program: &*program,
            bases: &bases,
            ends: BTreeMap::new(),
        };
        while let Some(symbol) = entries.get::<Symbol, _>(bytes, i, LE) {
            let at = entries.place(i).start;
            let word = |offset: usize| Span::at(at + offset, 4);
            if let [0, 0, 0, 0, offset @ ..] = symbol.name {
                let offset = u32::from_le_bytes(offset).into();
                let name = (room > 0).then(|| program.string(strings, offset)).flatten();
                room = name.map_or(0, |name| room.saturating_sub(name.len()));
                found.extend(name.map(|_| site(word(4), To::String(strings, offset))));
            }
            // Undefined and absolute ones lie nowhere.
            let section = usize::from(symbol.section_number.cast_unsigned()).wrapping_sub(1);
            if let Some(to) = values.start(section, symbol.value) {
                found.push(site(word(offset_of!(Symbol, value)), to));
            }
            // What a section has of one object: how long it is stands behind its symbol.
            let piece = symbol.storage_class == IMAGE_SYM_CLASS_STATIC && symbol.typ == 0;
            if piece && symbol.number_of_aux_symbols > 0 {
                let length = program.cursor(bytes, word(COFF_SYMBOL_SIZE)).u32();
                let end = length.and_then(|length| values.end(section, symbol.value, length));
                found.extend(end.map(|to| site(word(COFF_SYMBOL_SIZE), to)));
            }
            i += 1 + usize::from(symbol.number_of_aux_symbols);
        }
        Ok(sites::parts(&*program, bytes, span, &found))
    })
}

/// How often the strings are read over in all, for the names of symbols.
const NAMES: usize = 4;

fn site(at: Span, to: To) -> Site {
    Site { at, to, label: None }
}

/// Reads values of symbols.
struct Values<'p> {
    program: &'p Image,
    bases: &'p [u64],
    /// Where strings end, of each section that holds some.
    ends: BTreeMap<usize, Vec<usize>>,
}

impl Values<'_> {
    /// Where a symbol lies.
    fn start(&mut self, section: usize, value: u32) -> Option<To> {
        let address = self.bases.get(section)?.wrapping_add(value.into());
        self.record(section, value.into())
            .or_else(|| self.program.place_of(address).map(To::Address))
    }
    /// Where something ends that has a length.
    fn end(&mut self, section: usize, value: u32, length: u64) -> Option<To> {
        let address = self.bases.get(section)?.wrapping_add(value.into());
        let placed = self.program.placed().filter(|_| length > 0);
        self.record(section, u64::from(value) + length)
            .or_else(|| placed.map(|placed| To::Address(placed.places.end(placed.of, address, length).0)))
    }
    /// A place in debugging information that has no address: in a table of strings, or at the beginning of a line table.
    fn record(&mut self, section: usize, offset: u64) -> Option<To> {
        match self.program.called(section) {
            ".debug_line" => lines::table(self.program, offset).map(|table| To::Program(table, 0)),
            name if dwarf::strings(name) => {
                let held = self.program.held(section)?;
                let all = || memchr::memchr_iter(0, held).map(|nul| nul + 1).collect();
                let ends = self.ends.entry(section).or_insert_with(all);
                let at = usize::try_from(offset).ok().filter(|&at| at <= held.len())?;
                let number = ends.partition_point(|&end| end <= at);
                let start = number.checked_sub(1).map_or(0, |before| ends[before]);
                Some(To::Nth(number, at - start))
            }
            _ => None,
        }
    }
}
