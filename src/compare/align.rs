//! Pairs the parts of two containers: by name and occurrence, then by content.

use super::{
    sketch::{Sketch, closest},
    suffix::bare,
};
use crate::model::{Blob, Order, Part, Role, Span, Value};
use rayon::prelude::*;
use std::{collections::BTreeMap, ops::Deref};

/// A part, or the bytes between two parts.
pub enum Tile<'p> {
    Part(&'p Part),
    /// Boxed, for most tiles are parts.
    Gap(Box<Part>),
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
        let span = Span::new(start, end);
        Tile::Gap(Box::new(Part::field(name, span, Role::Content, Value::Raw)))
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
    pub(crate) permuted: Option<(Vec<usize>, Vec<usize>)>,
    /// For each part, the partner of the nearest one before it that has one.
    before_a: Vec<Option<usize>>,
    before_b: Vec<Option<usize>>,
}

impl Aligned {
    /// The part of a behind which a part that only b has would stand.
    pub(crate) fn before_in_a(&self, b: usize) -> Option<usize> {
        self.before_b.get(b).copied().flatten()
    }
    /// The part of b behind which a part that only a has would stand.
    pub(crate) fn before_in_b(&self, a: usize) -> Option<usize> {
        self.before_a.get(a).copied().flatten()
    }
}

/// Looked for by equal content: up to so many unpaired parts on each side.
const EQUAL: usize = 4096;
/// Looked for by similar content: up to so many of those that are left.
const SIMILAR: usize = 64;
/// Parts less alike than this are not the same member renamed.
const ALIKE: f64 = 0.6;

/// The content of a part of a and of one of b, where it is a member (or holds one).
pub type Contents<'f> = [&'f (dyn Fn(&Part) -> Option<Blob> + Sync); 2];

