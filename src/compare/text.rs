//! Texts by line, and the ranges in which two lines differ.

use super::{At, Comparer, Spot, binary, leaf::side};
use crate::model::{Change, Order, Role, Side, Span, Value};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::BTreeMap;

/// Hunks larger than this (lines of a × lines of b) are not searched further: linear time for any text.
const SEARCHED: usize = 1 << 20;
/// Lines longer than this many tokens differ between their common beginning and their common end.
const TOKENS: usize = 4000;
/// Differing lines of one text that are kept one by one.
const LINES: usize = 20_000;

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

/// The differences of two texts.
pub fn lines(cx: &Comparer<'_>, at: &At, name: &str, a: &Side, b: &Side) -> Vec<Spot> {
    let at = &if name.is_empty() { at.clone() } else { at.child(name) };
    let (la, lb) = (split(&a.unit, b'\n'), split(&b.unit, b'\n'));
    let found = hunks(&a.unit, &la, &b.unit, &lb);
    let mut spots = Vec::new();
    if let Some(spot) = permuted(cx, at, a, &la, b, &lb, &found) {
        return vec![spot];
    }
    let place = |s: &Side, span: Span| Side {
        span: span.shifted(s.span.start),
        ..side(&s.unit, span, &Value::Raw)
    };
    for (x, y) in found {
        if spots.len() >= LINES {
            let (x, y) = (
                Span::new(la.get(x.start).map_or(a.unit.len(), |l| l.start), a.unit.len()),
                Span::new(lb.get(y.start).map_or(b.unit.len(), |l| l.start), b.unit.len()),
            );
            spots.push(cx.entry(at, "further lines", Role::Content, place(a, x), place(b, y), None));
            break;
        }
        for (i, j) in pair_lines(&a.unit, &la[x.start..x.end], &b.unit, &lb[y.start..y.end]) {
            let number = format!(
                "line {}",
                i.map_or_else(|| y.start + j.unwrap_or(0), |i| x.start + i) + 1
            );
            let after = |lines: &[Span], n: usize, end: usize| Span::at(lines.get(n).map_or(end, |l| l.start), 0);
            let sa = i.map_or_else(
                || Side {
                    present: false,
                    ..place(a, after(&la, x.start, a.unit.len()))
                },
                |i| place(a, la[x.start + i]),
            );
            let sb = j.map_or_else(
                || Side {
                    present: false,
                    ..place(b, after(&lb, y.start, b.unit.len()))
                },
                |j| place(b, lb[y.start + j]),
            );
            if sa.present && sb.present {
                if sa.unit[..] != sb.unit[..] {
                    let changes = changes(&sa.unit, &sb.unit);
                    spots.push(cx.entry(at, &number, Role::Text, sa, sb, Some(changes)));
                }
            } else {
                // The line would stand where its hunk lies on the other side, behind the lines paired before it.
                let (sa, sb) = settle(sa, sb, i, j, &la, &lb, x, y, a, b);
                spots.push(cx.entry(at, &number, Role::Presence, sa, sb, None));
            }
        }
    }
    spots
}

#[allow(clippy::too_many_arguments)]
fn settle(
    mut sa: Side,
    mut sb: Side,
    i: Option<usize>,
    j: Option<usize>,
    la: &[Span],
    lb: &[Span],
    x: Span,
    y: Span,
    a: &Side,
    b: &Side,
) -> (Side, Side) {
    // Lone lines come last in a hunk (see `pair_lines`), so their place is the hunk's end on the other side.
    let end = |lines: &[Span], hunk: Span, side: &Side| {
        lines.get(hunk.end).map_or(side.unit.len(), |l| l.start) + side.span.start
    };
    if i.is_none() {
        sa.span = Span::at(end(la, x, a), 0);
    }
    if j.is_none() {
        sb.span = Span::at(end(lb, y, b), 0);
    }
    (sa, sb)
}

/// Lines of one hunk: as many as there are on both sides are paired in order, starting where they are most alike.
fn pair_lines(a: &[u8], la: &[Span], b: &[u8], lb: &[Span]) -> Vec<(Option<usize>, Option<usize>)> {
    let (n, m) = (la.len(), lb.len());
    let common = n.min(m);
    // The longer side's lines at its beginning or at its end may be the extra ones.
    let score = |skip_a: usize, skip_b: usize| -> usize {
        (0..common.min(64))
            .map(|k| {
                let (x, y) = (
                    &a[la[k + skip_a].start..la[k + skip_a].end],
                    &b[lb[k + skip_b].start..lb[k + skip_b].end],
                );
                let (start, end) = binary::trim(x, y);
                start + end
            })
            .sum()
    };
    let (skip_a, skip_b) = (n - common, m - common);
    let late = common > 0 && (skip_a > 0 || skip_b > 0) && score(skip_a, skip_b) > score(0, 0);
    let (skip_a, skip_b) = if late { (skip_a, skip_b) } else { (0, 0) };
    let mut pairs: Vec<(Option<usize>, Option<usize>)> = Vec::new();
    if late {
        pairs.extend((0..skip_a).map(|i| (Some(i), None)));
        pairs.extend((0..skip_b).map(|j| (None, Some(j))));
    }
    pairs.extend((0..common).map(|k| (Some(k + skip_a), Some(k + skip_b))));
    if !late {
        pairs.extend((common..n).map(|i| (Some(i), None)));
        pairs.extend((common..m).map(|j| (None, Some(j))));
    }
    pairs
}

