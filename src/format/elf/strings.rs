//! String tables: SHT_STRTAB, `.debug_str`, `.debug_line_str` and other merged strings that no program loads.

use super::{ENTRIES, dynamic, image::Image, named, sites};
use crate::model::{Order, Part, Role, Span, Value};
use std::sync::Arc;

/// Strings of a table of which every user is known; more are compared by place.
const STRINGS: usize = 10 * ENTRIES;

/// A table of NUL-terminated strings. Where all that names its strings is understood, the order of the strings has no meaning and
/// they are paired by what names them; else each must stay where it is.
pub(super) fn table(image: &Arc<Image>, index: usize, label: String, span: Span) -> Part {
    let image = image.clone();
    Part::lazy(label, span, Order::Keys, move |bytes| {
        let table = &bytes[span.start..span.end];
        let ends: Vec<usize> = memchr::memchr_iter(0, table).take(STRINGS + 1).collect();
        let whole = table.last() == Some(&0) && ends.len() <= STRINGS;
        let known = whole.then(|| named::into(&image, index)).flatten();
        let Some(known) = known else {
            // A search path is told from the names around it.
            let mut parts = vec![uses(span, places(table))];
            let mut at = span.start;
            for (name, place) in dynamic::search_paths(&image, bytes, index) {
                if place.start < at || place.end > span.end {
                    continue;
                }
                let before = Span::new(at, place.start);
                parts.push(Part::field(
                    format!("names before {name}"),
                    before,
                    Role::Data,
                    Value::Raw,
                ));
                parts.push(Part::field(name, place, Role::String, Value::Raw));
                at = place.end;
            }
            parts.push(Part::field("", Span::new(at, span.end), Role::Data, Value::Raw));
            return Ok(parts);
        };
        let mut parts = vec![uses(span, known.digest)];
        let mut unnamed = 0;
        let mut at = 0;
        for end in ends {
            let text = &table[at..end];
            let place = Span::new(at, end + 1).shifted(span.start);
            let (name, role) = match known.numbers.get(text) {
                Some((number, label)) => (format!("{label} {number}"), role(label)),
                None if sites::varies(None, text).is_some() => {
                    unnamed += 1;
                    (format!("unused string {unnamed}"), Role::String)
                }
                None => (String::from_utf8_lossy(text).into_owned(), Role::String),
            };
            parts.push(Part::field(name, place, role, Value::Raw));
            at = end + 1;
        }
        Ok(parts)
    })
}

fn role(label: &str) -> Role {
    if label == "producer" {
        Role::Version
    } else {
        Role::String
    }
}

/// Says which strings are named, and from where: where this differs, the other table does not hold the same names.
pub(super) fn uses(span: Span, digest: Vec<u8>) -> Part {
    Part::field("uses", Span::at(span.start, 0), Role::Reference, Value::Target(digest))
}

/// A digest of where strings end.
pub(super) fn places(table: &[u8]) -> Vec<u8> {
    let ends: Vec<u8> = memchr::memchr_iter(0, table).flat_map(usize::to_le_bytes).collect();
    digest(&ends)
}

/// Begins with a NUL, so that it is never taken for text.
pub(super) fn digest(bytes: &[u8]) -> Vec<u8> {
    [&[0][..], blake3::hash(bytes).as_bytes()].concat()
}
