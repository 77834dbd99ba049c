//! ISO 9660 (ECMA-119) with Rock Ridge (IEEE P1282), Joliet and El Torito: volume descriptors, folders by path in each of the trees, path tables,
//! the boot catalogue and its images.

mod boot;
mod folder;
mod rock;
mod tables;

use super::{
    Format,
    sections::Words,
    volume::{self, Codec, Listing, Piece},
};
use crate::{
    model::{Blob, FormatId, Kind, Malformed, Opened, Role, Span, Value},
    notation::calendar::days,
};
use folder::Tree;

/// An image of a CD, a DVD or a USB stick.
pub struct Iso9660;

const SECTOR: usize = 2048;
/// Descriptors of one image.
const DESCRIPTORS: usize = 64;

impl Format for Iso9660 {
    fn id(&self) -> FormatId {
        "iso9660"
    }
    fn kind(&self) -> Kind {
        Kind::Volume
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.get(16 * SECTOR..16 * SECTOR + 7) == Some(b"\x01CD001\x01")
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Ok(volume::opened("iso9660", bytes, false, read))
    }
}

/// A number in both byte orders; where these disagree, not everybody reads the same.
fn both<const N: usize>(image: &[u8], at: usize, list: &mut Listing) -> Result<u64, Malformed> {
    let number = Words::little(image).number(at, N)?;
    if number != Words::big(image).number(at + N, N)? {
        list.wrong(image.get(at..at + 2 * N).unwrap_or_default());
    }
    Ok(number)
}

/// The bytes of so many from a sector on.
fn span(sector: u64, length: u64) -> Result<Span, Malformed> {
    let start = usize::try_from(sector)
        .ok()
        .and_then(|sector| sector.checked_mul(SECTOR));
    let place = start.zip(usize::try_from(length).ok());
    let place = place.map(|(start, length)| Span::at(start, length));
    place.ok_or_else(|| Malformed::at(0, "a sector of the image", sector.to_string()))
}

fn read(image: &Blob) -> Result<Listing, Malformed> {
    let mut list = Listing::new(image);
    let system = Span::new(0, 16 * SECTOR);
    if image.slice(system).iter().any(|&b| b != 0) {
        list.node("(system area)")?;
        list.content("", vec![Piece::Stored(system)], Codec::None)?;
    }
    let mut trees = Vec::new();
    for nth in 0..DESCRIPTORS {
        let at = (16 + nth) * SECTOR;
        let head = image.get(at..at + 7);
        if head.is_none_or(|head| head[1..6] != *b"CD001") {
            return Err(Malformed::at(at, "a volume descriptor", "something else"));
        }
        let kind = image[at];
        match kind {
            0 => boot::descriptor(image, at, &mut list)?,
            1 | 2 => {
                let joliet = kind == 2 && matches!(image.get(at + 88..at + 91), Some(b"%/@" | b"%/C" | b"%/E"));
                let name = match (kind, joliet) {
                    (1, _) => "volume descriptor",
                    (_, true) => "volume descriptor of Joliet",
                    _ => "volume descriptor of another tree",
                };
                list.node(name)?;
                descriptor(&mut list, image, at)?;
                trees.push((at, kind, joliet));
            }
            _ => {
                list.node(format!("volume descriptor {kind}"))?;
                list.field("bytes", Span::at(at, SECTOR), Role::Structure, Value::Raw);
            }
        }
        if kind == 255 {
            break;
        }
    }
    for (at, kind, joliet) in trees {
        let prefix = match (kind, joliet) {
            (1, _) => "",
            (_, true) => "(Joliet)",
            _ => "(other tree)",
        };
        let mut tree = Tree::new(image, prefix, joliet);
        tree.walk(at + 156, &mut list)?;
        tables::path_tables(image, at, &tree.folders, prefix, &mut list)?;
    }
    Ok(list)
}

/// The fields of a primary or supplementary descriptor.
fn descriptor(list: &mut Listing, image: &Blob, at: usize) -> Result<(), Malformed> {
    use Role::{Name, Structure};
    list.fields(at, false, &[("type", 7, Structure), ("flags", 1, Structure)]);
    for (name, from, to, role) in [
        ("system", 8, 40, Name),
        ("volume id", 40, 72, Name),
        ("unused", 72, 80, Structure),
        ("escape sequences", 88, 120, Structure),
        ("volume set", 120, 128, Structure),
        ("block size", 128, 132, Structure),
        ("volume set id", 190, 318, Structure),
        ("publisher", 318, 446, Structure),
        ("data preparer", 446, 574, Structure),
        ("application", 574, 702, Structure),
        ("files of notes", 702, 813, Structure),
        ("version", 881, 883, Structure),
        ("application use", 883, 1395, Structure),
        ("reserved", 1395, SECTOR, Structure),
    ] {
        list.field(name, Span::new(at + from, at + to), role, Value::Raw);
    }
    let sectors = both::<4>(image, at + 80, list)?;
    let right = sectors.checked_mul(SECTOR as u64) == Some(image.len() as u64);
    match right {
        true => list.derived("size", Span::at(at + 80, 8), Role::Size, true),
        false => list.field("size", Span::at(at + 80, 8), Structure, Value::Raw),
    }
    let stamp = |from: usize| image.get(at + from..at + from + 17).unwrap_or_default();
    let (created, modified) = (stamp(813), stamp(830));
    for (name, from) in [
        ("created", 813),
        ("modified", 830),
        ("expires", 847),
        ("effective", 864),
    ] {
        // From when or until when something holds is no time of a build, unless it is the same.
        let own = from < 847 || from == 864 && (stamp(from) == created || stamp(from) == modified);
        let role = if own { Role::Timestamp } else { Structure };
        list.field(name, Span::at(at + from, 17), role, digits(stamp(from)));
    }
    Ok(())
}

/// Sixteen digits of a date, and its zone in quarter hours.
fn digits(stamp: &[u8]) -> Value {
    let number = |from: usize, to: usize| {
        let digits = stamp.get(from..to)?;
        let digit = |n: i64, b: &u8| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0'));
        digits.iter().try_fold(0, digit)
    };
    let read = || {
        let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
        let (hour, minute, second) = (number(8, 10)?, number(10, 12)?, number(12, 14)?);
        let zone = i64::from(*stamp.get(16)? as i8) * 900;
        let seconds = days(year, month.clamp(1, 12), day) * 86400 + hour * 3600 + minute * 60 + second - zone;
        (year > 0 && (1..=12).contains(&month)).then_some(Value::Time { seconds, local: false })
    };
    read().unwrap_or(Value::Raw)
}

/// Seven bytes of a date: years since 1900, month, day, hour, minute, second, zone in quarter hours.
fn seven(stamp: &[u8]) -> Value {
    match *stamp {
        [
            year,
            month @ 1..=12,
            day @ 1..=31,
            hour @ 0..=23,
            minute @ 0..=59,
            second @ 0..=60,
            zone,
        ] => {
            let day = days(1900 + i64::from(year), month.into(), day.into());
            let time = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
            Value::Time {
                seconds: day * 86400 + time - i64::from(zone as i8) * 900,
                local: false,
            }
        }
        _ => Value::Raw,
    }
}
