//! romfs (Linux, `Documentation/filesystems/romfs.rst`): the volume's name, files by path with their headers' checksums computed again,
//! padding.

use super::{
    Format,
    sections::Words,
    volume::{self, Attributes, Codec, Listing, Piece},
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Role, Span, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A romfs image.
pub struct Romfs;

const MAGIC: &[u8] = b"-rom1fs-";
/// What all headers begin at a multiple of.
const ALIGN: usize = 16;
/// Bytes of the image that the superblock's checksum is of.
const SUMMED: usize = 512;
/// Bytes of a name that Linux reads (ROMFS_MAXFN).
const NAME: usize = 128;
/// Folders in folders.
const DEPTH: usize = 1024;
/// Hard links that lead to hard links.
const LINKS: usize = 8;
/// What a volume is called that was given no name: this, and the time in hexadecimal.
const UNNAMED: &[u8] = b"rom ";

impl Format for Romfs {
    fn id(&self) -> FormatId {
        "romfs"
    }
    fn kind(&self) -> Kind {
        Kind::Volume
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        size(bytes)?;
        Ok(volume::opened("romfs", bytes, false, read))
    }
}

/// Bytes of the file system.
fn size(bytes: &[u8]) -> Result<usize, Malformed> {
    let size = Words::big(bytes).position(8, 4)?;
    if size > bytes.len() || size < 2 * ALIGN {
        return Err(Malformed::truncated(bytes.len(), format!("{size} bytes")));
    }
    Ok(size)
}

fn read(image: &Blob) -> Result<Listing, Malformed> {
    let mut list = Listing::new(image);
    let root = superblock(&mut list, image)?;
    Tree {
        image,
        entered: BTreeSet::new(),
        known: BTreeMap::new(),
    }
    .walk(root, &mut list)?;
    Ok(list)
}

/// Lists it, and gives where the first header is.
fn superblock(list: &mut Listing, image: &Blob) -> Result<usize, Malformed> {
    let size = size(image)?;
    let name = name(image, ALIGN)?;
    list.node("superblock")?;
    list.take(Span::new(0, 8));
    list.derived("size", Span::at(8, 4), Role::Size, true);
    let valid = sum(image, Span::new(0, size.min(SUMMED))) == Some(0);
    list.derived("checksum", Span::at(12, 4), Role::Checksum, valid);
    list.take(Span::at(ALIGN, name.len() + 1));
    match made(name) {
        Some(seconds) => {
            let value = Value::Time { seconds, local: false };
            list.put("volume name of the time", name, Role::Timestamp, value);
        }
        None => list.put_long("volume name", name, Role::Name, Value::Raw),
    }
    // genromfs fills up to a block of 1 KiB; an image without that may have been cut.
    let padded = image.len() == size.next_multiple_of(1024);
    list.put("padded", &[u8::from(padded)], Role::Structure, Value::Raw);
    if !padded {
        let size = (image.len() as u64).to_le_bytes();
        list.put("image size", &size, Role::Structure, Value::Raw);
    }
    Ok(ALIGN + padded_name(name))
}

/// The time that genromfs calls a volume by.
fn made(name: &[u8]) -> Option<i64> {
    let digits = name.strip_prefix(UNNAMED).filter(|digits| digits.len() == 8)?;
    let small = digits.iter().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
    i64::from_str_radix(std::str::from_utf8(digits).ok().filter(|_| small)?, 16).ok()
}

/// Bytes of a name with what fills it up.
fn padded_name(name: &[u8]) -> usize {
    (name.len() + 1).next_multiple_of(ALIGN)
}

/// The name at `at`, which a NUL ends.
fn name(image: &Blob, at: usize) -> Result<&[u8], Malformed> {
    let name = Words::big(image).text(at, NAME + 1);
    if name.len() > NAME || image.get(at + name.len()) != Some(&0) {
        return Err(Malformed::at(
            at,
            format!("a name of at most {NAME} bytes"),
            "a longer one",
        ));
    }
    Ok(name)
}

/// The sum of the words of 32 bits in a span; of what is not there, none.
fn sum(image: &Blob, span: Span) -> Option<u32> {
    let words = image.get_span(span)?.chunks(4);
    Some(words.fold(0, |sum: u32, word| {
        let byte = |at: usize| word.get(at).copied().unwrap_or(0);
        sum.wrapping_add(u32::from_be_bytes([byte(0), byte(1), byte(2), byte(3)]))
    }))
}

/// A file's header.
struct Header<'i> {
    at: usize,
    /// Where the next one of the folder is; 0 behind the last.
    next: usize,
    kind: u8,
    runs: bool,
    info: u64,
    name: &'i [u8],
    /// What follows the name.
    data: Span,
}

