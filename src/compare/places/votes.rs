//! What paired links say: where the one of a leads is where the one of b leads. A vote decides only what content leaves open.

use super::{End, alike, pieces::Pair};
use crate::{
    compare::hunks,
    model::{Pointer, Run, Span},
};

/// The votes of all links that stand in runs, for what lies in `open`: pairs of addresses, by the one in a, the most frequent for each.
pub(super) fn all(b: End<'_>, pairs: &[Pair<'_>], runs: &[Run], open: &[&Pair<'_>]) -> Vec<(u64, u64)> {
    let mut runs = runs.to_vec();
    runs.sort_unstable_by_key(|run| run.a);
    let mut ranges: Vec<(u64, u64)> = open.iter().map(|pair| (pair.a.address, pair.a.end())).collect();
    ranges.sort_unstable();
    let wanted = |target: u64| {
        let index = ranges.partition_point(|range| range.0 <= target);
        index.checked_sub(1).is_some_and(|i| target < ranges[i].1)
    };
    let mut votes = Vec::new();
    for pair in pairs {
        for link in pair.links[0].iter().filter(|link| wanted(link.target)) {
            let address = pair.a.at(link.at as usize);
            let Some(run) = Run::around(&runs, address) else {
                continue;
            };
            let offset = pair.b.offset(run.in_b(address));
            let other = offset.and_then(|offset| at(b.space.links_in(Span::at(offset, 1)), offset));
            if let Some(other) = other.filter(|other| alike(link, other)) {
                votes.push((link.target, other.target));
            }
        }
    }
    votes.sort_unstable();
    let groups = votes.chunk_by(|x, y| x.0 == y.0);
    let frequent = |group: &[(u64, u64)]| {
        let mut same = group.chunk_by(|x, y| x == y).map(|same| (same.len(), same[0]));
        let first = same.next()?;
        Some(
            same.fold(first, |best, next| if next.0 > best.0 { next } else { best })
                .1,
        )
    };
    groups.filter_map(frequent).collect()
}

fn at(links: &[Pointer], offset: usize) -> Option<&Pointer> {
    links.iter().find(|link| link.at as usize == offset)
}

/// The votes for places inside of two spans, from the beginnings of their pieces, in an order that both have.
pub(super) fn within(votes: &[(u64, u64)], bases: (u64, u64), a: Span, b: Span) -> Vec<(usize, usize)> {
    let address = |at: usize| bases.0 + at as u64;
    let from = votes.partition_point(|vote| vote.0 <= address(a.start));
    let to = votes.partition_point(|vote| vote.0 < address(a.end));
    let inside = |&(x, y): &(u64, u64)| {
        let x = usize::try_from(x - bases.0).ok()?;
        let y = usize::try_from(y.checked_sub(bases.1)?).ok()?;
        (b.start < y && y < b.end).then_some((x, y))
    };
    let some: Vec<(usize, usize)> = votes[from..to.max(from)].iter().filter_map(inside).collect();
    hunks::increasing(&some)
}
