//! Bytes with links in them: a link that leads to the same place on both sides is no difference of its own, however it is written; one
//! that leads elsewhere is a difference, also where its bytes are equal.

use super::{
    At, Comparer, Spot,
    binary::{runs, spans, sub},
};
use crate::model::{Change, Links, Role, Side, Span, Value};

/// The links of a value.
pub(super) fn links(value: &Value) -> Option<&Links> {
    match value {
        Value::Code { links, .. } | Value::Linked(links) => Some(links),
        _ => None,
    }
}

/// Two units of one length, sifted.
struct Sifted {
    /// Links that lead to one place by other bytes.
    moved: Vec<Change>,
    /// The units with what is settled left out: they differ where something is left.
    left: [Vec<u8>; 2],
}

fn sift(a: &[u8], b: &[u8], x: &Links, y: &Links) -> Sifted {
    let mut left = [a.to_vec(), b.to_vec()];
    let mut moved = Vec::new();
    let mut write = |span: Span, bytes: [u8; 2]| {
        for (unit, byte) in left.iter_mut().zip(bytes) {
            if let Some(word) = unit.get_mut(span.start..span.end) {
                word.fill(byte);
            }
        }
    };
    let mut others = y.0.iter().peekable();
    for led in &x.0 {
        while let Some(other) = others.next_if(|other| other.at.start < led.at.start) {
            write(other.at, [0, 1]);
        }
        match others.next_if(|other| other.at == led.at) {
            Some(other) if other == led || led.loose && other.loose && led.at.of(a) == other.at.of(b) => {
                if led.at.of(a) != led.at.of(b) {
                    moved.push(Change { a: led.at, b: led.at });
                }
                write(led.at, [0, 0]);
            }
            _ => write(led.at, [0, 1]),
        }
    }
    for other in others {
        write(other.at, [0, 1]);
    }
    Sifted { moved, left }
}

impl Comparer<'_> {
    /// The differences of two units of one length that have links.
    pub(super) fn linked(&self, at: &At, name: &str, role: Role, a: &Side, b: &Side) -> Option<Vec<Spot>> {
        let (x, y) = (links(&a.value)?, links(&b.value)?);
        let none = x.0.is_empty() && y.0.is_empty();
        if none || a.unit.len() != b.unit.len() {
            return None;
        }
        let Sifted { moved, left: [ua, ub] } = sift(&a.unit, &b.unit, x, y);
        let left = runs(&ua, &ub);
        let sides = (a.clone(), b.clone());
        Some(match role {
            Role::Data => self.strings_between(at, name, (a, b), &left, &moved),
            _ if left.is_empty() && moved.is_empty() => Vec::new(),
            _ if left.is_empty() => vec![self.follows(at, name, role, sides)],
            _ => {
                // What is merged of what is left may reach over a link: that is then told with it.
                let apart = |change: &Change| {
                    let next = left.partition_point(|l| l.a.end <= change.a.start);
                    left.get(next).is_none_or(|l| change.a.end <= l.a.start)
                };
                let moved: Vec<Change> = moved.into_iter().filter(apart).collect();
                let mut changes: Vec<Change> = moved.iter().chain(&left).copied().collect();
                changes.sort_by_key(|change| change.a.start);
                vec![self.led(at, name, role, sides, changes, moved)]
            }
        })
    }

    /// An entry of which some changes only follow from others.
    fn led(
        &self,
        at: &At,
        name: &str,
        role: Role,
        (a, b): (Side, Side),
        changes: Vec<Change>,
        moved: Vec<Change>,
    ) -> Spot {
        let mut spot = self.entry(at, name, role, a, b, Some(changes));
        if let Spot::Leaf(leaf) = &mut spot {
            leaf.difference.moved = moved;
        }
        spot
    }

    /// An entry that follows as a whole.
    fn follows(&self, at: &At, name: &str, role: Role, sides: (Side, Side)) -> Spot {
        let all = Span::new(0, sides.0.unit.len());
        let whole = vec![Change { a: all, b: all }];
        self.led(at, name, role, sides, whole.clone(), whole)
    }

    /// Strings that differ, and between them what only leads elsewhere.
    fn strings_between(
        &self,
        at: &At,
        name: &str,
        (a, b): (&Side, &Side),
        left: &[Change],
        moved: &[Change],
    ) -> Vec<Spot> {
        let mut spots = Vec::new();
        let settle = |from: usize, to: usize, spots: &mut Vec<Spot>| {
            let first = moved.partition_point(|change| change.a.start < from);
            let last = moved.partition_point(|change| change.a.start < to);
            if let Some([x, .., y] | [x @ y]) = moved.get(first..last) {
                let span = Span::new(x.a.start, y.a.end);
                let name = format!("{name}+{:#x}", span.start);
                spots.push(self.follows(at, &name, Role::Data, (sub(a, span), sub(b, span))));
            }
        };
        let mut done = 0;
        for (found, text) in spans(&a.unit, &b.unit, left.iter().map(|run| run.a)) {
            settle(done, found.start, &mut spots);
            let role = if text { Role::String } else { Role::Content };
            let name = format!("{name}+{:#x}", found.start);
            spots.push(self.entry(at, &name, role, sub(a, found), sub(b, found), None));
            done = found.end;
        }
        settle(done, a.unit.len(), &mut spots);
        spots
    }
}
