//! Load commands, and the symbol table that one of them names.

use super::{Header, Words, fill, inside, time, used};
use crate::model::{Malformed, Order, Part, Role, Span, Value};

/// Load commands of one file; more are malformed.
const COMMANDS: usize = 65_536;

/// A section of a segment.
pub(super) struct Section {
    pub(super) name: String,
    pub(super) address: u64,
    pub(super) size: usize,
    pub(super) at: usize,
    pub(super) relocations: (usize, usize),
    pub(super) code: bool,
    /// No bytes in the file.
    pub(super) zero: bool,
}

/// What the load commands say.
pub(super) struct Commands {
    /// One group a command.
    pub(super) parts: Vec<Part>,
    pub(super) sections: Vec<Section>,
    /// Name, role, position and size of what else is in the file.
    pub(super) regions: Vec<(&'static str, Role, usize, usize)>,
    /// Position and number of symbols, position and size of their strings.
    table: Option<[usize; 4]>,
    wide: bool,
}

impl Commands {
    pub(super) fn read(words: Words<'_>, header: &Header) -> Result<Self, Malformed> {
        let count = words.position(16, 4)?;
        if count > COMMANDS {
            return Err(Malformed::at(
                16,
                format!("at most {COMMANDS} load commands"),
                count.to_string(),
            ));
        }
        let mut commands = Self {
            parts: Vec::new(),
            sections: Vec::new(),
            regions: Vec::new(),
            table: None,
            wide: header.wide,
        };
        let mut at = header.size();
        for _ in 0..count {
            let (command, size) = (words.number(at, 4)?, words.position(at + 4, 4)?);
            let span = Span::at(at, size);
            if size < 8 || words.get(span).is_none() {
                return Err(Malformed::at(at + 4, "the size of a load command", size.to_string()));
            }
            commands.one(words, command & 0x7fff_ffff, span)?;
            at = span.end;
        }
        Ok(commands)
    }

    fn one(&mut self, words: Words<'_>, command: u64, span: Span) -> Result<(), Malformed> {
        let at = span.start;
        let raw = |name, from: usize, to: usize, role| {
            Part::field(name, Span::new(at + from, (at + to).min(span.end)), role, Value::Raw)
        };
        let mut fields = Vec::new();
        // A string at the offset that the word at `from` gives.
        let string = |from: usize| -> Result<Part, Malformed> {
            let start = at.saturating_add(words.position(at + from, 4)?).min(span.end);
            let length = words.text(start, span.end - start).len();
            Ok(Part::field("path", Span::at(start, length), Role::String, Value::Raw))
        };
        // Position and size in the file, used to lay it out.
        let placed = |from: usize| {
            [
                used("position", Span::at(at + from, 4), Role::Offset),
                used("size", Span::at(at + from + 4, 4), Role::Size),
            ]
        };
        let name = match command {
            0x1 | 0x19 => {
                self.segment(words, command == 0x19, span)?;
                "LC_SEGMENT"
            }
            0x2 if span.len() >= 24 => {
                self.table = Some([
                    words.position(at + 8, 4)?,
                    words.position(at + 12, 4)?,
                    words.position(at + 16, 4)?,
                    words.position(at + 20, 4)?,
                ]);
                fields.extend(placed(8));
                fields.extend(placed(16));
                "LC_SYMTAB"
            }
            // A second one, or a longer one, is none that any tool writes.
            0x1b if span.len() == 24 && self.parts.iter().all(|part| part.name != "LC_UUID") => {
                fields.push(raw("UUID", 8, 24, Role::Identifier));
                "LC_UUID"
            }
            0x1d if span.len() >= 16 => {
                fields.extend(placed(8));
                self.regions.push((
                    "code signature",
                    Role::Signature,
                    words.position(at + 8, 4)?,
                    words.position(at + 12, 4)?,
                ));
                "LC_CODE_SIGNATURE"
            }
            0x24 | 0x25 | 0x2f | 0x30 if span.len() >= 16 => {
                fields.push(raw("SDK version", 12, 16, Role::Version));
                "LC_VERSION_MIN"
            }
            0x32 if span.len() >= 24 => {
                fields.push(raw("SDK version", 16, 20, Role::Version));
                // A tool and its version each.
                let tools = words.position(at + 20, 4)?;
                let whole = tools.checked_mul(8).and_then(|size| size.checked_add(24)) == Some(span.len());
                let role = if whole && tools <= 8 {
                    Role::Version
                } else {
                    Role::Structure
                };
                fields.push(raw("tools", 24, span.len(), role));
                "LC_BUILD_VERSION"
            }
            0x1c => {
                fields.push(string(8)?);
                "LC_RPATH"
            }
            0xc | 0xd | 0x18 | 0x1f | 0x23 if span.len() >= 24 => {
                fields.push(time("time", at + 12, words.number(at + 12, 4)?));
                fields.push(string(8)?);
                if command == 0xd { "LC_ID_DYLIB" } else { "LC_LOAD_DYLIB" }
            }
            0x26 | 0x29 | 0x1e | 0x2b | 0x2e | 0x33 | 0x34 if span.len() >= 16 => {
                fields.extend(placed(8));
                let name = match command {
                    0x26 => "function starts",
                    0x29 => "data in code",
                    0x33 => "exports",
                    0x34 => "chained fixups",
                    _ => "linkedit data",
                };
                self.regions.push((
                    name,
                    Role::Content,
                    words.position(at + 8, 4)?,
                    words.position(at + 12, 4)?,
                ));
                "LC_LINKEDIT_DATA"
            }
            _ => "load command",
        };
        let parts = fill(span, fields, Role::Structure);
        self.parts.push(Part::group(name, span, Order::Fixed, parts));
        Ok(())
    }

