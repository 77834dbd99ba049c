//! U-Boot images, legacy form (`include/image.h`): a header with its time and checksums, and what it starts; of several, each by its number.

use super::{
    Format,
    sections::{Words, inside, time, used},
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};

/// A legacy image.
pub struct Uboot;

const MAGIC: &[u8] = b"\x27\x05\x19\x56";
const HEADER: usize = 64;
/// IH_TYPE_MULTI and IH_TYPE_SCRIPT: a table of sizes comes first.
const TABLES: [u8; 2] = [4, 6];
/// Images in one.
const IMAGES: usize = 1000;

impl Format for Uboot {
    fn id(&self) -> FormatId {
        "uboot"
    }
    fn kind(&self) -> Kind {
        Kind::Firmware
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let words = Words::new(bytes, true);
        let head = bytes
            .first_chunk::<HEADER>()
            .ok_or_else(|| Malformed::truncated(bytes.len(), "a header of 64 bytes"))?;
        let data = inside(HEADER, words.position(12, 4)?, bytes.len())?;
        let mut blank = *head;
        blank[4..8].fill(0);
        let right = |at: usize, sum: u32| {
            let valid = words.number(at, 4).is_ok_and(|told| told == u64::from(sum));
            Value::Derived { valid }
        };
        let word = |name: &'static str, at: usize| {
            Part::field(name, Span::at(at, 4), Role::Content, Value::Word { big: true })
        };
        let byte = |name: &'static str, at: usize| Part::field(name, Span::at(at, 1), Role::Structure, Value::Raw);
        let mut parts = vec![
            Part::field("magic", Span::at(0, 4), Role::Structure, Value::Raw),
            Part::field(
                "header checksum",
                Span::at(4, 4),
                Role::Checksum,
                right(4, crc32fast::hash(&blank)),
            ),
            time("time", 8, words.number(8, 4)?),
            used("size", Span::at(12, 4), Role::Size),
            word("load address", 16),
            word("entry point", 20),
            Part::field(
                "data checksum",
                Span::at(24, 4),
                Role::Checksum,
                right(24, crc32fast::hash(&bytes[data.start..data.end])),
            ),
            byte("operating system", 28),
            byte("architecture", 29),
            byte("type", 30),
            byte("compression", 31),
            Part::field("name", Span::at(32, 32), Role::String, Value::Raw),
        ];
        parts.extend(match TABLES.contains(&head[30]) {
            true => images(words, data)?,
            false => vec![Part::stored("data", data)],
        });
        Ok(Opened {
            format: "uboot",
            order: Order::Fixed,
            parts,
        })
    }
}

/// Sizes up to a zero, and the images, each filled up to four bytes.
fn images(words: Words<'_>, data: Span) -> Result<Vec<Part>, Malformed> {
    let (mut parts, mut sizes, mut at) = (Vec::new(), Vec::new(), data.start);
    loop {
        inside(at, 4, data.end)?;
        let size = words.position(at, 4)?;
        parts.push(used(format!("size {}", sizes.len() + 1), Span::at(at, 4), Role::Size));
        at += 4;
        if size == 0 {
            break;
        }
        sizes.push(size);
        if sizes.len() > IMAGES {
            return Err(Malformed::limit(format!("at most {IMAGES} images")));
        }
    }
    for (number, size) in sizes.into_iter().enumerate() {
        let span = inside(at, size, data.end)?;
        parts.push(Part::stored(format!("image {}", number + 1), span));
        at = span.end.next_multiple_of(4);
    }
    Ok(parts)
}
