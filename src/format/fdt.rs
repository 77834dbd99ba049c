//! Device trees (Devicetree Specification 0.4, 5) by node and property, and FIT images, which are such trees (U-Boot, `doc/usage/fit`):
//! images and their hashes, times and signatures.

use super::{
    Format,
    sections::{Words, in_order, inside, time, used},
};
use crate::{
    bytes::digest::Algorithm,
    model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value},
};
use std::{cell::Cell, collections::BTreeMap};

/// A flattened device tree.
pub struct Fdt;

const MAGIC: &[u8] = b"\xd0\x0d\xfe\xed";
/// Tokens of the structure block (5.4.1).
const BEGIN: u64 = 1;
const END: u64 = 2;
const PROPERTY: u64 = 3;
const NOP: u64 = 4;
const LAST: u64 = 9;
/// Bytes of all paths together, and of a name: what a tree of hostile depth would make of them.
const PATHS: usize = 16 << 20;
const NAME: usize = 1024;
/// Hashes are made of so many times the file's bytes at most.
const HASHES: usize = 16;

impl Format for Fdt {
    fn id(&self) -> FormatId {
        "fdt"
    }
    fn kind(&self) -> Kind {
        Kind::Firmware
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let words = Words::new(bytes, true);
        let at = |at: usize| words.position(at, 4);
        let total = inside(0, at(4)?, bytes.len())?.end;
        let structure = inside(at(8)?, at(36)?, total)?;
        let strings = inside(at(12)?, at(32)?, total)?;
        let tree = Tree::read(words, structure, strings)?;
        let mut parts = vec![
            Part::field("magic", Span::at(0, 4), Role::Structure, Value::Raw),
            used("total size", Span::at(4, 4), Role::Size),
            used("structure offset", Span::at(8, 4), Role::Offset),
            used("strings offset", Span::at(12, 4), Role::Offset),
            used("reservations offset", Span::at(16, 4), Role::Offset),
            Part::field("version", Span::at(20, 8), Role::Structure, Value::Raw),
            Part::field("boot processor", Span::at(28, 4), Role::Content, Value::Raw),
            used("strings size", Span::at(32, 4), Role::Size),
            used("structure size", Span::at(36, 4), Role::Size),
            reservations(words, at(16)?, total)?,
            Part::group("strings", strings, Order::Fixed, names(words, strings)),
        ];
        parts.extend(tree.outside(total, bytes.len()));
        parts.push(Part::group("tree", structure, Order::Fixed, tree.parts(bytes)));
        Ok(Opened {
            format: "fdt",
            order: Order::Fixed,
            parts: in_order(parts)?,
        })
    }
}

/// Memory that is reserved (5.3): pairs up to two zeros.
fn reservations(words: Words<'_>, start: usize, total: usize) -> Result<Part, Malformed> {
    let mut end = start;
    loop {
        let span = inside(end, 16, total)?;
        end = span.end;
        if words.number(span.start, 8)? == 0 && words.number(span.start + 8, 8)? == 0 {
            break;
        }
    }
    Ok(Part::field(
        "reservations",
        Span::new(start, end),
        Role::Content,
        Value::Raw,
    ))
}

/// Names of properties, each by itself: a property is compared by its name, wherever that lies.
fn names(words: Words<'_>, strings: Span) -> Vec<Part> {
    let (mut parts, mut at) = (Vec::new(), strings.start);
    while at < strings.end {
        let text = words.text(at, strings.end - at);
        let span = Span::new(at, (at + text.len() + 1).min(strings.end));
        parts.push(Part::field(
            String::from_utf8_lossy(text).into_owned(),
            span,
            Role::String,
            Value::Raw,
        ));
        at = span.end;
    }
    parts
}

/// One item of the structure block.
struct Item {
    /// The path of the node or property.
    path: String,
    /// Token and all.
    span: Span,
    /// Of a property: its value, and where its name lies.
    property: Option<(Span, Span)>,
}

