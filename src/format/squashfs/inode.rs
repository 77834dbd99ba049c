//! The tree: folders and the inodes in them, from the root.

use super::{
    Super,
    meta::Table,
    tables::{STORED, Tables},
};
use crate::{
    format::volume::{Attributes, Codec, Endian, Listing, Piece},
    model::{Malformed, Role, Span, Value},
};
use std::collections::{BTreeMap, BTreeSet};

/// No fragment, no attributes.
const NOTHING: u64 = 0xffff_ffff;
/// Folders in folders.
const DEPTH: usize = 4096;

pub(super) struct Tree {
    it: Super,
    inodes: Table,
    folders: Table,
    tables: Tables,
    /// Folders that were entered: one that is in itself would never end.
    entered: BTreeSet<u64>,
    /// Place of each inode that was reached, by its number.
    places: BTreeMap<u64, u64>,
    owners: BTreeSet<usize>,
    attributes: BTreeSet<usize>,
    /// What of each fragment is some file's.
    tails: BTreeMap<usize, BTreeSet<Span>>,
}

/// What the walk does next.
struct Next {
    path: String,
    place: u64,
    /// The number of the inode as the folder says, and that of the folder.
    number: Option<u64>,
    parent: Option<u64>,
    depth: usize,
}

/// What is left of an inode to list.
struct Inode {
    number: u64,
    attributes: Attributes,
    folder: Option<Folder>,
    file: Option<(Vec<Piece>, Codec)>,
    places: Vec<u64>,
    /// A fragment, and what of it is this file's.
    tail: Option<(usize, Span)>,
    end: usize,
}

struct Folder {
    start: u64,
    offset: u64,
    size: u64,
    parent: u64,
    /// Entries of its index, and where that lies.
    index: (usize, usize),
}

impl Tree {
    pub(super) fn new(it: Super, inodes: Table, folders: Table, tables: Tables) -> Self {
        Self {
            it,
            inodes,
            folders,
            tables,
            entered: BTreeSet::new(),
            places: BTreeMap::new(),
            owners: BTreeSet::new(),
            attributes: BTreeSet::new(),
            tails: BTreeMap::new(),
        }
    }

    /// Every path, folders before what is in them, in the order of their names.
    pub(super) fn walk(&mut self, list: &mut Listing) -> Result<(), Malformed> {
        let mut next = vec![Next {
            path: String::new(),
            place: self.it.root,
            number: None,
            parent: None,
            depth: 0,
        }];
        while let Some(at) = next.pop() {
            if at.depth > DEPTH {
                return Err(Malformed::limit(format!("at most {DEPTH} folders in each other")));
            }
            let inode = self.inode(at.place, list)?;
            let from = self.inodes.at(at.place >> 16, at.place & 0xffff)?;
            self.inodes.saw(from, inode.end);
            list.spend((inode.end - from) as u64)?;
            list.file(&at.path, &inode.attributes)?;
            list.place(at.place);
            list.place(inode.number);
            inode.places.iter().for_each(|place| list.place(*place));
            let known = *self.places.entry(inode.number).or_insert(at.place);
            if known != at.place || at.number.is_some_and(|number| number != inode.number) {
                list.wrong();
            }
            if let Some((fragment, tail)) = inode.tail {
                self.tails.entry(fragment).or_default().insert(tail);
            }
            if let Some((pieces, codec)) = inode.file {
                list.content("", pieces, codec)?;
            }
            if let Some(folder) = inode.folder {
                if !self.entered.insert(at.place) {
                    return Err(Malformed::at(0, "folders that are in no other", at.path));
                }
                if at.parent.is_some_and(|parent| parent != folder.parent) {
                    list.put("parent", &folder.parent.to_le_bytes(), Role::Structure, Value::Raw);
                }
                let inside = self.entries(&at, &folder, inode.number, list)?;
                // The last one is taken first.
                next.extend(inside.into_iter().rev());
            }
        }
        Ok(())
    }

