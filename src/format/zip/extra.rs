//! Extra fields: two bytes of id, two of length, data (APPNOTE 4.5; Info-ZIP's extrafld.txt).

use super::{Entry, Fields, le16, le32, le64};
use crate::model::{Part, Role, Span, Value};

/// Which header the extra fields belong to.
pub(super) enum Place {
    Local,
    /// Which of size, compressed size and offset zip64 has; and what offsets count from.
    Central {
        zip64: [bool; 3],
        base: usize,
    },
}

/// The data of the first extra field with this id.
pub(super) fn find(bytes: &[u8], span: Span, id: u16) -> Option<Span> {
    let mut at = span.start;
    while at + 4 <= span.end {
        let data = Span::at(at + 4, usize::from(le16(bytes, at + 2)?));
        if le16(bytes, at)? == id {
            return (data.end <= span.end).then_some(data);
        }
        at = data.end;
    }
    None
}

/// Parts of the extra fields in `span`.
pub(super) fn fields(bytes: &[u8], span: Span, entry: &Entry, place: &Place) -> Vec<Part> {
    let grants = entry.mode(bytes) & 0o6000 != 0;
    let mut fields = Fields::at(span.start);
    while fields.at + 4 <= span.end {
        let (Some(id), Some(length)) = (le16(bytes, fields.at), le16(bytes, fields.at + 2)) else {
            break;
        };
        let data = Span::at(fields.at + 4, length.into());
        if data.end > span.end {
            break;
        }
        if matches!(place, Place::Local) && padding(bytes, id, data, span) {
            break;
        }
        fields.put(format!("extra {id:04x}"), 4, Role::Structure, Value::Raw);
        match id {
            0x0001 => zip64(&mut fields, bytes, data, entry, place),
            0x000a => ntfs(&mut fields, bytes, data),
            0x5455 if !data.is_empty() => {
                fields.put("UT flags", 1, Role::Structure, Value::Raw);
                for name in ["UT mtime", "UT atime", "UT ctime"] {
                    unix_time(&mut fields, bytes, data, name);
                }
            }
            0x5855 => {
                for name in ["UX atime", "UX mtime"] {
                    unix_time(&mut fields, bytes, data, name);
                }
                owners(&mut fields, bytes, data, grants);
            }
            0x7855 => owners(&mut fields, bytes, data, grants),
            0x7875 => {
                fields.put("ux version", data.len().min(1), Role::Structure, Value::Raw);
                for (size, name) in [("ux uid size", "ux uid"), ("ux gid size", "ux gid")] {
                    let Some(&length) = bytes.get(fields.at).filter(|_| fields.at < data.end) else {
                        break;
                    };
                    fields.put(size, 1, Role::Structure, Value::Raw);
                    owner(&mut fields, bytes, data, name, length.into(), grants);
                }
            }
            0x7075 if data.len() > 5 => {
                fields.put("unicode path version", 1, Role::Structure, Value::Raw);
                let name = bytes.get(entry.name.start..entry.name.end).unwrap_or_default();
                let valid = le32(bytes, fields.at) == Some(crc32fast::hash(name));
                fields.derived("unicode path crc32", 4, Role::Checksum, valid);
                fields.put("unicode path", data.len() - 5, Role::Name, Value::Raw);
            }
            // Android's alignment: the alignment, and zeros.
            0xd935 if data.len() >= 2 => {
                fields.put("alignment", 2, Role::Structure, Value::Raw);
                let zero = zero(bytes, Span::new(fields.at, data.end));
                fields.derived("alignment padding", data.len() - 2, Role::Padding, zero);
            }
            _ => {}
        }
        // What the loops above left, or an extra field that is not known here.
        let rest = data.end.saturating_sub(fields.at);
        fields.put(format!("extra {id:04x} data"), rest, Role::Content, Value::Raw);
        fields.at = data.end;
    }
    let rest = Span::new(fields.at, span.end);
    if matches!(place, Place::Local) && (rest.is_empty() || padding_at(bytes, rest)) {
        // Also where there is none: the other side may have some.
        let value = Value::Derived { valid: true };
        fields
            .parts
            .push(Part::field("extra padding", rest, Role::Padding, value));
    } else if rest.len() < 4 && zero(bytes, rest) {
        fields.derived("extra padding", rest.len(), Role::Padding, true);
    } else {
        fields.put("extra rest", rest.len(), Role::Content, Value::Raw);
    }
    fields.parts
}

