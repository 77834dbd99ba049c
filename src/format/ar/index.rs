//! Symbol indexes. Where the symbols of the members can be read, the index is computed again: then it follows from them.

use super::{Kind, Member, until};
use crate::{
    format::elf::head::{self, Head},
    model::{Part, Role, Span, Value},
};
use goblin::elf::{
    SectionHeader, Sym,
    section_header::{SHN_UNDEF, SHT_SYMTAB},
    sym::{STB_GLOBAL, STB_GNU_UNIQUE, STB_WEAK, STT_FILE, STT_SECTION},
};
use std::collections::BTreeSet;

/// Whether the index has no name twice, nor, where they can be read, the objects themselves.
pub(super) fn once(bytes: &[u8], data: Span, kind: Kind, members: &[Member]) -> bool {
    let number = |at: usize, width: usize| {
        let digits = bytes.get(at..at.checked_add(width)?)?;
        let fold = |n: usize, b: &u8| n << 8 | usize::from(*b);
        Some(match kind {
            Kind::Symdef(_) => digits.iter().rev().fold(0, fold),
            _ => digits.iter().fold(0, fold),
        })
    };
    let strings = || {
        let names_at = match kind {
            Kind::Index(width) => number(data.start, width)?
                .checked_mul(width)?
                .checked_add(data.start + width)?,
            Kind::Symdef(width) => number(data.start, width)?.checked_add(data.start + 2 * width)?,
            _ => return None,
        };
        bytes.get(names_at..data.end)
    };
    let Some(strings) = strings() else { return false };
    let mut seen = BTreeSet::new();
    let mut names = strings.split(|&c| c == 0).filter(|name| !name.is_empty());
    if !names.all(|name| seen.insert(name)) {
        return false;
    }
    let mut known = BTreeSet::new();
    objects(bytes, members).all(|object| {
        object.is_some_and(|(_, elf)| {
            !elf.starts() && elf.global().all(|name| name.is_some_and(|name| known.insert(name)))
        })
    })
}

/// `/` and `/SYM64/`: a count, that many offsets of member headers, that many names closed by NUL.
pub(super) fn gnu(bytes: &[u8], data: Span, width: usize, members: &[Member]) -> Vec<Part> {
    let number = |at: usize| {
        let digits = bytes.get(at..at + width)?;
        Some(digits.iter().fold(0u64, |n, &b| n << 8 | u64::from(b)))
    };
    let raw = || vec![Part::field("", data, Role::Content, Value::Raw)];
    let offsets_at = data.start + width;
    let Some(names_at) = number(data.start)
        .and_then(|count| usize::try_from(count).ok()?.checked_mul(width)?.checked_add(offsets_at))
        .filter(|&names_at| names_at <= data.end)
    else {
        return raw();
    };
    let offsets = (offsets_at..names_at).step_by(width).filter_map(number);
    let mut at = names_at;
    let mut entries = Vec::new();
    for offset in offsets {
        let name = until(&bytes[at..data.end], 0);
        at = (at + name.len() + 1).min(data.end);
        entries.push((offset, name));
    }
    let count = Span::new(data.start, offsets_at);
    let (offsets, names) = (Span::new(offsets_at, names_at), Span::new(names_at, at));
    let mut parts = vec![Part::field("count", count, Role::Size, Value::Derived { valid: true })];
    parts.extend(tables(bytes, offsets, names, &entries, members));
    if at < data.end {
        let valid = bytes[at..data.end].iter().all(|&b| b == 0);
        let span = Span::new(at, data.end);
        parts.push(Part::field(
            "index padding",
            span,
            Role::Padding,
            Value::Derived { valid },
        ));
    }
    parts
}

/// `__.SYMDEF`: the size of the entries, entries of string offset and member offset, the size of the strings, the strings.
pub(super) fn bsd(bytes: &[u8], data: Span, width: usize, members: &[Member]) -> Vec<Part> {
    let number = |at: usize| {
        let end = at.checked_add(width).filter(|&end| end <= data.end)?;
        let digits = bytes.get(at..end)?;
        let number = digits.iter().rev().fold(0u64, |n, &b| n << 8 | u64::from(b));
        usize::try_from(number).ok()
    };
    let layout = || {
        let entries = Span::at(data.start + width, number(data.start)?);
        let strings = Span::at(entries.end.checked_add(width)?, number(entries.end)?);
        (strings.end <= data.end).then_some((entries, strings))
    };
    let Some((table, strings)) = layout() else {
        return vec![Part::field("", data, Role::Content, Value::Raw)];
    };
    let mut entries = Vec::new();
    for at in (table.start..table.end).step_by(2 * width) {
        let (Some(string), Some(offset)) = (number(at), number(at + width)) else {
            break;
        };
        let name = bytes[strings.start..strings.end].get(string..).unwrap_or_default();
        entries.push((offset as u64, until(name, 0)));
    }
    let valid = Value::Derived { valid: true };
    let size = |name: &'static str, at: usize| Part::field(name, Span::at(at, width), Role::Size, valid.clone());
    let mut parts = vec![size("size of entries", data.start)];
    let mut tables = tables(bytes, table, strings, &entries, members);
    tables.insert(1, size("size of strings", table.end));
    parts.extend(tables);
    if strings.end < data.end {
        let span = Span::new(strings.end, data.end);
        parts.push(Part::field("index rest", span, Role::Content, Value::Raw));
    }
    parts
}

