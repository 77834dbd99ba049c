//! Symbol tables (gABI, "Symbol Table").

use super::{
    ENTRIES, fields,
    image::Image,
    sites::{self, Site, To, Visit},
};
use crate::{
    format::structures::Table,
    model::{Order, Part, Role, Span, Value},
};
use goblin::elf::{Sym, sym::STT_FILE};
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
            let all: Vec<Site> = (0..count).filter_map(site).collect();
            return Ok(sites::parts(&image, bytes, span, &all));
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
                Some(name) if !file && !name.is_empty() => String::from_utf8_lossy(name).into_owned(),
                _ if file => "source file".to_owned(),
                _ => "unnamed".to_owned(),
            };
            let at = table.place(i);
            Some(Part::group(label, at, Order::Fixed, parts(&image, at, name)).entry("symbol"))
        };
        Ok((0..count).filter_map(one).collect())
    })
}

fn parts(image: &Image, at: Span, name: Option<&[u8]>) -> Vec<Part> {
    fields::symbol(image.head.ctx).parts(at.start, image.head.big(), |field| match name {
        Some(name) if field == "name" => (Role::Reference, Value::Target(name.to_vec())),
        _ => (Role::Structure, Value::Raw),
    })
}
