//! FIT images (Flat Image Tree Specification 0.8): the time, images inside and behind the tree, and their hashes.

use super::tree::{Item, Tree};
use crate::{
    format::volume::Endian,
    model::{Blob, Part, Role, Span, Value},
};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::collections::BTreeMap;

/// What is known of the images of a FIT.
pub(super) struct Images {
    /// It is one.
    fit: bool,
    /// The bytes of each image, by the path of its node.
    data: BTreeMap<String, Span>,
    /// Those that lie behind the tree.
    pub(super) outside: Vec<(String, Span)>,
}

/// The images of a tree, if it is a FIT.
pub(super) fn images(bytes: &Blob, tree: &Tree, end: usize) -> Images {
    let mut found = Images {
        fit: false,
        data: BTreeMap::new(),
        outside: Vec::new(),
    };
    let number = |node: &str, name: &str| {
        let span = tree.value(node, name).filter(|span| span.len() == 4)?;
        usize::try_from(Endian::big(bytes).u32(span.start).ok()?).ok()
    };
    let nodes = tree.items.iter().filter(|item| item.property.is_none());
    for node in nodes.map(|item| &item.node).filter(|node| image(node)) {
        found.fit = true;
        if let Some(data) = tree.value(node, "data") {
            found.data.insert(node.clone(), data);
            continue;
        }
        let start = match number(node, "data-position") {
            Some(position) => Some(position),
            None => number(node, "data-offset").and_then(|offset| offset.checked_add(end.next_multiple_of(4))),
        };
        let span = start
            .zip(number(node, "data-size"))
            .map(|(start, size)| Span::at(start, size));
        if let Some(span) = span.filter(|span| span.end <= bytes.len() && span.start >= end && !span.is_empty()) {
            found.data.insert(node.clone(), span);
            found.outside.push((format!("{node}/data"), span));
        }
    }
    found
}

/// Whether a node is an image: a child of `/images`.
fn image(node: &str) -> bool {
    node.strip_prefix("/images/")
        .is_some_and(|name| !name.is_empty() && !name.contains('/'))
}

impl Images {
    /// The value of a property.
    pub(super) fn value(&self, bytes: &Blob, tree: &Tree, item: &Item, span: Span) -> Option<Part> {
        let (name, ..) = item.property.as_ref()?;
        let value = bytes.get_span(span)?;
        let field = |role, value| Some(Part::field("value", span, role, value));
        if self.fit {
            if item.node.is_empty() && name == "timestamp" && span.len() == 4 {
                let seconds = Endian::big(bytes).u32(span.start).ok()? as i64;
                return field(Role::Timestamp, Value::Time { seconds, local: false });
            }
            if name == "data" && self.data.get(&item.node) == Some(&span) {
                return Some(Part::stored("", span));
            }
            if matches!(&**name, "data-size" | "data-offset" | "data-position") && self.data.contains_key(&item.node) {
                return field(Role::Offset, Value::Derived { valid: true });
            }
            if name == "value"
                && item
                    .node
                    .rsplit('/')
                    .next()
                    .is_some_and(|node| node.starts_with("signature"))
            {
                return field(Role::Signature, Value::Raw);
            }
            if name == "value" {
                let valid = self.hash(bytes, tree, &item.node).is_some_and(|hash| hash == value);
                return field(Role::Checksum, Value::Derived { valid });
            }
        }
        let text = value.strip_suffix(b"\0").filter(|text| !text.is_empty());
        let text = text.and_then(|text| std::str::from_utf8(text).ok());
        match text {
            Some(text) if !text.contains(char::is_control) => field(Role::String, Value::Raw),
            _ => field(Role::Content, Value::Raw),
        }
    }

    /// The hash of the image in which a node is, by the algorithm that it names.
    fn hash(&self, bytes: &Blob, tree: &Tree, node: &str) -> Option<Vec<u8>> {
        let (image, _) = node.rsplit_once('/')?;
        let data = bytes.get_span(*self.data.get(image)?)?;
        let algorithm = bytes.get_span(tree.value(node, "algo")?)?;
        Some(match algorithm {
            b"crc32\0" => crc32fast::hash(data).to_be_bytes().to_vec(),
            b"md5\0" => Md5::digest(data).to_vec(),
            b"sha1\0" => Sha1::digest(data).to_vec(),
            b"sha256\0" => Sha256::digest(data).to_vec(),
            b"sha384\0" => Sha384::digest(data).to_vec(),
            b"sha512\0" => Sha512::digest(data).to_vec(),
            _ => return None,
        })
    }
}
