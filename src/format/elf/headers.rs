//! The three tables of contents: the file's header, program headers, section headers.

use super::image::{Image, SHF_ALLOC};
use crate::model::{Blob, Order, Part, Role, Span, Value};
use std::sync::Arc;

/// Names and sizes of consecutive fields; a size of 0 stands for an address.
type Fields = &'static [(&'static str, usize)];

const FILE: Fields = &[
    ("identification", 16),
    ("type", 2),
    ("machine", 2),
    ("version", 4),
    ("entry point", 0),
    ("program headers offset", 0),
    ("section headers offset", 0),
    ("flags", 4),
    ("header size", 2),
    ("program header size", 2),
    ("program header count", 2),
    ("section header size", 2),
    ("section header count", 2),
    ("section names index", 2),
];
const SECTION: Fields = &[
    ("name", 4),
    ("type", 4),
    ("flags", 0),
    ("address", 0),
    ("offset", 0),
    ("size", 0),
    ("link", 4),
    ("info", 4),
    ("alignment", 0),
    ("entry size", 0),
];
const SEGMENT_64: Fields = &[
    ("type", 4),
    ("flags", 4),
    ("offset", 0),
    ("virtual address", 0),
    ("physical address", 0),
    ("file size", 0),
    ("memory size", 0),
    ("alignment", 0),
];
const SEGMENT_32: Fields = &[
    ("type", 4),
    ("offset", 0),
    ("virtual address", 0),
    ("physical address", 0),
    ("file size", 0),
    ("memory size", 0),
    ("flags", 4),
    ("alignment", 0),
];

fn fields(fields: Fields, start: usize, word: usize, meaning: impl Fn(&str) -> (Role, Value)) -> Vec<Part> {
    let mut at = start;
    fields
        .iter()
        .map(|&(name, size)| {
            let span = Span::at(at, if size == 0 { word } else { size });
            at = span.end;
            let (role, value) = meaning(name);
            Part::field(name, span, role, value)
        })
        .collect()
}

const DERIVED: Value = Value::Derived { valid: true };

pub(super) fn file(image: &Image, _bytes: &Blob) -> Part {
    // The section headers were found through their offset; no program reads them.
    let meaning = |name: &str| match name {
        "section headers offset" => (Role::Offset, DERIVED),
        _ => (Role::Structure, Value::Raw),
    };
    Part::group(
        "header",
        image.header,
        Order::Fixed,
        fields(FILE, 0, image.word(), meaning),
    )
}

/// Where programs are loaded from: nothing here is taken for derived.
pub(super) fn segments(image: &Arc<Image>) -> Part {
    let (image, span) = (image.clone(), image.segments);
    Part::lazy("program headers", span, Order::Fixed, move |_| {
        let list = if image.wide { SEGMENT_64 } else { SEGMENT_32 };
        let count = span.len() / image.segment_size.max(1);
        let one = |i: usize| {
            let at = Span::at(span.start + i * image.segment_size, image.segment_size);
            let parts = fields(list, at.start, image.word(), |_| (Role::Structure, Value::Raw));
            Part::group(format!("program header {i}"), at, Order::Fixed, parts)
        };
        Ok((0..count).map(one).collect())
    })
}

pub(super) fn sections(image: &Arc<Image>) -> Part {
    let (image, span) = (image.clone(), image.table);
    Part::lazy("section headers", span, Order::Fixed, move |_| {
        let one = |i: usize| {
            let image = image.clone();
            let at = Span::at(span.start + i * image.entry_size, image.entry_size);
            let name = format!("header of {}", image.sections[i].label);
            Part::lazy(name, at, Order::Fixed, move |_| {
                let s = &image.sections[i];
                // Addresses and sizes of what a program loads have a meaning of their own; an object's offsets have none.
                let loaded = s.has(SHF_ALLOC);
                let meaning = |name: &str| match name {
                    "name" => image
                        .string(image.names, s.name)
                        .map_or((Role::Structure, Value::Raw), |n| {
                            (Role::Reference, Value::Target(n.to_vec()))
                        }),
                    "offset" if s.placed && (!loaded || image.relocatable) => (Role::Offset, DERIVED),
                    "offset" if s.span.is_empty() && (!loaded || image.relocatable) => (
                        Role::Offset,
                        Value::Derived {
                            valid: image.follows(i),
                        },
                    ),
                    "size" if s.placed && !loaded => (Role::Size, DERIVED),
                    _ => (Role::Structure, Value::Raw),
                };
                Ok(fields(SECTION, at.start, image.word(), meaning))
            })
        };
        Ok((0..image.sections.len()).map(one).collect())
    })
}