    /// The inode at a place: block and offset.
    fn inode(&mut self, place: u64, list: &mut Listing) -> Result<Inode, Malformed> {
        let at = self.inodes.at(place >> 16, place & 0xffff)?;
        let word = Endian::little(&self.inodes.bytes);
        let (kind, mode) = (word.u16(at)?, word.u16(at + 2)? as u32);
        let time = word.u32(at + 8)? as i64;
        let ids = [word.at::<2>(at + 4)?, word.at::<2>(at + 6)?];
        let number = word.u32(at + 12)?;
        let mut inode = Inode {
            number,
            attributes: Attributes::default(),
            folder: None,
            file: None,
            places: Vec::new(),
            tail: None,
            end: at + 16,
        };
        let body = at + 16;
        let mut other: Vec<(&'static str, u64)> = Vec::new();
        let mut xattr = NOTHING;
        let name = match kind {
            1 => {
                inode.folder = Some(Folder {
                    start: word.u32(body)?,
                    offset: word.u16(body + 10)?,
                    size: word.u16(body + 8)?,
                    parent: word.u32(body + 12)?,
                    index: (0, 0),
                });
                other.push(("links", word.u32(body + 4)?));
                inode.end = body + 16;
                "folder"
            }
            8 => {
                let index = word.at::<2>(body + 16)?;
                inode.folder = Some(Folder {
                    start: word.u32(body + 8)?,
                    offset: word.u16(body + 18)?,
                    size: word.u32(body + 4)?,
                    parent: word.u32(body + 12)?,
                    index: (index, body + 24),
                });
                other.push(("links", word.u32(body)?));
                xattr = word.u32(body + 20)?;
                inode.end = body + 24;
                for _ in 0..index {
                    inode.end += 12 + word.at::<4>(inode.end + 8)?.min(1 << 16) + 1;
                }
                "extended folder"
            }
            2 => {
                let size = word.u32(body + 12)?;
                let file = File {
                    start: word.u32(body)?,
                    fragment: word.u32(body + 4)?,
                    offset: word.u32(body + 8)?,
                    size,
                };
                inode.end = self.blocks(&mut inode, file, body + 16, list)?;
                "file"
            }
            9 => {
                let file = File {
                    start: word.u64(body)?,
                    size: word.u64(body + 8)?,
                    fragment: word.u32(body + 28)?,
                    offset: word.u32(body + 32)?,
                };
                other.push(("links", word.u32(body + 24)?));
                other.push(("saved by holes", word.u64(body + 16)?));
                xattr = word.u32(body + 36)?;
                inode.end = self.blocks(&mut inode, file, body + 40, list)?;
                "extended file"
            }
            3 | 10 => {
                let size = word.at::<4>(body + 4)?;
                other.push(("links", word.u32(body)?));
                inode.attributes.target = Some(word.slice(body + 8, size)?.to_vec());
                inode.end = body + 8 + size;
                if kind == 10 {
                    xattr = word.u32(inode.end)?;
                    inode.end += 4;
                }
                if kind == 3 { "symlink" } else { "extended symlink" }
            }
            4 | 5 | 11 | 12 => {
                other.push(("links", word.u32(body)?));
                other.push(("device", word.u32(body + 4)?));
                inode.end = body + 8;
                if kind > 7 {
                    xattr = word.u32(body + 8)?;
                    inode.end += 4;
                }
                match kind {
                    4 => "block device",
                    5 => "character device",
                    11 => "extended block device",
                    _ => "extended character device",
                }
            }
            6 | 7 | 13 | 14 => {
                other.push(("links", word.u32(body)?));
                inode.end = body + 4;
                if kind > 7 {
                    xattr = word.u32(body + 4)?;
                    inode.end += 4;
                }
                match kind {
                    6 => "FIFO",
                    7 => "socket",
                    13 => "extended FIFO",
                    _ => "extended socket",
                }
            }
            _ => return Err(Malformed::at(at, "a kind of inode", kind.to_string())),
        };
        let owner = ids.map(|id| self.tables.ids.get(id).copied());
        let [Some(user), Some(group)] = owner else {
            return Err(Malformed::at(at, "a number of an owner", "none"));
        };
        self.owners.extend(ids);
        let it = &mut inode.attributes;
        it.kind = name.into();
        it.mode = Some(mode);
        it.owner = Some((user, group));
        let value = Value::Time {
            seconds: time,
            local: false,
        };
        it.times.push(("mtime", time.to_le_bytes().to_vec(), value));
        it.other = other
            .into_iter()
            .map(|(name, n)| (name.into(), n.to_le_bytes().to_vec()))
            .collect();
        if xattr != NOTHING {
            let missing = || Malformed::at(at, "attributes of an inode", "none");
            let id = usize::try_from(xattr).map_err(|_| missing())?;
            let pairs = self.tables.xattrs.get(id).ok_or_else(missing)?;
            it.other.push(("extended attributes".into(), pairs.clone()));
            inode.places.push(xattr);
            self.attributes.insert(id);
        }
        Ok(inode)
    }

    /// The pieces of a file whose list of blocks stands at `at`; gives where that ends.
    fn blocks(&self, inode: &mut Inode, file: File, at: usize, list: &mut Listing) -> Result<usize, Malformed> {
        let block = self.it.block as u64;
        let whole = file.size / block;
        let tail = (file.size % block) as usize;
        let ends = file.fragment != NOTHING;
        let count = if ends || tail == 0 { whole } else { whole + 1 };
        let length = usize::try_from(count).ok().and_then(|count| count.checked_mul(4));
        let sizes = Endian::little(&self.inodes.bytes).slice(at, length.unwrap_or(usize::MAX))?;
        list.spend(sizes.len() as u64 * 4)?;
        let mut start = file.start;
        let (mut pieces, mut left) = (Vec::new(), file.size);
        for size in sizes.chunks_exact(4) {
            let size = Endian::little(size).u32(0)?;
            let (stored, decoded) = ((size & (STORED - 1)) as usize, left.min(block));
            left -= decoded;
            let from = usize::try_from(start).map_err(|_| Malformed::at(at, "a block in the image", "none"))?;
            let span = Span::at(from, stored);
            pieces.push(match size {
                0 => Piece::Zeros(decoded),
                _ if size & STORED == 0 => Piece::Packed {
                    span,
                    size: decoded as usize,
                },
                _ if stored as u64 == decoded => Piece::Stored(span),
                _ => return Err(Malformed::at(at, "a block as long as it should be", stored.to_string())),
            });
            start = start.saturating_add(stored as u64);
        }
        if ends {
            let fragment = usize::try_from(file.fragment)
                .ok()
                .and_then(|n| self.tables.fragments.get(n));
            let offset = file.offset as usize;
            let tail = Span::at(offset, tail);
            let there = fragment.filter(|fragment| tail.end <= fragment.len());
            let fragment = there.ok_or_else(|| Malformed::at(at, "a fragment", "none"))?;
            pieces.push(Piece::Shared(fragment.slice(tail)));
            inode.tail = Some((file.fragment as usize, tail));
        }
        inode.places.extend([file.start, file.fragment, file.offset]);
        inode.file = Some((pieces, self.it.codec));
        Ok(at + count as usize * 4)
    }
}

#[derive(Clone, Copy)]
struct File {
    start: u64,
    fragment: u64,
    offset: u64,
    size: u64,
}

impl Tree {
    /// What is in a folder, in the order of its names.
    fn entries(&mut self, at: &Next, folder: &Folder, own: u64, list: &mut Listing) -> Result<Vec<Next>, Malformed> {
        // A folder without entries has a size of three.
        let size = folder.size.saturating_sub(3) as usize;
        if size == 0 {
            return Ok(Vec::new());
        }
        let start = self.folders.at(folder.start, folder.offset)?;
        let word = Endian::little(&self.folders.bytes);
        word.slice(start, size)?;
        list.spend(size as u64)?;
        let (mut place, end) = (start, start + size);
        let (mut found, mut heads) = (Vec::new(), BTreeMap::new());
        while place < end {
            let (count, block, number) = (word.u32(place)? + 1, word.u32(place + 4)?, word.u32(place + 8)?);
            let head = (place - start) as u64;
            let of = self.folders.block_of(place);
            place += 12;
            for nth in 0..count {
                if place >= end {
                    return Err(Malformed::at(place, "an entry of a folder", "its end"));
                }
                let (offset, delta) = (word.u16(place)?, word.u16(place + 2)? as u16 as i16);
                let name = word.slice(place + 8, word.at::<2>(place + 6)? + 1)?;
                if nth == 0 {
                    heads.insert(head, (of, name.to_vec()));
                }
                list.place(word.u16(place + 4)?);
                found.push((
                    name.to_vec(),
                    block << 16 | offset,
                    number.wrapping_add_signed(delta.into()) & NOTHING,
                ));
                place += 8 + name.len();
            }
        }
        if place != end {
            return Err(Malformed::at(place, "the end of a folder", "an entry"));
        }
        if !self.index_right(folder, &heads)? {
            list.wrong();
        }
        self.folders.saw(start, end);
        // The kernel looks for names in their order, and so finds none that stands elsewhere.
        if !found.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            list.wrong();
        }
        found.sort();
        let mut next = Vec::with_capacity(found.len());
        for (name, place, number) in found {
            next.push(Next {
                path: list.below(&at.path, &name)?,
                place,
                number: Some(number),
                parent: Some(own),
                depth: at.depth + 1,
            });
        }
        Ok(next)
    }

