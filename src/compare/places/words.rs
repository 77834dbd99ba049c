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
    let got = |name: &str| {
        let pair = pairs.iter().find(|pair| pair.a.name == name)?;
        Some([pair.a.address, pair.b.address])
    };
    let bases = got(".got.plt").or_else(|| got(".got")).filter(|_| a.space.narrow);
    let mut found = Vec::new();
    for pair in pairs.iter().filter(|pair| pair.a.holds == Holds::Data) {
        let from = targets.partition_point(|&target| target < pair.a.address);
        let to = targets.partition_point(|&target| target < pair.a.end());
        for (i, &start) in targets[from..to.max(from)].iter().enumerate() {
            let next = targets[from..to].get(i + 1).copied().unwrap_or(pair.a.end());
            found.extend(table([a, b], pair, bases, places, (start, next)));
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

/// The words from one address that code leads to up to the next, as long as they lead to code on either side: counted from their
/// beginning, or from the table of addresses that 32-bit code counts from.
fn table(
    ends: [End<'_>; 2],
    pair: &Pair<'_>,
    bases: Option<[u64; 2]>,
    places: &Places,
    (start, next): (u64, u64),
) -> Option<Words> {
    let run = places.around(start)?;
    let at = [start, run.in_b(start)];
    let room = (next.min(run.a + run.length) - start) / WORD;
    let pieces = [pair.a, pair.b];
    let from = |base: [u64; 2]| {
        let word = |side: usize, i: u64| {
            let at = pieces[side].offset(at[side] + i * WORD)?;
            let word = ends[side].bytes.get(at..)?.first_chunk::<4>()?;
            let to = base[side].wrapping_add_signed(i32::from_le_bytes(*word).into());
            Some(if ends[side].space.narrow {
                to & u64::from(u32::MAX)
            } else {
                to
            })
        };
        let both = |i: u64| word(0, i).zip(word(1, i));
        let leads = |(x, y): (u64, u64)| code(ends[0].space, x) || code(ends[1].space, y);
        let count = (0..room.min(MOST as u64))
            .take_while(|&i| both(i).is_some_and(leads))
            .count();
        // A word or two may be numbers by chance: then both must lead to one place, and not by the same number.
        let shows = |i: u64| {
            both(i).is_some_and(|(x, y)| {
                let same = places.around(x).is_some_and(|run| run.in_b(x) == y);
                same && x.wrapping_sub(base[0]) != y.wrapping_sub(base[1])
            })
        };
        (count >= ROW || count > 0 && (0..count as u64).all(shows)).then_some(Words { at, base, count })
    };
    from(at).or_else(|| from(bases?))
}

fn code(space: &Space, address: u64) -> bool {
    space.at(address).is_some_and(|piece| piece.holds == Holds::Code)
}
