//! Executable sections by function.

use super::{ENTRIES, image::Image};
use crate::{
    format::dwarf::Program,
    model::{Blob, Order, Part, Role, Span, Value},
};
use goblin::elf::{
    Sym,
    header::EM_ARM,
    section_header::{SHT_DYNSYM, SHT_SYMTAB},
    sym::{STT_FUNC, STT_GNU_IFUNC},
};
use std::{collections::BTreeMap, sync::Arc};

/// Functions of one section; what is behind them counts as one.
const FUNCTIONS: usize = 20 * ENTRIES;

pub(super) fn section(image: &Arc<Image>, index: usize) -> Part {
    let (image, s) = (image.clone(), &image.sections[index]);
    let span = s.span;
    Part::lazy(s.label.clone(), span, Order::Link, move |bytes| {
        Ok(functions(&image, bytes, index, span))
    })
}

/// Each function with the padding behind it, so that moved functions are equal parts in another order.
fn functions(image: &Image, bytes: &Blob, index: usize, span: Span) -> Vec<Part> {
    let base = image.sections[index].header.sh_addr;
    let starts = starts(image, bytes, index, span);
    let code = |name: String, at: usize, end: usize| {
        let address = base.wrapping_add((at - span.start) as u64);
        Part::field(
            name,
            Span::new(at, end),
            Role::Code,
            Value::Code {
                isa: image.isa(),
                address,
                links: image.links(Span::new(at, end)),
            },
        )
    };
    let mut parts = Vec::with_capacity(starts.len() + 1);
    let mut ends = starts.keys().skip(1).copied().chain([span.end]);
    let first = starts.keys().next().copied().unwrap_or(span.end);
    if first > span.start {
        parts.push(code("before the first function".to_owned(), span.start, first));
    }
    for (&start, &symbol) in &starts {
        let name = symbols_name(image, symbol);
        parts.push(code(name, start, ends.next().unwrap_or(span.end)));
    }
    parts
}

fn symbols_name(image: &Image, (table, symbol): (usize, Sym)) -> String {
    let name = image.string(table, symbol.st_name as u64).unwrap_or_default();
    if name.is_empty() {
        "unnamed function".to_owned()
    } else {
        String::from_utf8_lossy(name).into_owned()
    }
}

type Starts = BTreeMap<usize, (usize, Sym)>;

/// File offset of every function of the section; of several names for one place the longest function's, then the first.
fn starts(image: &Image, bytes: &Blob, index: usize, span: Span) -> Starts {
    let mut found = Starts::new();
    for kind in [SHT_SYMTAB, SHT_DYNSYM] {
        for table in image.sections.iter().filter(|s| s.is(kind)) {
            for symbol in image.head.symbols(table.span).all::<Sym, _>(bytes, image.head.ctx) {
                let function = matches!(symbol.st_type(), STT_FUNC | STT_GNU_IFUNC);
                if !function || symbol.st_shndx != index || found.len() >= FUNCTIONS {
                    continue;
                }
                // Bit 0 marks Thumb code.
                let value = if image.head.header.e_machine == EM_ARM {
                    symbol.st_value & !1
                } else {
                    symbol.st_value
                };
                let base = if image.relocatable() {
                    0
                } else {
                    image.sections[index].header.sh_addr
                };
                let offset = value.checked_sub(base).and_then(|n| usize::try_from(n).ok());
                let Some(offset) = offset.filter(|&n| n < span.len()) else {
                    continue;
                };
                let entry = (table.link(), symbol);
                let known = found.entry(span.start + offset).or_insert(entry);
                if known.1.st_size < symbol.st_size {
                    *known = entry;
                }
            }
        }
        if !found.is_empty() {
            break;
        }
    }
    found
}