    /// Whether the index of a large folder leads to what is there.
    fn index_right(&self, folder: &Folder, heads: &BTreeMap<u64, (Option<u64>, Vec<u8>)>) -> Result<bool, Malformed> {
        let word = Endian::little(&self.inodes.bytes);
        let (count, mut at) = folder.index;
        for _ in 0..count {
            let (head, block) = (word.u32(at)?, word.u32(at + 4)?);
            let name = word.slice(at + 12, word.at::<4>(at + 8)? + 1)?;
            let right = heads
                .get(&head)
                .is_some_and(|(of, first)| *of == Some(block) && first == name);
            if !right {
                return Ok(false);
            }
            at += 12 + name.len();
        }
        Ok(true)
    }

    /// What of the fragments is no file's.
    fn unused_tails(&self) -> Vec<Piece> {
        let mut rest = Vec::new();
        for (index, fragment) in self.tables.fragments.iter().enumerate() {
            let mut at = 0;
            let end = Span::at(fragment.len(), 0);
            let tails = self.tails.get(&index).into_iter().flatten();
            for tail in tails.chain([&end]) {
                if tail.start > at {
                    rest.push(Piece::Shared(fragment.slice(Span::new(at, tail.start))));
                }
                at = at.max(tail.end);
            }
        }
        rest
    }