/// The offsets and the names: derived when the members' own symbols give the same index, else compared by what they name.
fn tables(bytes: &[u8], offsets: Span, names: Span, entries: &[(u64, &[u8])], members: &[Member]) -> Vec<Part> {
    let expected = defined(bytes, members);
    let computed = expected.is_some_and(|expected| {
        expected.len() == entries.len() && expected.iter().zip(entries).all(|(x, y)| x.0 == y.0 && x.1 == y.1)
    });
    let (first, second) = if computed {
        let valid = Value::Derived { valid: true };
        ((Role::Offset, valid.clone()), (Role::Checksum, valid))
    } else {
        // One line a symbol: the member that the offset points at.
        let mut target = Vec::new();
        for (offset, name) in entries {
            let place = members.binary_search_by_key(offset, |m| m.at as u64);
            target.extend_from_slice(name);
            match place {
                Ok(place) => target.extend_from_slice(format!(" {place} {}", members[place].name).as_bytes()),
                Err(_) => target.extend_from_slice(format!(" nothing at {offset}").as_bytes()),
            }
            target.push(b'\n');
        }
        ((Role::Reference, Value::Target(target)), (Role::Data, Value::Raw))
    };
    vec![
        Part::field("offsets", offsets, first.0, first.1),
        Part::field("names", names, second.0, second.1),
    ]
}

/// What binutils puts in an index: for each member in turn, its global symbols. Nothing when a member is no ELF file.
fn defined<'b>(bytes: &'b [u8], members: &[Member]) -> Option<Vec<(u64, &'b [u8])>> {
    let mut found = Vec::new();
    for object in objects(bytes, members) {
        let (member, elf) = object?;
        for name in elf.global() {
            found.push((member.at as u64, name?));
        }
    }
    Some(found)
}

/// A member that is an ELF file.
struct Object<'b> {
    bytes: &'b [u8],
    head: Head,
    sections: Vec<SectionHeader>,
}

impl<'b> Object<'b> {
    fn read(bytes: &'b [u8]) -> Option<Self> {
        let head = Head::read(bytes).ok()?;
        let sections: Vec<_> = head.sections(bytes).ok()?.all(bytes, head.ctx).collect();
        let whole = sections.iter().all(|section| head::content(bytes, section).is_some());
        whole.then_some(Self { bytes, head, sections })
    }
    /// The string at an offset of a section; nothing where no NUL ends it.
    fn string(&self, table: usize, offset: usize) -> Option<&'b [u8]> {
        let span = head::content(self.bytes, self.sections.get(table)?)?;
        let rest = self.bytes.get(span.start..span.end)?.get(offset..)?;
        memchr::memchr(0, rest).map(|end| &rest[..end])
    }
    /// Whether it has something to run before or after all else: in the order of the members.
    fn starts(&self) -> bool {
        let run = [".init_array", ".fini_array", ".preinit_array", ".ctors", ".dtors"];
        let names = self.head.names(&self.sections);
        let mut names = self.sections.iter().filter_map(|s| self.string(names, s.sh_name));
        names.any(|name| run.iter().any(|section| name.starts_with(section.as_bytes())))
    }
    /// The global, weak and unique symbols that are defined or common, in the order of the symbol table; nothing for one without a name.
    fn global(&self) -> impl Iterator<Item = Option<&'b [u8]>> {
        let table = self.sections.iter().rfind(|s| s.sh_type == SHT_SYMTAB);
        let table = table.and_then(|s| Some((head::content(self.bytes, s)?, s.sh_link as usize)));
        table.into_iter().flat_map(move |(span, strings)| {
            let symbols = self.head.symbols(span).all::<Sym, _>(self.bytes, self.head.ctx);
            let listed = symbols.filter(|symbol| {
                let binding = matches!(symbol.st_bind(), STB_GLOBAL | STB_WEAK | STB_GNU_UNIQUE);
                let kind = matches!(symbol.st_type(), STT_SECTION | STT_FILE);
                binding && !kind && symbol.st_shndx != SHN_UNDEF as usize
            });
            listed.map(move |symbol| self.string(strings, symbol.st_name))
        })
    }
}

/// The members that are files, read as ELF; nothing for one that is another.
fn objects<'b, 'm>(bytes: &'b [u8], members: &'m [Member]) -> impl Iterator<Item = Option<(&'m Member, Object<'b>)>> {
    let files = members.iter().filter(|member| member.kind == Kind::File);
    files.map(|member| {
        let object = bytes.get(member.data.start..member.data.end)?;
        Some((member, Object::read(object)?))
    })
}
