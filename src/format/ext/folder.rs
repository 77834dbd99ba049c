//! Folders: names and inodes in blocks, each entry as long as the way to the next.

use super::{Super, crc::crc32c};
use crate::{
    format::{sections::Words, volume::Listing},
    model::{Blob, Malformed, Role, Span, Value},
};

/// A name in a folder.
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) inode: u64,
    /// What it says the inode is.
    pub(super) kind: u64,
}

/// Whose folder it is.
#[derive(Clone, Copy)]
pub(super) struct Of {
    pub(super) inode: u64,
    pub(super) parent: u64,
    /// It has an index by hash.
    pub(super) indexed: bool,
    pub(super) seed: u32,
}

/// The entries of a folder's blocks but `.` and `..`, in their order. What lies between them is left, and so compared as unused.
pub(super) fn entries(
    image: &Blob,
    it: Super,
    blocks: &[Span],
    of: Of,
    list: &mut Listing,
) -> Result<Vec<Entry>, Malformed> {
    let word = Words::little(image);
    let (mut found, mut index) = (Vec::new(), Vec::new());
    for (nth, block) in blocks.iter().enumerate() {
        list.spend(block.len() as u64)?;
        let mut at = block.start;
        while at < block.end {
            let (inode, length) = (word.u32(at)?, word.position(at + 4, 2)?);
            // All of a block of 64 KiB does not fit the field.
            let length = if length == 0 || length == 0xffff {
                1 << 16
            } else {
                length
            };
            let (name_length, kind) = (word.position(at + 6, 1)?, word.u8(at + 7)?);
            if length < 8 || length % 4 != 0 || at + length > block.end || 8 + name_length > length {
                return Err(Malformed::at(at, "an entry of a folder", "something else"));
            }
            let name = word.slice(at + 8, name_length)?;
            let rest = Span::new(at + 8 + name_length, at + length);
            if inode != 0 {
                list.take(Span::at(at, 8 + name_length));
                match name {
                    b"." if inode == of.inode && matches!(kind, 0 | 2) => {}
                    b".." if inode == of.parent && matches!(kind, 0 | 2) => {
                        if of.indexed && nth == 0 {
                            list.take(rest);
                            index.extend_from_slice(image.get_span(rest).unwrap_or_default());
                        }
                    }
                    _ => found.push(Entry {
                        name: name.to_vec(),
                        inode,
                        kind,
                    }),
                }
            } else if kind == 0xde && length == 12 && at + 12 == block.end {
                let bytes = image.get(block.start..at).unwrap_or_default();
                if it.sums() && u64::from(crc32c(of.seed, bytes)) == word.u32(at + 8)? {
                    list.take(Span::at(at, 12));
                }
            } else {
                // What is left of a name is compared as unused.
                list.take(Span::at(at, 6));
                if of.indexed && length == it.block {
                    list.take(rest);
                    index.extend_from_slice(image.get_span(rest).unwrap_or_default());
                }
            }
            at += length;
        }
    }
    if !index.is_empty() {
        // Its hashes follow from the seed in the superblock, but are not computed here.
        list.put_long("index", &index, Role::Structure, Value::Raw);
    }
    Ok(found)
}
