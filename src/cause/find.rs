//! What causes share: pairing tokens of the two sides around what differs.

use crate::model::{Change, Difference, Span};

/// For each unclaimed change, the token (found by `tokens` in each unit) that holds it on both sides, where `accept` agrees with the
/// pair. The differing bytes must lie inside the tokens, and the tokens must begin at the same place: what comes before is equal.
pub fn around(
    difference: &Difference,
    tokens: impl Fn(&[u8]) -> Vec<Span>,
    accept: impl Fn(&[u8], &[u8]) -> bool,
) -> Vec<Change> {
    if !difference.both() || difference.changes.is_empty() {
        return Vec::new();
    }
    let (a, b): (&[u8], &[u8]) = (&difference.a.unit, &difference.b.unit);
    let (ta, tb) = (tokens(a), tokens(b));
    let holds = |token: &Span, change: Span| token.contains(change);
    let mut found: Vec<Change> = Vec::new();
    for change in &difference.changes {
        if found.iter().any(|c| c.a.contains(change.a) && c.b.contains(change.b)) {
            continue;
        }
        // The longest token on each side: a date and time together rather than the date alone.
        let pick = |all: &[Span], span: Span| all.iter().filter(|t| holds(t, span)).max_by_key(|t| t.len()).copied();
        let (Some(x), Some(y)) = (pick(&ta, change.a), pick(&tb, change.b)) else {
            continue;
        };
        let first = difference
            .changes
            .iter()
            .find(|c| x.contains(c.a) && y.contains(c.b))
            .unwrap_or(change);
        if first.a.start - x.start == first.b.start - y.start && accept(&a[x.start..x.end], &b[y.start..y.end]) {
            found.push(Change { a: x, b: y });
        }
    }
    found
}

/// The text of a unit before a span, as far back as the line goes: for words that say what a value is.
pub fn before(unit: &[u8], at: usize) -> &[u8] {
    let start = memchr::memrchr(b'\n', &unit[..at]).map_or(0, |i| i + 1);
    &unit[start.max(at.saturating_sub(200))..at]
}
