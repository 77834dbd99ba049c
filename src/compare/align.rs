//! Pairs the parts of two containers: by name and occurrence, then by content.

use crate::model::{Blob, Order, Part, Role, Span, Value};
use std::{collections::BTreeMap, ops::Deref};

/// A part, or the bytes between two parts.
pub enum Tile<'p> {
    Part(&'p Part),
    Gap(Part),
}

impl Deref for Tile<'_> {
    type Target = Part;
    fn deref(&self) -> &Part {
        match self {
            Tile::Part(part) => part,
            Tile::Gap(part) => part,
        }
    }
}

/// The parts with the gaps between them made parts of their own, so that every byte of `span` is in one; nothing when parts
/// overlap or leave `span`.
pub fn tile(parts: &[Part], span: Span) -> Option<Vec<Tile<'_>>> {
    let mut tiles = Vec::with_capacity(parts.len() + 2);
    let mut at = span.start;
    let gap = |name: String, start: usize, end: usize| {
        Tile::Gap(Part::field(name, Span::new(start, end), Role::Content, Value::Raw))
    };
    for part in parts {
        if part.span.start < at || part.span.end > span.end {
            return None;
        }
        if part.span.start > at {
            tiles.push(gap(format!("gap before {}", part.name), at, part.span.start));
        }
        tiles.push(Tile::Part(part));
        at = part.span.end;
    }
    if at < span.end {
        tiles.push(gap("rest".to_owned(), at, span.end));
    }
    Some(tiles)
}

/// Which parts belong together.
pub struct Aligned {
    /// Index in a, index in b; in the order of a, what only b has behind its neighbour there.
    pub pairs: Vec<(Option<usize>, Option<usize>)>,
    /// The paired parts in the order of a and in that of b, when these differ.
    pub permuted: Option<(Vec<usize>, Vec<usize>)>,
    partner_of_a: Vec<Option<usize>>,
    partner_of_b: Vec<Option<usize>>,
}

impl Aligned {
    /// The part of a behind which a part that only b has would stand.
    pub fn before_in_a(&self, b: usize) -> Option<usize> {
        self.partner_of_b[..b].iter().rev().find_map(|&x| x)
    }
    /// The part of b behind which a part that only a has would stand.
    pub fn before_in_b(&self, a: usize) -> Option<usize> {
        self.partner_of_a[..a].iter().rev().find_map(|&x| x)
    }
}

/// Unpaired parts are compared by content up to this many on each side.
const BY_CONTENT: usize = 64;
/// Parts less alike than this are not the same member renamed.
const ALIKE: f64 = 0.6;

/// Pairs parts by name (the n-th of a name with the n-th), then what is left by content.
pub fn align(a: &[Tile<'_>], b: &[Tile<'_>], order: Order, alike: impl Fn(&Part, &Part) -> f64) -> Aligned {
    let (mut of_a, mut of_b) = (vec![None; a.len()], vec![None; b.len()]);
    if a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.name == y.name) {
        // The usual case needs no table; equal names meet in order of occurrence.
        for i in 0..a.len() {
            (of_a[i], of_b[i]) = (Some(i), Some(i));
        }
    } else {
        let mut named: BTreeMap<(&str, usize), usize> = BTreeMap::new();
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut occurrence = |name| {
            let count = seen.entry(name).or_default();
            *count += 1;
            *count
        };
        for (i, part) in b.iter().enumerate() {
            named.insert((&part.name, occurrence(&part.name)), i);
        }
        seen = BTreeMap::new();
        let mut occurrence = |name| {
            let count = seen.entry(name).or_default();
            *count += 1;
            *count
        };
        for (i, part) in a.iter().enumerate() {
            if let Some(&j) = named.get(&(&*part.name, occurrence(&part.name))) {
                (of_a[i], of_b[j]) = (Some(j), Some(i));
            }
        }
        if order != Order::Fixed {
            by_content(a, b, &mut of_a, &mut of_b, alike);
        }
        if order == Order::Items {
            by_place(&mut of_a, &mut of_b);
        }
    }
    let in_a: Vec<usize> = (0..a.len()).filter(|&i| of_a[i].is_some()).collect();
    let in_b: Vec<usize> = (0..b.len()).filter(|&j| of_b[j].is_some()).collect();
    let permuted = in_a
        .iter()
        .zip(&in_b)
        .any(|(&i, &j)| of_a[i] != Some(j))
        .then_some((in_a, in_b));
    let mut pairs = Vec::with_capacity(a.len().max(b.len()));
    let lone_b = |from: usize, pairs: &mut Vec<_>| {
        for j in from..b.len() {
            if of_b[j].is_some() {
                break;
            }
            pairs.push((None, Some(j)));
        }
    };
    lone_b(0, &mut pairs);
    for i in 0..a.len() {
        pairs.push((Some(i), of_a[i]));
        if let Some(j) = of_a[i] {
            lone_b(j + 1, &mut pairs);
        }
    }
    Aligned {
        pairs,
        permuted,
        partner_of_a: of_a,
        partner_of_b: of_b,
    }
}

