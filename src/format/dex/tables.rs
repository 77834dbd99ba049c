//! The tables of strings, types, prototypes, fields and methods, and how an index is written out.

use super::{
    super::listing::{Listing, Name, Quoted, Reader},
    BEHIND, HEADER,
    layout::Layout,
    value,
};
use crate::model::Malformed;
use std::{collections::BTreeSet, fmt};

/// A file whose tables are read.
pub(super) struct Dex<'b> {
    /// From the size of the file on.
    bytes: &'b [u8],
    strings: Vec<&'b [u8]>,
    types: Vec<u32>,
    /// Short form, type of what is returned, types of parameters.
    protos: Vec<(u32, u32, Vec<u16>)>,
    fields: Vec<(u16, u16, u32)>,
    methods: Vec<(u16, u16, u32)>,
    /// Number and place of the definitions of classes.
    pub(super) classes: (usize, usize),
    /// Kind, number, place.
    map: Vec<(u16, u16, u32, u32)>,
    pub(super) layout: Layout,
}

/// The tables that the header has, in its order: what each is called, its number in the map, and the size of an entry.
const TABLES: [(&str, u16, usize); 6] = [
    ("strings", 1, 4),
    ("types", 2, 4),
    ("prototypes", 3, 12),
    ("fields", 4, 8),
    ("methods", 5, 8),
    ("classes", 6, 32),
];

/// What the map calls the pieces of the data.
const PIECES: &[(u16, &str)] = &[
    (0x0007, "call sites"),
    (0x0008, "method handles"),
    (0x1000, "map"),
    (0x1001, "types"),
    (0x1002, "annotations of parameters"),
    (0x1003, "annotations"),
    (0x2000, "members"),
    (0x2001, "code"),
    (0x2002, "string"),
    (0x2003, "debug information"),
    (0x2004, "annotation"),
    (0x2005, "values"),
    (0x2006, "annotations by member"),
];

impl<'b> Dex<'b> {
    pub(super) fn read(bytes: &'b [u8], to: &mut Listing) -> Result<Self, Malformed> {
        let mut from = Reader::little(bytes).from(4)?;
        let [header, tag, link_size, link] = super::super::chunks::numbers(&mut from)?;
        let map_at = from.u32()?;
        let mut tables = [(0, 0); 6];
        for table in &mut tables {
            *table = (from.place()?, from.place()?);
        }
        let data = (from.place()?, from.place()?);
        to.section(format_args!("header"))?;
        to.line(format_args!(
            "{header} bytes, order of bytes {tag:#x}, links {link_size} at {link}"
        ))?;
        if header as usize != HEADER || tag != 0x1234_5678 {
            return Err(Malformed::at(
                BEHIND,
                "a header of 112 bytes, low byte first",
                "another",
            ));
        }
        let mut dex = Self {
            bytes,
            strings: Vec::new(),
            types: Vec::new(),
            protos: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            classes: tables[5],
            map: Vec::new(),
            layout: Layout::default(),
        };
        for ((name, _, size), (count, start)) in TABLES.into_iter().zip(tables) {
            let length = count
                .checked_mul(size)
                .ok_or_else(|| Malformed::at(start, name, "too many"))?;
            if count > 0 {
                dex.at(start)?.take(length)?;
                dex.layout.note(format!("table of {name}"), start, start + length, true);
            } else if start > 0 {
                to.line(format_args!("no {name} at {start}"))?;
            }
        }
        // Behind the last table, to the end.
        let ends = tables
            .iter()
            .zip(TABLES)
            .map(|((count, start), (.., size))| start + count * size);
        let behind = ends.max().unwrap_or_default();
        if data != (bytes.len() + BEHIND - behind, behind) {
            to.line(format_args!("data of {} bytes at {}", data.0, data.1))?;
        }
        dex.read_strings(tables[0], to)?;
        dex.read_tables(&tables, to)?;
        dex.read_map(map_at as usize)?;
        Ok(dex)
    }

