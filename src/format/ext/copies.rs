//! The copies of the superblock and of the descriptors, in some of the groups.

use super::{SIZE, START, Super, crc::crc32c, groups::Groups};
use crate::{
    format::volume::Listing,
    model::{Blob, Malformed, Role, Span, Value},
};

impl Groups {
    /// Whether a group begins with a copy of the superblock.
    pub(super) fn copied(&self, index: u64) -> bool {
        let power = |of: u64| {
            let mut at = 1;
            while at < index {
                at *= of;
            }
            at == index
        };
        if self.it.compatible & 0x200 != 0 {
            // sparse_super2 says in the superblock which.
            return index == 0;
        }
        self.it.read_only & 1 == 0 || index <= 1 || power(3) || power(5) || power(7)
    }

    /// The copies of superblock and descriptors; what is not as the first ones is listed.
    pub(super) fn copies(&mut self, image: &Blob, list: &mut Listing) -> Result<(), Malformed> {
        let it = self.it;
        let meta = it.incompatible & 0x10 != 0;
        let per_block = (it.block / it.descriptor) as u64;
        let mut tables = (self.groups.len() as u64).div_ceil(per_block);
        if meta {
            tables = tables.min(it.first_meta_group);
        }
        let first = it.span(it.first_block + 1, tables)?;
        for index in 0..self.groups.len() as u64 {
            if !self.copied(index) {
                continue;
            }
            let start = it.first_block + index * it.per_group;
            self.uses(start, 1 + tables)?;
            if index == 0 {
                continue;
            }
            let at = it.span(start, 1)?.start;
            if same(image, at, index, it) {
                list.take(Span::at(at, SIZE));
            } else {
                list.node(format!("superblock copy {index}"))?;
                super::superblock(list, image, at, it)?;
            }
            let span = it.span(start + 1, tables)?;
            if image.get_span(span) == image.get_span(first) {
                list.take(span);
            } else if image.slice(span).iter().any(|&b| b != 0) {
                list.node(format!("group descriptors copy {index}"))?;
                self.stale(image, span, first, list);
            }
        }
        if meta {
            for index in (0..self.groups.len() as u64).step_by(per_block as usize) {
                for group in [index, index + 1, index + per_block - 1] {
                    let at = it.first_block + group * it.per_group + u64::from(self.copied(group));
                    if group < self.groups.len() as u64 && index / per_block >= it.first_meta_group {
                        self.uses(at, 1)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// A copy of the descriptors that was made before the first ones were last written: what was counted by then, and checksums.
    fn stale(&self, image: &Blob, span: Span, first: Span, list: &mut Listing) {
        let size = self.it.descriptor;
        for index in 0..self.groups.len() {
            let (copy, own) = (span.start + index * size, first.start + index * size);
            let (Some(x), Some(y)) = (image.get(copy..copy + size), image.get(own..own + size)) else {
                continue;
            };
            let places = x[..12] == y[..12] && x.get(32..44) == y.get(32..44);
            let valid = places && self.sum(image, copy, index) == Some(true);
            list.field(
                format!("group {index}"),
                Span::at(copy, size),
                Role::Checksum,
                Value::Derived { valid },
            );
        }
    }
}

/// Whether the superblock's copy in a group says what the first one does, but for its own number and checksum.
fn same(image: &Blob, at: usize, group: u64, it: Super) -> bool {
    let (Some(own), Some(copy)) = (image.get(START..START + SIZE), image.get(at..at + SIZE)) else {
        return false;
    };
    let sum = u32::from_le_bytes([copy[1020], copy[1021], copy[1022], copy[1023]]);
    let number = u64::from(u16::from_le_bytes([copy[90], copy[91]]));
    let sums = if it.sums() {
        crc32c(!0, &copy[..1020]) == sum
    } else {
        sum == 0
    };
    copy[..90] == own[..90] && copy[92..1020] == own[92..1020] && (number == group || number == 0) && sums
}
