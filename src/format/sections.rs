//! What the formats of executables share: regions laid out by headers, with known fields inside them.

use crate::model::{Isa, Links, Malformed, Order, Part, Role, Span, Value};

/// Symbols of one section kept; a section with more is one part.
const SYMBOLS: usize = 1 << 20;

/// A little-endian or big-endian reader that never reads past the end.
#[derive(Clone, Copy)]
pub struct Words<'b> {
    bytes: &'b [u8],
    big: bool,
}

impl<'b> Words<'b> {
    /// Reads `bytes`.
    pub fn new(bytes: &'b [u8], big: bool) -> Self {
        Self { bytes, big }
    }
    /// The low byte comes first.
    pub fn little(bytes: &'b [u8]) -> Self {
        Self::new(bytes, false)
    }
    /// The high byte comes first.
    pub fn big(bytes: &'b [u8]) -> Self {
        Self::new(bytes, true)
    }
    /// Numbers have their high byte first.
    pub fn is_big(self) -> bool {
        self.big
    }
    /// The bytes of `span`.
    pub fn get(self, span: Span) -> Option<&'b [u8]> {
        self.bytes.get(span.start..span.end)
    }
    /// The unsigned number of `size` (at most 8) bytes at `at`.
    pub fn number(self, at: usize, size: usize) -> Result<u64, Malformed> {
        let word = at.checked_add(size).and_then(|end| self.bytes.get(at..end));
        let word = word.ok_or_else(|| Malformed::truncated(at, format!("a number of {size} bytes")))?;
        let join = |n: u64, b: &u8| n << 8 | u64::from(*b);
        Ok(if self.big {
            word.iter().fold(0, join)
        } else {
            word.iter().rev().fold(0, join)
        })
    }
    pub(crate) fn u8(self, at: usize) -> Result<u64, Malformed> {
        self.number(at, 1)
    }
    pub(crate) fn u16(self, at: usize) -> Result<u64, Malformed> {
        self.number(at, 2)
    }
    pub(crate) fn u32(self, at: usize) -> Result<u64, Malformed> {
        self.number(at, 4)
    }
    pub(crate) fn u64(self, at: usize) -> Result<u64, Malformed> {
        self.number(at, 8)
    }
    /// `length` bytes at `at`.
    pub(crate) fn slice(self, at: usize, length: usize) -> Result<&'b [u8], Malformed> {
        let span = inside(at, length, self.bytes.len())?;
        Ok(&self.bytes[span.start..span.end])
    }
    /// The same, as a length or position.
    pub fn position(self, at: usize, size: usize) -> Result<usize, Malformed> {
        let number = self.number(at, size)?;
        usize::try_from(number).map_err(|_| Malformed::at(at, "a position in the file", number.to_string()))
    }
    /// The text at `at` up to a NUL, at most `limit` bytes of it.
    pub fn text(self, at: usize, limit: usize) -> &'b [u8] {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let rest = &rest[..rest.len().min(limit)];
        &rest[..memchr::memchr(0, rest).unwrap_or(rest.len())]
    }
}

/// A span that must lie in `length` bytes.
pub fn inside(at: usize, size: usize, length: usize) -> Result<Span, Malformed> {
    match at.checked_add(size) {
        Some(end) if end <= length => Ok(Span::new(at, end)),
        _ => Err(Malformed::truncated(length, format!("{size} bytes at {at}"))),
    }
}

/// Regions in file order; an error where two of them overlap. Empty ones are left out.
pub(crate) fn in_order(mut regions: Vec<Part>) -> Result<Vec<Part>, Malformed> {
    regions.retain(|part| !part.span.is_empty());
    regions.sort_by_key(|part| part.span);
    match regions.windows(2).find(|pair| pair[0].span.end > pair[1].span.start) {
        Some(pair) => Err(Malformed::at(
            pair[1].span.start,
            "regions that do not overlap",
            format!("{} inside {}", pair[1].name, pair[0].name),
        )),
        None => Ok(regions),
    }
}

/// The known fields inside `span`, with the bytes between them as `role`; fields that leave it or overlap are left to those bytes.
pub fn fill(span: Span, mut fields: Vec<Part>, role: Role) -> Vec<Part> {
    fields.sort_by_key(|part| part.span);
    let mut parts: Vec<Part> = Vec::new();
    let mut at = span.start;
    let between = |from: usize, to: usize| Part::field("data", Span::new(from, to), role, Value::Raw);
    for field in fields {
        if field.span.start < at || field.span.end > span.end || field.span.is_empty() {
            continue;
        }
        if field.span.start > at {
            parts.push(between(at, field.span.start));
        }
        at = field.span.end;
        parts.push(field);
    }
    if at < span.end {
        parts.push(between(at, span.end));
    }
    parts
}

/// Code cut at its symbols (offset in `span`, name): each part is named by its symbol.
pub fn code(span: Span, address: u64, isa: Isa, mut symbols: Vec<(usize, String)>) -> Vec<Part> {
    symbols.retain(|(at, _)| *at < span.len());
    if symbols.len() > SYMBOLS {
        symbols.clear();
    }
    symbols.sort();
    symbols.dedup_by_key(|(at, _)| *at);
    if symbols.first().is_none_or(|(at, _)| *at > 0) {
        symbols.insert(0, (0, "code".to_owned()));
    }
    let ends: Vec<usize> = symbols.iter().skip(1).map(|s| s.0).chain([span.len()]).collect();
    symbols
        .into_iter()
        .zip(ends)
        .map(|((start, name), end)| {
            let value = Value::Code {
                isa,
                address: address.wrapping_add(start as u64),
                links: Links::default(),
            };
            Part::field(name, Span::new(start, end).shifted(span.start), Role::Code, value)
        })
        .collect()
}

/// A section of code, its functions in an order that the linker chose.
pub(crate) fn code_section(name: String, span: Span, address: u64, isa: Isa, symbols: Vec<(usize, String)>) -> Part {
    Part::group(name, span, Order::Link, code(span, address, isa, symbols))
}

/// A field whose number laid out the parts.
pub fn used(name: impl Into<std::borrow::Cow<'static, str>>, span: Span, role: Role) -> Part {
    Part::field(name, span, role, Value::Derived { valid: true })
}

/// A 32-bit time.
pub fn time(name: impl Into<std::borrow::Cow<'static, str>>, at: usize, seconds: u64) -> Part {
    let seconds = i64::try_from(seconds).unwrap_or_default();
    Part::field(
        name,
        Span::at(at, 4),
        Role::Timestamp,
        Value::Time { seconds, local: false },
    )
}
