//! Data directories of an image: the fields that name a time or a build, wherever their sections lie.

use super::{Section, time};
use crate::{
    format::{
        sections::Words,
        structures::{Layout, Table, layout, need, read as structure},
    },
    model::{Malformed, Part, Role, Span, Value},
};
use goblin::pe::{
    data_directories::{DataDirectory, DataDirectoryType, SIZEOF_DATA_DIRECTORY},
    debug::{
        CODEVIEW_PDB70_MAGIC, CodeviewPDB70DebugInfo, IMAGE_DEBUG_TYPE_CODEVIEW, IMAGE_DEBUG_TYPE_REPRO,
        ImageDebugDirectory,
    },
    export::ExportDirectoryTable,
    optional_header::{
        SIZEOF_STANDARD_FIELDS_32, SIZEOF_STANDARD_FIELDS_64, SIZEOF_WINDOWS_FIELDS_32, SIZEOF_WINDOWS_FIELDS_64,
    },
    resource::{ImageResourceDirectory, RESOURCE_ENTRY_SIZE, ResourceEntry},
};
use scroll::LE;
use std::mem::offset_of;

/// Resource tables and debug entries read.
const ENTRIES: usize = 4096;

/// Addresses and sizes from the optional header; certificates by file position.
#[derive(Default)]
pub(super) struct Directories {
    export: Option<DataDirectory>,
    resource: Option<DataDirectory>,
    debug: Option<DataDirectory>,
    /// As many as the header says, and has room for.
    pub(super) table: Option<Table>,
    pub(super) certificates: Option<Span>,
    pub(super) certificates_at: Option<usize>,
}

const EXPORT: usize = DataDirectoryType::ExportTable as usize;
const RESOURCE: usize = DataDirectoryType::ResourceTable as usize;
const CERTIFICATES: usize = DataDirectoryType::CertificateTable as usize;
const DEBUG: usize = DataDirectoryType::DebugTable as usize;

/// Reads the table at the end of the optional header, which may end early.
pub(super) fn read(bytes: &[u8], optional: usize, size: usize, wide: bool) -> Result<Directories, Malformed> {
    let first = if wide {
        SIZEOF_STANDARD_FIELDS_64 + SIZEOF_WINDOWS_FIELDS_64
    } else {
        SIZEOF_STANDARD_FIELDS_32 + SIZEOF_WINDOWS_FIELDS_32
    };
    let mut directories = Directories::default();
    if size < first {
        return Ok(directories);
    }
    let entry = SIZEOF_DATA_DIRECTORY;
    // The last of the fields before it.
    let count: u32 = need(
        bytes,
        optional + first - size_of::<u32>(),
        LE,
        "the number of directories",
    )?;
    let room = (size - first).min((count as usize).saturating_mul(entry));
    let span = Span::at(optional + first, room);
    let table = Table { span, entry };
    directories.table = Some(table);
    for (index, directory) in table.all::<DataDirectory, _>(bytes, LE).enumerate() {
        if directory.virtual_address == 0 || directory.size == 0 {
            continue;
        }
        match index {
            EXPORT => directories.export = Some(directory),
            RESOURCE => directories.resource = Some(directory),
            DEBUG => directories.debug = Some(directory),
            CERTIFICATES => {
                let at = directory.virtual_address as usize;
                directories.certificates = Some(Span::at(at, directory.size as usize));
                directories.certificates_at = Some(table.place(index).start);
            }
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

fn at(directory: Option<DataDirectory>, sections: &[Section]) -> Option<usize> {
    let address = directory?.virtual_address.into();
    sections.iter().find_map(|section| section.position(address))
}

/// Times of the export, resource and debug directories; GUID and path of the debug file.
pub(super) fn fields(bytes: &[u8], directories: &Directories, sections: &[Section]) -> Result<Fields, Malformed> {
    let words = Words::new(bytes, false);
    let mut found = Vec::new();
    let mut stamps = Vec::new();
    if let Some(export) = at(directories.export, sections) {
        stamps.push((
            "export time",
            export + offset_of!(ExportDirectoryTable, time_date_stamp),
        ));
    }
    if let Some(resource) = at(directories.resource, sections) {
        let time = offset_of!(ImageResourceDirectory, time_date_stamp);
        stamps.extend(
            resources(bytes, resource)
                .into_iter()
                .map(|table| ("resource time", table + time)),
        );
    }
    let mut hashed = false;
    if let Some(debug) = at(directories.debug, sections) {
        let entry = size_of::<ImageDebugDirectory>();
        let size = directories.debug.map_or(0, |debug| debug.size as usize);
        for at in (0..(size / entry).min(ENTRIES)).map(|i| debug + i * entry) {
            stamps.push(("debug time", at + offset_of!(ImageDebugDirectory, time_date_stamp)));
            let entry: ImageDebugDirectory = need(bytes, at, LE, "a debug entry")?;
            let (data, size) = (entry.pointer_to_raw_data as usize, entry.size_of_data as usize);
            match entry.data_type {
                IMAGE_DEBUG_TYPE_CODEVIEW => code_view(words, data, size, &mut found),
                IMAGE_DEBUG_TYPE_REPRO => {
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
    const RECORD: Layout = layout!(CodeviewPDB70DebugInfo<'static> {
        signature: "debug GUID",
        age: "debug age",
        filename: "debug file",
    });
    let [guid, age, _] = RECORD.spans(data);
    let whole = size >= age.end - data && words.get(Span::at(data, size)).is_some();
    if !whole || words.number(data, 4) != Ok(CODEVIEW_PDB70_MAGIC.into()) {
        return;
    }
    found.push(Part::field("debug GUID", guid, Role::Identifier, Value::Raw));
    found.push(Part::field("debug age", age, Role::Structure, Value::Raw));
    let path = words.text(age.end, data + size - age.end).len();
    let path = Span::at(age.end, path);
    found.push(Part::field("debug file", path, Role::String, Value::Raw));
}

/// Positions of the resource tables, the root first.
fn resources(bytes: &[u8], root: usize) -> Vec<usize> {
    let mut tables = vec![root];
    let mut next = 0;
    while let Some(&table) = tables.get(next) {
        next += 1;
        let Some(directory) = structure::<ImageResourceDirectory, _>(bytes, table, LE) else {
            continue;
        };
        let entry = RESOURCE_ENTRY_SIZE;
        let count = usize::from(directory.count()).min(ENTRIES);
        let span = Span::at(table + size_of::<ImageResourceDirectory>(), count * entry);
        for entry in (Table { span, entry }).all::<ResourceEntry, _>(bytes, LE) {
            let below = root + entry.offset_to_directory() as usize;
            // Tables lie behind each other; a loop would name one twice.
            if entry.data_is_directory() && tables.len() < ENTRIES && below > table {
                tables.push(below);
            }
        }
    }
    tables.sort_unstable();
    tables.dedup();
    tables
}
