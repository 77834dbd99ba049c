//! ext2, ext3 and ext4 (Linux, `Documentation/filesystems/ext4/`): superblock and its copies, groups, inodes by path, folders, files from
//! extents or block lists, the journal; all checksums are computed again.

mod blocks;
mod copies;
mod folder;
mod groups;
mod inode;

use super::{
    Format,
    crc::{self, crc32c},
    sections::Words,
    volume::{self, Listing},
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Role, Span, Value};

/// An ext2, ext3 or ext4 file system.
pub struct Ext;

const START: usize = 1024;
const SIZE: usize = 1024;

impl Format for Ext {
    fn id(&self) -> FormatId {
        "ext"
    }
    fn kind(&self) -> Kind {
        Kind::Volume
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.get(START + 56..START + 58) == Some(&[0x53, 0xef]) && Super::read(bytes).is_ok()
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Ok(volume::opened("ext", bytes, false, read))
    }
}

/// What the superblock says.
#[derive(Clone, Copy)]
struct Super {
    inodes: u64,
    blocks: u64,
    first_block: u64,
    block: usize,
    per_group: u64,
    inodes_per_group: u64,
    first_inode: u64,
    inode: usize,
    compatible: u64,
    incompatible: u64,
    read_only: u64,
    descriptor: usize,
    first_meta_group: u64,
    /// Of checksums.
    seed: u32,
}

impl Super {
    fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let word = Words::little(bytes.get(START..START + SIZE).unwrap_or_default());
        let log = word.u32(24)?;
        let (revision, incompatible) = (word.u32(76)?, word.u32(96)?);
        let wide = incompatible & 0x80 != 0;
        let uuid = word.slice(104, 16)?;
        let high = if wide { word.u32(336)? } else { 0 };
        let found = Self {
            inodes: word.u32(0)?,
            blocks: word.u32(4)? | high << 32,
            first_block: word.u32(20)?,
            block: 1024usize.checked_shl(log as u32).unwrap_or(0),
            per_group: word.u32(32)?,
            inodes_per_group: word.u32(40)?,
            first_inode: if revision == 0 { 11 } else { word.u32(84)? },
            inode: if revision == 0 { 128 } else { word.position(88, 2)? },
            compatible: word.u32(92)?,
            incompatible,
            read_only: word.u32(100)?,
            descriptor: if wide { word.position(254, 2)? } else { 32 },
            first_meta_group: word.u32(260)?,
            seed: if incompatible & 0x2000 != 0 {
                word.u32(624)? as u32
            } else {
                crc32c(!0, uuid)
            },
        };
        let wrong = |what: &'static str| Err(Malformed::at(START, what, "another number"));
        if log > 6 {
            return wrong("a block size of 1 to 64 KiB");
        }
        if found.per_group == 0 || found.inodes_per_group == 0 || found.per_group > 8 * found.block as u64 {
            return wrong("groups of blocks and inodes");
        }
        if !(128..=found.block).contains(&found.inode) || !(32..=1024).contains(&found.descriptor) {
            return wrong("sizes of inodes and descriptors");
        }
        if found
            .blocks
            .checked_mul(found.block as u64)
            .is_none_or(|size| size > bytes.len() as u64)
        {
            return Err(Malformed::truncated(bytes.len(), format!("{} blocks", found.blocks)));
        }
        Ok(found)
    }
    /// Whether metadata have CRC-32C.
    fn sums(&self) -> bool {
        self.read_only & 0x400 != 0
    }
    fn groups(&self) -> u64 {
        self.blocks.saturating_sub(self.first_block).div_ceil(self.per_group)
    }
    /// The bytes of so many blocks.
    fn span(&self, block: u64, count: u64) -> Result<Span, Malformed> {
        let end = block.checked_add(count).filter(|&end| end <= self.blocks);
        end.ok_or_else(|| Malformed::at(START, "a block of the file system", block.to_string()))?;
        Ok(Span::at(block as usize * self.block, count as usize * self.block))
    }
}

