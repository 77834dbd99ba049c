//! The parts of a header: its index, and what stands in its store.

use super::{
    check::Check,
    header::{Entry, Header, number},
    tags::{self, Key},
};
use crate::model::{Blob, Order, Part, Role, Span, Value};
use std::{collections::BTreeSet, sync::Arc};

/// All parts of a header, in file order.
pub(super) fn parts(bytes: &Blob, header: &Arc<Header>, check: &Check) -> Vec<Part> {
    let at = header.span.start;
    let count =
        |name, from: usize| Part::field(name, Span::at(at + from, 4), Role::Size, Value::Derived { valid: true });
    let index = Arc::clone(header);
    let mut parts = vec![
        Part::field("magic", Span::at(at, 8), Role::Structure, Value::Raw),
        count("entries", 8),
        count("store size", 12),
        Part::lazy("index", Span::new(at + 16, header.store), Order::Fixed, move |_| {
            Ok(entries(&index))
        }),
    ];
    let mut end = header.store;
    for &i in &header.stored {
        let entry = &header.entries[i];
        let (name, padding) = (entry.name(), Span::new(end, entry.data.start));
        let due = (end - header.store).next_multiple_of(entry.alignment()) + header.store;
        let valid = due == entry.data.start && padding.of(bytes).iter().all(|&b| b == 0);
        let before = format!("padding before {name}");
        parts.push(Part::field(before, padding, Role::Padding, Value::Derived { valid }));
        parts.push(data(bytes, header, i, name, check));
        end = entry.data.end;
    }
    parts
}

/// The index: where the data of each entry lie follows from these.
fn entries(header: &Header) -> Vec<Part> {
    let fields = header.entries.iter().flat_map(|entry| {
        let (name, derived) = (entry.name(), || Value::Derived { valid: true });
        let offset = Part::field(
            format!("{name} offset"),
            Span::at(entry.at + 8, 4),
            Role::Offset,
            derived(),
        );
        let count = Part::field(
            format!("{name} count"),
            Span::at(entry.at + 12, 4),
            Role::Size,
            derived(),
        );
        [
            Part::field(name, Span::at(entry.at, 8), Role::Structure, Value::Raw),
            offset,
            count,
        ]
    });
    fields.collect()
}

/// The data of an entry: a field, or a list of fields.
fn data(bytes: &Blob, header: &Arc<Header>, i: usize, name: String, check: &Check) -> Part {
    let entry = &header.entries[i];
    let key = entry.known.map_or(Key::Own, |known| known.key);
    if key == Key::Own && entry.items(&bytes[..]).len() == 1 {
        return value(bytes, header, entry, name, entry.data, check);
    }
    let order = if key == Key::Own && entry.is_text() {
        Order::Items
    } else {
        Order::Fixed
    };
    let (header, check) = (Arc::clone(header), check.clone());
    Part::lazy(name, entry.data, order, move |bytes| {
        let entry = &header.entries[i];
        let names = names(bytes, &header, entry, key);
        let items = entry.items(bytes).into_iter().enumerate();
        let one = |(n, span): (usize, Span)| {
            let name = names.get(n).cloned().unwrap_or_else(|| called(bytes, entry, n, span));
            value(bytes, &header, entry, name, span, &check)
        };
        Ok(items.map(one).collect())
    })
}

/// The name of an item that nothing names: its text, or its number.
fn called(bytes: &[u8], entry: &Entry, n: usize, span: Span) -> String {
    match entry.is_text() {
        true => String::from_utf8_lossy(span.of(bytes))
            .trim_end_matches('\0')
            .to_owned(),
        false => format!("[{n}]"),
    }
}

/// What the items of an entry are called by.
fn names(bytes: &[u8], header: &Header, entry: &Entry, key: Key) -> Vec<String> {
    match key {
        Key::Own => Vec::new(),
        Key::Of(tag) => header.strings(bytes, tag),
        Key::File => {
            let folders = header.strings(bytes, tags::FOLDERS);
            let modes = header.numbers(bytes, tags::MODES);
            let folder = header.numbers(bytes, tags::FOLDER_OF).into_iter();
            let files = header
                .strings(bytes, tags::BASENAMES)
                .into_iter()
                .zip(folder)
                .enumerate();
            let path = |(n, (name, folder)): (usize, (String, u64))| {
                let folder = usize::try_from(folder).ok().and_then(|i| folders.get(i));
                let path = format!("{}{name}", folder.map_or("?/", String::as_str));
                // What a file is stands in the number of its mode.
                match modes.get(n).map(|mode| mode & 0o170_000) {
                    Some(0o100_000) => path,
                    Some(kind) if entry.tag == tags::MODES => format!("{path} ({kind:o})"),
                    _ => path,
                }
            };
            files.map(path).collect()
        }
    }
}

