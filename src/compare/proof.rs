//! The third law: a pair is explained only if one canonical value, written over the spans that the findings name on both sides,
//! makes the two equal byte for byte.
//!
//! Each pair of containers is proved from the inside out: a leaf by its claims, a member by its own proof, and then everything
//! between them must be the same bytes.

use super::{Attributed, Compared, Found, Proved, Spot};
use crate::model::{Blob, Change, Claim, Difference, Kind, Order, Role, Side, Span, Value};

/// What a canonical stream is made of. A token equals only itself, so no bytes of an artifact can stand in for one.
#[derive(PartialEq, Clone, Copy, Debug, PartialOrd, Eq, Ord)]
enum Piece<'a> {
    Raw(&'a [u8]),
    /// What a cause claimed.
    Cause(&'static str),
    /// The n-th proved pair of this container.
    Pair(usize),
}

#[derive(Clone, Copy, PartialEq)]
enum Which {
    A,
    B,
}

/// Proves a pair, or marks what stands in the way: claims that do not make their leaf equal are dropped, and a container whose
/// bytes between the claimed spans differ gets an unclaimed difference. True when everything is proved.
pub fn prove(pair: Compared<Attributed>) -> (Compared<Proved>, bool) {
    let mut proved = true;
    let mut one = |spot| match spot {
        Spot::Leaf(attributed) => {
            let (leaf, holds) = leaf(attributed);
            proved &= holds;
            Spot::Leaf(leaf)
        }
        Spot::Nested { a, b, inner } => {
            let (inner, holds) = prove(*inner);
            proved &= holds;
            let inner = Box::new(inner);
            Spot::Nested { a, b, inner }
        }
    };
    let spots = pair.spots.into_iter().map(&mut one).collect();
    let mut pair = Compared {
        a: pair.a,
        b: pair.b,
        address: pair.address,
        format: pair.format,
        kind: pair.kind,
        rights: pair.rights,
        digests: pair.digests,
        spots,
    };
    let rest = proved.then(|| rest(&pair)).flatten();
    proved &= rest.is_none();
    pair.spots.extend(rest.map(Spot::Leaf));
    (pair, proved)
}

/// What the proved parts of a container do not account for.
fn rest(pair: &Compared<Proved>) -> Option<Proved> {
    let pieces = |which| {
        let spots = sorted(pair, which);
        let bytes = if which == Which::A { &pair.a } else { &pair.b };
        emit(pair, bytes, Span::new(0, bytes.len()), &spots, which)
    };
    let (a, b) = (pieces(Which::A), pieces(Which::B));
    let (x, y) = first_unequal(&a, &b, (&pair.a, &pair.b))?;
    let side = |bytes: &Blob, at: usize| {
        let span = Span::new(at, bytes.len());
        Side {
            present: true,
            span,
            unit: bytes.slice(span),
            value: Value::Raw,
            items: Vec::new(),
        }
    };
    let (sa, sb) = (side(&pair.a, x), side(&pair.b, y));
    let changes = vec![Change {
        a: Span::new(0, sa.unit.len()),
        b: Span::new(0, sb.unit.len()),
    }];
    let difference = Difference {
        address: pair.address.clone(),
        container: pair.address.len(),
        format: pair.format,
        // No cause is asked about it.
        kind: Kind::Opaque,
        inert: false,
        role: Role::Content,
        order: Order::Fixed,
        a: sa,
        b: sb,
        changes: changes.clone(),
        moved: Vec::new(),
    };
    let note = Some("the causes found do not account for all bytes from here on".to_owned());
    Some(Proved {
        found: Found { difference, note },
        claims: Vec::new(),
        open: changes,
    })
}

/// The claims that may stand in a proof.
fn standing(claims: &[Claim]) -> impl Iterator<Item = (&'static str, Change)> + '_ {
    claims
        .iter()
        .filter(|c| c.evidence.explains())
        .flat_map(|c| c.evidence.claims.iter().map(|&change| (c.cause, change)))
}

fn leaf(attributed: Attributed) -> (Proved, bool) {
    let Attributed { found, said } = attributed;
    let (mut claims, mut open) = (said.claims, said.open);
    if open.is_empty() && found.difference.role != Role::Order {
        let form = |which| unit(&found.difference, &claims, which);
        if compare_forms(&form(Which::A), &form(Which::B)).is_ne() {
            claims.retain(|claim| !claim.evidence.explains());
            open = vec![found.difference.whole()];
        }
    }
    let holds = open.is_empty();
    (Proved { found, claims, open }, holds)
}

/// The canonical form of a leaf's unit.
fn unit<'a>(difference: &'a Difference, claims: &[Claim], which: Which) -> Vec<Piece<'a>> {
    let unit: &[u8] = if which == Which::A {
        &difference.a.unit
    } else {
        &difference.b.unit
    };
    let pick = |change: Change| if which == Which::A { change.a } else { change.b };
    let mut claims: Vec<(Span, &'static str)> = standing(claims).map(|(cause, change)| (pick(change), cause)).collect();
    claims.sort_by_key(|(span, _)| *span);
    let mut pieces = Vec::new();
    let mut at = 0;
    for (span, cause) in claims {
        // Claims that overlap leave the unit unequal, and so unproved.
        if span.start < at || span.end > unit.len() {
            return vec![Piece::Raw(unit)];
        }
        pieces.push(Piece::Raw(&unit[at..span.start]));
        pieces.push(Piece::Cause(cause));
        at = span.end;
    }
    pieces.push(Piece::Raw(&unit[at..]));
    pieces
}

/// Spots by where they start on one side; an order before what it orders.
fn sorted(pair: &Compared<Proved>, which: Which) -> Vec<(Span, usize)> {
    let mut spots: Vec<(Span, usize)> = pair
        .spots
        .iter()
        .enumerate()
        .map(|(i, spot)| (span_of(spot, which), i))
        .collect();
    spots.sort_by(|x, y| {
        x.0.start
            .cmp(&y.0.start)
            // What stands before the first item moves with it.
            .then(is_order(pair, y.1).cmp(&is_order(pair, x.1)))
            // An empty span stands before what starts there.
            .then(y.0.is_empty().cmp(&x.0.is_empty()))
            .then(y.0.end.cmp(&x.0.end).then(x.1.cmp(&y.1)))
    });
    spots
}

fn is_order(pair: &Compared<Proved>, spot: usize) -> bool {
    matches!(&pair.spots[spot], Spot::Leaf(entry) if entry.difference.role == Role::Order)
}

fn span_of(spot: &Spot<Proved>, which: Which) -> Span {
    match (spot, which) {
        (Spot::Leaf(entry), Which::A) => entry.difference.a.span,
        (Spot::Leaf(entry), Which::B) => entry.difference.b.span,
        (Spot::Nested { a, .. }, Which::A) => *a,
        (Spot::Nested { b, .. }, Which::B) => *b,
    }
}

/// The canonical form of `range`; `spots` are those that start inside it.
fn emit<'a>(
    pair: &'a Compared<Proved>,
    bytes: &'a Blob,
    range: Span,
    spots: &[(Span, usize)],
    which: Which,
) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut at = range.start;
    let mut k = 0;
    while k < spots.len() {
        let (span, index) = spots[k];
        k += 1;
        if span.start < at || span.end > range.end {
            // A spot inside one already written (the same bytes seen twice): its own proof stands, its bytes are covered.
            if span.end > at {
                return vec![Piece::Raw(&bytes[range.start..range.end])];
            }
            continue;
        }
        pieces.push(Piece::Raw(&bytes[at..span.start]));
        match &pair.spots[index] {
            Spot::Leaf(entry) if entry.difference.role == Role::Order => {
                let items = if which == Which::A {
                    &entry.difference.a.items
                } else {
                    &entry.difference.b.items
                };
                let last = items.last().is_some_and(|(item, _)| item.is_empty());
                let inside = spots[k..].partition_point(|(s, _)| s.start < span.end || last && s.end == span.end);
                let held = &spots[k..k + inside];
                let mut forms = Vec::with_capacity(items.len());
                let mut between = span.start;
                let mut nothing = None;
                for (item, _) in items {
                    if item.start < between {
                        return vec![Piece::Raw(&bytes[range.start..range.end])];
                    }
                    // What lies between the items belongs to the order as one more item, so that it is neither lost nor moved freely.
                    if item.start > between {
                        forms.push(within(pair, bytes, Span::new(between, item.start), held, which));
                    }
                    // What takes no bytes belongs to an item that has none, where there is one.
                    let held = match nothing == Some(item.start) && !item.is_empty() {
                        true => &held[held.partition_point(|(s, _)| s.end <= item.start)..],
                        false => held,
                    };
                    forms.push(within(pair, bytes, *item, held, which));
                    nothing = item.is_empty().then_some(item.start);
                    between = item.end;
                }
                if between < span.end {
                    forms.push(within(pair, bytes, Span::new(between, span.end), held, which));
                }
                forms.sort_by(|x, y| compare_forms(x, y));
                // A token before each, so that items which only join to the same bytes are not the same items.
                for form in forms {
                    pieces.push(Piece::Pair(index));
                    pieces.extend(form);
                }
                pieces.push(Piece::Pair(index));
                k += inside;
            }
            // Proved by itself: one token stands for it on both sides.
            _ => pieces.push(Piece::Pair(index)),
        }
        at = span.end;
    }
    pieces.push(Piece::Raw(&bytes[at..range.end]));
    pieces
}