/// A region whose lines are the same on both sides in another order.
fn permuted(
    cx: &Comparer<'_>,
    at: &At,
    a: &Side,
    la: &[Span],
    b: &Side,
    lb: &[Span],
    hunks: &[(Span, Span)],
) -> Option<Spot> {
    let (first, last) = (hunks.first()?, hunks.last()?);
    let (ra, rb) = (&la[first.0.start..last.0.end], &lb[first.1.start..last.1.end]);
    if ra.len() != rb.len() || ra.len() < 2 {
        return None;
    }
    let sorted = |unit: &[u8], lines: &[Span]| {
        let mut all: Vec<Vec<u8>> = lines.iter().map(|l| unit[l.start..l.end].to_vec()).collect();
        all.sort_unstable();
        all
    };
    if sorted(&a.unit, ra) != sorted(&b.unit, rb) {
        return None;
    }
    let listed = |s: &Side, lines: &[Span]| {
        let items = lines.iter().map(|l| {
            (
                l.shifted(s.span.start),
                String::from_utf8_lossy(&s.unit[l.start..l.end]).trim_end().to_owned(),
            )
        });
        let cover = Span::new(lines[0].start, lines[lines.len() - 1].end);
        Side {
            span: cover.shifted(s.span.start),
            items: items.collect(),
            ..side(&s.unit, cover, &Value::Raw)
        }
    };
    // The lines of a script are statements: their order is what it does.
    let order = if a.unit.starts_with(b"#!") || b.unit.starts_with(b"#!") {
        Order::Fixed
    } else {
        Order::Lines
    };
    Some(cx.order(at, order, listed(a, ra), listed(b, rb)))
}

/// Ranges of unit numbers (not bytes) that differ. Anchored at lines that are unique on both sides, so that the time stays linear.
pub fn hunks(a: &[u8], la: &[Span], b: &[u8], lb: &[Span]) -> Vec<(Span, Span)> {
    let (ia, ib) = number(a, la, b, lb);
    let mut found = Vec::new();
    region(&ia, 0, &ib, 0, &mut found, 0);
    merge(found)
}

/// Equal lines get equal numbers. Sorted by hash, and by bytes only where hashes meet: most lines are told apart by eight bytes.
fn number(a: &[u8], la: &[Span], b: &[u8], lb: &[Span]) -> (Vec<u32>, Vec<u32>) {
    let unit = |i: usize| match i.checked_sub(la.len()) {
        None => &a[la[i].start..la[i].end],
        Some(j) => &b[lb[j].start..lb[j].end],
    };
    let mut order: Vec<(u64, usize)> = (0..la.len() + lb.len()).map(|i| (hash(unit(i)), i)).collect();
    order.sort_unstable();
    let mut numbers = vec![0u32; order.len()];
    let mut next = 0;
    for group in order.chunk_by_mut(|x, y| x.0 == y.0) {
        let first = unit(group[0].1);
        if group.iter().any(|(_, i)| unit(*i) != first) {
            group.sort_unstable_by_key(|&(_, i)| (unit(i), i));
        }
        for k in 0..group.len() {
            if k > 0 && unit(group[k].1) != unit(group[k - 1].1) {
                next += 1;
            }
            numbers[group[k].1] = next;
        }
        next += 1;
    }
    let tail = numbers.split_off(la.len());
    (numbers, tail)
}

/// Eight bytes at a time, multiplied and folded (the constant is that of wyhash); collisions cost time, not correctness.
fn hash(bytes: &[u8]) -> u64 {
    const ODD: u64 = 0xa076_1d64_78bd_642f;
    let fold = |x: u64| {
        let product = u128::from(x) * u128::from(ODD);
        (product as u64) ^ (product >> 64) as u64
    };
    let mut chunks = bytes.chunks_exact(8);
    let mut state = bytes.len() as u64;
    for chunk in &mut chunks {
        state = fold(state ^ chunk.try_into().map_or(0, u64::from_le_bytes));
    }
    let mut last = [0; 8];
    last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    fold(state ^ u64::from_le_bytes(last))
}

