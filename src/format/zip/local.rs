//! Local headers, data and data descriptors (APPNOTE 4.3.7 to 4.3.9).

use super::{Entry, Fields, central::End, extra, jarsigned::Signing, le16, le32, le64};
use crate::{
    format::checked::Checked,
    model::{Blob, Content, Malformed, Order, Part, Role, Span, Value},
};
use std::sync::Arc;

const DESCRIPTOR: u32 = 0x0807_4b50;

/// Where the pieces of one local entry lie.
#[derive(Clone, Copy, Debug)]
struct Layout {
    name: Span,
    extra: Span,
    data: Span,
    descriptor: Span,
}

/// One group an entry, in file order, read when it differs. Bytes between them are left to be gaps.
pub(super) fn parts(
    bytes: &Blob,
    end: &End,
    entries: &Arc<[Entry]>,
    signing: &Signing,
) -> Result<Vec<Part>, Malformed> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|&i| entries[i].offset);
    let mut parts = Vec::with_capacity(order.len());
    let mut at = 0;
    for (position, &index) in order.iter().enumerate() {
        let entry = &entries[index];
        let limit = order
            .get(position + 1)
            .map_or(end.directory.start, |&next| entries[next].offset);
        let layout = layout(bytes, entry, limit)?;
        if entry.offset < at {
            return Err(Malformed::at(
                entry.offset,
                "an entry behind the one before it",
                "one inside it",
            ));
        }
        at = layout.descriptor.end;
        let entries = entries.clone();
        let part = Part::lazy(
            entry.label(bytes),
            Span::new(entry.offset, at),
            Order::Fixed,
            move |bytes| Ok(fields(bytes, &entries[index], layout)),
        );
        parts.push(signing.mark(index, part));
    }
    Ok(parts)
}

fn layout(bytes: &[u8], entry: &Entry, limit: usize) -> Result<Layout, Malformed> {
    let at = entry.offset;
    let lengths = le16(bytes, at + 26).zip(le16(bytes, at + 28));
    let (name, extra) = lengths.ok_or_else(|| Malformed::truncated(bytes.len(), "a local header of 30 bytes"))?;
    let name = Span::at(at + 30, name.into());
    let extra = Span::at(name.end, extra.into());
    let packed = usize::try_from(entry.packed).unwrap_or(usize::MAX);
    let data = Span::at(extra.end, packed);
    if data.end > limit {
        return Err(Malformed::at(
            at,
            format!("{packed} bytes of data before {limit}"),
            "the next header",
        ));
    }
    let descriptor = descriptor(bytes, entry, data.end, limit);
    Ok(Layout {
        name,
        extra,
        data,
        descriptor,
    })
}

/// The descriptor behind streamed data: with or without a signature, with sizes of 4 or 8 bytes; the one that agrees.
fn descriptor(bytes: &[u8], entry: &Entry, at: usize, limit: usize) -> Span {
    let signed = usize::from(le32(bytes, at) == Some(DESCRIPTOR)) * 4;
    let candidates = [(signed, 8), (signed, 4), (0, 8), (0, 4)];
    let agrees = |&(skip, width): &(usize, usize)| {
        let number = |at: usize| {
            if width == 8 {
                le64(bytes, at)
            } else {
                le32(bytes, at).map(u64::from)
            }
        };
        let from = at + skip + 4;
        from + 2 * width <= limit
            && le32(bytes, at + skip) == Some(entry.crc)
            && number(from) == Some(entry.packed)
            && number(from + width) == Some(entry.size)
    };
    let found = candidates.iter().filter(|_| entry.streamed()).find(|c| agrees(c));
    Span::at(at, found.map_or(0, |&(skip, width)| skip + 4 + 2 * width))
}

fn fields(bytes: &Blob, entry: &Entry, layout: Layout) -> Vec<Part> {
    let at = entry.offset;
    let mut fields = Fields::at(at);
    fields.put("signature", 4, Role::Structure, Value::Raw);
    fields.put("version needed", 2, entry.version_needed(bytes), Value::Raw);
    fields.flags_and_method(bytes, entry);
    fields.dos_time(bytes);
    // Right when they repeat the central directory, or are left to the descriptor or to zip64.
    let mut repeated = |name, role, number: u64, sealed: bool| {
        let stored = le32(bytes, fields.at).map(u64::from);
        let later = (entry.streamed() && stored == Some(0)) || (stored == Some(0xffff_ffff) && role == Role::Size);
        let value = if stored == Some(number) && sealed {
            entry.checked()
        } else {
            Value::Derived {
                valid: later || stored == Some(number),
            }
        };
        fields.put(name, 4, role, value);
    };
    repeated("crc32", Role::Checksum, entry.crc.into(), true);
    repeated("compressed size", Role::Size, entry.packed, false);
    repeated("size", Role::Size, entry.size, true);
    fields.derived("name length", 2, Role::Size, true);
    fields.derived("extra length", 2, Role::Size, true);
    fields.put("name", layout.name.len(), Role::Name, Value::Raw);
    fields
        .parts
        .extend(extra::fields(bytes, layout.extra, entry, &extra::Place::Local));
    if !layout.data.is_empty() {
        fields.parts.push(entry.data(bytes, layout.data));
    }
    fields.at = layout.data.end;
    let signed = layout.descriptor.len().is_multiple_of(8) && !layout.descriptor.is_empty();
    if signed {
        fields.put("descriptor signature", 4, Role::Structure, Value::Raw);
    }
    if !layout.descriptor.is_empty() {
        let width = if layout.descriptor.len() >= 20 { 8 } else { 4 };
        // It was found because it agrees.
        fields.put("descriptor crc32", 4, Role::Checksum, entry.checked());
        fields.derived("descriptor compressed size", width, Role::Size, true);
        fields.put("descriptor size", width, Role::Size, entry.checked());
    }
    fields.parts
}

impl Entry {
    /// The value of a field that the decoder checks.
    pub(super) fn checked(&self) -> Value {
        // Nothing to decode: what the fields must say is known.
        if self.packed == 0 && self.size == 0 && self.crc == 0 {
            return Value::Derived { valid: true };
        }
        Value::Sealed(self.seal.clone())
    }

    /// Whether the local header has the same name.
    pub(super) fn named_alike(&self, bytes: &[u8]) -> bool {
        let length = le16(bytes, self.offset + 26).map_or(0, usize::from);
        let local = Span::at(self.offset + 30, length);
        bytes
            .get(local.start..local.end)
            .is_some_and(|name| Some(name) == bytes.get(self.name.start..self.name.end))
    }

    fn data(&self, bytes: &[u8], span: Span) -> Part {
        // Encrypted, another method, or two headers that do not agree: only bytes.
        match self.method(bytes) {
            Some(method) => {
                let content = Checked {
                    method,
                    crc: self.crc,
                    size: self.size,
                    size_mask: u64::MAX,
                    seal: self.seal.clone(),
                };
                Part::member("", span, Content::Encoded(Box::new(content)))
            }
            None => Part::field("data", span, Role::Content, Value::Raw),
        }
    }
}
