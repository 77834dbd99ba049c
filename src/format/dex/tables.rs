//! The tables of strings, types, prototypes, fields and methods, and how an index is written out.

use super::{
    super::listing::{Listing, Name, Quoted, Reader},
    BEHIND, HEADER,
    layout::Layout,
    numbers::uleb,
};
use crate::model::Malformed;
use std::collections::BTreeSet;

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
    pub(super) map: Vec<(u16, u16, u32, u32)>,
    pub(super) layout: Layout,
}

/// The tables that the header has, in its order: what each is called, its number in the map, and the size of an entry.
pub(super) const TABLES: [(&str, u16, usize); 6] = [
    ("strings", 1, 4),
    ("types", 2, 4),
    ("prototypes", 3, 12),
    ("fields", 4, 8),
    ("methods", 5, 8),
    ("classes", 6, 32),
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
        let there = tables.iter().zip(TABLES).filter(|((count, _), _)| *count > 0);
        let ends = there.map(|((count, start), (.., size))| start + count * size);
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
                self.fields = found;
            } else {
                self.methods = found;
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
