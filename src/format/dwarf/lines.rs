//! Line tables (DWARF 5, 6.2.4; DWARF 2-4): directories and files of each unit.

use super::{
    ENTRIES, Image,
    read::Cursor,
    sites::{Site, To, Visit},
    units::{unit_parts, units},
};
use crate::model::{Order, Part, Span};
use std::sync::Arc;

pub(super) fn section(image: &Arc<Image>, label: String, span: Span) -> Part {
    let image = image.clone();
    Part::lazy(label, span, Order::Fixed, move |bytes| {
        Ok(unit_parts(
            &image,
            bytes,
            span,
            "line table",
            |image, bytes, unit, visit| program(image, bytes, unit, visit),
        ))
    })
}

/// Every site of the section, or nothing when a unit is not understood.
pub(super) fn visit(image: &Image, section: usize, visit: Visit<'_>) -> Option<()> {
    let (bytes, span) = image.place(section)?;
    let units = units(image, bytes, span);
    if units.len() > ENTRIES || units.last().is_some_and(|u| u.end != span.end) {
        return None;
    }
    units
        .into_iter()
        .try_for_each(|unit| program(image, bytes, unit, visit))
}

/// The line table at an offset of the section, and how far into its program that is; nothing for a place in its header, except the
/// table's own beginning, which is counted as no way into the program.
fn find(image: &Image, offset: u64) -> Option<(usize, usize, bool)> {
    let (bytes, span) = image.place(image.only(".debug_line")?)?;
    let tables = image.kept().lines.get_or_init(|| {
        let units = units(image, bytes, span);
        units
            .into_iter()
            .map(|unit| (unit, start(image, bytes, unit).unwrap_or(unit.end)))
            .collect()
    });
    let at = span.start.checked_add(usize::try_from(offset).ok()?)?;
    let index = tables.partition_point(|(unit, _)| unit.end <= at);
    let &(unit, program) = tables.get(index)?;
    (unit.start == at || program <= at).then(|| (index, at.saturating_sub(program), unit.start == at))
}

/// A place in a line table's program.
pub(in crate::format) fn place(image: &Image, offset: u64) -> Option<(usize, usize)> {
    find(image, offset)
        .filter(|found| !found.2)
        .map(|(table, at, _)| (table, at))
}

/// The number of the line table that begins at an offset.
pub(in crate::format) fn table(image: &Image, offset: u64) -> Option<usize> {
    find(image, offset).filter(|found| found.2).map(|found| found.0)
}

/// Where the program of a line table begins.
fn start(image: &Image, bytes: &[u8], unit: Span) -> Option<usize> {
    let mut at = image.cursor(bytes, unit);
    let (size, _) = at.initial_length()?;
    let version = at.u16()?;
    at.skip(if version == 5 { 2 } else { 0 })?;
    let length = usize::try_from(at.number(size)?).ok()?;
    at.at.checked_add(length).filter(|&start| start <= unit.end)
}

/// One line number program.
fn program(image: &Image, bytes: &[u8], unit: Span, visit: Visit<'_>) -> Option<()> {
    let mut at = image.cursor(bytes, unit);
    let (size, body) = at.initial_length()?;
    visit(Site {
        at: Span::new(unit.start, body.start),
        to: To::Length,
        label: Some("unit length"),
    });
    let version = at.u16()?;
    if !(2..=5).contains(&version) {
        return None;
    }
    if version == 5 {
        at.skip(2)?;
    }
    let place = Span::at(at.at, size);
    let length = usize::try_from(at.number(size)?).ok().filter(|&n| n <= at.left())?;
    visit(Site {
        at: place,
        to: To::Length,
        label: Some("header length"),
    });
    at.end = at.at + length;
    // Instruction length, operations (from version 4 on), is_stmt, line base, line range.
    at.skip(if version >= 4 { 5 } else { 4 })?;
    let opcodes = at.u8()?;
    at.skip(u64::from(opcodes.saturating_sub(1)))?;
    let (opcodes_at, program) = (at.at - usize::from(opcodes.saturating_sub(1)), at.end);
    if version == 5 {
        list(image, &mut at, size, "directory", visit)?;
        list(image, &mut at, size, "file", visit)?;
    } else {
        old_lists(&mut at, visit)?;
    }
    if !image.linked() {
        return Some(());
    }
    let lengths = bytes.get(opcodes_at..opcodes_at + usize::from(opcodes.saturating_sub(1)))?;
    addresses(image, image.cursor(bytes, Span::new(program, unit.end)), lengths, visit)
}

