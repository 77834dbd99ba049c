//! Android's resource table (`ResTable_header` of `ResourceTypes.h`): packages, types, configurations, and values by name.

use super::{
    Format,
    axml::listed,
    chunks::{self, Chunk, Strings, numbers},
    listing::{Hex, Listing, Quoted, Reader},
};
use crate::model::{Blob, Decode, FormatId, Kind, Malformed, Opened, Role};

/// A table of resources.
pub struct Arsc;

/// `RES_TABLE_TYPE`, and the size of its header.
const MAGIC: &[u8] = b"\x02\x00\x0c\x00";

impl Format for Arsc {
    fn id(&self) -> FormatId {
        "arsc"
    }
    fn kind(&self) -> Kind {
        Kind::Data
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC) && bytes.get(12..16) == Some(b"\x01\x00\x1c\x00")
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        listed("arsc", bytes, 8, Table)
    }
}

/// The chunks of a table, and the number of packages before them.
#[derive(Debug)]
struct Table;

impl Decode for Table {
    fn method(&self) -> &'static str {
        "arsc"
    }
    fn role(&self) -> Role {
        Role::Content
    }
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let mut to = Listing::new(limit);
        let mut from = Reader::little(stored);
        to.section(format_args!("table"))?;
        to.line(format_args!("{} packages", from.u32()?))?;
        let mut values = None;
        while from.left() > 0 {
            let chunk = Chunk::read(&mut from)?;
            match (chunk.kind, &values) {
                (chunks::POOL, None) => values = Some(Strings::read(&chunk, &mut to)?),
                (0x0200, Some(values)) => package(&chunk, values, &mut to)?,
                _ => chunk.raw(&mut to)?,
            }
        }
        Ok(to.blob())
    }
}

/// Names of types and of entries, and the values (`ResTable_package`).
fn package(chunk: &Chunk<'_>, values: &Strings, to: &mut Listing) -> Result<(), Malformed> {
    let mut header = Reader::little(chunk.header);
    let id = header.u32()?;
    let name = header.take(256)?;
    let [types, last_type, keys, last_key] = numbers(&mut header)?;
    let units = name.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let text = String::from_utf16(&units.clone().take_while(|unit| *unit != 0).collect::<Vec<_>>());
    let behind = units.skip_while(|unit| *unit != 0).any(|unit| unit != 0);
    match text {
        Ok(text) if !behind => to.section(format_args!("package {}", Quoted(text.as_bytes()))),
        _ => to.section(format_args!("package {}", Hex(name))),
    }?;
    let rest = Hex(header.rest());
    to.line(format_args!(
        "id {id:#x}, names at {types} up to {last_type} and {keys} up to {last_key}, {rest}"
    ))?;
    let mut from = Reader::little(chunk.body);
    let mut pools: Vec<Strings> = Vec::new();
    while from.left() > 0 {
        let chunk = Chunk::read(&mut from)?;
        match (chunk.kind, pools.as_slice()) {
            (chunks::POOL, [] | [_]) => {
                let what = if pools.is_empty() { "types" } else { "names" };
                to.section(format_args!("{what}"))?;
                pools.push(Strings::read(&chunk, to)?);
            }
            (0x0202, [types, _]) => specified(&chunk, types, to)?,
            (0x0201, [types, keys]) => configured(&chunk, types, keys, values, to)?,
            _ => chunk.raw(to)?,
        }
    }
    Ok(())
}

/// What the entries of a type vary by (`ResTable_typeSpec`).
fn specified(chunk: &Chunk<'_>, types: &Strings, to: &mut Listing) -> Result<(), Malformed> {
    let mut header = Reader::little(chunk.header);
    let (id, zero, more, count) = (header.u8()?, header.u8()?, header.u16()?, header.place()?);
    to.section(format_args!("type {id} {}", name(types, id)))?;
    to.line(format_args!("{zero} {more} {count} entries {}", Hex(header.rest())))?;
    let mut from = Reader::little(chunk.body);
    for entry in 0..count {
        to.line(format_args!("entry {entry} varies by {:#x}", from.u32()?))?;
    }
    rest(&mut from, to)
}

/// Types are counted from 1.
fn name(types: &Strings, id: u8) -> String {
    types.get(u32::from(id).wrapping_sub(1))
}

fn rest(from: &mut Reader<'_>, to: &mut Listing) -> Result<(), Malformed> {
    match from.rest() {
        [] => Ok(()),
        rest => to.line(format_args!("and {}", Hex(rest))),
    }
}

