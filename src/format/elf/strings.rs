//! String tables: SHT_STRTAB, `.debug_str`, `.debug_line_str` and other merged strings that no program loads.

use super::{dynamic, image::Image, named};
use crate::{
    format::dwarf::names,
    model::{Order, Part, Role, Span, Value},
};
use std::sync::Arc;

/// A table of NUL-terminated strings. Where all that names its strings is understood, the order of the strings has no meaning and
/// they are paired by what names them; else each must stay where it is.
pub(super) fn table(image: &Arc<Image>, index: usize, label: String, span: Span) -> Part {
    let image = image.clone();
    Part::lazy(label, span, Order::Keys, move |bytes| {
        let table = &bytes[span.start..span.end];
        if let Some(parts) = names::parts(table, span, || named::into(&image, index)) {
            return Ok(parts);
        }
        // A search path is told from the names around it.
        let mut parts = vec![names::uses(span, names::places(table))];
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
        Ok(parts)
    })
}
