//! What a pair of pieces is made of: what both have, and what is in each its own, with the strings that it is part of.

use super::pieces::{Pair, zeros};
use crate::{
    compare::unit::trim,
    model::{Chunk, Run, Span},
};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of a string around what differs in it.
const AROUND: usize = 512;

/// The chunks of both sides.
pub(super) struct Chunks {
    pub(super) sides: [Vec<Chunk>; 2],
    /// What chunks of their own have in common at either end, where they go together only by what leads there.
    pub(super) runs: Vec<Run>,
}

/// What stands between two runs of one side (by their numbers, if there are any).
type Between = BTreeMap<(Option<usize>, Option<usize>), Span>;

/// Of the runs of the pair; `votes` are pairs of addresses that links of both lead to. Nothing where runs overlap.
pub(super) fn all(pair: &Pair<'_>, runs: &[Run], votes: &[(u64, u64)]) -> Option<Chunks> {
    let spans = |run: &Run| {
        let x = usize::try_from(run.a.checked_sub(pair.a.address)?).ok()?;
        let y = usize::try_from(run.b.checked_sub(pair.b.address)?).ok()?;
        let length = usize::try_from(run.length).ok()?;
        let fits = x + length <= pair.bytes[0].len() && y + length <= pair.bytes[1].len();
        fits.then_some([Span::at(x, length), Span::at(y, length)])
    };
    let mut shared: Vec<[Span; 2]> = Vec::new();
    for run in runs.iter().filter(|run| run.length > 0) {
        let [x, y] = spans(run)?;
        match shared.last_mut() {
            Some([a, b]) if a.end == x.start && b.end == y.start => (a.end, b.end) = (x.end, y.end),
            _ => shared.push([x, y]),
        }
    }
    let (own_a, own_b) = (between(pair, &shared, 0)?, between(pair, &shared, 1)?);
    // What is b's own, by where it begins, and whether nothing of a stands there.
    let mut alone: Vec<(usize, Span, bool)> = own_b
        .iter()
        .filter(|(_, y)| !y.is_empty())
        .map(|(key, y)| (y.start, *y, own_a.get(key).is_none_or(|x| x.is_empty())))
        .collect();
    alone.sort_unstable_by_key(|own| own.0);
    // Where something would stand that only the other side has: behind the same run.
    let nothing =
        |key: &(Option<usize>, Option<usize>), side: usize| Span::at(key.0.map_or(0, |i| shared[i][side].end), 0);
    let mut together: Vec<[Span; 2]> = Vec::new();
    let mut runs = Vec::new();
    let mut taken = BTreeSet::new();
    for (key, &x) in own_a.iter().filter(|(_, x)| !x.is_empty()) {
        let beside = own_b.get(key).copied().filter(|y| !y.is_empty());
        let found = beside.or_else(|| {
            let y = voted(pair, x, votes, &alone)?;
            (!taken.contains(&y.start)).then(|| {
                runs.extend(ends(pair, x, y));
                y
            })
        });
        taken.extend(found.map(|y| y.start));
        together.push([x, found.unwrap_or_else(|| nothing(key, 1))]);
    }
    for (key, &y) in own_b.iter().filter(|(_, y)| !y.is_empty() && !taken.contains(&y.start)) {
        together.push([nothing(key, 0), y]);
    }
    let sides = widened(
        pair,
        shared,
        together.into_iter().flat_map(|spans| unpadded(pair, spans)).collect(),
        votes,
    );
    Some(Chunks { sides, runs })
}

/// What lies between the runs of one side, in its order; also nothing, where two follow each other.
fn between(pair: &Pair<'_>, shared: &[[Span; 2]], side: usize) -> Option<Between> {
    let mut order: Vec<usize> = (0..shared.len()).collect();
    order.sort_by_key(|&i| shared[i][side].start);
    let (mut at, mut before, mut found) = (0, None, Between::new());
    for i in order {
        let span = shared[i][side];
        found.insert(
            (before, Some(i)),
            Span::new(at, Some(span.start).filter(|&start| start >= at)?),
        );
        (at, before) = (span.end, Some(i));
    }
    found.insert((before, None), Span::new(at, pair.bytes[side].len().max(at)));
    Some(found)
}

/// The common beginning and the common end of two chunks.
fn ends(pair: &Pair<'_>, x: Span, y: Span) -> [Run; 2] {
    let (head, tail) = trim(x.of(pair.bytes[0]), y.of(pair.bytes[1]));
    let run = |x: usize, y: usize, length: usize| Run {
        a: pair.a.address + x as u64,
        b: pair.b.address + y as u64,
        length: length as u64,
    };
    // A pointer to the beginning leads there also where nothing is alike.
    let head = head.max(usize::from(tail < x.len().min(y.len())));
    [run(x.start, y.start, head), run(x.end - tail, y.end - tail, tail)]
}

/// A span of b that goes with one of a, since what leads into the one leads into the other, as far from its beginning.
fn voted(pair: &Pair<'_>, x: Span, votes: &[(u64, u64)], own_b: &[(usize, Span, bool)]) -> Option<Span> {
    let address = |at: usize| pair.a.address + at as u64;
    let from = votes.partition_point(|vote| vote.0 < address(x.start));
    let to = votes.partition_point(|vote| vote.0 < address(x.end));
    votes[from..to.max(from)].iter().find_map(|&(a, b)| {
        let at = usize::try_from(b.checked_sub(pair.b.address)?).ok()?;
        let index = own_b.partition_point(|own| own.0 <= at).checked_sub(1)?;
        let (_, y, alone) = own_b[index];
        let ahead = (a - address(x.start)) as usize;
        let same = at - y.start == ahead
            && Span::at(x.start, ahead).of(pair.bytes[0]) == Span::at(y.start, ahead).of(pair.bytes[1]);
        (at < y.end && alone && same).then_some(y)
    })
}