fn within<'a>(
    pair: &'a Compared<Proved>,
    bytes: &'a Blob,
    range: Span,
    spots: &[(Span, usize)],
    which: Which,
) -> Vec<Piece<'a>> {
    if range.is_empty() {
        // An item without bytes has what stands there and takes none.
        let here: Vec<_> = spots.iter().copied().filter(|(s, _)| *s == range).collect();
        return emit(pair, bytes, range, &here, which);
    }
    let from = spots.partition_point(|(s, _)| s.start < range.start);
    let to = spots.partition_point(|(s, _)| s.start < range.end);
    emit(pair, bytes, range, &spots[from..to.max(from)], which)
}

/// An order of canonical forms that does not depend on where pieces are cut.
fn compare_forms(a: &[Piece<'_>], b: &[Piece<'_>]) -> std::cmp::Ordering {
    let (mut x, mut y) = (Cursor::new(a), Cursor::new(b));
    loop {
        match (x.peek(), y.peek()) {
            (None, None) => return std::cmp::Ordering::Equal,
            (None, _) => return std::cmp::Ordering::Less,
            (_, None) => return std::cmp::Ordering::Greater,
            (Some(Piece::Raw(p)), Some(Piece::Raw(q))) => {
                let n = p.len().min(q.len());
                match p[..n].cmp(&q[..n]) {
                    std::cmp::Ordering::Equal => {
                        x.advance(n);
                        y.advance(n);
                    }
                    unequal => return unequal,
                }
            }
            (Some(p), Some(q)) if p == q => {
                x.advance(0);
                y.advance(0);
            }
            (Some(p), Some(q)) => return p.cmp(&q),
        }
    }
}

