//! Unwind tables (LSB 5.0, "Exception Frames"; Itanium C++ ABI, "Exception Handling Tables"): what in them is an address.

use super::image::Image;
use crate::{
    format::dwarf::{
        Program,
        read::Cursor,
        sites::{self, Site},
    },
    model::{Address, Order, Part, Span},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Frames and landing pads of one table, at most.
const MOST: usize = 1 << 22;

/// An unwind table with its addresses as places; nothing where places are not known.
pub(super) fn section(image: &Arc<Image>, index: usize) -> Option<Part> {
    image.linked().then_some(())?;
    let name = image.sections[index].name();
    let read: fn(&Image, usize) -> Option<Vec<Site>> = match name {
        ".eh_frame" => |image, index| Some(frames(image, index)?.sites),
        ".eh_frame_hdr" => search_table,
        ".gcc_except_table" => landing_pads,
        ".ARM.exidx" => index_table,
        _ => return None,
    };
    let (image, s) = (image.clone(), &image.sections[index]);
    let span = s.span;
    Some(Part::lazy(s.label.clone(), span, Order::Fixed, move |bytes| {
        // What is not understood is left as it is.
        let sites = read(&image, index).unwrap_or_default();
        Ok(sites::parts(&*image, bytes, span, &sites))
    }))
}

/// Reads encoded pointers.
struct Reader<'i> {
    image: &'i Image,
    at: Cursor<'i>,
    /// The section's first byte, in the file and in memory.
    base: (usize, u64),
}

impl<'i> Reader<'i> {
    fn new(image: &'i Image, index: usize) -> Self {
        let s = &image.sections[index];
        Self {
            image,
            at: image.cursor(image.file(), s.span),
            base: (s.span.start, s.header.sh_addr),
        }
    }
    fn address(&self, at: usize) -> u64 {
        self.base.1.wrapping_add((at - self.base.0) as u64)
    }
    /// A number in an encoding's format (DW_EH_PE), and where it stands.
    fn number(&mut self, encoding: u8) -> Option<(Span, u64)> {
        let start = self.at.at;
        let word = self.image.word();
        let value = match encoding & 0x0f {
            0x00 => self.at.number(word)?,
            0x01 => self.at.uleb()?,
            0x02 => self.at.number(2)?,
            0x03 => self.at.number(4)?,
            0x04 | 0x0c => self.at.number(8)?,
            0x0a => i64::from(self.at.number(2)? as i16).cast_unsigned(),
            0x0b => i64::from(self.at.number(4)? as i32).cast_unsigned(),
            _ => return None,
        };
        Some((Span::new(start, self.at.at), value))
    }
    /// The address that a pointer leads to; nothing where there is none.
    fn pointer(&mut self, encoding: u8, data: u64) -> Option<Option<(Span, u64)>> {
        if encoding == 0xff {
            return Some(None);
        }
        let (span, value) = self.number(encoding)?;
        let address = match encoding & 0x70 {
            0x00 => value,
            0x10 => self.address(span.start).wrapping_add(value),
            0x30 => data.wrapping_add(value),
            _ => return None,
        };
        // 32-bit sums wrap.
        let address = if self.image.word() == 4 {
            address & u64::from(u32::MAX)
        } else {
            address
        };
        Some((value != 0).then_some((span, address)))
    }
    fn place(&self, address: u64) -> Option<Address> {
        self.image.place_of(address)
    }
}

/// What `.eh_frame` says.
struct Frames {
    sites: Vec<Site>,
    /// Addresses of landing pads' tables.
    tables: BTreeSet<u64>,
}

/// What a common information entry says of its frames.
#[derive(Clone, Copy)]
struct Common {
    pointers: u8,
    tables: u8,
    augmented: bool,
}

