//! What a page shows beyond the report: bytes round the differences, and where in each file they lie. Bounded, and collected only
//! when it is asked for; no part of the JSON.

use super::{CauseId, FormatId};

/// As what an excerpt is best read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Nothing but bytes.
    #[default]
    Bytes,
    /// Text.
    Text,
    /// A value that stands for the bytes: a time, a number, a mode, an order.
    Value,
    /// Instructions, one a line.
    Code,
}

/// One difference with what stands round it.
#[derive(Clone, Debug)]
pub struct Excerpt {
    /// The way in, as in a report.
    pub address: String,
    /// Length of the part of `address` that names the container.
    pub container: usize,
    /// One line for a person.
    pub summary: String,
    /// What the texts are.
    pub shape: Shape,
    /// a and b; none where a side has no such part.
    pub sides: [Option<ExcerptSide>; 2],
}

/// One side of an excerpt.
#[derive(Clone, Debug, Default)]
pub struct ExcerptSide {
    /// Some hundred characters; empty for [`Shape::Bytes`].
    pub text: String,
    /// Byte ranges of `text` that differ.
    pub marks: Vec<(usize, usize)>,
    /// Some bytes of the container; none where it has no bytes of its own (a folder).
    pub bytes: Vec<u8>,
    /// Offset of the first of them in the container.
    pub offset: u64,
    /// Ranges of `bytes` that differ.
    pub differing: Vec<(usize, usize)>,
    /// Differing bytes in the container that lie behind `bytes`.
    pub more: u64,
}

/// The artifacts that differ, one inside the other.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Outer first: the artifact itself, then its members in the order of side a.
    pub pairs: Vec<Pair>,
    /// Pairs that are not listed.
    pub left_out: usize,
}

/// A member, or the artifact itself, that differs.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The way in; empty for the artifact itself.
    pub address: String,
    /// What of it names the pair in the one that holds it.
    pub name: String,
    /// How many artifacts it lies in.
    pub depth: usize,
    /// As what it was opened.
    pub format: FormatId,
    /// Bytes of a and of b.
    pub sizes: [u64; 2],
    /// Differences in it, not in its members, by cause; those without one first.
    pub causes: Vec<(Option<CauseId>, usize)>,
    /// For a and for b, where in it they lie; none for a folder, and where there are too many pairs.
    pub map: Option<[Vec<Stretch>; 2]>,
}

/// Bytes of a pair that one cause accounts for; exact to a few hundredth parts of the pair's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// First byte.
    pub start: u64,
    /// One past the last.
    pub end: u64,
    /// The cause; none where the bytes are not explained.
    pub cause: Option<CauseId>,
    /// These are bytes of an encoded member, which has a map of its own.
    pub encoded: bool,
}
