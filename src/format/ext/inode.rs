//! Inodes by path, from the root; and those that no folder leads to.

use super::{
    Super,
    blocks::Blocks,
    crc::crc32c,
    folder::{self, Of},
    groups::Groups,
};
use crate::{
    format::{
        sections::Words,
        volume::{Attributes, Codec, Listing, Piece, label},
    },
    model::{Blob, Malformed, Role, Span, Value},
};
use std::collections::BTreeSet;

const ROOT: u64 = 2;
/// Folders in folders.
const DEPTH: usize = 4096;

/// What the walk does next.
struct Next {
    path: String,
    inode: u64,
    /// What the folder says that it is; nothing for the root.
    kind: u64,
    parent: u64,
    depth: usize,
}

/// Lists every path, folders before what is in them.
pub(super) fn walk(image: &Blob, it: Super, groups: &mut Groups, list: &mut Listing) -> Result<(), Malformed> {
    let mut next: Vec<Next> = Vec::new();
    let mut entered = BTreeSet::new();
    for number in (1..it.first_inode.min(it.inodes + 1)).filter(|&number| number != ROOT) {
        let span = groups.inode(number)?;
        groups.reached(number, false);
        if image.get_span(span).is_some_and(|bytes| bytes.iter().any(|&b| b != 0)) {
            let name = match number {
                7 => "(resize inode)".to_owned(),
                8 => "(journal)".to_owned(),
                _ => format!("(inode {number})"),
            };
            Inode::read(image, it, number, groups)?.list(&name, groups, list)?;
        }
    }
    next.push(Next {
        path: String::new(),
        inode: ROOT,
        kind: 0,
        parent: ROOT,
        depth: 0,
    });
    while let Some(at) = next.pop() {
        if at.depth > DEPTH {
            return Err(Malformed::limit(format!("at most {DEPTH} folders in each other")));
        }
        let inode = Inode::read(image, it, at.inode, groups)?;
        let is_folder = inode.kind() == 0x4000;
        groups.reached(at.inode, is_folder);
        let blocks = inode.list(&at.path, groups, list)?;
        list.place(at.inode);
        // The kinds of a folder's entries have numbers of their own.
        let kinds = [0x8000, 0x4000, 0x2000, 0x6000, 0x1000, 0xc000, 0xa000];
        if at.kind != 0 && kinds.get(at.kind as usize - 1) != Some(&inode.kind()) {
            list.put(
                "kind in the folder",
                &at.kind.to_le_bytes(),
                Role::Structure,
                Value::Raw,
            );
        }
        if !is_folder {
            continue;
        }
        if !entered.insert(at.inode) {
            return Err(Malformed::at(0, "folders that are in no other", at.path));
        }
        let of = Of {
            inode: at.inode,
            parent: at.parent,
            indexed: inode.flags & 0x1000 != 0,
            seed: inode.seed,
        };
        let mut entries = folder::entries(image, it, &blocks, of, list)?;
        if entries.len() > 1 {
            let names: Vec<String> = entries.iter().map(|entry| label(&entry.name)).collect();
            list.names(&names);
        }
        entries.sort_by(|x, y| x.name.cmp(&y.name));
        for entry in entries.into_iter().rev() {
            next.push(Next {
                path: list.below(&at.path, &entry.name)?,
                inode: entry.inode,
                kind: entry.kind,
                parent: at.inode,
                depth: at.depth + 1,
            });
        }
    }
    Ok(())
}

struct Inode<'b> {
    image: &'b Blob,
    it: Super,
    span: Span,
    mode: u64,
    flags: u64,
    size: u64,
    /// Of its checksums.
    seed: u32,
    sum_right: bool,
    /// Bytes of it that are fields.
    extra: usize,
}

