//! Android boot images, versions 0 to 4 of their header (AOSP, `bootimg.h`): kernel, RAM disks and device tree, and the hash that names them.

use super::{
    Format,
    row::padding,
    sections::{Words, inside, used},
};
use crate::{
    bytes::digest::{Algorithm, Hasher},
    model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value},
};

/// An Android boot image.
pub struct Bootimg;

const MAGIC: &[u8] = b"ANDROID!";
/// Of images from version 3 on.
const PAGE: usize = 4096;

impl Format for Bootimg {
    fn id(&self) -> FormatId {
        "bootimg"
    }
    fn kind(&self) -> Kind {
        Kind::Firmware
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let words = Words::new(bytes, false);
        let mut parts = vec![Part::field("magic", Span::at(0, 8), Role::Structure, Value::Raw)];
        let version = words.number(40, 4)?;
        parts.extend(match version {
            0..=2 => first(words, version, bytes.len())?,
            3 | 4 => later(words, version, bytes.len())?,
            _ => {
                return Err(Malformed::at(
                    40,
                    "a header of versions 0 to 4",
                    format!("version {version}"),
                ));
            }
        });
        parts.retain(|part| !part.span.is_empty());
        parts.sort_by_key(|part| part.span);
        // What fills pages follows from the sizes; behind the last file, an image may have been cut.
        let ends: Vec<usize> = parts.iter().map(|part| part.span.end).collect();
        let starts = parts.iter().skip(1).map(|part| part.span.start);
        let gaps: Vec<Part> = ends
            .into_iter()
            .zip(starts)
            .filter(|(end, start)| end < start)
            .map(|(end, start)| padding(bytes, end, start))
            .collect();
        parts.extend(gaps);
        parts.sort_by_key(|part| part.span);
        Ok(Opened {
            format: "bootimg",
            order: Order::Fixed,
            parts,
        })
    }
}

fn number(name: &'static str, at: usize, size: usize) -> Part {
    Part::field(name, Span::at(at, size), Role::Content, Value::Word { big: false })
}

fn string(name: &'static str, at: usize, size: usize) -> Part {
    Part::field(name, Span::at(at, size), Role::String, Value::Raw)
}

/// Lays files one behind the other, each from a page on; the first is behind the header's page.
fn pages(files: &[(&'static str, usize)], page: usize, length: usize) -> Result<Vec<(&'static str, Span)>, Malformed> {
    let mut at = page;
    let mut found = Vec::new();
    for &(name, size) in files {
        let span = inside(at, size, length)?;
        at = span
            .end
            .checked_next_multiple_of(page)
            .ok_or_else(|| Malformed::truncated(length, "pages"))?;
        found.push((name, span));
    }
    Ok(found)
}

/// Versions 0 to 2.
fn first(words: Words<'_>, version: u64, length: usize) -> Result<Vec<Part>, Malformed> {
    let page = words.position(36, 4)?;
    if page < 2048 || !page.is_power_of_two() || page > 1 << 20 {
        return Err(Malformed::at(36, "pages of 2 kB and more", page.to_string()));
    }
    let mut sizes = vec![("kernel", 8, 4), ("ramdisk", 16, 4), ("second", 24, 4)];
    let mut parts = vec![
        number("kernel address", 12, 4),
        number("ramdisk address", 20, 4),
        number("second address", 28, 4),
        number("tags address", 32, 4),
        used("page size", Span::at(36, 4), Role::Size),
        Part::field("header version", Span::at(40, 4), Role::Structure, Value::Raw),
        number("operating system", 44, 4),
        string("name", 48, 16),
        string("command line", 64, 512),
        string("more of the command line", 608, 1024),
    ];
    if version > 0 {
        sizes.push(("recovery dtbo", 1632, 4));
        parts.push(number("recovery dtbo offset", 1636, 8));
        parts.push(number("header size", 1644, 4));
    }
    if version > 1 {
        sizes.push(("dtb", 1648, 4));
        parts.push(number("dtb address", 1652, 8));
    }
    let mut files = Vec::new();
    for &(name, at, size) in &sizes {
        files.push((name, words.position(at, size)?));
        parts.push(used(format!("{name} size"), Span::at(at, size), Role::Size));
    }
    let files = pages(&files, page, length)?;
    // The hash of each file and its size, and zeros behind it.
    let mut hasher = Hasher::new(Algorithm::Sha1);
    for (_, span) in &files {
        hasher.update(words.get(*span).unwrap_or_default());
        hasher.update(&u32::try_from(span.len()).unwrap_or_default().to_le_bytes());
    }
    let mut id = hasher.finish().as_bytes().to_vec();
    id.resize(32, 0);
    let valid = words.get(Span::at(576, 32)) == Some(&id);
    parts.push(Part::field(
        "id",
        Span::at(576, 32),
        Role::Checksum,
        Value::Derived { valid },
    ));
    parts.extend(files.into_iter().map(|(name, span)| Part::stored(name, span)));
    inside(0, 1660.min(page), length)?;
    Ok(parts)
}

/// Versions 3 and 4: no addresses, and no hash.
fn later(words: Words<'_>, version: u64, length: usize) -> Result<Vec<Part>, Malformed> {
    inside(0, 1584, length)?;
    let mut parts = vec![
        number("operating system", 16, 4),
        number("header size", 20, 4),
        Part::field("header version", Span::at(40, 4), Role::Structure, Value::Raw),
        string("command line", 44, 1536),
    ];
    let mut sizes = vec![("kernel", 8), ("ramdisk", 12)];
    if version > 3 {
        sizes.push(("signature", 1580));
    }
    let mut files = Vec::new();
    for &(name, at) in &sizes {
        files.push((name, words.position(at, 4)?));
        parts.push(used(format!("{name} size"), Span::at(at, 4), Role::Size));
    }
    for (name, span) in pages(&files, PAGE, length)? {
        parts.push(match name {
            "signature" => Part::field(name, span, Role::Signature, Value::Raw),
            _ => Part::stored(name, span),
        });
    }
    Ok(parts)
}