/// The structure block.
struct Tree<'b> {
    words: Words<'b>,
    items: Vec<Item>,
    /// Values, by path; of a name that stands twice the first.
    values: BTreeMap<String, Span>,
}

impl<'b> Tree<'b> {
    fn read(words: Words<'b>, structure: Span, strings: Span) -> Result<Self, Malformed> {
        let mut tree = Self {
            words,
            items: Vec::new(),
            values: BTreeMap::new(),
        };
        // Where the path of each open node ends.
        let (mut path, mut open, mut at, mut used) = (String::new(), Vec::new(), structure.start, 0);
        loop {
            let token = inside(at, 4, structure.end)?;
            let start = at;
            at = token.end;
            match words.number(start, 4)? {
                BEGIN => {
                    let name = words.text(at, (structure.end - at).min(NAME));
                    open.push(path.len());
                    if open.len() > 1 {
                        path.push('/');
                        path.push_str(&String::from_utf8_lossy(name));
                    }
                    at = (at + name.len() + 1).next_multiple_of(4);
                    inside(start, at - start, structure.end)?;
                    tree.items.push(Item::node(format!("{path}/"), Span::new(start, at)));
                }
                END => {
                    let before = open.pop().ok_or_else(|| wrong(start, "the end of no node"))?;
                    tree.items.push(Item::node(format!("{path}/ end"), token));
                    path.truncate(before);
                }
                PROPERTY if !open.is_empty() => {
                    let value = inside(start + 12, words.position(at, 4)?, structure.end)?;
                    let name = inside(strings.start, words.position(at + 4, 4)?, strings.end)?.end;
                    let text = words.text(name, (strings.end - name).min(NAME));
                    let path = format!("{path}/{}", String::from_utf8_lossy(text));
                    at = value.end.next_multiple_of(4);
                    inside(start, at - start, structure.end)?;
                    tree.values.entry(path.clone()).or_insert(value);
                    tree.items.push(Item {
                        path,
                        span: Span::new(start, at),
                        property: Some((value, Span::at(name, text.len()))),
                    });
                }
                NOP => tree.items.push(Item::node("nothing".to_owned(), token)),
                LAST if open.is_empty() => {
                    tree.items.push(Item::node("end".to_owned(), token));
                    return Ok(tree);
                }
                _ => return Err(wrong(start, "another token")),
            }
            used += tree.items.last().map_or(0, |item| item.path.len());
            if used > PATHS {
                return Err(Malformed::limit(format!("at most {PATHS} bytes of paths")));
            }
        }
    }

    fn parts(&self, bytes: &Blob) -> Vec<Part> {
        // Many hashes of one large image are no more work than the image is worth.
        let left = Cell::new(bytes.len().saturating_mul(HASHES));
        let called = |item: &Item| item.path.strip_prefix('/').unwrap_or(&item.path).to_owned();
        let part = |item: &Item| match item.property {
            None => Part::field(called(item), item.span, Role::Structure, Value::Raw),
            Some((value, name)) => {
                let at = item.span.start;
                let target = self.words.get(name).unwrap_or_default().to_vec();
                let parts = vec![
                    Part::field("token", Span::at(at, 4), Role::Structure, Value::Raw),
                    used("length", Span::at(at + 4, 4), Role::Size),
                    Part::field("name", Span::at(at + 8, 4), Role::Reference, Value::Target(target)),
                    self.value(bytes, &item.path, value, &left),
                ];
                Part::group(called(item), item.span, Order::Fixed, parts)
            }
        };
        self.items.iter().map(part).collect()
    }

