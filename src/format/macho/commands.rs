//! Load commands, and the symbol table that one of them names.

use super::{Words, fill, layouts, name, time, used};
use crate::{
    format::structures::{Table, need},
    model::{Malformed, Order, Part, Role, Span, Value},
};
use goblin::{
    container::{Container, Ctx},
    mach::{
        header::Header32,
        load_command::{
            BuildVersionCommand, DylibCommand, LC_BUILD_VERSION, LC_CODE_SIGNATURE, LC_DATA_IN_CODE,
            LC_DYLD_CHAINED_FIXUPS, LC_DYLD_EXPORTS_TRIE, LC_DYLD_INFO, LC_DYLIB_CODE_SIGN_DRS, LC_DYSYMTAB,
            LC_FUNCTION_STARTS, LC_ID_DYLIB, LC_LINKER_OPTIMIZATION_HINT, LC_LOAD_DYLIB, LC_LOAD_UPWARD_DYLIB,
            LC_LOAD_WEAK_DYLIB, LC_MAIN, LC_REEXPORT_DYLIB, LC_REQ_DYLD, LC_RPATH, LC_SEGMENT, LC_SEGMENT_64,
            LC_SEGMENT_SPLIT_INFO, LC_SOURCE_VERSION, LC_SYMTAB, LC_UUID, LC_VERSION_MIN_IPHONEOS,
            LC_VERSION_MIN_MACOSX, LC_VERSION_MIN_TVOS, LC_VERSION_MIN_WATCHOS, LinkeditDataCommand, LoadCommandHeader,
            RpathCommand, SIZEOF_LOAD_COMMAND, SIZEOF_SECTION_32, SIZEOF_SECTION_64, SegmentCommand32,
            SegmentCommand64, SymtabCommand, UuidCommand, VersionMinCommand,
        },
        segment::Section,
        symbols::{N_OSO, N_SECT, N_STAB, N_TYPE, Nlist, Nlist32, Nlist64},
    },
};
use std::mem::offset_of;

/// Load commands of one file; more are malformed.
const COMMANDS: usize = 65_536;

/// Commands that the loader must know have a bit more, which some tools leave out.
const fn plain(command: u32) -> u32 {
    command & !LC_REQ_DYLD
}
const CHAINED_FIXUPS: u32 = plain(LC_DYLD_CHAINED_FIXUPS);
const EXPORTS_TRIE: u32 = plain(LC_DYLD_EXPORTS_TRIE);
const REEXPORT: u32 = plain(LC_REEXPORT_DYLIB);
const RUN_PATH: u32 = plain(LC_RPATH);
const UPWARD: u32 = plain(LC_LOAD_UPWARD_DYLIB);
const WEAK: u32 = plain(LC_LOAD_WEAK_DYLIB);
const MAIN: u32 = plain(LC_MAIN);

/// What the load commands say.
pub(super) struct Commands {
    /// One group a command.
    pub(super) parts: Vec<Part>,
    pub(super) sections: Vec<Section>,
    /// Name, role, position and size of what else is in the file.
    pub(super) regions: Vec<(&'static str, Role, usize, usize)>,
    table: Option<SymtabCommand>,
    ctx: Ctx,
}

impl Commands {
    pub(super) fn read(bytes: &[u8], ctx: Ctx, size: usize) -> Result<Self, Malformed> {
        let header: Header32 = need(bytes, 0, ctx.le, "a Mach-O header")?;
        let count = header.ncmds as usize;
        if count > COMMANDS {
            return Err(Malformed::at(
                offset_of!(Header32, ncmds),
                format!("at most {COMMANDS} load commands"),
                count.to_string(),
            ));
        }
        let mut commands = Self {
            parts: Vec::new(),
            sections: Vec::new(),
            regions: Vec::new(),
            table: None,
            ctx,
        };
        let mut at = size;
        for _ in 0..count {
            let command: LoadCommandHeader = need(bytes, at, ctx.le, "a load command")?;
            let size = command.cmdsize as usize;
            let span = Span::at(at, size);
            if size < SIZEOF_LOAD_COMMAND || bytes.get(span.start..span.end).is_none() {
                let at = at + offset_of!(LoadCommandHeader, cmdsize);
                return Err(Malformed::at(at, "the size of a load command", size.to_string()));
            }
            commands.one(bytes, plain(command.cmd), span)?;
            at = span.end;
        }
        Ok(commands)
    }