    fn segment(&mut self, words: Words<'_>, wide: bool, span: Span) -> Result<(), Malformed> {
        let (head, size) = if wide { (72, 80) } else { (56, 68) };
        let count = words.position(span.start + head - 8, 4)?;
        if count
            .checked_mul(size)
            .and_then(|all| all.checked_add(head))
            .is_none_or(|all| all > span.len())
        {
            return Err(Malformed::at(
                span.start + head - 8,
                "the number of sections",
                count.to_string(),
            ));
        }
        for at in (0..count).map(|i| span.start + head + i * size) {
            let text = |at: usize| String::from_utf8_lossy(words.text(at, 16)).into_owned();
            let (address, length, rest) = if wide {
                (words.number(at + 32, 8)?, words.position(at + 40, 8)?, at + 48)
            } else {
                (words.number(at + 32, 4)?, words.position(at + 36, 4)?, at + 40)
            };
            let flags = words.number(rest + 16, 4)?;
            self.sections.push(Section {
                name: format!("{},{}", text(at + 16), text(at)),
                address,
                size: length,
                at: words.position(rest, 4)?,
                relocations: (words.position(rest + 8, 4)?, words.position(rest + 12, 4)?),
                code: flags & 0x8000_0400 != 0,
                zero: matches!(flags & 0xff, 1 | 12 | 18),
            });
        }
        Ok(())
    }

    /// The symbol table: times of object files by themselves, and where functions begin.
    pub(super) fn symbols(&self, words: Words<'_>) -> Result<Symbols, Malformed> {
        let mut symbols = Symbols {
            parts: Vec::new(),
            functions: Vec::new(),
        };
        let Some([at, count, strings, length]) = self.table else {
            return Ok(symbols);
        };
        let entry = if self.wide { 16 } else { 12 };
        let size = count.checked_mul(entry).and_then(|size| at.checked_add(size));
        let table = size
            .map(|end| Span::new(at, end))
            .filter(|span| words.get(*span).is_some());
        let table = table.ok_or_else(|| Malformed::truncated(at, format!("{count} symbols")))?;
        let mut times = Vec::new();
        for at in (0..count).map(|i| table.start + i * entry) {
            let (kind, section) = (words.number(at + 4, 1)?, words.position(at + 5, 1)?);
            let value = words.number(at + 8, entry - 8)?;
            if kind == 0x66 {
                // N_OSO: the time of an object file, in the low half of its value.
                let low = if words.big() { entry - 4 } else { 8 };
                times.push(time("object file time", at + low, value & 0xffff_ffff));
            } else if kind & 0xe0 == 0 && kind & 0x0e == 0x0e {
                let name = words.text(strings.saturating_add(words.position(at, 4)?), 4096);
                symbols
                    .functions
                    .push((section, value, String::from_utf8_lossy(name).into_owned()));
            }
        }
        symbols.functions.sort();
        if !table.is_empty() {
            let fields = fill(table, times, Role::Content);
            symbols
                .parts
                .push(Part::group("symbol table", table, Order::Fixed, fields));
        }
        if words.get(Span::new(strings, strings.saturating_add(length))).is_none() {
            return Err(Malformed::truncated(strings, format!("{length} bytes of strings")));
        }
        let span = inside(strings, length, usize::MAX)?;
        symbols
            .parts
            .push(Part::field("string table", span, Role::Data, Value::Raw));
        Ok(symbols)
    }
}

/// What the symbol table holds.
pub(super) struct Symbols {
    pub(super) parts: Vec<Part>,
    functions: Vec<(usize, u64, String)>,
}

impl Symbols {
    /// Symbols of the n-th section (from 1) at `address`: offset and name.
    pub(super) fn functions(&self, section: usize, address: u64) -> Vec<(usize, String)> {
        let from = self.functions.partition_point(|f| f.0 < section);
        self.functions[from..]
            .iter()
            .take_while(|f| f.0 == section)
            .filter_map(|(_, at, name)| Some((usize::try_from(at.checked_sub(address)?).ok()?, name.clone())))
            .collect()
    }
}