    /// The value of a property: of a FIT, as its place says.
    fn value(&self, bytes: &Blob, path: &str, span: Span, left: &Cell<usize>) -> Part {
        let (node, name) = path.rsplit_once('/').unwrap_or_default();
        let last = node.rsplit('/').next().unwrap_or_default();
        let image = node.starts_with("/images/");
        let signed = last.starts_with("signature") && (image || node.starts_with("/configurations/"));
        match name {
            "timestamp" if span.len() == 4 && (signed || node.is_empty() && self.is_fit()) => time(
                "value",
                span.start,
                self.words.number(span.start, 4).unwrap_or_default(),
            ),
            "value" if image && last.starts_with("hash") => {
                let valid = self.hashed(bytes, node, span, left).unwrap_or(false);
                Part::field("value", span, Role::Checksum, Value::Derived { valid })
            }
            "value" if signed => Part::field("value", span, Role::Signature, Value::Raw),
            "data" if image => Part::stored("value", span),
            _ if self.is_text(span) => Part::field("value", span, Role::String, Value::Raw),
            _ => Part::field("value", span, Role::Content, Value::Raw),
        }
    }

    /// Whether it holds images.
    fn is_fit(&self) -> bool {
        self.values
            .range("/images/".to_owned()..)
            .next()
            .is_some_and(|(path, _)| path.starts_with("/images/"))
    }

    /// Printable, and ended by a NUL (2.2.4, `<string>`).
    fn is_text(&self, span: Span) -> bool {
        let bytes = self.words.get(span).unwrap_or_default();
        let plain = |text: &[u8]| !text.is_empty() && text.iter().all(|byte| (b' '..=b'~').contains(byte));
        bytes.strip_suffix(b"\0").is_some_and(plain)
    }

    /// Whether a hash node holds the hash of its image, by the algorithm that it names.
    fn hashed(&self, bytes: &Blob, node: &str, value: Span, left: &Cell<usize>) -> Option<bool> {
        let (image, _) = node.rsplit_once('/')?;
        let data = self.values.get(&format!("{image}/data")).copied();
        let data = data.or_else(|| self.apart(image, bytes.len()))?;
        let data = bytes.get(data.start..data.end)?;
        left.set(left.get().checked_sub(data.len())?);
        let algorithm = *self.values.get(&format!("{node}/algo"))?;
        let told = self.words.get(value)?;
        let digest = |algorithm: Algorithm| algorithm.digest(data).as_bytes().to_vec();
        let found = match self.words.get(algorithm)?.strip_suffix(b"\0")? {
            b"crc32" => crc32fast::hash(data).to_be_bytes().to_vec(),
            b"md5" => digest(Algorithm::Md5),
            b"sha1" => digest(Algorithm::Sha1),
            b"sha256" => digest(Algorithm::Sha256),
            b"sha384" => digest(Algorithm::Sha384),
            b"sha512" => digest(Algorithm::Sha512),
            _ => return None,
        };
        Some(found == told)
    }

    /// Data that lies behind the tree (`data-offset`, or `data-position` in the file).
    fn apart(&self, image: &str, length: usize) -> Option<Span> {
        let number = |name: &str| {
            let span = self
                .values
                .get(&format!("{image}/{name}"))
                .filter(|span| span.len() == 4)?;
            self.words.position(span.start, 4).ok()
        };
        let total = self.words.position(4, 4).ok()?;
        let start = match number("data-offset") {
            Some(offset) => total.next_multiple_of(4).checked_add(offset)?,
            None => number("data-position")?,
        };
        inside(start, number("data-size")?, length).ok()
    }

    /// Members that lie behind the tree.
    fn outside(&self, total: usize, length: usize) -> Vec<Part> {
        let images = self.values.keys().filter_map(|path| path.strip_suffix("/data-size"));
        let data = images.filter_map(|image| Some((image, self.apart(image, length)?)));
        data.filter(|(_, span)| span.start >= total)
            .map(|(image, span)| Part::stored(format!("{}/data", image.trim_start_matches('/')), span))
            .collect()
    }
}

impl Item {
    fn node(path: String, span: Span) -> Self {
        Self {
            path,
            span,
            property: None,
        }
    }
}

fn wrong(at: usize, found: &'static str) -> Malformed {
    Malformed::at(at, "a token of a device tree", found)
}
