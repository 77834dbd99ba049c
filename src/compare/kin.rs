//! Pairs parts by what they are to the others of their artifact: what belongs to partners first, then each by the strongest key that only
//! one of a side has, then by what is in it, then by its place.

use super::{Comparer, align::Tile, sketch::closest};
use crate::model::{Blob, Body, Kin, Part};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Who belongs to whom, by the numbers of a's kin.
#[derive(Debug, Default)]
pub(super) struct Met {
    partners: BTreeMap<u64, (u64, &'static str)>,
    /// Those that were asked about, on both sides.
    settled: BTreeSet<u64>,
}

/// Compared by content: up to so many on each side.
const SKETCHED: usize = 64;
/// What has less in common than this does not belong together.
const ALIKE: f64 = 0.5;

/// The kin of one side, and the part that has its bytes; some have none.
type Side<'p> = BTreeMap<u64, (&'p Kin, Option<&'p Part>)>;

impl Comparer<'_> {
    /// Settles who belongs to whom among parts that have kin, unless that is known.
    pub(super) fn settle(&self, a: (&Blob, &[Tile<'_>]), b: (&Blob, &[Tile<'_>])) {
        let Ok(mut met) = self.met.lock() else { return };
        let [of_a, of_b] = [a.1, b.1].map(|tiles| {
            let known = tiles.iter().filter_map(|tile| Some((tile.kin.as_ref()?, &**tile)));
            let fresh = known.filter(|(kin, _)| !met.settled.contains(&kin.id()));
            let mut side = Side::new();
            fresh.for_each(|(kin, part)| {
                side.insert(kin.id(), (kin, Some(part)));
                let mut above = kin.parent();
                while let Some(parent) = above {
                    side.entry(parent.id()).or_insert((parent, None));
                    above = parent.parent();
                }
            });
            side
        });
        if of_a.is_empty() && of_b.is_empty() {
            return;
        }
        met.settled.extend(of_a.keys().chain(of_b.keys()));
        let below = |side: &Side<'_>| {
            let mut below: BTreeMap<Option<u64>, Vec<u64>> = BTreeMap::new();
            for (id, (kin, _)) in side {
                let parent = kin.parent().map(Kin::id).filter(|id| side.contains_key(id));
                below.entry(parent).or_default().push(*id);
            }
            below
        };
        let (mut below_a, mut below_b) = (below(&of_a), below(&of_b));
        let mut next = VecDeque::from([(None, None)]);
        while let Some((x, y)) = next.pop_front() {
            let (mut xs, mut ys) = (
                below_a.remove(&x).unwrap_or_default(),
                below_b.remove(&y).unwrap_or_default(),
            );
            // What holds them may have been settled where it lies.
            let known: Vec<_> = xs.iter().filter_map(|x| Some((*x, met.partners.get(x)?.0))).collect();
            leave(&mut xs, known.iter().map(|pair| pair.0));
            leave(&mut ys, known.iter().map(|pair| pair.1));
            next.extend(known.iter().map(|(x, y)| (Some(*x), Some(*y))));
            for (x, y, how) in self.couples((a.0, &of_a), (b.0, &of_b), xs, ys) {
                met.partners.insert(x, (y, how));
                next.push_back((Some(x), Some(y)));
            }
        }
    }

    /// How two parts belong together, where their kin tells.
    pub(super) fn paired_by(&self, a: &Part, b: &Part) -> Option<&'static str> {
        let (a, b) = (a.kin.as_ref()?, b.kin.as_ref()?);
        let met = self.met.lock().ok()?;
        met.partners
            .get(&a.id())
            .filter(|(id, _)| *id == b.id())
            .map(|(_, how)| *how)
    }

    /// For each part of a, its partner by kin; nothing where no part has any.
    pub(super) fn kindred(&self, a: &[Tile<'_>], b: &[Tile<'_>]) -> Option<Vec<Option<usize>>> {
        if a.iter().chain(b).all(|tile| tile.kin.is_none()) {
            return None;
        }
        let met = self.met.lock().ok()?;
        // What stands several times in a list is paired in its order.
        let mut places: BTreeMap<u64, VecDeque<usize>> = BTreeMap::new();
        for (j, tile) in b.iter().enumerate() {
            if let Some(kin) = &tile.kin {
                places.entry(kin.id()).or_default().push_back(j);
            }
        }
        let mut partner = |tile: &Tile<'_>| {
            let (id, _) = met.partners.get(&tile.kin.as_ref()?.id())?;
            places.get_mut(id)?.pop_front()
        };
        Some(a.iter().map(&mut partner).collect())
    }

    /// Pairs two lists of one parent, in the order in which the kin was made.
    fn couples(
        &self,
        a: (&Blob, &Side<'_>),
        b: (&Blob, &Side<'_>),
        mut xs: Vec<u64>,
        mut ys: Vec<u64>,
    ) -> Vec<(u64, u64, &'static str)> {
        let mut found = Vec::new();
        let mut kinds: Vec<&'static str> = Vec::new();
        for kin in xs.iter().map(|x| a.1[x].0).chain(ys.iter().map(|y| b.1[y].0)) {
            for kind in kin.kinds() {
                // Their number is small.
                if kind != "place" && !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
        }
        let mut take = |pairs: Vec<(u64, u64)>, how: &'static str, xs: &mut Vec<u64>, ys: &mut Vec<u64>| {
            leave(xs, pairs.iter().map(|pair| pair.0));
            leave(ys, pairs.iter().map(|pair| pair.1));
            found.extend(pairs.into_iter().map(|(x, y)| (x, y, how)));
        };
        for kind in kinds {
            let pairs = by_key(kind, (a.1, &xs), (b.1, &ys));
            take(pairs, kind, &mut xs, &mut ys);
        }
        if xs.len() > 1 || ys.len() > 1 {
            let pairs = self.by_content((a.0, a.1, &xs), (b.0, b.1, &ys));
            take(pairs, "content", &mut xs, &mut ys);
        }
        let pairs = by_key("place", (a.1, &xs), (b.1, &ys));
        if xs.len() != ys.len() {
            take(pairs, "place", &mut xs, &mut ys);
        }
        let rest: Vec<_> = xs.iter().copied().zip(ys.iter().copied()).collect();
        if xs.len() == ys.len() {
            take(rest, "place", &mut xs, &mut ys);
        }
        found
    }

    /// What is most alike, by the sketches that the format makes.
    fn by_content(&self, a: (&Blob, &Side<'_>, &[u64]), b: (&Blob, &Side<'_>, &[u64])) -> Vec<(u64, u64)> {
        if a.2.len().max(b.2.len()) > SKETCHED || a.2.is_empty() || b.2.is_empty() {
            return Vec::new();
        }
        let sketches = |(bytes, side, ids): (&Blob, &Side<'_>, &[u64])| -> Vec<(u64, BTreeSet<u64>)> {
            let one = |id: &u64| {
                let (kin, part) = side[id];
                let stored = part.and_then(|part| self.stored(bytes, part));
                let sketch = stored.and_then(|stored| kin.sketch(&stored));
                (*id, sketch.unwrap_or_default().into_iter().collect())
            };
            ids.iter().map(one).collect()
        };
        let (sa, sb) = (sketches(a), sketches(b));
        let mut scored = Vec::new();
        for (x, p) in &sa {
            for (y, q) in &sb {
                let common = p.intersection(q).count();
                let score = common as f64 / p.union(q).count().max(1) as f64;
                if score >= ALIKE {
                    scored.push((score, *x, *y));
                }
            }
        }
        closest(scored)
    }

    /// The bytes of a part that is a member, or of the first one inside.
    fn stored(&self, bytes: &Blob, part: &Part) -> Option<Blob> {
        match &part.body {
            Body::Member(member) => self.decode(bytes, part, member).ok(),
            Body::Group(inside) => {
                let parts = super::listed::group(inside, bytes).ok()?;
                parts.as_slice().iter().find_map(|part| self.stored(bytes, part))
            }
            Body::Field(..) => None,
        }
    }
}

/// The list without those that have left it.
fn leave(list: &mut Vec<u64>, gone: impl Iterator<Item = u64>) {
    let gone: BTreeSet<u64> = gone.collect();
    list.retain(|id| !gone.contains(id));
}

/// Those of both sides with a key that nobody else of their side has; equal content may be there several times.
fn by_key(kind: &str, a: (&Side<'_>, &[u64]), b: (&Side<'_>, &[u64])) -> Vec<(u64, u64)> {
    let keyed = |(side, ids): (&Side<'_>, &[u64])| {
        let mut all: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for id in ids {
            let kin = side[id].0;
            // Different things may have one key.
            if let Some(key) = kin.key(kind) {
                all.entry(key.to_owned()).or_default().push(*id);
            }
        }
        all
    };
    let (of_a, of_b) = (keyed(a), keyed(b));
    let alone = |xs: &[u64], ys: &[u64]| kind == "digest" || xs.len() == 1 && ys.len() == 1;
    let mut found = Vec::new();
    for (key, xs) in of_a {
        if let Some(ys) = of_b.get(&key).filter(|ys| alone(&xs, ys)) {
            found.extend(xs.into_iter().zip(ys.iter().copied()));
        }
    }
    found
}