fn frames(image: &Image, index: usize) -> Option<Frames> {
    let mut reader = Reader::new(image, index);
    let mut found = Frames {
        sites: Vec::new(),
        tables: BTreeSet::new(),
    };
    let mut common: BTreeMap<usize, Common> = BTreeMap::new();
    while reader.at.left() >= 4 && found.sites.len() < MOST {
        let start = reader.at.at;
        let (_, body) = reader.at.initial_length()?;
        if body.is_empty() {
            continue;
        }
        let id = reader.at.at;
        let offset = usize::try_from(reader.at.u32()?).ok()?;
        let end = std::mem::replace(&mut reader.at.end, body.end);
        if offset == 0 {
            common.insert(start, self::common(&mut reader, &mut found)?);
        } else {
            let at = id.checked_sub(offset)?;
            frame(&mut reader, *common.get(&at)?, &mut found)?;
        }
        (reader.at.at, reader.at.end) = (body.end, end);
    }
    Some(found)
}

fn common(reader: &mut Reader<'_>, found: &mut Frames) -> Option<Common> {
    let version = reader.at.u8()?;
    let augmentation = reader.at.string()?.of(reader.image.file()).to_vec();
    reader.at.uleb()?;
    reader.at.uleb()?;
    if version == 1 {
        reader.at.u8()?;
    } else {
        reader.at.uleb()?;
    }
    let mut common = Common {
        pointers: 0,
        tables: 0xff,
        augmented: augmentation.first() == Some(&b'z'),
    };
    if common.augmented {
        reader.at.uleb()?;
    }
    for &letter in augmentation.iter().skip(1) {
        match letter {
            b'R' => common.pointers = reader.at.u8()?,
            b'L' => common.tables = reader.at.u8()?,
            b'P' => {
                let encoding = reader.at.u8()?;
                if let Some((span, address)) = reader.pointer(encoding, 0)? {
                    found.sites.push(Site::address(span, reader.place(address)?));
                }
            }
            _ => {}
        }
    }
    Some(common)
}

fn frame(reader: &mut Reader<'_>, common: Common, found: &mut Frames) -> Option<()> {
    let Some((span, begin)) = reader.pointer(common.pointers, 0)? else {
        return Some(());
    };
    found.sites.push(Site::address(span, reader.place(begin)?));
    let (span, size) = reader.number(common.pointers & 0x0f)?;
    found
        .sites
        .push(Site::address(span, reader.place(begin.wrapping_add(size))?));
    if common.augmented {
        reader.at.uleb()?;
        if let Some((span, address)) = reader.pointer(common.tables, 0)? {
            found.sites.push(Site::address(span, reader.place(address)?));
            found.tables.insert(address);
        }
    }
    Some(())
}

/// `.eh_frame_hdr`: where the frames are, and a table of them by address.
fn search_table(image: &Image, index: usize) -> Option<Vec<Site>> {
    let mut reader = Reader::new(image, index);
    let data = reader.base.1;
    let (version, frames) = (reader.at.u8()?, reader.at.u8()?);
    let (count, table) = (reader.at.u8()?, reader.at.u8()?);
    let mut sites = Vec::new();
    if let Some((span, address)) = reader.pointer(frames, data)?.filter(|_| version == 1) {
        sites.push(Site::address(span, reader.place(address)?));
    }
    let (_, count) = reader.number(count)?;
    for _ in 0..count.min(MOST as u64).saturating_mul(2) {
        if let Some((span, address)) = reader.pointer(table, data)? {
            sites.push(Site::address(span, reader.place(address)?));
        }
    }
    Some(sites)
}

/// `.ARM.exidx` (Exception Handling ABI for the Arm Architecture, 5): pairs of a function and how it is unwound, in 31 bits that count
/// from their own place.
fn index_table(image: &Image, index: usize) -> Option<Vec<Site>> {
    let mut reader = Reader::new(image, index);
    let mut sites = Vec::new();
    let relative = |start: u64, word: u64| {
        let offset = ((word << 33).cast_signed() >> 33).cast_unsigned();
        start.wrapping_add(offset) & u64::from(u32::MAX)
    };
    while reader.at.left() >= 8 {
        let start = reader.at.at;
        let (function, unwound) = (reader.at.u32()?, reader.at.u32()?);
        sites.push(Site::address(
            Span::at(start, 4),
            reader.place(relative(reader.address(start), function))?,
        ));
        // 1 is that it can't be; bit 31 is that it is said here.
        if unwound != 1 && unwound >> 31 == 0 {
            let to = relative(reader.address(start + 4), unwound);
            sites.push(Site::address(Span::at(start + 4, 4), reader.place(to)?));
        }
    }
    Some(sites)
}

