//! Folders: records of names, places and dates; several records may be one file.

use super::{SECTOR, both, rock, seven, span};
use crate::{
    format::{
        sections::Words,
        volume::{Attributes, Codec, Listing, Piece},
    },
    model::{Blob, Malformed, Span},
};
use std::collections::BTreeMap;

/// Folders in folders.
const DEPTH: usize = 1024;

/// A folder, for the path tables.
pub(super) struct Folder {
    pub(super) name: Vec<u8>,
    pub(super) sector: u64,
    pub(super) parent: u64,
}

pub(super) struct Tree<'b> {
    image: &'b Blob,
    prefix: &'static str,
    /// Names are in UCS-2.
    joliet: bool,
    pub(super) folders: BTreeMap<u64, Folder>,
    /// Bytes to skip in each system use field.
    skip: usize,
}

/// A record.
struct Record {
    span: Span,
    sector: u64,
    length: u64,
    flags: u8,
    raw: Vec<u8>,
    /// Behind the name.
    system: Span,
}

/// What the walk does next.
struct Next {
    path: String,
    parts: Vec<Record>,
    parent: u64,
    depth: usize,
}

impl<'b> Tree<'b> {
    pub(super) fn new(image: &'b Blob, prefix: &'static str, joliet: bool) -> Self {
        Self {
            image,
            prefix,
            joliet,
            folders: BTreeMap::new(),
            skip: 0,
        }
    }

    fn record(&self, at: usize, list: &mut Listing) -> Result<Record, Malformed> {
        let word = Words::little(self.image);
        let (length, name) = (word.position(at, 1)?, word.position(at + 32, 1)?);
        let raw = word.slice(at + 33, name)?.to_vec();
        let system = at + 33 + name + usize::from(name % 2 == 0);
        if length < 34 || system > at + length + 1 || word.slice(at, length).is_err() {
            return Err(Malformed::at(at, "a record of a folder", format!("{length} bytes")));
        }
        Ok(Record {
            span: Span::at(at, length),
            sector: both::<4>(self.image, at + 2, list)?,
            length: both::<4>(self.image, at + 10, list)?,
            flags: word.u8(at + 25)? as u8,
            raw,
            system: Span::new(system, at + length),
        })
    }

    /// Every path, folders before what is in them, from the root's record.
    pub(super) fn walk(&mut self, root: usize, list: &mut Listing) -> Result<(), Malformed> {
        let root = self.record(root, list)?;
        let parent = root.sector;
        let mut next = vec![Next {
            path: self.prefix.to_owned(),
            parts: vec![root],
            parent,
            depth: 0,
        }];
        while let Some(at) = next.pop() {
            if at.depth > DEPTH {
                return Err(Malformed::limit(format!("at most {DEPTH} folders in each other")));
            }
            let Some(first) = at.parts.first() else { continue };
            let folder = first.flags & 2 != 0;
            let node = self.attributes(first, at.parts.len(), list)?;
            list.file(&at.path, &node)?;
            for part in &at.parts {
                list.take(part.span);
                list.place(part.sector);
                list.place(part.length);
            }
            if folder {
                let inside = self.folder(&at, first, list)?;
                next.extend(inside);
                continue;
            }
            let piece = |part: &Record| Ok(Piece::Stored(span(part.sector, part.length)?));
            let pieces = at.parts.iter().filter(|part| part.length > 0).map(piece);
            list.content("", pieces.collect::<Result<_, Malformed>>()?, Codec::None)?;
        }
        Ok(())
    }

