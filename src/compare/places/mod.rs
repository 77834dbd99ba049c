//! Which place of one program is which of another: pieces are paired by name, and what is in them by equal content, links left out.
//!
//! How the pairing was found does not matter for what it proves: bytes that it pairs are compared, and so is where each link leads.

mod gap;
mod pieces;
mod stretch;
mod votes;
mod words;

use crate::model::{Blob, Holds, Piece, Places, Pointer, Run, Space, Words};
use pieces::Pair;
use std::collections::BTreeMap;

/// A side: its bytes, and how they are laid out.
#[derive(Clone, Copy)]
pub(super) struct End<'s> {
    pub(super) bytes: &'s Blob,
    pub(super) space: &'s Space,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    runs: Vec<Run>,
    marks: Vec<(u64, u64)>,
}

fn found(a: End<'_>, b: End<'_>) -> Option<(Places, Vec<Words>)> {
    let pairs = paired(a, b);
    let mut found = Found::default();
    let mut open: Vec<&Pair<'_>> = Vec::new();
    for pair in &pairs {
        match pair.alike() {
            true => found.runs.push(pair.whole()),
            false if pair.a.holds == Holds::Table => {}
            false => open.push(pair),
        }
    }
    let (code, data): (Vec<_>, Vec<_>) = open.into_iter().partition(|pair| pair.a.holds == Holds::Code);
    for pair in code {
        gap::align(pair, &[], &mut found);
    }
    // What code says of data, then what data says of data.
    let first = (found.runs.len(), found.marks.len());
    for _ in 0..ROUNDS {
        let votes = votes::all(b, &pairs, &found.runs, &data);
        found.runs.truncate(first.0);
        found.marks.truncate(first.1);
        for pair in &data {
            gap::align(pair, &votes, &mut found);
        }
    }
    let ends: Vec<(&Piece, &Piece)> = pairs.iter().map(|pair| (pair.a, pair.b)).collect();
    let places = Places::new(found.runs, &found.marks, &ends, [a.space, b.space]);
    if places.unmoved() {
        return None;
    }
    let words = words::all(a, b, &pairs, &places);
    let apart = pairs.iter().filter(|pair| pair.a.holds == Holds::Data);
    let apart = apart.filter_map(|pair| Some(((pair.a.address, pair.b.address), stretch::all(pair, &places)?)));
    let apart = apart.collect();
    Some((places.taken_apart(apart), words))
}

/// The places of two programs, with what leads where; nothing where all that both have is at the same place.
pub(super) fn places(a: (&Blob, Space), b: (&Blob, Space)) -> Option<Places> {
    let (places, words) = {
        let (x, y) = (
            End {
                bytes: a.0,
                space: &a.1,
            },
            End {
                bytes: b.0,
                space: &b.1,
            },
        );
        found(x, y)?
    };
    Some(places.with(words, [a.1.links, b.1.links]))
}

/// How often data is paired: pointers in it, which were paired in the round before, say more of it.
const ROUNDS: usize = 2;

/// Whether one of two programs may be laid out in another way than the other: by its pieces, or by what code says.
pub(super) fn moved(a: (&Blob, &Space), b: (&Blob, &Space)) -> bool {
    let (x, y) = (&a.1.pieces, &b.1.pieces);
    let same = |(x, y): (&Piece, &Piece)| (&x.name, x.address, x.size, x.span) == (&y.name, y.address, y.size, y.span);
    let code = |(x, y): (&Piece, &Piece)| x.holds != Holds::Code || x.span.of(a.0) == y.span.of(b.0);
    x.len() != y.len() || !x.iter().zip(y).all(|pair| same(pair) && code(pair))
}

/// Pieces by name and occurrence.
fn paired<'s>(a: End<'s>, b: End<'s>) -> Vec<Pair<'s>> {
    let mut named: BTreeMap<&str, Vec<&Piece>> = BTreeMap::new();
    for piece in b.space.pieces.iter().rev() {
        named.entry(&piece.name).or_default().push(piece);
    }
    let partner = |piece: &'s Piece| {
        let other = named.get_mut(piece.name.as_str())?.pop()?;
        (piece.holds == other.holds).then(|| Pair::new((a, piece), (b, other)))
    };
    a.space.pieces.iter().filter_map(partner).collect()
}

/// Whether two links are written alike: what they lead to is another question.
fn alike(x: &Pointer, y: &Pointer) -> bool {
    (x.size, x.rest) == (y.size, y.rest)
}
