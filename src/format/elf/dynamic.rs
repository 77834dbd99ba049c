//! The dynamic section (gABI, "Dynamic Section").

use super::{ENTRIES, fields, image::Image};
use crate::{
    format::dwarf::Program,
    model::{Address, Blob, Order, Part, Role, Span, Value},
};
use goblin::elf::{
    Dyn,
    dynamic::{
        DT_FINI, DT_FINI_ARRAY, DT_GNU_HASH, DT_HASH, DT_INIT, DT_INIT_ARRAY, DT_JMPREL, DT_NEEDED, DT_PLTGOT,
        DT_PREINIT_ARRAY, DT_REL, DT_RELA, DT_RPATH, DT_RUNPATH, DT_SONAME, DT_STRTAB, DT_SYMTAB, DT_VERDEF,
        DT_VERNEED, DT_VERSYM,
    },
    section_header::SHT_DYNAMIC,
};
use std::sync::Arc;

pub(super) fn table(image: &Arc<Image>, index: usize) -> Part {
    let (image, s) = (image.clone(), &image.sections[index]);
    let (span, link) = (s.span, s.link());
    Part::lazy(s.label.clone(), span, Order::Fixed, move |bytes| {
        let table = image.head.dynamic(span);
        let one = |i: usize| {
            let entry: Dyn = table.get(bytes, i, image.head.ctx)?;
            let at = table.place(i);
            let [tag, value] = fields::dynamic(image.head.ctx).spans(at.start);
            let name = name(entry.d_tag);
            let word = Value::Word { big: image.head.big() };
            let (role, meaning) = match name.and_then(|_| image.string(link, entry.d_val)) {
                Some(text) => (Role::Reference, Value::Target(text.to_vec())),
                None => match address(&image, &entry) {
                    Some(place) => (Role::Reference, Value::Target(place.to_string().into_bytes())),
                    None => (Role::Structure, word.clone()),
                },
            };
            let value_name = name.map_or_else(|| "value".to_owned(), str::to_owned);
            let fields = vec![
                Part::field("tag", tag, Role::Structure, word),
                Part::field(value_name, value, role, meaning),
            ];
            let name = name.map_or_else(|| format!("tag {:#x}", entry.d_tag), str::to_owned);
            Some(Part::group(name, at, Order::Fixed, fields))
        };
        Ok((0..table.count().min(ENTRIES)).filter_map(one).collect())
    })
}

/// Where an entry leads, where places are known and its value is an address.
fn address(image: &Image, entry: &Dyn) -> Option<Address> {
    let addresses = [
        DT_PLTGOT,
        DT_HASH,
        DT_STRTAB,
        DT_SYMTAB,
        DT_RELA,
        DT_INIT,
        DT_FINI,
        DT_REL,
        DT_JMPREL,
        DT_INIT_ARRAY,
        DT_FINI_ARRAY,
        DT_PREINIT_ARRAY,
        DT_GNU_HASH,
        DT_VERSYM,
        DT_VERDEF,
        DT_VERNEED,
        DT_RELR,
    ];
    addresses.contains(&entry.d_tag).then(|| image.place_of(entry.d_val))?
}

/// gABI; goblin does not know it.
const DT_RELR: u64 = 36;

/// Where the library search paths lie in a string table, in its order.
pub(super) fn search_paths(image: &Image, bytes: &Blob, strings: usize) -> Vec<(&'static str, Span)> {
    let mut found = Vec::new();
    for s in image
        .sections
        .iter()
        .filter(|s| s.is(SHT_DYNAMIC) && s.link() == strings)
    {
        let entries = image.head.dynamic(s.span).all::<Dyn, _>(bytes, image.head.ctx);
        for entry in entries.take(ENTRIES) {
            let Some(name) = name(entry.d_tag).filter(|_| matches!(entry.d_tag, DT_RPATH | DT_RUNPATH)) else {
                continue;
            };
            let Some(text) = image.string(strings, entry.d_val) else {
                continue;
            };
            let start = image.sections[strings].span.start + usize::try_from(entry.d_val).unwrap_or(0);
            found.push((name, Span::at(start, text.len() + 1)));
        }
    }
    found.sort_by_key(|(_, span)| span.start);
    found
}

/// Not among goblin's tags (Solaris, "Dynamic Section").
const DT_AUXILIARY: u64 = 0x7fff_fffd;
const DT_FILTER: u64 = 0x7fff_ffff;

/// Tags whose value is a string.
fn name(tag: u64) -> Option<&'static str> {
    Some(match tag {
        DT_NEEDED => "NEEDED",
        DT_SONAME => "SONAME",
        DT_RPATH => "RPATH",
        DT_RUNPATH => "RUNPATH",
        DT_AUXILIARY => "AUXILIARY",
        DT_FILTER => "FILTER",
        _ => return None,
    })
}
