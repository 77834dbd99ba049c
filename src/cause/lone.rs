//! Strings of a program that only one side has, among bytes that could not be aligned: what causes say of them is a hint about these bytes.

use crate::model::{Blob, Change, Difference, Kind, Role, Side, Span};
use std::collections::BTreeSet;

/// Larger pieces are not looked into, nor all pieces of a program that are larger together.
const LARGEST: usize = 8 << 20;
/// Nor more strings.
const STRINGS: usize = 128;
/// A string is at least so long.
const SHORTEST: usize = 6;

/// Strings of one side of a program, each with the one of the other that is most like it.
pub(super) type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// Whether the strings in a difference are looked at.
pub(super) fn holds(difference: &Difference) -> bool {
    let bytes = matches!(difference.role, Role::Content | Role::Data) && difference.kind == Kind::Executable;
    bytes && difference.both() && difference.a.unit.len().max(difference.b.unit.len()) <= LARGEST
}

/// The strings that stand on one side only, of all that stand in such differences of one program, whose bytes these are.
pub(super) fn pairs(bytes: [&Blob; 2], differences: &[&Difference]) -> Pairs {
    let size: usize = differences
        .iter()
        .map(|difference| difference.a.unit.len().max(difference.b.unit.len()))
        .sum();
    if size > LARGEST {
        return Pairs::new();
    }
    let all = |bytes: &'_ Blob, side: fn(&Difference) -> &Side| {
        let pieces = differences.iter().map(|difference| piece(bytes, side(difference)));
        let texts = pieces.flat_map(|piece| {
            strings(piece)
                .into_iter()
                .map(|span| piece[span.start..span.end].to_vec())
        });
        texts.collect::<BTreeSet<_>>()
    };
    let a = all(bytes[0], |difference| &difference.a);
    let b = all(bytes[1], |difference| &difference.b);
    let alone = |x: &BTreeSet<Vec<u8>>, y: &BTreeSet<Vec<u8>>| x.difference(y).cloned().collect::<Vec<_>>();
    let (x, mut y) = (alone(&a, &b), alone(&b, &a));
    if x.len().max(y.len()) > STRINGS {
        return Pairs::new();
    }
    let mut found = Pairs::new();
    for text in x {
        let best = (0..y.len()).max_by_key(|&i| common(&text, &y[i]));
        if let Some(at) = best.filter(|&at| common(&text, &y[at]) >= SHORTEST) {
            found.push((text, y.swap_remove(at)));
        }
    }
    found
}

/// The bytes of a difference, with what belongs to a string that it begins or ends in.
pub(super) fn piece<'b>(bytes: &'b Blob, side: &Side) -> &'b [u8] {
    const REACH: usize = 512;
    let printable = |c: &&u8| c.is_ascii_graphic() || **c == b' ';
    let (start, end) = (side.span.start.min(bytes.len()), side.span.end.min(bytes.len()));
    let before = bytes[..start].iter().rev().take(REACH).take_while(printable).count();
    let behind = bytes[end..].iter().take(REACH).take_while(printable).count();
    &bytes[start - before..end + behind]
}

/// Bytes that two texts have in common at their ends.
fn common(x: &[u8], y: &[u8]) -> usize {
    let start = x.iter().zip(y).take_while(|(x, y)| x == y).count();
    let end = x[start..]
        .iter()
        .rev()
        .zip(y[start..].iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    start + end
}

/// Printable runs, in order.
fn strings(bytes: &[u8]) -> Vec<Span> {
    let printable = |c: &u8| c.is_ascii_graphic() || *c == b' ' || *c == b'\t';
    let mut found = Vec::new();
    let mut at = 0;
    for run in bytes.split(|c| !printable(c)) {
        if run.len() >= SHORTEST {
            found.push(Span::at(at, run.len()));
        }
        at += run.len() + 1;
    }
    found
}

/// A difference of two strings in the same program.
pub(super) fn string(difference: &Difference, a: Vec<u8>, b: Vec<u8>) -> Difference {
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let end = a[start..]
        .iter()
        .rev()
        .zip(b[start..].iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    let change = Change {
        a: Span::new(start, a.len() - end),
        b: Span::new(start, b.len() - end),
    };
    let side = |side: &Side, text: Vec<u8>| Side {
        unit: text.into(),
        ..side.clone()
    };
    Difference {
        role: Role::String,
        a: side(&difference.a, a),
        b: side(&difference.b, b),
        changes: vec![change],
        ..difference.clone()
    }
}