/// Pairs parts by name (the n-th of a name with the n-th), then what is left by content; those that have kin only as `kindred` says.
pub(crate) fn align(
    a: &[Tile<'_>],
    b: &[Tile<'_>],
    order: Order,
    contents: Contents<'_>,
    kindred: Option<&[Option<usize>]>,
) -> Aligned {
    let (mut of_a, mut of_b) = (vec![None; a.len()], vec![None; b.len()]);
    for (i, j) in kindred.unwrap_or_default().iter().enumerate() {
        if let Some(j) = *j {
            (of_a[i], of_b[j]) = (Some(j), Some(i));
        }
    }
    if kindred.is_none() && a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.name == y.name) {
        // The usual case needs no table; equal names meet in order of occurrence.
        for i in 0..a.len() {
            (of_a[i], of_b[i]) = (Some(i), Some(i));
        }
    } else {
        by_name(a, b, &mut of_a, &mut of_b);
        if matches!(order, Order::Members | Order::Named | Order::Sequence) {
            by_stem([a, b], [&mut of_a, &mut of_b]);
        }
        if order != Order::Fixed {
            by_content([a, b], [&mut of_a, &mut of_b], contents);
            by_build_id([a, b], [&mut of_a, &mut of_b]);
        }
        if order == Order::Items {
            by_place(&mut of_a, &mut of_b);
        }
    }
    // Where a renamed member stands follows from its name.
    let free = matches!(order, Order::Members | Order::Named);
    let keeps = |i: usize, j: usize| !free || bare(&a[i].name) == bare(&b[j].name);
    let in_a: Vec<usize> = (0..a.len()).filter(|&i| of_a[i].is_some_and(|j| keeps(i, j))).collect();
    let in_b: Vec<usize> = (0..b.len()).filter(|&j| of_b[j].is_some_and(|i| keeps(i, j))).collect();
    let permuted = in_a
        .iter()
        .zip(&in_b)
        .any(|(&i, &j)| of_a[i] != Some(j))
        .then_some((in_a, in_b));
    let mut pairs = Vec::with_capacity(a.len().max(b.len()));
    let lone_b = |from: usize, pairs: &mut Vec<_>| {
        let lone = of_b[from..].iter().take_while(|partner| partner.is_none()).count();
        pairs.extend((from..from + lone).map(|j| (None, Some(j))));
    };
    lone_b(0, &mut pairs);
    for (i, partner) in of_a.iter().enumerate() {
        pairs.push((Some(i), *partner));
        if let Some(j) = partner {
            lone_b(j + 1, &mut pairs);
        }
    }
    // Nobody asks where a lone part would stand when there is none.
    let lone = pairs.len() > a.len() || pairs.len() > b.len();
    let before = |of: &[Option<usize>]| if lone { before(of) } else { Vec::new() };
    Aligned {
        pairs,
        permuted,
        before_a: before(&of_a),
        before_b: before(&of_b),
    }
}

/// Pairs the n-th of a name with the n-th.
fn by_name(a: &[Tile<'_>], b: &[Tile<'_>], of_a: &mut [Option<usize>], of_b: &mut [Option<usize>]) {
    let sorted = |tiles: &[Tile<'_>]| {
        let mut all: Vec<usize> = (0..tiles.len()).filter(|&i| tiles[i].kin.is_none()).collect();
        all.sort_by(|&i, &j| tiles[i].name.cmp(&tiles[j].name));
        all
    };
    let (in_a, in_b) = (sorted(a), sorted(b));
    let (mut x, mut y) = (in_a.iter().peekable(), in_b.iter().peekable());
    while let (Some(&&i), Some(&&j)) = (x.peek(), y.peek()) {
        let order = a[i].name.cmp(&b[j].name);
        if order.is_eq() {
            (of_a[i], of_b[j]) = (Some(j), Some(i));
        }
        if order.is_le() {
            x.next();
        }
        if order.is_ge() {
            y.next();
        }
    }
}

fn before(of: &[Option<usize>]) -> Vec<Option<usize>> {
    let last = |last: &mut Option<usize>, partner: &Option<usize>| {
        let before = *last;
        *last = partner.or(before);
        Some(before)
    };
    of.iter().scan(None, last).collect()
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

/// Pairs members whose names are equal but for the suffix of a compression, where each side has one such.
fn by_stem(parts: [&[Tile<'_>]; 2], of: [&mut Vec<Option<usize>>; 2]) {
    let [of_a, of_b] = of;
    let stems = |side: usize, of: &[Option<usize>]| {
        let mut found: BTreeMap<String, Option<usize>> = BTreeMap::new();
        for i in (0..of.len()).filter(|&i| of[i].is_none() && parts[side][i].kin.is_none()) {
            let only = |known: &mut Option<usize>| *known = None;
            found
                .entry(bare(&parts[side][i].name))
                .and_modify(only)
                .or_insert(Some(i));
        }
        found
    };
    let (stems_a, stems_b) = (stems(0, of_a), stems(1, of_b));
    for (name, i) in stems_a {
        if let (Some(i), Some(&Some(j))) = (i, stems_b.get(&name)) {
            (of_a[i], of_b[j]) = (Some(j), Some(i));
        }
    }
}

/// Pairs folders that are called by the build IDs of what is in them, as the files in them were paired.
fn by_build_id(parts: [&[Tile<'_>]; 2], of: [&mut Vec<Option<usize>>; 2]) {
    let [of_a, of_b] = of;
    let folder = |name: &str| {
        let at = name.rfind(".build-id/")? + ".build-id/".len();
        name[at..].find('/').map(|slash| name[..at + slash + 1].to_owned())
    };
    let lone = |side: usize, of: &[Option<usize>]| -> BTreeMap<String, usize> {
        let named = |&i: &usize| {
            of[i].is_none() && folder(&parts[side][i].name).is_some_and(|name| name == *parts[side][i].name)
        };
        (0..of.len())
            .filter(named)
            .map(|i| (parts[side][i].name.to_string(), i))
            .collect()
    };
    let (mut folders_a, mut folders_b) = (lone(0, of_a), lone(1, of_b));
    if folders_a.is_empty() || folders_b.is_empty() {
        return;
    }
    for i in 0..of_a.len() {
        let Some(j) = of_a[i] else { continue };
        let folders = folder(&parts[0][i].name).zip(folder(&parts[1][j].name));
        let Some((one, other)) = folders else { continue };
        if let (Some(&x), Some(&y)) = (folders_a.get(&one), folders_b.get(&other)) {
            (of_a[x], of_b[y]) = (Some(y), Some(x));
            folders_a.remove(&one);
            folders_b.remove(&other);
        }
    }
}

fn digest(bytes: Blob) -> [u8; 32] {
    let digest = *blake3::hash(&bytes).as_bytes();
    bytes.release();
    digest
}

fn sketch(bytes: Blob) -> Sketch {
    let sketch = Sketch::of(&bytes);
    bytes.release();
    sketch
}

/// Equal content first, in order of occurrence; then what is most alike.
fn by_content(parts: [&[Tile<'_>]; 2], of: [&mut Vec<Option<usize>>; 2], contents: Contents<'_>) {
    let [of_a, of_b] = of;
    let free = |side: usize, i: usize| parts[side][i].kin.is_none();
    let lone = |side: usize, of: &[Option<usize>]| {
        (0..of.len())
            .filter(|&i| of[i].is_none() && free(side, i))
            .collect::<Vec<_>>()
    };
    let (la, lb) = (lone(0, of_a), lone(1, of_b));
    if la.is_empty() || lb.is_empty() || la.len() > EQUAL || lb.len() > EQUAL {
        return;
    }
    let content = |side: usize, i: usize| contents[side](&parts[side][i]);
    let digests = |side: usize, which: &[usize]| -> Vec<Option<[u8; 32]>> {
        which.par_iter().map(|&i| content(side, i).map(digest)).collect()
    };
    let mut equal: BTreeMap<[u8; 32], Vec<usize>> = BTreeMap::new();
    for (digest, &j) in digests(1, &lb).iter().zip(&lb).rev() {
        if let Some(digest) = digest {
            equal.entry(*digest).or_default().push(j);
        }
    }
    if equal.is_empty() {
        return;
    }
    for (digest, &i) in digests(0, &la).iter().zip(&la) {
        if let Some(j) = digest.and_then(|digest| equal.get_mut(&digest)?.pop()) {
            (of_a[i], of_b[j]) = (Some(j), Some(i));
        }
    }
    let (la, lb) = (lone(0, of_a), lone(1, of_b));
    if la.is_empty() || lb.is_empty() || la.len() > SIMILAR || lb.len() > SIMILAR {
        return;
    }
    let sketches = |side: usize, which: &[usize]| -> Vec<Option<Sketch>> {
        which.par_iter().map(|&i| content(side, i).map(sketch)).collect()
    };
    let (sa, sb) = (sketches(0, &la), sketches(1, &lb));
    let mut scored = Vec::new();
    for (x, &i) in sa.iter().zip(&la) {
        for (y, &j) in sb.iter().zip(&lb) {
            if let (Some(x), Some(y)) = (x, y) {
                let score = x.alike(y);
                if score >= ALIKE {
                    scored.push((score, i, j));
                }
            }
        }
    }
    for (i, j) in closest(scored) {
        (of_a[i], of_b[j]) = (Some(j), Some(i));
    }
}
