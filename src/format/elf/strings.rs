//! String tables: SHT_STRTAB, `.debug_str`, `.debug_line_str` and other merged strings that no program loads.

use super::{ENTRIES, image::Image, sites};
use crate::model::{Order, Part, Role, Span, Value};
use std::{collections::BTreeMap, sync::Arc};

/// Strings of a table of which every user is known; more are compared by place.
const STRINGS: usize = 10 * ENTRIES;

/// A table of NUL-terminated strings. Where all that names its strings is understood, the order of the strings has no meaning and
/// they are paired by what names them; else each must stay where it is.
pub(super) fn table(image: &Arc<Image>, index: usize) -> Part {
    let (image, s) = (image.clone(), &image.sections[index]);
    let span = s.span;
    Part::lazy(s.label.clone(), span, Order::Keys, move |bytes| {
        let table = &bytes[span.start..span.end];
        let ends: Vec<usize> = memchr::memchr_iter(0, table).take(STRINGS + 1).collect();
        let whole = table.last() == Some(&0) && ends.len() <= STRINGS;
        let known = whole.then(|| sites::into(&image, bytes, index)).flatten();
        // Says which strings are named, and from where: equal on both sides, or the table is not the same set of names.
        let uses = |digest| Part::field("uses", Span::at(span.start, 0), Role::Reference, Value::Target(digest));
        let Some(known) = known else {
            return Ok(vec![uses(places(table)), Part::field("", span, Role::Data, Value::Raw)]);
        };
        let mut parts = vec![uses(known.digest)];
        let mut unnamed: BTreeMap<&'static str, usize> = BTreeMap::new();
        let mut at = 0;
        for end in ends {
            let text = &table[at..end];
            let place = Span::new(at, end + 1).shifted(span.start);
            let (name, role) = match known.numbers.get(text) {
                Some((number, label)) => (format!("{label} {number}"), role(label)),
                None if text.contains(&b'/') => {
                    let count = unnamed.entry("").or_default();
                    *count += 1;
                    (format!("unused path {count}"), Role::String)
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

/// A digest of where strings end.
fn places(table: &[u8]) -> Vec<u8> {
    let mut hash = blake3::Hasher::new();
    for end in memchr::memchr_iter(0, table) {
        hash.update(&end.to_le_bytes());
    }
    let mut digest = vec![0];
    digest.extend_from_slice(hash.finalize().as_bytes());
    digest
}
