//! The three tables of contents: the file's header, program headers, section headers.

use super::{fields, image::Image, section::Section, space};
use crate::{
    format::dwarf::Program,
    model::{Order, Part, Role, Value},
};
use goblin::elf::section_header::{SHF_ALLOC, SHT_NOBITS};
use std::sync::Arc;

const DERIVED: Value = Value::Derived { valid: true };

pub(super) fn file(image: &Image) -> Part {
    // The section headers were found through their offset; no program reads them.
    let meaning = |name: &str| match name {
        "section headers offset" => (Role::Offset, DERIVED),
        "entry point" => named(image.place_of(image.head.header.e_entry).map(|place| place.to_string())),
        _ => (Role::Structure, Value::Raw),
    };
    let parts = fields::file(image.head.ctx).parts(0, image.head.big(), meaning);
    Part::group("header", image.header(), Order::Fixed, parts)
}

/// What a number stands for, where that is known.
fn named(what: Option<String>) -> (Role, Value) {
    what.map_or((Role::Structure, Value::Raw), |text| {
        (Role::Reference, Value::Target(text.into_bytes()))
    })
}

/// Where programs are loaded from: nothing here is taken for derived, but where places are known.
pub(super) fn segments(image: &Arc<Image>) -> Part {
    let (layout, table, big) = (fields::segment(image.head.ctx), image.segment_table, image.head.big());
    let image = image.clone();
    Part::lazy("program headers", table.span, Order::Fixed, move |_| {
        let one = |i: usize| {
            let at = table.place(i);
            let parts = layout.parts(at.start, big, |name| named(loaded(&image, i, name)));
            Part::group(format!("program header {i}"), at, Order::Fixed, parts)
        };
        Ok((0..table.count()).map(one).collect())
    })
}

/// A field of a program header by the sections that it speaks of, where places are known.
fn loaded(image: &Image, index: usize, field: &str) -> Option<String> {
    let segment = image.placed.as_ref().and_then(|_| image.segment(index))?;
    let end = |at: u64, size: u64, end: fn(&Section) -> u64| ends(image, at.saturating_add(size), end);
    match field {
        "virtual address" => image.place_of(segment.p_vaddr).map(|place| place.to_string()),
        "physical address" if segment.p_paddr == segment.p_vaddr => Some("as virtual".to_owned()),
        "offset" => Some(begins(image, segment.p_offset)?.to_owned()),
        "file size" if segment.p_filesz > 0 => {
            let ends_at = |s: &Section| {
                s.header
                    .sh_offset
                    .saturating_add(if s.is(SHT_NOBITS) { 0 } else { s.header.sh_size })
            };
            end(segment.p_offset, segment.p_filesz, ends_at)
        }
        "memory size" if segment.p_memsz > 0 => end(segment.p_vaddr, segment.p_memsz, |s| {
            s.header.sh_addr.saturating_add(s.header.sh_size)
        }),
        _ => None,
    }
}

/// What begins at an offset of the file.
fn begins(image: &Image, offset: u64) -> Option<&str> {
    let begins = |s: &&Section| space::placed(s) && s.header.sh_offset == offset;
    image.sections.iter().find(begins).map(|s| s.label.as_str())
}

/// Which section is the last before an end, and how far it is from it, or that it is rounded up to a page.
fn ends(image: &Image, end: u64, of: fn(&Section) -> u64) -> Option<String> {
    let all = image
        .sections
        .iter()
        .filter(|s| s.has(SHF_ALLOC) && s.header.sh_size > 0 && of(s) <= end);
    let last = all.max_by_key(|s| of(s))?;
    let over = end - of(last);
    match over {
        0 => Some(format!("up to the end of {}", last.label)),
        1..PAGE if end.is_multiple_of(PAGE) => Some(format!("up to the end of {}, rounded up", last.label)),
        _ => None,
    }
}

const PAGE: u64 = 0x1000;

pub(super) fn sections(image: &Arc<Image>) -> Part {
    let (image, table) = (image.clone(), image.section_table);
    let layout = fields::section(image.head.ctx);
    Part::lazy("section headers", table.span, Order::Fixed, move |_| {
        let one = |i: usize| {
            let (image, at) = (image.clone(), table.place(i));
            let name = format!("header of {}", image.sections[i].label);
            Part::lazy(name, at, Order::Fixed, move |_| {
                Ok(layout.parts(at.start, image.head.big(), |name| meaning(&image, i, name)))
            })
        };
        Ok((0..image.sections.len()).map(one).collect())
    })
}

/// A field of a header of a loaded section, where places are known: in the file as in memory.
fn placed(image: &Image, index: usize, field: &str) -> Option<String> {
    let s = &image.sections[index];
    let start = image.address(index);
    let address = image.place_of(start).filter(|_| s.has(SHF_ALLOC))?;
    match field {
        "size" if s.placed || s.span.is_empty() => image.range_of(start, s.header.sh_size),
        _ if image.relocatable() => None,
        // Where it lies is decided, and no loader asks.
        "alignment" if aligned(s) => Some("as it lies".to_owned()),
        "address" => Some(address.to_string()),
        "offset" if s.placed || s.span.is_empty() => Some(format!("of {address}")),
        _ => None,
    }
}

/// It has an alignment, and lies by it.
fn aligned(s: &Section) -> bool {
    s.header.sh_addralign.is_power_of_two() && s.header.sh_addr.is_multiple_of(s.header.sh_addralign)
}

fn meaning(image: &Image, index: usize, field: &str) -> (Role, Value) {
    let s = &image.sections[index];
    // Addresses and sizes of what a program loads have a meaning of their own; an object's offsets have none.
    let loaded = s.has(SHF_ALLOC);
    let free = !loaded || image.relocatable();
    if let Some(known) = placed(image, index, field) {
        return named(Some(known));
    }
    match field {
        "name" => image.section_name(index).map_or((Role::Structure, Value::Raw), |name| {
            (Role::Reference, Value::Target(name.to_vec()))
        }),
        "offset" if s.placed && free => (Role::Offset, DERIVED),
        "offset" if s.span.is_empty() && free => {
            let valid = image.follows(index);
            (Role::Offset, Value::Derived { valid })
        }
        "size" if s.placed && !loaded => (Role::Size, DERIVED),
        _ => (Role::Structure, Value::Raw),
    }
}