/// The addresses that a program sets (DWARF 5, 6.2.5.3); `lengths` has the number of operands of each standard opcode.
fn addresses(image: &Image, mut at: Cursor<'_>, lengths: &[u8], visit: Visit<'_>) -> Option<()> {
    while at.left() > 0 {
        match at.u8()? {
            0 => {
                let length = usize::try_from(at.uleb()?).ok()?;
                let end = at.at.checked_add(length).filter(|&end| end <= at.end)?;
                if length == 1 + image.word() && at.u8()? == 2 {
                    let start = at.at;
                    let address = at.number(image.word())?;
                    visit(Site::address(Span::new(start, at.at), image.place_of(address)?));
                }
                at.at = end;
            }
            // DW_LNS_fixed_advance_pc.
            9 if lengths.len() >= 9 => at.skip(2)?,
            opcode => {
                for _ in 0..lengths.get(usize::from(opcode) - 1).copied().unwrap_or(0) {
                    at.uleb()?;
                }
            }
        }
    }
    Some(())
}

/// DWARF 5: a description of the entries, then the entries.
fn list(image: &Image, at: &mut Cursor<'_>, size: usize, label: &'static str, visit: Visit<'_>) -> Option<()> {
    let (line_str, str) = (image.only(".debug_line_str"), image.only(".debug_str"));
    let mut formats = Vec::new();
    for _ in 0..at.u8()? {
        formats.push((at.uleb()?, at.uleb()?));
    }
    let count = at.uleb()?;
    if formats.is_empty() {
        return (count == 0).then_some(());
    }
    for _ in 0..count {
        for &(content, form) in &formats {
            // DW_LNCT_path.
            let label = (content == 1).then_some(label);
            let start = at.at;
            match form {
                0x08 => {
                    let text = at.string()?;
                    visit(Site {
                        at: text,
                        to: To::Inline,
                        label,
                    });
                }
                0x1f | 0x0e => {
                    let offset = at.number(size)?;
                    let table = if form == 0x1f { line_str } else { str };
                    // In an object the offset is in the relocation.
                    if let Some(table) = table.filter(|_| !image.relocatable()) {
                        visit(Site {
                            at: Span::new(start, at.at),
                            to: To::String(table, offset),
                            label,
                        });
                    }
                }
                0x0b => at.skip(1)?,
                0x05 => at.skip(2)?,
                0x06 => at.skip(4)?,
                0x07 => at.skip(8)?,
                0x1e => at.skip(16)?,
                0x0f => {
                    at.uleb()?;
                }
                0x09 => {
                    let length = at.uleb()?;
                    at.skip(length)?;
                }
                _ => return None,
            }
        }
        // Forms take at least a byte each, so the count is bounded by the header's length.
    }
    Some(())
}

/// DWARF 2 to 4: strings in place, each list ended by an empty one.
fn old_lists(at: &mut Cursor<'_>, visit: Visit<'_>) -> Option<()> {
    for label in ["directory", "file"] {
        loop {
            let text = at.string()?;
            if text.is_empty() {
                break;
            }
            visit(Site {
                at: text,
                to: To::Inline,
                label: Some(label),
            });
            if label == "file" {
                for _ in 0..3 {
                    at.uleb()?;
                }
            }
        }
    }
    Some(())
}