impl<'b> Inode<'b> {
    fn read(image: &'b Blob, it: Super, number: u64, groups: &Groups) -> Result<Self, Malformed> {
        let span = groups.inode(number)?;
        let bytes = image
            .get_span(span)
            .ok_or_else(|| Malformed::truncated(image.len(), "an inode"))?;
        let word = Words::little(bytes);
        let extra = if it.inode > 128 { word.position(128, 2)? } else { 0 };
        if 128 + extra > it.inode {
            return Err(Malformed::at(
                span.start + 128,
                "fields inside the inode",
                extra.to_string(),
            ));
        }
        let mode = word.u16(0)?;
        let generation = (word.u32(100)? as u32).to_le_bytes();
        let seed = crc32c(crc32c(it.seed, &(number as u32).to_le_bytes()), &generation);
        Ok(Self {
            image,
            it,
            span,
            mode,
            flags: word.u32(32)?,
            size: word.u32(4)? | word.u32(108)? << 32,
            seed,
            sum_right: sum_right(bytes, seed, extra, it),
            extra,
        })
    }
    fn kind(&self) -> u64 {
        self.mode & 0xf000
    }
    fn word(&self) -> Words<'b> {
        Words::little(self.image.get(self.span.start..self.span.end).unwrap_or_default())
    }

    /// Its node, with its content; gives the blocks of a folder.
    fn list(&self, path: &str, groups: &mut Groups, list: &mut Listing) -> Result<Vec<Span>, Malformed> {
        let word = self.word();
        list.take(self.span);
        let root = Span::at(self.span.start + 40, 60);
        let mut blocks = Blocks {
            image: self.image,
            it: self.it,
            seed: self.seed,
            runs: Vec::new(),
            count: 0,
        };
        let inline = self.flags & 0x1000_0000 != 0;
        let acl = word.u32(104)? | word.u16(118)? << 32;
        let sectors = word.u32(28)? | word.u16(116)? << 32;
        let of_acl = if acl == 0 { 0 } else { self.it.block as u64 / 512 };
        // A short symlink, a device or a pipe has no blocks.
        let short = inline
            || !matches!(self.kind(), 0x8000 | 0x4000 | 0xa000 | 0)
            || self.kind() == 0xa000 && sectors <= of_acl && self.size < 60;
        if !short {
            match self.flags & 0x8_0000 {
                0 => blocks.lists(root, groups, list)?,
                // What stands behind the last extent is compared below.
                _ => blocks.extents(root, groups, list)?,
            }
        }
        let mut node = self.attributes()?;
        if short {
            let bytes = word.slice(40, 60)?;
            if self.kind() == 0xa000 && !inline {
                let (target, rest) = bytes.split_at(self.size.min(60) as usize);
                node.target = Some(target.to_vec());
                if rest.iter().any(|&b| b != 0) {
                    node.other.push(("behind the target".into(), rest.to_vec()));
                }
            } else {
                node.other.push(("short".into(), bytes.to_vec()));
            }
        } else if self.flags & 0x8_0000 != 0 {
            let entries = (word.position(42, 2)? * 12 + 12).min(60);
            node.other.push((
                "behind the extents".into(),
                word.slice(40 + entries, 60 - entries)?.to_vec(),
            ));
        }
        list.place(sectors);
        list.place(acl);
        let unit = if self.flags & 0x4_0000 != 0 {
            1
        } else {
            self.it.block as u64 / 512
        };
        if sectors != blocks.count * unit + of_acl {
            node.other.push(("blocks".into(), sectors.to_le_bytes().to_vec()));
        }
        if !self.sum_right {
            let high = if self.extra >= 4 { word.u16(130)? } else { 0 };
            let sum = word.u16(124)? | high << 16;
            node.other.push(("checksum".into(), sum.to_le_bytes().to_vec()));
        }
        if acl != 0 {
            node.other
                .push(("attributes in a block".into(), self.acl(acl, groups, list)?));
        }
        list.file(path, &node)?;
        list.put("generation", word.slice(100, 4)?, Role::Identifier, Value::Raw);
        match self.kind() {
            0x4000 if !inline => self.folder(&blocks),
            0x8000 | 0xa000 | 0 if !short => {
                list.content("", blocks.pieces(self.size)?, Codec::None)?;
                Ok(Vec::new())
            }
            0x8000 => {
                let length = self.size.min(60) as usize;
                let bytes = self.image.slice(Span::at(root.start, length));
                list.content("", vec![Piece::Shared(bytes)], Codec::None)?;
                Ok(Vec::new())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The blocks of a folder, which fill it.
    fn folder(&self, blocks: &Blocks<'_>) -> Result<Vec<Span>, Malformed> {
        let mut spans = Vec::new();
        for &(_, start, count, unwritten) in &blocks.runs {
            for block in (start..start + count).filter(|_| !unwritten) {
                spans.push(self.it.span(block, 1)?);
            }
        }
        if spans.len() as u64 * self.it.block as u64 != self.size {
            return Err(Malformed::at(
                self.span.start,
                "as many blocks as a folder has",
                spans.len().to_string(),
            ));
        }
        Ok(spans)
    }

    /// What is in it that is no place.
    fn attributes(&self) -> Result<Attributes, Malformed> {
        let word = self.word();
        let kind = match self.kind() {
            0x1000 => "FIFO",
            0x2000 => "character device",
            0x4000 => "folder",
            0x6000 => "block device",
            0x8000 => "file",
            0xa000 => "symlink",
            0xc000 => "socket",
            _ => "no file",
        };
        let has = |end: usize| self.extra + 128 >= end;
        let mut times = Vec::new();
        let fields = [
            ("atime", 8, 140),
            ("ctime", 12, 132),
            ("mtime", 16, 136),
            ("crtime", 144, 148),
        ];
        for (name, at, more) in fields
            .into_iter()
            .filter(|(name, at, _)| *name != "crtime" || has(at + 4))
        {
            let low = word.u32(at)?;
            let high = if has(more + 4) { word.u32(more)? } else { 0 };
            let value = Value::Time {
                seconds: i64::from(low as u32 as i32) + (((high & 3) as i64) << 32),
                local: false,
            };
            let bytes = [&(low as u32).to_le_bytes()[..], &(high as u32).to_le_bytes()[..]].concat();
            times.push((name, bytes, value));
        }
        let deleted = word.u32(20)?;
        let mut other: Vec<(std::borrow::Cow<'static, str>, Vec<u8>)> = Vec::new();
        for (name, at, size) in [
            ("links", 26, 2),
            ("flags", 32, 4),
            ("version", 36, 4),
            ("reserved", 112, 4),
            ("reserved", 126, 2),
        ] {
            let bytes = word.slice(at, size)?;
            if bytes.iter().any(|&b| b != 0) {
                other.push((name.into(), bytes.to_vec()));
            }
        }
        if deleted != 0 {
            other.push(("deleted".into(), deleted.to_le_bytes().to_vec()));
        }
        if !matches!(self.kind(), 0x8000 | 0x4000 | 0xa000) {
            other.push(("size".into(), self.size.to_le_bytes().to_vec()));
        }
        let known = match self.extra {
            28 | 32 => 128 + self.extra,
            _ => 128,
        };
        let tail = word.slice(known, self.it.inode - known)?;
        if tail.iter().any(|&b| b != 0) {
            other.push(("attributes in the inode".into(), tail.to_vec()));
        }
        if known > 128 {
            other.push(("extra size".into(), word.slice(128, 2)?.to_vec()));
        }
        let more = word.slice(152.min(known), known - 152.min(known))?;
        if more.iter().any(|&b| b != 0) {
            other.push(("version and project".into(), more.to_vec()));
        }
        Ok(Attributes {
            kind: kind.into(),
            mode: Some((self.mode & 0o7777) as u32),
            owner: Some((
                word.u16(2)? | word.u16(120)? << 16,
                word.u16(24)? | word.u16(122)? << 16,
            )),
            times,
            target: None,
            // That of a folder is that of its blocks, that of a link of its target.
            size: (self.kind() == 0x8000).then_some(self.size),
            other,
        })
    }

    /// A block of extended attributes, without the checksum where that is right.
    fn acl(&self, block: u64, groups: &mut Groups, list: &mut Listing) -> Result<Vec<u8>, Malformed> {
        let span = groups.uses(block, 1)?;
        list.take(span);
        let mut bytes = self.image.slice(span).to_vec();
        let stored = Words::little(&bytes).u32(16)?;
        if self.it.sums() {
            bytes[16..20].fill(0);
            let sum = crc32c(crc32c(self.it.seed, &block.to_le_bytes()), &bytes);
            if u64::from(sum) != stored {
                list.wrong(&stored.to_le_bytes());
            }
        }
        Ok(bytes)
    }
}

/// Whether the checksum of an inode is right.
fn sum_right(bytes: &[u8], seed: u32, extra: usize, it: Super) -> bool {
    let stored = u32::from(u16::from_le_bytes([bytes[124], bytes[125]]));
    let sums = it.sums() && bytes.iter().any(|&b| b != 0);
    let long = it.inode > 128 && extra >= 4;
    let stored = stored
        | if long {
            u32::from(u16::from_le_bytes([bytes[130], bytes[131]])) << 16
        } else {
            0
        };
    if !sums {
        return stored == 0;
    }
    let mut copy = bytes.to_vec();
    copy[124..126].fill(0);
    if long {
        copy[130..132].fill(0);
    }
    let sum = crc32c(seed, &copy);
    stored == if long { sum } else { sum & 0xffff }
}
