//! cramfs (Linux, `fs/cramfs/README`; `cramfs_fs.h`), in both byte orders: superblock with its checksum computed again, inodes by path, files
//! from their compressed blocks.

use super::{
    Format,
    sections::Words,
    volume::{self, Attributes, Codec, Listing, Piece},
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Role, Span, Value};
use std::collections::BTreeSet;

/// A cramfs image.
pub struct Cramfs;

const MAGIC: u32 = 0x28cd_3d45;
const SIGNATURE: &[u8] = b"Compressed ROMFS";
/// Bytes that may stand before the superblock, for code that boots.
const BOOT: usize = 512;
/// Bytes of a superblock, whose last ones are the inode of the first folder.
const SUPERBLOCK: usize = 76;
const INODE: usize = 12;
/// Decoded bytes of a block: a page.
const BLOCK: usize = 4096;
/// CRAMFS_FLAG_SORTED_DIRS, CRAMFS_FLAG_EXT_BLOCK_POINTERS.
const SORTED: u64 = 2;
const EXTENDED: u64 = 0x800;
/// Folders in folders.
const DEPTH: usize = 1024;

impl Format for Cramfs {
    fn id(&self) -> FormatId {
        "cramfs"
    }
    fn kind(&self) -> Kind {
        Kind::Volume
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        Super::find(bytes).is_some()
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Super::read(bytes)?;
        Ok(volume::opened("cramfs", bytes, true, read))
    }
}

/// What the superblock says.
#[derive(Clone, Copy)]
struct Super {
    at: usize,
    big: bool,
    size: usize,
    flags: u64,
}

impl Super {
    /// Where it is, and whether the high byte comes first.
    fn find(bytes: &[u8]) -> Option<(usize, bool)> {
        let one = |at: usize| {
            let magic = *bytes.get(at..)?.first_chunk::<4>()?;
            let signed = bytes.get(at + 16..at + 32)? == SIGNATURE;
            let big = magic == MAGIC.to_be_bytes();
            (signed && (big || magic == MAGIC.to_le_bytes())).then_some((at, big))
        };
        one(0).or_else(|| one(BOOT))
    }
    fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let (at, big) = Self::find(bytes).ok_or_else(|| Malformed::at(0, "a superblock", "none"))?;
        let word = Words::new(bytes, big);
        let (size, flags) = (word.position(at + 4, 4)?, word.u32(at + 8)?);
        if size > bytes.len() || size < at + SUPERBLOCK {
            return Err(Malformed::truncated(bytes.len(), format!("{size} bytes")));
        }
        if flags & EXTENDED != 0 {
            return Err(Malformed::at(at + 8, "plain places of blocks", "extended ones"));
        }
        Ok(Self { at, big, size, flags })
    }
    /// Whether the checksum is that of all that is behind the boot code.
    fn summed(self, image: &Blob) -> bool {
        let mut hasher = crc32fast::Hasher::new();
        let crc = Span::at(self.at + 32, 4);
        for span in [Span::new(self.at, crc.start), crc, Span::new(crc.end, self.size)] {
            let bytes = if span == crc {
                Some(&[0; 4][..])
            } else {
                image.get_span(span)
            };
            hasher.update(bytes.unwrap_or_default());
        }
        let told = Words::new(image, self.big).u32(crc.start);
        told.is_ok_and(|told| told == u64::from(hasher.finalize()))
    }
}

fn read(image: &Blob) -> Result<Listing, Malformed> {
    let it = Super::read(image)?;
    let mut list = Listing::new(image);
    superblock(&mut list, image, it)?;
    let mut tree = Tree {
        it,
        image,
        entered: BTreeSet::new(),
        files: 0,
        blocks: 0,
    };
    tree.walk(&mut list)?;
    list.node("counts")?;
    let word = Words::new(image, it.big);
    for (name, at, count) in [("blocks", 40, tree.blocks), ("files", 44, tree.files)] {
        let valid = word.u32(it.at + at)? == count;
        list.derived(name, Span::at(it.at + at, 4), Role::Size, valid);
    }
    Ok(list)
}