    fn one(&mut self, bytes: &[u8], command: u32, span: Span) -> Result<(), Malformed> {
        let (at, le) = (span.start, self.ctx.le);
        let words = Words::new(bytes, !le.is_little());
        let raw = |name, from: usize, to: usize, role| {
            Part::field(name, Span::new(at + from, (at + to).min(span.end)), role, Value::Raw)
        };
        let mut fields = Vec::new();
        // A string at an offset of the command.
        let string = |offset: u32| {
            let start = at.saturating_add(offset as usize).min(span.end);
            let length = words.text(start, span.end - start).len();
            Part::field("path", Span::at(start, length), Role::String, Value::Raw)
        };
        // Position and size in the file, used to lay it out.
        let placed = |position, size| [used("position", position, Role::Offset), used("size", size, Role::Size)];
        let name = match command {
            LC_SEGMENT | LC_SEGMENT_64 => {
                fields.extend(self.segment(bytes, command == LC_SEGMENT_64, span)?);
                "LC_SEGMENT"
            }
            LC_SYMTAB if span.len() >= layouts::SYMTAB.size => {
                self.table = Some(need(bytes, at, le, "a symbol table")?);
                let [_, symbols, count, strings, size] = layouts::SYMTAB.spans(at);
                fields.extend(placed(symbols, count));
                fields.extend(placed(strings, size));
                "LC_SYMTAB"
            }
            // A second one, or a longer one, is none that any tool writes.
            LC_UUID
                if span.len() == size_of::<UuidCommand>() && self.parts.iter().all(|part| part.name != "LC_UUID") =>
            {
                let uuid = offset_of!(UuidCommand, uuid);
                fields.push(raw("UUID", uuid, span.len(), Role::Identifier));
                "LC_UUID"
            }
            LC_VERSION_MIN_MACOSX | LC_VERSION_MIN_IPHONEOS | LC_VERSION_MIN_TVOS | LC_VERSION_MIN_WATCHOS
                if span.len() >= size_of::<VersionMinCommand>() =>
            {
                let sdk = offset_of!(VersionMinCommand, sdk);
                fields.push(raw("SDK version", sdk, size_of::<VersionMinCommand>(), Role::Version));
                "LC_VERSION_MIN"
            }
            // A tool and its version each stand behind it.
            LC_BUILD_VERSION if span.len() >= layouts::BUILD.size => {
                let found: BuildVersionCommand = need(bytes, at, le, "a version")?;
                fields.push(raw("SDK version", 16, 20, Role::Version));
                let tools = found.ntools as usize;
                let whole = tools.checked_mul(8).and_then(|size| size.checked_add(24)) == Some(span.len());
                let role = if whole && tools <= 8 {
                    Role::Version
                } else {
                    Role::Structure
                };
                fields.push(raw("tools", 24, span.len(), role));
                "LC_BUILD_VERSION"
            }
            RUN_PATH => {
                let found: RpathCommand = need(bytes, at, le, "a path")?;
                fields.push(string(found.path));
                "LC_RPATH"
            }
            LC_LOAD_DYLIB | LC_ID_DYLIB | WEAK | REEXPORT | UPWARD if span.len() >= size_of::<DylibCommand>() => {
                let found: DylibCommand = need(bytes, at, le, "a library")?;
                let stamp = at + offset_of!(DylibCommand, dylib.timestamp);
                fields.push(time("time", stamp, found.dylib.timestamp.into()));
                fields.push(string(found.dylib.name));
                if command == LC_ID_DYLIB {
                    "LC_ID_DYLIB"
                } else {
                    "LC_LOAD_DYLIB"
                }
            }
            LC_CODE_SIGNATURE
            | LC_FUNCTION_STARTS
            | LC_DATA_IN_CODE
            | LC_SEGMENT_SPLIT_INFO
            | LC_DYLIB_CODE_SIGN_DRS
            | LC_LINKER_OPTIMIZATION_HINT
            | EXPORTS_TRIE
            | CHAINED_FIXUPS
                if span.len() >= layouts::LINKEDIT.size =>
            {
                let [_, position, size] = layouts::LINKEDIT.spans(at);
                fields.extend(placed(position, size));
                let found: LinkeditDataCommand = need(bytes, at, le, "a part of the link edit")?;
                let (name, role) = match command {
                    LC_CODE_SIGNATURE => ("code signature", Role::Signature),
                    LC_FUNCTION_STARTS => ("function starts", Role::Content),
                    LC_DATA_IN_CODE => ("data in code", Role::Content),
                    EXPORTS_TRIE => ("exports", Role::Content),
                    CHAINED_FIXUPS => ("chained fixups", Role::Content),
                    _ => ("linkedit data", Role::Content),
                };
                self.regions
                    .push((name, role, found.dataoff as usize, found.datasize as usize));
                if command == LC_CODE_SIGNATURE {
                    "LC_CODE_SIGNATURE"
                } else {
                    "LC_LINKEDIT_DATA"
                }
            }
            LC_DYSYMTAB => "LC_DYSYMTAB",
            LC_DYLD_INFO => "LC_DYLD_INFO",
            MAIN => "LC_MAIN",
            LC_SOURCE_VERSION => "LC_SOURCE_VERSION",
            _ => "load command",
        };
        // What was found above comes first: of two fields at one place, it is kept.
        fields.extend(
            layouts::of(name, command == LC_SEGMENT_64).parts(at, words.is_big(), |_| (Role::Structure, Value::Raw)),
        );
        let parts = fill(span, fields, Role::Structure);
        self.parts.push(Part::group(name, span, Order::Fixed, parts));
        Ok(())
    }