    /// What is in a folder, the last name first.
    fn folder(&mut self, at: &Next, own: &Record, list: &mut Listing) -> Result<Vec<Next>, Malformed> {
        let (sector, parent) = (own.sector, at.parent);
        let name = own.raw.clone();
        if self.folders.insert(sector, Folder { name, sector, parent }).is_some() {
            return Err(Malformed::at(
                own.span.start,
                "folders that are in no other",
                at.path.clone(),
            ));
        }
        let bytes = span(sector, own.length)?;
        if bytes.end > self.image.len() {
            return Err(Malformed::truncated(self.image.len(), "the records of a folder"));
        }
        list.spend(own.length)?;
        let (mut place, mut found, mut parts) = (bytes.start, Vec::new(), Vec::new());
        let mut order: Vec<Vec<u8>> = Vec::new();
        while place < bytes.end {
            if self.image.get(place) == Some(&0) {
                // No record crosses a sector.
                place = (place / SECTOR + 1) * SECTOR;
                continue;
            }
            let record = self.record(place, list)?;
            place = record.span.end;
            if let [special @ (0 | 1)] = record.raw[..] {
                if self.prefix.is_empty() && at.depth == 0 && special == 0 {
                    self.skip = rock::skip(
                        self.image
                            .get(record.system.start..record.system.end)
                            .unwrap_or_default(),
                    );
                }
                list.take(record.span);
                let (right, length) = if special == 0 {
                    (sector, Some(own.length))
                } else {
                    (parent, None)
                };
                if record.sector != right || length.is_some_and(|length| length != record.length) {
                    list.wrong(&[record.sector, record.length].map(u64::to_le_bytes).concat());
                }
                self.special(special, &record, list)?;
                continue;
            }
            let more = record.flags & 0x80 != 0;
            parts.push(record);
            if !more {
                let parts: Vec<Record> = std::mem::take(&mut parts);
                let Some(first) = parts.first() else { continue };
                order.push(first.raw.clone());
                let name = self.name(first)?;
                let path = list.below(&at.path, &name)?;
                found.push((
                    name,
                    Next {
                        path,
                        parts,
                        parent: sector,
                        depth: at.depth + 1,
                    },
                ));
            }
        }
        if !parts.is_empty() {
            return Err(Malformed::at(place, "the last part of a file", "the end of a folder"));
        }
        // Readers look for a name as it is sorted.
        if !order.windows(2).all(|pair| pair[0] <= pair[1]) {
            list.put_long(
                "order",
                &order.concat(),
                crate::model::Role::Structure,
                crate::model::Value::Raw,
            );
        }
        found.sort_by(|x, y| y.0.cmp(&x.0));
        Ok(found.into_iter().map(|(_, next)| next).collect())
    }

    /// The records of the folder itself and of the one above.
    fn special(&self, which: u8, record: &Record, list: &mut Listing) -> Result<(), Malformed> {
        let node = self.attributes(record, 1, list)?;
        let label = |name: &str| match which {
            0 => format!("own {name}"),
            _ => format!("parent's {name}"),
        };
        for (name, bytes, value) in node.times {
            list.put(label(name), &bytes, crate::model::Role::Timestamp, value);
        }
        let rights = node.mode.map(u32::to_le_bytes).into_iter().flatten();
        let owner = node
            .owner
            .map(|(u, g)| [u.to_le_bytes(), g.to_le_bytes()].concat())
            .into_iter()
            .flatten();
        let mut other: Vec<u8> = rights.chain(owner).collect();
        other.extend(record.length.to_le_bytes());
        for (name, bytes) in node.other {
            other.extend_from_slice(name.as_bytes());
            other.extend((bytes.len() as u64).to_le_bytes());
            other.extend(bytes);
        }
        list.put_long(
            label("record"),
            &other,
            crate::model::Role::Structure,
            crate::model::Value::Raw,
        );
        Ok(())
    }

    /// The name that people see.
    fn name(&self, record: &Record) -> Result<Vec<u8>, Malformed> {
        if self.joliet {
            let units: Vec<u16> = record
                .raw
                .chunks_exact(2)
                .map(|c| u16::from_be_bytes([c[0], c[1]]))
                .collect();
            return Ok(String::from_utf16(&units).map_or_else(|_| record.raw.clone(), String::into_bytes));
        }
        let rock = rock::read(self.image, record.system, self.skip, None)?;
        Ok(rock.name.unwrap_or_else(|| record.raw.clone()))
    }

    fn attributes(&self, record: &Record, parts: usize, list: &mut Listing) -> Result<Attributes, Malformed> {
        let word = Words::little(self.image);
        let at = record.span.start;
        let rock = if self.joliet {
            rock::plain(self.image, record.system)
        } else {
            rock::read(self.image, record.system, self.skip, Some(list))?
        };
        let folder = record.flags & 2 != 0;
        let date = word.slice(at + 18, 7)?;
        let mut times = vec![("recorded", date.to_vec(), seven(date))];
        times.extend(rock.times);
        let mut other: Vec<(std::borrow::Cow<'static, str>, Vec<u8>)> = vec![
            ("name in the record".into(), record.raw.clone()),
            ("flags".into(), word.slice(at + 25, 7)?.to_vec()),
        ];
        let attributes = word.u8(at + 1)?;
        if attributes != 0 || parts > 1 {
            other.push(("attributes and parts".into(), vec![attributes as u8, parts as u8]));
        }
        let pad = Span::new(at + 33 + record.raw.len(), record.system.start.min(record.span.end));
        if self.image.get_span(pad).is_some_and(|pad| pad.iter().any(|&b| b != 0)) {
            other.push(("padding".into(), self.image.slice(pad).to_vec()));
        }
        other.extend(rock.other);
        Ok(Attributes {
            kind: if folder { "folder".into() } else { rock.kind.into() },
            mode: rock.mode,
            owner: rock.owner,
            times,
            target: rock.target,
            size: (!folder && parts == 1).then_some(record.length),
            other,
        })
    }
}
