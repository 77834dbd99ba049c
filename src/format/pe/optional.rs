//! The optional header (PE Format, "Optional Header"): fields of images, and where their tables are. It may end early.

use super::directories::Directories;
use crate::{
    format::{
        sections::{Words, fill, used},
        structures::{Layout, layout},
    },
    model::{Blob, Part, Role, Span, Value},
};
use goblin::pe::optional_header::{StandardFields32, StandardFields64, WindowsFields32, WindowsFields64};

/// The two classes begin alike.
const STANDARD: [Layout; 2] = [
    layout!(StandardFields32 {
        magic: "magic",
        major_linker_version: "linker version",
        size_of_code: "size of code",
        size_of_initialized_data: "size of initialised data",
        size_of_uninitialized_data: "size of uninitialised data",
        address_of_entry_point: "entry point",
        base_of_code: "address of code",
        base_of_data: "address of data",
    }),
    layout!(StandardFields64 {
        magic: "magic",
        major_linker_version: "linker version",
        size_of_code: "size of code",
        size_of_initialized_data: "size of initialised data",
        size_of_uninitialized_data: "size of uninitialised data",
        address_of_entry_point: "entry point",
        base_of_code: "address of code",
    }),
];

macro_rules! windows {
    ($structure:ty) => {
        layout!($structure {
            image_base: "image base",
            section_alignment: "section alignment",
            file_alignment: "file alignment",
            major_operating_system_version: "major system version",
            minor_operating_system_version: "minor system version",
            major_image_version: "major image version",
            minor_image_version: "minor image version",
            major_subsystem_version: "major subsystem version",
            minor_subsystem_version: "minor subsystem version",
            win32_version_value: "Win32 version",
            size_of_image: "size of image",
            size_of_headers: "size of headers",
            check_sum: "checksum",
            subsystem: "subsystem",
            dll_characteristics: "flags",
            size_of_stack_reserve: "stack reserve",
            size_of_stack_commit: "stack commit",
            size_of_heap_reserve: "heap reserve",
            size_of_heap_commit: "heap commit",
            loader_flags: "loader flags",
            number_of_rva_and_sizes: "number of directories",
        })
    };
}
const WINDOWS: [Layout; 2] = [windows!(WindowsFields32), windows!(WindowsFields64)];

/// Data directories, by their numbers.
const DIRECTORIES: [&str; 16] = [
    "export table",
    "import table",
    "resource table",
    "exception table",
    "certificate table",
    "base relocations",
    "debug directory",
    "architecture",
    "global pointer",
    "thread-local storage",
    "load configuration",
    "bound imports",
    "import addresses",
    "delayed imports",
    "CLR header",
    "reserved",
];

/// The fields that are there, and what is behind them.
pub(super) fn parts(bytes: &Blob, span: Span, wide: bool, directories: &Directories) -> Vec<Part> {
    let (standard, windows) = (STANDARD[usize::from(wide)], WINDOWS[usize::from(wide)]);
    let mut fields = standard.parts(span.start, false, |name| match name {
        "linker version" => (Role::Version, Value::Raw),
        _ => (Role::Structure, Value::Raw),
    });
    let at = span.start + standard.size;
    fields.extend(windows.parts(at, false, |_| (Role::Structure, Value::Raw)));
    fields.retain(|field| field.span.end <= span.end);
    if let Some(sum) = fields.iter_mut().find(|field| field.name == "checksum") {
        let right = u64::from(checksum(bytes, sum.span.start));
        let valid = Words::new(bytes, false).number(sum.span.start, 4) == Ok(right);
        *sum = Part::field("checksum", sum.span, Role::Checksum, Value::Derived { valid });
    }
    fields.extend(directories.table.iter().flat_map(|table| {
        let count = table.count().min(DIRECTORIES.len());
        (0..count).flat_map(|i| directory(i, table.place(i).start, directories))
    }));
    let mut parts = fill(span, fields, Role::Structure);
    for (i, part) in parts.iter_mut().enumerate() {
        if part.name == "data" {
            part.name = format!("fields {i}").into();
        }
    }
    parts
}

/// The position of the certificates is the only one in the file.
fn directory(index: usize, at: usize, directories: &Directories) -> [Part; 2] {
    let (name, place, size) = (DIRECTORIES[index], Span::at(at, 4), Span::at(at + 4, 4));
    if directories.certificates.is_some() && directories.certificates_at == Some(at) {
        let position = used(format!("{name} position"), place, Role::Offset);
        return [position, used(format!("{name} size"), size, Role::Size)];
    }
    let number = |what, span| {
        Part::field(
            format!("{name} {what}"),
            span,
            Role::Structure,
            Value::Word { big: false },
        )
    };
    [number("address", place), number("size", size)]
}

/// `CheckSum`: the sum of all 16-bit words with the carry added back, the field itself taken as zero, plus the file's length.
fn checksum(bytes: &[u8], field: usize) -> u32 {
    let mut sum = 0u64;
    for (i, pair) in bytes.chunks(2).enumerate() {
        if i * 2 == field || i * 2 == field + 2 {
            continue;
        }
        sum += u64::from(pair[0]) | u64::from(pair.get(1).copied().unwrap_or(0)) << 8;
    }
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    u32::try_from((sum + bytes.len() as u64) & 0xffff_ffff).unwrap_or_default()
}