    /// The headers of its sections, which are kept, too.
    fn segment(&mut self, bytes: &[u8], wide: bool, span: Span) -> Result<Vec<Part>, Malformed> {
        let (head, entry, number) = if wide {
            let number = offset_of!(SegmentCommand64, nsects);
            (size_of::<SegmentCommand64>(), SIZEOF_SECTION_64, number)
        } else {
            let number = offset_of!(SegmentCommand32, nsects);
            (size_of::<SegmentCommand32>(), SIZEOF_SECTION_32, number)
        };
        let at = span.start + number;
        let count = need::<u32, _>(bytes, at, self.ctx.le, "the number of sections")? as usize;
        let size = count.checked_mul(entry);
        let size = size.filter(|size| size.checked_add(head).is_some_and(|all| all <= span.len()));
        let size = size.ok_or_else(|| Malformed::at(at, "the number of sections", count.to_string()))?;
        let span = Span::at(span.start + head, size);
        let class = if wide { Container::Big } else { Container::Little };
        let (table, first) = (Table { span, entry }, self.sections.len());
        self.sections
            .extend(table.all::<Section, _>(bytes, Ctx::new(class, self.ctx.le)));
        let big = !self.ctx.le.is_little();
        let one = |(i, section): (usize, &Section)| {
            let (name, at) = (format!("header of {}", name(section)), table.place(i));
            let fields = layouts::section(wide).parts(at.start, big, |_| (Role::Structure, Value::Raw));
            Part::group(name, at, Order::Fixed, fields).entry("section header")
        };
        Ok(self.sections[first..].iter().enumerate().map(one).collect())
    }

    /// The symbol table: times of object files by themselves, and where functions begin.
    pub(super) fn symbols(&self, bytes: &[u8]) -> Result<Symbols, Malformed> {
        let words = Words::new(bytes, !self.ctx.le.is_little());
        let mut symbols = Symbols {
            parts: Vec::new(),
            functions: Vec::new(),
        };
        let Some(found) = self.table else {
            return Ok(symbols);
        };
        let (at, count) = (found.symoff as usize, found.nsyms as usize);
        let (strings, length) = (found.stroff as usize, found.strsize as usize);
        let (entry, value) = if self.ctx.is_big() {
            (size_of::<Nlist64>(), offset_of!(Nlist64, n_value))
        } else {
            (size_of::<Nlist32>(), offset_of!(Nlist32, n_value))
        };
        let entries = Table::whole(bytes, at, count, entry)
            .ok_or_else(|| Malformed::truncated(at, format!("{count} symbols")))?;
        let mut times = Vec::new();
        for (i, symbol) in entries.all::<Nlist, _>(bytes, self.ctx).enumerate() {
            if symbol.n_type == N_OSO {
                // The time of an object file, in the low half of its value.
                let low = if words.is_big() { entry - 4 } else { value };
                let at = entries.place(i).start + low;
                times.push(time("object file time", at, symbol.n_value & 0xffff_ffff));
            } else if symbol.n_type & N_STAB == 0 && symbol.n_type & N_TYPE == N_SECT {
                let name = words.text(strings.saturating_add(symbol.n_strx), 4096);
                let name = String::from_utf8_lossy(name).into_owned();
                symbols.functions.push((symbol.n_sect, symbol.n_value, name));
            }
        }
        symbols.functions.sort();
        if !entries.span.is_empty() {
            let fields = fill(entries.span, times, Role::Content);
            symbols
                .parts
                .push(Part::group("symbol table", entries.span, Order::Fixed, fields));
        }
        let span = Span::at(strings, length);
        if words.get(span).is_none() {
            return Err(Malformed::truncated(strings, format!("{length} bytes of strings")));
        }
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
