//! DWARF units (DWARF 5, 7.5): strings in `.debug_info` and `.debug_types`, directly, by offset, and through `.debug_str_offsets`.

use super::{
    Image, expression, lines,
    read::Cursor,
    sites::{Lists, Site, To, Visit},
    units::{UNITS, unit_parts, units},
};
use crate::model::{Order, Part, Role, Span, Value};
use gimli::{Abbreviations, DebugAbbrev, DebugAbbrevOffset, LittleEndian};
use std::{collections::BTreeSet, sync::Arc};

pub(super) fn section(image: &Arc<Image>, index: usize, label: String, span: Span) -> Part {
    let (image, types) = (image.clone(), image.called(index) == ".debug_types");
    // In an object the offsets are in the relocations, and so are the abbreviations'.
    if image.relocatable() {
        return Part::field(label, span, Role::Content, Value::Raw);
    }
    Part::lazy(label, span, Order::Fixed, move |bytes| {
        Ok(unit_parts(
            &image,
            bytes,
            span,
            "unit",
            move |image, bytes, unit, visit| self::unit(image, bytes, unit, types, &mut Cache::default(), visit),
        ))
    })
}

/// Every site of the section, or nothing when a unit is not understood.
pub(super) fn visit(image: &Image, section: usize, visit: Visit<'_>) -> Option<()> {
    let (bytes, span) = image.place(section)?;
    let units = whole(image, bytes, span)?;
    let mut cache = Cache::default();
    let types = image.called(section) == ".debug_types";
    units
        .into_iter()
        .try_for_each(|unit| self::unit(image, bytes, unit, types, &mut cache, visit))
}

/// The spans of units that fill a section.
fn whole(image: &Image, bytes: &[u8], span: Span) -> Option<Vec<Span>> {
    let units = units(image, bytes, span);
    let filled = units.last().is_none_or(|unit| unit.end == span.end);
    (units.len() <= UNITS && filled).then_some(units)
}

/// The abbreviations read last: neighbours often share them.
#[derive(Default)]
struct Cache(Option<(u64, Abbreviations)>);

/// Offsets of what a unit needs besides its own bytes.
struct Unit<'u> {
    image: &'u Image,
    offset_size: usize,
    address_size: usize,
    version: u64,
    tables: Tables,
    abbreviations: &'u Abbreviations,
}

#[derive(Clone, Copy)]
struct Tables {
    str: Option<usize>,
    line_str: Option<usize>,
}

fn unit(image: &Image, bytes: &[u8], span: Span, types: bool, cache: &mut Cache, visit: Visit<'_>) -> Option<()> {
    let mut at = image.cursor(bytes, span);
    let (offset_size, body) = at.initial_length()?;
    visit(Site {
        at: Span::new(span.start, body.start),
        to: To::Length,
        label: Some("unit length"),
    });
    let version = at.u16()?;
    if !(2..=5).contains(&version) {
        return None;
    }
    let (kind, address_size, offset);
    if version == 5 {
        (kind, address_size, offset) = (at.u8()?, at.u8()?, at.number(offset_size)?);
    } else {
        (offset, address_size) = (at.number(offset_size)?, at.u8()?);
        kind = if types { 2 } else { 1 };
    }
    match kind {
        // Type units: signature and offset; skeleton and split units: an id.
        2 | 6 => at.skip(8 + offset_size as u64)?,
        4 | 5 => at.skip(8)?,
        1 | 3 => {}
        _ => return None,
    }
    if cache.0.as_ref().is_none_or(|(known, _)| *known != offset) {
        let section = DebugAbbrev::new(image.held(image.only(".debug_abbrev")?)?, LittleEndian);
        let offset_ = DebugAbbrevOffset(usize::try_from(offset).ok()?);
        cache.0 = Some((offset, section.abbreviations(offset_).ok()?));
    }
    let (_, abbreviations) = cache.0.as_ref()?;
    let tables = Tables {
        str: image.only(".debug_str"),
        line_str: image.only(".debug_line_str"),
    };
    let unit = Unit {
        image,
        offset_size,
        address_size: usize::from(address_size),
        version,
        tables,
        abbreviations,
    };
    while at.left() > 0 {
        entry(&unit, &mut at, visit)?;
    }
    Some(())
}

/// One debugging information entry.
fn entry(unit: &Unit<'_>, at: &mut Cursor<'_>, visit: Visit<'_>) -> Option<()> {
    let code = at.uleb()?;
    if code == 0 {
        return Some(());
    }
    let abbreviation = unit.abbreviations.get(code)?;
    // Compile, partial, skeleton and type units: their names belong to the build.
    let root = matches!(abbreviation.tag().0, 0x11 | 0x3c | 0x4a | 0x41);
    for attribute in abbreviation.attributes() {
        let label = match attribute.name().0 {
            0x03 if root => Some("name"),
            0x1b => Some("compilation directory"),
            0x25 => Some("producer"),
            _ => None,
        };
        let kind = u64::from(attribute.form().0);
        // DW_AT_stmt_list: the unit's line table.
        if attribute.name().0 == 0x10 && matches!((kind, unit.offset_size), (0x17, _) | (0x06, 4)) {
            let start = at.at;
            let offset = at.number(unit.offset_size)?;
            if let Some(table) = lines::table(unit.image, offset) {
                visit(Site {
                    at: Span::new(start, at.at),
                    to: To::Program(table, 0),
                    label: None,
                });
            }
            continue;
        }
        // DW_FORM_sec_offset; before DWARF 4 it was a plain number.
        let offset = kind == 0x17 || unit.version < 4 && kind == 0x06;
        let list = match attribute.name().0 {
            RANGES => Some(Lists::Ranges),
            name => LOCATIONS.contains(&name).then_some(Lists::Locations),
        };
        if let Some(of) = list.filter(|_| offset) {
            let start = at.at;
            let to = To::List(of, at.number(unit.offset_size)?);
            visit(Site {
                at: Span::new(start, at.at),
                to,
                label: None,
            });
            continue;
        }
        form(unit, at, kind, label, visit)?;
    }
    Some(())
}

