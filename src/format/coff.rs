//! COFF objects and short import objects, and the COFF headers, sections and symbols that images share.

use super::{
    Format,
    sections::{self, Words, fill, in_order, inside, time, used},
};
use crate::model::{Blob, FormatId, Isa, Kind, Malformed, Opened, Order, Part, Role, Span, Value};

/// A COFF object (`.obj`, `.o`) or a member of an import library.
pub struct Coff;

const HEADER: usize = 20;
const SECTION: usize = 40;
const SYMBOL: usize = 18;

impl Format for Coff {
    fn id(&self) -> FormatId {
        "coff"
    }
    fn kind(&self) -> Kind {
        Kind::Executable
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        let words = Words::new(bytes, false);
        let number = |at, size| words.position(at, size).unwrap_or(usize::MAX);
        if short(bytes) {
            return true;
        }
        // No magic: a known machine, no optional header, and tables that lie in the file.
        let table = HEADER.saturating_add(number(2, 2).saturating_mul(SECTION));
        let symbols = number(8, 4).saturating_add(number(12, 4).saturating_mul(SYMBOL));
        matches!(number(0, 2), 0x8664 | 0x14c | 0xaa64 | 0x1c4)
            && number(16, 2) == 0
            && (1..=0xffff).contains(&number(2, 2))
            && table <= bytes.len()
            && (number(8, 4) == 0 || number(8, 4) >= table && symbols <= bytes.len())
            && sections(words, HEADER, number(2, 2)).is_ok_and(|all| all.iter().all(|s| s.span(bytes.len()).is_ok()))
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let words = Words::new(bytes, false);
        let parts = if short(bytes) {
            vec![
                Part::field("signature", Span::new(0, 8), Role::Structure, Value::Raw),
                time("time", 8, words.number(8, 4)?),
                used("size", Span::at(12, 4), Role::Size),
                Part::field("ordinal and type", Span::at(16, 4), Role::Structure, Value::Raw),
                Part::field("names", Span::new(20, bytes.len()), Role::Data, Value::Raw),
            ]
        } else {
            let isa = isa(words.number(0, 2)?);
            let sections = sections(words, HEADER, words.position(2, 2)?)?;
            let symbols = symbols(words, 0)?;
            let mut regions = vec![Part::group(
                "COFF header",
                Span::new(0, HEADER),
                Order::Fixed,
                header(words, 0, false)?,
            )];
            for (i, section) in sections.iter().enumerate() {
                regions.push(section.header(i));
                let span = section.span(bytes.len())?;
                regions.extend(section.parts(bytes, span, 0, isa, symbols.of(i), Vec::new()));
                regions.extend(section.relocations(bytes.len())?);
            }
            regions.extend(symbols.parts);
            in_order(regions)?
        };
        Ok(Opened {
            format: "coff",
            order: Order::Fixed,
            parts,
        })
    }
}

/// `IMPORT_OBJECT_HEADER`, whose size fits.
fn short(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0, 0, 0xff, 0xff, 0, 0])
        && Words::new(bytes, false)
            .position(12, 4)
            .is_ok_and(|size| size.checked_add(HEADER) == Some(bytes.len()))
}

/// Fields of the file header at `at`.
pub(super) fn header(words: Words<'_>, at: usize, hashed: bool) -> Result<Vec<Part>, Malformed> {
    let stamp = if hashed {
        Part::field("time", Span::at(at + 4, 4), Role::Identifier, Value::Raw)
    } else {
        time("time", at + 4, words.number(at + 4, 4)?)
    };
    let table = words.number(at + 8, 4)? != 0 && words.number(at + 12, 4)? != 0;
    Ok(vec![
        Part::field("machine and sections", Span::at(at, 4), Role::Structure, Value::Raw),
        stamp,
        laid_out(table, "symbol table", Span::at(at + 8, 4), Role::Offset),
        laid_out(table, "symbols", Span::at(at + 12, 4), Role::Size),
        Part::field("flags", Span::at(at + 16, 4), Role::Structure, Value::Raw),
    ])
}

