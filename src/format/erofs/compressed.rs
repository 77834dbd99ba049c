//! Files in LZ4 clusters: an index says of each block of a file whether a cluster begins in it, and where that lies.

use super::{AT_END, Super, inode::Inode};
use crate::{
    format::{
        sections::Words,
        volume::{Listing, Piece},
    },
    model::{Malformed, Span},
};

/// Bytes of a block of a file, where its index is compact.
const BLOCK: usize = 4096;
/// What the index says of a block: a cluster begins in it that is stored as it is, one that is compressed, or none.
const PLAIN: u64 = 0;
const PACKED: u64 = 1;
const INSIDE: u64 = 2;
/// Z_EROFS_ADVISE_COMPACTED_2B, and those of clusters of more than one block (BIG_PCLUSTER_1 and 2).
const SHORT: u64 = 1;
const LARGE: u64 = 6;
/// Z_EROFS_LI_D0_CBLKCNT: the block behind a cluster's beginning says how many blocks that has.
const COUNTED: u64 = 0x800;
/// Bytes that one of LZ4 decodes to, at most.
const RATIO: u64 = 255;

/// What the index says of one block.
struct Entry {
    /// Stored as it is, compressed, or nothing begins here.
    kind: u64,
    /// Where in the block a cluster begins; else how far back the block is in which one does, if that is said.
    offset: Option<u64>,
    /// Where that cluster lies, in blocks.
    place: u64,
    /// Blocks of the cluster before, if it says so.
    blocks: Option<u64>,
}

pub(super) fn pieces(image: &[u8], it: Super, inode: &Inode, list: &mut Listing) -> Result<Vec<Piece>, Malformed> {
    let word = Words::little(image);
    let head = inode.end.next_multiple_of(8);
    let settings = word.slice(head, 8)?;
    let (advice, bits) = (word.u16(head + 4)?, settings[7]);
    // All in LZ4, nothing elsewhere.
    let plain = settings[6] == 0 && bits == 0 && matches!(advice & !SHORT, 0 | LARGE);
    if it.needs & AT_END == 0 || it.block != BLOCK || !plain {
        return Err(Malformed::at(
            head,
            "LZ4 clusters of blocks of 4 KiB",
            "another compression",
        ));
    }
    list.take(Span::at(head, 8));
    list.place(inode.word);
    list.wrong_if(settings[..4] != [0; 4], settings);
    let count = usize::try_from(inode.size.div_ceil(BLOCK as u64)).unwrap_or(usize::MAX);
    if count > image.len() {
        return Err(Malformed::truncated(image.len(), format!("an index of {count} blocks")));
    }
    list.spend(count as u64 * 16)?;
    let entries = compact(word, head + 8, count, advice, list)?;
    clusters(image, &entries, inode.size, list)
}

/// Packs of entries of 14 bits: two in eight bytes, sixteen in 32. At the end of each stands where its first cluster lies; where all have one
/// block, the block before.
fn compact(
    word: Words<'_>,
    start: usize,
    count: usize,
    advice: u64,
    list: &mut Listing,
) -> Result<Vec<Entry>, Malformed> {
    // Long packs begin at a multiple of their size.
    let before = (start.next_multiple_of(32) - start) / 4;
    let large = advice & LARGE != 0;
    let packed = if advice & SHORT != 0 && before < count {
        (count - before) / 16 * 16
    } else {
        0
    };
    let mut entries = Vec::with_capacity(count);
    let mut at = start;
    while entries.len() < count {
        let done = entries.len();
        let within = packed > 0 && done >= before && done < before + packed;
        let (slots, size) = if within { (16, 32) } else { (2, 8) };
        let bits = (size - 4) * 8 / slots;
        let base = word.u32(at + size - 4)?;
        list.take(Span::at(at, size));
        list.place(base);
        let mut blocks = u64::from(!large);
        for slot in 0..slots {
            let from = slot * bits;
            let raw = word.u32(at + from / 8)? >> (from % 8);
            let (low, kind) = (raw & 0xfff, raw >> 12 & 3);
            let spare = bits > 14 && raw >> 14 & 3 != 0;
            if done + slot >= count {
                // Nothing is where the file has ended.
                list.wrong_if(raw & 0xffff != 0, &raw.to_le_bytes());
                continue;
            }
            list.wrong_if(spare, &raw.to_le_bytes());
            let counted = large && kind == INSIDE && low & COUNTED != 0;
            let mut entry = Entry {
                kind,
                offset: Some(low),
                place: base.wrapping_add(blocks) & 0xffff_ffff,
                blocks: counted.then_some(low & !COUNTED),
            };
            // A cluster that goes on says how many blocks it has, right behind its beginning.
            let begun = entries.last().is_some_and(|last: &Entry| last.kind != INSIDE);
            if large && kind == INSIDE && counted != begun {
                return Err(Malformed::at(
                    at,
                    "the blocks of a cluster behind its beginning",
                    "others",
                ));
            }
            if counted {
                entry.offset = Some(1);
                // Until this was read, it was taken for one block.
                blocks = blocks.wrapping_sub(u64::from(slot > 0)).wrapping_add(low & !COUNTED);
            } else if kind != INSIDE {
                blocks += 1;
            } else if slot + 1 == slots {
                // How far forth the next one is, which only speeds a search.
                entry.offset = None;
                list.place(low);
            }
            entries.push(entry);
        }
        at += size;
    }
    Ok(entries)
}

