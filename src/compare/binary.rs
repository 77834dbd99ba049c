//! Bytes without structure: the runs that differ, and strings among constants.

use super::{At, Comparer, Spot, leaf::side, text};
use crate::model::{Blob, Change, Role, Side, Span, Value};

/// Equal bytes between two differing runs that do not separate them.
const MERGE: usize = 8;
/// Runs kept one by one; what is behind them counts as one.
const RUNS: usize = 4096;

/// The ranges in which two byte strings differ: runs where the lengths are equal, else what lies between the common beginning
/// and the common end.
pub fn runs(a: &[u8], b: &[u8]) -> Vec<Change> {
    if a.len() != b.len() {
        let (start, end) = trim(a, b);
        return vec![Change {
            a: Span::new(start, a.len() - end),
            b: Span::new(start, b.len() - end),
        }];
    }
    let mut found: Vec<Change> = Vec::new();
    let mut at = 0;
    while at < a.len() {
        // Whole blocks first: most of two builds is equal.
        let block = (a.len() - at).min(256);
        if a[at..at + block] == b[at..at + block] {
            at += block;
            continue;
        }
        for i in at..at + block {
            if a[i] == b[i] {
                continue;
            }
            let full = found.len() > RUNS;
            match found.last_mut() {
                Some(last) if full || i <= last.a.end + MERGE => last.extend(i + 1),
                _ => found.push(Change {
                    a: Span::at(i, 1),
                    b: Span::at(i, 1),
                }),
            }
        }
        at += block;
    }
    found
}

impl Change {
    fn extend(&mut self, end: usize) {
        self.a.end = end;
        self.b.end = end;
    }
}