/// A number that laid out the parts; where nothing lies at it, it is the size of memory, or a place to hide four bytes.
fn laid_out(used_here: bool, name: &'static str, span: Span, role: Role) -> Part {
    if used_here {
        used(name, span, role)
    } else {
        Part::field(name, span, Role::Structure, Value::Raw)
    }
}

/// One section header.
pub(super) struct Section {
    name: String,
    at: usize,
    virtual_size: u64,
    address: u64,
    raw_size: usize,
    raw: usize,
    relocations: (usize, usize),
    flags: u64,
}

/// Reads `count` section headers at `table`.
pub(super) fn sections(words: Words<'_>, table: usize, count: usize) -> Result<Vec<Section>, Malformed> {
    (0..count)
        .map(|i| {
            let at = table + i * SECTION;
            Ok(Section {
                name: String::from_utf8_lossy(words.text(at, 8)).into_owned(),
                at,
                virtual_size: words.number(at + 8, 4)?,
                address: words.number(at + 12, 4)?,
                raw_size: words.position(at + 16, 4)?,
                raw: words.position(at + 20, 4)?,
                relocations: (words.position(at + 24, 4)?, words.position(at + 32, 2)?),
                flags: words.number(at + 36, 4)?,
            })
        })
        .collect()
}

impl Section {
    /// The header's fields.
    pub(super) fn header(&self, index: usize) -> Part {
        let at = self.at;
        let field = |name, from: usize, to: usize| {
            Part::field(name, Span::new(at + from, at + to), Role::Structure, Value::Raw)
        };
        let fields = vec![
            field("name and address", 0, 16),
            laid_out(self.stored(), "size", Span::at(at + 16, 4), Role::Size),
            laid_out(self.stored(), "position", Span::at(at + 20, 4), Role::Offset),
            laid_out(
                self.relocations.1 > 0,
                "relocations",
                Span::at(at + 24, 4),
                Role::Offset,
            ),
            field("counts and flags", 28, SECTION),
        ];
        let name = format!("section header {} {}", index + 1, self.name);
        Part::group(name, Span::at(at, SECTION), Order::Fixed, fields)
    }
    /// It has bytes in the file: uninitialised data has a size only.
    fn stored(&self) -> bool {
        self.raw != 0 && self.raw_size > 0 && !(self.flags & 0x80 != 0 && self.flags & 0x60 == 0)
    }
    /// Where its bytes lie.
    pub(super) fn span(&self, length: usize) -> Result<Span, Malformed> {
        if !self.stored() {
            return Ok(Span::new(0, 0));
        }
        inside(self.raw, self.raw_size, length)
    }
    /// The file position of an address in the image.
    pub(super) fn position(&self, address: u64) -> Option<usize> {
        let offset = usize::try_from(address.checked_sub(self.address)?).ok()?;
        (self.raw != 0 && offset < self.raw_size)
            .then(|| self.raw.checked_add(offset))
            .flatten()
    }
    /// Its bytes: functions, or data with the fields that are known.
    pub(super) fn parts(
        &self,
        bytes: &[u8],
        span: Span,
        base: u64,
        isa: Isa,
        symbols: Vec<(usize, String)>,
        fields: Vec<Part>,
    ) -> Vec<Part> {
        if span.is_empty() {
            return Vec::new();
        }
        // Sections of an image are padded to the file alignment.
        let used = usize::try_from(self.virtual_size).unwrap_or(usize::MAX);
        let end = if used > 0 && used < span.len() {
            span.start + used
        } else {
            span.end
        };
        let body = Span::new(span.start, end);
        // A directory that points into code names no time and no identifier: what stands there may be run.
        // Nor does one that points into what the program writes.
        let fields = if self.flags & 0x8000_0000 != 0 {
            Vec::new()
        } else {
            fields
        };
        let mut parts = vec![if self.flags & 0x2000_0020 != 0 {
            sections::code_section(self.name.clone(), body, base.wrapping_add(self.address), isa, symbols)
        } else {
            Part::group(self.name.clone(), body, Order::Fixed, fill(body, fields, Role::Data))
        }];
        if end < span.end {
            let rest = Span::new(end, span.end);
            let valid = bytes[end..span.end].iter().all(|&b| b == 0);
            parts.push(Part::field(
                format!("{} padding", self.name),
                rest,
                Role::Padding,
                Value::Derived { valid },
            ));
        }
        parts
    }
    fn relocations(&self, length: usize) -> Result<Option<Part>, Malformed> {
        let (at, count) = self.relocations;
        if at == 0 || count == 0 {
            return Ok(None);
        }
        let span = inside(at, count * 10, length)?;
        Ok(Some(Part::field(
            format!("{} relocations", self.name),
            span,
            Role::Content,
            Value::Raw,
        )))
    }
}

