//! What a pair of pieces is made of: what both have, and what is in each its own, with the strings that it is part of.

use super::pieces::Pair;
use crate::model::{Chunk, Places, Span};

/// Bytes of a string around what differs in it.
const AROUND: usize = 512;

/// In order; nothing where the one has it in another order than the other.
pub(super) fn all(pair: &Pair<'_>, places: &Places) -> Option<Vec<Chunk>> {
    let mut all: Vec<Chunk> = Vec::new();
    let mut at = (0, 0);
    for run in places.runs_in(pair.a.address, pair.a.end()) {
        let x = usize::try_from(run.a.checked_sub(pair.a.address)?).ok()?;
        let y = usize::try_from(run.b.checked_sub(pair.b.address)?).ok()?;
        let length = usize::try_from(run.length).ok()?;
        if x < at.0 || y < at.1 || x + length > pair.bytes[0].len() || y + length > pair.bytes[1].len() {
            return None;
        }
        push(&mut all, Span::new(at.0, x), Span::new(at.1, y), false);
        push(&mut all, Span::at(x, length), Span::at(y, length), true);
        at = (x + length, y + length);
    }
    let [a, b] = pair.bytes;
    push(&mut all, Span::new(at.0, a.len()), Span::new(at.1, b.len()), false);
    Some(widened(pair, all))
}

/// Neighbours of one kind are one.
fn push(all: &mut Vec<Chunk>, a: Span, b: Span, shared: bool) {
    if a.is_empty() && b.is_empty() {
        return;
    }
    match all.last_mut() {
        Some(last) if last.shared == shared => (last.a.end, last.b.end) = (a.end, b.end),
        _ => all.push(Chunk { a, b, shared }),
    }
}

/// What is its own in each reaches as far as the string that it stands in.
fn widened(pair: &Pair<'_>, stretches: Vec<Chunk>) -> Vec<Chunk> {
    let [a, b] = pair.bytes;
    let text = |&(x, y): &(&u8, &u8)| x == y && (b' '..0x7f).contains(x);
    let mut all: Vec<Chunk> = Vec::new();
    for (i, stretch) in stretches.iter().enumerate() {
        if !stretch.shared {
            push(&mut all, stretch.a, stretch.b, false);
            continue;
        }
        let (x, y) = (stretch.a.of(a), stretch.b.of(b));
        let own = |stretch: Option<&Chunk>| stretch.is_some_and(|s| !zeros(s.a.of(a)) || !zeros(s.b.of(b)));
        let before = own(i.checked_sub(1).and_then(|i| stretches.get(i)));
        let behind = own(stretches.get(i + 1));
        let mut head = match before {
            true => x.iter().zip(y).take(AROUND).take_while(text).count(),
            false => 0,
        };
        // With its NUL.
        head += usize::from(before && x.get(head) == Some(&0) && y.get(head) == Some(&0));
        let tail = match behind {
            true => x.iter().rev().zip(y.iter().rev()).take(AROUND).take_while(text).count(),
            false => 0,
        };
        let tail = tail.min(x.len() - head);
        let cut = |span: Span, from: usize, to: usize| Span::new(span.start + from, span.start + to);
        let (end, last) = (x.len() - tail, x.len());
        push(&mut all, cut(stretch.a, 0, head), cut(stretch.b, 0, head), false);
        push(&mut all, cut(stretch.a, head, end), cut(stretch.b, head, end), true);
        push(&mut all, cut(stretch.a, end, last), cut(stretch.b, end, last), false);
    }
    all
}

fn zeros(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == 0)
}
