//! ar archives: GNU (`//` names, `/` and `/SYM64/` indexes), BSD (`#1/` names, `__.SYMDEF`), and GNU's thin ones. `ar.h` of glibc and
//! binutils; `ar(5)` of FreeBSD.

mod index;

use super::{
    Format,
    names::{self, Listed},
};
use crate::model::{self, Blob, FormatId, Malformed, Opened, Order, Part, Role, Span, Value};
use std::sync::Arc;

/// An ar archive, or a static library.
pub struct Ar;

const MAGIC: &[u8] = b"!<arch>\n";
const THIN: &[u8] = b"!<thin>\n";
const HEADER: usize = 60;

impl Format for Ar {
    fn id(&self) -> FormatId {
        "ar"
    }
    fn kind(&self) -> model::Kind {
        model::Kind::Archive
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC) || bytes.starts_with(THIN)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let members = members(bytes)?;
        let order = order(bytes, &members);
        Ok(opened("ar", order, members, |_, _| None))
    }
}

/// The name of the first member, as it is stored.
pub(super) fn first_name(bytes: &[u8]) -> Option<&[u8]> {
    let name = bytes.strip_prefix(MAGIC)?.get(..16)?.trim_ascii_end();
    Some(name.strip_suffix(b"/").unwrap_or(name))
}

/// What a member is to the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    /// GNU's index, with numbers of so many bytes, big-endian.
    Index(usize),
    /// BSD's index, with numbers of so many bytes, little-endian.
    Symdef(usize),
    /// GNU's table of long names.
    Names,
}

#[derive(Debug)]
struct Member {
    at: usize,
    name: String,
    kind: Kind,
    /// The number in the name field points at a name.
    name_valid: bool,
    /// Length of a BSD name that stands before the content.
    inline: usize,
    /// Content, without an inline name.
    data: Span,
    end: usize,
}

/// How much of a member's name is its name, where the rest only tells how its content is compressed.
pub(super) type Stem = fn(&str, &[u8]) -> Option<usize>;

/// Opens an ar archive that is a package, which is read from its beginning.
pub(super) fn open_package(format: FormatId, bytes: &Blob, stem: Stem) -> Result<Opened, Malformed> {
    Ok(opened(format, Order::Sequence, members(bytes)?, stem))
}

fn opened(format: FormatId, order: Order, members: Vec<Member>, stem: Stem) -> Opened {
    let members: Arc<[Member]> = members.into();
    let mut parts = vec![Part::field("magic", Span::new(0, 8), Role::Structure, Value::Raw)];
    for (index, member) in members.iter().enumerate() {
        let all = members.clone();
        let name = match member.kind {
            Kind::File => member.name.clone(),
            Kind::Index(_) | Kind::Symdef(_) => "symbol index".to_owned(),
            Kind::Names => "long names".to_owned(),
        };
        parts.push(Part::lazy(
            name,
            Span::new(member.at, member.end),
            Order::Fixed,
            move |bytes| Ok(fields(bytes, &all, index, stem)),
        ));
    }
    Opened { format, order, parts }
}

/// A linker takes the first member that defines a symbol, so no symbol may be defined twice; without an index that says which are, objects
/// are not free.
fn order(bytes: &[u8], members: &[Member]) -> Order {
    let mut indexes = members.iter().filter(|m| !matches!(m.kind, Kind::File | Kind::Names));
    let object = |m: &Member| {
        let magics: [&[u8]; 10] = [
            b"\x7fELF",
            b"\x64\x86",
            b"\x4c\x01",
            b"\x64\xaa",
            b"\xfe\xed\xfa",
            b"\xce\xfa\xed",
            b"\xcf\xfa\xed",
            b"BC\xc0\xde",
            b"\0asm",
            b"\0\0\xff\xff",
        ];
        let data = bytes.get(m.data.start..m.data.end).unwrap_or_default();
        m.kind == Kind::File && magics.iter().any(|magic| data.starts_with(magic))
    };
    let once = match indexes.next() {
        Some(index) => indexes.next().is_none() && index::once(bytes, index.data, index.kind, members),
        None => !members.iter().any(object),
    };
    let files = members.iter().filter(|m| m.kind == Kind::File);
    match once {
        true => names::order(files.map(|m| Listed::Plain(m.name.clone()))),
        false => Order::Sequence,
    }
}

