//! Texts by line.

use super::{
    At, Comparer, Spot,
    hunks::{self, Numbered},
    tokens,
    unit::{side, split, trim},
};
use crate::model::{Kind, Order, Role, Side, Span, Value};
use std::sync::atomic::Ordering::Relaxed;

/// Differing lines of one text that are kept one by one; fewer than the differences that are never refused.
const LINES: usize = 250_000;
/// Lines that may stand in another order and are then listed as such.
const PERMUTED: usize = 1 << 18;
/// Pairs of lines that are looked at to tell which lines of a hunk belong together.
const LOOKED_AT: usize = 64;

/// The differences of two texts.
pub fn lines(cx: &Comparer<'_>, at: &At, name: &str, a: &Side, b: &Side) -> Vec<Spot> {
    let at = &if name.is_empty() { at.clone() } else { at.child(name) };
    let (start, end) = common_lines(&a.unit, &b.unit);
    let text = |side: &Side| Text::of(side, Span::new(start, side.unit.len() - end));
    let pair = Pair {
        cx,
        at,
        above: memchr::memchr_iter(b'\n', Span::new(0, start).of(&a.unit)).count(),
        a: text(a),
        b: text(b),
    };
    let numbered = Numbered::of(&pair.a.side.unit, &pair.a.lines, &pair.b.side.unit, &pair.b.lines);
    let found = numbered.hunks();
    // The lines of a script are statements: their order is what it does. So are those of a listing.
    let script =
        a.unit.starts_with(b"#!") || b.unit.starts_with(b"#!") || matches!(at.kind, Kind::Bytecode | Kind::Data);
    let order = if script { Order::Fixed } else { Order::Lines };
    match pair.permuted(order, &numbered, &found) {
        Some(spot) => vec![spot],
        None => pair.spots(&found),
    }
}

/// Lengths of the common beginning and of the common end, in whole lines: they need no room.
fn common_lines(a: &[u8], b: &[u8]) -> (usize, usize) {
    let (start, end) = trim(a, b);
    let start = memchr::memrchr(b'\n', Span::new(0, start).of(a)).map_or(0, |i| i + 1);
    let tail = Span::new(a.len() - end, a.len()).of(a);
    let end = memchr::memchr(b'\n', tail).map_or(0, |i| tail.len() - i - 1);
    (start, end)
}

/// One side, from the first line that differs to the last.
struct Text {
    side: Side,
    lines: Vec<Span>,
}

impl Text {
    fn of(whole: &Side, span: Span) -> Self {
        let side = place(whole, span);
        let lines = split(&side.unit, b'\n');
        Self { side, lines }
    }
    /// These lines.
    fn part(&self, lines: Span) -> Side {
        place(&self.side, hunks::bytes(&self.lines, lines, self.side.unit.len()))
    }
    /// Where such a line would stand.
    fn lacking(&self, before: usize) -> Side {
        Side {
            present: false,
            ..self.part(Span::at(before, 0))
        }
    }
    fn line(&self, number: usize) -> &[u8] {
        self.lines.get(number).map_or(&[], |line| line.of(&self.side.unit))
    }
}

fn place(whole: &Side, span: Span) -> Side {
    Side {
        span: span.shifted(whole.span.start),
        ..side(&whole.unit, span, &Value::Raw)
    }
}

struct Pair<'p> {
    cx: &'p Comparer<'p>,
    at: &'p At,
    /// Lines before the first.
    above: usize,
    a: Text,
    b: Text,
}

