//! Tables of words that count from the table's own beginning to code, as compilers write them for a `switch`.

use super::{End, pieces::Pair};
use crate::model::{Holds, Places, Space, Words};

/// So many words in a row that lead to code are a table, whatever else they may be.
const ROW: usize = 3;
/// Words of one table.
const MOST: usize = 1 << 16;
const WORD: u64 = 4;

pub(super) fn all(a: End<'_>, b: End<'_>, pairs: &[Pair<'_>], places: &Places) -> Vec<Words> {
    if a.space.big || b.space.big {
        return Vec::new();
    }
    let targets = targets(a.space);
    let mut found = Vec::new();
    for pair in pairs.iter().filter(|pair| pair.a.holds == Holds::Data) {
        let from = targets.partition_point(|&target| target < pair.a.address);
        let to = targets.partition_point(|&target| target < pair.a.end());
        for (i, &start) in targets[from..to.max(from)].iter().enumerate() {
            let next = targets[from..to].get(i + 1).copied().unwrap_or(pair.a.end());
            found.extend(table(a, b, pair, places, (start, next)));
        }
    }
    found
}

/// Addresses that code leads to, in order.
fn targets(space: &Space) -> Vec<u64> {
    let code = space.pieces.iter().filter(|piece| piece.holds == Holds::Code);
    let mut targets: Vec<u64> = code
        .flat_map(|piece| space.links_in(piece.span))
        .map(|link| link.target)
        .collect();
    targets.sort_unstable();
    targets.dedup();
    targets
}

/// The words from one address that code leads to up to the next, as long as they lead to code on either side.
fn table(a: End<'_>, b: End<'_>, pair: &Pair<'_>, places: &Places, (start, next): (u64, u64)) -> Option<Words> {
    let run = places.around(start)?;
    let other = run.b + (start - run.a);
    let room = (next.min(run.a + run.length) - start) / WORD;
    let word = |end: End<'_>, piece: &crate::model::Piece, base: u64, i: u64| {
        let at = piece.offset(base + i * WORD)?;
        let word = end.bytes.get(at..)?.first_chunk::<4>()?;
        Some(base.wrapping_add_signed(i32::from_le_bytes(*word).into()))
    };
    let pair_at = |i: u64| word(a, pair.a, start, i).zip(word(b, pair.b, other, i));
    let leads = |(x, y): (u64, u64)| code(a.space, x) || code(b.space, y);
    let count = (0..room.min(MOST as u64))
        .take_while(|&i| pair_at(i).is_some_and(leads))
        .count();
    // A word or two may be numbers by chance: then both must lead to one place, and not by the same number.
    let shows = |i: u64| {
        pair_at(i).is_some_and(|(x, y)| {
            let same = places.around(x).is_some_and(|run| run.b + (x - run.a) == y);
            same && x.wrapping_sub(start) != y.wrapping_sub(other)
        })
    };
    (count >= ROW || count > 0 && (0..count as u64).all(shows)).then_some(Words {
        a: start,
        b: other,
        count,
    })
}

fn code(space: &Space, address: u64) -> bool {
    let index = space.pieces.partition_point(|piece| piece.address <= address);
    let before = index.checked_sub(1).map(|i| &space.pieces[i]);
    before.is_some_and(|piece| piece.holds == Holds::Code && address < piece.end())
}