/// What the clusters decode to, one after the other.
fn clusters(image: &[u8], entries: &[Entry], size: u64, list: &mut Listing) -> Result<Vec<Piece>, Malformed> {
    let word = Words::little(image);
    let start = |nth: usize, entry: &Entry| (nth * BLOCK) as u64 + entry.offset.unwrap_or(0);
    let heads: Vec<(usize, &Entry)> = entries.iter().enumerate().filter(|(_, e)| e.kind != INSIDE).collect();
    let mut pieces = Vec::with_capacity(heads.len());
    for (index, &(nth, entry)) in heads.iter().enumerate() {
        let from = start(nth, entry);
        let to = heads.get(index + 1).map_or(size, |&(nth, next)| start(nth, next));
        if from == size && entry.kind == PLAIN && index + 1 == heads.len() && index > 0 {
            // Only says where the last cluster ends.
            list.place(entry.place);
            break;
        }
        let wrong = || Malformed::at(0, "clusters one after the other", format!("one at {from}"));
        let length = to.checked_sub(from).filter(|&n| n > 0).ok_or_else(wrong)?;
        if index == 0 && from != 0 || entry.offset.is_none_or(|offset| offset >= BLOCK as u64) {
            return Err(wrong());
        }
        let counted = entries.get(nth + 1).filter(|_| entry.kind == PACKED);
        let blocks = counted.and_then(|next| next.blocks).unwrap_or(1);
        let at = usize::try_from(entry.place * BLOCK as u64).map_err(|_| wrong())?;
        let stored = word.slice(at, blocks as usize * BLOCK)?;
        list.place(entry.place);
        list.place(blocks);
        list.spend(stored.len() as u64)?;
        if length > stored.len() as u64 * RATIO {
            return Err(wrong());
        }
        let margin = stored.iter().take_while(|&&b| b == 0).count();
        pieces.push(match entry.kind {
            PLAIN => match usize::try_from(length) {
                Ok(length) if length <= stored.len() => Piece::Stored(Span::at(at, length)),
                _ => return Err(wrong()),
            },
            PACKED => Piece::Packed {
                span: Span::new(at + margin, at + stored.len()),
                size: usize::try_from(length).map_err(|_| wrong())?,
            },
            _ => return Err(Malformed::at(at, "a kind of cluster", entry.kind.to_string())),
        });
    }
    if size > 0 && pieces.is_empty() {
        return Err(Malformed::at(0, "a cluster", "none"));
    }
    back(entries, list);
    Ok(pieces)
}

/// A reader that begins in the middle goes back as far as an entry says.
fn back(entries: &[Entry], list: &mut Listing) {
    let mut head = 0;
    for (nth, entry) in entries.iter().enumerate() {
        if entry.kind != INSIDE {
            head = nth;
        } else if let Some(back) = entry.offset {
            let right = back == (nth - head) as u64;
            list.wrong_if(!right, &[nth as u64, back].map(u64::to_le_bytes).concat());
        }
    }
}
