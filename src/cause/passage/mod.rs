//! Passages: neighbouring lines that differ and yet say the same, because they stand in another order or are broken elsewhere.

mod shuffled;
mod wrapped;

pub(crate) use self::{shuffled::shape, wrapped::widths};

use crate::model::{Blob, Change, Difference, Role, Span};

/// How the two sides of a passage say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The same words, in lines of another width.
    Wrapped,
    /// The same lines in another order; numbers that count the lines follow their place.
    Shuffled,
}

/// How many readings there are.
pub(super) const READINGS: usize = 2;
/// Longer passages are not read.
const LONGEST: usize = 32 << 10;
/// More runs of lines than these are not looked at.
const HUNKS: usize = 2048;
/// Equal lines between two runs that may belong to one passage.
const BRIDGED: usize = 2;

/// Whether a difference is one of lines, and so may be part of a passage.
pub(super) fn lines(difference: &Difference) -> bool {
    matches!(difference.role, Role::Text | Role::Presence) && difference.name().starts_with("line ")
}

/// Runs of differing lines that stand one behind the other, from the differences of one text.
pub(super) fn hunks(mut lines: Vec<Change>) -> Vec<Change> {
    lines.sort_by_key(|line| (line.a.start, line.b.start));
    let mut found: Vec<Change> = Vec::new();
    for line in lines {
        match found.last_mut() {
            Some(last) if last.a.end == line.a.start && last.b.end == line.b.start => {
                (last.a.end, last.b.end) = (line.a.end, line.b.end);
            }
            _ => found.push(line),
        }
    }
    found
}

/// The passages of two texts that can be read so, in order.
pub(super) fn passages(reading: Reading, a: &Blob, b: &Blob, hunks: &[Change]) -> Vec<Change> {
    let mut found: Vec<Change> = Vec::new();
    if hunks.len() > HUNKS {
        return found;
    }
    let test = match reading {
        Reading::Wrapped => wrapped::same,
        Reading::Shuffled => shuffled::same,
    };
    for (i, hunk) in hunks.iter().enumerate() {
        if found.last().is_some_and(|last| holds(last, hunk)) {
            continue;
        }
        let fits = |passage: &Change| {
            let texts = [part(a, passage.a), part(b, passage.b)];
            let behind = found
                .last()
                .is_none_or(|last| last.a.end <= passage.a.start && last.b.end <= passage.b.start);
            behind && texts.iter().all(|text| text.len() <= LONGEST) && test(texts[0], texts[1])
        };
        let wider = [*hunk, bridged(a, b, &hunks[i..]), paragraph(a, b, *hunk)];
        found.extend(wider.into_iter().find(fits));
    }
    found
}

/// Whether a passage holds another.
pub(super) fn holds(outer: &Change, inner: &Change) -> bool {
    outer.a.contains(inner.a) && outer.b.contains(inner.b)
}

fn part(text: &[u8], span: Span) -> &[u8] {
    text.get(span.start..span.end).unwrap_or_default()
}

/// The first of some runs with those behind it that few equal lines part from it.
fn bridged(a: &[u8], b: &[u8], hunks: &[Change]) -> Change {
    let mut all = hunks[0];
    for next in &hunks[1..] {
        let between = [
            part(a, Span::new(all.a.end, next.a.start)),
            part(b, Span::new(all.b.end, next.b.start)),
        ];
        let near = |text: &[u8]| text.iter().filter(|&&c| c == b'\n').count() <= BRIDGED;
        if !between.into_iter().all(near) {
            break;
        }
        (all.a.end, all.b.end) = (next.a.end, next.b.end);
    }
    all
}

/// A run of lines with what stands around it up to blank lines.
fn paragraph(a: &[u8], b: &[u8], hunk: Change) -> Change {
    Change {
        a: around(a, hunk.a),
        b: around(b, hunk.b),
    }
}

fn around(text: &[u8], span: Span) -> Span {
    let (mut start, mut end) = (span.start.min(text.len()), span.end.min(text.len()));
    let floor = start.saturating_sub(LONGEST);
    while start > floor {
        let line = memchr::memrchr(b'\n', &text[..start - 1]).map_or(0, |i| i + 1);
        if text[line..start].trim_ascii().is_empty() {
            break;
        }
        start = line;
    }
    let ceiling = text.len().min(end.saturating_add(LONGEST));
    while end < ceiling {
        let line = memchr::memchr(b'\n', &text[end..]).map_or(text.len(), |i| end + i + 1);
        if text[end..line].trim_ascii().is_empty() {
            break;
        }
        end = line;
    }
    Span::new(start, end)
}