    /// What no path led to, and whether the tables say what the tree does.
    pub(super) fn left_over(&mut self, list: &mut Listing) -> Result<(), Malformed> {
        list.node("metadata of no file")?;
        list.put_long("inodes", &self.inodes.unseen(), Role::Content, Value::Raw);
        list.put_long("folders", &self.folders.unseen(), Role::Content, Value::Raw);
        let ids = (0..self.tables.ids.len()).filter(|id| !self.owners.contains(id));
        let ids: Vec<u8> = ids.flat_map(|id| self.tables.ids[id].to_le_bytes()).collect();
        list.put_long("owners", &ids, Role::Content, Value::Raw);
        let unused = (0..self.tables.xattrs.len()).filter(|id| !self.attributes.contains(id));
        let unused: Vec<u8> = unused.flat_map(|id| self.tables.xattrs[id].clone()).collect();
        list.put_long("attributes", &unused, Role::Content, Value::Raw);
        list.content("fragments", self.unused_tails(), Codec::None)?;
        let exports = &self.tables.exports;
        let number = |index: usize| index as u64 + 1;
        let leads = |(index, place): (usize, &u64)| self.places.get(&number(index)) == Some(place);
        let count = self.places.len() as u64 == self.it.inodes;
        if !count || !exports.iter().enumerate().all(leads) {
            list.wrong();
            let exports: Vec<u8> = exports.iter().flat_map(|place| place.to_le_bytes()).collect();
            list.put_long("exports", &exports, Role::Content, Value::Raw);
        }
        Ok(())
    }
}