/// What is its own in each reaches as far as the string that it stands in.
fn widened(
    pair: &Pair<'_>,
    mut shared: Vec<[Span; 2]>,
    mut own: Vec<[Span; 2]>,
    votes: &[(u64, u64)],
) -> [Vec<Chunk>; 2] {
    let [a, b] = pair.bytes;
    let text = |&(x, y): &(&u8, &u8)| x == y && (b' '..0x7f).contains(x);
    let place = |of: fn(&Span) -> usize| -> BTreeMap<(usize, usize), usize> {
        shared
            .iter()
            .enumerate()
            .map(|(i, [p, q])| ((of(p), of(q)), i))
            .collect()
    };
    let (begins, finishes) = (place(|span| span.start), place(|span| span.end));
    for [x, y] in &mut own {
        if zeros(x.of(a)) && zeros(y.of(b)) {
            continue;
        }
        if let Some([p, q]) = finishes.get(&(x.start, y.start)).and_then(|&i| shared.get_mut(i)) {
            let (before, other) = (p.of(a).iter().rev(), q.of(b).iter().rev());
            let tail = before.zip(other).take(AROUND).take_while(text).count();
            (p.end, q.end) = (p.end - tail, q.end - tail);
            (x.start, y.start) = (p.end, q.end);
        }
        if let Some([p, q]) = begins.get(&(x.end, y.end)).and_then(|&i| shared.get_mut(i)) {
            let (behind, other) = (p.of(a), q.of(b));
            let head = behind.iter().zip(other).take(AROUND).take_while(text).count();
            // With its NUL.
            let head = head + usize::from(behind.get(head) == Some(&0) && other.get(head) == Some(&0));
            (p.start, q.start) = (p.start + head, q.start + head);
            (x.end, y.end) = (p.start, q.start);
        }
    }
    let mut sides: [Vec<Chunk>; 2] = Default::default();
    let follows = [0, 1].map(|side| {
        let all = shared.iter().chain(&own).filter(|spans| !spans[side].is_empty());
        all.map(|spans| (spans[side].start, *spans))
            .collect::<BTreeMap<usize, [Span; 2]>>()
    });
    let filled: Vec<bool> = own.iter().map(|spans| fill(pair, *spans, &follows, votes)).collect();
    let all = shared.into_iter().map(|spans| (spans, true, false));
    let all = all.chain(own.into_iter().zip(filled).map(|(spans, fill)| (spans, false, fill)));
    for (spans, shared, fill) in all {
        if !spans[0].is_empty() || !spans[1].is_empty() {
            for (side, span) in sides.iter_mut().zip(spans) {
                side.push(Chunk {
                    span,
                    name: spans[0].start,
                    shared,
                    fill,
                });
            }
        }
    }
    for side in &mut sides {
        side.sort_by_key(|chunk| (chunk.span.start, chunk.span.end));
    }
    sides
}

/// A string of each, and the zeros that only follow it: those are no part of it.
fn unpadded(pair: &Pair<'_>, [x, y]: [Span; 2]) -> Vec<[Span; 2]> {
    let tail = |span: Span, side: usize| {
        span.of(pair.bytes[side])
            .iter()
            .rev()
            .take_while(|&&byte| byte == 0)
            .count()
    };
    let (p, q) = (tail(x, 0), tail(y, 1));
    if x.len() == p || y.len() == q || p == q {
        return vec![[x, y]];
    }
    let kept = p.min(q);
    let cut = |span: Span, tail: usize| span.end - (tail - kept);
    let (to, other) = (cut(x, p), cut(y, q));
    vec![
        [Span::new(x.start, to), Span::new(y.start, other)],
        [Span::new(to, x.end), Span::new(other, y.end)],
    ]
}

/// Zeros in front of what something leads to, so few that its alignment takes them: what lies before them ends there.
fn fill(pair: &Pair<'_>, own: [Span; 2], follows: &[BTreeMap<usize, [Span; 2]>; 2], votes: &[(u64, u64)]) -> bool {
    let takes = |side: usize| {
        let span = own[side];
        let Some(&[p, q]) = follows[side].get(&span.end).filter(|_| !span.is_empty()) else {
            return span.is_empty();
        };
        let (a, b) = (pair.a.address + p.start as u64, pair.b.address + q.start as u64);
        let Some(&(to, other)) = votes.get(votes.partition_point(|vote| vote.0 < a)) else {
            return false;
        };
        let more = [p, q][side].of(pair.bytes[side]).iter().take_while(|&&byte| byte == 0);
        let (ahead, target) = (to - a, if side == 0 { to } else { other });
        let alignment = 1u64 << (target | MOST).trailing_zeros();
        ahead <= more.count() as u64 && other.checked_sub(b) == Some(ahead) && span.len() as u64 + ahead < alignment
    };
    let zeros = |side: usize| zeros(own[side].of(pair.bytes[side]));
    (0..2).all(|side| zeros(side) && takes(side))
}

/// The largest alignment that compilers ask for.
const MOST: u64 = 64;
