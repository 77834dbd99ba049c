//! A pair of pieces, and their bytes without links.

use super::{End, alike};
use crate::model::{Holds, Piece, Pointer, Run, Span};

/// Pieces of one name.
pub(super) struct Pair<'s> {
    pub(super) a: &'s Piece,
    pub(super) b: &'s Piece,
    pub(super) bytes: [&'s [u8]; 2],
    pub(super) links: [&'s [Pointer]; 2],
}

impl<'s> Pair<'s> {
    pub(super) fn new((a, x): (End<'s>, &'s Piece), (b, y): (End<'s>, &'s Piece)) -> Self {
        let bytes = |end: End<'s>, piece: &Piece| piece.span.of(end.bytes);
        Self {
            a: x,
            b: y,
            bytes: [bytes(a, x), bytes(b, y)],
            links: [a.space.links_in(x.span), b.space.links_in(y.span)],
        }
    }
    /// As much memory, and the same bytes but for where links lead.
    pub(super) fn alike(&self) -> bool {
        let [x, y] = self.bytes;
        self.a.size == self.b.size
            && x.len() == y.len()
            && (x.is_empty() || self.a.holds == Holds::Table || self.same())
    }
    fn same(&self) -> bool {
        let [x, y] = self.links;
        let ([a, b], mut at) = (self.bytes, 0);
        if x.len() != y.len() {
            return false;
        }
        for (x, y) in x.iter().zip(y) {
            let (from, other) = (self.offset(0, x), self.offset(1, y));
            if from != other || !alike(x, y) || from < at || a[at..from] != b[at..from] {
                return false;
            }
            at = from + usize::from(x.size);
        }
        a.get(at..) == b.get(at..)
    }
    fn offset(&self, side: usize, link: &Pointer) -> usize {
        let piece = if side == 0 { self.a } else { self.b };
        link.at as usize - piece.span.start
    }
    /// All of both.
    pub(super) fn whole(&self) -> Run {
        Run {
            a: self.a.address,
            b: self.b.address,
            length: self.a.size,
        }
    }
    /// The bytes of a side with zeros for links, and where links end.
    pub(super) fn masked(&self, side: usize) -> (Vec<u8>, Vec<usize>) {
        let mut bytes = self.bytes[side].to_vec();
        let mut ends = Vec::with_capacity(self.links[side].len());
        for link in self.links[side] {
            let span = Span::at(self.offset(side, link), link.size.into());
            if let Some(word) = bytes.get_mut(span.start..span.end) {
                word.fill(0);
                ends.push(span.end);
            }
        }
        (bytes, ends)
    }
}

/// Where strings end.
pub(super) fn ends(bytes: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(0, bytes)
}

/// Whether there is nothing but zeros.
pub(super) fn zeros(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == 0)
}
