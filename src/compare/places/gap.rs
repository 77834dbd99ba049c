//! Pairs what is in two pieces: by equal units, then by what links say, then by place.

use super::{
    Found,
    pieces::{Pair, ends, zeros},
    votes,
};
use crate::{
    compare::{
        binary,
        hunks::{self, Numbered},
        unit::trim,
    },
    model::{Holds, Run, Span},
};
use std::collections::{BTreeMap, BTreeSet};

/// Units that are looked for elsewhere.
const SHORTEST: usize = 4;
const LONGEST: usize = 1 << 16;

/// What is not paired yet: a span of each piece.
#[derive(Clone, Copy)]
struct Gap {
    a: Span,
    b: Span,
}

/// Pairs the bytes of two pieces. `votes` are pairs of addresses that links of both lead to, by address in a.
pub(super) fn align(pair: &Pair<'_>, votes: &[(u64, u64)], found: &mut Found) {
    let ((a, cuts_a), (b, cuts_b)) = (pair.masked(0), pair.masked(1));
    let units = |bytes: &[u8], cuts: &[usize]| match pair.a.holds {
        Holds::Code => instructions(bytes.len(), cuts),
        _ => binary::units(bytes),
    };
    let (ua, ub) = (units(&a, &cuts_a), units(&b, &cuts_b));
    let mut fill = Fill {
        pair,
        masked: [&a, &b],
        votes,
        found,
    };
    let (mut x, mut y) = (0, 0);
    let hunks = Numbered::of(&a, &ua, &b, &ub).hunks();
    let elsewhere = fill.elsewhere([&ua, &ub], &hunks);
    for (us, vs) in hunks {
        let gap = Gap {
            a: hunks::bytes(&ua, us, a.len()),
            b: hunks::bytes(&ub, vs, b.len()),
        };
        fill.run((x, y), (gap.a.start, gap.b.start));
        let moved = |units: Span, of: &BTreeSet<usize>| of.range(units.start..units.end).next().is_some();
        if moved(us, &elsewhere[0]) || moved(vs, &elsewhere[1]) {
            // What is left of it is paired by what leads there.
        } else if us.len() == vs.len() {
            for (&a, &b) in ua[us.start..us.end].iter().zip(&ub[vs.start..vs.end]) {
                fill.gap(Gap { a, b });
            }
        } else {
            fill.gap(gap);
        }
        (x, y) = (gap.a.end, gap.b.end);
    }
    fill.run((x, y), (a.len(), b.len()));
}

struct Fill<'f> {
    pair: &'f Pair<'f>,
    masked: [&'f [u8]; 2],
    votes: &'f [(u64, u64)],
    found: &'f mut Found,
}

impl Fill<'_> {
    /// From one pair of places to another, which are as far away on both sides.
    fn run(&mut self, from: (usize, usize), to: (usize, usize)) {
        self.found.runs.push(Run {
            a: self.pair.a.address + from.0 as u64,
            b: self.pair.b.address + from.1 as u64,
            length: to.0.saturating_sub(from.0).min(to.1.saturating_sub(from.1)) as u64,
        });
    }
    /// Units that stand in another hunk on the other side, and only once on each: linkers sort strings by what is in them.
    fn elsewhere(&mut self, units: [&[Span]; 2], hunks: &[(Span, Span)]) -> [BTreeSet<usize>; 2] {
        let mut found: [BTreeSet<usize>; 2] = Default::default();
        if self.pair.a.holds == Holds::Code || hunks.len() < 2 {
            return found;
        }
        let mut met: BTreeMap<&[u8], [Vec<usize>; 2]> = BTreeMap::new();
        for (us, vs) in hunks {
            for (side, range) in [us, vs].into_iter().enumerate() {
                for (i, unit) in units[side].iter().enumerate().take(range.end).skip(range.start) {
                    let unit = unit.of(self.masked[side]);
                    if (SHORTEST..=LONGEST).contains(&unit.len()) {
                        met.entry(unit).or_default()[side].push(i);
                    }
                }
            }
        }
        for [x, y] in met.values() {
            if let ([x], [y]) = (x.as_slice(), y.as_slice()) {
                let (a, b) = (units[0][*x], units[1][*y]);
                // What nothing leads to by itself is found by what lies before it.
                let vote = (
                    self.pair.a.address + a.start as u64,
                    self.pair.b.address + b.start as u64,
                );
                if self.votes.binary_search(&vote).is_err() {
                    continue;
                }
                self.run((a.start, b.start), (a.end, b.end));
                found[0].insert(*x);
                found[1].insert(*y);
            }
        }
        found
    }
    fn gap(&mut self, gap: Gap) {
        if self.by_place(gap.a, gap.b) {
            return self.run((gap.a.start, gap.b.start), (gap.a.end, gap.b.end));
        }
        let bases = (self.pair.a.address, self.pair.b.address);
        let mut at = (gap.a.start, gap.b.start);
        let cuts = votes::within(self.votes, bases, gap.a, gap.b);
        for cut in cuts.into_iter().chain([(gap.a.end, gap.b.end)]) {
            self.between(at, cut);
            at = cut;
        }
    }
    /// Whether what is at the same place goes together: strings of other lengths may take as much room with what is behind them.
    fn by_place(&self, a: Span, b: Span) -> bool {
        let (x, y) = (a.of(self.masked[0]), b.of(self.masked[1]));
        let alike = || self.pair.a.holds == Holds::Code || ends(x).eq(ends(y)) || equal(x, y) * 2 >= x.len();
        x.len() == y.len() && alike()
    }
    /// What lies between two pairs of places that go together.
    fn between(&mut self, from: (usize, usize), to: (usize, usize)) {
        let (a, b) = (Span::new(from.0, to.0), Span::new(from.1, to.1));
        if self.by_place(a, b) {
            return self.run(from, to);
        }
        let (x, y) = (a.of(self.masked[0]), b.of(self.masked[1]));
        let both = x.len().min(y.len());
        // Padding that is longer on one side: behind what both have, or before it.
        let behind = zeros(&x[both..]) && zeros(&y[both..]);
        let before = zeros(&x[..x.len() - both]) && zeros(&y[..y.len() - both]);
        let after = (a.end - both, b.end - both);
        let heads = behind.then(|| equal(&x[..both], &y[..both]));
        let tails = before.then(|| equal(&x[x.len() - both..], &y[y.len() - both..]));
        match heads.max(tails) {
            Some(most) if most * 2 >= both && tails == Some(most) => return self.run(after, to),
            Some(most) if most * 2 >= both => return self.run(from, (a.start + both, b.start + both)),
            _ => {}
        }
        let (start, end) = trim(x, y);
        let (first, last) = ((a.start + start, b.start + start), (a.end - end, b.end - end));
        self.run(from, first);
        self.run(last, to);
        if first.0 < last.0 && first.1 < last.1 {
            let place = |base: u64, at: usize| base + at as u64;
            self.found
                .marks
                .push((place(self.pair.a.address, first.0), place(self.pair.b.address, first.1)));
        }
    }
}

/// Bytes that are equal by their place.
fn equal(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).filter(|(x, y)| x == y).count()
}

/// From the end of one link to the end of the next.
fn instructions(length: usize, cuts: &[usize]) -> Vec<Span> {
    let mut start = 0;
    let mut units = Vec::with_capacity(cuts.len() + 1);
    for &end in cuts.iter().chain([&length]) {
        if end > start {
            units.push(Span::new(start, end));
            start = end;
        }
    }
    units
}
