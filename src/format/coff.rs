//! COFF objects and short import objects, and the COFF headers, sections and symbols that images share.

use super::{
    Format,
    placed::Placed,
    sections::{self, Words, fill, in_order, inside, time, used},
    structures::{self, Layout, Table, layout, need},
};
use crate::model::{Blob, FormatId, Isa, Kind, Malformed, Opened, Order, Part, Role, Span, Value};
use goblin::pe::{
    header::{
        COFF_MACHINE_ARM64, COFF_MACHINE_ARMNT, COFF_MACHINE_X86, COFF_MACHINE_X86_64, CoffHeader, SIZEOF_COFF_HEADER,
    },
    relocation::COFF_RELOCATION_SIZE,
    section_table::{
        IMAGE_SCN_CNT_CODE, IMAGE_SCN_CNT_INITIALIZED_DATA, IMAGE_SCN_CNT_UNINITIALIZED_DATA,
        IMAGE_SCN_MEM_DISCARDABLE, IMAGE_SCN_MEM_EXECUTE, IMAGE_SCN_MEM_WRITE, SIZEOF_SECTION_TABLE, SectionTable,
    },
    symbol::{COFF_SYMBOL_SIZE, IMAGE_SYM_CLASS_EXTERNAL, IMAGE_SYM_CLASS_STATIC, IMAGE_SYM_DTYPE_FUNCTION, Symbol},
};
use scroll::LE;

/// A COFF object (`.obj`, `.o`) or a member of an import library.
pub struct Coff;

