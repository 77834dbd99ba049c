//! Leaves: a field, a line, a string, an order; how two of them differ, by their role.

use super::{At, Comparer, Found, Spot, binary, text, tokens};
use crate::model::{Change, Difference, Order, Role, Side, Span, Value};
use std::sync::atomic::Ordering::Relaxed;

impl Comparer<'_> {
    pub(super) fn order(&self, at: &At, order: Order, a: Side, b: Side) -> Spot {
        let mut spot = self.entry(at, "order", Role::Order, a, b, None);
        if let Spot::Leaf(entry) = &mut spot {
            entry.difference.order = order;
        }
        spot
    }

    pub(super) fn entry(
        &self,
        at: &At,
        name: &str,
        role: Role,
        a: Side,
        b: Side,
        changes: Option<Vec<Change>>,
    ) -> Spot {
        // Many changes in one place cost as much as some places.
        let cost = 1 + changes.as_ref().map_or(0, |changes| changes.len() as u64 / 16);
        if self.found.fetch_add(cost, Relaxed) + cost > self.most.load(Relaxed) {
            self.stopped.store(true, Relaxed);
        }
        let address = if name.is_empty() {
            at.address.clone()
        } else {
            at.inside(name)
        };
        let changes = changes.unwrap_or_else(|| {
            vec![Change {
                a: Span::new(0, a.unit.len()),
                b: Span::new(0, b.unit.len()),
            }]
        });
        let difference = Difference {
            address,
            container: at.container,
            format: at.format,
            kind: at.kind,
            inert: at.inert,
            role,
            order: Order::Fixed,
            a,
            b,
            changes,
            moved: Vec::new(),
        };
        Spot::Leaf(Found { difference, note: None })
    }

    /// The differences of two leaves, by their role.
    pub(super) fn leaf(&self, at: &At, name: &str, role: Role, a: Side, b: Side) -> Vec<Spot> {
        let bytes = a.span.len() + b.span.len();
        let spots = self.unlike(at, name, role, a, b);
        self.done(bytes);
        spots
    }

    fn unlike(&self, at: &At, name: &str, role: Role, a: Side, b: Side) -> Vec<Spot> {
        if let Some(spots) = self.linked(at, name, role, &a, &b) {
            return spots;
        }
        match role {
            Role::Text => text::lines(self, at, name, &a, &b),
            Role::Data => binary::data(self, at, name, &a, &b),
            // More than one name: only a string is examined as one.
            Role::Reference if a.unit[..] != b.unit[..] && (a.unit.contains(&0) || b.unit.contains(&0)) => {
                self.unlike(at, name, Role::Content, a, b)
            }
            Role::String | Role::Version | Role::Name | Role::Link | Role::Reference | Role::Owner => {
                let equal = a.unit[..] == b.unit[..];
                // Numbers that name the same thing: another difference moved it.
                if equal && role != Role::Reference {
                    return Vec::new();
                }
                let whole = equal || matches!(a.value, Value::Number(_));
                let changes = if whole {
                    None
                } else {
                    Some(tokens::changes(&a.unit, &b.unit))
                };
                vec![self.entry(at, name, role, a, b, changes)]
            }
            Role::Content | Role::Structure | Role::Code | Role::Padding => {
                if a.unit[..] == b.unit[..] {
                    return Vec::new();
                }
                let changes = binary::runs(&a.unit, &b.unit);
                vec![self.entry(at, name, role, a, b, Some(changes))]
            }
            _ => vec![self.entry(at, name, role, a, b, None)],
        }
    }
}

/// The same, with a note at the first.
pub(super) fn noted(mut spots: Vec<Spot>, note: String) -> Vec<Spot> {
    if let Some(Spot::Leaf(entry)) = spots.first_mut() {
        entry.note = Some(note);
    }
    spots
}
