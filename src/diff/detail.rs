//! What a page shows beyond the report: excerpts of the bytes.

use super::{
    show,
    side::{describe, within},
};
use crate::{
    compare::{Compared, Proved},
    model::{Blob, Change, Excerpt, ExcerptSide, Shape, Side, Span},
};

/// Excerpts of all findings together, and of one finding.
const EXCERPTS: (usize, usize) = (3000, 200);
/// Bytes of an excerpt, and those of them before the first that differs.
const BYTES: (usize, usize) = (128, 16);
/// Bytes shown where a side only lacks some of them.
const GAP: usize = 32;

/// How many excerpts may still be collected.
pub(super) struct Room {
    left: usize,
    each: usize,
}

impl Room {
    /// Room for the excerpts of so many findings, if details are asked for.
    pub(super) fn new(details: bool, findings: usize) -> Self {
        let left = if details { EXCERPTS.0 } else { 0 };
        Self {
            left,
            each: (left / findings.max(1)).clamp(1, EXCERPTS.1),
        }
    }
    /// How many of `wanted` a finding gets.
    pub(super) fn take(&mut self, wanted: usize) -> usize {
        let given = wanted.min(self.each).min(self.left);
        self.left -= given;
        given
    }
}

/// A difference with what stands round it; of its changes, these are marked.
pub(super) fn excerpt(pair: &Compared<Proved>, entry: &Proved, changes: &[Change]) -> Excerpt {
    let difference = &entry.difference;
    let (a, b) = show::wide(difference, changes, show::WIDE);
    let shape = match (a.shape, b.shape) {
        (Shape::Bytes, other) => other,
        (one, _) => one,
    };
    let spans = |pick: fn(&Change) -> Span, side: &Side| {
        let all = changes.iter().map(|change| within(side, pick(change)));
        let mut all: Vec<Span> = all.collect();
        all.sort_unstable();
        all
    };
    let side = |shown: show::Shown, side: &Side, bytes: &Blob, spans: &[Span]| {
        let mut found = match pair.format {
            // What a folder's bytes are is this program's own listing.
            "directory" => ExcerptSide::default(),
            _ => window(bytes, spans),
        };
        (found.text, found.marks) = (shown.text, shown.marks);
        side.present.then_some(found)
    };
    Excerpt {
        address: difference.address.clone(),
        container: difference.container,
        summary: match &entry.note {
            Some(note) => format!("{}; {note}", describe(difference, changes)),
            None => describe(difference, changes),
        },
        shape,
        sides: [
            side(a, &difference.a, &pair.a, &spans(|change| change.a, &difference.a)),
            side(b, &difference.b, &pair.b, &spans(|change| change.b, &difference.b)),
        ],
    }
}

/// Bytes from a little before the first span, in rows of 16 as they lie in the container.
fn window(bytes: &Blob, spans: &[Span]) -> ExcerptSide {
    let Some(first) = spans.first() else {
        return ExcerptSide::default();
    };
    let last = spans.iter().map(|span| span.end).max().unwrap_or(first.end);
    let start = first.start.min(bytes.len()).saturating_sub(BYTES.1) / 16 * 16;
    let end = match spans.iter().all(|span| span.is_empty()) {
        true => start + GAP,
        false => last.saturating_add(BYTES.1).div_ceil(16).saturating_mul(16),
    };
    let seen = Span::new(start, end.min(start + BYTES.0).min(bytes.len()));
    let inside = |span: &Span| {
        let (from, to) = (span.start.max(seen.start), span.end.min(seen.end));
        (from < to).then(|| (from - start, to - start))
    };
    let behind = spans
        .iter()
        .map(|span| span.end - span.start.max(seen.end).min(span.end));
    ExcerptSide {
        bytes: bytes.slice(seen).to_vec(),
        offset: start as u64,
        differing: spans.iter().filter_map(inside).collect(),
        more: behind.map(|count| count as u64).sum(),
        ..ExcerptSide::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_counts_what_it_leaves_out() {
        let bytes = Blob::from((0..=255).collect::<Vec<u8>>());
        let seen = window(&bytes, &[Span::new(40, 42), Span::new(200, 210)]);
        assert_eq!((seen.offset, seen.bytes.len(), seen.more), (16, 128, 10));
        assert_eq!(seen.differing, [(24, 26)]);
        assert_eq!(seen.bytes[24], 40);
        let gap = window(&bytes, &[Span::new(256, 256)]);
        assert_eq!((gap.offset, gap.bytes.len(), gap.differing.len()), (240, 16, 0));
        let behind = window(&bytes, &[Span::new(9000, 9001)]);
        assert_eq!((behind.offset, behind.bytes.len(), behind.more), (240, 16, 1));
    }
}
