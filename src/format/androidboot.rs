//! Android boot images, versions 0 to 4 (AOSP, `system/tools/mkbootimg`, `boot_img_hdr`): kernel, ramdisk and what else there is, each in whole
//! pages; the id is a digest of them.

use super::{
    Format,
    row::{derived, padding, row},
    sections::inside,
    volume::Endian,
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span};
use sha1::{Digest, Sha1};

/// A boot image.
pub struct Androidboot;

impl Format for Androidboot {
    fn id(&self) -> FormatId {
        "androidboot"
    }
    fn kind(&self) -> Kind {
        Kind::Firmware
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(b"ANDROID!")
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let version = Endian::little(bytes).u32(40)?;
        let (header, page, members) = match version {
            3 | 4 => new(bytes, version)?,
            _ => old(bytes, version)?,
        };
        let mut parts = header;
        let mut at = page;
        let end = parts.last().map_or(0, |part| part.span.end);
        parts.push(padding(bytes, end, page));
        for (name, size) in members {
            if size == 0 {
                continue;
            }
            let span = inside(at, size, bytes.len())?;
            at = span.end.next_multiple_of(page);
            parts.push(Part::stored(name, span));
            // The last page may be cut short.
            parts.push(padding(bytes, span.end, at.min(bytes.len())));
        }
        Ok(Opened {
            format: "androidboot",
            order: Order::Fixed,
            parts,
        })
    }
}

/// Fields, the size of a page, and the members with their sizes.
type Laid = (Vec<Part>, usize, Vec<(&'static str, usize)>);

/// A size that lays out the members.
fn size(name: &'static str, at: usize) -> Part {
    derived(name, Span::at(at, 4), Role::Size, true)
}

fn old(bytes: &Blob, version: u64) -> Result<Laid, Malformed> {
    use Role::{String, Structure};
    let word = Endian::little(bytes);
    let page = word.at::<4>(36)?;
    if !page.is_power_of_two() || !(2048..=1 << 20).contains(&page) {
        return Err(Malformed::at(36, "a size of pages", page.to_string()));
    }
    let mut members = vec![
        ("kernel", word.at::<4>(8)?),
        ("ramdisk", word.at::<4>(16)?),
        ("second", word.at::<4>(24)?),
    ];
    let mut parts = row(0, false, &[("magic", 8, Structure)]);
    parts.push(size("kernel size", 8));
    parts.extend(row(12, false, &[("kernel address", 4, Structure)]));
    parts.push(size("ramdisk size", 16));
    parts.extend(row(20, false, &[("ramdisk address", 4, Structure)]));
    parts.push(size("second size", 24));
    parts.extend(row(
        28,
        false,
        &[
            ("second address", 4, Structure),
            ("tags address", 4, Structure),
            ("page size", 4, Structure),
            ("header version", 4, Structure),
            ("system version", 4, Structure),
            ("name", 16, String),
            ("command line", 512, String),
        ],
    ));
    // Version 0 had the size of a device tree where the version stands now.
    if (1..=2).contains(&version) {
        members.push(("recovery dtbo", word.at::<4>(1632)?));
    }
    if version == 2 {
        members.push(("dtb", word.at::<4>(1648)?));
    }
    let right = id(bytes, page, &members)
        .is_some_and(|id| bytes.get(576..596) == Some(&id[..]) && bytes.get(596..608) == Some(&[0; 12]));
    parts.push(derived("id", Span::at(576, 32), Role::Checksum, right));
    parts.extend(row(608, false, &[("more command line", 1024, String)]));
    if (1..=2).contains(&version) {
        parts.push(size("recovery dtbo size", 1632));
        parts.extend(row(
            1636,
            false,
            &[("recovery dtbo place", 8, Structure), ("header size", 4, Structure)],
        ));
    }
    if version == 2 {
        parts.push(size("dtb size", 1648));
        parts.extend(row(1652, false, &[("dtb address", 8, Structure)]));
    }
    Ok((parts, page, members))
}

/// SHA-1 of the members, each with its size.
fn id(bytes: &Blob, page: usize, members: &[(&'static str, usize)]) -> Option<[u8; 20]> {
    let (mut sum, mut at) = (Sha1::new(), page);
    for (_, size) in members {
        let span = inside(at, *size, bytes.len()).ok()?;
        sum.update(bytes.get(span.start..span.end)?);
        sum.update(u32::try_from(*size).ok()?.to_le_bytes());
        at = span.end.next_multiple_of(page);
    }
    Some(sum.finalize().into())
}

fn new(bytes: &Blob, version: u64) -> Result<Laid, Malformed> {
    use Role::{String, Structure};
    let word = Endian::little(bytes);
    let mut members = vec![("kernel", word.at::<4>(8)?), ("ramdisk", word.at::<4>(12)?)];
    let mut parts = row(0, false, &[("magic", 8, Structure)]);
    parts.push(size("kernel size", 8));
    parts.push(size("ramdisk size", 12));
    parts.extend(row(
        16,
        false,
        &[
            ("system version", 4, Structure),
            ("header size", 4, Structure),
            ("reserved", 16, Structure),
            ("header version", 4, Structure),
            ("command line", 1536, String),
        ],
    ));
    if version == 4 {
        members.push(("signature", word.at::<4>(1580)?));
        parts.push(size("signature size", 1580));
    }
    Ok((parts, 4096, members))
}
