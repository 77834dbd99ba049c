//! Maps of where in each artifact the differences lie.

use super::side::within;
use crate::{
    compare::{Compared, Proved, Spot},
    model::{Blob, CauseId, Change, Finding, Layout, Pair, Span, Stretch},
};
use std::collections::BTreeMap;

/// Pairs that are listed; beyond them only those with something unexplained, and at most so many.
const PAIRS: (usize, usize) = (1500, 2500);
/// Pairs that get a map; beyond them only those with something unexplained, and at most so many.
const MAPS: (usize, usize) = (120, 240);
/// Cells of a map: what lies closer together is drawn as one.
const CELLS: usize = 400;

/// Which cause a place on a map is drawn in: the lowest number wins, and 0 is for what has none.
type Key = usize;

/// The causes in the report's order.
struct Order(Vec<CauseId>);

impl Order {
    fn key(&self, cause: CauseId) -> Key {
        self.0
            .iter()
            .position(|known| *known == cause)
            .map_or(self.0.len(), |at| at + 1)
    }
    fn cause(&self, key: Key) -> Option<CauseId> {
        self.0.get(key.checked_sub(1)?).copied()
    }
}

/// A pair, counted.
struct Node<'c> {
    pair: &'c Compared<Proved>,
    causes: BTreeMap<Key, usize>,
    /// What wins in it and all that it holds.
    best: Key,
    inner: Vec<(Span, Span, Node<'c>)>,
}

/// Which artifacts differ, and where in them.
pub(super) fn layout(root: &Compared<Proved>, findings: &[Finding]) -> Layout {
    let mut causes: Vec<CauseId> = Vec::new();
    for finding in findings {
        if causes.last() != Some(&finding.cause) && !causes.contains(&finding.cause) {
            causes.push(finding.cause);
        }
    }
    let order = Order(causes);
    let node = node(root, &order);
    let mut walk = Walk {
        order: &order,
        layout: Layout::default(),
        maps: 0,
    };
    walk.list(&node, "", 0);
    walk.layout
}

fn node<'c>(pair: &'c Compared<Proved>, order: &Order) -> Node<'c> {
    let mut found = Node {
        pair,
        causes: BTreeMap::new(),
        best: Key::MAX,
        inner: Vec::new(),
    };
    for spot in &pair.spots {
        match spot {
            Spot::Leaf(entry) => {
                for claim in &entry.claims {
                    *found.causes.entry(order.key(claim.cause)).or_default() += 1;
                }
                if !entry.open.is_empty() {
                    *found.causes.entry(0).or_default() += 1;
                }
            }
            Spot::Nested { a, b, inner } => found.inner.push((*a, *b, node(inner, order))),
        }
    }
    let own = found.causes.keys().next().copied();
    let inner = found.inner.iter().map(|(.., node)| node.best);
    found.best = own.into_iter().chain(inner).min().unwrap_or(Key::MAX);
    found
}

struct Walk<'o> {
    order: &'o Order,
    layout: Layout,
    maps: usize,
}

impl Walk<'_> {
    fn list(&mut self, node: &Node<'_>, holder: &str, depth: usize) {
        let listed = self.layout.pairs.len();
        let open = node.best == 0;
        if listed >= PAIRS.1 || (listed >= PAIRS.0 && !open) {
            self.layout.left_out += 1;
        } else {
            let pair = node.pair;
            let name = match pair.address.strip_prefix(holder) {
                Some(rest) => rest.trim_start_matches('/'),
                None => pair.address.rsplit('/').next().unwrap_or_default(),
            };
            let mapped = pair.format != "directory"
                && (self.maps < MAPS.0 || (self.maps < MAPS.1 && node.causes.contains_key(&0)));
            self.maps += usize::from(mapped);
            self.layout.pairs.push(Pair {
                address: pair.address.clone(),
                name: name.to_owned(),
                depth,
                format: pair.format,
                sizes: [pair.a.len() as u64, pair.b.len() as u64],
                causes: node
                    .causes
                    .iter()
                    .map(|(key, count)| (self.order.cause(*key), *count))
                    .collect(),
                map: mapped.then(|| self.map(node)),
            });
        }
        for (_, _, inner) in &node.inner {
            self.list(inner, &node.pair.address, depth + 1);
        }
    }

    fn map(&self, node: &Node<'_>) -> [Vec<Stretch>; 2] {
        let mut canvases = [Canvas::new(node.pair.a.len()), Canvas::new(node.pair.b.len())];
        self.paint(&mut canvases, node, [0, 0]);
        canvases.map(|canvas| canvas.stretches(self.order))
    }

    /// Draws what differs in a pair that begins at `base` of the map.
    fn paint(&self, canvases: &mut [Canvas; 2], node: &Node<'_>, base: [usize; 2]) {
        for spot in &node.pair.spots {
            let Spot::Leaf(entry) = spot else { continue };
            let difference = &entry.difference;
            let sides = [&difference.a, &difference.b];
            let mut draw = |changes: &[Change], key| {
                for change in changes {
                    for (n, span) in [change.a, change.b].into_iter().enumerate() {
                        if sides[n].present {
                            let at = within(sides[n], span).shifted(base[n]);
                            canvases[n].draw(at, key, false);
                        }
                    }
                }
            };
            for claim in &entry.claims {
                draw(&claim.evidence.claims, self.order.key(claim.cause));
            }
            draw(&entry.open, 0);
        }
        for (a, b, inner) in &node.inner {
            let stored = |outer: &Blob, span: Span, inner: &Blob| {
                // A member that is stored as it is has the very bytes of what holds it.
                outer
                    .get_span(span)
                    .is_some_and(|bytes| std::ptr::eq(bytes, &inner[..]))
            };
            let outer = node.pair;
            if stored(&outer.a, *a, &inner.pair.a) && stored(&outer.b, *b, &inner.pair.b) {
                self.paint(canvases, inner, [base[0] + a.start, base[1] + b.start]);
            } else {
                canvases[0].draw(a.shifted(base[0]), inner.best, true);
                canvases[1].draw(b.shifted(base[1]), inner.best, true);
            }
        }
    }
}

