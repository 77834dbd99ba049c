//! Inodes, compact or extended, with their attributes.

use super::{START, Super, TIME};
use crate::{
    format::{
        sections::Words,
        volume::{self, Attributes, Listing},
    },
    model::{Malformed, Span, Value},
};

/// How a file's data is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// In blocks.
    Plain,
    /// In blocks, but for the last one, which stands behind the inode.
    Inline,
    /// In chunks of several blocks, each at its place.
    Chunks,
    /// In compressed clusters, with a compact index.
    Compressed,
}

pub(super) struct Inode {
    pub(super) mode: u32,
    pub(super) layout: Layout,
    pub(super) size: u64,
    /// First block, device, or how large chunks are.
    pub(super) word: u64,
    /// Where what stands behind it begins.
    pub(super) end: usize,
    pub(super) attributes: Attributes,
}

impl Inode {
    /// The inode at `at`; takes it.
    pub(super) fn read(image: &[u8], it: Super, at: usize, list: &mut Listing) -> Result<Self, Malformed> {
        let word = Words::little(image);
        let (format, count, mode) = (word.u16(at)?, word.position(at + 2, 2)?, word.u16(at + 4)? as u32);
        let layout = match format >> 1 & 7 {
            0 => Layout::Plain,
            2 => Layout::Inline,
            3 => Layout::Compressed,
            4 => Layout::Chunks,
            of => return Err(Malformed::at(at, "a layout of data that is read here", of.to_string())),
        };
        let long = format & 1 != 0;
        let length = if long { 64 } else { 32 };
        let bytes = word.slice(at, length)?;
        list.take(Span::at(at, length));
        list.spend(length as u64)?;
        // A serial number.
        let serial = word.u32(at + 20)?;
        list.place(serial);
        list.wrong_if(serial > it.inodes, &serial.to_le_bytes());
        list.place(length as u64);
        let mut known = Attributes {
            kind: volume::kind(mode).into(),
            mode: Some(mode & 0o7777),
            ..Attributes::default()
        };
        let (size, links, rest) = if long {
            known.owner = Some((word.u32(at + 24)?, word.u32(at + 28)?));
            known.times.push(time(word, at + 32)?);
            (
                word.u64(at + 8)?,
                word.u32(at + 44)?,
                [&bytes[6..8], &bytes[48..64]].concat(),
            )
        } else {
            known.owner = Some((word.u16(at + 24)?, word.u16(at + 26)?));
            // A compact one has the image's.
            known.times.push(time(word, START + TIME)?);
            let rest = [&bytes[12..16], &bytes[28..32]].concat();
            (word.u32(at + 8)?, word.u16(at + 6)?, rest)
        };
        let mut other = |name: &'static str, bytes: &[u8]| known.other.push((name.into(), bytes.to_vec()));
        other("links", &links.to_le_bytes());
        other("more of the format", &(format >> 4).to_le_bytes());
        if rest.iter().any(|&b| b != 0) {
            other("reserved", &rest);
        }
        let word = word.u32(at + 16)?;
        match known.kind.as_ref() {
            "file" => known.size = Some(size),
            "folder" | "symlink" => {}
            _ => {
                other("device", &word.to_le_bytes());
                other("size", &size.to_le_bytes());
                other("type", &mode.to_le_bytes());
            }
        }
        let mut inode = Self {
            mode,
            layout,
            size,
            word,
            end: at + length,
            attributes: known,
        };
        inode.extended(image, it, count, list)?;
        Ok(inode)
    }

    /// The extended attributes behind it: those that it shares with others, and its own.
    fn extended(&mut self, image: &[u8], it: Super, count: usize, list: &mut Listing) -> Result<(), Malformed> {
        let Some(count) = count.checked_sub(1) else {
            return Ok(());
        };
        let word = Words::little(image);
        let (at, length) = (self.end, 12 + count * 4);
        let bytes = word.slice(at, length)?;
        list.spend(length as u64)?;
        list.take(Span::at(at, length));
        self.end = at + length;
        let shared = usize::from(bytes[4]);
        let own = bytes.get(12 + shared * 4..);
        let own = own.ok_or_else(|| Malformed::at(at, "extended attributes", "more shared ones"))?;
        let head = [&bytes[..4], &bytes[5..12]].concat();
        self.attributes.other.push(("head of attributes".into(), head));
        for nth in 0..shared {
            let id = word.position(at + 12 + nth * 4, 4)?;
            let place = id.checked_mul(4).and_then(|from| from.checked_add(it.shared));
            let at = place.ok_or_else(|| Malformed::at(at, "an attribute in the image", id.to_string()))?;
            let length = 4 + word.position(at, 1)? + word.position(at.saturating_add(2), 2)?;
            let entry = word.slice(at, length)?;
            list.spend(length as u64)?;
            list.take(Span::at(at, length));
            list.place(at as u64);
            self.attributes.other.push(("shared attribute".into(), entry.to_vec()));
        }
        self.attributes.other.push(("extended attributes".into(), own.to_vec()));
        Ok(())
    }
}

/// The time at `at`, as a file has it.
fn time(word: Words<'_>, at: usize) -> Result<(&'static str, Vec<u8>, Value), Malformed> {
    Ok(("mtime", word.slice(at, 12)?.to_vec(), moment(word, at)?))
}

/// Seconds and nanoseconds at `at`; what is no such number is no time.
pub(super) fn moment(word: Words<'_>, at: usize) -> Result<Value, Malformed> {
    let seconds = word.u64(at)? as i64;
    Ok(match word.u32(at + 8)? {
        0..1_000_000_000 => Value::Time { seconds, local: false },
        _ => Value::Raw,
    })
}
