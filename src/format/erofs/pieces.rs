//! The pieces of a file, where they are not compressed.

use super::{
    Super,
    inode::{Inode, Layout},
};
use crate::{
    format::{
        sections::{Words, inside},
        volume::{Listing, Piece},
    },
    model::{Malformed, Span},
};

/// What has no block.
const HOLE: u64 = 0xffff_ffff;
/// Bits of the size of a chunk, and whether each has eight bytes that say where it is (EROFS_CHUNK_FORMAT_INDEXES).
const CHUNK: u64 = 0x1f;
const LONG: u64 = 0x20;

/// The data of anything but a device.
pub(super) fn pieces(image: &[u8], it: Super, inode: &Inode, list: &mut Listing) -> Result<Vec<Piece>, Malformed> {
    match inode.layout {
        Layout::Plain => {
            first(inode, inode.size, list);
            Ok(vec![Piece::Stored(blocks(image, it, inode.word, inode.size)?)])
        }
        Layout::Inline => {
            let whole = inode.size.div_ceil(it.block as u64).saturating_sub(1) * it.block as u64;
            first(inode, whole, list);
            let tail = inside(inode.end, (inode.size - whole) as usize, image.len())?;
            if !tail.is_empty() && tail.start / it.block != (tail.end - 1) / it.block {
                return Err(Malformed::at(tail.start, "the end of a file in one block", "two"));
            }
            let mut pieces = vec![Piece::Stored(tail)];
            if whole > 0 {
                pieces.insert(0, Piece::Stored(blocks(image, it, inode.word, whole)?));
            }
            Ok(pieces)
        }
        Layout::Chunks => chunks(image, it, inode, list),
        Layout::Compressed => super::compressed::pieces(image, it, inode, list),
    }
}

/// The first block, which leads nowhere where so many bytes in blocks are none.
fn first(inode: &Inode, size: u64, list: &mut Listing) {
    list.place(inode.word);
    list.wrong_if(size == 0 && !matches!(inode.word, 0 | HOLE), &inode.word.to_le_bytes());
}

/// Bytes from a block on.
fn blocks(image: &[u8], it: Super, block: u64, size: u64) -> Result<Span, Malformed> {
    if size == 0 {
        return Ok(Span::new(0, 0));
    }
    let missing = || Malformed::truncated(image.len(), format!("{size} bytes at block {block}"));
    let at = block
        .checked_mul(it.block as u64)
        .and_then(|at| usize::try_from(at).ok());
    let size = usize::try_from(size).ok();
    let (at, size) = at.zip(size).ok_or_else(missing)?;
    inside(at, size, image.len())
}

fn chunks(image: &[u8], it: Super, inode: &Inode, list: &mut Listing) -> Result<Vec<Piece>, Malformed> {
    let chunk = (it.block as u64) << (inode.word & CHUNK);
    let unit = if inode.word & LONG != 0 { 8 } else { 4 };
    list.wrong_if(inode.word & !(CHUNK | LONG) != 0, &inode.word.to_le_bytes());
    let start = inode.end.next_multiple_of(unit);
    let word = Words::little(image);
    let count = usize::try_from(inode.size.div_ceil(chunk)).ok();
    let length = count.and_then(|count| count.checked_mul(unit));
    let bytes = word.slice(start, length.unwrap_or(usize::MAX))?;
    list.spend(bytes.len() as u64 * 8)?;
    list.take(Span::at(start, bytes.len()));
    let (mut pieces, mut left) = (Vec::new(), inode.size);
    for at in (start..start + bytes.len()).step_by(unit) {
        let size = left.min(chunk);
        left -= size;
        if unit == 8 && word.u32(at)? != 0 {
            return Err(Malformed::at(at, "a chunk in this image", "one of another device"));
        }
        let block = word.u32(at + unit - 4)?;
        list.place(block);
        pieces.push(match block {
            HOLE => Piece::Zeros(size),
            _ => Piece::Stored(blocks(image, it, block, size)?),
        });
    }
    Ok(pieces)
}