/// A side of a map while it is drawn.
struct Canvas {
    size: usize,
    cells: Vec<(bool, Key)>,
}

const EMPTY: (bool, Key) = (true, Key::MAX);

impl Canvas {
    fn new(size: usize) -> Self {
        Self {
            size,
            cells: vec![EMPTY; size.min(CELLS)],
        }
    }

    /// Where a cell begins: as many bytes in each as there can be.
    fn start(&self, cell: usize) -> u64 {
        let place = cell as u128 * self.size as u128 / self.cells.len().max(1) as u128;
        u64::try_from(place).unwrap_or(u64::MAX)
    }

    fn cell(&self, byte: usize) -> usize {
        // The last cell that begins at or before the byte.
        let count = self.cells.len();
        let near = (byte as u128 * count as u128 / self.size.max(1) as u128) as usize;
        let near = near.min(count.saturating_sub(1));
        near + usize::from(near + 1 < count && self.start(near + 1) <= byte as u64)
    }

    fn draw(&mut self, span: Span, key: Key, encoded: bool) {
        let end = span.end.min(self.size);
        if span.start >= end || key == Key::MAX {
            return;
        }
        let (from, to) = (self.cell(span.start), self.cell(end - 1));
        for cell in self.cells.iter_mut().take(to + 1).skip(from) {
            // What is not explained hides everything, and exact bytes hide a member as a whole.
            let rank = |encoded, key| (key != 0 && encoded, key, encoded);
            if rank(encoded, key) < rank(cell.0, cell.1) {
                *cell = (encoded, key);
            }
        }
    }

    fn stretches(&self, order: &Order) -> Vec<Stretch> {
        let mut found: Vec<Stretch> = Vec::new();
        for (at, (encoded, key)) in self.cells.iter().enumerate() {
            if *key == Key::MAX {
                continue;
            }
            let (start, end, cause) = (self.start(at), self.start(at + 1), order.cause(*key));
            match found.last_mut() {
                Some(last) if last.end == start && last.cause == cause && last.encoded == *encoded => last.end = end,
                _ => found.push(Stretch {
                    start,
                    end,
                    cause,
                    encoded: *encoded,
                }),
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> Order {
        Order(vec!["one", "two"])
    }

    #[test]
    fn every_byte_lies_in_the_cell_that_covers_it() {
        for size in [1, 2, 399, 400, 401, 799, 800, 1001, 123_457] {
            let canvas = Canvas::new(size);
            for byte in (0..size).step_by(1 + size / 5000).chain([size - 1]) {
                let cell = canvas.cell(byte);
                assert!(
                    canvas.start(cell) <= byte as u64 && (byte as u64) < canvas.start(cell + 1),
                    "{byte} of {size}"
                );
            }
            assert_eq!(canvas.start(canvas.cells.len()), size as u64);
        }
    }

    #[test]
    fn what_is_not_explained_is_never_hidden() {
        let mut canvas = Canvas::new(10);
        canvas.draw(Span::new(0, 10), 2, true);
        canvas.draw(Span::new(2, 6), 1, false);
        canvas.draw(Span::new(4, 5), 0, false);
        canvas.draw(Span::new(3, 8), 2, false);
        canvas.draw(Span::new(9, 90), 0, true);
        let stretch = |start, end, cause, encoded| Stretch {
            start,
            end,
            cause,
            encoded,
        };
        assert_eq!(
            canvas.stretches(&order()),
            [
                stretch(0, 2, Some("two"), true),
                stretch(2, 4, Some("one"), false),
                stretch(4, 5, None, false),
                stretch(5, 6, Some("one"), false),
                stretch(6, 8, Some("two"), false),
                stretch(8, 9, Some("two"), true),
                stretch(9, 10, None, true),
            ]
        );
    }
}
