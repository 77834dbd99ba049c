//! Units: what a side's unit is, what two have in common, and the smaller ones in one.

use crate::model::{Blob, Side, Span, Value};

/// A side with the unit that stands for its bytes.
pub(super) fn side(bytes: &Blob, span: Span, value: &Value) -> Side {
    let unit = match value {
        Value::Target(target) => target.clone().into(),
        Value::Text(text) => text.clone().into_bytes().into(),
        _ => bytes.slice(span),
    };
    Side {
        present: true,
        span,
        unit,
        value: value.clone(),
        items: Vec::new(),
    }
}

/// Bytes that are compared before they are given back.
const PIECE: usize = 1 << 20;

/// Whether all bytes are equal.
pub(super) fn equal(a: &Blob, b: &Blob) -> bool {
    let piece = |start| {
        let [x, y] = [a, b].map(|bytes| bytes.slice(Span::at(start, PIECE)));
        let equal = x[..] == y[..];
        x.release();
        y.release();
        equal
    };
    a.len() == b.len() && (0..a.len()).step_by(PIECE).all(piece)
}

/// Lengths of the common beginning and of the common end, not overlapping.
pub fn trim(a: &[u8], b: &[u8]) -> (usize, usize) {
    let start = equal_prefix(a, b);
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev());
    (start, end.take_while(|(x, y)| x == y).count())
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

/// Spans of the units of `bytes`, each with its `separator`.
pub fn split(bytes: &[u8], separator: u8) -> Vec<Span> {
    let mut units = Vec::new();
    let mut start = 0;
    for end in memchr::memchr_iter(separator, bytes) {
        units.push(Span::new(start, end + 1));
        start = end + 1;
    }
    if start < bytes.len() {
        units.push(Span::new(start, bytes.len()));
    }
    units
}
