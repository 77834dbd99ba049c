//! Metadata blocks: 8 KiB each, compressed or not, behind a header of two bytes.

use super::Super;
use crate::format::{sections::Words, volume::Codec};
use crate::model::{Blob, Malformed, Span};
use std::collections::BTreeMap;

/// Decoded bytes of a block.
pub(super) const BLOCK: usize = 8192;
/// Decoded metadata of one table: so many bytes, or so many for each of the image.
const MOST: (usize, usize) = (1 << 26, 32);

/// A decoded block.
#[derive(Default)]
pub(super) struct Block {
    pub(super) span: Span,
    pub(super) bytes: Vec<u8>,
}

/// The block at `at`.
pub(super) fn block(image: &Blob, it: Super, at: usize) -> Result<Block, Malformed> {
    let word = Words::little(image);
    let header = word.u16(at)? as usize;
    let (stored, length) = (header & 0x8000 != 0, header & 0x7fff);
    let bytes = word.slice(at + 2, length)?;
    let codec = if stored { Codec::None } else { it.codec };
    let bytes = codec
        .block(bytes, BLOCK)
        .map_err(|error| Malformed { offset: at, ..error })?;
    if bytes.len() > BLOCK {
        return Err(Malformed::at(at, "a metadata block", format!("{} bytes", bytes.len())));
    }
    Ok(Block {
        span: Span::at(at, length + 2),
        bytes,
    })
}

/// Blocks that follow each other, decoded.
pub(super) struct Table {
    pub(super) span: Span,
    pub(super) bytes: Vec<u8>,
    /// Where the block at a distance from the table's start begins in `bytes`.
    starts: BTreeMap<u64, usize>,
    /// Those distances, in order.
    order: Vec<u64>,
    /// Read so far, as ranges that do not touch.
    seen: BTreeMap<usize, usize>,
}

impl Table {
    /// The blocks from `start` to `end`.
    pub(super) fn read(image: &Blob, it: Super, start: usize, end: usize) -> Result<Self, Malformed> {
        let mut table = Self {
            span: Span::new(start, end),
            bytes: Vec::new(),
            starts: BTreeMap::new(),
            order: Vec::new(),
            seen: BTreeMap::new(),
        };
        let mut at = start;
        while at < end {
            let block = block(image, it, at)?;
            table.starts.insert((at - start) as u64, table.bytes.len());
            table.order.push((at - start) as u64);
            table.bytes.extend_from_slice(&block.bytes);
            at = block.span.end;
            if table.bytes.len() > MOST.0.max(image.len().saturating_mul(MOST.1)) {
                return Err(Malformed::limit("metadata of the image's size"));
            }
        }
        if at != end.max(start) {
            return Err(Malformed::at(at, "the end of a table", "a block that reaches over it"));
        }
        Ok(table)
    }
    /// Where the `offset`-th byte of the block at `start` is.
    pub(super) fn at(&self, start: u64, offset: u64) -> Result<usize, Malformed> {
        let base = self.starts.get(&start);
        let base = base.ok_or_else(|| Malformed::at(self.span.start, "a block of the table", start.to_string()))?;
        Ok(base + offset as usize)
    }
    /// The block that holds a byte: its distance from the table's start.
    pub(super) fn block_of(&self, at: usize) -> Option<u64> {
        // Every block but the last is full.
        self.order.get(at / BLOCK).copied()
    }
    /// These bytes were read for something that is in the listing.
    pub(super) fn saw(&mut self, from: usize, to: usize) {
        if from < to {
            let end = self.seen.entry(from).or_insert(to);
            *end = (*end).max(to);
        }
    }
    /// What nothing was read for.
    pub(super) fn unseen(&self) -> Vec<u8> {
        let (mut at, mut rest) = (0, Vec::new());
        for (&from, &to) in &self.seen {
            rest.extend_from_slice(self.bytes.get(at..from).unwrap_or_default());
            at = at.max(to);
        }
        rest.extend_from_slice(self.bytes.get(at..).unwrap_or_default());
        rest
    }
}
