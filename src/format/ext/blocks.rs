//! Where a file's blocks lie: extents, or the block lists of ext2 and ext3.

use super::{Super, crc::crc32c, groups::Groups};
use crate::{
    format::{
        sections::Words,
        volume::{Listing, Piece},
    },
    model::{Blob, Malformed, Span},
};

/// Extents and blocks of lists of one file.
const MOST: usize = 1 << 22;

/// A file's blocks while they are looked for.
pub(super) struct Blocks<'b> {
    pub(super) image: &'b Blob,
    pub(super) it: Super,
    /// Of the inode's checksums.
    pub(super) seed: u32,
    /// Logical block, first block, count, and whether it was never written.
    pub(super) runs: Vec<(u64, u64, u64, bool)>,
    /// Blocks of the file, with those that lead to others.
    pub(super) count: u64,
}

impl Blocks<'_> {
    fn run(&mut self, run: (u64, u64, u64, bool), groups: &mut Groups) -> Result<(), Malformed> {
        if self.runs.len() >= MOST {
            return Err(Malformed::limit(format!("at most {MOST} pieces of a file")));
        }
        groups.uses(run.1, run.2)?;
        self.count += run.2;
        match self.runs.last_mut() {
            Some(last) if last.0 + last.2 == run.0 && last.1 + last.2 == run.1 && last.3 == run.3 => last.2 += run.2,
            _ => self.runs.push(run),
        }
        Ok(())
    }

    /// The tree of extents whose root is in the inode.
    pub(super) fn extents(&mut self, root: Span, groups: &mut Groups, list: &mut Listing) -> Result<(), Malformed> {
        let word = Words::little(self.image);
        let mut next = vec![(root, None)];
        while let Some((node, depth)) = next.pop() {
            let at = node.start;
            let (magic, entries) = (word.u16(at)?, word.position(at + 2, 2)?);
            let (most, level) = (word.position(at + 4, 2)?, word.u16(at + 6)?);
            if magic != 0xf30a || entries > most || 12 + most * 12 > node.len() || level > 5 {
                return Err(Malformed::at(at, "a node of extents", "something else"));
            }
            // Each level leads to the one below it, so that this ends.
            if depth.is_some_and(|depth: u64| level + 1 != depth) {
                return Err(Malformed::at(at, "a node one level below", level.to_string()));
            }
            list.spend(node.len() as u64)?;
            list.take(Span::at(at, 12 + entries * 12));
            for number in [entries as u64, most as u64, level] {
                list.place(number);
            }
            if word.u32(at + 8)? != 0 {
                list.wrong(word.slice(at + 8, 4)?);
            }
            if depth.is_some() && self.it.sums() {
                self.tail(node, most, list)?;
            }
            let mut below = Vec::new();
            for at in (0..entries).map(|n| at + 12 + n * 12) {
                let logical = word.u32(at)?;
                list.place(logical);
                if level == 0 {
                    let (length, start) = (word.u16(at + 4)?, word.u16(at + 6)? << 32 | word.u32(at + 8)?);
                    let unwritten = length > 0x8000;
                    let length = if unwritten { length - 0x8000 } else { length };
                    list.place(start);
                    self.run((logical, start, length, unwritten), groups)?;
                } else {
                    let block = word.u32(at + 4)? | word.u16(at + 8)? << 32;
                    list.place(block);
                    if word.u16(at + 10)? != 0 {
                        list.wrong(word.slice(at + 10, 2)?);
                    }
                    self.count += 1;
                    below.push((groups.uses(block, 1)?, Some(level)));
                }
            }
            if next.len() + below.len() > MOST || self.count > self.it.blocks * 2 {
                return Err(Malformed::limit("extents of the image's size"));
            }
            next.extend(below.into_iter().rev());
        }
        Ok(())
    }

    /// The checksum behind the last place for an extent.
    fn tail(&self, node: Span, most: usize, list: &mut Listing) -> Result<(), Malformed> {
        let at = node.start + 12 + most * 12;
        let stored = Words::little(self.image).u32(at)?;
        let bytes = self.image.get(node.start..at).unwrap_or_default();
        if u64::from(crc32c(self.seed, bytes)) == stored {
            list.take(Span::at(at, 4));
        }
        Ok(())
    }

    /// Twelve blocks, and one list each of one, two and three levels.
    pub(super) fn lists(&mut self, root: Span, groups: &mut Groups, list: &mut Listing) -> Result<(), Malformed> {
        let word = Words::little(self.image);
        let each = self.it.block as u64 / 4;
        list.take(root);
        // Level, block, and the first logical block.
        let mut next = Vec::new();
        let mut logical = 0;
        for nth in 0..15u64 {
            let level = nth.saturating_sub(11) as u32;
            next.push((level, word.u32(root.start + nth as usize * 4)?, logical));
            logical += each.pow(level);
        }
        next.reverse();
        while let Some((level, block, logical)) = next.pop() {
            list.place(block);
            if block == 0 {
                continue;
            }
            if level == 0 {
                self.run((logical, block, 1, false), groups)?;
            } else {
                let span = groups.uses(block, 1)?;
                list.take(span);
                list.spend(span.len() as u64)?;
                self.count += 1;
                let step = each.pow(level - 1);
                for nth in (0..each).rev() {
                    next.push((
                        level - 1,
                        word.u32(span.start + nth as usize * 4)?,
                        logical + nth * step,
                    ));
                }
            }
            if self.count > self.it.blocks * 2 {
                return Err(Malformed::limit("blocks of the image's size"));
            }
        }
        Ok(())
    }

    /// The pieces of a file of this size. What the last block holds behind the end is left, and so compared as unused.
    pub(super) fn pieces(&self, size: u64) -> Result<Vec<Piece>, Malformed> {
        let block = self.it.block as u64;
        let (mut pieces, mut at) = (Vec::new(), 0u64);
        for &(logical, start, count, unwritten) in &self.runs {
            let from = logical.saturating_mul(block);
            if from < at {
                return Err(Malformed::at(0, "extents that follow each other", "others"));
            }
            if from >= size {
                break;
            }
            if from > at {
                pieces.push(Piece::Zeros(from - at));
            }
            let length = (count * block).min(size - from);
            let span = self.it.span(start, count)?;
            pieces.push(match unwritten {
                // What was on the disk before is nobody's.
                true => Piece::Zeros(length),
                false => Piece::Stored(Span::at(span.start, length as usize)),
            });
            at = from + length;
        }
        if at < size {
            pieces.push(Piece::Zeros(size - at));
        }
        Ok(pieces)
    }
}
