//! squashfs 4.0 (Linux, `Documentation/filesystems/squashfs.rst`; `fs/squashfs/squashfs_fs.h`): superblock, inodes, folders and attributes
//! by path, and the files from their blocks and fragments.

mod folder;
mod inode;
mod meta;
mod tables;

use super::{
    Format,
    sections::Words,
    volume::{self, Codec, Listing},
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Role, Span, Value};
use inode::Tree;
use meta::Table;
use tables::Tables;

/// A squashfs image.
pub struct Squashfs;

const SUPERBLOCK: usize = 96;
/// The largest block that there may be.
const BLOCK: usize = 1 << 20;
/// Flags that only say how something is packed.
const PACKING: u16 = 0x1 | 0x2 | 0x8 | 0x10 | 0x20 | 0x40 | 0x100 | 0x400 | 0x800;
/// No such table.
const NONE: u64 = u64::MAX;

impl Format for Squashfs {
    fn id(&self) -> FormatId {
        "squashfs"
    }
    fn kind(&self) -> Kind {
        Kind::Volume
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(b"hsqs") && bytes.get(28..32) == Some(&[4, 0, 0, 0])
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Super::read(bytes)?;
        Ok(volume::opened("squashfs", bytes, true, read))
    }
}

/// What the superblock says.
#[derive(Clone, Copy)]
struct Super {
    inodes: u64,
    time: u64,
    block: usize,
    fragments: usize,
    codec: Codec,
    flags: u16,
    ids: usize,
    root: u64,
    used: usize,
    id_table: u64,
    xattr_table: u64,
    inode_table: usize,
    folder_table: usize,
    fragment_table: u64,
    export_table: u64,
}

impl Super {
    fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let word = Words::little(bytes);
        let found = Self {
            inodes: word.u32(4)?,
            time: word.u32(8)?,
            block: word.position(12, 4)?,
            fragments: word.position(16, 4)?,
            codec: match word.u16(20)? {
                1 => Codec::Zlib,
                2 => Codec::Lzma,
                4 => Codec::Xz,
                5 => Codec::Lz4,
                6 => Codec::Zstd,
                _ => Codec::Unknown,
            },
            flags: word.u16(24)? as u16,
            ids: word.position(26, 2)?,
            root: word.u64(32)?,
            used: word.position(40, 8)?,
            id_table: word.u64(48)?,
            xattr_table: word.u64(56)?,
            inode_table: word.position(64, 8)?,
            folder_table: word.position(72, 8)?,
            fragment_table: word.u64(80)?,
            export_table: word.u64(88)?,
        };
        let log = word.u16(22)?;
        if !(4096..=BLOCK).contains(&found.block) || 1u64.checked_shl(log as u32) != Some(found.block as u64) {
            return Err(Malformed::at(
                12,
                "a block size of 4 KiB to 1 MiB",
                found.block.to_string(),
            ));
        }
        if found.used > bytes.len() {
            return Err(Malformed::truncated(bytes.len(), format!("{} bytes", found.used)));
        }
        if found.inode_table < SUPERBLOCK || found.folder_table < found.inode_table {
            return Err(Malformed::at(64, "tables in their order", "others"));
        }
        Ok(found)
    }
}

fn read(image: &Blob) -> Result<Listing, Malformed> {
    let it = Super::read(image)?;
    let mut list = Listing::new(image);
    superblock(&mut list, image, it)?;
    let tables = Tables::read(image, it, &mut list)?;
    let inodes = Table::read(image, it, it.inode_table, it.folder_table)?;
    let end = tables.first.min(it.used);
    // Without fragments their table is empty, and stands where the next one begins.
    if it.fragments == 0 && it.fragment_table != NONE && it.fragment_table != tables.first as u64 {
        list.wrong(&it.fragment_table.to_le_bytes());
    }
    let folders = Table::read(image, it, it.folder_table, end)?;
    list.take(inodes.span);
    list.take(folders.span);
    let mut tree = Tree::new(it, inodes, folders, tables);
    tree.walk(&mut list)?;
    tree.left_over(&mut list)?;
    Ok(list)
}

fn superblock(list: &mut Listing, image: &Blob, it: Super) -> Result<(), Malformed> {
    list.node("superblock")?;
    list.take(Span::new(0, SUPERBLOCK));
    list.time("mkfs time", 8, it.time as i64);
    let number = |role| (role, Value::Word { big: false });
    for (name, at, size, (role, value)) in [
        ("block size", 12, 4, number(Role::Compression)),
        ("compressor", 20, 2, number(Role::Compression)),
        ("block log", 22, 2, number(Role::Compression)),
        ("version", 28, 4, number(Role::Structure)),
    ] {
        list.field(name, Span::at(at, size), role, value);
    }
    let (packing, flags) = (it.flags & PACKING, it.flags & !PACKING);
    list.put("packing", &packing.to_le_bytes(), Role::Compression, Value::Raw);
    list.put("flags", &flags.to_le_bytes(), Role::Structure, Value::Raw);
    for place in [it.root, it.id_table, it.xattr_table, it.fragment_table, it.export_table] {
        list.place(place);
    }
    for place in [it.inode_table, it.folder_table, it.ids, it.fragments, it.used] {
        list.place(place as u64);
    }
    list.place(it.inodes);
    let mut options = meta::Block::default();
    if it.flags & 0x400 != 0 {
        options = meta::block(image, it, SUPERBLOCK)?;
        list.take(options.span);
    }
    list.put_long("compressor options", &options.bytes, Role::Compression, Value::Raw);
    // Padding reaches to a block of 4 KiB; a loop device needs no more. An image without any may have been cut.
    let padded = image.len() == it.used.next_multiple_of(4096);
    list.put("padded", &[u8::from(padded)], Role::Structure, Value::Raw);
    if image.len() != it.used && !padded {
        let size = (image.len() as u64).to_le_bytes();
        list.put("image size", &size, Role::Structure, Value::Raw);
    }
    Ok(())
}