fn superblock(list: &mut Listing, image: &Blob, it: Super) -> Result<(), Malformed> {
    use Role::{Name, Structure};
    list.node("superblock")?;
    list.put("byte order", &[u8::from(it.big)], Structure, Value::Raw);
    list.take(Span::at(it.at, 4));
    list.derived("size", Span::at(it.at + 4, 4), Role::Size, true);
    let fields = [
        ("flags", 4, Structure),
        ("future", 4, Structure),
        ("signature", 16, Structure),
    ];
    list.fields(it.at + 8, it.big, &fields);
    list.derived("checksum", Span::at(it.at + 32, 4), Role::Checksum, it.summed(image));
    list.fields(it.at + 36, it.big, &[("edition", 4, Structure)]);
    list.field("name", Span::at(it.at + 48, 16), Name, Value::Raw);
    list.place(it.at as u64);
    if image.len() != it.size {
        let size = (image.len() as u64).to_le_bytes();
        list.put("image size", &size, Structure, Value::Raw);
    }
    Ok(())
}

/// An inode, as a folder has it before a name.
struct Inode {
    mode: u32,
    owner: (u64, u64),
    size: usize,
    /// Bytes of the name behind it.
    name: usize,
    /// Where its data begins.
    data: usize,
}

impl Inode {
    fn read(image: &[u8], big: bool, at: usize) -> Result<Self, Malformed> {
        let word = Words::new(image, big);
        let (second, third) = (word.u32(at + 4)?, word.u32(at + 8)?);
        // Fields of bits begin at the end that the byte order begins at.
        let (size, group) = if big {
            (second >> 8, second & 0xff)
        } else {
            (second & 0xff_ffff, second >> 24)
        };
        let (name, data) = if big {
            (third >> 26, third & 0x3ff_ffff)
        } else {
            (third & 0x3f, third >> 6)
        };
        Ok(Self {
            mode: word.u16(at)? as u32,
            owner: (word.u16(at + 2)?, group),
            size: size as usize,
            name: name as usize * 4,
            data: data as usize * 4,
        })
    }
    fn kind(&self) -> &'static str {
        volume::kind(self.mode)
    }
    fn attributes(&self) -> Attributes {
        let mut it = Attributes {
            kind: self.kind().into(),
            mode: Some(self.mode & 0o7777),
            owner: Some(self.owner),
            ..Attributes::default()
        };
        match self.kind() {
            "file" => it.size = Some(self.size as u64),
            "folder" | "symlink" => {}
            _ => it
                .other
                .push(("device or size".into(), (self.size as u64).to_le_bytes().to_vec())),
        }
        if it.kind == volume::UNKNOWN {
            it.other.push(("type".into(), self.mode.to_le_bytes().to_vec()));
        }
        it
    }
}

/// What the walk does next.
struct Next {
    path: String,
    at: usize,
    depth: usize,
}

struct Tree<'i> {
    it: Super,
    image: &'i Blob,
    /// Folders that were entered: one that is in itself would never end.
    entered: BTreeSet<usize>,
    files: u64,
    blocks: u64,
}

