//! Folders by their names, and what no path led to.

use super::inode::{Folder, NOTHING, Next, Tree};
use crate::{
    format::{
        sections::Words,
        volume::{Codec, Listing, Piece},
    },
    model::{Malformed, Role, Span, Value},
};
use std::collections::BTreeMap;

/// Where in a folder a header stands: the block of metadata, and the first name behind it.
type Heads = BTreeMap<u64, (Option<u64>, Vec<u8>)>;

impl Tree {
    /// What is in a folder, in the order of its names.
    pub(super) fn entries(
        &mut self,
        at: &Next,
        folder: &Folder,
        own: u64,
        list: &mut Listing,
    ) -> Result<Vec<Next>, Malformed> {
        // A folder without entries has a size of three.
        let size = folder.size.saturating_sub(3) as usize;
        if size == 0 {
            return Ok(Vec::new());
        }
        let start = self.folders.at(folder.start, folder.offset)?;
        let word = Words::little(&self.folders.bytes);
        word.slice(start, size)?;
        list.spend(size as u64)?;
        let (mut place, end) = (start, start + size);
        let (mut found, mut heads) = (Vec::new(), Heads::new());
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
                let name = word.slice(place + 8, word.position(place + 6, 2)? + 1)?;
                if nth == 0 {
                    heads.insert(head, (of, name.to_vec()));
                }
                let number = number.wrapping_add_signed(delta.into()) & NOTHING;
                found.push((name.to_vec(), block << 16 | offset, (number, word.u16(place + 4)?)));
                place += 8 + name.len();
            }
        }
        if place != end {
            return Err(Malformed::at(place, "the end of a folder", "an entry"));
        }
        self.index(folder, &heads, list)?;
        self.folders.saw(start, end);
        // The kernel looks for names in their order, and so finds none that stands elsewhere.
        if !found.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            let names: Vec<&[u8]> = found.iter().map(|entry| &entry.0[..]).collect();
            list.wrong(&names.join(&0));
        }
        found.sort();
        let mut next = Vec::with_capacity(found.len());
        for (name, place, entry) in found {
            next.push(Next {
                path: list.below(&at.path, &name)?,
                place,
                entry: Some(entry),
                parent: Some(own),
                depth: at.depth + 1,
            });
        }
        Ok(next)
    }

    /// The index of a large folder: what does not lead to what is there is a contradiction.
    fn index(&self, folder: &Folder, heads: &Heads, list: &mut Listing) -> Result<(), Malformed> {
        let word = Words::little(&self.inodes.bytes);
        let (count, mut at) = folder.index;
        for _ in 0..count {
            let (head, block) = (word.u32(at)?, word.u32(at + 4)?);
            let name = word.slice(at + 12, word.position(at + 8, 4)? + 1)?;
            let right = heads
                .get(&head)
                .is_some_and(|(of, first)| *of == Some(block) && first == name);
            if right {
                list.place(head);
            } else {
                list.wrong(word.slice(at, 12 + name.len())?);
            }
            at += 12 + name.len();
        }
        Ok(())
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
            list.wrong(&self.it.inodes.to_le_bytes());
            let exports: Vec<u8> = exports.iter().flat_map(|place| place.to_le_bytes()).collect();
            list.put_long("exports", &exports, Role::Content, Value::Raw);
        }
        Ok(())
    }
}
