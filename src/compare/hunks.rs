//! Where two sequences of units (lines, strings, tokens) differ. Anchored at units that are unique on both sides, so that the time
//! stays linear in the units, whatever they are.

use crate::model::Span;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Regions larger than this (units of a × units of b) are not searched without anchors.
const SEARCHED: usize = 1 << 20;
/// Units of a window that slides over such a region.
const WINDOW: usize = 128;
/// Anchors between anchors between …
const DEPTH: usize = 64;

/// The units of two sides by number: equal ones, and only those, have the same.
pub struct Numbered {
    a: Vec<u32>,
    b: Vec<u32>,
}

impl Numbered {
    /// Sorted by hash, and by bytes only where hashes meet: most units are told apart by eight bytes.
    pub fn of(a: &[u8], ua: &[Span], b: &[u8], ub: &[Span]) -> Self {
        let unit = |i: usize| match i.checked_sub(ua.len()) {
            None => ua.get(i).map_or(&[][..], |span| span.of(a)),
            Some(j) => ub.get(j).map_or(&[][..], |span| span.of(b)),
        };
        let mut order: Vec<(u64, usize)> = (0..ua.len() + ub.len()).map(|i| (hash(unit(i)), i)).collect();
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
        let b = numbers.split_off(ua.len());
        Self { a: numbers, b }
    }
    /// Ranges of unit numbers (not bytes) that differ, by the longest run of unique units that has the same order on both sides.
    pub(crate) fn hunks(&self) -> Vec<(Span, Span)> {
        self.search(0)
    }
    /// The same, with as little difference as possible where the units are few.
    pub fn least(&self) -> Vec<(Span, Span)> {
        self.search(SEARCHED)
    }
    fn search(&self, direct: usize) -> Vec<(Span, Span)> {
        let mut search = Search {
            direct,
            found: Vec::new(),
        };
        search.region(&self.a, 0, &self.b, 0, 0);
        merge(search.found)
    }
    /// Whether two ranges hold the same units, in whatever order.
    pub(crate) fn permuted(&self, x: Span, y: Span) -> bool {
        let sorted = |all: &[u32], span: Span| {
            let mut some = all.get(span.start..span.end).unwrap_or_default().to_vec();
            some.sort_unstable();
            some
        };
        x.len() == y.len() && sorted(&self.a, x) == sorted(&self.b, y)
    }
}

/// The bytes of a range of units; of an empty one, where it stands among `units` of `length` bytes.
pub fn bytes(units: &[Span], range: Span, length: usize) -> Span {
    let from = units.get(range.start).map_or(length, |unit| unit.start);
    let last = range.end.checked_sub(1).filter(|_| !range.is_empty());
    Span::new(from, last.and_then(|i| units.get(i)).map_or(from, |unit| unit.end))
}

/// Eight bytes at a time, multiplied and folded; collisions cost time, not correctness.
fn hash(bytes: &[u8]) -> u64 {
    let mut chunks = bytes.chunks_exact(8);
    let mut state = bytes.len() as u64;
    for chunk in &mut chunks {
        state = fold(state ^ chunk.try_into().map_or(0, u64::from_le_bytes));
    }
    let mut last = [0; 8];
    last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    fold(state ^ u64::from_le_bytes(last))
}

/// Mixes the bits of a number (the constant is that of wyhash).
pub fn fold(x: u64) -> u64 {
    const ODD: u64 = 0xa076_1d64_78bd_642f;
    let product = u128::from(x) * u128::from(ODD);
    (product as u64) ^ (product >> 64) as u64
}

struct Search {
    /// Regions up to this size need no anchors.
    direct: usize,
    found: Vec<(Span, Span)>,
}

