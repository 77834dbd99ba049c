//! The ranges in which two units differ: by token (a run of letters and digits, or one other character).

use super::{
    hunks::{self, Numbered},
    unit::trim,
};
use crate::model::{Change, Span};

/// What is longer than this is first aligned in pieces of some tokens: where no token is unique, a run of them is.
const PIECEWISE: usize = 1 << 10;
/// Tokens of a piece: at least, on average, at most. A piece ends where its last bytes say so, hence at the same places on both
/// sides.
const PIECE: (usize, u64, usize) = (16, 32, 512);
/// A region longer than this (in bytes, on either side) that not one piece divides is one change.
const SEARCHED: usize = 1 << 20;
/// Changes of one unit that are kept one by one; what is behind them counts as one.
const CHANGES: usize = 4096;

/// Where `a` and `b` differ, in order; what lies between two changes is equal.
pub fn changes(a: &[u8], b: &[u8]) -> Vec<Change> {
    let middle = middle(a, b);
    let mut found: Vec<Change> = Vec::new();
    let long = |change: &Change, most: usize| change.a.len().max(change.b.len()) > most;
    let regions = if long(&middle, PIECEWISE) {
        refine(a, b, middle, pieces)
    } else {
        vec![middle]
    };
    for region in regions {
        if long(&region, SEARCHED) {
            found.push(region);
        } else {
            found.extend(refine(a, b, region, tokens));
        }
        if found.len() > CHANGES {
            found.truncate(CHANGES);
            if let Some(last) = found.last_mut() {
                (last.a.end, last.b.end) = (middle.a.end, middle.b.end);
            }
            break;
        }
    }
    // There may be as many of these as there are lines.
    found.shrink_to_fit();
    found
}

/// What lies between the common beginning and the common end, which cut no token in two: a date is judged whole.
fn middle(a: &[u8], b: &[u8]) -> Change {
    let (start, end) = trim(a, b);
    let inside = |bytes: &[u8]| bytes.iter().rev().take_while(|&&c| word(c)).count();
    let start = if start < a.len().max(b.len()) {
        start - inside(Span::new(0, start).of(a))
    } else {
        start
    };
    let tail = Span::new(a.len() - end, a.len()).of(a);
    let end = end - tail.iter().take_while(|&&c| word(c)).count();
    Change {
        a: Span::new(start, a.len() - end),
        b: Span::new(start, b.len() - end),
    }
}

/// The differing parts of a region, in units that `cut` makes.
fn refine(a: &[u8], b: &[u8], region: Change, cut: fn(&[u8]) -> Vec<Span>) -> Vec<Change> {
    let (a, b) = (region.a.of(a), region.b.of(b));
    let (ua, ub) = (cut(a), cut(b));
    let differ = Numbered::of(a, &ua, b, &ub).least();
    let place = |(x, y): (Span, Span)| Change {
        a: hunks::bytes(&ua, x, a.len()).shifted(region.a.start),
        b: hunks::bytes(&ub, y, b.len()).shifted(region.b.start),
    };
    differ.into_iter().map(place).collect()
}

fn word(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c >= 0x80
}

/// The length of the token at the beginning.
fn token(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|&&c| word(c)).count().max(1)
}

fn tokens(bytes: &[u8]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = token(&bytes[at..]);
        found.push(Span::at(at, length));
        at += length;
    }
    found
}

fn pieces(bytes: &[u8]) -> Vec<Span> {
    let (least, average, most) = PIECE;
    let mut found = Vec::new();
    let (mut from, mut at, mut count) = (0, 0, 0);
    while at < bytes.len() {
        at += token(&bytes[at..]);
        count += 1;
        let last = Span::new(at.saturating_sub(8), at).of(bytes);
        let seen = last.iter().fold(0, |seen, &byte| seen << 8 | u64::from(byte));
        if count >= most || count >= least && hunks::fold(seen).is_multiple_of(average) || at == bytes.len() {
            found.push(Span::new(from, at));
            (from, count) = (at, 0);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are the same in each run.
    fn random(state: &mut u64) -> usize {
        *state = hunks::fold(*state ^ 0x9e37_79b9_7f4a_7c15);
        usize::try_from(*state >> 33).unwrap_or_default()
    }

    fn line(state: &mut u64, tokens: usize, words: usize) -> Vec<Vec<u8>> {
        let one = |n: usize| match n % 3 {
            0 => b",".to_vec(),
            1 => format!("w{n}").into_bytes(),
            _ => "ü=".as_bytes().to_vec(),
        };
        (0..tokens).map(|_| one(random(state) % words)).collect()
    }

    fn check(a: &[u8], b: &[u8]) -> Vec<Change> {
        let found = changes(a, b);
        let (mut x, mut y) = (0, 0);
        for change in &found {
            assert!(change.a.start >= x && change.b.start >= y, "out of order");
            assert_eq!(a[x..change.a.start], b[y..change.b.start]);
            assert!(change.a.end <= a.len() && change.b.end <= b.len());
            (x, y) = (change.a.end, change.b.end);
        }
        assert_eq!(a[x..], b[y..]);
        found
    }

    #[test]
    fn between_changes_both_sides_are_equal() {
        let mut state = 1;
        for round in 0..300 {
            let (length, words) = (random(&mut state) % 400, 1 + random(&mut state) % 60);
            let a = line(&mut state, length, words);
            let mut b = a.clone();
            for _ in 0..round % 7 {
                let at = random(&mut state) % (b.len() + 1);
                let taken = random(&mut state) % 5;
                let end = b.len().min(at + taken);
                let new = random(&mut state) % 5;
                let new = line(&mut state, new, words);
                b.splice(at..end, new);
            }
            check(&a.concat(), &b.concat());
            check(&b.concat(), &a.concat());
        }
    }

    #[test]
    fn a_long_line_is_aligned() {
        let mut state = 7;
        for (tokens, words) in [(12_000, 40), (12_000, 100_000), (150_000, 40), (150_000, 1_000_000)] {
            let mut a = line(&mut state, tokens, words);
            let mut b = a.clone();
            for at in [50, tokens / 2, tokens - 50] {
                (a[at], b[at]) = (b" 2024-01-02 ".to_vec(), b" 2024-05-04 ".to_vec());
            }
            // What was inserted moves everything behind it.
            b.insert(tokens / 3, b"; inserted".to_vec());
            let found = check(&a.concat(), &b.concat());
            let size: usize = found.iter().map(|c| c.a.len().max(c.b.len())).sum();
            assert!(
                (4..=8).contains(&found.len()) && size < 80,
                "{tokens} of {words}: {found:?}"
            );
        }
    }

    #[test]
    fn changes_of_one_unit_are_bounded() {
        let side = |letter: char| (0..20_000).fold(String::new(), |all, i| all + &format!("{letter}{i},"));
        let found = check(side('a').as_bytes(), side('b').as_bytes());
        assert_eq!(found.len(), CHANGES);
    }

    #[test]
    fn pieces_hold_every_byte() {
        let mut state = 3;
        let bytes = line(&mut state, 5000, 900).concat();
        let all = pieces(&bytes);
        assert!(all.len() > 50 && all.windows(2).all(|p| p[0].end == p[1].start));
        assert_eq!((all[0].start, all[all.len() - 1].end), (0, bytes.len()));
    }
}
