//! Signatures of APKs beside them (`.idsig`, Android's "APK signature scheme v4"): hashes, a certificate, a signature, and a tree of hashes.

use super::{Format, listing::Reader};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};
use sha2::Digest;

/// Bytes that each hash is of.
const PAGE: usize = 4096;

/// A detached signature of an APK.
pub struct Idsig;

impl Format for Idsig {
    fn id(&self) -> FormatId {
        "idsig"
    }
    fn kind(&self) -> Kind {
        Kind::Data
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        // Version 2, SHA-256, pages of 4096 bytes.
        bytes.starts_with(&[2, 0, 0, 0])
            && bytes.get(8..13) == Some(&[1, 0, 0, 0, 12])
            && bytes.get(6..8) == Some(&[0, 0])
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let mut walk = Walk {
            from: Reader::little(bytes),
            parts: Vec::new(),
        };
        walk.field("version", 4, Role::Structure, Value::Raw)?;
        let end = walk.length("size of hashing")?;
        walk.field("algorithm", 4, Role::Structure, Value::Raw)?;
        walk.field("size of pages", 1, Role::Structure, Value::Raw)?;
        let salt = walk.bytes("salt", Role::Content, Value::Raw)?;
        let root = walk.bytes("root of the tree", Role::Checksum, Value::Derived { valid: false })?;
        let at = walk.parts.len() - 1;
        walk.ends(end)?;
        let end = walk.length("size of signing")?;
        // That and the tree are of the APK, which is not at hand.
        walk.bytes("digest of the APK", Role::Content, Value::Raw)?;
        let certificate = walk.bytes("certificate", Role::Content, Value::Raw)?;
        walk.bytes("additional data", Role::Content, Value::Raw)?;
        walk.bytes("public key", Role::Content, Value::Raw)?;
        walk.field("algorithm of the signature", 4, Role::Structure, Value::Raw)?;
        let by = vec![certificate.of(bytes).to_vec()];
        walk.bytes("signature", Role::Signature, Value::Signed { by })?;
        walk.ends(end)?;
        let tree = walk.bytes("tree of hashes", Role::Content, Value::Raw)?;
        let top = Span::new(tree.start, tree.end.min(tree.start + PAGE));
        let digest = sha2::Sha256::new()
            .chain_update(salt.of(bytes))
            .chain_update(top.of(bytes));
        let valid = digest.finalize()[..] == *root.of(bytes);
        walk.parts[at] = Part::field("root of the tree", root, Role::Checksum, Value::Derived { valid });
        Ok(Opened {
            format: "idsig",
            order: Order::Fixed,
            parts: walk.parts,
        })
    }
}

struct Walk<'b> {
    from: Reader<'b>,
    parts: Vec<Part>,
}

impl Walk<'_> {
    fn field(&mut self, name: &'static str, length: usize, role: Role, value: Value) -> Result<Span, Malformed> {
        let span = Span::at(self.from.at, length);
        self.from.take(length)?;
        self.parts.push(Part::field(name, span, role, value));
        Ok(span)
    }
    /// A length, which is used: where it ends.
    fn length(&mut self, name: &'static str) -> Result<usize, Malformed> {
        let length = self.from.clone().place()?;
        self.field(name, 4, Role::Size, Value::Derived { valid: true })?;
        Ok(self.from.at.saturating_add(length))
    }
    /// Bytes behind their length.
    fn bytes(&mut self, name: &'static str, role: Role, value: Value) -> Result<Span, Malformed> {
        let end = self.length("length")?;
        self.field(name, end.saturating_sub(self.from.at), role, value)
    }
    fn ends(&self, at: usize) -> Result<(), Malformed> {
        match self.from.at == at {
            true => Ok(()),
            false => Err(Malformed::at(self.from.at, format!("an end at {at}"), "another")),
        }
    }
}