/// `.gcc_except_table`: the types that landing pads catch. What is counted from the function does not move.
fn landing_pads(image: &Image, index: usize) -> Option<Vec<Site>> {
    let frames = image.only(".eh_frame").and_then(|frames| self::frames(image, frames))?;
    let mut reader = Reader::new(image, index);
    let section = image.sections[index].span;
    let (mut sites, mut left) = (Vec::new(), section.len());
    for address in frames.tables {
        let offset = usize::try_from(address.checked_sub(reader.base.1)?).ok()?;
        if offset >= section.len() {
            continue;
        }
        let start = section.start + offset;
        reader.at = image.cursor(image.file(), Span::new(start, section.end));
        types(&mut reader, &mut sites)?;
        // Tables lie one behind the other: those that lie in each other cost more than there is.
        left = left.checked_sub(reader.at.at - start)?;
    }
    sites.sort_by_key(|site| site.at);
    Some(sites)
}

/// The types of one table: they lie before its base, and the actions say how many are used.
fn types(reader: &mut Reader<'_>, sites: &mut Vec<Site>) -> Option<()> {
    let start = reader.at.u8()?;
    if let Some((span, address)) = reader.pointer(start, 0)? {
        sites.push(Site::address(span, reader.place(address)?));
    }
    let encoding = reader.at.u8()?;
    if encoding == 0xff {
        return Some(());
    }
    let base = usize::try_from(reader.at.uleb()?).ok()?;
    let base = reader.at.at.checked_add(base).filter(|&base| base <= reader.at.end)?;
    let sites_encoding = reader.at.u8()?;
    let length = usize::try_from(reader.at.uleb()?).ok()?;
    let actions = reader.at.at.checked_add(length).filter(|&at| at <= base)?;
    let mut last = 0;
    while reader.at.at < actions {
        for _ in 0..3 {
            reader.number(sites_encoding)?;
        }
        let action = reader.at.uleb()?;
        if action > 0 {
            last = last.max(filters(
                reader,
                actions.checked_add(usize::try_from(action - 1).ok()?)?,
                base,
            )?);
        }
    }
    let size = match encoding & 0x0f {
        0x03 | 0x0b => 4,
        0x04 | 0x0c => 8,
        0x00 => reader.image.word(),
        _ => return None,
    };
    let first = base.checked_sub(last.checked_mul(size)?).filter(|&at| at >= actions)?;
    reader.at.at = first;
    while reader.at.at < base {
        if let Some((span, address)) = reader.pointer(encoding, 0)? {
            sites.push(Site::address(span, reader.place(address)?));
        }
    }
    Some(())
}

/// The largest type of a chain of actions.
fn filters(reader: &Reader<'_>, mut at: usize, base: usize) -> Option<usize> {
    let mut largest = 0;
    for _ in 0..64 {
        let mut cursor = reader.at.clone();
        cursor.end = base;
        cursor.at = at.min(base);
        let filter = signed(&mut cursor)?;
        largest = largest.max(usize::try_from(filter).unwrap_or(0));
        let here = cursor.at;
        let next = signed(&mut cursor)?;
        if next == 0 {
            break;
        }
        at = here.checked_add_signed(isize::try_from(next).ok()?)?;
    }
    Some(largest)
}

/// LEB128 with sign.
fn signed(at: &mut Cursor<'_>) -> Option<i64> {
    let start = at.at;
    let value = at.uleb()?;
    let bits = (at.at - start) * 7;
    if bits >= 64 {
        return Some(value.cast_signed());
    }
    let sign = 1u64 << (bits - 1);
    Some((value ^ sign).cast_signed() - sign.cast_signed())
}