fn read(image: &Blob) -> Result<Listing, Malformed> {
    let it = Super::read(image)?;
    let mut list = Listing::new(image);
    list.node("superblock")?;
    superblock(&mut list, image, START, it)?;
    if image.len() as u64 != it.blocks * it.block as u64 {
        list.put(
            "image size",
            &(image.len() as u64).to_le_bytes(),
            Role::Structure,
            Value::Raw,
        );
    }
    let mut groups = groups::Groups::read(image, it)?;
    inode::walk(image, it, &mut groups, &mut list)?;
    groups.list(image, &mut list)?;
    journal(image, &groups, &mut list)?;
    Ok(list)
}

/// The fields of the superblock or of a copy of it.
fn superblock(list: &mut Listing, image: &Blob, at: usize, it: Super) -> Result<(), Malformed> {
    let bytes = image.get_span(Span::at(at, SIZE));
    let bytes = bytes.ok_or_else(|| Malformed::truncated(image.len(), "a superblock"))?;
    let word = Words::little(bytes);
    for (name, offset) in [
        ("mount time", 44),
        ("write time", 48),
        ("check time", 64),
        ("mkfs time", 264),
    ] {
        list.time(name, at + offset, word.u32(offset)? as i64);
    }
    use Role::{Identifier, Name, Structure};
    for (name, offset, size, role) in [
        ("blocks and inodes", 0, 12, Structure),
        ("geometry", 20, 24, Structure),
        ("mounts", 52, 4, Structure),
        ("magic and state", 56, 8, Structure),
        ("check interval", 68, 4, Structure),
        ("revision", 72, 12, Structure),
        ("inodes", 84, 6, Structure),
        ("features", 92, 12, Structure),
        ("UUID", 104, 16, Identifier),
        ("label", 120, 16, Name),
        ("last mounted", 136, 64, Structure),
        ("allocation", 200, 8, Structure),
        ("journal UUID", 208, 16, Identifier),
        ("journal", 224, 12, Structure),
        ("hash seed", 236, 16, Identifier),
        ("hash version", 252, 4, Structure),
        ("mount options", 256, 8, Structure),
        ("wide blocks", 336, 8, Structure),
        ("other", 348, 1020 - 348, Structure),
    ] {
        list.field(name, Span::at(at + offset, size), role, Value::Raw);
    }
    // What the free blocks and inodes are follows from the files; the journal's blocks are a copy of its inode.
    list.take(Span::at(at + 12, 8));
    list.field("group", Span::at(at + 90, 2), Structure, Value::Raw);
    list.take(Span::at(at + 268, 68));
    list.take(Span::at(at + 344, 4));
    list.take(Span::at(at + 1020, 4));
    let sum = word.u32(1020)? as u32;
    if it.sums() && crc32c(!0, &bytes[..1020]) != sum || !it.sums() && sum != 0 {
        list.field(
            "checksum",
            Span::at(at + 1020, 4),
            Role::Checksum,
            Value::Derived { valid: false },
        );
    }
    Ok(())
}

/// The superblock repeats where the journal's blocks lie: as its inode has it, or nothing.
fn journal(image: &Blob, groups: &groups::Groups, list: &mut Listing) -> Result<(), Malformed> {
    let word = Words::little(image);
    let copy = word.slice(START + 268, 68)?;
    let number = word.u32(START + 224)?;
    let own = match number {
        0 => vec![0; 68],
        _ => {
            let at = groups.inode(number)?.start;
            [
                word.slice(at + 40, 60)?,
                word.slice(at + 108, 4)?,
                word.slice(at + 4, 4)?,
            ]
            .concat()
        }
    };
    if copy != own && copy.iter().any(|&b| b != 0) {
        list.node("journal's blocks")?;
        list.put("in the superblock", copy, Role::Structure, Value::Raw);
    }
    Ok(())
}
