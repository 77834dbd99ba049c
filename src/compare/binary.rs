//! Bytes without structure: the runs that differ, and strings among constants.

use super::{
    At, Comparer, Spot,
    hunks::{self, Numbered},
    unit::{side, trim},
};
use crate::model::{Change, Role, Side, Span, Value};
use std::sync::atomic::Ordering::Relaxed;

/// Equal bytes between two differing runs that do not separate them.
const MERGE: usize = 8;
/// Runs kept one by one; what is behind them counts as one.
const RUNS: usize = 4096;
/// Bytes compared at once.
const BLOCK: usize = 256;
/// Bytes that are looked at one by one.
const NEAR: usize = 8;
/// Bytes of a printable string, at least.
const SHORTEST: usize = 4;

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
    // Whole blocks first: most of two builds is equal.
    for (start, (x, y)) in (0..).step_by(BLOCK).zip(a.chunks(BLOCK).zip(b.chunks(BLOCK))) {
        if x == y {
            continue;
        }
        for i in x
            .iter()
            .zip(y)
            .zip(start..)
            .filter(|((x, y), _)| x != y)
            .map(|(_, i)| i)
        {
            let full = found.len() > RUNS;
            match found.last_mut() {
                Some(last) if full || i <= last.a.end + MERGE => last.extend(i + 1),
                _ => found.push(Change {
                    a: Span::at(i, 1),
                    b: Span::at(i, 1),
                }),
            }
        }
    }
    found
}

impl Change {
    fn extend(&mut self, end: usize) {
        self.a.end = end;
        self.b.end = end;
    }
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
    for (x, y) in Numbered::of(ua, &pa, ub, &pb).hunks() {
        let (xs, ys) = (&pa[x.start..x.end], &pb[y.start..y.end]);
        if cx.stopped.load(Relaxed) {
            break;
        } else if xs.len() == ys.len() {
            for (&x, &y) in xs.iter().zip(ys).filter(|(x, y)| x.of(ua) != y.of(ub)) {
                spots.extend(unit(cx, at, name, a, x, b, y));
            }
        } else {
            let (x, y) = (hunks::bytes(&pa, x, ua.len()), hunks::bytes(&pb, y, ub.len()));
            spots.push(cx.entry(at, name, Role::Content, sub(a, x), sub(b, y), None));
        }
    }
    spots
}

/// Strings with their NUL, and what lies between them: tables of numbers are one unit however many zero bytes they have.
pub(super) fn units(bytes: &[u8]) -> Vec<Span> {
    let mut found: Vec<(Span, bool)> = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let span = Span::new(start, behind_nul(bytes, start));
        let string = span.len() >= SHORTEST && printable(span.of(bytes));
        match found.last_mut() {
            Some((last, false)) if !string => last.end = span.end,
            _ => found.push((span, string)),
        }
        start = span.end;
    }
    found.into_iter().map(|(span, _)| span).collect()
}

/// Where a unit that begins here ends: behind the next NUL, or with the bytes.
fn behind_nul(bytes: &[u8], start: usize) -> usize {
    // Numbers have one every few bytes: there a search costs more than a look.
    let near = bytes.len().min(start + NEAR);
    let found = bytes[start..near].iter().position(|&byte| byte == 0).map(|i| start + i);
    let found = found.or_else(|| memchr::memchr(0, &bytes[near..]).map(|i| near + i));
    found.map_or(bytes.len(), |i| i + 1)
}

/// What is longer than this and no string is not looked at again for each of the runs in it.
const LONG: usize = 1 << 16;

fn same_length(cx: &Comparer<'_>, at: &At, name: &str, a: &Side, b: &Side) -> Vec<Spot> {
    let (ua, ub) = (&a.unit, &b.unit);
    let runs = runs(ua, ub).into_iter().flat_map(|run| strings(ua, ub, run.a));
    let spans = spans(ua, ub, runs).take_while(|_| !cx.stopped.load(Relaxed));
    spans
        .flat_map(|(span, _)| unit(cx, at, name, a, span, b, span))
        .collect()
}

/// What is told of runs of two units of one length: the string that a run stands in, or the run; and whether it is a string.
pub(super) fn spans(a: &[u8], b: &[u8], runs: impl Iterator<Item = Span>) -> impl Iterator<Item = (Span, bool)> {
    // Up to where the differences are found, and up to where there are no strings.
    let (mut done, mut bare) = (0, 0);
    runs.filter_map(move |run| {
        // A string that was examined may reach into the run, or over it.
        let run = Span::new(run.start.max(done), run.end);
        if run.is_empty() {
            return None;
        }
        let (mut found, mut text) = (run, false);
        if run.end > bare {
            let (x, y) = (string_at(a, done, run), string_at(b, done, run));
            text = printable(x.of(a)) && printable(y.of(b));
            if text {
                // One unit for both sides, so that what lies beside the strings stays where it is.
                found = Span::new(x.start.min(y.start), x.end.max(y.end));
            } else if x.len().max(y.len()) > LONG {
                bare = x.end.min(y.end);
            }
        }
        done = found.end;
        Some((found, text))
    })
}

/// What lies between the NUL bytes round a run, from `done` on.
fn string_at(bytes: &[u8], done: usize, run: Span) -> Span {
    let before = Span::new(done, run.start).of(bytes);
    let behind = Span::new(run.end, bytes.len()).of(bytes);
    Span::new(
        memchr::memrchr(0, before).map_or(done, |i| done + i + 1),
        memchr::memchr(0, behind).map_or(bytes.len(), |i| run.end + i),
    )
}

/// The parts of a run between NUL bytes that both sides have, where all of it is text: strings are told apart even when they stand
/// close together.
fn strings(a: &[u8], b: &[u8], run: Span) -> Vec<Span> {
    let text = |c: &u8| matches!(c, 0 | b'\t' | b'\n' | b'\r') || *c >= b' ' && *c != 0x7f;
    let (a, b) = (run.of(a), run.of(b));
    if !a.iter().chain(b).all(text) {
        return vec![run];
    }
    let mut parts = Vec::new();
    let mut start = 0;
    let between = memchr::memchr_iter(0, a).filter(|&i| b.get(i) == Some(&0));
    for end in between.chain([run.len()]) {
        let part = Span::new(start, end);
        if part.of(a) != part.of(b) {
            parts.push(part.shifted(run.start));
        }
        start = end + 1;
    }
    parts
}

fn unit(cx: &Comparer<'_>, at: &At, name: &str, a: &Side, x: Span, b: &Side, y: Span) -> Vec<Spot> {
    let string = |bytes: &[u8]| printable(bytes.strip_suffix(b"\0").unwrap_or(bytes));
    let role = if string(x.of(&a.unit)) && string(y.of(&b.unit)) {
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

/// A part of a side.
pub(super) fn sub(side_of: &Side, span: Span) -> Side {
    let place = span.shifted(side_of.span.start);
    Side {
        span: place,
        ..side(&side_of.unit, span, &Value::Raw)
    }
}

/// Text of at least four characters, with no control characters but tab and line ends; NUL bytes at its end are allowed.
pub(crate) fn printable(bytes: &[u8]) -> bool {
    let end = bytes.iter().rposition(|&b| b != 0).map_or(0, |i| i + 1);
    let text = &bytes[..end];
    text.len() >= SHORTEST
        && std::str::from_utf8(text)
            .is_ok_and(|t| !t.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')))
}
