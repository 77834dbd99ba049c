//! What Android's compiled resources share (`ResourceTypes.h` of its source): chunks, pools of strings, and values.

use super::listing::{Hex, Listing, Quoted, Reader};
use crate::model::Malformed;
use std::collections::BTreeMap;

/// A chunk: its kind, its header behind the first eight bytes, and what is behind the header.
pub(super) struct Chunk<'b> {
    pub(super) kind: u16,
    pub(super) header: &'b [u8],
    pub(super) body: &'b [u8],
}

impl<'b> Chunk<'b> {
    /// The next chunk.
    pub(super) fn read(from: &mut Reader<'b>) -> Result<Self, Malformed> {
        let at = from.at;
        let (kind, header, size) = (from.u16()?, usize::from(from.u16()?), from.place()?);
        if header < 8 || size < header {
            return Err(Malformed::at(
                at,
                "a chunk with a header",
                format!("{header} of {size} bytes"),
            ));
        }
        Ok(Self {
            kind,
            header: from.take(header - 8)?,
            body: from.take(size - header)?,
        })
    }
    /// Where nothing more is known of it, its bytes.
    pub(super) fn raw(&self, to: &mut Listing) -> Result<(), Malformed> {
        let (header, body) = (Hex(self.header), Hex(self.body));
        to.line(format_args!("chunk {:#06x} [{header}] {body}", self.kind))
    }
}

/// No string.
pub(super) const NONE: u32 = u32::MAX;

/// The strings of a pool.
#[derive(Default)]
pub(super) struct Strings {
    texts: Vec<String>,
    /// The first index of each text.
    first: BTreeMap<String, usize>,
}

/// Kind of a pool, and its flag for UTF-8.
pub(super) const POOL: u16 = 1;
const UTF8: u32 = 1 << 8;

impl Strings {
    /// Reads a pool, and lists its strings. What lies elsewhere than behind the one before it has its place shown.
    pub(super) fn read(chunk: &Chunk<'_>, to: &mut Listing) -> Result<Self, Malformed> {
        let mut header = Reader::little(chunk.header);
        let [count, styles, flags, start, style_start] = numbers(&mut header)?;
        let mut offsets = Reader::little(chunk.body);
        let body = |place: u32| (place as usize).checked_sub(chunk.header.len() + 8);
        to.line(format_args!(
            "pool of {count} strings and {styles} styles, flags {flags:#x} {}",
            Hex(header.rest())
        ))?;
        let places = count as usize + styles as usize;
        if places > offsets.left() / 4 {
            return Err(Malformed::at(0, "the places of strings", "too few bytes"));
        }
        let of_strings: Vec<usize> = (0..count).map(|_| offsets.place()).collect::<Result<_, _>>()?;
        let of_styles: Vec<u32> = (0..styles).map(|_| offsets.u32()).collect::<Result<_, _>>()?;
        let behind = offsets.at;
        let start = if count == 0 {
            behind
        } else {
            body(start).ok_or_else(|| Malformed::at(0, "strings", "none"))?
        };
        if start != behind {
            return Err(Malformed::at(start, "strings behind their places", "another place"));
        }
        let mut found = Self::default();
        let data = offsets.from(start)?;
        let mut end = start;
        for at in of_strings {
            let mut from = data.from(start + at)?;
            let text = string(&mut from, flags & UTF8 != 0)?;
            let place = if start + at == end {
                String::new()
            } else {
                format!(" at {at}")
            };
            end = from.at;
            to.line(format_args!("string {text}{place}"))?;
            let index = found.texts.len();
            found.first.entry(text.clone()).or_insert(index);
            found.texts.push(text);
        }
        let mut rest = data.from(end)?;
        if styles > 0 || style_start > 0 {
            to.line(format_args!("styles at {style_start}: {of_styles:?}"))?;
        }
        match rest.rest() {
            [] => Ok(()),
            rest => to.line(format_args!("behind the strings {}", Hex(rest))),
        }?;
        Ok(found)
    }
    /// The string of an index; one that has a twin before it is told apart.
    pub(super) fn get(&self, index: u32) -> String {
        let text = usize::try_from(index).ok().and_then(|index| self.texts.get(index));
        match text {
            None if index == NONE => "nothing".to_owned(),
            None => format!("no string {index}"),
            Some(text) if self.first.get(text) == usize::try_from(index).ok().as_ref() => text.clone(),
            Some(text) => format!("{text} #{index}"),
        }
    }
}

