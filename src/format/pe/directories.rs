//! Data directories of an image: the fields that name a time or a build, wherever their sections lie.

use super::{Section, time};
use crate::{
    format::sections::Words,
    model::{Malformed, Part, Role, Span, Value},
};

/// Resource tables and debug entries read.
const ENTRIES: usize = 4096;

/// Addresses and sizes from the optional header; certificates by file position.
#[derive(Default)]
pub(super) struct Directories {
    export: Option<(u64, u64)>,
    resource: Option<(u64, u64)>,
    debug: Option<(u64, u64)>,
    pub(super) certificates: Option<Span>,
    pub(super) certificates_at: Option<usize>,
}

/// Reads the table at the end of the optional header.
pub(super) fn read(words: Words<'_>, optional: usize, size: usize, wide: bool) -> Result<Directories, Malformed> {
    let first = if wide { 112 } else { 96 };
    let mut directories = Directories::default();
    if size < first {
        return Ok(directories);
    }
    let count = words.position(optional + first - 4, 4)?.min((size - first) / 8);
    for index in 0..count.min(16) {
        let at = optional + first + index * 8;
        let entry = (words.number(at, 4)?, words.number(at + 4, 4)?);
        if entry.0 == 0 || entry.1 == 0 {
            continue;
        }
        match index {
            0 => directories.export = Some(entry),
            2 => directories.resource = Some(entry),
            4 => {
                directories.certificates = Some(Span::at(words.position(at, 4)?, words.position(at + 4, 4)?));
                directories.certificates_at = Some(at);
            }
            6 => directories.debug = Some(entry),
            _ => {}
        }
    }
    Ok(directories)
}

/// The longest content hash; `/Brepro` writes 32 bytes.
const HASH: usize = 64;

/// Fields found inside sections.
pub(super) struct Fields {
    found: std::cell::RefCell<Vec<Part>>,
    /// The image's times are hashes of its content (`/Brepro`).
    pub(super) hashed: bool,
}

impl Fields {
    /// Those in `span`, taken out.
    pub(super) fn take(&self, span: Span) -> Vec<Part> {
        let mut found = self.found.borrow_mut();
        let (inside, rest) = std::mem::take(&mut *found)
            .into_iter()
            .partition(|part: &Part| span.contains(part.span));
        *found = rest;
        inside
    }
}

fn at(address: u64, sections: &[Section]) -> Option<usize> {
    sections.iter().find_map(|section| section.position(address))
}

/// Times of the export, resource and debug directories; GUID and path of the debug file.
pub(super) fn fields(words: Words<'_>, directories: &Directories, sections: &[Section]) -> Result<Fields, Malformed> {
    let mut found = Vec::new();
    let mut stamps = Vec::new();
    if let Some(export) = directories.export.and_then(|(address, _)| at(address, sections)) {
        stamps.push(("export time", export + 4));
    }
    if let Some(resource) = directories.resource.and_then(|(address, _)| at(address, sections)) {
        for table in resources(words, resource) {
            stamps.push(("resource time", table + 4));
        }
    }
    let mut hashed = false;
    if let Some((address, size)) = directories.debug
        && let Some(debug) = at(address, sections)
    {
        let count = usize::try_from(size / 28).unwrap_or(ENTRIES).min(ENTRIES);
        for entry in (0..count).map(|i| debug + i * 28) {
            stamps.push(("debug time", entry + 4));
            let (kind, size) = (words.number(entry + 12, 4)?, words.position(entry + 16, 4)?);
            let data = words.position(entry + 24, 4)?;
            match kind {
                2 => code_view(words, data, size, &mut found),
                16 => {
                    hashed = true;
                    let hash = Span::new(data.saturating_add(4), data.saturating_add(size));
                    // The record begins with the hash's length.
                    let counted = words.position(data, 4) == Ok(hash.len());
                    if counted && hash.len() <= HASH && words.get(hash).is_some() {
                        found.push(Part::field("content hash", hash, Role::Identifier, Value::Raw));
                    }
                }
                _ => {}
            }
        }
    }
    for (name, at) in stamps {
        let Ok(seconds) = words.number(at, 4) else { continue };
        found.push(if hashed {
            Part::field(name, Span::at(at, 4), Role::Identifier, Value::Raw)
        } else {
            time(name, at, seconds)
        });
    }
    Ok(Fields {
        found: found.into(),
        hashed,
    })
}

/// `RSDS`, GUID, age and the path of the PDB.
fn code_view(words: Words<'_>, data: usize, size: usize, found: &mut Vec<Part>) {
    let Some(record) = data.checked_add(size).and_then(|end| words.get(Span::new(data, end))) else {
        return;
    };
    if size < 24 || !record.starts_with(b"RSDS") {
        return;
    }
    found.push(Part::field(
        "debug GUID",
        Span::at(data + 4, 16),
        Role::Identifier,
        Value::Raw,
    ));
    found.push(Part::field(
        "debug age",
        Span::at(data + 20, 4),
        Role::Structure,
        Value::Raw,
    ));
    let path = words.text(data + 24, size - 24).len();
    found.push(Part::field(
        "debug file",
        Span::at(data + 24, path),
        Role::String,
        Value::Raw,
    ));
}

/// Positions of the resource tables, the root first.
fn resources(words: Words<'_>, root: usize) -> Vec<usize> {
    let mut tables = vec![root];
    let mut next = 0;
    while next < tables.len() {
        let table = tables[next];
        next += 1;
        let (Ok(named), Ok(numbered)) = (words.position(table + 12, 2), words.position(table + 14, 2)) else {
            continue;
        };
        for entry in (0..(named + numbered).min(ENTRIES)).map(|i| table + 16 + i * 8) {
            let Ok(offset) = words.number(entry + 4, 4) else { break };
            let below = root + (offset & 0x7fff_ffff) as usize;
            // Tables lie behind each other; a loop would name one twice.
            if offset >> 31 == 1 && tables.len() < ENTRIES && below > table {
                tables.push(below);
            }
        }
    }
    tables.sort_unstable();
    tables.dedup();
    tables
}
