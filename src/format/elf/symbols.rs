//! Symbol tables (gABI, "Symbol Table").

use super::{ENTRIES, fields, image::Image};
use crate::{
    format::{
        dwarf::{
            Program,
            sites::{self, Site, To, Visit},
        },
        structures::Table,
    },
    model::{Address, Order, Part, Role, Span, Value},
};
use goblin::elf::{
    Sym,
    header::EM_ARM,
    sym::{STT_FILE, STT_FUNC, STT_TLS},
};
use std::sync::Arc;

/// How often a table's strings are read over in all, for the names of its symbols.
const NAMES: usize = 4;

fn site(image: &Image, bytes: &[u8], table: Table, link: usize, index: usize) -> Option<Site> {
    let symbol: Sym = table.get(bytes, index, image.head.ctx)?;
    let [name] = fields::symbol(image.head.ctx).spans(table.place(index).start);
    Some(Site {
        at: name,
        to: To::String(link, symbol.st_name as u64),
        // The name of the source may be a temporary one.
        label: (symbol.st_type() == STT_FILE).then_some("source file"),
    })
}

pub(super) fn visit(image: &Image, bytes: &[u8], section: usize, visit: Visit<'_>) -> Option<()> {
    let s = &image.sections[section];
    let table = image.head.symbols(s.span);
    for i in 0..table.count() {
        visit(site(image, bytes, table, s.link(), i)?);
    }
    Some(())
}

pub(super) fn table(image: &Arc<Image>, index: usize) -> Part {
    let (image, s) = (image.clone(), &image.sections[index]);
    let (span, link) = (s.span, s.link());
    Part::lazy(s.label.clone(), span, Order::Fixed, move |bytes| {
        let table = image.head.symbols(span);
        let count = table.count();
        let site = |i| site(&image, bytes, table, link, i);
        if count > ENTRIES {
            let all: Vec<Site> = (0..count)
                .flat_map(|i| site(i).into_iter().chain(places(&image, bytes, table, i)))
                .collect();
            return Ok(sites::parts(&*image, bytes, span, &all));
        }
        // Names may lie in each other: many that are long would be more than the file holds.
        let mut room = image.held(link).map_or(0, <[u8]>::len).saturating_mul(NAMES);
        let mut named = |symbol: &Sym| {
            let name = (room > 0).then(|| image.string(link, symbol.st_name as u64)).flatten();
            room = room.saturating_sub(name.map_or(0, <[u8]>::len));
            name
        };
        let one = |i: usize| {
            let symbol: Sym = table.get(bytes, i, image.head.ctx)?;
            let (name, file) = (named(&symbol), symbol.st_type() == STT_FILE);
            // The name of a source or a section must not decide which entry is paired with which.
            let label = match name {
                Some(name) if !file && !name.is_empty() => {
                    String::from_utf8_lossy(sites::seedless(name).unwrap_or(name)).into_owned()
                }
                _ if file => "source file".to_owned(),
                _ => "unnamed".to_owned(),
            };
            let at = table.place(i);
            Some(Part::group(label, at, Order::Fixed, parts(&image, at, name, &symbol)).entry("symbol"))
        };
        Ok((0..count).filter_map(one).collect())
    })
}

fn parts(image: &Image, at: Span, name: Option<&[u8]>, symbol: &Sym) -> Vec<Part> {
    let reference = |text: Vec<u8>| (Role::Reference, Value::Target(text));
    fields::symbol(image.head.ctx).parts(at.start, image.head.big(), |field| match (field, name) {
        ("name", Some(name)) => reference(name.to_vec()),
        ("value", _) => address(image, symbol).map_or((Role::Structure, Value::Raw), |place| {
            reference(place.to_string().into_bytes())
        }),
        ("size", _) if symbol.st_size > 0 && address(image, symbol).is_some() => {
            let range = image
                .range_of(lies_at(image, symbol), symbol.st_size)
                .unwrap_or_default();
            reference(range.into_bytes())
        }
        _ => (Role::Structure, Value::Raw),
    })
}

/// Where a symbol lies, where places are known and it lies somewhere.
fn address(image: &Image, symbol: &Sym) -> Option<Address> {
    let defined = symbol.st_shndx > 0 && symbol.st_shndx < image.sections.len();
    let place = image.place_of(lies_at(image, symbol) & !u64::from(thumb(image, symbol)))?;
    (defined && symbol.st_type() != STT_TLS).then_some(place)
}

/// Its address, also where it counts from its section.
fn lies_at(image: &Image, symbol: &Sym) -> u64 {
    match image.relocatable() {
        true => image.address(symbol.st_shndx).wrapping_add(symbol.st_value),
        false => symbol.st_value,
    }
}

/// Bit 0 of a function's address, which is not part of it, is set.
fn thumb(image: &Image, symbol: &Sym) -> bool {
    image.head.header.e_machine == EM_ARM && symbol.st_type() == STT_FUNC && symbol.st_value & 1 == 1
}

/// Value and size of a symbol as sites; a size is where it ends.
fn places(image: &Image, bytes: &[u8], table: Table, index: usize) -> Vec<Site> {
    let symbol: Option<Sym> = table.get(bytes, index, image.head.ctx);
    let Some((symbol, value)) = symbol.and_then(|symbol| Some((symbol, address(image, &symbol)?))) else {
        return Vec::new();
    };
    let at = table.place(index).start;
    let layout = fields::symbol(image.head.ctx);
    let span = |name: &str| layout.named(at, name);
    let end = image
        .place_of(lies_at(image, &symbol).wrapping_add(symbol.st_size))
        .filter(|_| symbol.st_size > 0);
    let mut sites: Vec<Site> = [("value", Some(value)), ("size", end)]
        .into_iter()
        .filter_map(|(name, to)| Some(Site::address(span(name)?, to?)))
        .collect();
    sites.sort_by_key(|site| site.at.start);
    sites
}
