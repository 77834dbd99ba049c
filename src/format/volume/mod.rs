//! A file system as a listing: what a reader gets to see of it, path by path, whatever order its maker chose.
//!
//! A format reads its image into a [`Listing`]: the fields of the superblock, a node for each path with its attributes and its content, and
//! one field with all places, by which the reader went. What no structure took is named as unused space, so that every byte of the image
//! is in the listing, or decided where the rest was read.

mod content;
mod node;

pub(super) use content::{Codec, Piece};
pub(super) use node::{Attributes, UNKNOWN, kind};

use crate::model::{Blob, Content, Decode, FormatId, Malformed, Opened, Order, Part, Role, Span, Value};
use content::Gathered;
use node::{Body, Item, Node, parts};
use rayon::prelude::*;
use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt,
    sync::{Arc, OnceLock},
};

/// Nodes that any image may have, and bytes of a larger one for each.
const NODES: (usize, usize) = (1 << 16, 4);
/// Bytes that are looked at for each byte of the image: several files may share theirs.
const SPREAD: u64 = 64;
/// Bytes of a path.
const PATH: usize = 4096;
/// Unused ranges that are told apart.
const UNUSED: usize = 1 << 10;

/// A name as text, from which its bytes follow: those that are no plain text are escaped.
pub(super) fn label(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(text) if !text.contains(|c: char| c.is_control() || c == '\\') => text.to_owned(),
        _ => name.escape_ascii().to_string(),
    }
}

/// Reads an image.
pub(super) type Read = fn(&Blob) -> Result<Listing, Malformed>;

/// The image as one member, which is its listing. `compresses`: other bytes may be the same in another compression.
pub(super) fn opened(format: FormatId, image: &Blob, compresses: bool, read: Read) -> Opened {
    let listing = Arc::new(OnceLock::new());
    let volume = Volume {
        read,
        compresses,
        listing: Arc::clone(&listing),
    };
    let member = Part::member("", Span::new(0, image.len()), Content::Encoded(Box::new(volume)));
    let parts = move |_: &Blob| {
        let listing = listing.get().ok_or_else(|| Malformed::at(0, "a listing", "none"))?;
        Ok(parts(listing))
    };
    Opened {
        format,
        order: Order::Fixed,
        parts: vec![member.read_as(Order::Members, parts)],
    }
}

struct Volume {
    read: Read,
    compresses: bool,
    listing: Arc<OnceLock<Arc<Vec<Node>>>>,
}

impl fmt::Debug for Volume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Volume")
    }
}

impl Decode for Volume {
    fn role(&self) -> Role {
        match self.compresses {
            true => Role::Compression,
            false => Role::Content,
        }
    }
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let (bytes, nodes) = (self.read)(stored)?.finish()?;
        if bytes.len() as u64 > limit {
            return Err(Malformed::limit(format!("a listing of at most {limit} bytes")));
        }
        self.listing.get_or_init(|| Arc::new(nodes));
        Ok(bytes.into())
    }
}

/// A listing while it is made.
pub(super) struct Listing {
    image: Blob,
    bytes: Vec<u8>,
    nodes: Vec<Node>,
    taken: Vec<Span>,
    layout: Vec<u8>,
    /// What was used to find the rest, and does not agree with it.
    wrong: Vec<u8>,
    /// Bytes that may still be looked at.
    left: u64,
}

