//! What names the strings of a table, and the table cut by it: where all that names its strings is understood, their order has no meaning.

use super::{
    ENTRIES, Image, info, lines,
    sites::{Site, To, Visit, varies},
};
use crate::model::{Part, Role, Span, Value};
use std::collections::BTreeMap;

/// Strings of a table of which every user is known; more are compared by place.
const STRINGS: usize = 10 * ENTRIES;

/// All that names strings of one table.
pub(in crate::format) struct Named {
    /// Of everything that is named, in order; strings that are paired by their order stand in it as their number.
    digest: Vec<u8>,
    /// Number and label of strings that may differ from build to build.
    numbers: BTreeMap<Vec<u8>, (usize, &'static str)>,
}

/// Gathers what names strings of a table; nothing where `all` says that something may name them that is not understood: then only the
/// place of a string tells which one it is.
pub(in crate::format) fn gather(
    image: &Image,
    table: usize,
    all: impl FnOnce(Visit<'_>) -> Option<()>,
) -> Option<Named> {
    let mut named = Named {
        digest: Vec::new(),
        numbers: BTreeMap::new(),
    };
    let mut hash = blake3::Hasher::new();
    let mut lost = false;
    let mut any = false;
    all(&mut |site: Site| {
        let To::String(to, offset) = site.to else { return };
        if to != table {
            return;
        }
        any = true;
        let Some(text) = image.string(to, offset) else {
            lost = true;
            return;
        };
        if let Some(label) = varies(site.label, text) {
            let next = named.numbers.len();
            let (number, _) = *named.numbers.entry(text.to_vec()).or_insert((next, label));
            hash.update(b"\0\0").update(&number.to_le_bytes());
        } else {
            hash.update(text).update(b"\0");
        }
    })?;
    named.digest = hash.finalize().as_bytes().to_vec();
    named.digest.insert(0, 0);
    (any && !lost).then_some(named)
}

/// Every string that a section of debugging information names; nothing where it may name some and is not understood.
pub(in crate::format) fn visit(image: &Image, section: usize, visit: Visit<'_>) -> Option<()> {
    match image.called(section) {
        ".debug_info" | ".debug_types" => info::visit(image, section, visit),
        ".debug_line" => lines::visit(image, section, visit),
        ".debug_str_offsets" => info::visit_offsets(image, section, visit),
        ".debug_macro" | ".debug_names" | ".debug_sup" | ".gnu_debugaltlink" => None,
        _ => Some(()),
    }
}

/// The strings of a table at `span`, by what names them; nothing where that is not known.
pub(in crate::format) fn parts(table: &[u8], span: Span, named: impl FnOnce() -> Option<Named>) -> Option<Vec<Part>> {
    let ends: Vec<usize> = memchr::memchr_iter(0, table).take(STRINGS + 1).collect();
    let whole = table.last() == Some(&0) && ends.len() <= STRINGS;
    let known = whole.then(named).flatten()?;
    let mut parts = vec![uses(span, known.digest)];
    let mut unnamed = 0;
    let mut at = 0;
    for end in ends {
        let text = &table[at..end];
        let place = Span::new(at, end + 1).shifted(span.start);
        let (name, role) = match known.numbers.get(text) {
            Some((number, label)) => (format!("{label} {number}"), role(label)),
            None if varies(None, text).is_some() => {
                unnamed += 1;
                (format!("unused string {unnamed}"), Role::String)
            }
            None => (String::from_utf8_lossy(text).into_owned(), Role::String),
        };
        parts.push(Part::field(name, place, role, Value::Raw));
        at = end + 1;
    }
    Some(parts)
}

fn role(label: &str) -> Role {
    if label == "producer" {
        Role::Version
    } else {
        Role::String
    }
}

/// Says which strings are named, and from where: where this differs, the other table does not hold the same names.
pub(in crate::format) fn uses(span: Span, digest: Vec<u8>) -> Part {
    Part::field("uses", Span::at(span.start, 0), Role::Reference, Value::Target(digest))
}

/// A digest of where strings end.
pub(in crate::format) fn places(table: &[u8]) -> Vec<u8> {
    let ends: Vec<u8> = memchr::memchr_iter(0, table).flat_map(usize::to_le_bytes).collect();
    digest(&ends)
}

/// Begins with a NUL, so that it is never taken for text.
pub(in crate::format) fn digest(bytes: &[u8]) -> Vec<u8> {
    [&[0][..], blake3::hash(bytes).as_bytes()].concat()
}