/// Pairs items that stand alone between the same neighbours, as many on each side: an item that was changed.
fn by_place(of_a: &mut [Option<usize>], of_b: &mut [Option<usize>]) {
    let lone = |of: &[Option<usize>], from: usize| of[from..].iter().take_while(|x| x.is_none()).count();
    let mut i = 0;
    while i < of_a.len() {
        let n = lone(of_a, i);
        let behind = i.checked_sub(1).and_then(|i| of_a[i]).map_or(0, |j| j + 1);
        if n > 0 && lone(of_b, behind) == n && of_a.get(i + n).is_none_or(|j| *j == Some(behind + n)) {
            for k in 0..n {
                (of_a[i + k], of_b[behind + k]) = (Some(behind + k), Some(i + k));
            }
        }
        i += n.max(1);
    }
}

fn by_content(
    a: &[Tile<'_>],
    b: &[Tile<'_>],
    of_a: &mut [Option<usize>],
    of_b: &mut [Option<usize>],
    alike: impl Fn(&Part, &Part) -> f64,
) {
    let left = |of: &[Option<usize>]| (0..of.len()).filter(|&i| of[i].is_none()).collect::<Vec<_>>();
    let (la, lb) = (left(of_a), left(of_b));
    if la.is_empty() || lb.is_empty() || la.len() > BY_CONTENT || lb.len() > BY_CONTENT {
        return;
    }
    let mut scored = Vec::new();
    for &i in &la {
        for &j in &lb {
            let score = alike(&a[i], &b[j]);
            if score >= ALIKE {
                scored.push((score, i, j));
            }
        }
    }
    scored.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    for (_, i, j) in scored {
        if of_a[i].is_none() && of_b[j].is_none() {
            (of_a[i], of_b[j]) = (Some(j), Some(i));
        }
    }
}

/// How alike two byte strings are, from 0 to 1: the share of equal lines (text) or 64-byte blocks at content-defined borders,
/// estimated from the smallest hashes.
pub fn alike(a: &Blob, b: &Blob) -> f64 {
    if a[..] == b[..] {
        return if a.is_empty() { 0.0 } else { 1.0 };
    }
    if a.len().min(b.len()) * 4 < a.len().max(b.len()) {
        return 0.0;
    }
    let (x, y) = (sketch(a), sketch(b));
    let mut union: Vec<u64> = x.iter().chain(&y).copied().collect();
    union.sort_unstable();
    union.dedup();
    union.truncate(SKETCH);
    let both = union
        .iter()
        .filter(|h| x.binary_search(h).is_ok() && y.binary_search(h).is_ok())
        .count();
    if union.is_empty() {
        0.0
    } else {
        both as f64 / union.len() as f64
    }
}

const SKETCH: usize = 256;

fn sketch(bytes: &[u8]) -> Vec<u64> {
    let mut hashes = Vec::new();
    let (mut hash, mut length) = (FNV, 0);
    for &byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        length += 1;
        if byte == b'\n' || byte == 0 || length >= 64 && hash >> 58 == 0 || length == 512 {
            hashes.push(hash ^ (hash >> 29));
            (hash, length) = (FNV, 0);
        }
    }
    hashes.push(hash);
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(SKETCH);
    hashes
}

/// FNV-1a's offset basis.
const FNV: u64 = 0xcbf2_9ce4_8422_2325;
