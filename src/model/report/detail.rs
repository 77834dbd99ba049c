//! What a page shows beyond the report: bytes round the differences, and where in each file they lie. Bounded, and collected only
//! when it is asked for; no part of the JSON.

use super::SideSpan;
use crate::model::{CauseId, FormatId};

/// As what an excerpt is best read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
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
#[non_exhaustive]
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
#[non_exhaustive]
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
#[non_exhaustive]
pub struct Layout {
    /// Outer first: the artifact itself, then its members in the order of side a.
    pub pairs: Vec<Pair>,
    /// Pairs that are not listed.
    pub left_out: usize,
}

impl Layout {
    /// Gives a cause to what had none: differences of the pair at an address, at these places in it.
    pub fn attribute(&mut self, address: &str, places: &[SideSpan], cause: CauseId) {
        for pair in self.pairs.iter_mut().filter(|pair| pair.address == address) {
            if let Some(open) = pair.causes.iter_mut().find(|(known, _)| known.is_none()) {
                open.1 = open.1.saturating_sub(1);
            }
            pair.causes.retain(|(known, count)| known.is_some() || *count > 0);
            match pair.causes.iter_mut().find(|(known, _)| *known == Some(cause)) {
                Some(known) => known.1 += 1,
                None => pair.causes.push((Some(cause), 1)),
            }
            for (letter, map) in ['a', 'b'].into_iter().zip(pair.map.iter_mut().flatten()) {
                for place in places.iter().filter(|place| place.side == letter) {
                    let (start, end) = (place.offset, place.offset.saturating_add(place.length));
                    *map = map
                        .iter()
                        .flat_map(|stretch| stretch.split(start, end, cause))
                        .collect();
                }
            }
        }
        self.settle(address, cause);
    }

    /// Bytes of a stored member lie in what holds it, too: where nothing is open any more, they are of the cause that came last.
    fn settle(&mut self, address: &str, cause: CauseId) {
        let holds = |outer: &str, inner: &str| {
            let rest = inner.strip_prefix(outer);
            rest.is_some_and(|rest| outer.is_empty() || rest.is_empty() || rest.starts_with('/'))
        };
        let is_open = |pair: &Pair| pair.causes.iter().any(|(known, _)| known.is_none());
        let open: Vec<String> = self
            .pairs
            .iter()
            .filter(|pair| is_open(pair))
            .map(|pair| pair.address.clone())
            .collect();
        for pair in self.pairs.iter_mut().filter(|pair| holds(&pair.address, address)) {
            if !open.iter().any(|open| holds(&pair.address, open)) {
                let stretches = pair.map.iter_mut().flatten().flatten();
                stretches
                    .filter(|stretch| stretch.cause.is_none() && !stretch.encoded)
                    .for_each(|stretch| stretch.cause = Some(cause));
            }
        }
    }
}

/// A member, or the artifact itself, that differs.
#[derive(Clone, Debug)]
#[non_exhaustive]
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
#[non_exhaustive]
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

impl Stretch {
    /// What of it lies before, in and behind some bytes; those in them get the cause if they have none.
    fn split(&self, start: u64, end: u64, cause: CauseId) -> Vec<Self> {
        let (from, to) = (start.max(self.start), end.min(self.end));
        if self.cause.is_some() || self.encoded || from >= to {
            return vec![*self];
        }
        let piece = |start, end, cause| Self {
            start,
            end,
            cause,
            encoded: false,
        };
        let all = [
            piece(self.start, from, None),
            piece(from, to, Some(cause)),
            piece(to, self.end, None),
        ];
        all.into_iter().filter(|piece| piece.start < piece.end).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_given_to_the_bytes_at_its_place_only() {
        let open = |start, end| Stretch {
            start,
            end,
            cause: None,
            encoded: false,
        };
        let named = |start, end| Stretch {
            cause: Some("hostname"),
            ..open(start, end)
        };
        let mut layout = Layout {
            pairs: vec![Pair {
                address: "x/.rodata".to_owned(),
                name: String::new(),
                depth: 1,
                format: "elf",
                sizes: [100, 100],
                causes: vec![(None, 2)],
                map: Some([vec![open(10, 30), open(50, 60)], vec![open(10, 30)]]),
            }],
            left_out: 0,
        };
        let place = |side, offset, length| SideSpan { side, offset, length };
        layout.attribute("x", &[place('a', 0, 100)], "hostname");
        assert_eq!(layout.pairs[0].causes, [(None, 2)]);
        layout.attribute("x/.rodata", &[place('a', 15, 5), place('b', 0, 100)], "hostname");
        let pair = &layout.pairs[0];
        assert_eq!(pair.causes, [(None, 1), (Some("hostname"), 1)]);
        let map = pair.map.as_ref().unwrap();
        assert_eq!(map[0], [open(10, 15), named(15, 20), open(20, 30), open(50, 60)]);
        assert_eq!(map[1], [named(10, 30)]);
        // The other place, and with it what is left.
        layout.attribute("x/.rodata", &[place('a', 52, 2)], "hostname");
        assert_eq!(layout.pairs[0].causes, [(Some("hostname"), 2)]);
        let left = layout.pairs[0].map.iter().flatten().flatten();
        assert!(left.into_iter().all(|stretch| stretch.cause == Some("hostname")));
    }
}