    /// Reads at a place of the file.
    pub(super) fn at(&self, place: usize) -> Result<Reader<'b>, Malformed> {
        let place = place.checked_sub(BEHIND).filter(|place| *place >= HEADER - BEHIND);
        let place = place.ok_or_else(|| Malformed::at(0, "a place behind the header", "one in it"))?;
        Reader::little(self.bytes).from(place)
    }

    fn read_strings(&mut self, (count, start): (usize, usize), to: &mut Listing) -> Result<(), Malformed> {
        to.section(format_args!("strings"))?;
        let mut places = self.table(count, start)?;
        let mut behind = 0;
        for _ in 0..count {
            let place = places.place()?;
            let mut from = self.at(place)?;
            let units = uleb(&mut from)? as usize;
            let mut rest = from.clone();
            let rest = rest.rest();
            let end = memchr::memchr(0, rest).ok_or_else(|| Malformed::truncated(place, "a string that ends"))?;
            let text = from.take(end)?;
            from.u8()?;
            // A unit of UTF-16 for each byte that does not continue one.
            let counted = text.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
            let told = if units == counted {
                String::new()
            } else {
                format!(" ({units} units)")
            };
            to.line(format_args!("{}{told}", Quoted(text)))?;
            // Most lie in the order of the table.
            let name = if place >= behind {
                "string".to_owned()
            } else {
                format!("string of {}", Quoted(text))
            };
            behind = from.at + BEHIND;
            self.layout.note(name, place, behind, false);
            self.strings.push(text);
        }
        unique("strings", self.strings.iter())
    }

    fn table(&self, count: usize, start: usize) -> Result<Reader<'b>, Malformed> {
        if count == 0 {
            Ok(Reader::little(&[]))
        } else {
            self.at(start)
        }
    }

    fn read_tables(&mut self, tables: &[(usize, usize); 6], to: &mut Listing) -> Result<(), Malformed> {
        let mut from = self.table(tables[1].0, tables[1].1)?;
        to.section(format_args!("types"))?;
        for _ in 0..tables[1].0 {
            self.types.push(from.u32()?);
            to.line(format_args!("{}", self.kind(self.types.len() - 1)?))?;
        }
        unique("types", self.types.iter())?;
        let mut from = self.table(tables[2].0, tables[2].1)?;
        to.section(format_args!("prototypes"))?;
        for _ in 0..tables[2].0 {
            let [short, result, place] = super::super::chunks::numbers(&mut from)?;
            let parameters = self.type_list(place as usize, "a prototype")?;
            self.protos.push((short, result, parameters));
            let number = self.protos.len() - 1;
            let empty = if place > 0 && self.protos[number].2.is_empty() {
                " (a list of none)"
            } else {
                ""
            };
            to.line(format_args!(
                "{} {}{empty}",
                self.proto(number)?,
                self.string(short as usize)?
            ))?;
        }
        unique("prototypes", self.protos.iter())?;
        for (what, number) in [("fields", 3), ("methods", 4)] {
            let mut from = self.table(tables[number].0, tables[number].1)?;
            let mut found = Vec::new();
            for _ in 0..tables[number].0 {
                found.push((from.u16()?, from.u16()?, from.u32()?));
            }
            unique(what, found.iter())?;
            if number == 3 {
                self.fields = found
            } else {
                self.methods = found
            }
            to.section(format_args!("{what}"))?;
            for index in 0..tables[number].0 {
                let text = if number == 3 {
                    self.field(index)
                } else {
                    self.method(index)
                }?;
                to.line(format_args!("{text}"))?;
            }
        }
        Ok(())
    }

    /// Indexes of types at a place (`type_list`).
    pub(super) fn type_list(&self, place: usize, of: &str) -> Result<Vec<u16>, Malformed> {
        if place == 0 {
            return Ok(Vec::new());
        }
        let mut from = self.at(place)?;
        let count = from.place()?;
        if count > from.left() / 2 {
            return Err(Malformed::at(place, "types", "too few bytes"));
        }
        let found = (0..count).map(|_| from.u16()).collect::<Result<_, _>>()?;
        self.layout
            .note(format!("types of {of}"), place, from.at + BEHIND, true);
        Ok(found)
    }

    /// A string.
    pub(super) fn string(&self, index: usize) -> Result<Name<'b>, Malformed> {
        Ok(Name(get(&self.strings, index, "a string")?))
    }
    /// A string as a text.
    pub(super) fn text(&self, index: usize) -> Result<Quoted<'b>, Malformed> {
        Ok(Quoted(get(&self.strings, index, "a string")?))
    }
    /// A type.
    pub(super) fn kind(&self, index: usize) -> Result<Name<'b>, Malformed> {
        self.string(*get(&self.types, index, "a type")? as usize)
    }
    /// Parameters and what is returned.
    pub(super) fn proto(&self, index: usize) -> Result<String, Malformed> {
        let (_, result, parameters) = get(&self.protos, index, "a prototype")?;
        let names = parameters.iter().map(|&index| Ok(self.kind(index.into())?.to_string()));
        let names = names.collect::<Result<Vec<_>, Malformed>>()?;
        Ok(format!("({}){}", names.join(","), self.kind(*result as usize)?))
    }
    /// A field with its class and type.
    pub(super) fn field(&self, index: usize) -> Result<String, Malformed> {
        let &(class, kind, name) = get(&self.fields, index, "a field")?;
        Ok(format!(
            "{}.{}:{}",
            self.kind(class.into())?,
            self.string(name as usize)?,
            self.kind(kind.into())?
        ))
    }
    /// A method with its class and prototype.
    pub(super) fn method(&self, index: usize) -> Result<String, Malformed> {
        let &(class, proto, name) = get(&self.methods, index, "a method")?;
        Ok(format!(
            "{}.{}:{}",
            self.kind(class.into())?,
            self.string(name as usize)?,
            self.proto(proto.into())?
        ))
    }

    fn read_map(&mut self, place: usize) -> Result<(), Malformed> {
        let mut from = self.at(place)?;
        let count = from.place()?;
        if count > from.left() / 12 {
            return Err(Malformed::at(place, "a map", "too few bytes"));
        }
        let one = |from: &mut Reader<'_>| Ok((from.u16()?, from.u16()?, from.u32()?, from.u32()?));
        self.map = (0..count).map(|_| one(&mut from)).collect::<Result<_, Malformed>>()?;
        self.layout.note("map".to_owned(), place, from.at + BEHIND, true);
        Ok(())
    }

    /// What only the map tells of: method handles and call sites.
    pub(super) fn list_more(&self, to: &mut Listing) -> Result<(), Malformed> {
        for &(kind, _, count, place) in &self.map {
            let (count, start) = (count as usize, place as usize);
            let mut from = match kind {
                7 | 8 => self.at(start)?,
                _ => continue,
            };
            to.section(format_args!(
                "{}",
                if kind == 7 { "call sites" } else { "method handles" }
            ))?;
            for _ in 0..count {
                if kind == 8 {
                    let [kind, zero, member, more] = [from.u16()?, from.u16()?, from.u16()?, from.u16()?];
                    let name = if kind < 4 {
                        self.field(member.into())
                    } else {
                        self.method(member.into())
                    }?;
                    to.line(format_args!("{kind} {name} {zero} {more}"))?;
                } else {
                    let place = from.place()?;
                    let text = value::array_at(self, place, "a call site")?;
                    to.line(format_args!("{text}"))?;
                }
            }
            let name = if kind == 7 { "call sites" } else { "method handles" };
            self.layout.note(name.to_owned(), start, from.at + BEHIND, true);
        }
        Ok(())
    }

    /// Each kind of piece with its number, and its place where that is not that of the first such piece.
    pub(super) fn list_map(&self, to: &mut Listing) -> Result<(), Malformed> {
        to.section(format_args!("map"))?;
        for &(kind, zero, count, place) in &self.map {
            let table = TABLES.iter().find(|(_, number, _)| *number == kind);
            let piece = PIECES.iter().find(|(number, _)| *number == kind).map(|(_, name)| *name);
            let usual = match (kind, table, piece) {
                (0, ..) => Some(0),
                (_, Some((name, ..)), _) => self.layout.first(&format!("table of {name}")),
                (_, _, Some(name)) => self.layout.first(name),
                _ => None,
            };
            let place = match usual == Some(place as usize) {
                true => String::new(),
                false => format!(" at {place}"),
            };
            let name = table.map(|table| table.0).or(piece).unwrap_or("another");
            to.line(format_args!("{kind:#06x} {name} {count} {zero}{place}"))?;
        }
        Ok(())
    }
}