/// Offsets of all lists that units name, of ranges and of locations; nothing where a unit is not understood.
pub(super) fn lists(image: &Image) -> Option<[BTreeSet<u64>; 2]> {
    let mut found: [BTreeSet<u64>; 2] = Default::default();
    let index = image.only(".debug_info")?;
    visit(image, index, &mut |site| {
        if let To::List(of, offset) = site.to {
            found[of as usize].insert(offset);
        }
    })?;
    Some(found)
}

/// Attributes whose offset into a section is that of a list: DW_AT_location, string_length, return_addr, data_member_location,
/// frame_base, segment, static_link, use_location, vtable_elem_location; and DW_AT_ranges.
const LOCATIONS: [u16; 9] = [0x02, 0x19, 0x2a, 0x38, 0x40, 0x46, 0x48, 0x4a, 0x4d];
const RANGES: u16 = 0x55;

/// The value of one attribute (DWARF 5, 7.5.6).
fn form(unit: &Unit<'_>, at: &mut Cursor<'_>, form: u64, label: Option<&'static str>, visit: Visit<'_>) -> Option<()> {
    let start = at.at;
    let size = match form {
        0x08 => {
            let text = at.string()?;
            visit(Site {
                at: text,
                to: To::Inline,
                label,
            });
            return Some(());
        }
        0x0e | 0x1f => {
            let offset = at.number(unit.offset_size)?;
            let table = if form == 0x0e {
                unit.tables.str
            } else {
                unit.tables.line_str
            };
            visit(Site {
                at: Span::new(start, at.at),
                to: To::String(table?, offset),
                label,
            });
            return Some(());
        }
        0x16 => {
            let inner = at.uleb()?;
            // An indirect form that is indirect again, or has no value, is not written by any tool.
            return if matches!(inner, 0x16 | 0x21) {
                None
            } else {
                self::form(unit, at, inner, label, visit)
            };
        }
        0x19 | 0x21 => 0,
        0x0b | 0x0c | 0x11 | 0x25 | 0x29 => 1,
        0x05 | 0x12 | 0x26 | 0x2a => 2,
        0x27 | 0x2b => 3,
        0x06 | 0x13 | 0x1c | 0x28 | 0x2c => 4,
        0x07 | 0x14 | 0x20 | 0x24 => 8,
        0x1e => 16,
        0x01 if unit.image.linked() => {
            let value = at.number(unit.address_size)?;
            visit(Site::address(Span::new(start, at.at), unit.image.place_of(value)?));
            return Some(());
        }
        0x01 => unit.address_size,
        0x10 if unit.version == 2 => unit.address_size,
        0x10 | 0x17 | 0x1d | 0x1f20 | 0x1f21 => unit.offset_size,
        0x0d | 0x0f | 0x15 | 0x1a | 0x1b | 0x22 | 0x23 | 0x1f01 | 0x1f02 => {
            at.uleb()?;
            return Some(());
        }
        0x0a | 0x03 | 0x04 | 0x09 | 0x18 => {
            let length = match form {
                0x0a => at.number(1)?,
                0x03 => at.u16()?,
                0x04 => at.u32()?,
                _ => at.uleb()?,
            };
            let mut sites = Vec::new();
            expression::addresses(unit.image, at, usize::try_from(length).ok()?, &mut sites)?;
            sites.into_iter().for_each(visit);
            return Some(());
        }
        _ => return None,
    };
    at.skip(size as u64)
}

/// `.debug_str_offsets` (DWARF 5, 7.26): units of offsets.
pub(super) fn offsets(image: &Arc<Image>, label: String, span: Span) -> Part {
    let image = image.clone();
    if image.relocatable() {
        return Part::field(label, span, Role::Content, Value::Raw);
    }
    Part::lazy(label, span, Order::Fixed, move |bytes| {
        Ok(unit_parts(&image, bytes, span, "unit", unit_offsets))
    })
}

pub(super) fn visit_offsets(image: &Image, section: usize, visit: Visit<'_>) -> Option<()> {
    let (bytes, span) = image.place(section)?;
    whole(image, bytes, span)?
        .into_iter()
        .try_for_each(|unit| unit_offsets(image, bytes, unit, visit))
}

fn unit_offsets(image: &Image, bytes: &[u8], span: Span, visit: Visit<'_>) -> Option<()> {
    let table = image.only(".debug_str")?;
    let mut at = image.cursor(bytes, span);
    let (size, body) = at.initial_length()?;
    visit(Site {
        at: Span::new(span.start, body.start),
        to: To::Length,
        label: Some("unit length"),
    });
    if at.u16()? != 5 {
        return None;
    }
    at.skip(2)?;
    while at.left() > 0 {
        let start = at.at;
        let offset = at.number(size)?;
        visit(Site {
            at: Span::new(start, at.at),
            to: To::String(table, offset),
            label: None,
        });
    }
    Some(())
}
