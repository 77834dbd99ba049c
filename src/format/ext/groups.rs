//! Groups: descriptors, bitmaps, and the copies of the superblock and of the descriptors.

use super::{
    START, Super,
    crc::{crc16, crc32c},
};
use crate::{
    format::{sections::Words, volume::Listing},
    model::{Blob, Malformed, Role, Span, Value},
};

/// What is known of a group.
pub(super) struct Group {
    /// Where the descriptor lies.
    at: usize,
    blocks: u64,
    inodes: u64,
    table: u64,
    flags: u64,
}

pub(super) struct Groups {
    pub(super) it: Super,
    pub(super) groups: Vec<Group>,
    /// Blocks that something uses.
    pub(super) used: Vec<bool>,
    /// Inodes that something uses, by number less one; and those that are folders.
    pub(super) inodes: Vec<(bool, bool)>,
}

impl Groups {
    pub(super) fn read(image: &Blob, it: Super) -> Result<Self, Malformed> {
        let count = it.groups();
        let size = it.descriptor as u64;
        if count.saturating_mul(size) > image.len() as u64 || it.inodes > image.len() as u64 / 64 {
            return Err(Malformed::at(
                START,
                "as many groups as there is room for",
                count.to_string(),
            ));
        }
        let mut all = Self {
            it,
            groups: Vec::new(),
            used: vec![false; it.blocks as usize],
            inodes: vec![(false, false); it.inodes as usize],
        };
        let word = Words::little(image);
        for index in 0..count {
            let at = all.descriptor(index)?;
            let high = |offset: usize| {
                if it.descriptor >= 64 {
                    word.u32(at + offset)
                } else {
                    Ok(0)
                }
            };
            all.groups.push(Group {
                at,
                blocks: word.u32(at)? | high(32)? << 32,
                inodes: word.u32(at + 4)? | high(36)? << 32,
                table: word.u32(at + 8)? | high(40)? << 32,
                flags: word.u16(at + 18)?,
            });
        }
        Ok(all)
    }

    /// Where a group's descriptor lies: behind the superblock, or with meta_bg in the first group of its own.
    fn descriptor(&self, index: u64) -> Result<usize, Malformed> {
        let it = self.it;
        let per_block = (it.block / it.descriptor) as u64;
        let (block, nth) = (index / per_block, (index % per_block) as usize);
        let start = if it.incompatible & 0x10 != 0 && block >= it.first_meta_group {
            let first = block * per_block;
            it.first_block + first * it.per_group + u64::from(self.copied(first))
        } else {
            it.first_block + 1 + block
        };
        Ok(it.span(start, 1)?.start + nth * it.descriptor)
    }

    /// The bytes of an inode.
    pub(super) fn inode(&self, number: u64) -> Result<Span, Malformed> {
        let wrong = || Malformed::at(START, "a number of an inode", number.to_string());
        let index = number
            .checked_sub(1)
            .filter(|&n| n < self.it.inodes)
            .ok_or_else(wrong)?;
        let nth = (index % self.it.inodes_per_group) as usize;
        let group = self
            .groups
            .get((index / self.it.inodes_per_group) as usize)
            .ok_or_else(wrong)?;
        let table = self.it.span(group.table, 1)?;
        Ok(Span::at(table.start + nth * self.it.inode, self.it.inode))
    }
    /// A file uses these blocks.
    pub(super) fn uses(&mut self, block: u64, count: u64) -> Result<Span, Malformed> {
        let span = self.it.span(block, count)?;
        self.used[block as usize..(block + count) as usize].fill(true);
        Ok(span)
    }
    /// A file has this inode.
    pub(super) fn reached(&mut self, number: u64, folder: bool) {
        if let Some(inode) = self.inodes.get_mut((number as usize).wrapping_sub(1)) {
            *inode = (true, folder);
        }
    }

