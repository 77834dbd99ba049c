//! tar: v7, ustar (POSIX.1-1988), GNU and pax (POSIX.1-2001), read from the raw 512-byte headers.

use super::Format;
use crate::model::{Blob, FormatId, Malformed, Opened, Order, Part, Role, Span, Value};
use std::collections::BTreeMap;

/// A tar archive.
pub struct Tar;

const BLOCK: usize = 512;

impl Format for Tar {
    fn id(&self) -> FormatId {
        "tar"
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        // The magic of ustar and GNU, or a v7 header whose checksum is right.
        bytes.len() >= BLOCK && bytes[..BLOCK].iter().any(|&b| b != 0) && checksum_valid(&bytes[..BLOCK])
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let mut parts = Vec::new();
        let mut at = 0;
        while let Some(header) = bytes.get(at..at + BLOCK) {
            if header.iter().all(|&b| b == 0) {
                break;
            }
            let (part, end) = entry(bytes, at)?;
            parts.push(part);
            at = end;
        }
        if at < bytes.len() {
            // Two zero blocks, and more up to the blocking factor; anything else there must be seen.
            parts.push(Part::field(
                "end",
                Span::new(at, bytes.len()),
                Role::Content,
                Value::Raw,
            ));
        }
        Ok(Opened {
            format: "tar",
            order: Order::Members,
            parts,
        })
    }
}

/// One entry: the headers that belong to it (pax `x`, GNU `L` and `K`), its own header, and its data.
fn entry(bytes: &Blob, start: usize) -> Result<(Part, usize), Malformed> {
    let mut fields = Vec::new();
    let mut at = start;
    let mut overrides: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
    loop {
        let header = bytes
            .get(at..at + BLOCK)
            .ok_or_else(|| Malformed::truncated(at, "a header of 512 bytes"))?;
        if !checksum_valid(header) {
            return Err(Malformed::at(at + 148, "the header's checksum", "another number"));
        }
        let kind = header[156];
        let size = number(&header[124..136]).ok_or_else(|| Malformed::at(at + 124, "a size", "no number"))?;
        let special = matches!(kind, b'x' | b'g' | b'L' | b'K' | b'V');
        let size = if special {
            size
        } else {
            overrides
                .get(b"size".as_slice())
                .and_then(|v| decimal(v))
                .unwrap_or(size)
        };
        // Links and folders have no data, whatever their size says (old GNU tar wrote sizes for hard links).
        let size = if matches!(kind, b'1'..=b'6') { 0 } else { size };
        let size = usize::try_from(size).map_err(|_| Malformed::at(at + 124, "a size that fits", "a larger one"))?;
        let data = Span::at(at + BLOCK, size);
        let padded = Span::at(at + BLOCK, size.checked_next_multiple_of(BLOCK).unwrap_or(usize::MAX));
        if data.end > bytes.len() {
            return Err(Malformed::truncated(bytes.len(), format!("{size} bytes of data")));
        }
        let padded = Span::new(padded.start, padded.end.min(bytes.len()));
        header_fields(bytes, at, &mut fields, special);
        match kind {
            b'x' | b'g' => {
                let records = pax(bytes, data)?;
                for (key, value, span) in records {
                    let text = String::from_utf8_lossy(&key).into_owned();
                    let (role, meaning) = pax_role(&key, &bytes[value.start..value.end]);
                    overrides.insert(key, bytes[value.start..value.end].to_vec());
                    let length = Span::new(span.start, value.start);
                    fields.push(Part::field(
                        format!("pax {text} length"),
                        length,
                        Role::Size,
                        Value::Derived { valid: true },
                    ));
                    fields.push(Part::field(format!("pax {text}"), value, role, meaning));
                    fields.push(Part::field(
                        format!("pax {text} end"),
                        Span::new(value.end, span.end),
                        Role::Structure,
                        Value::Raw,
                    ));
                }
            }
            b'L' | b'K' => {
                let key = if kind == b'L' {
                    b"path".to_vec()
                } else {
                    b"linkpath".to_vec()
                };
                overrides.insert(key, until_nul(&bytes[data.start..data.end]).to_vec());
                fields.push(Part::field("long name", data, Role::Name, Value::Raw));
            }
            _ if !data.is_empty() => fields.push(Part::stored("", data)),
            _ => {}
        }
        // Also where it is empty: whether there is any follows from the size.
        let padding = Span::new(data.end, padded.end);
        let valid = bytes[padding.start..padding.end].iter().all(|&b| b == 0);
        fields.push(Part::field("padding", padding, Role::Padding, Value::Derived { valid }));
        at = padded.end;
        if kind == b'g' || !special {
            let name = overrides
                .get(b"path".as_slice())
                .cloned()
                .unwrap_or_else(|| full_name(header));
            let name = if kind == b'g' {
                "pax global header".to_owned()
            } else {
                String::from_utf8_lossy(&name).into_owned()
            };
            return Ok((Part::group(name, Span::new(start, at), Order::Fixed, fields), at));
        }
    }
}