fn members(bytes: &Blob) -> Result<Vec<Member>, Malformed> {
    let thin = bytes.starts_with(THIN);
    let mut found: Vec<Member> = Vec::new();
    let mut names: Option<Span> = None;
    let mut at = MAGIC.len();
    while at < bytes.len() {
        let header = bytes
            .get(at..at + HEADER)
            .ok_or_else(|| Malformed::truncated(bytes.len(), "a member header of 60 bytes"))?;
        if &header[58..] != b"`\n" {
            return Err(Malformed::at(at + 58, "the end of a member header", "other bytes"));
        }
        let size = number(&header[48..58], 10)
            .and_then(|n| usize::try_from(n).ok())
            .ok_or_else(|| Malformed::at(at + 48, "a decimal size", "other bytes"))?;
        let stored = header[..16].trim_ascii_end();
        let mut member = Member {
            at,
            name: String::new(),
            kind: Kind::File,
            name_valid: true,
            inline: 0,
            data: Span::at(at + HEADER, size),
            end: 0,
        };
        match stored {
            b"/" if found.iter().all(|m| m.kind != Kind::Index(4)) => member.kind = Kind::Index(4),
            b"/SYM64/" => member.kind = Kind::Index(8),
            b"//" => member.kind = Kind::Names,
            // A thin archive stores the files elsewhere.
            _ if thin => member.data = Span::at(at + HEADER, 0),
            _ => {}
        }
        if member.data.end > bytes.len() {
            return Err(Malformed::truncated(bytes.len(), format!("{size} bytes of data")));
        }
        if let Some(length) = stored.strip_prefix(b"#1/").and_then(|digits| number(digits, 10)) {
            let length = usize::try_from(length)
                .ok()
                .filter(|&length| length <= member.data.len())
                .ok_or_else(|| Malformed::at(at, "a name within the member", "a longer one"))?;
            member.inline = length;
            let name = &bytes[member.data.start..member.data.start + length];
            member.name = lossy(until(name, 0));
            member.data.start += length;
        } else if let Some(reference) = stored
            .strip_prefix(b"/")
            .filter(|r| r.first().is_some_and(u8::is_ascii_digit))
        {
            // `/offset`, or `/offset:origin` for a member of an archive in a thin one.
            let (name, valid) = long_name(bytes, names, until(reference, b':'));
            member.name = name.unwrap_or_else(|| lossy(stored));
            member.name_valid = valid;
        } else {
            member.name = lossy(stored.strip_suffix(b"/").unwrap_or(stored));
        }
        match member.name.as_str() {
            "__.SYMDEF" | "__.SYMDEF SORTED" => member.kind = Kind::Symdef(4),
            "__.SYMDEF_64" | "__.SYMDEF_64 SORTED" => member.kind = Kind::Symdef(8),
            _ => {}
        }
        if member.kind == Kind::Names {
            names = Some(member.data);
        }
        member.end = (member.data.end + member.data.end % 2).min(bytes.len());
        at = member.end;
        found.push(member);
    }
    Ok(found)
}

/// The name at an offset of the table, up to its `/` and line end; and whether a name starts there.
fn long_name(bytes: &[u8], names: Option<Span>, reference: &[u8]) -> (Option<String>, bool) {
    let place = || {
        let names = names?;
        let table = bytes.get(names.start..names.end)?;
        let at = usize::try_from(number(reference, 10)?).ok()?;
        let line = until(table.get(at..)?, b'\n');
        let starts = at == 0 || table.get(at - 1) == Some(&b'\n');
        Some((lossy(line.strip_suffix(b"/").unwrap_or(line)), starts))
    };
    place().map_or((None, false), |(name, starts)| (Some(name), starts))
}