impl Listing {
    pub(super) fn new(image: &Blob) -> Self {
        Self {
            image: image.clone(),
            bytes: Vec::new(),
            nodes: Vec::new(),
            taken: Vec::new(),
            layout: Vec::new(),
            wrong: Vec::new(),
            left: (image.len() as u64).saturating_mul(SPREAD).max(1 << 26),
        }
    }
    /// The image's bytes.
    pub(super) fn image(&self) -> Blob {
        self.image.clone()
    }
    /// Costs as much as so many bytes: the work is in proportion to the image.
    pub(super) fn spend(&mut self, bytes: u64) -> Result<(), Malformed> {
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or_else(|| Malformed::limit("no more than the image's size allows"))?;
        Ok(())
    }
    /// The path of something in a folder.
    pub(super) fn below(&mut self, folder: &str, name: &[u8]) -> Result<String, Malformed> {
        let path = match folder {
            "" => label(name),
            folder => format!("{folder}/{}", label(name)),
        };
        if path.len() > PATH {
            return Err(Malformed::limit(format!("a path of at most {PATH} bytes")));
        }
        self.spend(path.len() as u64 + 64)?;
        Ok(path)
    }
    /// Begins a node; what is put from now on is of it.
    pub(super) fn node(&mut self, name: impl Into<String>) -> Result<(), Malformed> {
        let most = NODES.0.max(self.image.len() / NODES.1);
        if self.nodes.len() >= most {
            return Err(Malformed::limit(format!("at most {most} files")));
        }
        let name = name.into();
        let start = self.bytes.len();
        // No field's name begins so.
        self.bytes.push(1);
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(0);
        let span = Span::new(start, self.bytes.len());
        self.nodes.push(Node {
            name,
            span,
            items: Vec::new(),
        });
        Ok(())
    }
    /// These bytes of the image are in the listing, or say where what is in it lies.
    pub(super) fn take(&mut self, span: Span) {
        if !span.is_empty() {
            self.taken.push(span);
        }
    }
    /// A place, by which the reader went.
    pub(super) fn place(&mut self, number: u64) {
        self.layout.extend_from_slice(&number.to_le_bytes());
    }
    /// What was used to find the rest does not agree with it.
    pub(super) fn wrong(&mut self, bytes: &[u8]) {
        self.wrong.extend_from_slice(bytes);
        self.wrong.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    }
    /// The same, where it is so.
    pub(super) fn wrong_if(&mut self, is: bool, bytes: &[u8]) {
        if is {
            self.wrong(bytes);
        }
    }
    /// A field that has always the same number of bytes.
    pub(super) fn put(&mut self, name: impl Into<Cow<'static, str>>, bytes: &[u8], role: Role, value: Value) {
        let name = name.into();
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(0);
        let span = Span::at(self.bytes.len(), bytes.len());
        self.bytes.extend_from_slice(bytes);
        self.item(name, span, Body::Field(role, value));
    }
    /// A field of any length: its length stands before it, so that nobody moves a byte from one field to the next.
    pub(super) fn put_long(&mut self, name: impl Into<Cow<'static, str>>, bytes: &[u8], role: Role, value: Value) {
        let name = name.into();
        let length = (bytes.len() as u64).to_le_bytes();
        let valid = Value::Derived { valid: true };
        self.put(format!("length of {name}"), &length, Role::Size, valid);
        self.put(name, bytes, role, value);
    }
    fn item(&mut self, name: Cow<'static, str>, span: Span, body: Body) {
        if let Some(node) = self.nodes.last_mut() {
            node.span.end = self.bytes.len();
            node.items.push(Item { name, span, body });
        }
    }
    /// Bytes of the image as a field; nothing where they are not there.
    pub(super) fn field(&mut self, name: impl Into<Cow<'static, str>>, span: Span, role: Role, value: Value) {
        let image = self.image();
        if let Some(bytes) = image.get_span(span) {
            self.take(span);
            self.put(name, bytes, role, value);
        }
    }
    /// Consecutive fields of the image from `at`: name, size, role. A number of a structure is shown as one.
    pub(super) fn fields(&mut self, at: usize, big: bool, fields: &[(&'static str, usize, Role)]) {
        let mut at = at;
        for &(name, size, role) in fields {
            let value = match role {
                Role::Structure | Role::Identifier if size <= 8 => Value::Word { big },
                _ => Value::Raw,
            };
            if !name.is_empty() {
                self.field(name, Span::at(at, size), role, value);
            }
            at += size;
        }
    }
    /// A checksum or size of the image that was recomputed.
    pub(super) fn derived(&mut self, name: &'static str, span: Span, role: Role, valid: bool) {
        self.field(name, span, role, Value::Derived { valid });
    }
    /// 32-bit seconds of the image.
    pub(super) fn time(&mut self, name: &'static str, at: usize, seconds: i64) {
        self.field(
            name,
            Span::at(at, 4),
            Role::Timestamp,
            Value::Time { seconds, local: false },
        );
    }
    /// A file's node.
    pub(super) fn file(&mut self, path: &str, it: &Attributes) -> Result<(), Malformed> {
        self.node(if path.is_empty() { "root folder" } else { path })?;
        self.put_long("kind", it.kind.as_bytes(), Role::Structure, Value::Raw);
        let special = it.kind.contains("device");
        let mode = it.mode.unwrap_or(0);
        if it.mode.is_some() {
            // No umask made a device node.
            let value = if special {
                Value::Raw
            } else {
                Value::Mode(mode & 0o7777)
            };
            self.put("mode", format!("{:04o}", mode & 0o7777).as_bytes(), Role::Mode, value);
        }
        if mode > 0o7777 {
            self.put("more of the mode", &mode.to_le_bytes(), Role::Structure, Value::Raw);
        }
        if let Some((user, group)) = it.owner {
            // Who owns a set-ID file decides what it may do.
            let grants = special || mode & 0o6000 != 0;
            for (name, number) in [("uid", user), ("gid", group)] {
                let value = if grants { Value::Raw } else { Value::Number(number) };
                self.put(name, &number.to_le_bytes(), Role::Owner, value);
            }
        }
        for (name, bytes, value) in &it.times {
            self.put(*name, bytes, Role::Timestamp, value.clone());
        }
        if let Some(target) = &it.target {
            self.put_long("target", target, Role::Link, Value::Raw);
        }
        if let Some(size) = it.size {
            self.put("size", &size.to_le_bytes(), Role::Size, Value::Derived { valid: true });
        }
        for (name, bytes) in &it.other {
            self.put_long(name.clone(), bytes, Role::Structure, Value::Raw);
        }
        Ok(())
    }
    /// The content of the last node; the image's bytes in it are taken.
    pub(super) fn content(&mut self, name: &'static str, pieces: Vec<Piece>, codec: Codec) -> Result<(), Malformed> {
        for piece in &pieces {
            if let Some(span) = piece.stored() {
                self.taken.push(span);
            }
            self.spend(piece.cost())?;
        }
        let content = Gathered::new(&self.image, pieces, codec)?;
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(0);
        let span = Span::at(self.bytes.len(), content::DIGEST);
        self.bytes.resize(span.end, 0);
        self.item(name.into(), span, Body::Content(Arc::new(content)));
        Ok(())
    }
    /// The names in the last node, in the order in which the image has them.
    pub(super) fn names(&mut self, names: &[String]) {
        let length = names.iter().map(|name| name.len() as u64 + 1).sum::<u64>();
        let valid = Value::Derived { valid: true };
        self.put("length of names", &length.to_le_bytes(), Role::Size, valid);
        self.bytes.extend_from_slice(b"names\0");
        let start = self.bytes.len();
        let mut listed = Vec::with_capacity(names.len());
        for name in names {
            let span = Span::at(self.bytes.len(), name.len() + 1);
            self.bytes.extend_from_slice(name.as_bytes());
            self.bytes.push(0);
            listed.push((name.clone(), span));
        }
        let span = Span::new(start, self.bytes.len());
        self.item("names".into(), span, Body::Names(listed));
    }

    /// The listing's bytes and nodes, with what nothing took, and all digests.
    fn finish(mut self) -> Result<(Vec<u8>, Vec<Node>), Malformed> {
        self.unused()?;
        self.node("layout")?;
        let (layout, wrong) = (std::mem::take(&mut self.layout), std::mem::take(&mut self.wrong));
        let valid = wrong.is_empty();
        self.put_long("contradictions", &wrong, Role::Structure, Value::Raw);
        self.put_long("places", &layout, Role::Offset, Value::Derived { valid });
        let contents: BTreeMap<usize, Arc<Gathered>> = self
            .nodes
            .iter()
            .flat_map(|node| &node.items)
            .filter_map(|item| match &item.body {
                Body::Content(content) => Some((item.span.start, Arc::clone(content))),
                _ => None,
            })
            .collect();
        let digests: Vec<(usize, [u8; content::DIGEST])> = contents
            .par_iter()
            .map(|(at, content)| (*at, content.digest()))
            .collect();
        for (at, digest) in digests {
            if let Some(place) = self.bytes.get_mut(at..at + digest.len()) {
                place.copy_from_slice(&digest);
            }
        }
        Ok((self.bytes, self.nodes))
    }

    /// What no structure took and is not zero.
    fn unused(&mut self) -> Result<(), Malformed> {
        let mut taken = std::mem::take(&mut self.taken);
        taken.sort_unstable();
        let end = self.image.len();
        let (mut at, mut gaps) = (0, Vec::new());
        for span in taken.into_iter().chain([Span::new(end, end)]) {
            if span.start > at {
                gaps.extend(self.filled(Span::new(at, span.start.min(end))));
            }
            at = at.max(span.end);
        }
        let whole = gaps.len().min(UNUSED);
        let rest = gaps.split_off(whole);
        for gap in gaps {
            self.node("unused space")?;
            self.content("bytes", vec![Piece::Stored(gap)], Codec::None)?;
        }
        if !rest.is_empty() {
            self.node("more unused space")?;
            let pieces = rest.into_iter().map(Piece::Stored).collect();
            self.content("bytes", pieces, Codec::None)?;
        }
        Ok(())
    }

    /// The span without the zeros at both ends; nothing where there is nothing else.
    fn filled(&self, span: Span) -> Option<Span> {
        let bytes = self.image.slice(span);
        let from = bytes.iter().position(|&b| b != 0);
        let to = bytes.iter().rposition(|&b| b != 0);
        bytes.release();
        Some(Span::new(span.start + from?, span.start + to? + 1))
    }
}
