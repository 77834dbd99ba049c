//! Symbol tables (gABI, "Symbol Table").

use super::{
    ENTRIES,
    image::Image,
    sites::{self, Site, To, Visit},
};
use crate::model::{Order, Part, Role, Span, Value};
use std::sync::Arc;

/// One entry.
#[derive(Clone, Copy)]
pub(super) struct Symbol {
    pub(super) name: u64,
    pub(super) kind: u8,
    pub(super) section: u64,
    pub(super) value: u64,
    pub(super) size: u64,
}

pub(super) fn entry_size(image: &Image) -> usize {
    if image.wide { 24 } else { 16 }
}

pub(super) fn symbol(image: &Image, bytes: &[u8], table: Span, index: usize) -> Option<Symbol> {
    let size = entry_size(image);
    let start = index.checked_mul(size)?.checked_add(table.start)?;
    if start.checked_add(size)? > table.end {
        return None;
    }
    let mut at = image.cursor(bytes, Span::at(start, size));
    let name = at.u32()?;
    Some(if image.wide {
        let (info, _, section) = (at.u8()?, at.u8()?, at.u16()?);
        Symbol {
            name,
            kind: info & 15,
            section,
            value: at.number(8)?,
            size: at.number(8)?,
        }
    } else {
        let (value, size, info, _) = (at.u32()?, at.u32()?, at.u8()?, at.u8()?);
        Symbol {
            name,
            kind: info & 15,
            section: at.u16()?,
            value,
            size,
        }
    })
}

fn site(image: &Image, bytes: &[u8], span: Span, link: usize, index: usize) -> Option<Site> {
    let symbol = symbol(image, bytes, span, index)?;
    Some(Site {
        at: Span::at(span.start + index * entry_size(image), 4),
        to: To::String(link, symbol.name),
        // STT_FILE: the name of the source, which may be a temporary one.
        label: (symbol.kind == 4).then_some("source file"),
    })
}

pub(super) fn visit(image: &Image, bytes: &[u8], section: usize, visit: Visit<'_>) -> Option<()> {
    let s = &image.sections[section];
    for i in 0..s.span.len() / entry_size(image) {
        visit(site(image, bytes, s.span, s.link, i)?);
    }
    Some(())
}

pub(super) fn table(image: &Arc<Image>, index: usize) -> Part {
    let (image, s) = (image.clone(), &image.sections[index]);
    let (span, link) = (s.span, s.link);
    Part::lazy(s.label.clone(), span, Order::Fixed, move |bytes| {
        let size = entry_size(&image);
        let count = span.len() / size;
        let site = |i| site(&image, bytes, span, link, i);
        if count > ENTRIES {
            let all: Vec<Site> = (0..count).filter_map(site).collect();
            return Ok(sites::parts(&image, bytes, span, &all));
        }
        let one = |i: usize| {
            let at = Span::at(span.start + i * size, size);
            let symbol = symbol(&image, bytes, span, i)?;
            let name = image.string(link, symbol.name);
            // The name of a source or a section must not decide which entry is paired with which.
            let label = match name {
                Some(name) if symbol.kind != 4 && !name.is_empty() => String::from_utf8_lossy(name).into_owned(),
                _ if symbol.kind == 4 => "source file".to_owned(),
                _ => "unnamed".to_owned(),
            };
            Some(Part::group(label, at, Order::Fixed, fields(&image, at, name)))
        };
        Ok((0..count).filter_map(one).collect())
    })
}

fn fields(image: &Image, at: Span, name: Option<&[u8]>) -> Vec<Part> {
    let order: &[(&'static str, usize)] = if image.wide {
        &[
            ("info", 1),
            ("visibility", 1),
            ("section", 2),
            ("value", 8),
            ("size", 8),
        ]
    } else {
        &[
            ("value", 4),
            ("size", 4),
            ("info", 1),
            ("visibility", 1),
            ("section", 2),
        ]
    };
    let first = Span::at(at.start, 4);
    let mut parts = vec![match name {
        Some(name) => Part::field("name", first, Role::Reference, Value::Target(name.to_vec())),
        None => Part::field("name", first, Role::Structure, Value::Raw),
    }];
    let mut next = first.end;
    for &(name, size) in order {
        parts.push(Part::field(name, Span::at(next, size), Role::Structure, Value::Raw));
        next += size;
    }
    parts
}
