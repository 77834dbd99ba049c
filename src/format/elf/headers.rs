//! The three tables of contents: the file's header, program headers, section headers.

use super::{fields, image::Image};
use crate::model::{Order, Part, Role, Value};
use goblin::elf::section_header::SHF_ALLOC;
use std::sync::Arc;

const DERIVED: Value = Value::Derived { valid: true };

pub(super) fn file(image: &Image) -> Part {
    // The section headers were found through their offset; no program reads them.
    let meaning = |name: &str| match name {
        "section headers offset" => (Role::Offset, DERIVED),
        _ => (Role::Structure, Value::Raw),
    };
    let parts = fields::file(image.head.ctx).parts(0, image.head.big(), meaning);
    Part::group("header", image.header(), Order::Fixed, parts)
}

/// Where programs are loaded from: nothing here is taken for derived.
pub(super) fn segments(image: &Arc<Image>) -> Part {
    let (layout, table, big) = (fields::segment(image.head.ctx), image.segment_table, image.head.big());
    Part::lazy("program headers", table.span, Order::Fixed, move |_| {
        let one = |i: usize| {
            let at = table.place(i);
            let parts = layout.parts(at.start, big, |_| (Role::Structure, Value::Raw));
            Part::group(format!("program header {i}"), at, Order::Fixed, parts)
        };
        Ok((0..table.count()).map(one).collect())
    })
}

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

fn meaning(image: &Image, index: usize, field: &str) -> (Role, Value) {
    let s = &image.sections[index];
    // Addresses and sizes of what a program loads have a meaning of their own; an object's offsets have none.
    let loaded = s.has(SHF_ALLOC);
    let free = !loaded || image.relocatable();
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