/// The next numbers of four bytes.
pub(super) fn numbers<const N: usize>(from: &mut Reader<'_>) -> Result<[u32; N], Malformed> {
    let mut found = [0; N];
    for number in &mut found {
        *number = from.u32()?;
    }
    Ok(found)
}

/// A string between quotes, with its lengths where they are not those of its text.
fn string(from: &mut Reader<'_>, utf8: bool) -> Result<String, Malformed> {
    if utf8 {
        let (units, wide) = length(from, 1)?;
        let (bytes, wider) = length(from, 1)?;
        let bytes = from.take(bytes)?;
        let told = from.u8()?;
        let counted = std::str::from_utf8(bytes).map(|text| text.encode_utf16().count());
        let usual = counted == Ok(units) && !bytes.contains(&0) && told == 0;
        let short = wide == (units > 0x7f) && wider == (bytes.len() > 0x7f);
        return Ok(match usual && short {
            true => Quoted(bytes).to_string(),
            false => format!("{} (as {units} {wide} {} {wider} {told})", Quoted(bytes), bytes.len()),
        });
    }
    let (units, wide) = length(from, 2)?;
    let size = units
        .checked_mul(2)
        .ok_or_else(|| Malformed::at(from.at, "a string", "a longer one"))?;
    let bytes = from.take(size)?;
    let told = from.u16()?;
    let pairs = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let text = String::from_utf16(&pairs.collect::<Vec<_>>());
    let usual = told == 0 && wide == (units > 0x7fff);
    Ok(match text {
        Ok(text) if usual && !text.contains('\0') => Quoted(text.as_bytes()).to_string(),
        _ => format!("UTF-16 {} {wide} {told}", Hex(bytes)),
    })
}

/// A length of one or two units of so many bytes, and whether it is two.
fn length(from: &mut Reader<'_>, size: usize) -> Result<(usize, bool), Malformed> {
    let high = 1 << (8 * size - 1);
    let first = from.number(size)? as usize;
    if first & high == 0 {
        return Ok((first, false));
    }
    let second = from.number(size)? as usize;
    Ok(((first & (high - 1)) << (8 * size) | second, true))
}

/// A value: size, zero, kind, data (`Res_value`).
pub(super) fn value(from: &mut Reader<'_>, strings: &Strings) -> Result<String, Malformed> {
    let (size, zero, kind, data) = (from.u16()?, from.u8()?, from.u8()?, from.u32()?);
    let text = typed(kind, data, strings);
    Ok(match (size, zero) {
        (8, 0) => text,
        _ => format!("{text} (size {size}, {zero})"),
    })
}

/// Data of a kind.
pub(super) fn typed(kind: u8, data: u32, strings: &Strings) -> String {
    match (kind, data) {
        (0x01, _) => format!("@{data:#010x}"),
        (0x02, _) => format!("?{data:#010x}"),
        (0x03, _) => format!("string {}", strings.get(data)),
        (0x04, _) => format!("float {} ({data:#x})", f32::from_bits(data)),
        (0x10, _) => format!("int {}", data.cast_signed()),
        (0x11, _) => format!("int {data:#x}"),
        (0x12, 0) => "false".to_owned(),
        (0x12, NONE) => "true".to_owned(),
        _ => format!("kind {kind:#04x} {data:#x}"),
    }
}
