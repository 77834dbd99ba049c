//! FAT12, FAT16 and FAT32 (Microsoft's "FAT: General Overview of On-Disk Format", 1.03; ECMA-107): boot sector, tables, folders with long names,
//! files by their chains; the second table and the second boot sector are compared with the first.

mod folder;
mod table;

use super::{
    Format,
    sections::Words,
    volume::{self, Attributes, Codec, Listing, Piece},
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Role, Span, Value};
use folder::Entry;
use std::collections::BTreeSet;
use table::Table;

/// A FAT file system.
pub struct Fat;

/// Folders in folders.
const DEPTH: usize = 1024;
/// Bytes of an entry.
const ENTRY: usize = 32;

impl Format for Fat {
    fn id(&self) -> FormatId {
        "fat"
    }
    fn kind(&self) -> Kind {
        Kind::Volume
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.get(510..512) == Some(&[0x55, 0xaa]) && matches!(bytes[0], 0xeb | 0xe9) && Boot::read(bytes).is_ok()
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Ok(volume::opened("fat", bytes, false, read))
    }
}

/// What the boot sector says.
#[derive(Clone, Copy)]
struct Boot {
    sector: usize,
    /// Bytes of a cluster.
    cluster: usize,
    reserved: usize,
    tables: usize,
    /// Bytes of a table.
    table: usize,
    /// Bytes of the root folder, where it has a place of its own.
    root: usize,
    /// Its first cluster, where it has none.
    root_cluster: u64,
    clusters: u64,
    /// Bits of an entry of the table.
    bits: u32,
    /// Bytes in all.
    total: usize,
}

impl Boot {
    fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let word = Words::little(bytes);
        let (sector, per) = (word.position(11, 2)?, word.position(13, 1)?);
        let either = |small: u64, large: u64| if small == 0 { large } else { small } as usize;
        let table = either(word.u16(22)?, word.u32(36)?);
        let total = either(word.u16(19)?, word.u32(32)?);
        let wrong = |what: &'static str| Malformed::at(11, what, "another number");
        if !matches!(sector, 512 | 1024 | 2048 | 4096) || !per.is_power_of_two() || word.u8(21)? < 0xf0 {
            return Err(wrong("sectors of 512 to 4096 bytes"));
        }
        let (reserved, tables) = (word.position(14, 2)?, word.position(16, 1)?);
        let root = word.position(17, 2)? * ENTRY;
        if !matches!(tables, 1 | 2) || reserved == 0 || table == 0 || !root.is_multiple_of(sector) {
            return Err(wrong("one or two tables"));
        }
        let bytes_of = |sectors: usize| sectors.checked_mul(sector).filter(|&n| n <= bytes.len());
        let missing = || Malformed::truncated(bytes.len(), format!("{total} sectors"));
        let (total, table) = (
            bytes_of(total).ok_or_else(missing)?,
            bytes_of(table).ok_or_else(missing)?,
        );
        let head = reserved * sector + tables * table + root;
        let cluster = per * sector;
        let clusters = (total.checked_sub(head).ok_or_else(missing)? / cluster) as u64;
        let bits = match clusters {
            _ if word.u16(22)? == 0 => 32,
            0..4085 => 12,
            _ => 16,
        };
        if (clusters + 2) * u64::from(bits) > table as u64 * 8 {
            return Err(wrong("a table with an entry for each cluster"));
        }
        Ok(Self {
            sector,
            cluster,
            reserved: reserved * sector,
            tables,
            table,
            root,
            root_cluster: if bits == 32 { word.u32(44)? } else { 0 },
            clusters,
            bits,
            total,
        })
    }
    /// Where the bytes of a cluster lie.
    fn span(&self, cluster: u64) -> Option<Span> {
        let nth = cluster.checked_sub(2).filter(|&nth| nth < self.clusters)? as usize;
        let data = self.reserved + self.tables * self.table + self.root;
        Some(Span::at(data + nth * self.cluster, self.cluster))
    }
}

fn read(image: &Blob) -> Result<Listing, Malformed> {
    let boot = Boot::read(image)?;
    let mut list = Listing::new(image);
    superblock(&mut list, image, boot)?;
    let mut table = Table::read(image, boot, &mut list)?;
    walk(image, boot, &mut table, &mut list)?;
    table.rest(image, &mut list)?;
    Ok(list)
}

