//! Numbers in either byte order, never past the end.

use crate::model::Span;

/// Reads forward through a span of a container; offsets count from the container's start.
#[derive(Clone)]
pub(in crate::format) struct Cursor<'b> {
    bytes: &'b [u8],
    pub(in crate::format) at: usize,
    pub(in crate::format) end: usize,
    little: bool,
}

impl<'b> Cursor<'b> {
    /// Reads `span`, cut at the end of `bytes`.
    pub(in crate::format) fn new(bytes: &'b [u8], span: Span, little: bool) -> Self {
        let end = span.end.min(bytes.len());
        Self {
            bytes,
            at: span.start.min(end),
            end,
            little,
        }
    }
    /// Bytes left.
    pub(in crate::format) fn left(&self) -> usize {
        self.end - self.at
    }
    /// The next `n` bytes.
    pub(in crate::format) fn take(&mut self, n: usize) -> Option<&'b [u8]> {
        if n > self.left() {
            return None;
        }
        let taken = &self.bytes[self.at..self.at + n];
        self.at += n;
        Some(taken)
    }
    /// Over `n` bytes.
    pub(in crate::format) fn skip(&mut self, n: u64) -> Option<()> {
        self.take(usize::try_from(n).ok()?).map(|_| ())
    }
    /// An unsigned number of up to eight bytes.
    pub(in crate::format) fn number(&mut self, size: usize) -> Option<u64> {
        let little = self.little;
        let taken = self.take(size)?;
        let join = |n: u64, &byte: &u8| n << 8 | u64::from(byte);
        Some(if little {
            taken.iter().rev().fold(0, join)
        } else {
            taken.iter().fold(0, join)
        })
    }
    pub(in crate::format) fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|b| b[0])
    }
    pub(in crate::format) fn u16(&mut self) -> Option<u64> {
        self.number(2)
    }
    pub(in crate::format) fn u32(&mut self) -> Option<u64> {
        self.number(4)
    }
    /// LEB128 without sign (DWARF 5, 7.6); bits above 64 are lost.
    pub(in crate::format) fn uleb(&mut self) -> Option<u64> {
        let (mut value, mut shift) = (0u64, 0);
        loop {
            let byte = self.u8()?;
            if shift < 64 {
                value |= u64::from(byte & 0x7f) << shift;
            }
            shift += 7;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
    }
    /// A string up to its NUL, which is passed too.
    pub(in crate::format) fn string(&mut self) -> Option<Span> {
        let length = memchr::memchr(0, &self.bytes[self.at..self.end])?;
        let span = Span::at(self.at, length);
        self.at += length + 1;
        Some(span)
    }
    /// DWARF's initial length (DWARF 5, 7.2.2): the size of offsets in the unit, and what the unit spans behind the length.
    pub(in crate::format) fn initial_length(&mut self) -> Option<(usize, Span)> {
        let (size, length) = match self.u32()? {
            0xffff_ffff => (8, self.number(8)?),
            reserved if reserved >= 0xffff_fff0 => return None,
            length => (4, length),
        };
        let length = usize::try_from(length).ok().filter(|&n| n <= self.left())?;
        Some((size, Span::at(self.at, length)))
    }
}