    /// All of it that does not follow from the files.
    pub(super) fn list(&mut self, image: &Blob, list: &mut Listing) -> Result<(), Malformed> {
        self.tables()?;
        self.copies(image, list)?;
        for index in 0..self.groups.len() {
            self.group(image, index, list)?;
        }
        self.totals(image, list)
    }

    /// Marks what the groups themselves use.
    fn tables(&mut self) -> Result<(), Malformed> {
        let it = self.it;
        let size = (it.inodes_per_group * it.inode as u64).div_ceil(it.block as u64);
        for index in 0..self.groups.len() {
            let group = &self.groups[index];
            let (blocks, inodes, table) = (group.blocks, group.inodes, group.table);
            self.uses(blocks, 1)?;
            self.uses(inodes, 1)?;
            self.uses(table, size)?;
        }
        Ok(())
    }

    /// Whether the checksum of a descriptor is right; nothing where there is none.
    pub(super) fn sum(&self, image: &Blob, at: usize, index: usize) -> Option<bool> {
        let it = self.it;
        let bytes = image.get(at..at + it.descriptor)?;
        let stored = u16::from_le_bytes([bytes[30], bytes[31]]);
        let number = (index as u32).to_le_bytes();
        if it.sums() {
            let sum = crc32c(crc32c(it.seed, &number), &bytes[..30]);
            let sum = crc32c(crc32c(sum, &[0, 0]), &bytes[32..]);
            return Some(sum as u16 == stored);
        }
        if it.read_only & 0x10 != 0 {
            let uuid = image.get(START + 104..START + 120)?;
            let sum = crc16(crc16(crc16(!0, uuid), &number), &bytes[..30]);
            return Some(crc16(sum, &bytes[32..]) == stored);
        }
        (stored != 0).then_some(false)
    }

    /// A group's bitmaps and counts.
    fn group(&self, image: &Blob, index: usize, list: &mut Listing) -> Result<(), Malformed> {
        let it = self.it;
        let (group, word) = (&self.groups[index], Words::little(image));
        list.node(format!("group {index}"))?;
        list.take(Span::at(group.at, it.descriptor));
        for place in [group.blocks, group.inodes, group.table] {
            list.place(place);
        }
        list.put("flags", &group.flags.to_le_bytes(), Role::Structure, Value::Raw);
        let from = (index as u64 * it.per_group) as usize + it.first_block as usize;
        let to = self.used.len().min(from + it.per_group as usize);
        let used: Vec<bool> = self.used[from.min(to)..to].to_vec();
        let first = index * it.inodes_per_group as usize;
        let last = self.inodes.len().min(first + it.inodes_per_group as usize);
        let inodes: Vec<bool> = self.inodes[first.min(last)..last].iter().map(|inode| inode.0).collect();
        let folders = self.inodes[first.min(last)..last]
            .iter()
            .filter(|inode| inode.1)
            .count();
        let free = |bits: &[bool]| bits.iter().filter(|bit| !**bit).count() as u64;
        let wide = |low: usize, high: usize| -> Result<u64, Malformed> {
            let high = if it.descriptor >= 64 {
                word.u16(group.at + high)?
            } else {
                0
            };
            Ok(word.u16(group.at + low)? | high << 16)
        };
        for (name, low, high, right) in [
            ("free blocks", 12, 44, free(&used)),
            ("free inodes", 14, 46, free(&inodes)),
            ("folders", 16, 48, folders as u64),
        ] {
            let count = wide(low, high)?;
            if count != right {
                list.put(name, &count.to_le_bytes(), Role::Structure, Value::Raw);
            }
        }
        // Inodes at the end that were never used: more than there are would hide one.
        let unused = wide(28, 50)?;
        let never = inodes.iter().rev().take_while(|bit| !**bit).count() as u64;
        if unused != never {
            list.put("unused inodes", &unused.to_le_bytes(), Role::Structure, Value::Raw);
        }
        for (name, offset) in [("snapshot bitmap", 20), ("wide snapshot bitmap", 52)] {
            let size = if offset == 20 {
                4
            } else {
                it.descriptor.saturating_sub(52)
            };
            let bytes = image
                .get(group.at + offset..group.at + offset + size)
                .unwrap_or_default();
            // Behind it stand the high halves of the bitmaps' checksums.
            let bytes = if offset == 52 {
                [bytes.get(..4), bytes.get(8..)].concat_some()
            } else {
                bytes.to_vec()
            };
            if bytes.iter().any(|&b| b != 0) {
                list.put_long(name, &bytes, Role::Structure, Value::Raw);
            }
        }
        if self.sum(image, group.at, index) == Some(false) {
            list.put(
                "checksum",
                &wide(30, 30)?.to_le_bytes(),
                Role::Checksum,
                Value::Derived { valid: false },
            );
        }
        self.bitmap(
            image,
            index,
            ("block bitmap", group.blocks, 24, 56, 2),
            &used,
            it.per_group,
            list,
        )?;
        let flagged = ("inode bitmap", group.inodes, 26, 58, 1);
        self.bitmap(image, index, flagged, &inodes, it.inodes_per_group, list)
    }