/// Lengths of the common beginning and of the common end, not overlapping.
pub fn trim(a: &[u8], b: &[u8]) -> (usize, usize) {
    let shorter = a.len().min(b.len());
    let start = equal_prefix(&a[..shorter], &b[..shorter]);
    let end = a[start..]
        .iter()
        .rev()
        .zip(b[start..].iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    (start, end)
}

fn equal_prefix(a: &[u8], b: &[u8]) -> usize {
    let mut at = 0;
    for (x, y) in a.chunks(4096).zip(b.chunks(4096)) {
        if x != y {
            return at + x.iter().zip(y).take_while(|(x, y)| x == y).count();
        }
        at += x.len();
    }
    at
}

/// Differences of NUL-separated constants: a unit that is a printable string on both sides is examined as a string, all else must
/// be equal.
pub fn data(cx: &Comparer<'_>, at: &At, name: &str, a: &Side, b: &Side) -> Vec<Spot> {
    let (ua, ub) = (&a.unit, &b.unit);
    if ua.len() == ub.len() {
        return same_length(cx, at, name, a, b);
    }
    let (pa, pb) = (units(ua), units(ub));
    let mut spots = Vec::new();
    for (x, y) in text::hunks(ua, &pa, ub, &pb) {
        let (xs, ys) = (&pa[x.start..x.end], &pb[y.start..y.end]);
        if xs.len() == ys.len() {
            for (&x, &y) in xs.iter().zip(ys) {
                if ua[x.start..x.end] != ub[y.start..y.end] {
                    spots.extend(unit(cx, at, name, a, x, b, y));
                }
            }
        } else {
            let cover = |units: &[Span], after: usize| {
                Span::new(
                    units.first().map_or(after, |u| u.start),
                    units.last().map_or(after, |u| u.end),
                )
            };
            let after = |all: &[Span], at: usize, length: usize| all.get(at).map_or(length, |u| u.start);
            let (x, y) = (
                cover(xs, after(&pa, x.start, ua.len())),
                cover(ys, after(&pb, y.start, ub.len())),
            );
            spots.push(cx.entry(at, name, Role::Content, sub(a, x), sub(b, y), None));
        }
    }
    spots
}

/// Strings with their NUL, and what lies between them: tables of numbers are one unit however many zero bytes they have.
fn units(bytes: &[u8]) -> Vec<Span> {
    let mut found: Vec<(Span, bool)> = Vec::new();
    for span in text::split(bytes, 0) {
        let string = printable(&bytes[span.start..span.end]);
        match found.last_mut() {
            Some((last, false)) if !string => last.end = span.end,
            _ => found.push((span, string)),
        }
    }
    found.into_iter().map(|(span, _)| span).collect()
}

fn same_length(cx: &Comparer<'_>, at: &At, name: &str, a: &Side, b: &Side) -> Vec<Spot> {
    let (ua, ub) = (&a.unit, &b.unit);
    let mut spots = Vec::new();
    let mut done = 0;
    for run in runs(ua, ub).into_iter().flat_map(|run| strings(ua, ub, run)) {
        if run.a.end <= done {
            continue;
        }
        let start = |u: &[u8]| memchr::memrchr(0, &u[done..run.a.start]).map_or(done, |i| done + i + 1);
        let end = |u: &[u8]| memchr::memchr(0, &u[run.a.end..]).map_or(u.len(), |i| run.a.end + i);
        let (x, y) = (Span::new(start(ua), end(ua)), Span::new(start(ub), end(ub)));
        // One unit for both sides, so that what lies beside the strings stays where it is.
        let both = Span::new(x.start.min(y.start), x.end.max(y.end));
        if printable(&ua[x.start..x.end]) && printable(&ub[y.start..y.end]) {
            spots.extend(unit(cx, at, name, a, both, b, both));
            done = both.end;
        } else {
            spots.extend(unit(cx, at, name, a, run.a, b, run.b));
            done = run.a.end;
        }
    }
    spots
}

/// The parts of a run between NUL bytes that both sides have, where all of it is text: strings are told apart even when they stand
/// close together.
fn strings(a: &[u8], b: &[u8], run: Change) -> Vec<Change> {
    let span = run.a;
    let text = |c: u8| c == 0 || c == b'\t' || (c >= b' ' && c != 0x7f);
    if run.b != span
        || ![a, b]
            .iter()
            .all(|side| side[span.start..span.end].iter().all(|&c| text(c)))
    {
        return vec![run];
    }
    let mut parts = Vec::new();
    let mut start = span.start;
    for end in (span.start..=span.end).filter(|&i| i == span.end || (a[i] == 0 && b[i] == 0)) {
        if a[start..end] != b[start..end] {
            let part = Span::new(start, end);
            parts.push(Change { a: part, b: part });
        }
        start = end + 1;
    }
    parts
}

fn unit(cx: &Comparer<'_>, at: &At, name: &str, a: &Side, x: Span, b: &Side, y: Span) -> Vec<Spot> {
    let trimmed = |bytes: &Blob, span: Span| {
        printable(
            bytes[span.start..span.end]
                .strip_suffix(b"\0")
                .unwrap_or(&bytes[span.start..span.end]),
        )
    };
    let role = if trimmed(&a.unit, x) && trimmed(&b.unit, y) {
        Role::String
    } else {
        Role::Content
    };
    let at = At {
        address: at.inside(name),
        ..at.clone()
    };
    cx.leaf(&at, &format!("+{:#x}", x.start), role, sub(a, x), sub(b, y))
}

fn sub(side_of: &Side, span: Span) -> Side {
    let place = span.shifted(side_of.span.start);
    Side {
        span: place,
        ..side(&side_of.unit, span, &Value::Raw)
    }
}

/// Text of at least four characters, with no control characters but tab and line ends; NUL bytes at its end are allowed.
pub fn printable(bytes: &[u8]) -> bool {
    let end = bytes.iter().rposition(|&b| b != 0).map_or(0, |i| i + 1);
    let text = &bytes[..end];
    text.len() >= 4
        && std::str::from_utf8(text)
            .is_ok_and(|t| !t.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')))
}
