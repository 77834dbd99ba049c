//! Which place of one program is which of another: pieces are paired by name, and what is in them by equal content, links left out.
//!
//! How the pairing was found does not matter for what it proves: bytes that it pairs are compared, and so is where each link leads.

mod gap;
mod pieces;
mod stretch;
mod votes;
mod words;

use crate::model::{Blob, Chunk, Holds, Piece, Places, Pointer, Run, Space, Words};
use pieces::{Pair, ends};
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

fn found(a: End<'_>, b: End<'_>) -> (Places, Vec<Words>) {
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
    let (runs, marks) = (found.runs.len(), found.marks.len());
    let mut votes = Vec::new();
    for _ in 0..ROUNDS {
        votes = votes::all(b, &pairs, &found.runs, &data);
        found.runs.truncate(runs);
        found.marks.truncate(marks);
        for pair in &data {
            gap::align(pair, &votes, &mut found);
        }
    }
    let chunks = apart(&pairs, &votes, &mut found);
    let ends: Vec<(&Piece, &Piece)> = pairs.iter().map(|pair| (pair.a, pair.b)).collect();
    let places = Places::new(found.runs, &found.marks, &ends, [a.space, b.space]);
    let words = words::all(a, b, &pairs, &places);
    (places.taken_apart(chunks), words)
}

/// What pieces of data are made of.
fn apart(pairs: &[Pair<'_>], votes: &[(u64, u64)], found: &mut Found) -> [BTreeMap<u64, Vec<Chunk>>; 2] {
    found.runs.sort_unstable_by_key(|run| run.a);
    let mut chunks: [BTreeMap<u64, Vec<Chunk>>; 2] = Default::default();
    let mut runs = Vec::new();
    for pair in pairs.iter().filter(|pair| pair.a.holds == Holds::Data) {
        let from = found.runs.partition_point(|run| run.a < pair.a.address);
        let to = found.runs.partition_point(|run| run.a < pair.a.end());
        if let Some(made) = stretch::all(pair, &found.runs[from..to.max(from)], votes) {
            let [x, y] = made.sides;
            chunks[0].insert(pair.a.address, x);
            chunks[1].insert(pair.b.address, y);
            runs.extend(made.runs);
        }
    }
    found.runs.extend(runs);
    chunks
}

/// The places of two programs, with what leads where.
pub(super) fn places(a: (&Blob, Space), b: (&Blob, Space)) -> Places {
    let end = |bytes, space| End { bytes, space };
    let (places, words) = found(end(a.0, &a.1), end(b.0, &b.1));
    places.with(words, [a.1.links, b.1.links])
}

/// How often data is paired: pointers in it, which were paired in the round before, say more of it.
const ROUNDS: usize = 2;

/// Whether one of two programs may be laid out in another way than the other: by its pieces, by what code says, or where strings end.
pub(super) fn moved(a: (&Blob, &Space), b: (&Blob, &Space)) -> bool {
    let (x, y) = (&a.1.pieces, &b.1.pieces);
    let same = |(x, y): (&Piece, &Piece)| (&x.name, x.address, x.size, x.span) == (&y.name, y.address, y.size, y.span);
    let held = |(x, y): (&Piece, &Piece)| {
        let (p, q) = (x.span.of(a.0), y.span.of(b.0));
        match x.holds {
            Holds::Code => p == q,
            Holds::Data => p
                .chunks(BLOCK)
                .zip(q.chunks(BLOCK))
                .all(|(p, q)| p == q || ends(p).eq(ends(q))),
            Holds::Table => true,
        }
    };
    x.len() != y.len() || !x.iter().zip(y).all(|pair| same(pair) && held(pair))
}

/// Bytes that are looked at together.
const BLOCK: usize = 256;

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
