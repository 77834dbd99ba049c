//! Where the pieces of a file lie: their order, and what lies between them.

use super::{
    super::listing::{Hex, Listing},
    BEHIND, HEADER,
};
use crate::model::Malformed;
use std::cell::RefCell;

/// The pieces that were read.
#[derive(Default)]
pub(super) struct Layout(RefCell<Vec<Piece>>);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    start: usize,
    end: usize,
    /// It begins at a multiple of four bytes.
    aligned: bool,
    name: String,
}

impl Layout {
    /// A piece, by its place in the file.
    pub(super) fn note(&self, name: String, start: usize, end: usize, aligned: bool) {
        self.0.borrow_mut().push(Piece {
            start,
            end,
            aligned,
            name,
        });
    }
    /// Where the first piece of a kind lies.
    pub(super) fn first(&self, kind: &str) -> Option<usize> {
        let pieces = self.0.borrow();
        let same = |name: &str| {
            name.strip_prefix(kind)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(" of "))
        };
        let of_kind = pieces.iter().filter(|piece| same(&piece.name));
        of_kind.map(|piece| piece.start).min()
    }
    /// All pieces in the order of the file; where one is not where the one before it ends, its place; and bytes that are in none.
    pub(super) fn list(&self, bytes: &[u8], to: &mut Listing) -> Result<(), Malformed> {
        let mut pieces = self.0.borrow_mut();
        pieces.sort();
        // What several refer to is named by the first of them.
        pieces.dedup_by(|next, first| (next.start, next.end) == (first.start, first.end));
        to.section(format_args!("layout"))?;
        let mut at = HEADER;
        for piece in pieces.iter() {
            let Piece { start, end, name, .. } = piece;
            let aligned = if piece.aligned { at.next_multiple_of(4) } else { at };
            let gap = bytes.get(at - BEHIND..(start.max(&at)) - BEHIND).unwrap_or_default();
            if *start < at {
                to.line(format_args!("{name} at {start}, inside of another"))?;
            } else if *start == aligned && gap.iter().all(|&byte| byte == 0) {
                to.line(format_args!("{name}"))?;
            } else {
                to.line(format_args!("in no piece {}", Hex(gap)))?;
                to.line(format_args!("{name}"))?;
            }
            at = at.max(*end);
        }
        match bytes.get(at - BEHIND..) {
            Some(rest) if !rest.is_empty() => to.line(format_args!("in no piece {}", Hex(rest))),
            _ => Ok(()),
        }
    }
}