/// The values of a type for one configuration (`ResTable_type`).
fn configured(
    chunk: &Chunk<'_>,
    types: &Strings,
    keys: &Strings,
    values: &Strings,
    to: &mut Listing,
) -> Result<(), Malformed> {
    let mut header = Reader::little(chunk.header);
    let (id, flags, zero) = (header.u8()?, header.u8()?, header.u16()?);
    let (count, start) = (header.place()?, header.place()?);
    let config = header.rest();
    to.section(format_args!("{} {}", name(types, id), Config(config)))?;
    to.line(format_args!(
        "type {id}, flags {flags}, {zero}, {count} entries, configuration {}",
        Hex(config)
    ))?;
    let mut from = Reader::little(chunk.body);
    // Each entry's place: of four bytes, or sparse (its number and a quarter of its place), or of two.
    let mut places = Vec::new();
    for entry in 0..count {
        let (entry, place) = match flags {
            0 => (entry, from.place()?),
            1 => (usize::from(from.u16()?), usize::from(from.u16()?) * 4),
            2 => match from.u16()? {
                u16::MAX => (entry, chunks::NONE as usize),
                place => (entry, usize::from(place) * 4),
            },
            _ => return Err(Malformed::at(0, "a known kind of places", flags.to_string())),
        };
        if place != chunks::NONE as usize {
            places.push((entry, place));
        } else if flags == 1 {
            return Err(Malformed::at(0, "the place of an entry", "none"));
        }
    }
    let start = start.checked_sub(chunk.header.len() + 8);
    let start = start.ok_or_else(|| Malformed::at(0, "entries behind the header", "a place in it"))?;
    // Up to the entries: zeros that align them.
    let gap = start
        .checked_sub(from.at)
        .ok_or_else(|| Malformed::at(start, "entries behind their places", "before"))?;
    match from.take(gap)? {
        [] => {}
        gap => to.line(format_args!("before the entries {}", Hex(gap)))?,
    }
    let mut end = start;
    for (entry, place) in places {
        let mut from = from.from(start + place)?;
        let place = if start + place == end {
            String::new()
        } else {
            format!(" at {place}")
        };
        one(&mut from, entry, &place, keys, values, to)?;
        end = end.max(from.at);
    }
    rest(&mut from.from(end)?, to)
}

/// An entry: a value, or several by name (`ResTable_entry`).
fn one(
    from: &mut Reader<'_>,
    entry: usize,
    place: &str,
    keys: &Strings,
    values: &Strings,
    to: &mut Listing,
) -> Result<(), Malformed> {
    let (size, flags, key) = (from.u16()?, from.u16()?, from.u32()?);
    // Compact: the size is the name, the name the value.
    if flags & 8 != 0 {
        let value = chunks::typed((flags >> 8) as u8, key, values);
        return to.line(format_args!(
            "{entry} {}{place} flags {flags:#x} = {value}",
            keys.get(size.into())
        ));
    }
    let key = keys.get(key);
    match (size, flags & 1) {
        (8, 0) => {
            let value = chunks::value(from, values)?;
            to.line(format_args!("{entry} {key}{place} flags {flags:#x} = {value}"))
        }
        (16, 1) => {
            let [parent, count] = numbers(from)?;
            to.line(format_args!(
                "{entry} {key}{place} flags {flags:#x} of @{parent:#010x}, {count} values"
            ))?;
            for _ in 0..count {
                let name = from.u32()?;
                let value = chunks::value(from, values)?;
                to.line(format_args!("  {name:#010x} = {value}"))?;
            }
            Ok(())
        }
        _ => Err(Malformed::at(
            from.at,
            "an entry",
            format!("{size} bytes, flags {flags:#x}"),
        )),
    }
}

/// What of a configuration has a name of its own (`ResTable_config`): language, region, density, version of the system.
struct Config<'b>(&'b [u8]);

impl std::fmt::Display for Config<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = |place: usize, length: usize| self.0.get(place..place + length).unwrap_or_default();
        let number = |place: usize| {
            at(place, 2)
                .iter()
                .rev()
                .fold(0u16, |n, byte| n << 8 | u16::from(*byte))
        };
        let mut words = Vec::new();
        let letters = |place: usize| {
            let text = String::from_utf8_lossy(at(place, 2)).into_owned();
            text.chars()
                .all(|c| c.is_ascii_alphabetic())
                .then_some(text)
                .filter(|text| text.len() == 2)
        };
        words.extend(letters(8));
        words.extend(letters(10).map(|region| format!("r{region}")));
        words.extend(Some(number(14)).filter(|n| *n > 0).map(|n| format!("{n}dpi")));
        words.extend(Some(number(24)).filter(|n| *n > 0).map(|n| format!("v{n}")));
        match words.is_empty() {
            true => f.write_str("by default"),
            false => f.write_str(&words.join("-")),
        }
    }
}