fn fields(bytes: &Blob, members: &[Member], index: usize, stem: Stem) -> Vec<Part> {
    let member = &members[index];
    let header = bytes.get(member.at..member.at + HEADER).unwrap_or(&[b' '; HEADER]);
    let mut parts = Vec::new();
    let mut put = |name: &'static str, from: usize, to: usize, role, value| {
        let span = Span::new(member.at + from, member.at + to);
        parts.push(Part::field(name, span, role, value));
    };
    let parsed = |from: usize, to: usize, radix| number(&header[from..to], radix);
    if header.starts_with(b"/") && header[1].is_ascii_digit() {
        let valid = member.name_valid;
        put("name", 0, 16, Role::Offset, Value::Derived { valid });
    } else if member.inline > 0 {
        put("name length", 0, 16, Role::Size, Value::Derived { valid: true });
    } else if let Some(stem) = stem(&member.name, bytes.get_span(member.data).unwrap_or_default()) {
        put("name", 0, stem.min(16), Role::Name, Value::Raw);
        put("compression suffix", stem.min(16), 16, Role::Compression, Value::Raw);
    } else {
        put("name", 0, 16, Role::Name, Value::Raw);
    }
    let time = parsed(16, 28, 10).and_then(|n| i64::try_from(n).ok());
    let time = time.map_or(Value::Raw, |seconds| Value::Time { seconds, local: false });
    put("mtime", 16, 28, Role::Timestamp, time);
    put(
        "uid",
        28,
        34,
        Role::Owner,
        parsed(28, 34, 10).map_or(Value::Raw, Value::Number),
    );
    put(
        "gid",
        34,
        40,
        Role::Owner,
        parsed(34, 40, 10).map_or(Value::Raw, Value::Number),
    );
    // The type bits stand in the same field: of a regular file, or none.
    let mode = parsed(40, 48, 8).and_then(|n| u32::try_from(n).ok());
    let mode = mode.filter(|n| n & !0o7777 == 0 || n & !0o7777 == 0o100_000);
    put(
        "mode",
        40,
        48,
        Role::Mode,
        mode.map_or(Value::Raw, |n| Value::Mode(n & 0o7777)),
    );
    let thin = member.kind == Kind::File && bytes.starts_with(THIN);
    // It laid out the members, but speaks of a file elsewhere in a thin archive.
    let size = if thin {
        Value::Raw
    } else {
        Value::Derived { valid: true }
    };
    put("size", 48, 58, Role::Size, size);
    put("end of header", 58, 60, Role::Structure, Value::Raw);
    if member.inline > 0 {
        let span = Span::at(member.at + HEADER, member.inline);
        parts.push(Part::field("name", span, Role::Name, Value::Raw));
    }
    match member.kind {
        _ if member.data.is_empty() => {}
        Kind::File => parts.push(Part::stored("", member.data)),
        Kind::Names => parts.push(Part::field("", member.data, Role::Text, Value::Raw)),
        Kind::Index(width) => parts.extend(index::gnu(bytes, member.data, width, members)),
        Kind::Symdef(width) => parts.extend(index::bsd(bytes, member.data, width, members)),
    }
    // Also where it is empty: whether there is any follows from the size.
    let padding = Span::new(member.data.end, member.end);
    let due: &[u8] = if padding.start % 2 == 1 { b"\n" } else { b"" };
    let valid = bytes.get(padding.start..padding.end) == Some(due);
    parts.push(Part::field("padding", padding, Role::Padding, Value::Derived { valid }));
    parts
}

fn until(bytes: &[u8], end: u8) -> &[u8] {
    &bytes[..memchr::memchr(end, bytes).unwrap_or(bytes.len())]
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Digits with spaces behind them; only spaces are no number.
fn number(field: &[u8], radix: u32) -> Option<u64> {
    let digits = field.trim_ascii_end();
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}