/// One value.
fn value(bytes: &Blob, header: &Header, entry: &Entry, name: String, span: Span, check: &Check) -> Part {
    let role = entry.known.map_or_else(|| usual(entry), |known| known.role);
    let stored = span.of(bytes);
    let known = match role {
        Role::Timestamp => {
            i64::try_from(number(stored)).map_or(Value::Raw, |seconds| Value::Time { seconds, local: false })
        }
        Role::Mode => Value::Mode((number(stored) & 0o7777) as u32),
        Role::Inode => Value::Raw,
        Role::Offset | Role::Padding | Role::Checksum | Role::Size => {
            return derived(bytes, header, entry, name, span, check);
        }
        Role::Signature => Value::Raw,
        _ if entry.is_text() => text(stored),
        _ if stored.len() <= 8 => Value::Number(number(stored)),
        _ => Value::Raw,
    };
    // Hard links follow from inodes.
    let role = if role == Role::Inode { Role::Structure } else { role };
    Part::field(name, span, role, known)
}

/// Of a tag that is not known.
fn usual(entry: &Entry) -> Role {
    if entry.is_text() { Role::String } else { Role::Structure }
}

/// A string without its NUL.
fn text(stored: &[u8]) -> Value {
    let bare = stored.strip_suffix(&[0]).unwrap_or(stored);
    std::str::from_utf8(bare).map_or(Value::Raw, |text| Value::Text(text.to_owned()))
}

/// Checksums, sizes and places, recomputed where the package alone shows them. Sizes and digests of what is
/// compressed are told as they are.
fn derived(bytes: &Blob, header: &Header, entry: &Entry, name: String, span: Span, check: &Check) -> Part {
    let role = entry.known.map_or(Role::Content, |known| known.role);
    let stored = span.of(bytes);
    let valid = match &*entry.name() {
        tag if check.speaks(tag) => true,
        "PAYLOADCOMPRESSOR" => {
            compressor(check.payload.of(bytes)).is_some_and(|name| stored.strip_suffix(&[0]) == Some(name))
        }
        "SIZE" | "LONGSIZE" => number(stored) == installed(bytes, header),
        "RESERVEDSPACE" => stored.iter().all(|&b| b == 0),
        "HEADERSIGNATURES" | "HEADERIMMUTABLE" => region(header, entry, stored),
        _ if entry.is_text() => return Part::field(name, span, role, text(stored)),
        _ => return Part::field(name, span, role, Value::Number(number(stored))),
    };
    Part::field(name, span, role, Value::Derived { valid })
}

/// How rpm calls what a payload is compressed with.
fn compressor(payload: &[u8]) -> Option<&'static [u8]> {
    const MAGICS: [(&[u8], &[u8]); 4] = [
        (&[0x1f, 0x8b], b"gzip"),
        (b"\xfd7zXZ\0", b"xz"),
        (&[0x28, 0xb5, 0x2f, 0xfd], b"zstd"),
        (b"BZh", b"bzip2"),
    ];
    let mut known = MAGICS.iter();
    known
        .find(|(magic, _)| payload.starts_with(magic))
        .map(|(_, name)| *name)
}

/// The bytes of all files and links, each file once whatever its names are.
fn installed(bytes: &[u8], header: &Header) -> u64 {
    let sizes = match header.of(tags::LONG_SIZES) {
        Some(_) => header.numbers(bytes, tags::LONG_SIZES),
        None => header.numbers(bytes, tags::SIZES),
    };
    let modes = header.numbers(bytes, tags::MODES);
    let inodes = header.numbers(bytes, tags::INODES).into_iter().map(Some);
    let mut seen = BTreeSet::new();
    let files = sizes.into_iter().zip(modes).zip(inodes.chain(std::iter::repeat(None)));
    let counted = files.filter(|((_, mode), inode)| match mode & 0o170_000 {
        0o100_000 => inode.is_none_or(|inode| seen.insert(inode)),
        kind => kind == 0o120_000,
    });
    counted.fold(0, |all, ((size, _), _)| all.wrapping_add(size))
}

/// Whether the end of a region repeats its entry, and says that the region is the whole index.
fn region(header: &Header, entry: &Entry, stored: &[u8]) -> bool {
    let back = (header.entries.len() as u32).wrapping_mul(16).wrapping_neg();
    let due = [entry.tag, entry.kind, back, 16].map(u32::to_be_bytes).concat();
    stored == due
}