impl Format for Coff {
    fn id(&self) -> FormatId {
        "coff"
    }
    fn kind(&self) -> Kind {
        Kind::Executable
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        if short(bytes) {
            return true;
        }
        let Some(header) = structures::read::<CoffHeader, _>(bytes, 0, LE) else {
            return false;
        };
        // No magic: a known machine, no optional header, and tables that lie in the file.
        let count = usize::from(header.number_of_sections);
        let table = SIZEOF_COFF_HEADER + count * SIZEOF_SECTION_TABLE;
        let symbols = header.pointer_to_symbol_table as usize;
        let end = symbols.saturating_add((header.number_of_symbol_table as usize).saturating_mul(COFF_SYMBOL_SIZE));
        matches!(
            header.machine,
            COFF_MACHINE_X86_64 | COFF_MACHINE_X86 | COFF_MACHINE_ARM64 | COFF_MACHINE_ARMNT
        ) && header.size_of_optional_header == 0
            && count > 0
            && table <= bytes.len()
            && (symbols == 0 || symbols >= table && end <= bytes.len())
            && sections(bytes, SIZEOF_COFF_HEADER, &header)
                .is_ok_and(|all| all.iter().all(|s| s.span(bytes.len()).is_ok()))
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let parts = if short(bytes) {
            vec![
                Part::field("signature", Span::new(0, 8), Role::Structure, Value::Raw),
                time("time", 8, Words::new(bytes, false).number(8, 4)?),
                used("size", Span::at(12, 4), Role::Size),
                Part::field("ordinal and type", Span::at(16, 4), Role::Structure, Value::Raw),
                Part::field("names", Span::new(20, bytes.len()), Role::Data, Value::Raw),
            ]
        } else {
            let coff: CoffHeader = need(bytes, 0, LE, "a COFF header")?;
            let isa = isa(coff.machine);
            let sections = sections(bytes, SIZEOF_COFF_HEADER, &coff)?;
            let symbols = symbols(bytes, &coff)?;
            let mut regions = vec![header(&coff, 0, false)];
            for (i, section) in sections.iter().enumerate() {
                regions.push(section.header(i, None));
                let span = section.span(bytes.len())?;
                regions.extend(section.parts(bytes, span, 0, isa, symbols.of(i), Vec::new()));
                regions.extend(section.relocations(bytes.len())?);
            }
            regions.extend(symbols.table);
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

/// `IMPORT_OBJECT_HEADER`, whose size fits. goblin has no such structure.
fn short(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0, 0, 0xff, 0xff, 0, 0])
        && Words::new(bytes, false)
            .position(12, 4)
            .is_ok_and(|size| size.checked_add(SIZEOF_COFF_HEADER) == Some(bytes.len()))
}

/// The file header at `at`; `hashed`: its time is a hash of the content.
pub(super) fn header(coff: &CoffHeader, at: usize, hashed: bool) -> Part {
    let table = coff.pointer_to_symbol_table != 0 && coff.number_of_symbol_table != 0;
    let meaning = |name: &str| match name {
        "time" if hashed => (Role::Identifier, Value::Raw),
        "time" => {
            let seconds = coff.time_date_stamp.into();
            (Role::Timestamp, Value::Time { seconds, local: false })
        }
        "symbol table" if table => (Role::Offset, Value::Derived { valid: true }),
        "symbols" if table => (Role::Size, Value::Derived { valid: true }),
        _ => (Role::Structure, Value::Raw),
    };
    let layout = layout!(CoffHeader {
        machine: "machine",
        number_of_sections: "sections",
        time_date_stamp: "time",
        pointer_to_symbol_table: "symbol table",
        number_of_symbol_table: "symbols",
        size_of_optional_header: "optional header size",
        characteristics: "flags",
    });
    let span = Span::at(at, SIZEOF_COFF_HEADER);
    Part::group("COFF header", span, Order::Fixed, layout.parts(at, false, meaning))
}

/// goblin's structure of a section header is not laid out as the file.
const SECTION: Layout = Layout {
    fields: &[
        ("name", 0),
        ("memory size", 8),
        ("address", 12),
        ("size", 16),
        ("position", 20),
        ("relocations", 24),
        ("line numbers", 28),
        ("number of relocations", 32),
        ("number of line numbers", 34),
        ("flags", 36),
    ],
    size: SIZEOF_SECTION_TABLE,
};

/// One section header.
pub(super) struct Section {
    name: String,
    at: usize,
    header: SectionTable,
}

/// Reads the section headers at `table`.
pub(super) fn sections(bytes: &[u8], table: usize, coff: &CoffHeader) -> Result<Vec<Section>, Malformed> {
    let (entry, count) = (SIZEOF_SECTION_TABLE, usize::from(coff.number_of_sections));
    let strings = strings(bytes, coff);
    let one = |at: usize| {
        let cut = || Malformed::truncated(at, "a section header");
        // goblin refuses a section for a long name that it does not find, so it is not shown the name.
        let mut header = *bytes
            .get(at..)
            .and_then(|rest| rest.first_chunk::<SIZEOF_SECTION_TABLE>())
            .ok_or_else(cut)?;
        let short = String::from_utf8_lossy(Words::new(&header, false).text(0, 8)).into_owned();
        // `/4`: a long name, in the table of strings.
        let long = || {
            let at = strings?
                .start
                .checked_add(short.strip_prefix('/')?.parse::<usize>().ok()?)?;
            let name = Words::new(bytes, false).text(at, NAME);
            (!name.is_empty()).then(|| String::from_utf8_lossy(name).into_owned())
        };
        let name = long().unwrap_or(short);
        header[..8].fill(0);
        let header = SectionTable::parse(&header, &mut 0, 0).map_err(structures::refused(at, "a section header"))?;
        Ok(Section { name, at, header })
    };
    (0..count).map(|i| one(table + i * entry)).collect()
}

/// Bytes of a section's name that are shown; names may overlap, and many could be long.
const NAME: usize = 256;

/// The table of strings behind the symbols, its size among it; nothing where there is none, or it is cut off.
pub(super) fn strings(bytes: &[u8], coff: &CoffHeader) -> Option<Span> {
    let (table, count) = (
        coff.pointer_to_symbol_table as usize,
        coff.number_of_symbol_table as usize,
    );
    let entries = Table::whole(bytes, table, count, COFF_SYMBOL_SIZE).filter(|_| table != 0)?;
    let words = Words::new(bytes, false);
    let all = Span::at(entries.span.end, words.position(entries.span.end, 4).ok()?);
    (all.len() >= 4 && words.get(all).is_some()).then_some(all)
}

impl Section {
    /// The header's fields. A number that laid out the parts follows from them; where nothing lies at it, it is the size of memory, or a
    /// place to hide four bytes.
    pub(super) fn header(&self, index: usize, placed: Option<(&Placed, u64)>) -> Part {
        let laid_out = |used_here: bool, role: Role| match used_here {
            true => (role, Value::Derived { valid: true }),
            false => (Role::Structure, Value::Raw),
        };
        let fields = SECTION.parts(self.at, false, |name| match name {
            "memory size" => placed.map_or((Role::Structure, Value::Raw), |(placed, base)| {
                let range = placed.range(base.wrapping_add(self.address()), self.memory() as u64);
                (Role::Reference, Value::Target(range.into_bytes()))
            }),
            "size" => laid_out(self.stored(), Role::Size),
            "position" => laid_out(self.stored(), Role::Offset),
            "relocations" => laid_out(self.header.number_of_relocations > 0, Role::Offset),
            _ => (Role::Structure, Value::Raw),
        });
        let name = format!("section header {} {}", index + 1, self.name);
        Part::group(name, Span::at(self.at, SECTION.size), Order::Fixed, fields).entry("section header")
    }
    /// It has one of these flags.
    fn has(&self, flags: u32) -> bool {
        self.header.characteristics & flags != 0
    }
    pub(super) fn name(&self) -> &str {
        &self.name
    }
    /// Where it lies in memory, from where the image does.
    pub(super) fn address(&self) -> u64 {
        self.header.virtual_address.into()
    }
    /// Bytes in memory.
    pub(super) fn memory(&self) -> usize {
        self.header.virtual_size as usize
    }
    /// Its bytes are run.
    pub(super) fn runs(&self) -> bool {
        self.has(IMAGE_SCN_MEM_EXECUTE | IMAGE_SCN_CNT_CODE)
    }
    /// A program writes to it.
    pub(super) fn written(&self) -> bool {
        self.has(IMAGE_SCN_MEM_WRITE)
    }
    /// No program has it in its memory for long.
    pub(super) fn discarded(&self) -> bool {
        self.has(IMAGE_SCN_MEM_DISCARDABLE)
    }
    /// It has bytes in the file: uninitialised data has a size only.
    fn stored(&self) -> bool {
        let empty = self.has(IMAGE_SCN_CNT_UNINITIALIZED_DATA)
            && !self.has(IMAGE_SCN_CNT_CODE | IMAGE_SCN_CNT_INITIALIZED_DATA);
        self.header.pointer_to_raw_data != 0 && self.header.size_of_raw_data > 0 && !empty
    }
    fn raw(&self) -> usize {
        self.header.pointer_to_raw_data as usize
    }
    /// Where its bytes lie.
    pub(super) fn span(&self, length: usize) -> Result<Span, Malformed> {
        if !self.stored() {
            return Ok(Span::new(0, 0));
        }
        inside(self.raw(), self.header.size_of_raw_data as usize, length)
    }
    /// The file position of an address in the image.
    pub(super) fn position(&self, address: u64) -> Option<usize> {
        let offset = usize::try_from(address.checked_sub(self.header.virtual_address.into())?).ok()?;
        (self.raw() != 0 && offset < self.header.size_of_raw_data as usize)
            .then(|| self.raw().checked_add(offset))
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
        let used = self.header.virtual_size as usize;
        let end = if used > 0 && used < span.len() {
            span.start + used
        } else {
            span.end
        };
        let body = Span::new(span.start, end);
        // A directory that points into code names no time and no identifier: what stands there may be run.
        // Nor does one that points into what the program writes.
        let fields = if self.has(IMAGE_SCN_MEM_WRITE) {
            Vec::new()
        } else {
            fields
        };
        let mut parts = vec![if self.runs() {
            let address = base.wrapping_add(self.header.virtual_address.into());
            sections::code_section(self.name.clone(), body, address, isa, symbols)
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
        let at = self.header.pointer_to_relocations as usize;
        let count = usize::from(self.header.number_of_relocations);
        if at == 0 || count == 0 {
            return Ok(None);
        }
        let span = inside(at, count * COFF_RELOCATION_SIZE, length)?;
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
    /// Symbols.
    pub(super) table: Option<Part>,
    /// The strings behind them.
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

/// Reads the symbol table that the header names.
pub(super) fn symbols(bytes: &[u8], header: &CoffHeader) -> Result<Symbols, Malformed> {
    let words = Words::new(bytes, false);
    let mut symbols = Symbols {
        table: None,
        parts: Vec::new(),
        functions: Vec::new(),
    };
    let table = header.pointer_to_symbol_table as usize;
    let count = header.number_of_symbol_table as usize;
    if table == 0 {
        return Ok(symbols);
    }
    let entries = Table::whole(bytes, table, count, COFF_SYMBOL_SIZE)
        .ok_or_else(|| Malformed::truncated(table, format!("{count} symbols")))?;
    symbols.table = Some(Part::field("symbol table", entries.span, Role::Content, Value::Raw));
    let strings = entries.span.end;
    if let Some(all) = self::strings(bytes, header) {
        let (size, names) = (Span::at(strings, 4), Span::new(strings + 4, all.end));
        symbols.parts.push(used("string table size", size, Role::Size));
        symbols
            .parts
            .push(Part::field("string table", names, Role::Data, Value::Raw));
    }
    let mut i = 0;
    while let Some(symbol) = entries.get::<Symbol, _>(bytes, i, LE) {
        let section = symbol.section_number.cast_unsigned();
        let function = symbol.derived_type() & 3 == IMAGE_SYM_DTYPE_FUNCTION;
        let linked = matches!(symbol.storage_class, IMAGE_SYM_CLASS_EXTERNAL | IMAGE_SYM_CLASS_STATIC);
        // goblin counts neither static functions nor sections behind 32767, and its names underflow at offsets below 4.
        if (1..=0xfeff).contains(&section) && function && linked {
            let name = match symbol.name {
                [0, 0, 0, 0, offset @ ..] => {
                    words.text(strings.saturating_add(u32::from_le_bytes(offset) as usize), 4096)
                }
                ref name => Words::new(name, false).text(0, 8),
            };
            let name = String::from_utf8_lossy(name).into_owned();
            symbols
                .functions
                .push((usize::from(section) - 1, symbol.value as usize, name));
        }
        i += 1 + usize::from(symbol.number_of_aux_symbols);
    }
    symbols.functions.sort();
    Ok(symbols)
}

/// The instruction set of a machine number.
pub(super) fn isa(machine: u16) -> Isa {
    match machine {
        COFF_MACHINE_X86_64 => Isa::X86_64,
        COFF_MACHINE_X86 => Isa::X86,
        COFF_MACHINE_ARM64 => Isa::Arm64,
        _ => Isa::Other,
    }
}
