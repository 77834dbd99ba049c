//! The dynamic section (gABI, "Dynamic Section").

use super::{
    ENTRIES,
    image::{Image, SHT_DYNAMIC},
};
use crate::model::{Blob, Order, Part, Role, Span, Value};
use std::sync::Arc;

pub(super) fn table(image: &Arc<Image>, index: usize) -> Part {
    let (image, s) = (image.clone(), &image.sections[index]);
    let (span, link) = (s.span, s.link);
    Part::lazy(s.label.clone(), span, Order::Fixed, move |bytes| {
        let word = image.word();
        let one = |i: usize| {
            let at = Span::at(span.start + i * 2 * word, 2 * word);
            let mut read = image.cursor(bytes, at);
            let (tag, value) = (read.number(word)?, read.number(word)?);
            let name = name(tag);
            let (role, meaning) = match name.and_then(|_| image.string(link, value)) {
                Some(text) => (Role::Reference, Value::Target(text.to_vec())),
                None => (Role::Structure, Value::Raw),
            };
            let value_name = name.map_or_else(|| "value".to_owned(), str::to_owned);
            let fields = vec![
                Part::field("tag", Span::at(at.start, word), Role::Structure, Value::Raw),
                Part::field(value_name, Span::at(at.start + word, word), role, meaning),
            ];
            let name = name.map_or_else(|| format!("tag {tag:#x}"), str::to_owned);
            Some(Part::group(name, at, Order::Fixed, fields))
        };
        Ok((0..(span.len() / (2 * word)).min(ENTRIES)).filter_map(one).collect())
    })
}

/// Where the library search paths lie in a string table, in its order.
pub(super) fn search_paths(image: &Image, bytes: &Blob, strings: usize) -> Vec<(&'static str, Span)> {
    let word = image.word();
    let mut found = Vec::new();
    for s in image
        .sections
        .iter()
        .filter(|s| s.kind == SHT_DYNAMIC && s.link == strings)
    {
        for i in 0..(s.span.len() / (2 * word)).min(ENTRIES) {
            let mut read = image.cursor(bytes, Span::at(s.span.start + i * 2 * word, 2 * word));
            let (Some(tag), Some(value)) = (read.number(word), read.number(word)) else {
                break;
            };
            let Some(name) = name(tag).filter(|_| matches!(tag, 15 | 29)) else {
                continue;
            };
            let Some(text) = image.string(strings, value) else {
                continue;
            };
            let start = image.sections[strings].span.start + usize::try_from(value).unwrap_or(0);
            found.push((name, Span::at(start, text.len() + 1)));
        }
    }
    found.sort_by_key(|(_, span)| span.start);
    found
}

/// Tags whose value is a string.
fn name(tag: u64) -> Option<&'static str> {
    Some(match tag {
        1 => "NEEDED",
        14 => "SONAME",
        15 => "RPATH",
        29 => "RUNPATH",
        0x7fff_fffd => "AUXILIARY",
        0x7fff_ffff => "FILTER",
        _ => return None,
    })
}