    /// A bitmap with its checksum: taken where it says what the files say, listed otherwise.
    fn bitmap(
        &self,
        image: &Blob,
        index: usize,
        (name, block, low, high, flag): (&'static str, u64, usize, usize, u64),
        bits: &[bool],
        count: u64,
        list: &mut Listing,
    ) -> Result<(), Malformed> {
        let it = self.it;
        let span = it.span(block, 1)?;
        let bytes = image.slice(span);
        let bit = |nth: usize| bytes.get(nth / 8).is_some_and(|byte| byte >> (nth % 8) & 1 == 1);
        let right = (0..8 * it.block).all(|nth| bit(nth) == bits.get(nth).copied().unwrap_or(true));
        let empty = self.groups[index].flags & flag != 0 && bytes.iter().all(|&b| b == 0);
        list.take(span);
        if !right && !empty {
            list.put_long(name, &bytes, Role::Structure, Value::Raw);
        }
        let word = Words::little(image);
        let at = self.groups[index].at;
        let wide = it.descriptor >= 64;
        let stored = word.u16(at + low)? | if wide { word.u16(at + high)? << 16 } else { 0 };
        let sum = crc32c(it.seed, &bytes[..bytes.len().min(count as usize / 8)]);
        let mask = if wide { u32::MAX } else { 0xffff };
        let valid = if it.sums() {
            u64::from(sum & mask) == stored
        } else {
            stored == 0
        };
        if !(valid || empty && stored == 0) {
            list.put("bitmap checksum", &stored.to_le_bytes(), Role::Structure, Value::Raw);
        }
        Ok(())
    }

    /// The free blocks and inodes of all groups together, in the superblock.
    fn totals(&self, image: &Blob, list: &mut Listing) -> Result<(), Malformed> {
        let word = Words::little(image);
        let high = if self.it.incompatible & 0x80 != 0 {
            word.u32(START + 344)?
        } else {
            0
        };
        let blocks = word.u32(START + 12)? | high << 32;
        let free = self
            .used
            .iter()
            .skip(self.it.first_block as usize)
            .filter(|used| !**used)
            .count() as u64;
        let inodes = self.inodes.iter().filter(|inode| !inode.0).count() as u64;
        list.node("free")?;
        for (name, stored, right) in [("blocks", blocks, free), ("inodes", word.u32(START + 16)?, inodes)] {
            if stored != right {
                list.put(name, &stored.to_le_bytes(), Role::Structure, Value::Raw);
            }
        }
        Ok(())
    }
}

/// Pieces of bytes that are there.
trait Pieces {
    fn concat_some(self) -> Vec<u8>;
}

impl Pieces for [Option<&[u8]>; 2] {
    fn concat_some(self) -> Vec<u8> {
        self.into_iter().flatten().flatten().copied().collect()
    }
}
