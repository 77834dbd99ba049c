//! Binary code and tables as a text of lines, in which numbers that stand for something elsewhere are what they stand for.
//!
//! A format whose bytes refer to each other by number can't be compared part by part: equal bytes may mean another thing. It is
//! written out instead, whole, and two files are the same only if their listings are. Nothing that a reader acts on may be left out.

use crate::model::{Blob, Content, Decode, Malformed, Order, Part, Role, Span, Value};
use std::fmt::{self, Write};

/// A line that begins a section, and one that begins a section of debug information. All other lines begin with two blanks.
const SECTION: (&str, &str) = ("== ", "~~ ");

/// A listing that is written.
pub(super) struct Listing {
    text: String,
    limit: usize,
}

impl Listing {
    /// Of at most `limit` bytes.
    pub(super) fn new(limit: u64) -> Self {
        Self {
            text: String::new(),
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
        }
    }
    /// What follows is called so.
    pub(super) fn section(&mut self, name: fmt::Arguments<'_>) -> Result<(), Malformed> {
        self.put(SECTION.0, name)
    }
    /// What follows is called so, and no reader of the artifact acts on it.
    pub(super) fn debug(&mut self, name: fmt::Arguments<'_>) -> Result<(), Malformed> {
        self.put(SECTION.1, name)
    }
    /// A line.
    pub(super) fn line(&mut self, line: fmt::Arguments<'_>) -> Result<(), Malformed> {
        self.put("  ", line)
    }
    fn put(&mut self, before: &str, line: fmt::Arguments<'_>) -> Result<(), Malformed> {
        // Nothing fails to be written to a string.
        let _ = self.text.write_fmt(format_args!("{before}{line}\n"));
        self.within()
    }
    /// All of another behind it.
    pub(super) fn append(&mut self, other: Self) -> Result<(), Malformed> {
        self.text.push_str(&other.text);
        self.within()
    }
    fn within(&self) -> Result<(), Malformed> {
        match self.text.len() <= self.limit {
            true => Ok(()),
            false => Err(Malformed::limit(format!("a listing of at most {} bytes", self.limit))),
        }
    }
    /// The listing.
    pub(super) fn blob(mut self) -> Blob {
        // It may be kept until all is compared.
        self.text.shrink_to_fit();
        self.text.into_bytes().into()
    }
}

/// Bytes that are compared as the listing that `content` makes of them.
pub(super) fn member(span: Span, content: impl Decode + 'static) -> Part {
    Part::member("listing", span, Content::Encoded(Box::new(content))).read_as(Order::Fixed, sections)
}

/// The sections of a listing.
fn sections(text: &Blob) -> Result<Vec<Part>, Malformed> {
    let heading = |line: &[u8]| line.starts_with(SECTION.0.as_bytes()) || line.starts_with(SECTION.1.as_bytes());
    let mut starts = vec![];
    let mut at = 0;
    for line in text.split_inclusive(|&c| c == b'\n') {
        if heading(line) {
            starts.push((at, at + line.len()));
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).map(|next| next.0).chain([at]);
    let one = |(&(start, behind), end): (&(usize, usize), usize)| {
        let head = Span::new(start, behind);
        let name = String::from_utf8_lossy(head.of(text).get(3..).unwrap_or_default());
        let parts = vec![
            Part::field("heading", head, Role::Structure, Value::Raw),
            Part::field("", Span::new(behind, end), Role::Text, Value::Raw),
        ];
        let parts = parts.into_iter().filter(|part| !part.span.is_empty()).collect();
        let group = Part::group(name.trim_end().to_owned(), Span::new(start, end), Order::Fixed, parts);
        match text[start..].starts_with(SECTION.1.as_bytes()) {
            true => group.inert(),
            false => group,
        }
    };
    Ok(starts.iter().zip(ends).map(one).collect())
}

/// Bytes between quotes: what is not plain text is escaped, so that other bytes give another text.
pub(super) struct Quoted<'b>(pub(super) &'b [u8]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for chunk in self.0.utf8_chunks() {
            for c in chunk.valid().chars() {
                match c {
                    '"' | '\\' => write!(f, "\\{c}")?,
                    c if c.is_control() || crate::notation::unseen(c) => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                    c => f.write_char(c)?,
                }
            }
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        f.write_char('"')
    }
}

/// A name as it is where it can't be taken for anything else, and between quotes where it can.
pub(super) struct Name<'b>(pub(super) &'b [u8]);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: &u8| c.is_ascii_alphanumeric() || b"_$/;<>()[-".contains(c);
        match std::str::from_utf8(self.0) {
            Ok(name) if !name.is_empty() && self.0.iter().all(plain) => f.write_str(name),
            _ => Quoted(self.0).fmt(f),
        }
    }
}

/// Bytes in hexadecimal digits.
pub(super) struct Hex<'b>(pub(super) &'b [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Reads forward through a range of bytes, never past its end.
#[derive(Clone)]
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    /// The next byte.
    pub(super) at: usize,
    big: bool,
}

impl<'b> Reader<'b> {
    /// Numbers have their high byte first.
    pub(super) fn big(bytes: &'b [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            big: true,
        }
    }
    /// Numbers have their low byte first.
    pub(super) fn little(bytes: &'b [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            big: false,
        }
    }
    /// The same bytes, from another place on.
    pub(super) fn from(&self, at: usize) -> Result<Self, Malformed> {
        match at <= self.bytes.len() {
            true => Ok(Self { at, ..self.clone() }),
            false => Err(Malformed::truncated(self.bytes.len(), format!("bytes at {at}"))),
        }
    }
    /// Bytes that are left.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }
    /// The next `n` bytes.
    pub(super) fn take(&mut self, n: usize) -> Result<&'b [u8], Malformed> {
        let end = self.at.checked_add(n);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or_else(|| Malformed::truncated(self.bytes.len(), format!("{n} bytes at {}", self.at)))?;
        self.at += n;
        Ok(taken)
    }
    /// All that is left.
    pub(super) fn rest(&mut self) -> &'b [u8] {
        let rest = &self.bytes[self.at..];
        self.at = self.bytes.len();
        rest
    }
    /// An unsigned number of up to eight bytes.
    pub(super) fn number(&mut self, size: usize) -> Result<u64, Malformed> {
        let big = self.big;
        let taken = self.take(size)?;
        let join = |n: u64, byte: &u8| n << 8 | u64::from(*byte);
        Ok(match big {
            true => taken.iter().fold(0, join),
            false => taken.iter().rev().fold(0, join),
        })
    }
    /// A number of one byte.
    pub(super) fn u8(&mut self) -> Result<u8, Malformed> {
        Ok(self.take(1)?[0])
    }
    /// A number of two bytes.
    pub(super) fn u16(&mut self) -> Result<u16, Malformed> {
        Ok(self.number(2)? as u16)
    }
    /// A number of four bytes.
    pub(super) fn u32(&mut self) -> Result<u32, Malformed> {
        Ok(self.number(4)? as u32)
    }
    /// A number of four bytes, as a length or a place.
    pub(super) fn place(&mut self) -> Result<usize, Malformed> {
        Ok(self.u32()? as usize)
    }
}