/// The fields of one 512-byte header (POSIX.1-1988 `ustar`; GNU's use of the last part has no field of its own here).
fn header_fields(bytes: &Blob, at: usize, fields: &mut Vec<Part>, special: bool) {
    let header = &bytes[at..at + BLOCK];
    let prefix = if special { "extended " } else { "" };
    let mut put = |name: &str, from: usize, to: usize, role, value| {
        fields.push(Part::field(
            format!("{prefix}{name}"),
            Span::new(at + from, at + to),
            role,
            value,
        ));
    };
    let value = |from: usize, to: usize| number(&header[from..to]);
    // Who owns a set-id file decides what it may do: there the owner is no value among others.
    let grants = value(100, 108).is_none_or(|mode| mode & 0o6000 != 0);
    let owner = |known: Option<Value>| known.filter(|_| !grants).unwrap_or(Value::Raw);
    let text = |from: usize, to: usize| Value::Text(String::from_utf8_lossy(until_nul(&header[from..to])).into_owned());
    put("name", 0, 100, Role::Name, text(0, 100));
    put(
        "mode",
        100,
        108,
        Role::Mode,
        value(100, 108).map_or(Value::Raw, |n| Value::Mode(n as u32)),
    );
    put("uid", 108, 116, Role::Owner, owner(value(108, 116).map(Value::Number)));
    put("gid", 116, 124, Role::Owner, owner(value(116, 124).map(Value::Number)));
    put("size", 124, 136, Role::Size, Value::Derived { valid: true });
    put(
        "mtime",
        136,
        148,
        Role::Timestamp,
        value(136, 148).map_or(Value::Raw, |n| Value::Time {
            seconds: n as i64,
            local: false,
        }),
    );
    put("checksum", 148, 156, Role::Checksum, Value::Derived { valid: true });
    put("type", 156, 157, Role::Structure, Value::Raw);
    put("link name", 157, 257, Role::String, Value::Raw);
    put("magic", 257, 265, Role::Structure, Value::Raw);
    put("user name", 265, 297, Role::Owner, owner(Some(text(265, 297))));
    put("group name", 297, 329, Role::Owner, owner(Some(text(297, 329))));
    put("device", 329, 345, Role::Inode, Value::Raw);
    put("prefix", 345, 512, Role::Content, Value::Raw);
}

fn pax_role(key: &[u8], value: &[u8]) -> (Role, Value) {
    match key {
        b"mtime" | b"atime" | b"ctime" => {
            let text = std::str::from_utf8(value).unwrap_or("");
            let seconds = text.split('.').next().and_then(|s| s.parse().ok());
            (
                Role::Timestamp,
                seconds.map_or(Value::Raw, |seconds| Value::Time { seconds, local: false }),
            )
        }
        b"uid" | b"gid" => (Role::Owner, decimal(value).map_or(Value::Raw, Value::Number)),
        b"uname" | b"gname" => (Role::Owner, Value::Raw),
        b"path" | b"linkpath" => (Role::Name, Value::Raw),
        b"size" => (Role::Size, Value::Derived { valid: true }),
        _ => (Role::String, Value::Raw),
    }
}

/// Records `LENGTH KEY=VALUE\n` of a pax header: key, span of the value, span of the record.
fn pax(bytes: &Blob, data: Span) -> Result<Vec<(Vec<u8>, Span, Span)>, Malformed> {
    let mut records = Vec::new();
    let mut at = data.start;
    while at < data.end {
        let rest = &bytes[at..data.end];
        let bad = || Malformed::at(at, "a pax record", "other bytes");
        let space = memchr::memchr(b' ', rest).ok_or_else(bad)?;
        let length = decimal(&rest[..space])
            .and_then(|n| usize::try_from(n).ok())
            .ok_or_else(bad)?;
        let record = rest
            .get(..length)
            .filter(|r| r.ends_with(b"\n") && length > space + 1)
            .ok_or_else(bad)?;
        let equals = space + 1 + memchr::memchr(b'=', &record[space + 1..]).ok_or_else(bad)?;
        let value = Span::new(at + equals + 1, at + length - 1);
        records.push((record[space + 1..equals].to_vec(), value, Span::at(at, length)));
        at += length;
    }
    Ok(records)
}

fn full_name(header: &[u8]) -> Vec<u8> {
    let name = until_nul(&header[..100]);
    let prefix = if &header[257..263] == b"ustar\0" {
        until_nul(&header[345..500])
    } else {
        b""
    };
    if prefix.is_empty() {
        name.to_vec()
    } else {
        [prefix, b"/", name].concat()
    }
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    &bytes[..memchr::memchr(0, bytes).unwrap_or(bytes.len())]
}

/// The sum of the header's bytes, with the checksum's own eight taken as spaces; some old tars summed signed bytes.
fn checksum_valid(header: &[u8]) -> bool {
    let byte = |i: usize, b: u8| if (148..156).contains(&i) { b' ' } else { b };
    let unsigned: u64 = header.iter().enumerate().map(|(i, &b)| u64::from(byte(i, b))).sum();
    let signed: i64 = header
        .iter()
        .enumerate()
        .map(|(i, &b)| i64::from(byte(i, b) as i8))
        .sum();
    number(&header[148..156]).is_some_and(|stored| stored == unsigned || i64::try_from(stored) == Ok(signed))
}

/// Octal digits, or GNU's base-256 with the high bit set.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        return field.iter().enumerate().try_fold(0u64, |n, (i, &b)| {
            n.checked_mul(256)?
                .checked_add(u64::from(if i == 0 { b & 0x7f } else { b }))
        });
    }
    let text = until_nul(field);
    let text = std::str::from_utf8(text).ok()?.trim_matches(' ');
    if text.is_empty() {
        Some(0)
    } else {
        u64::from_str_radix(text, 8).ok()
    }
}

fn decimal(bytes: &[u8]) -> Option<u64> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}