impl Search {
    fn region(&mut self, a: &[u32], base_a: usize, b: &[u32], base_b: usize, depth: usize) {
        let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
        let (a, b) = (&a[start..], &b[start..]);
        let ends = a.iter().rev().zip(b.iter().rev());
        let end = ends.take_while(|(x, y)| x == y).count();
        let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
        let (base_a, base_b) = (base_a + start, base_b + start);
        if a.is_empty() && b.is_empty() {
            return;
        }
        let size = a.len().saturating_mul(b.len());
        let whole = (Span::at(base_a, a.len()), Span::at(base_b, b.len()));
        if size == 0 {
            self.found.push(whole);
            return;
        }
        let anchors = if depth < DEPTH && size > self.direct {
            anchors(a, b)
        } else {
            Vec::new()
        };
        if !anchors.is_empty() {
            let (mut x, mut y) = (0, 0);
            for (i, j) in anchors {
                self.region(&a[x..i], base_a + x, &b[y..j], base_b + y, depth + 1);
                (x, y) = (i + 1, j + 1);
            }
            self.region(&a[x..], base_a + x, &b[y..], base_b + y, depth + 1);
        } else if size <= SEARCHED {
            let ops = capture_diff_slices(Algorithm::Myers, a, b);
            self.keep(&ops, base_a, base_b);
        } else if self.direct == 0 {
            self.found.push(whole);
        } else if substituted(a, b) {
            let places = a.iter().zip(b).enumerate().filter(|(_, (x, y))| x != y);
            self.found
                .extend(places.map(|(i, _)| (Span::at(base_a + i, 1), Span::at(base_b + i, 1))));
        } else {
            self.slide(a, base_a, b, base_b);
        }
    }

    /// Window by window: what one finds in its first part is kept, for what is matched at its end may be matched better with what
    /// comes behind.
    fn slide(&mut self, a: &[u32], base_a: usize, b: &[u32], base_b: usize) {
        let (mut x, mut y) = (0, 0);
        while x < a.len() && y < b.len() {
            let (wa, wb) = (&a[x..a.len().min(x + WINDOW)], &b[y..b.len().min(y + WINDOW)]);
            let mut ops = capture_diff_slices(Algorithm::Myers, wa, wb);
            let all = x + wa.len() == a.len() && y + wb.len() == b.len();
            let sure = |op: &DiffOp| {
                let end = op.old_range().end.max(op.new_range().end);
                matches!(op, DiffOp::Equal { .. }) && end <= WINDOW / 4 * 3
            };
            let kept = ops.iter().rposition(sure).map(|i| i + 1);
            ops.truncate(kept.filter(|_| !all).unwrap_or(ops.len()));
            self.keep(&ops, base_a + x, base_b + y);
            x += ops.last().map_or(wa.len(), |op| op.old_range().end);
            y += ops.last().map_or(wb.len(), |op| op.new_range().end);
        }
        if x < a.len() || y < b.len() {
            let (rest_a, rest_b) = (Span::new(x, a.len()), Span::new(y, b.len()));
            self.found.push((rest_a.shifted(base_a), rest_b.shifted(base_b)));
        }
    }

    fn keep(&mut self, ops: &[DiffOp], base_a: usize, base_b: usize) {
        let differ = ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
        self.found.extend(differ.map(|op| {
            let (x, y) = (op.old_range(), op.new_range());
            (
                Span::new(x.start, x.end).shifted(base_a),
                Span::new(y.start, y.end).shifted(base_b),
            )
        }));
    }
}

/// The same list with other values: as many units, and half of them where they were.
fn substituted(a: &[u32], b: &[u32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).filter(|(x, y)| x == y).count() >= a.len() / 2
}

/// Units that stand once on each side, in the longest run that has the same order on both (patience).
fn anchors(a: &[u32], b: &[u32]) -> Vec<(usize, usize)> {
    let (a, b) = (once(a), once(b));
    let mut rest = b.iter().peekable();
    let mut unique: Vec<(usize, usize)> = Vec::new();
    for &(number, i) in &a {
        while rest.next_if(|(other, _)| *other < number).is_some() {}
        if let Some((_, j)) = rest.next_if(|(other, _)| *other == number) {
            unique.push((i, *j));
        }
    }
    unique.sort_unstable();
    increasing(&unique)
}

/// The numbers that occur once, sorted, each with its place.
fn once(units: &[u32]) -> Vec<(u32, usize)> {
    let mut all: Vec<(u32, usize)> = units.iter().copied().zip(0..).collect();
    all.sort_unstable();
    let single = all.chunk_by(|x, y| x.0 == y.0).filter(|group| group.len() == 1);
    single.flatten().copied().collect()
}

/// The longest subsequence whose second numbers increase.
pub(super) fn increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut piles: Vec<usize> = Vec::new();
    let mut previous = vec![usize::MAX; pairs.len()];
    for k in 0..pairs.len() {
        let at = piles.partition_point(|&p| pairs[p].1 < pairs[k].1);
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
    while let Some(&pair) = pairs.get(k) {
        chain.push(pair);
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
