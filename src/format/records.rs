//! What the text forms of memory images share: numbers in hexadecimal, records one a line, and the memory that they fill, written out so that
//! whatever a loader acts on is in it.

use super::sections::inside;
use crate::{
    bytes::source::Sink,
    model::{Blob, Content, Decode, FormatId, Malformed, Opened, Order, Part, Role, Span, Value},
};
use std::io::Cursor;

/// What records say, in their order.
#[derive(Default)]
pub(super) struct Memory(Vec<Said>);

enum Said {
    /// Bytes at an address.
    Piece(u64, Vec<u8>),
    /// Something else, by its name.
    Other(&'static str, Vec<u8>),
}

impl Memory {
    /// Adds what one record holds: to the last piece where it goes on there.
    pub(super) fn put(&mut self, address: u64, data: &[u8]) {
        match self.0.last_mut() {
            Some(Said::Piece(start, piece)) if *start + piece.len() as u64 == address => piece.extend_from_slice(data),
            _ => self.0.push(Said::Piece(address, data.to_vec())),
        }
    }

    /// Adds what a record says that holds no data.
    pub(super) fn say(&mut self, name: &'static str, bytes: &[u8]) {
        self.0.push(Said::Other(name, bytes.to_vec()));
    }

    /// Says whether a file may have been cut: lines of a whole one are ended.
    pub(super) fn ended(&mut self, bytes: &[u8]) {
        if !bytes.ends_with(b"\n") {
            self.say("a line that does not end", &[]);
        }
    }

    /// Everything, as `parts` reads it: the length of a name and the name, an address, a length, and bytes.
    pub(super) fn written(&self, limit: u64) -> Result<Blob, Malformed> {
        let mut out = Vec::new();
        for said in &self.0 {
            let (name, address, bytes) = match said {
                Said::Piece(address, bytes) => ("", *address, bytes),
                Said::Other(name, bytes) => (*name, 0, bytes),
            };
            out.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(&address.to_be_bytes());
            out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
            out.extend_from_slice(bytes);
        }
        Sink::new(limit).fill(&mut Cursor::new(out), "a memory image")
    }
}

/// A file of records, whose decoder writes out what they say.
pub(super) fn opened(format: FormatId, bytes: &Blob, records: impl Decode + 'static) -> Opened {
    let image = Part::member("memory", Span::new(0, bytes.len()), Content::Encoded(Box::new(records)));
    Opened {
        format,
        order: Order::Fixed,
        parts: vec![image.read_as(Order::Fixed, parts)],
    }
}

/// The parts of what was written out: pieces are named by their addresses, and opened by what they hold.
fn parts(bytes: &Blob) -> Result<Vec<Part>, Malformed> {
    let end = || Malformed::truncated(bytes.len(), "a memory image");
    let word = |at: usize| Some(u64::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
    let (mut parts, mut at) = (Vec::new(), 0);
    while let Some(length) = bytes.get(at) {
        let head = at + 1 + usize::from(*length);
        let name = bytes.get(at + 1..head).ok_or_else(end)?;
        let (address, size) = word(head).zip(word(head + 8)).ok_or_else(end)?;
        let data = inside(head + 16, usize::try_from(size).map_err(|_| end())?, bytes.len())?;
        let number = |name: &'static str, at: usize, role, value| Part::field(name, Span::at(at, 8), role, value);
        let piece = name.is_empty();
        let name = match piece {
            true => format!("{address:#x}"),
            false => String::from_utf8_lossy(name).into_owned(),
        };
        let fields = vec![
            Part::field("name", Span::new(at, head), Role::Structure, Value::Raw),
            number("address", head, Role::Content, Value::Word { big: true }),
            number("size", head + 8, Role::Size, Value::Derived { valid: true }),
            match piece {
                true => Part::stored("data", data),
                false => Part::field("data", data, Role::Content, Value::Raw),
            },
        ];
        parts.push(Part::group(name, Span::new(at, data.end), Order::Fixed, fields));
        at = data.end;
    }
    Ok(parts)
}

/// Lines with their places, without what ends them.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    bytes.split_inclusive(|c| *c == b'\n').map(move |line| {
        let start = at;
        at += line.len();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        (start, line.strip_suffix(b"\r").unwrap_or(line))
    })
}