fn region(a: &[u32], base_a: usize, b: &[u32], base_b: usize, found: &mut Vec<(Span, Span)>, depth: usize) {
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let end = a[start..]
        .iter()
        .rev()
        .zip(b[start..].iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    let (a, b) = (&a[start..a.len() - end], &b[start..b.len() - end]);
    let (base_a, base_b) = (base_a + start, base_b + start);
    if a.is_empty() && b.is_empty() {
        return;
    }
    if a.is_empty() || b.is_empty() {
        found.push((Span::at(base_a, a.len()), Span::at(base_b, b.len())));
        return;
    }
    if depth < 64 {
        let anchors = anchors(a, b);
        if !anchors.is_empty() {
            let (mut x, mut y) = (0, 0);
            for (i, j) in anchors {
                region(&a[x..i], base_a + x, &b[y..j], base_b + y, found, depth + 1);
                (x, y) = (i + 1, j + 1);
            }
            region(&a[x..], base_a + x, &b[y..], base_b + y, found, depth + 1);
            return;
        }
    }
    if a.len().saturating_mul(b.len()) > SEARCHED {
        found.push((Span::at(base_a, a.len()), Span::at(base_b, b.len())));
        return;
    }
    for op in capture_diff_slices(Algorithm::Myers, a, b) {
        if !matches!(op, DiffOp::Equal { .. }) {
            let (x, y) = (op.old_range(), op.new_range());
            found.push((
                Span::new(x.start + base_a, x.end + base_a),
                Span::new(y.start + base_b, y.end + base_b),
            ));
        }
    }
}

/// Lines that stand once on each side, in the longest run that has the same order on both (patience).
fn anchors(a: &[u32], b: &[u32]) -> Vec<(usize, usize)> {
    let mut counts: BTreeMap<u32, (u32, usize, u32, usize)> = BTreeMap::new();
    for (i, &n) in a.iter().enumerate() {
        let c = counts.entry(n).or_default();
        (c.0, c.1) = (c.0 + 1, i);
    }
    for (j, &n) in b.iter().enumerate() {
        if let Some(c) = counts.get_mut(&n) {
            (c.2, c.3) = (c.2 + 1, j);
        }
    }
    let mut unique: Vec<(usize, usize)> = counts
        .values()
        .filter(|c| c.0 == 1 && c.2 == 1)
        .map(|c| (c.1, c.3))
        .collect();
    unique.sort_unstable();
    // Longest increasing subsequence of the positions in b.
    let mut piles: Vec<usize> = Vec::new();
    let mut previous = vec![usize::MAX; unique.len()];
    for k in 0..unique.len() {
        let at = piles.partition_point(|&p| unique[p].1 < unique[k].1);
        if at > 0 {
            previous[k] = piles[at - 1];
        }
        if at == piles.len() {
            piles.push(k);
        } else {
            piles[at] = k;
        }
    }
    let mut chain = Vec::with_capacity(piles.len());
    let mut k = piles.last().copied().unwrap_or(usize::MAX);
    while k != usize::MAX {
        chain.push(unique[k]);
        k = previous[k];
    }
    chain.reverse();
    chain
}

fn merge(hunks: Vec<(Span, Span)>) -> Vec<(Span, Span)> {
    let mut merged: Vec<(Span, Span)> = Vec::new();
    for (x, y) in hunks {
        match merged.last_mut() {
            Some(last) if last.0.end == x.start && last.1.end == y.start => (last.0.end, last.1.end) = (x.end, y.end),
            _ => merged.push((x, y)),
        }
    }
    merged
}

/// The ranges in which two units differ: by token (a run of letters and digits, or one other character).
pub fn changes(a: &[u8], b: &[u8]) -> Vec<Change> {
    let (start, end) = binary::trim(a, b);
    // The common ends must not cut a token in two: a date is judged whole.
    let word = |c: u8| c.is_ascii_alphanumeric() || c >= 0x80;
    let start = if start < a.len().max(b.len()) {
        start - a[..start].iter().rev().take_while(|&&c| word(c)).count()
    } else {
        start
    };
    let tail = a[a.len() - end..].iter().take_while(|&&c| word(c)).count();
    let end = end - tail;
    let (middle_a, middle_b) = (&a[start..a.len() - end], &b[start..b.len() - end]);
    let (ta, tb) = (tokens(middle_a), tokens(middle_b));
    let span = |t: &[Span], range: std::ops::Range<usize>, length: usize| {
        let from = t.get(range.start).map_or(length, |s| s.start);
        let to = if range.is_empty() { from } else { t[range.end - 1].end };
        Span::new(from, to).shifted(start)
    };
    if ta.len() > TOKENS || tb.len() > TOKENS {
        return vec![Change {
            a: Span::new(start, a.len() - end),
            b: Span::new(start, b.len() - end),
        }];
    }
    let (wa, wb): (Vec<&[u8]>, Vec<&[u8]>) = (
        ta.iter().map(|s| &middle_a[s.start..s.end]).collect(),
        tb.iter().map(|s| &middle_b[s.start..s.end]).collect(),
    );
    capture_diff_slices(Algorithm::Myers, &wa, &wb)
        .into_iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| Change {
            a: span(&ta, op.old_range(), middle_a.len()),
            b: span(&tb, op.new_range(), middle_b.len()),
        })
        .collect()
}

fn tokens(bytes: &[u8]) -> Vec<Span> {
    let word = |c: u8| c.is_ascii_alphanumeric() || c >= 0x80;
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|&&c| word(c)).count().max(1);
        found.push(Span::at(at, length));
        at += length;
    }
    found
}