/// Reads pieces as one stream, empty ones left out.
struct Cursor<'s, 'a> {
    pieces: &'s [Piece<'a>],
    skip: usize,
}

impl<'s, 'a> Cursor<'s, 'a> {
    fn new(pieces: &'s [Piece<'a>]) -> Self {
        Self { pieces, skip: 0 }
    }
    fn peek(&mut self) -> Option<Piece<'a>> {
        loop {
            match *self.pieces.first()? {
                Piece::Raw(raw) if raw.len() <= self.skip => {
                    self.pieces = &self.pieces[1..];
                    self.skip = 0;
                }
                Piece::Raw(raw) => return Some(Piece::Raw(&raw[self.skip..])),
                token => return Some(token),
            }
        }
    }
    /// Over `bytes` of a raw piece, or over a token.
    fn advance(&mut self, bytes: usize) {
        if let Some(Piece::Raw(_)) = self.pieces.first() {
            self.skip += bytes;
        } else {
            self.pieces = self.pieces.get(1..).unwrap_or_default();
        }
    }
}

/// Where two canonical streams first differ: the offsets of that byte, each in the bytes that the stream was made from.
fn first_unequal(a: &[Piece<'_>], b: &[Piece<'_>], from: (&[u8], &[u8])) -> Option<(usize, usize)> {
    let (mut x, mut y) = (Cursor::new(a), Cursor::new(b));
    let place = |piece: Option<Piece<'_>>, common: usize, bytes: &[u8]| match piece {
        Some(Piece::Raw(raw)) => (raw.as_ptr() as usize + common)
            .saturating_sub(bytes.as_ptr() as usize)
            .min(bytes.len()),
        _ => bytes.len(),
    };
    loop {
        let (p, q) = (x.peek(), y.peek());
        let common = match (p, q) {
            (None, None) => return None,
            (Some(Piece::Raw(r)), Some(Piece::Raw(s))) => {
                let n = r.len().min(s.len());
                if r[..n] == s[..n] {
                    x.advance(n);
                    y.advance(n);
                    continue;
                }
                r.iter().zip(s).take_while(|(r, s)| r == s).count()
            }
            (Some(p), Some(q)) if p == q => {
                x.advance(0);
                y.advance(0);
                continue;
            }
            _ => 0,
        };
        return Some((place(p, common, from.0), place(q, common, from.1)));
    }
}

#[cfg(test)]
mod tests;