/// The rest of a local header's extra fields is padding that aligns the data behind it.
fn padding_at(bytes: &[u8], rest: Span) -> bool {
    let extra = le16(bytes, rest.start).zip(le16(bytes, rest.start + 2));
    let data = extra.map(|(id, length)| (id, Span::at(rest.start + 4, length.into())));
    zero(bytes, rest) || data.is_some_and(|(id, data)| padding(bytes, id, data, rest))
}

/// Zeros up to the end of the extra fields: as zipalign has them, or in Android's own field, which says to what the data is aligned.
fn padding(bytes: &[u8], id: u16, data: Span, extra: Span) -> bool {
    let aligned = || {
        let alignment = le16(bytes, data.start).map_or(0, usize::from);
        alignment > 0 && extra.end.is_multiple_of(alignment)
    };
    match id {
        0 => zero(bytes, Span::new(data.start - 4, extra.end)),
        0xd935 if data.len() >= 2 && data.end == extra.end => {
            zero(bytes, Span::new(data.start + 2, data.end)) && aligned()
        }
        _ => false,
    }
}

fn zero(bytes: &[u8], span: Span) -> bool {
    bytes
        .get(span.start..span.end)
        .is_some_and(|bytes| bytes.iter().all(|&b| b == 0))
}

fn zip64(fields: &mut Fields, bytes: &[u8], data: Span, entry: &Entry, place: &Place) {
    // Each number is right by what it speaks of: the decoded bytes, the layout, the local header.
    let (has, base) = match place {
        Place::Local => ([true, true, false], 0),
        Place::Central { zip64, base } => (*zip64, *base),
    };
    let offset = entry.offset.saturating_sub(base) as u64;
    // As for the offset in the header itself.
    let found = entry.alone && entry.named_alike(bytes);
    let numbers = [
        ("zip64 size", Role::Size, entry.size),
        ("zip64 compressed size", Role::Size, entry.packed),
        ("zip64 offset", Role::Offset, offset),
    ];
    for ((name, role, number), has) in numbers.into_iter().zip(has) {
        if has && fields.at + 8 <= data.end {
            let stored = le64(bytes, fields.at);
            let value = if name == "zip64 size" && stored == Some(number) {
                entry.checked()
            } else {
                let later = matches!(place, Place::Local) && entry.streamed() && stored == Some(0);
                Value::Derived {
                    valid: (later || stored == Some(number)) && (found || role != Role::Offset),
                }
            };
            fields.put(name, 8, role, value);
        }
    }
}

/// 100-nanosecond steps since 1601 (attribute 1: mtime, atime, ctime).
fn ntfs(fields: &mut Fields, bytes: &[u8], data: Span) {
    if data.len() < 32 || le32(bytes, data.start + 4) != Some(0x0018_0001) {
        return;
    }
    fields.put("NTFS reserved", 4, Role::Structure, Value::Raw);
    fields.put("NTFS attribute", 4, Role::Structure, Value::Raw);
    for name in ["NTFS mtime", "NTFS atime", "NTFS ctime"] {
        let value = le64(bytes, fields.at).and_then(|ticks| i64::try_from(ticks / 10_000_000).ok());
        let value = value.map_or(Value::Raw, |seconds| Value::Time {
            seconds: seconds - 11_644_473_600,
            local: false,
        });
        fields.put(name, 8, Role::Timestamp, value);
    }
}

fn unix_time(fields: &mut Fields, bytes: &[u8], data: Span, name: &'static str) {
    if fields.at + 4 > data.end {
        return;
    }
    let seconds = le32(bytes, fields.at).map_or(0, |n| i64::from(n.cast_signed()));
    fields.put(name, 4, Role::Timestamp, Value::Time { seconds, local: false });
}

/// A 16-bit uid and gid, where they are.
fn owners(fields: &mut Fields, bytes: &[u8], data: Span, grants: bool) {
    for name in ["UX uid", "UX gid"] {
        owner(fields, bytes, data, name, 2, grants);
    }
}

/// `grants`: who owns the file decides what it may do, so its owner is no value among others.
fn owner(fields: &mut Fields, bytes: &[u8], data: Span, name: &'static str, length: usize, grants: bool) {
    let Some(id) = bytes
        .get(fields.at..fields.at + length)
        .filter(|_| fields.at + length <= data.end)
    else {
        return;
    };
    let small = id.iter().skip(8).all(|&b| b == 0);
    let number = id.iter().take(8).rev().fold(0, |n, &b| n << 8 | u64::from(b));
    let value = if small && !grants {
        Value::Number(number)
    } else {
        Value::Raw
    };
    fields.put(name, length, Role::Owner, value);
}
