//! Path tables: all folders again, in both byte orders.

use super::{both, folder::Folder, span};
use crate::{
    format::{sections::Words, volume::Listing},
    model::{Blob, Malformed, Role, Span, Value},
};
use std::collections::BTreeMap;

/// The tables of a descriptor: taken where they say what the tree does, listed otherwise.
pub(super) fn path_tables(
    image: &Blob,
    at: usize,
    folders: &BTreeMap<u64, Folder>,
    prefix: &str,
    list: &mut Listing,
) -> Result<(), Malformed> {
    let size = both::<4>(image, at + 132, list)?;
    list.node(format!("path tables{prefix}"))?;
    list.take(Span::at(at + 132, 24));
    list.take(Span::at(at + 156, 34));
    list.place(size);
    for (nth, name) in [
        "low byte first",
        "other low byte first",
        "high byte first",
        "other high byte first",
    ]
    .iter()
    .enumerate()
    {
        let big = nth > 1;
        let place = at + 140 + nth * 4;
        let word = if big { Words::big(image) } else { Words::little(image) };
        let sector = word.u32(place)?;
        list.place(sector);
        if sector == 0 {
            continue;
        }
        let table = span(sector, size)?;
        let bytes = image.get_span(table);
        let bytes = bytes.ok_or_else(|| Malformed::truncated(image.len(), "a path table"))?;
        if right(bytes, big, folders).is_ok_and(|right| right) {
            list.take(table);
        } else {
            list.field(*name, table, Role::Structure, Value::Raw);
        }
    }
    Ok(())
}

/// Whether a table names each folder once, with its place and the folder that it is in.
fn right(bytes: &[u8], big: bool, folders: &BTreeMap<u64, Folder>) -> Result<bool, Malformed> {
    let word = if big { Words::big(bytes) } else { Words::little(bytes) };
    let (mut at, mut seen): (usize, Vec<u64>) = (0, Vec::new());
    while at < bytes.len() {
        let length = word.position(at, 1)?;
        let (extra, sector, parent) = (word.u8(at + 1)?, word.u32(at + 2)?, word.position(at + 6, 2)?);
        let name = word.slice(at + 8, length)?;
        let padded = length + length % 2;
        let pad = word.slice(at + 8 + length, padded - length)?;
        let Some(folder) = folders.get(&sector) else {
            return Ok(false);
        };
        seen.push(sector);
        let above = parent.checked_sub(1).and_then(|nth| seen.get(nth));
        if name != folder.name
            || above != Some(&folder.parent)
            || folder.sector != sector
            || extra != 0
            || pad.iter().any(|&b| b != 0)
        {
            return Ok(false);
        }
        at += 8 + padded;
    }
    seen.sort_unstable();
    seen.dedup();
    Ok(seen.len() == folders.len())
}
