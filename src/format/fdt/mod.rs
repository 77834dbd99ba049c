//! Flattened device trees (Devicetree Specification 0.4, chapter 5), and U-Boot's FIT images, which are such trees: properties by the path of
//! their node; times, images and hashes of a FIT.

mod fit;
mod tree;

use super::{
    Format,
    row::{derived, padding, row},
    sections::{in_order, inside},
    volume::Endian,
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span};
use tree::{Item, Tree};

/// A device tree.
pub struct Fdt;

impl Format for Fdt {
    fn id(&self) -> FormatId {
        "fdt"
    }
    fn kind(&self) -> Kind {
        Kind::Firmware
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(b"\xd0\x0d\xfe\xed")
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let word = Endian::big(bytes);
        let total = inside(0, word.at::<4>(4)?, bytes.len())?;
        let structure = inside(word.at::<4>(8)?, word.at::<4>(36)?, total.len())?;
        let strings = inside(word.at::<4>(12)?, word.at::<4>(32)?, total.len())?;
        let reserved = word.at::<4>(16)?;
        let tree = Tree::read(bytes, structure, strings)?;
        let mut parts = vec![header(word.u32(20)?, bytes)];
        if reserved >= 40 && reserved < structure.start {
            parts.push(reservations(bytes, reserved, structure.start)?);
        }
        let images = fit::images(bytes, &tree, total.end);
        let value = |item: &Item, span: Span| images.value(bytes, &tree, item, span);
        let one = |item: &Item| tree.part(bytes, item, &value);
        let items: Vec<Part> = tree.items.iter().map(one).collect();
        parts.push(Part::group("", structure, Order::Fixed, items));
        // Names that a property uses follow from it; anything else in there is hidden.
        let right = tree.names_all(bytes, strings);
        parts.push(derived("strings", strings, Role::Offset, right));
        for (path, span) in images.outside {
            let end = span.end.next_multiple_of(4).min(bytes.len());
            let inside = vec![Part::stored("", span), padding(bytes, span.end, end)];
            parts.push(Part::group(path, Span::new(span.start, end), Order::Fixed, inside));
        }
        Ok(Opened {
            format: "fdt",
            order: Order::Fixed,
            parts: in_order(parts)?,
        })
    }
}

fn header(version: u64, bytes: &[u8]) -> Part {
    use Role::{Offset, Size, Structure};
    let mut fields = row(0, true, &[("magic", 4, Structure)]);
    for (name, at, role) in [
        ("total size", 4, Size),
        ("structure at", 8, Offset),
        ("strings at", 12, Offset),
        ("reservations at", 16, Offset),
    ] {
        fields.push(derived(name, Span::at(at, 4), role, true));
    }
    fields.extend(row(
        20,
        true,
        &[
            ("version", 4, Structure),
            ("compatible with", 4, Structure),
            ("boot processor", 4, Structure),
        ],
    ));
    fields.push(derived("size of the strings", Span::at(32, 4), Size, true));
    if version >= 17 && bytes.len() >= 40 {
        fields.push(derived("size of the structure", Span::at(36, 4), Size, true));
    }
    let end = fields.last().map_or(0, |field| field.span.end);
    Part::group("header", Span::new(0, end), Order::Fixed, fields)
}

/// Ranges of memory that are kept, up to one of zeros.
fn reservations(bytes: &[u8], at: usize, limit: usize) -> Result<Part, Malformed> {
    let mut end = at;
    while end + 16 <= limit {
        end += 16;
        if bytes
            .get(end - 16..end)
            .is_some_and(|range| range.iter().all(|&b| b == 0))
        {
            break;
        }
    }
    let role = Role::Structure;
    Ok(Part::field(
        "reservations",
        Span::new(at, end),
        role,
        crate::model::Value::Raw,
    ))
}