impl Pair<'_> {
    fn spots(&self, found: &[(Span, Span)]) -> Vec<Spot> {
        let mut spots = Vec::new();
        for &(x, y) in found {
            let (late, pairs) = self.lines(x, y);
            let (mut next_a, mut next_b) = (x.start, y.start);
            for (i, j) in pairs {
                if spots.len() >= LINES || self.cx.stopped.load(Relaxed) {
                    let rest = |text: &Text, from: usize| text.part(Span::new(from, text.lines.len()));
                    let (a, b) = (rest(&self.a, next_a), rest(&self.b, next_b));
                    spots.push(self.cx.entry(self.at, "further lines", Role::Content, a, b, None));
                    return spots;
                }
                (next_a, next_b) = (i.map_or(next_a, |i| i + 1), j.map_or(next_b, |j| j + 1));
                // A lone line would stand before the lines that are paired behind it, or behind those paired before it.
                let beside = |hunk: Span| if late { hunk.start } else { hunk.end };
                let (a, b) = (
                    i.map_or_else(|| self.a.lacking(beside(x)), |i| self.a.part(Span::at(i, 1))),
                    j.map_or_else(|| self.b.lacking(beside(y)), |j| self.b.part(Span::at(j, 1))),
                );
                let number = format!("line {}", self.above + i.or(j).unwrap_or_default() + 1);
                if !(a.present && b.present) {
                    spots.push(self.cx.entry(self.at, &number, Role::Presence, a, b, None));
                } else if a.unit[..] != b.unit[..] {
                    let changes = tokens::changes(&a.unit, &b.unit);
                    spots.push(self.cx.entry(self.at, &number, Role::Text, a, b, Some(changes)));
                }
            }
        }
        spots
    }

    /// Lines of one hunk: as many as there are on both sides are paired in order, starting where they are most alike. The longer
    /// side's lines at its beginning (then it is late) or at its end are left alone.
    fn lines(&self, x: Span, y: Span) -> (bool, impl Iterator<Item = (Option<usize>, Option<usize>)>) {
        let (n, m) = (x.len(), y.len());
        let common = n.min(m);
        let (more_a, more_b) = (n - common, m - common);
        let late = common > 0
            && more_a + more_b > 0
            && self.alike(x.start + more_a, y.start + more_b, common) > self.alike(x.start, y.start, common);
        let lone = move |late: bool| {
            let (from_a, from_b) = if late { (0, 0) } else { (common, common) };
            let of_a = (from_a..from_a + more_a).map(move |i| (Some(x.start + i), None));
            of_a.chain((from_b..from_b + more_b).map(move |j| (None, Some(y.start + j))))
        };
        let (skip_a, skip_b) = if late { (more_a, more_b) } else { (0, 0) };
        let paired = (0..common).map(move |k| (Some(x.start + skip_a + k), Some(y.start + skip_b + k)));
        let before = late.then(|| lone(true)).into_iter().flatten();
        let behind = (!late).then(|| lone(false)).into_iter().flatten();
        (late, before.chain(paired).chain(behind))
    }

    /// Bytes that the first of so many lines from these on have in common.
    fn alike(&self, x: usize, y: usize, count: usize) -> usize {
        let one = |k: usize| {
            let (start, end) = trim(self.a.line(x + k), self.b.line(y + k));
            start + end
        };
        (0..count.min(LOOKED_AT)).map(one).sum()
    }

    /// A region whose lines are the same on both sides in another order.
    fn permuted(&self, order: Order, numbered: &Numbered, found: &[(Span, Span)]) -> Option<Spot> {
        let (first, last) = (found.first()?, found.last()?);
        let (x, y) = (
            Span::new(first.0.start, last.0.end),
            Span::new(first.1.start, last.1.end),
        );
        if !(2..=PERMUTED).contains(&x.len()) || !numbered.permuted(x, y) {
            return None;
        }
        let listed = |text: &Text, lines: Span| {
            let item = |i: usize| {
                let name = String::from_utf8_lossy(text.line(i)).trim_end().to_owned();
                (text.part(Span::at(i, 1)).span, name)
            };
            Side {
                items: (lines.start..lines.end).map(item).collect(),
                ..text.part(lines)
            }
        };
        Some(self.cx.order(self.at, order, listed(&self.a, x), listed(&self.b, y)))
    }
}
