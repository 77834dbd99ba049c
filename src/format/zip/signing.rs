//! The APK signing block, which lies right before the central directory (Android's documentation, "APK signature scheme" v2, v3 and v3.1).

use super::{Fields, le32, le64};
use crate::model::{Blob, Order, Part, Role, Span, Value};

const MAGIC: &[u8] = b"APK Sig Block 42";
const PADDING: u32 = 0x4272_6577;

/// The pairs that a block may have, and whether each is signatures in the form of a scheme.
const KNOWN: &[(u32, &str, Option<Scheme>)] = &[
    (0x7109_871a, "v2 signature", Some(Scheme::V2)),
    (0xf053_68c0, "v3 signature", Some(Scheme::V3)),
    (0x1b93_ad61, "v3.1 signature", Some(Scheme::V3)),
    (PADDING, "verity padding", None),
    (0x504b_4453, "dependency information", None),
    (0x6dff_800d, "source stamp", None),
    (0x2b09_189e, "source stamp v1", None),
    (0x2146_444e, "frosting of a store", None),
    (0x7177_7777, "channel", None),
];

/// What a signer's attributes may be: protection against stripping, proof of rotation, and from which version on.
const ATTRIBUTES: &[u32] = &[0xbeef_f00d, 0x3ba0_6f8c, 0x559f_8b02, 0xc2a6_b3ba];

#[derive(Clone, Copy, PartialEq)]
enum Scheme {
    V2,
    V3,
}

/// The block between `from` and `to`, where there is one: one signature if it holds nothing else, else pair by pair.
pub(super) fn block(bytes: &Blob, from: usize, to: usize) -> Option<Part> {
    let magic = to.checked_sub(MAGIC.len()).and_then(|at| bytes.get(at..to))?;
    let size = usize::try_from(le64(bytes, to.checked_sub(24)?)?).ok()?;
    let start = to.checked_sub(size)?.checked_sub(8)?;
    if magic != MAGIC || start < from || size < 24 || le64(bytes, start)? != size as u64 {
        return None;
    }
    // What signs for verity puts the block at a page of its own.
    let padded = start.is_multiple_of(4096) && bytes.get(from..start)?.iter().all(|&byte| byte == 0);
    let span = Span::new(if padded { from } else { start }, to);
    let pairs = pairs(bytes, Span::new(start + 8, to - 24))?;
    let signed = pairs.iter().map(|pair| pair.signers(bytes)).collect::<Option<Vec<_>>>();
    let by: Vec<Vec<u8>> = signed.unwrap_or_default().into_iter().flatten().collect();
    if !by.is_empty() {
        let only = Part::field("signatures", span, Role::Signature, Value::Signed { by });
        return Some(Part::group("signing block", span, Order::Fixed, vec![only]));
    }
    let mut fields = Fields::at(span.start);
    fields.derived("padding", start - span.start, Role::Padding, true);
    fields.derived("size", 8, Role::Size, true);
    for pair in &pairs {
        fields.parts.push(pair.part(bytes));
    }
    fields.at = to - 24;
    fields.derived("size", 8, Role::Size, true);
    fields.put("magic", MAGIC.len(), Role::Structure, Value::Raw);
    Some(Part::group("signing block", span, Order::Fixed, fields.parts))
}

/// An identifier and a value behind a length of eight bytes.
struct Pair {
    start: usize,
    id: u32,
    value: Span,
}

fn pairs(bytes: &[u8], span: Span) -> Option<Vec<Pair>> {
    let mut found = Vec::new();
    let mut at = span.start;
    while at < span.end {
        let length = usize::try_from(le64(bytes, at)?).ok().filter(|length| *length >= 4)?;
        let end = at.checked_add(8)?.checked_add(length).filter(|end| *end <= span.end)?;
        found.push(Pair {
            start: at,
            id: le32(bytes, at + 8)?,
            value: Span::new(at + 12, end),
        });
        at = end;
    }
    Some(found)
}

impl Pair {
    fn known(&self) -> Option<&'static (u32, &'static str, Option<Scheme>)> {
        KNOWN.iter().find(|(id, ..)| *id == self.id)
    }
    /// Who signed; nothing where it is something else than signatures and padding.
    fn signers(&self, bytes: &Blob) -> Option<Vec<Vec<u8>>> {
        let value = bytes.get_span(self.value)?;
        match self.known()? {
            (PADDING, ..) => value.iter().all(|&byte| byte == 0).then(Vec::new),
            (_, name, Some(scheme)) => signers(value, *scheme, name),
            _ => None,
        }
    }
    fn part(&self, bytes: &[u8]) -> Part {
        let mut fields = Fields::at(self.start);
        fields.derived("length", 8, Role::Size, true);
        fields.put("id", 4, Role::Structure, Value::Raw);
        let role = match self.known() {
            Some((_, _, Some(_))) => Role::Signature,
            _ => Role::Content,
        };
        let (role, value) = match self.id {
            PADDING => {
                let valid = self.value.of(bytes).iter().all(|&byte| byte == 0);
                (Role::Padding, Value::Derived { valid })
            }
            _ => (role, Value::Raw),
        };
        fields.put("value", self.value.len(), role, value);
        let name = match self.known() {
            Some((_, name, _)) => (*name).to_owned(),
            None => format!("pair {:08x}", self.id),
        };
        Part::group(name, Span::new(self.start, self.value.end), Order::Fixed, fields.parts)
    }
}

/// The certificates of each signer, with the versions of Android that it signs for; nothing unless signers in the form of the scheme fill
/// the value.
fn signers(value: &[u8], scheme: Scheme, name: &str) -> Option<Vec<Vec<u8>>> {
    let mut by = vec![name.as_bytes().to_vec()];
    let mut signers = Sequence(all(value)?);
    while let Some(signer) = signers.next()? {
        let mut signer = Sequence(signer);
        let mut signed = Sequence(signer.next()??);
        list(signed.next()??)?;
        let certificates = list(signed.next()??)?;
        if scheme == Scheme::V3 {
            let versions = signed.number(8)?;
            (signer.number(8)? == versions).then_some(())?;
            by.push(versions.to_vec());
        }
        for attribute in list(signed.next()??)? {
            ATTRIBUTES.contains(&le32(attribute, 0)?).then_some(())?;
        }
        // What signs writes one more list, which is empty.
        matches!(signed.0, [] | [0, 0, 0, 0]).then_some(())?;
        list(signer.next()??)?;
        signer.next()??;
        signer.0.is_empty().then_some(())?;
        (!certificates.is_empty()).then_some(())?;
        by.extend(certificates.into_iter().map(<[u8]>::to_vec));
    }
    (by.len() > 1).then_some(by)
}

/// What fills `bytes` behind its length.
fn all(bytes: &[u8]) -> Option<&[u8]> {
    let mut sequence = Sequence(bytes);
    let inner = sequence.next()??;
    sequence.0.is_empty().then_some(inner)
}

/// The items of a list that is filled by them.
fn list(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut items = Sequence(bytes);
    let mut found = Vec::new();
    while let Some(item) = items.next()? {
        found.push(item);
    }
    Some(found)
}

/// Items behind a length of four bytes each.
struct Sequence<'b>(&'b [u8]);

impl<'b> Sequence<'b> {
    /// The next item; nothing inside where there is none, nothing at all where it is cut off.
    fn next(&mut self) -> Option<Option<&'b [u8]>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let length = usize::try_from(le32(self.0, 0)?).ok()?;
        self.number(4)?;
        self.number(length).map(Some)
    }
    fn number(&mut self, length: usize) -> Option<&'b [u8]> {
        let (item, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(item)
    }
}
