//! The tree: folders and the inodes in them, from the root.

use super::{Super, inode::Inode, pieces::pieces};
use crate::{
    format::{
        sections::Words,
        volume::{self, Codec, Listing, Piece},
    },
    model::{Blob, Malformed, Role, Value},
};
use std::collections::BTreeMap;

/// Folders in folders.
const DEPTH: usize = 1024;
/// Bytes of an entry without its name.
const ENTRY: usize = 12;
/// The longest path that a link may lead to.
const TARGET: u64 = 4096;

pub(super) struct Tree<'i> {
    it: Super,
    image: &'i Blob,
    /// The first path of each inode.
    known: BTreeMap<u64, String>,
}

/// What the walk does next.
struct Next {
    path: String,
    number: u64,
    /// The kind that the folder says.
    kind: Option<u64>,
    /// The folder above.
    above: u64,
    depth: usize,
}

impl<'i> Tree<'i> {
    pub(super) fn new(it: Super, image: &'i Blob) -> Self {
        Self {
            it,
            image,
            known: BTreeMap::new(),
        }
    }

    /// Inodes that some path led to.
    pub(super) fn inodes(&self) -> u64 {
        self.known.len() as u64
    }

    /// Every path, folders before what is in them, in the order of their names.
    pub(super) fn walk(&mut self, list: &mut Listing) -> Result<(), Malformed> {
        let mut next = vec![Next {
            path: String::new(),
            number: self.it.root,
            kind: None,
            above: self.it.root,
            depth: 0,
        }];
        while let Some(at) = next.pop() {
            if at.depth > DEPTH {
                return Err(Malformed::limit(format!("at most {DEPTH} folders in each other")));
            }
            list.place(at.number);
            let mut inode = Inode::read(self.image, self.it, self.it.inode(at.number)?, list)?;
            let kind = volume::kind(inode.mode);
            let pieces = match kind {
                "file" | "folder" | "symlink" => pieces(self.image, self.it, &inode, list)?,
                _ => Vec::new(),
            };
            if kind == "symlink" {
                inode.attributes.target = Some(self.bytes(&pieces, inode.size.min(TARGET), list)?);
            }
            list.file(&at.path, &inode.attributes)?;
            let said = numbered(kind);
            list.wrong_if(at.kind.is_some_and(|kind| kind != said), &[at.kind.unwrap_or(0) as u8]);
            let first = match self.known.get(&at.number) {
                Some(first) => {
                    list.put_long("same file as", first.as_bytes(), Role::Link, Value::Raw);
                    false
                }
                None => self.known.insert(at.number, at.path.clone()).is_none(),
            };
            match kind {
                "file" => list.content("", pieces, Codec::Lz4)?,
                "folder" if !first => {
                    return Err(Malformed::at(0, "folders that are in no other", at.path));
                }
                "folder" => {
                    list.place(inode.size);
                    let bytes = self.bytes(&pieces, inode.size, list)?;
                    let inside = self.entries(&at, &bytes, list)?;
                    // The last one is taken first.
                    next.extend(inside.into_iter().rev());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The bytes of a folder or a link, which are never compressed.
    fn bytes(&self, pieces: &[Piece], size: u64, list: &mut Listing) -> Result<Vec<u8>, Malformed> {
        list.spend(size)?;
        let mut bytes = Vec::new();
        for piece in pieces {
            let Piece::Stored(span) = piece else {
                return Err(Malformed::at(0, "a folder or link as it is", "one that is compressed"));
            };
            list.take(*span);
            bytes.extend_from_slice(self.image.get_span(*span).unwrap_or_default());
        }
        match bytes.len() as u64 == size {
            true => Ok(bytes),
            false => Err(Malformed::at(0, format!("{size} bytes"), bytes.len().to_string())),
        }
    }

    /// What is in a folder: in each block entries, and their names behind them.
    fn entries(&self, folder: &Next, bytes: &[u8], list: &mut Listing) -> Result<Vec<Next>, Malformed> {
        let mut found = Vec::new();
        for block in bytes.chunks(self.it.block) {
            let word = Words::little(block);
            let first = word.position(8, 2)?;
            if first < ENTRY || !first.is_multiple_of(ENTRY) || first > block.len() {
                return Err(Malformed::at(8, "names behind all entries", first.to_string()));
            }
            let mut end = 0;
            for at in (0..first).step_by(ENTRY) {
                let start = word.position(at + 8, 2)?;
                let to = if at + ENTRY < first {
                    word.position(at + ENTRY + 8, 2)?
                } else {
                    block.len()
                };
                let all = block.get(start..to).unwrap_or_default();
                let name = &all[..memchr::memchr(0, all).unwrap_or(all.len())];
                if name.is_empty() || name.contains(&b'/') {
                    return Err(Malformed::at(start, "a name", "none"));
                }
                list.wrong_if(word.u8(at + 11)? != 0, &block[at..at + ENTRY]);
                found.push((name.to_vec(), word.u64(at)?, word.u8(at + 10)?));
                list.wrong_if(at + ENTRY < first && start + name.len() != to, all);
                end = start + name.len();
            }
            let behind = block.get(end..).unwrap_or_default();
            list.wrong_if(behind.iter().any(|&b| b != 0), behind);
            list.place(first as u64);
        }
        // Linux looks for names in their order, and so finds none that stands elsewhere.
        let ordered = found.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let names: Vec<&[u8]> = found.iter().map(|entry| &entry.0[..]).collect();
        list.wrong_if(!ordered, &names.join(&0));
        let above = found.iter().filter(|entry| dots(&entry.0)).count() as u64;
        list.put("itself and above", &above.to_le_bytes(), Role::Structure, Value::Raw);
        found.sort();
        let mut next = Vec::with_capacity(found.len());
        for (name, number, kind) in found {
            if dots(&name) {
                let wanted = if name == b"." { folder.number } else { folder.above };
                list.wrong_if(
                    (number, kind) != (wanted, 2),
                    &[number, kind].map(u64::to_le_bytes).concat(),
                );
                continue;
            }
            next.push(Next {
                path: list.below(&folder.path, &name)?,
                number,
                kind: Some(kind),
                above: folder.number,
                depth: folder.depth + 1,
            });
        }
        Ok(next)
    }
}

fn dots(name: &[u8]) -> bool {
    matches!(name, b"." | b"..")
}

/// The number that a folder has for a kind.
fn numbered(kind: &str) -> u64 {
    match kind {
        "file" => 1,
        "folder" => 2,
        "character device" => 3,
        "block device" => 4,
        "FIFO" => 5,
        "socket" => 6,
        "symlink" => 7,
        _ => 0,
    }
}
