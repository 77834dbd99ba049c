//! Disks with a GUID partition table (UEFI 2.10, chapter 5), or with one of a master boot record only: partitions by their number.

use super::{
    Format,
    row::{derived, row},
    sections::{Words, in_order, inside},
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};

/// A disk with partitions.
pub struct Gpt;

/// Partitions that are told apart.
const PARTITIONS: usize = 1024;

impl Format for Gpt {
    fn id(&self) -> FormatId {
        "gpt"
    }
    fn kind(&self) -> Kind {
        Kind::Volume
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        sector(bytes).is_some()
            || bytes.get(510..512) == Some(&[0x55, 0xaa]) && record(bytes).is_ok_and(|it| it.len() > 1)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let mut parts = Vec::new();
        match sector(bytes) {
            None => parts = record(bytes)?,
            Some(sector) => {
                parts.push(boot_record(bytes));
                let (first, mut entries) = header(bytes, "header", "entries", sector, sector, true)?;
                parts.push(first);
                let other = Words::little(bytes).position(sector + 32, 8)?.checked_mul(sector);
                // A copy that is not where it should be is compared as what it lies in.
                if let Some(Ok((copy, more))) =
                    other.map(|at| header(bytes, "copy", "copy of the entries", at, sector, false))
                {
                    parts.push(copy);
                    entries.extend(more);
                }
                parts.extend(entries);
            }
        }
        Ok(Opened {
            format: "gpt",
            order: Order::Fixed,
            parts: in_order(parts)?,
        })
    }
}

/// Bytes of a sector, by where the header stands.
fn sector(bytes: &[u8]) -> Option<usize> {
    [512, 4096]
        .into_iter()
        .find(|&at| bytes.get(at..at + 8) == Some(b"EFI PART"))
}

/// The fields of a master boot record.
fn boot_record(bytes: &[u8]) -> Part {
    let mut fields = row(
        0,
        false,
        &[
            ("boot code", 440, Role::Structure),
            ("disk signature", 4, Role::Identifier),
            ("reserved", 2, Role::Structure),
        ],
    );
    for nth in 0..4 {
        let span = Span::at(446 + nth * 16, 16);
        fields.push(Part::field(
            format!("partition {}", nth + 1),
            span,
            Role::Structure,
            Value::Raw,
        ));
    }
    fields.extend(row(510, false, &[("signature", 2, Role::Structure)]));
    let span = Span::new(0, bytes.len().min(512));
    Part::group("master boot record", span, Order::Fixed, fields)
}

/// A master boot record with its partitions; those of an extended one lie in it.
fn record(bytes: &[u8]) -> Result<Vec<Part>, Malformed> {
    let word = Words::little(bytes);
    let mut parts = vec![boot_record(bytes)];
    for nth in 0..4 {
        let at = 446 + nth * 16;
        let (status, kind) = (word.u8(at)?, word.u8(at + 4)?);
        let (start, count) = (word.position(at + 8, 4)?, word.position(at + 12, 4)?);
        if kind == 0 && count == 0 {
            continue;
        }
        if !matches!(status, 0 | 0x80) || kind == 0 || start == 0 || count == 0 {
            return Err(Malformed::at(at, "a partition", "something else"));
        }
        let size = count.checked_mul(512).zip(start.checked_mul(512));
        let (size, start) = size.ok_or_else(|| Malformed::at(at, "a partition on the disk", "none"))?;
        parts.push(Part::stored(
            format!("partition {}", nth + 1),
            inside(start, size, bytes.len())?,
        ));
    }
    Ok(parts)
}

/// A header, and its entries with the partitions that these name, where they are asked for.
fn header(
    bytes: &[u8],
    name: &'static str,
    entries: &'static str,
    at: usize,
    sector: usize,
    partitions: bool,
) -> Result<(Part, Vec<Part>), Malformed> {
    let word = Words::little(bytes);
    let head = word.slice(at, 92)?;
    if !head.starts_with(b"EFI PART") {
        return Err(Malformed::at(at, "a header of partitions", "something else"));
    }
    let length = word.position(at + 12, 4)?;
    let mut summed = word.slice(at, length.clamp(92, sector))?.to_vec();
    summed[16..20].fill(0);
    let right = u64::from(crc32fast::hash(&summed)) == word.u32(at + 16)?;
    let mut fields = row(
        at,
        false,
        &[
            ("signature", 8, Role::Structure),
            ("revision", 4, Role::Structure),
            ("length", 4, Role::Structure),
        ],
    );
    fields.push(derived("crc", Span::at(at + 16, 4), Role::Checksum, right));
    fields.extend(row(
        at + 20,
        false,
        &[
            ("reserved", 4, Role::Structure),
            ("own sector", 8, Role::Structure),
            ("other header", 8, Role::Structure),
            ("first usable", 8, Role::Structure),
            ("last usable", 8, Role::Structure),
            ("disk GUID", 16, Role::Identifier),
            ("entries at", 8, Role::Structure),
            ("entries", 4, Role::Structure),
            ("size of an entry", 4, Role::Structure),
        ],
    ));
    let (place, count, size) = (
        word.position(at + 72, 8)?,
        word.position(at + 80, 4)?,
        word.position(at + 84, 4)?,
    );
    let total = count
        .checked_mul(size)
        .filter(|_| size >= 128)
        .zip(place.checked_mul(sector));
    let (total, start) = total.ok_or_else(|| Malformed::at(at + 72, "entries on the disk", "none"))?;
    let table = inside(start, total, bytes.len())?;
    let right = u64::from(crc32fast::hash(&bytes[table.start..table.end])) == word.u32(at + 88)?;
    fields.push(derived(
        "crc of the entries",
        Span::at(at + 88, 4),
        Role::Checksum,
        right,
    ));
    let header = Part::group(name, Span::at(at, 92), Order::Fixed, fields);
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    for nth in 0..count.min(PARTITIONS) {
        let at = start + nth * size;
        if bytes[at..at + size].iter().all(|&b| b == 0) {
            continue;
        }
        let fields = row(
            at,
            false,
            &[
                ("type", 16, Role::Structure),
                ("GUID", 16, Role::Identifier),
                ("first sector", 8, Role::Structure),
                ("last sector", 8, Role::Structure),
                ("attributes", 8, Role::Structure),
                ("name", 72, Role::Name),
            ],
        );
        rows.push(Part::group(
            format!("entry {}", nth + 1),
            Span::at(at, size),
            Order::Fixed,
            fields,
        ));
        if partitions {
            let (first, last) = (word.position(at + 32, 8)?, word.position(at + 40, 8)?);
            let count = last
                .checked_sub(first)
                .and_then(|n| n.checked_add(1)?.checked_mul(sector));
            let place = count.zip(first.checked_mul(sector));
            let (count, first) = place.ok_or_else(|| Malformed::at(at + 32, "a partition on the disk", "none"))?;
            let span = inside(first, count, bytes.len())?;
            found.push(Part::stored(format!("partition {}", nth + 1), span));
        }
    }
    found.push(Part::group(entries, table, Order::Fixed, rows));
    Ok((header, found))
}