fn get<'t, T>(table: &'t [T], index: usize, what: &'static str) -> Result<&'t T, Malformed> {
    let found = table.get(index);
    found.ok_or_else(|| Malformed::at(0, format!("the index of {what}"), index.to_string()))
}

/// Two entries of a table that are alike could be taken for each other.
fn unique<T: Ord>(what: &str, mut items: impl Iterator<Item = T>) -> Result<(), Malformed> {
    let mut seen = BTreeSet::new();
    match items.all(|item| seen.insert(item)) {
        true => Ok(()),
        false => Err(Malformed::at(
            0,
            format!("{what} that differ from each other"),
            "two that are alike",
        )),
    }
}

/// An unsigned LEB128 of at most 32 bits, as short as can be.
pub(super) fn uleb(from: &mut Reader<'_>) -> Result<u32, Malformed> {
    let at = from.at;
    let mut value = 0u64;
    for shift in (0..35).step_by(7) {
        let byte = from.u8()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let short = shift == 0 || byte != 0;
            let value = u32::try_from(value).ok().filter(|_| short);
            return value.ok_or_else(|| Malformed::at(at, "a number as short as can be", "a longer one"));
        }
    }
    Err(Malformed::at(at, "a number of 32 bits", "a longer one"))
}

/// A signed LEB128 of at most 32 bits, as its bytes have it.
pub(super) fn sleb(from: &mut Reader<'_>) -> Result<i64, Malformed> {
    let at = from.at;
    let mut value = 0i64;
    for shift in (0..35).step_by(7) {
        let byte = from.u8()?;
        value |= i64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let bits = shift + 7;
            let signed = value << (64 - bits) >> (64 - bits);
            let shorter = shift > 0 && {
                let bits = shift;
                let cut = value & ((1 << bits) - 1);
                cut << (64 - bits) >> (64 - bits) == signed
            };
            return match shorter {
                true => Err(Malformed::at(at, "a number as short as can be", "a longer one")),
                false => Ok(signed),
            };
        }
    }
    Err(Malformed::at(at, "a number of 32 bits", "a longer one"))
}

/// An index that is one less than what is stored, and none where that is 0.
pub(super) fn optional(from: &mut Reader<'_>) -> Result<Option<usize>, Malformed> {
    Ok((uleb(from)? as usize).checked_sub(1))
}

/// What may not be there.
pub(super) struct Maybe<T>(pub(super) Option<T>);

impl<T: fmt::Display> fmt::Display for Maybe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(there) => there.fmt(f),
            None => f.write_str("nothing"),
        }
    }
}