impl Tree<'_> {
    /// Every path, folders before what is in them, in the order of their names.
    fn walk(&mut self, list: &mut Listing) -> Result<(), Malformed> {
        let mut next = vec![Next {
            path: String::new(),
            at: self.it.at + SUPERBLOCK - INODE,
            depth: 0,
        }];
        while let Some(at) = next.pop() {
            if at.depth > DEPTH {
                return Err(Malformed::limit(format!("at most {DEPTH} folders in each other")));
            }
            let inode = Inode::read(self.image, self.it.big, at.at)?;
            list.take(Span::at(at.at, INODE));
            list.place(inode.data as u64);
            list.wrong_if(at.depth == 0 && inode.name != 0, &inode.name.to_le_bytes());
            self.files += 1;
            let mut attributes = inode.attributes();
            let pieces = match inode.kind() {
                "file" | "symlink" => self.pieces(&inode, list)?,
                _ => Vec::new(),
            };
            if inode.kind() == "symlink" {
                attributes.target = Some(self.target(&pieces, list)?);
            }
            list.file(&at.path, &attributes)?;
            match inode.kind() {
                "file" => list.content("", pieces, Codec::Zlib)?,
                "folder" => {
                    let inside = self.entries(&at, &inode, list)?;
                    // The last one is taken first.
                    next.extend(inside.into_iter().rev());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The blocks of a file: places of their ends, and what lies between them.
    fn pieces(&mut self, inode: &Inode, list: &mut Listing) -> Result<Vec<Piece>, Malformed> {
        let count = inode.size.div_ceil(BLOCK);
        let word = Words::new(self.image, self.it.big);
        word.slice(inode.data, count * 4)?;
        list.spend(count as u64 * 16)?;
        list.take(Span::at(inode.data, count * 4));
        self.blocks += count as u64;
        let (mut pieces, mut start, mut left) = (Vec::with_capacity(count), inode.data + count * 4, inode.size);
        for nth in 0..count {
            let at = inode.data + nth * 4;
            let end = word.position(at, 4)?;
            let size = left.min(BLOCK);
            left -= size;
            list.place(end as u64);
            pieces.push(match end.checked_sub(start) {
                None => {
                    return Err(Malformed::at(
                        at,
                        "the end of a block behind its start",
                        end.to_string(),
                    ));
                }
                Some(0) => Piece::Zeros(size as u64),
                Some(length) => Piece::Packed {
                    span: Span::at(start, length),
                    size,
                },
            });
            start = end;
        }
        Ok(pieces)
    }

    /// Where a link leads: a file of one block.
    fn target(&self, pieces: &[Piece], list: &mut Listing) -> Result<Vec<u8>, Malformed> {
        match pieces {
            [Piece::Packed { span, size }] => {
                let stored = Words::little(self.image).slice(span.start, span.len())?;
                list.spend(stored.len() as u64 + BLOCK as u64)?;
                list.take(*span);
                let target = Codec::Zlib.block(stored, *size)?;
                match target.len() == *size {
                    true => Ok(target),
                    false => Err(Malformed::at(
                        span.start,
                        format!("{size} bytes"),
                        target.len().to_string(),
                    )),
                }
            }
            _ => Err(Malformed::at(0, "a link in one block", pieces.len().to_string())),
        }
    }

    /// What is in a folder, in the order of its names.
    fn entries(&mut self, folder: &Next, own: &Inode, list: &mut Listing) -> Result<Vec<Next>, Malformed> {
        if own.size == 0 {
            return Ok(Vec::new());
        }
        if !self.entered.insert(own.data) {
            return Err(Malformed::at(
                own.data,
                "folders that are in no other",
                folder.path.clone(),
            ));
        }
        let word = Words::new(self.image, self.it.big);
        word.slice(own.data, own.size)?;
        list.spend(own.size as u64)?;
        let (mut at, end, mut found) = (own.data, own.data + own.size, Vec::new());
        while at < end {
            let inode = Inode::read(self.image, self.it.big, at)?;
            let padded = word.slice(at + INODE, inode.name)?;
            let length = padded.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
            if length == 0 {
                return Err(Malformed::at(at, "a name", "none"));
            }
            list.take(Span::at(at + INODE, inode.name));
            found.push((padded[..length].to_vec(), at));
            at += INODE + inode.name;
        }
        if at != end {
            return Err(Malformed::at(at, "the end of a folder", "an entry"));
        }
        let names: Vec<String> = found.iter().map(|(name, _)| volume::label(name)).collect();
        // Linux ends its search where a name comes that is behind the one it looks for.
        if self.it.flags & SORTED != 0 && !found.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            list.wrong(names.join("\0").as_bytes());
        }
        list.names(&names);
        found.sort();
        let mut next = Vec::with_capacity(found.len());
        for (name, at) in found {
            next.push(Next {
                path: list.below(&folder.path, &name)?,
                at,
                depth: folder.depth + 1,
            });
        }
        Ok(next)
    }
}