/// The symbol table.
pub(super) struct Symbols {
    /// Symbols, and the strings behind them.
    pub(super) parts: Vec<Part>,
    functions: Vec<(usize, usize, String)>,
}

impl Symbols {
    /// Functions of the section of an index: offset and name.
    pub(super) fn of(&self, section: usize) -> Vec<(usize, String)> {
        let from = self.functions.partition_point(|f| f.0 < section);
        self.functions[from..]
            .iter()
            .take_while(|f| f.0 == section)
            .map(|(_, at, name)| (*at, name.clone()))
            .collect()
    }
}

/// Reads the symbol table that the header at `header` names.
pub(super) fn symbols(words: Words<'_>, header: usize) -> Result<Symbols, Malformed> {
    let mut symbols = Symbols {
        parts: Vec::new(),
        functions: Vec::new(),
    };
    let (table, count) = (words.position(header + 8, 4)?, words.position(header + 12, 4)?);
    if table == 0 {
        return Ok(symbols);
    }
    let size = count.checked_mul(SYMBOL).and_then(|size| table.checked_add(size));
    let span = size
        .map(|end| Span::new(table, end))
        .filter(|span| words.get(*span).is_some());
    let span = span.ok_or_else(|| Malformed::truncated(table, format!("{count} symbols")))?;
    symbols
        .parts
        .push(Part::field("symbol table", span, Role::Content, Value::Raw));
    let strings = span.end;
    if let Ok(size) = words.position(strings, 4) {
        let all = Span::at(strings, size);
        if size >= 4 && words.get(all).is_some() {
            symbols
                .parts
                .push(used("string table size", Span::at(strings, 4), Role::Size));
            symbols.parts.push(Part::field(
                "string table",
                Span::new(strings + 4, all.end),
                Role::Data,
                Value::Raw,
            ));
        }
    }
    let mut i = 0;
    while i < count {
        let at = table + i * SYMBOL;
        let (section, kind, class) = (
            words.number(at + 12, 2)?,
            words.number(at + 14, 2)?,
            words.number(at + 16, 1)?,
        );
        // A defined function: type "function", class external or static.
        if (1..=0xfeff).contains(&section) && kind >> 4 & 3 == 2 && matches!(class, 2 | 3) {
            let name = if words.number(at, 4)? == 0 {
                words.text(strings.saturating_add(words.position(at + 4, 4)?), 4096)
            } else {
                words.text(at, 8)
            };
            let name = String::from_utf8_lossy(name).into_owned();
            symbols
                .functions
                .push((words.position(at + 12, 2)? - 1, words.position(at + 8, 4)?, name));
        }
        i += 1 + words.position(at + 17, 1)?;
    }
    symbols.functions.sort();
    Ok(symbols)
}

/// The instruction set of a machine number.
pub(super) fn isa(machine: u64) -> Isa {
    match machine {
        0x8664 => Isa::X86_64,
        0x14c => Isa::X86,
        0xaa64 => Isa::Arm64,
        _ => Isa::Other,
    }
}
