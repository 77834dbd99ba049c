//! Folders: entries of 32 bytes, each behind those that hold its long name.

use super::ENTRY;
use crate::{
    format::{
        sections::Words,
        volume::{Attributes, Listing},
        zip::dos,
    },
    model::{Blob, Malformed, Span},
};

/// Attributes of a piece of a long name, of a folder, and of the volume's label.
const LONG: u8 = 0x0f;
const FOLDER: u8 = 0x10;
const LABEL: u8 = 0x08;

/// A file, a folder, or the label.
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) cluster: u64,
    pub(super) size: u64,
    bytes: [u8; ENTRY],
}

impl Entry {
    pub(super) fn folder(&self) -> bool {
        self.bytes[11] & (FOLDER | LABEL) == FOLDER && self.follows()
    }
    /// Whether it leads to anything but itself and the folder above.
    pub(super) fn follows(&self) -> bool {
        !matches!(&self.name[..], b"." | b"..") && self.bytes[11] & LABEL == 0
    }

    /// What it says of the file. Times are local, and of two seconds.
    pub(super) fn attributes(&self) -> Attributes {
        let kind = match self.bytes[11] {
            of if of & LABEL != 0 => "label",
            of if of & FOLDER != 0 => "folder",
            _ => "file",
        };
        let b = &self.bytes;
        let word = |at: usize| u16::from_le_bytes([b[at], b[at + 1]]);
        let time = |time: u16, date: u16, name, bytes: &[u8]| (name, bytes.to_vec(), dos(time, date));
        let mut other: Vec<(std::borrow::Cow<'static, str>, Vec<u8>)> = vec![
            ("short name".into(), b[..11].to_vec()),
            ("attributes".into(), b[11..13].to_vec()),
        ];
        let file = self.follows() && !self.folder();
        if !file && self.size != 0 {
            other.push(("size".into(), b[28..32].to_vec()));
        }
        Attributes {
            kind: kind.into(),
            times: vec![
                time(word(14), word(16), "created", &b[13..18]),
                time(0, word(18), "read", &b[18..20]),
                time(word(22), word(24), "written", &b[22..26]),
            ],
            size: file.then_some(self.size),
            other,
            ..Attributes::default()
        }
    }
}

/// The entries in these clusters. Deleted ones, and long names that are no entry's, are left, and so compared as unused.
pub(super) fn entries(image: &Blob, spans: &[Span], list: &mut Listing) -> Result<Vec<Entry>, Malformed> {
    let mut found = Vec::new();
    // Pieces of the long name that is being read, the last one first.
    let mut pieces: Vec<Span> = Vec::new();
    for at in spans.iter().flat_map(|span| (span.start..span.end).step_by(ENTRY)) {
        let bytes: &[u8; ENTRY] = image
            .get(at..)
            .and_then(|rest| rest.first_chunk())
            .ok_or_else(|| Malformed::truncated(image.len(), "an entry of a folder"))?;
        match bytes[0] {
            0 => return Ok(found),
            0xe5 => pieces.clear(),
            _ if bytes[11] & 0x3f == LONG => pieces.push(Span::at(at, ENTRY)),
            _ => {
                list.take(Span::at(at, ENTRY));
                let long = long(image, &pieces, bytes);
                if long.is_some() {
                    pieces.iter().for_each(|span| list.take(*span));
                }
                pieces.clear();
                let word = Words::little(bytes);
                let high = word.u16(20)?;
                found.push(Entry {
                    name: long.unwrap_or_else(|| short(bytes)),
                    cluster: word.u16(26)? | high << 16,
                    size: word.u32(28)?,
                    bytes: *bytes,
                });
            }
        }
    }
    Ok(found)
}

/// The short name, in small letters where the entry says so.
fn short(bytes: &[u8; ENTRY]) -> Vec<u8> {
    let part = |span: std::ops::Range<usize>, small: bool| {
        let text = &bytes[span];
        let end = text.iter().rposition(|&b| b != b' ').map_or(0, |at| at + 1);
        let mut text = text[..end].to_vec();
        if small {
            text.make_ascii_lowercase();
        }
        text
    };
    if bytes[11] & LABEL != 0 {
        return [&b"(label) "[..], &part(0..11, false)].concat();
    }
    let (stem, suffix) = (part(0..8, bytes[12] & 8 != 0), part(8..11, bytes[12] & 16 != 0));
    if suffix.is_empty() {
        return stem;
    }
    [&stem[..], b".", &suffix].concat()
}

/// The long name that stands before an entry, if it is that entry's and nothing else is in it.
fn long(image: &Blob, pieces: &[Span], entry: &[u8; ENTRY]) -> Option<Vec<u8>> {
    if pieces.is_empty() {
        return None;
    }
    let sum = entry[..11]
        .iter()
        .fold(0u8, |sum, &b| sum.rotate_right(1).wrapping_add(b));
    let mut units = Vec::new();
    for (nth, span) in pieces.iter().rev().enumerate() {
        let piece = image.get_span(*span)?;
        let last = if nth + 1 == pieces.len() { 0x40 } else { 0 };
        if usize::from(piece[0]) != (nth + 1) | last || piece[13] != sum || piece[12] != 0 || piece[26..28] != [0, 0] {
            return None;
        }
        for part in [1..11, 14..26, 28..32] {
            units.extend(piece[part].chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])));
        }
    }
    let end = units.iter().position(|&unit| unit == 0).unwrap_or(units.len());
    if units
        .get(end + 1..)
        .is_some_and(|rest| rest.iter().any(|&unit| unit != 0xffff))
    {
        return None;
    }
    String::from_utf16(&units[..end]).ok().map(String::into_bytes)
}
