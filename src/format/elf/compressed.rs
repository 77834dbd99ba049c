//! Compressed sections (gABI, "Section Compression"), and the older `.zdebug_*` of GNU tools: decoded, they are read as any other.

use super::{debug, image::Image, stream::Header, strings};
use crate::model::{Blob, Content, Order, Part, Role, Span, Value};
use goblin::elf::section_header::{SHF_MERGE, SHF_STRINGS};
use std::sync::Arc;

pub(super) fn section(image: &Arc<Image>, index: usize) -> Part {
    let (image, s) = (image.clone(), &image.sections[index]);
    let span = s.span;
    Part::lazy(s.label.clone(), span, Order::Fixed, move |bytes| {
        let Some(header) = Header::read(&image.sections[index], image.head.ctx, bytes) else {
            return Ok(Vec::new());
        };
        let (data, image) = (header.data(span), image.clone());
        Ok(vec![
            Part::field("compression", header.kind, Role::Structure, Value::Raw),
            // The size is checked when the bytes are decoded.
            Part::field("decoded size", header.size, Role::Size, Value::Derived { valid: true }),
            Part::field("decoded alignment", header.alignment, Role::Structure, Value::Raw),
            Part::member("", data, Content::Encoded(Box::new(header.stream)))
                .read_as(Order::Fixed, move |decoded| Ok(vec![inside(&image, index, decoded)])),
        ])
    })
}

/// What the section would be if it were not compressed.
fn inside(image: &Arc<Image>, index: usize, decoded: &Blob) -> Part {
    let (s, span) = (&image.sections[index], Span::new(0, decoded.len()));
    if let Some(part) = debug::section(image, index, String::new(), span) {
        return part;
    }
    if s.has(SHF_MERGE) && s.has(SHF_STRINGS) {
        return strings::table(image, index, String::new(), span);
    }
    Part::field("", span, Role::Content, Value::Raw)
}
