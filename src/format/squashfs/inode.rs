//! The tree: folders and the inodes in them, from the root.

use super::{
    Super,
    meta::Table,
    tables::{STORED, Tables},
};
use crate::{
    format::{
        sections::Words,
        volume::{Attributes, Codec, Listing, Piece},
    },
    model::{Malformed, Role, Span, Value},
};
use std::collections::{BTreeMap, BTreeSet};

/// No fragment, no attributes.
pub(super) const NOTHING: u64 = 0xffff_ffff;
/// Folders in folders.
const DEPTH: usize = 4096;

pub(super) struct Tree {
    pub(super) it: Super,
    pub(super) inodes: Table,
    pub(super) folders: Table,
    pub(super) tables: Tables,
    /// Folders that were entered: one that is in itself would never end.
    pub(super) entered: BTreeSet<u64>,
    /// Place of each inode that was reached, by its number.
    pub(super) places: BTreeMap<u64, u64>,
    pub(super) owners: BTreeSet<usize>,
    pub(super) attributes: BTreeSet<usize>,
    /// What of each fragment is some file's.
    pub(super) tails: BTreeMap<usize, BTreeSet<Span>>,
}

/// What the walk does next.
pub(super) struct Next {
    pub(super) path: String,
    pub(super) place: u64,
    /// Number and kind of the inode as the folder says.
    pub(super) entry: Option<(u64, u64)>,
    /// The number of the folder.
    pub(super) parent: Option<u64>,
    pub(super) depth: usize,
}

/// What is left of an inode to list.
struct Inode {
    number: u64,
    kind: u64,
    attributes: Attributes,
    folder: Option<Folder>,
    file: Option<(Vec<Piece>, Codec)>,
    places: Vec<u64>,
    /// A fragment, and what of it is this file's.
    tail: Option<(usize, Span)>,
    end: usize,
}

/// Where the entries of a folder are.
pub(super) struct Folder {
    pub(super) start: u64,
    pub(super) offset: u64,
    pub(super) size: u64,
    pub(super) parent: u64,
    /// Entries of its index, and where that lies.
    pub(super) index: (usize, usize),
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
            entry: None,
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
            let named = at.entry.unwrap_or((inode.number, inode.kind));
            // A folder says the plain kind of what is extended.
            if known != at.place || named != (inode.number, (inode.kind - 1) % 7 + 1) && at.entry.is_some() {
                list.wrong(
                    &[inode.number, known, at.place, named.0, named.1]
                        .map(u64::to_le_bytes)
                        .concat(),
                );
            }
            if let Some((fragment, tail)) = inode.tail {
                self.tails.entry(fragment).or_default().insert(tail);
            }
            if let Some((pieces, codec)) = inode.file {
                list.content("", pieces, codec)?;
            }
            if let Some(folder) = inode.folder {
                for place in [
                    folder.start,
                    folder.offset,
                    folder.size,
                    folder.parent,
                    folder.index.0 as u64,
                ] {
                    list.place(place);
                }
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
        let word = Words::little(&self.inodes.bytes);
        let (kind, mode) = (word.u16(at)?, word.u16(at + 2)? as u32);
        let time = word.u32(at + 8)? as i64;
        let ids = [word.position(at + 4, 2)?, word.position(at + 6, 2)?];
        let number = word.u32(at + 12)?;
        let mut inode = Inode {
            number,
            kind,
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
                let index = word.position(body + 16, 2)?;
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
                    inode.end += 12 + word.position(inode.end + 8, 4)?.min(1 << 16) + 1;
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
                let size = word.position(body + 4, 4)?;
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
        inode.places.extend(ids.map(|id| id as u64));
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
        let sizes = Words::little(&self.inodes.bytes).slice(at, length.unwrap_or(usize::MAX))?;
        list.spend(sizes.len() as u64 * 4)?;
        let mut start = file.start;
        let (mut pieces, mut left) = (Vec::new(), file.size);
        for size in sizes.chunks_exact(4) {
            let size = Words::little(size).u32(0)?;
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