/// The boot sector, as the file system's superblock.
fn superblock(list: &mut Listing, image: &Blob, boot: Boot) -> Result<(), Malformed> {
    use Role::{Identifier, Name, Structure};
    let wide = boot.bits == 32;
    list.node("superblock")?;
    list.fields(0, false, &[("jump", 3, Structure), ("made by", 8, Structure)]);
    list.field(
        "geometry",
        Span::new(11, if wide { 64 } else { 36 }),
        Structure,
        Value::Raw,
    );
    let at = if wide { 64 } else { 36 };
    list.fields(
        at,
        false,
        &[
            ("drive", 3, Structure),
            ("volume id", 4, Identifier),
            ("label", 11, Name),
            ("type", 8, Structure),
        ],
    );
    list.field("boot code", Span::new(at + 26, 510), Structure, Value::Raw);
    list.field("signature", Span::new(510, 512), Structure, Value::Raw);
    if image.len() != boot.total {
        list.put("image size", &(image.len() as u64).to_le_bytes(), Structure, Value::Raw);
    }
    // The copy of the boot sector, and the sector that counts what is free.
    let word = Words::little(image);
    let (info, copy) = (word.position(48, 2)? * boot.sector, word.position(50, 2)? * boot.sector);
    if wide && (1..boot.reserved).contains(&copy) && image.get(copy..copy + 512) == image.get(..512) {
        list.take(Span::at(copy, 512));
        let second = copy + boot.sector;
        if image.get(second..second + 512) == image.get(info..info + 512) {
            list.take(Span::at(second, 512));
        }
    }
    Ok(())
}

/// What the walk does next.
struct Next {
    path: String,
    /// None for the root.
    entry: Option<Entry>,
    /// The first cluster of the folder, and of the one above; none for the root.
    own: u64,
    above: u64,
    depth: usize,
}

fn walk(image: &Blob, boot: Boot, table: &mut Table, list: &mut Listing) -> Result<(), Malformed> {
    let mut next = vec![Next {
        path: String::new(),
        entry: None,
        own: 0,
        above: 0,
        depth: 0,
    }];
    let mut entered = BTreeSet::new();
    while let Some(at) = next.pop() {
        if at.depth > DEPTH {
            return Err(Malformed::limit(format!("at most {DEPTH} folders in each other")));
        }
        let node = at.entry.as_ref().map_or_else(
            || Attributes {
                kind: "folder".into(),
                ..Attributes::default()
            },
            Entry::attributes,
        );
        list.file(&at.path, &node)?;
        let folder = match &at.entry {
            None => true,
            Some(entry) => {
                list.place(entry.cluster);
                let right = match &entry.name[..] {
                    b"." => entry.cluster == at.own,
                    b".." => entry.cluster == at.above,
                    _ => entry.follows() || entry.cluster == 0,
                };
                if !right {
                    list.wrong(&entry.cluster.to_le_bytes());
                }
                entry.folder()
            }
        };
        let first = at.entry.as_ref().map_or(boot.root_cluster, |entry| entry.cluster);
        let size = at.entry.as_ref().map_or(0, |entry| entry.size);
        if !folder {
            if at.entry.as_ref().is_some_and(Entry::follows) {
                let spans = table.chain(first)?;
                list.content("", pieces(&spans, size)?, Codec::None)?;
            }
            continue;
        }
        if !entered.insert(first) {
            return Err(Malformed::at(0, "folders that are in no other", at.path));
        }
        let spans = match at.entry {
            None if boot.bits != 32 => vec![Span::at(boot.reserved + boot.tables * boot.table, boot.root)],
            _ => table.chain(first)?,
        };
        let mut entries = folder::entries(image, &spans, list)?;
        if entries.len() > 1 {
            let names: Vec<String> = entries.iter().map(|entry| volume::label(&entry.name)).collect();
            list.names(&names);
        }
        entries.sort_by(|x, y| x.name.cmp(&y.name));
        for entry in entries.into_iter().rev() {
            next.push(Next {
                path: list.below(&at.path, &entry.name)?,
                entry: Some(entry),
                own: if at.entry.is_some() { first } else { 0 },
                above: if at.entry.is_some() { at.own } else { 0 },
                depth: at.depth + 1,
            });
        }
    }
    Ok(())
}

/// So many bytes of these clusters; what the last one holds behind them is left, and so compared as unused.
fn pieces(spans: &[Span], size: u64) -> Result<Vec<Piece>, Malformed> {
    let (mut left, mut pieces) = (size as usize, Vec::new());
    for span in spans {
        let length = left.min(span.len());
        pieces.push(Piece::Stored(Span::at(span.start, length)));
        left -= length;
    }
    match left {
        0 => Ok(pieces),
        _ => Err(Malformed::at(
            0,
            format!("{size} bytes of a file"),
            "a chain that is shorter",
        )),
    }
}