impl<'i> Header<'i> {
    fn read(image: &'i Blob, at: usize) -> Result<Self, Malformed> {
        let word = Words::big(image);
        let (next, size) = (word.u32(at)?, word.position(at + 8, 4)?);
        let name = name(image, at + ALIGN)?;
        Ok(Self {
            at,
            next: next as usize & !(ALIGN - 1),
            kind: next as u8 & 7,
            runs: next & 8 != 0,
            info: word.u32(at + 4)?,
            name,
            data: Span::at(at + ALIGN + padded_name(name), size),
        })
    }
    fn kind(&self) -> &'static str {
        match self.kind {
            0 => "hard link",
            1 => "folder",
            2 => "file",
            3 => "symlink",
            4 => "block device",
            5 => "character device",
            6 => "socket",
            _ => "FIFO",
        }
    }
    /// Where it leads: the file of a hard link, the first header of a folder.
    fn leads(&self) -> usize {
        self.info as usize & !(ALIGN - 1)
    }
    fn dots(&self) -> bool {
        matches!(self.name, b"." | b"..")
    }
    /// Names all that is in the header and nowhere else.
    fn attributes(&self, image: &Blob) -> Result<Attributes, Malformed> {
        let mut it = Attributes {
            kind: self.kind().into(),
            ..Attributes::default()
        };
        it.other.push(("executable".into(), vec![u8::from(self.runs)]));
        match self.kind {
            2 => it.size = Some(self.data.len() as u64),
            3 => it.target = Some(Words::big(image).slice(self.data.start, self.data.len())?.to_vec()),
            _ if !self.data.is_empty() => it.other.push(("size".into(), self.data.len().to_le_bytes().to_vec())),
            _ => {}
        }
        // Low bits of a place are nobody's.
        let more = if self.kind == 1 { self.info & 15 } else { self.info };
        match self.kind {
            4 | 5 => it.other.push(("device".into(), more.to_le_bytes().to_vec())),
            _ if more != 0 => it.other.push(("info".into(), more.to_le_bytes().to_vec())),
            _ => {}
        }
        Ok(it)
    }
    /// Takes it with its name, whose checksum is right or in a contradiction.
    fn take(&self, image: &Blob, list: &mut Listing) {
        let whole = Span::new(self.at, self.data.start);
        if sum(image, whole) != Some(0) {
            list.wrong(image.get_span(whole).unwrap_or_default());
        }
        list.take(Span::at(self.at, ALIGN + self.name.len() + 1));
    }
}

struct Tree<'i> {
    image: &'i Blob,
    /// Headers in some folder: one that is in two would never end.
    entered: BTreeSet<usize>,
    /// The first path of each file.
    known: BTreeMap<usize, String>,
}

/// What the walk does next.
struct Next {
    path: String,
    at: usize,
    /// The header of the folder above.
    above: usize,
    depth: usize,
}

impl<'i> Tree<'i> {
    /// Every path, folders before what is in them, in the order of their names.
    fn walk(&mut self, root: usize, list: &mut Listing) -> Result<(), Malformed> {
        let mut next = vec![Next {
            path: String::new(),
            at: root,
            above: root,
            depth: 0,
        }];
        while let Some(at) = next.pop() {
            if at.depth > DEPTH {
                return Err(Malformed::limit(format!("at most {DEPTH} folders in each other")));
            }
            let named = Header::read(self.image, at.at)?;
            let file = self.linked(&named, list)?;
            list.file(&at.path, &file.attributes(self.image)?)?;
            if named.kind == 0 && named.runs {
                list.put("executable link", &[1], Role::Structure, Value::Raw);
            }
            match self.known.get(&file.at) {
                Some(first) => list.put_long("same file as", first.as_bytes(), Role::Link, Value::Raw),
                None => _ = self.known.insert(file.at, at.path.clone()),
            }
            match file.kind {
                1 if named.kind == 0 => {
                    return Err(Malformed::at(named.at, "a folder that is in no other", at.path));
                }
                1 => {
                    let inside = self.entries(&at, &file, list)?;
                    // The last one is taken first.
                    next.extend(inside.into_iter().rev());
                }
                2 => list.content("", vec![Piece::Stored(file.data)], Codec::None)?,
                3 => list.take(file.data),
                _ => {}
            }
        }
        Ok(())
    }

    /// The file that a hard link leads to; another file is itself.
    fn linked(&self, from: &Header<'_>, list: &mut Listing) -> Result<Header<'i>, Malformed> {
        let mut file = Header::read(self.image, from.at)?;
        for _ in 0..LINKS {
            if file.kind != 0 {
                return Ok(file);
            }
            list.place(file.info);
            if !file.data.is_empty() || file.info as usize != file.leads() {
                list.wrong(&[file.data.len() as u64, file.info].map(u64::to_le_bytes).concat());
            }
            file = Header::read(self.image, file.leads())?;
        }
        Err(Malformed::limit(format!("at most {LINKS} links to links")))
    }

    /// What is in a folder, in the order of its names.
    fn entries(&mut self, folder: &Next, own: &Header<'_>, list: &mut Listing) -> Result<Vec<Next>, Malformed> {
        let (mut at, mut found, mut names) = (own.leads(), Vec::new(), Vec::new());
        while at != 0 {
            let entry = Header::read(self.image, at)?;
            if !self.entered.insert(at) {
                return Err(Malformed::at(
                    at,
                    "a header that is in no other folder",
                    folder.path.clone(),
                ));
            }
            entry.take(self.image, list);
            list.place(at as u64);
            list.spend((entry.data.start - at) as u64)?;
            names.push(volume::label(entry.name));
            if entry.dots() {
                self.dot(&entry, folder, list)?;
            } else {
                found.push((entry.name.to_vec(), at));
            }
            at = entry.next;
        }
        list.names(&names);
        found.sort();
        let mut next = Vec::with_capacity(found.len());
        for (name, at) in found {
            next.push(Next {
                path: list.below(&folder.path, &name)?,
                at,
                above: folder.at,
                depth: folder.depth + 1,
            });
        }
        Ok(next)
    }

    /// The folder itself or the one above. The first folder has its own header in it.
    fn dot(&self, entry: &Header<'_>, folder: &Next, list: &mut Listing) -> Result<(), Malformed> {
        let itself = entry.at == folder.at;
        let to = if entry.kind == 0 { entry.leads() } else { entry.at };
        let wanted = if entry.name == b"." { folder.at } else { folder.above };
        let plain = itself || entry.kind == 0 && entry.info as usize == to && !entry.runs && entry.data.is_empty();
        list.place(entry.info);
        if to != wanted || !plain {
            let whole = Span::new(entry.at, entry.data.start);
            list.wrong(self.image.get_span(whole).unwrap_or_default());
        }
        Ok(())
    }
}
