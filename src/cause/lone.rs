//! Strings of a program that only one side has, among bytes that could not be aligned: what causes say of them is a hint about these bytes.

use super::{Survey, one};
use crate::model::{Change, Claim, Difference, Evidence, Kind, Role, Side, Span};

/// Larger pieces, and pieces of larger programs, are not looked into.
const LARGEST: usize = 8 << 20;
/// Nor more strings.
const STRINGS: usize = 16;
/// A string is at least so long.
const SHORTEST: usize = 6;

/// What causes say of the strings that stand in a difference of plain bytes on one side only, each with the one of the other side that is most like it.
pub(super) fn hints(difference: &Difference, survey: &Survey) -> Vec<Claim> {
    let bytes = matches!(difference.role, Role::Content | Role::Data) && difference.kind == Kind::Executable && difference.both();
    let Some(member) = survey.container(difference).filter(|_| bytes) else {
        return Vec::new();
    };
    if member.a.len().max(member.b.len()) > LARGEST {
        return Vec::new();
    }
    let own = |side: &Side| strings(&side.unit);
    let (in_a, in_b) = (own(&difference.a), own(&difference.b));
    let alone = |all: &[Span], side: &Side, others: &[Span], other: &Side, member: &[u8]| {
        let of = |side: &Side, span: &Span| side.unit[span.start..span.end].to_vec();
        let known: std::collections::BTreeSet<Vec<u8>> = others.iter().map(|span| of(other, span)).collect();
        let mut left: Vec<Vec<u8>> = all.iter().map(|span| of(side, span)).filter(|text| !known.contains(text)).collect();
        left.sort_unstable();
        left.dedup();
        if left.len() <= STRINGS {
            left.retain(|text| memchr::memmem::find(member, text).is_none());
        }
        left
    };
    let x = alone(&in_a, &difference.a, &in_b, &difference.b, &member.b);
    let mut y = alone(&in_b, &difference.b, &in_a, &difference.a, &member.a);
    if x.len() != y.len() || x.len() > STRINGS {
        return Vec::new();
    }
    let mut found: Vec<Claim> = Vec::new();
    for text in x {
        let Some(at) = (0..y.len()).max_by_key(|&i| common(&text, &y[i])) else { break };
        let pair = string(difference, text, y.swap_remove(at));
        for claim in one(&pair, survey).claims {
            if claim.evidence.explains() && found.iter().all(|known| known.cause != claim.cause) {
                found.extend(Evidence::likely(vec![difference.whole()]).map(|evidence| Claim {
                    cause: claim.cause,
                    evidence: evidence.hint(),
                }));
            }
        }
    }
    found
}

/// Bytes that two texts have in common at their ends.
fn common(x: &[u8], y: &[u8]) -> usize {
    let start = x.iter().zip(y).take_while(|(x, y)| x == y).count();
    let end = x[start..].iter().rev().zip(y[start..].iter().rev()).take_while(|(x, y)| x == y).count();
    start + end
}

/// Printable runs, in order.
fn strings(bytes: &[u8]) -> Vec<Span> {
    let printable = |c: &u8| c.is_ascii_graphic() || *c == b' ' || *c == b'\t';
    let mut found = Vec::new();
    let mut at = 0;
    for run in bytes.split(|c| !printable(c)) {
        if run.len() >= SHORTEST {
            found.push(Span::at(at, run.len()));
        }
        at += run.len() + 1;
    }
    found
}

/// A difference of two strings in the same program.
fn string(difference: &Difference, a: Vec<u8>, b: Vec<u8>) -> Difference {
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let end = a[start..].iter().rev().zip(b[start..].iter().rev()).take_while(|(x, y)| x == y).count();
    let change = Change {
        a: Span::new(start, a.len() - end),
        b: Span::new(start, b.len() - end),
    };
    let side = |side: &Side, text: Vec<u8>| Side {
        unit: text.into(),
        ..side.clone()
    };
    Difference {
        role: Role::String,
        a: side(&difference.a, a),
        b: side(&difference.b, b),
        changes: vec![change],
        ..difference.clone()
    }
}
