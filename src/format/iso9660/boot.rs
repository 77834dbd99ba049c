//! El Torito: the boot record, its catalogue, and the images that are booted.

use super::{SECTOR, span};
use crate::{
    format::{
        sections::Words,
        volume::{Codec, Listing, Piece},
    },
    model::{Blob, Malformed, Role, Span, Value},
};

/// Bytes of an entry of the catalogue.
const ENTRY: usize = 32;

/// The boot record, and the catalogue to which it leads.
pub(super) fn descriptor(image: &Blob, at: usize, list: &mut Listing) -> Result<(), Malformed> {
    list.node("boot record")?;
    list.field("system", Span::new(at, at + 71), Role::Structure, Value::Raw);
    list.field("rest", Span::new(at + 75, at + SECTOR), Role::Structure, Value::Raw);
    let sector = Words::little(image).u32(at + 71)?;
    list.take(Span::at(at + 71, 4));
    list.place(sector);
    let torito = image.get(at + 7..at + 30) == Some(b"EL TORITO SPECIFICATION");
    let catalogue = span(sector, SECTOR as u64)?;
    match image.get_span(catalogue) {
        Some(bytes) if torito => entries(image, catalogue.start, bytes, list),
        _ => {
            list.put("catalogue", &sector.to_le_bytes(), Role::Structure, Value::Raw);
            Ok(())
        }
    }
}

/// All entries of the catalogue, each with its image.
fn entries(image: &Blob, start: usize, bytes: &[u8], list: &mut Listing) -> Result<(), Malformed> {
    list.node("boot catalogue")?;
    list.field("validation", Span::at(start, ENTRY), Role::Structure, Value::Raw);
    let mut images = Vec::new();
    for (nth, entry) in bytes.chunks_exact(ENTRY).enumerate().skip(1) {
        if entry.iter().all(|&b| b == 0) {
            break;
        }
        let at = start + nth * ENTRY;
        let boots = matches!(entry[0], 0 | 0x88);
        if !boots {
            list.field(format!("entry {nth}"), Span::at(at, ENTRY), Role::Structure, Value::Raw);
            continue;
        }
        list.field(format!("entry {nth}"), Span::at(at, 8), Role::Structure, Value::Raw);
        list.field(
            format!("criteria {nth}"),
            Span::new(at + 12, at + ENTRY),
            Role::Structure,
            Value::Raw,
        );
        list.take(Span::at(at + 8, 4));
        let word = Words::little(entry);
        let (count, sector) = (word.u16(6)?, word.u32(8)?);
        list.place(sector);
        images.push((nth, span(sector, count * 512)?));
    }
    for (nth, span) in images {
        list.node(format!("(boot image {nth})"))?;
        let span = Span::new(span.start, span.end.min(image.len()).max(span.start));
        list.content("", vec![Piece::Stored(span)], Codec::None)?;
    }
    Ok(())
}
