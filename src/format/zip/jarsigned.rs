//! Signatures of a jar ("JAR File Specification", Signed JAR File; of an APK: scheme v1): the members that are there for nothing else.

use super::{Entry, le16};
use crate::{
    format::checked::Checked,
    model::{Blob, Decode, Part, Seal, Span},
};
use std::collections::BTreeSet;

/// Bytes of one such member.
const LONGEST: u64 = 64 << 20;
/// What begins signed data of PKCS #7: a sequence with a length of two bytes, and its identifier.
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

/// The members that sign, by their number, and the signatures.
#[derive(Default)]
pub(super) struct Signing {
    members: BTreeSet<usize>,
    by: Vec<Vec<u8>>,
}

impl Signing {
    /// A part of an entry, which may be there for nothing else.
    pub(super) fn mark(&self, entry: usize, part: Part) -> Part {
        match self.members.contains(&entry) {
            true => part.signed(self.by.clone()),
            false => part,
        }
    }
}

/// Nothing unless all of what these members say is of signatures.
pub(super) fn find(bytes: &Blob, entries: &[Entry]) -> Option<Signing> {
    // Most archives are not signed.
    let block = |entry: &Entry| {
        let name = bytes.get_span(entry.name).unwrap_or_default().to_ascii_uppercase();
        name.starts_with(b"META-INF/") && [".RSA", ".DSA", ".EC"].iter().any(|end| name.ends_with(end.as_bytes()))
    };
    if !entries.iter().any(block) {
        return None;
    }
    let mut members = BTreeSet::new();
    let (mut manifest, mut files, mut blocks, mut by) = (false, BTreeSet::new(), BTreeSet::new(), Vec::new());
    let all: BTreeSet<String> = entries.iter().map(|entry| entry.label(bytes)).collect();
    for (index, entry) in entries.iter().enumerate() {
        let name = entry.label(bytes).to_ascii_uppercase();
        let Some(inside) = name.strip_prefix("META-INF/").filter(|inside| !inside.contains('/')) else {
            continue;
        };
        let kind = match inside.rsplit_once('.') {
            Some(("MANIFEST", "MF")) => Kind::Manifest,
            Some((_, "SF")) => Kind::File,
            Some((_, "RSA" | "DSA" | "EC")) => Kind::Block,
            _ => continue,
        };
        let stem = inside.rsplit_once('.')?.0.to_owned();
        let content = entry.bare(bytes).then(|| entry.content(bytes))??;
        match kind {
            Kind::Block => {
                signed_data(&content).then_some(())?;
                blocks.insert(stem);
                by.push(content.to_vec());
            }
            _ => signs(&content, kind, &all).then_some(())?,
        }
        manifest |= kind == Kind::Manifest;
        if kind == Kind::File {
            files.insert(inside.rsplit_once('.')?.0.to_owned());
        }
        members.insert(index);
    }
    (manifest && !files.is_empty() && files == blocks).then_some(Signing { members, by })
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Manifest,
    File,
    Block,
}

/// Signed data that fills the member.
fn signed_data(content: &[u8]) -> bool {
    let length = match content.get(..4) {
        Some(&[0x30, 0x82, high, low]) => usize::from(u16::from_be_bytes([high, low])),
        _ => return false,
    };
    content.len() == 4 + length && content[4..].starts_with(SIGNED_DATA)
}

/// A manifest, or a signature file, that says nothing but what tool made it and digests of members.
fn signs(content: &[u8], kind: Kind, all: &BTreeSet<String>) -> bool {
    let Ok(text) = std::str::from_utf8(content) else {
        return false;
    };
    // A long line goes on in the next one behind a blank.
    let text = text.replace("\r\n ", "").replace("\n ", "");
    let mut named = false;
    text.lines().all(|line| {
        let Some((key, value)) = line.split_once(": ") else {
            return line.is_empty();
        };
        let first = match kind {
            Kind::Manifest => matches!(key, "Manifest-Version" | "Created-By" | "Built-By"),
            _ => matches!(key, "Signature-Version" | "Created-By" | "X-Android-APK-Signed"),
        };
        let digests = ["-Digest", "-Digest-Manifest", "-Digest-Manifest-Main-Attributes"];
        named |= key == "Name";
        match key {
            "Name" => all.contains(value),
            _ => first && !named || digests.iter().any(|end| key.ends_with(end)),
        }
    })
}

impl Entry {
    /// It has a name and data, and nothing beside these.
    fn bare(&self, bytes: &Blob) -> bool {
        let none = self.extra.is_empty() && self.comment.is_empty() && le16(bytes, self.offset + 28) == Some(0);
        none && self.alone && self.named_alike(bytes)
    }
    /// What the entry holds, where it can be decoded.
    fn content(&self, bytes: &Blob) -> Option<Blob> {
        let lengths = [26, 28].map(|at| le16(bytes, self.offset + at).map(usize::from));
        let start = self.offset.checked_add(30 + lengths[0]? + lengths[1]?)?;
        let span = Span::at(start, usize::try_from(self.packed).ok()?);
        bytes.get_span(span)?;
        let content = Checked {
            method: self.method(bytes)?,
            crc: self.crc,
            size: self.size,
            size_mask: u64::MAX,
            seal: Seal::default(),
        };
        content.decode(&bytes.slice(span), LONGEST).ok()
    }
}
