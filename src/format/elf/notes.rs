//! Notes (gABI, "Note Section"): the build ID, Go's build ID, distributions' package notes.

use super::{ENTRIES, image::Image};
use crate::model::{Order, Part, Role, Span, Value};
use std::sync::Arc;

pub(super) fn section(image: &Arc<Image>, index: usize) -> Part {
    let (image, s) = (image.clone(), &image.sections[index]);
    let span = s.span;
    Part::lazy(s.label.clone(), span, Order::Fixed, move |bytes| {
        let mut parts = Vec::new();
        let mut at = span.start;
        while at < span.end && parts.len() < ENTRIES {
            let Some((part, end)) = note(&image, bytes, Span::new(at, span.end)) else {
                break;
            };
            parts.push(part);
            at = end;
        }
        Ok(parts)
    })
}

fn note(image: &Image, bytes: &[u8], rest: Span) -> Option<(Part, usize)> {
    let mut at = image.cursor(bytes, rest);
    let (owner_size, size, kind) = (at.u32()?, at.u32()?, at.u32()?);
    let padded = |n: u64| usize::try_from(n).ok().and_then(|n| n.checked_next_multiple_of(4));
    let owner = at
        .take(usize::try_from(owner_size).ok()?)?
        .strip_suffix(b"\0")
        .unwrap_or_default();
    at.take(padded(owner_size)? - usize::try_from(owner_size).ok()?)?;
    let head = Span::new(rest.start, at.at);
    let body = Span::at(at.at, usize::try_from(size).ok()?);
    at.take(body.len())?;
    // The last note of a section may end without its padding.
    let end = (body.start + padded(size)?).min(rest.end);
    let (name, role) = match (owner, kind) {
        (b"GNU", 3) => ("build ID".to_owned(), Role::Identifier),
        (b"Go", 4) => ("Go build ID".to_owned(), Role::Identifier),
        (b"FDO", 0xcafe_1a7e) => ("package note".to_owned(), Role::String),
        _ => (
            format!("note {} {kind:#x}", String::from_utf8_lossy(owner)),
            Role::Content,
        ),
    };
    let parts = vec![
        Part::field("note header", head, Role::Structure, Value::Raw),
        Part::field(name.clone(), body, role, Value::Raw),
    ];
    Some((Part::group(name, Span::new(rest.start, end), Order::Fixed, parts), end))
}
