//! The tables behind the folders: fragments, exports, user and group numbers, extended attributes.

use super::{NONE, Super, meta, meta::Table};
use crate::{
    format::{
        sections::Words,
        volume::{Codec, Listing},
    },
    model::{Blob, Malformed, Role, Span, Value},
};
use rayon::prelude::*;

/// A compressed size has this bit where the block is stored.
pub(super) const STORED: u64 = 1 << 24;

pub(super) struct Tables {
    /// Where the first of them begins.
    pub(super) first: usize,
    pub(super) ids: Vec<u64>,
    /// Decoded; those that nothing decodes are missing.
    pub(super) fragments: Vec<Blob>,
    /// Place of each inode by its number, where the image is exportable.
    pub(super) exports: Vec<u64>,
    pub(super) xattrs: Vec<Vec<u8>>,
}

impl Tables {
    pub(super) fn read(image: &Blob, it: Super, list: &mut Listing) -> Result<Self, Malformed> {
        let mut first = it.used;
        let mut table = |at: u64, entries: usize, size: usize| -> Result<Vec<u8>, Malformed> {
            if at == NONE || entries == 0 {
                return Ok(Vec::new());
            }
            let (bytes, start) = indexed(image, it, at, entries, size, list)?;
            first = first.min(start);
            Ok(bytes)
        };
        let fragments = table(it.fragment_table, it.fragments, 16)?;
        let inodes = usize::try_from(it.inodes).unwrap_or(usize::MAX);
        let exports = table(it.export_table, inodes, 8)?;
        let ids = table(it.id_table, it.ids, 4)?;
        let (xattrs, start) = xattrs(image, it, list)?;
        let numbers = |bytes: &[u8], size: usize| -> Vec<u64> {
            let number = |c: &[u8]| c.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
            bytes.chunks_exact(size).map(number).collect()
        };
        Ok(Self {
            first: first.min(start),
            ids: numbers(&ids, 4),
            exports: numbers(&exports, 8),
            fragments: decoded(image, it, &fragments, list)?,
            xattrs,
        })
    }
}

/// A table whose blocks are listed at `at`: its bytes, and where its first block begins.
fn indexed(
    image: &Blob,
    it: Super,
    at: u64,
    entries: usize,
    size: usize,
    list: &mut Listing,
) -> Result<(Vec<u8>, usize), Malformed> {
    let word = Words::little(image);
    let at = usize::try_from(at).map_err(|_| Malformed::at(48, "a table in the image", at.to_string()))?;
    let bytes = entries.saturating_mul(size);
    let blocks = bytes.div_ceil(meta::BLOCK);
    word.slice(at, blocks.saturating_mul(8))?;
    list.take(Span::at(at, blocks * 8));
    let (mut all, mut start) = (Vec::new(), at);
    for index in 0..blocks {
        let place = word.position(at + index * 8, 8)?;
        let block = meta::block(image, it, place)?;
        list.take(block.span);
        list.place(place as u64);
        start = start.min(place);
        all.extend_from_slice(&block.bytes);
        // Each block but the last is full: otherwise entries would be elsewhere than readers look for them.
        if index + 1 < blocks && block.bytes.len() != meta::BLOCK {
            return Err(Malformed::at(
                place,
                "a full block",
                format!("{} bytes", block.bytes.len()),
            ));
        }
    }
    if all.len() != bytes {
        return Err(Malformed::at(
            at,
            format!("{bytes} bytes in a table"),
            all.len().to_string(),
        ));
    }
    Ok((all, start))
}

/// All fragments, decoded.
fn decoded(image: &Blob, it: Super, entries: &[u8], list: &mut Listing) -> Result<Vec<Blob>, Malformed> {
    let word = Words::little(entries);
    let mut blocks = Vec::new();
    for at in (0..entries.len()).step_by(16) {
        let (start, size, unused) = (word.position(at, 8)?, word.u32(at + 8)?, word.u32(at + 12)?);
        let length = (size & (STORED - 1)) as usize;
        Words::little(image).slice(start, length)?;
        let span = Span::at(start, length);
        list.take(span);
        list.place(start as u64);
        if unused != 0 {
            list.wrong(&unused.to_le_bytes());
        }
        blocks.push((span, if size & STORED == 0 { it.codec } else { Codec::None }));
    }
    let total = blocks.len().saturating_mul(it.block);
    if total > (image.len().saturating_mul(100)).max(1 << 26) {
        return Err(Malformed::limit("fragments of the image's size"));
    }
    let one = |(span, codec): &(Span, Codec)| {
        let stored = image.slice(*span);
        match codec {
            Codec::None => Ok(stored),
            codec => codec.block(&stored, it.block).map(Blob::from),
        }
    };
    blocks.par_iter().map(one).collect()
}

/// The attributes of each id, as `name=value` pairs with their lengths; and where the table begins.
fn xattrs(image: &Blob, it: Super, list: &mut Listing) -> Result<(Vec<Vec<u8>>, usize), Malformed> {
    if it.xattr_table == NONE {
        return Ok((Vec::new(), it.used));
    }
    let at = usize::try_from(it.xattr_table).map_err(|_| Malformed::at(56, "a table", "none"))?;
    let word = Words::little(image);
    let (start, count) = (word.position(at, 8)?, word.position(at + 8, 4)?);
    list.take(Span::at(at, 16));
    list.field("xattr reserved", Span::at(at + 12, 4), Role::Structure, Value::Raw);
    if count == 0 {
        return Ok((Vec::new(), start.min(at)));
    }
    let (ids, first) = indexed(image, it, (at + 16) as u64, count, 16, list)?;
    let mut pairs = Table::read(image, it, start, first)?;
    list.take(pairs.span);
    let ids_of = Words::little(&ids);
    let (mut all, mut sizes) = (Vec::with_capacity(count), Vec::new());
    for at in (0..ids.len()).step_by(16) {
        let (place, number, size) = (ids_of.u64(at)?, ids_of.u32(at + 8)?, ids_of.u32(at + 12)?);
        list.place(place);
        sizes.extend_from_slice(&size.to_le_bytes());
        let from = pairs.at(place >> 16, place & 0xffff)?;
        let (found, to) = pairs_at(&pairs, from, number)?;
        pairs.saw(from, to);
        all.push(found);
    }
    list.put_long("sizes of xattrs", &sizes, Role::Structure, Value::Raw);
    list.put_long("xattrs of no file", &pairs.unseen(), Role::Structure, Value::Raw);
    Ok((all, start))
}

/// So many attributes from a place on, as they are but for a value that lies elsewhere; and where they end.
fn pairs_at(table: &Table, from: usize, count: u64) -> Result<(Vec<u8>, usize), Malformed> {
    let word = Words::little(&table.bytes);
    let (mut at, mut found) = (from, Vec::new());
    for _ in 0..count {
        let (kind, length) = (word.u16(at)?, word.position(at + 2, 2)?);
        let size = word.position(at + 4 + length, 4)?;
        let value = at + 8 + length;
        found.extend_from_slice(&(kind & 0xff).to_le_bytes());
        found.extend_from_slice(word.slice(at + 2, 2 + length)?);
        let stored = word.slice(value, size)?;
        // A value that several files share is stored once.
        let own = if kind & 0x100 == 0 {
            stored
        } else {
            let place = word.u64(value)?;
            let other = table.at(place >> 16, place & 0xffff)?;
            word.slice(other + 4, word.position(other, 4)?)?
        };
        found.extend_from_slice(&(own.len() as u64).to_le_bytes());
        found.extend_from_slice(own);
        at = value + size;
    }
    Ok((found, at))
}
