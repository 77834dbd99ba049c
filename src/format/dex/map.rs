//! The map: what only it tells of, and whether it has each kind of piece where it is.

use super::{
    super::listing::Listing,
    BEHIND,
    tables::{Dex, TABLES},
    value,
};
use crate::model::Malformed;

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

/// What only the map tells of: method handles and call sites.
pub(super) fn list_more(dex: &Dex<'_>, to: &mut Listing) -> Result<(), Malformed> {
    for &(kind, _, count, place) in &dex.map {
        let (count, start) = (count as usize, place as usize);
        let mut from = match kind {
            7 | 8 => dex.at(start)?,
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
                    dex.field(member.into())
                } else {
                    dex.method(member.into())
                }?;
                to.line(format_args!("{kind} {name} {zero} {more}"))?;
            } else {
                let place = from.place()?;
                let text = value::array_at(dex, place, "a call site")?;
                to.line(format_args!("{text}"))?;
            }
        }
        let name = if kind == 7 { "call sites" } else { "method handles" };
        dex.layout.note(name.to_owned(), start, from.at + BEHIND, true);
    }
    Ok(())
}

/// Each kind of piece with its number, and its place where that is not that of the first such piece.
pub(super) fn list_map(dex: &Dex<'_>, to: &mut Listing) -> Result<(), Malformed> {
    to.section(format_args!("map"))?;
    for &(kind, zero, count, place) in &dex.map {
        let table = TABLES.iter().find(|(_, number, _)| *number == kind);
        let piece = PIECES.iter().find(|(number, _)| *number == kind).map(|(_, name)| *name);
        let usual = match (kind, table, piece) {
            (0, ..) => Some(0),
            (_, Some((name, ..)), _) => dex.layout.first(&format!("table of {name}")),
            (_, _, Some(name)) => dex.layout.first(name),
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
