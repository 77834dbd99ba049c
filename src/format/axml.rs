//! Android's binary XML (`ResXMLTree_header` of `ResourceTypes.h`): elements and attributes by name, values by their kind.

use super::{
    Format,
    chunks::{self, Chunk, NONE, Strings},
    listing::{self, Hex, Listing, Reader},
};
use crate::model::{Blob, Decode, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};

/// A binary XML document.
pub struct Axml;

/// `RES_XML_TYPE`, and the size of its header.
const MAGIC: &[u8] = b"\x03\x00\x08\x00";

impl Format for Axml {
    fn id(&self) -> FormatId {
        "axml"
    }
    fn kind(&self) -> Kind {
        Kind::Data
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        let pool = bytes.get(8..12) == Some(b"\x01\x00\x1c\x00");
        bytes.starts_with(MAGIC) && (pool || bytes.len() == 8)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        listed("axml", bytes, 8, Document)
    }
}

/// A file that is a chunk: its kind, the size of all of it, and a listing of what is behind that.
pub(super) fn listed(
    format: FormatId,
    bytes: &Blob,
    header: usize,
    content: impl Decode + 'static,
) -> Result<Opened, Malformed> {
    let size = Reader::little(bytes).from(4)?.place()?;
    let size = Span::new(header, size);
    if bytes.get_span(size).is_none() {
        return Err(Malformed::truncated(
            bytes.len(),
            format!("{} bytes of chunks", size.len()),
        ));
    }
    Ok(Opened {
        format,
        order: Order::Fixed,
        parts: vec![
            Part::field("kind", Span::at(0, 4), Role::Structure, Value::Raw),
            // It laid out the listing; what is behind that is a gap.
            Part::field("size", Span::at(4, 4), Role::Size, Value::Derived { valid: true }),
            listing::member(size, content),
        ],
    })
}

/// The chunks of a document.
#[derive(Debug)]
struct Document;

impl Decode for Document {
    fn method(&self) -> &'static str {
        "axml"
    }
    fn role(&self) -> Role {
        Role::Content
    }
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let mut tree = Listing::new(limit);
        let mut lines = Listing::new(limit);
        let mut names = Listing::new(limit);
        names.section(format_args!("strings"))?;
        tree.section(format_args!("tree"))?;
        lines.debug(format_args!("lines of the source"))?;
        let mut strings = Strings::default();
        let mut from = Reader::little(stored);
        let mut ids = Vec::new();
        let mut first = true;
        while from.left() > 0 {
            let chunk = Chunk::read(&mut from)?;
            match chunk.kind {
                chunks::POOL if std::mem::take(&mut first) => strings = Strings::read(&chunk, &mut names)?,
                // Identifiers of the attributes' names, in the order of the strings.
                0x0180 if ids.is_empty() && chunk.header.is_empty() => {
                    let mut from = Reader::little(chunk.body);
                    names.line(format_args!("identifiers of the first strings"))?;
                    while from.left() > 3 {
                        let id = from.u32()?;
                        names.line(format_args!("{} is {id:#010x}", strings.get(ids.len() as u32)))?;
                        ids.push(id);
                    }
                    names.line(format_args!("and {}", Hex(from.rest())))?;
                }
                0x0100..=0x0104 if chunk.header.len() == 8 => {
                    let mut from = Reader::little(chunk.header);
                    let [line, comment] = chunks::numbers(&mut from)?;
                    lines.line(format_args!("line {line}, comment {}", strings.get(comment)))?;
                    let mut from = Reader::little(chunk.body);
                    node(chunk.kind, &mut from, &strings, &ids, &mut tree)?;
                    if from.left() > 0 {
                        tree.line(format_args!("and {}", Hex(from.rest())))?;
                    }
                }
                _ => chunk.raw(&mut tree)?,
            }
        }
        names.append(tree)?;
        names.append(lines)?;
        Ok(names.blob())
    }
}

fn node(kind: u16, from: &mut Reader<'_>, strings: &Strings, ids: &[u32], to: &mut Listing) -> Result<(), Malformed> {
    let name = |of: u32, name: u32| match of {
        NONE => strings.get(name),
        of => match strings.get(of).as_str() {
            "\"http://schemas.android.com/apk/res/android\"" => format!("android:{}", strings.get(name)),
            of => format!("{of}:{}", strings.get(name)),
        },
    };
    match kind {
        0x0100 | 0x0101 => {
            let word = if kind == 0x0100 {
                "namespace"
            } else {
                "end of namespace"
            };
            let [prefix, uri] = chunks::numbers(from)?;
            to.line(format_args!("{word} {} {}", strings.get(prefix), strings.get(uri)))
        }
        0x0102 => {
            let [of, tag] = chunks::numbers(from)?;
            let (start, size, count) = (from.u16()?, from.u16()?, from.u16()?);
            let special = [from.u16()?, from.u16()?, from.u16()?];
            to.line(format_args!("element {}", name(of, tag)))?;
            if (start, size) != (20, 20) {
                return Err(Malformed::at(
                    from.at,
                    "attributes of 20 bytes",
                    format!("{size} at {start}"),
                ));
            }
            if special != [0; 3] {
                to.line(format_args!("id, class and style: attributes {special:?}"))?;
            }
            for _ in 0..count {
                let [of, tag, raw] = chunks::numbers(from)?;
                let value = chunks::value(from, strings)?;
                let id = ids
                    .get(tag as usize)
                    .map(|id| format!(" ({id:#010x})"))
                    .unwrap_or_default();
                let raw = if raw == NONE {
                    String::new()
                } else {
                    format!(" written {}", strings.get(raw))
                };
                to.line(format_args!("  {}{id} = {value}{raw}", name(of, tag)))?;
            }
            Ok(())
        }
        0x0103 => {
            let [of, tag] = chunks::numbers(from)?;
            to.line(format_args!("end of {}", name(of, tag)))
        }
        _ => {
            let [text] = chunks::numbers(from)?;
            let value = chunks::value(from, strings)?;
            to.line(format_args!("text {} {value}", strings.get(text)))
        }
    }
}
