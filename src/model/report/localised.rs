//! Where two outputs of a compiler differ, by what a programmer knows them by: functions, symbols, strings, data.

use serde::Serialize;

/// Where two files, or two members of two archives, differ. Everything is empty where they do not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Localised {
    /// The file's or the member's name.
    pub name: String,
    /// `first` or `second`, for a member that only one of the archives has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_in: Option<String>,
    /// Why the files were compared as bytes only, or could not be compared further.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_only: Option<String>,
    /// The first byte that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_byte: Option<u64>,
    /// Bytes of the first file.
    pub size_a: u64,
    /// Bytes of the second file.
    pub size_b: u64,
    /// Functions that both have.
    pub functions_compared: usize,
    /// Functions that only one has.
    pub functions: Listed,
    /// Functions that both have and that differ.
    pub changed_functions: Vec<Changed>,
    /// Functions that differ and are not in `changed_functions`.
    pub changed_functions_left_out: usize,
    /// Symbols that are used and not defined.
    pub imports: Listed,
    /// Symbols that are defined, but for functions with a size and local labels.
    pub symbols: Listed,
    /// Printable strings of at least four characters in data sections.
    pub strings: Listed,
    /// Data objects that both have, and that differ in what they hold.
    pub changed_data: Vec<Changed>,
    /// Data objects that differ and are not in `changed_data`.
    pub changed_data_left_out: usize,
    /// Every section that differs in its bytes, its size or its kind, whatever else accounts for it.
    pub sections: Vec<SectionDifference>,
    /// What differs outside of the sections: fields of the file header, the program headers, bytes that no section has.
    pub header: Vec<String>,
}

/// Names that only one side has, sorted and cut to a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Listed {
    /// Only in the first.
    pub removed: Vec<String>,
    /// Only in the second.
    pub added: Vec<String>,
    /// More that only the first has.
    pub removed_left_out: usize,
    /// More that only the second has.
    pub added_left_out: usize,
}

/// A function or a datum that differs: the lines around the first difference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Changed {
    /// The symbol's name.
    pub name: String,
    /// Its section, in the first file.
    pub section: String,
    /// Bytes in the first.
    pub size_a: u64,
    /// Bytes in the second.
    pub size_b: u64,
    /// Whether the lines say the same and only their encoding differs; each line then ends in its bytes.
    pub encoding_only: bool,
    /// Equal lines before those that are given.
    pub lines_before: usize,
    /// Lines of the first.
    pub a: Vec<String>,
    /// Lines of the second.
    pub b: Vec<String>,
    /// Lines of the first after those, equal or not.
    pub lines_after_a: usize,
    /// Lines of the second after those.
    pub lines_after_b: usize,
}

/// A section that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SectionDifference {
    /// Its name.
    pub name: String,
    /// Bytes in the first; none if it is not there.
    pub size_a: Option<u64>,
    /// Bytes in the second; none if it is not there.
    pub size_b: Option<u64>,
    /// What differs: `content`, `type`, `flags`, `alignment`, `entry size`, `only in first`, `only in second`.
    pub what: Vec<String>,
    /// Whether a function, datum or string that is listed (or left out by number) lies in it.
    pub named: bool,
}

impl Listed {
    /// Whether neither side has more.
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty()
    }
}

impl Localised {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        let Self {
            name: _,
            only_in,
            bytes_only,
            first_byte,
            size_a: _,
            size_b: _,
            functions_compared: _,
            functions,
            changed_functions,
            changed_functions_left_out: _,
            imports,
            symbols,
            strings,
            changed_data,
            changed_data_left_out: _,
            sections,
            header,
        } = self;
        only_in.is_none()
            && bytes_only.is_none()
            && first_byte.is_none()
            && functions.is_empty()
            && changed_functions.is_empty()
            && imports.is_empty()
            && symbols.is_empty()
            && strings.is_empty()
            && changed_data.is_empty()
            && sections.is_empty()
            && header.is_empty()
    }
}
