//! ldconfig's own cache, `/var/cache/ldconfig/aux-cache` (glibc, `elf/cache.c`, `struct aux_cache_file`): what it knows of each library, by
//! inode and time.

use super::Format;
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};

/// A cache of ldconfig.
pub struct AuxCache;

/// Without its version, of which there are two.
const MAGIC: &[u8] = b"glibc-ld.so.auxcache-";
/// Magic, number of libraries, length of the strings.
const HEADER: usize = 32;
/// What glibc gives a library, before and since 2.37.
const ENTRIES: [usize; 2] = [48, 40];

impl Format for AuxCache {
    fn id(&self) -> FormatId {
        "aux_cache"
    }
    fn kind(&self) -> Kind {
        Kind::Data
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let word = |at: usize| -> Result<usize, Malformed> {
            let word = bytes.get(at..at + 4).and_then(|word| word.first_chunk());
            let word = word.ok_or_else(|| Malformed::truncated(bytes.len(), "a header of 32 bytes"))?;
            Ok(u32::from_ne_bytes(*word) as usize)
        };
        let (count, length) = (word(24)?, word(28)?);
        let strings = bytes.len().checked_sub(length).filter(|&at| at >= HEADER);
        let strings = strings.ok_or_else(|| Malformed::truncated(bytes.len(), format!("{length} bytes of strings")))?;
        let fits = |size: &usize| count.checked_mul(*size) == Some(strings - HEADER);
        let size = ENTRIES.into_iter().find(fits);
        let size = size.ok_or_else(|| Malformed::at(24, "a number of libraries that fits", count.to_string()))?;
        let entries = (HEADER..strings).step_by(size);
        let entries: Result<Vec<Part>, Malformed> = entries.map(|at| entry(bytes, at, size, strings)).collect();
        let derived = || Value::Derived { valid: true };
        Ok(Opened {
            format: "aux_cache",
            order: Order::Fixed,
            parts: vec![
                Part::field("magic", Span::new(0, 24), Role::Structure, Value::Raw),
                Part::field("number of libraries", Span::at(24, 4), Role::Size, derived()),
                Part::field("length of strings", Span::at(28, 4), Role::Size, derived()),
                Part::group("libraries", Span::new(HEADER, strings), Order::Keys, entries?),
                names(bytes, Span::new(strings, bytes.len())),
            ],
        })
    }
}

/// What is known of one library, which is named by its soname and its size.
fn entry(bytes: &Blob, at: usize, size: usize, strings: usize) -> Result<Part, Malformed> {
    let wide = |at: usize| {
        let wide = bytes.get(at..at + 8).and_then(|wide| wide.first_chunk());
        wide.map_or(0, |wide| u64::from_ne_bytes(*wide))
    };
    let offset = (wide(at + 32) >> 32) as usize;
    let soname = bytes.get(strings..).and_then(|strings| strings.get(offset..));
    let soname = soname.and_then(|text| Some(text[..memchr::memchr(0, text)?].to_vec()));
    let soname = soname.ok_or_else(|| Malformed::at(at + 36, "an offset in the strings", offset.to_string()))?;
    let time = Value::Time {
        seconds: i64::try_from(wide(at + 8)).unwrap_or(i64::MAX),
        local: false,
    };
    let name = format!("{} ({} bytes)", String::from_utf8_lossy(&soname), wide(at + 16));
    let word = || Value::Word { big: false };
    Ok(Part::group(
        name,
        Span::at(at, size),
        Order::Fixed,
        vec![
            Part::field("inode", Span::at(at, 8), Role::Inode, word()),
            Part::field("ctime", Span::at(at + 8, 8), Role::Timestamp, time),
            Part::field("size", Span::at(at + 16, 8), Role::Content, word()),
            Part::field("device", Span::at(at + 24, 8), Role::Inode, word()),
            Part::field("flags", Span::at(at + 32, 4), Role::Structure, Value::Raw),
            Part::field("soname", Span::at(at + 36, 4), Role::Reference, Value::Target(soname)),
            // Of the older version the system that is needed, and padding: a gap.
        ],
    ))
}

/// The strings, in the order of the libraries.
fn names(bytes: &Blob, span: Span) -> Part {
    let mut parts = Vec::new();
    let mut at = span.start;
    for end in memchr::memchr_iter(0, &bytes[span.start..span.end]) {
        let text = Span::new(at, span.start + end + 1);
        let name = String::from_utf8_lossy(&bytes[text.start..text.end - 1]).into_owned();
        parts.push(Part::field(name, text, Role::String, Value::Raw));
        at = text.end;
    }
    Part::group("strings", span, Order::Keys, parts)
}
