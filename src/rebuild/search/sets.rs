//! Sets of variations: what meets all culprits, and families of sets that tell any two variations apart.

use super::Set;

/// Every minimal set that has a member in common with each of the given ones; none if there would be more than `most`.
pub(super) fn hitting(sets: &[&Set], most: usize) -> Option<Vec<Set>> {
    let mut found = vec![Set::new()];
    for set in sets {
        let (mut next, missed): (Vec<Set>, Vec<Set>) = found.into_iter().partition(|h| !h.is_disjoint(set));
        for small in missed {
            for member in *set {
                let mut grown = small.clone();
                grown.insert(*member);
                if !next.iter().any(|other| other.is_subset(&grown)) {
                    next.push(grown);
                }
            }
        }
        // A set grown early may hold one that was grown late.
        let minimal = |set: &Set| !next.iter().any(|other| other != set && other.is_subset(set));
        found = next.iter().filter(|set| minimal(set)).cloned().collect();
        if found.len() > most {
            return None;
        }
    }
    found.sort_by(|x, y| (x.len(), x).cmp(&(y.len(), y)));
    Some(found)
}

/// A few subsets of `universe` such that for any two members some subset has the one and not the other: each member is in
/// another choice of half the subsets, and no choice contains another of the same size. Any two members also meet in one.
pub(super) fn separating(universe: &Set) -> Vec<Set> {
    if universe.len() < 2 {
        return Vec::new();
    }
    let mut runs = 2;
    while choices(runs, runs / 2 + 1)
        .len()
        .max(choices(runs, runs.div_ceil(2)).len())
        < universe.len()
    {
        runs += 1;
    }
    let above = choices(runs, runs / 2 + 1);
    let all = if above.len() >= universe.len() {
        above
    } else {
        choices(runs, runs.div_ceil(2))
    };
    let mut family = vec![Set::new(); runs];
    for (at, member) in universe.iter().enumerate() {
        // Spread over all choices, so that the subsets are of like size.
        for run in &all[at * all.len() / universe.len()] {
            family[*run].insert(*member);
        }
    }
    family.retain(|set| !set.is_empty());
    family
}

/// All ways to choose `size` of `0..of`.
fn choices(of: usize, size: usize) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new()];
    for _ in 0..size {
        found = found
            .into_iter()
            .flat_map(|choice: Vec<usize>| {
                let from = choice.last().map_or(0, |last| last + 1);
                (from..of).map(move |next| [choice.as_slice(), &[next]].concat())
            })
            .collect();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_tells_any_two_apart() {
        for n in 2..=35 {
            let family = separating(&(0..n).collect());
            for a in 0..n {
                for b in (0..n).filter(|b| *b != a) {
                    let apart = |set: &Set| set.contains(&a) && !set.contains(&b);
                    assert!(family.iter().any(apart), "{n}: {a} without {b}");
                }
            }
        }
        assert_eq!(separating(&(0..27).collect()).len(), 7);
    }

    #[test]
    fn any_two_meet() {
        let family = separating(&(0..27).collect());
        let meet = |a, b| family.iter().any(|set| set.contains(&a) && set.contains(&b));
        assert!((0..27).all(|a| (0..27).all(|b| meet(a, b))));
    }

    #[test]
    fn hitting_sets_are_minimal_and_all() {
        let sets: Vec<Set> = vec![[0, 1].into(), [0, 2].into(), [3].into()];
        let found = hitting(&sets.iter().collect::<Vec<_>>(), 100).unwrap();
        assert_eq!(found, [Set::from([0, 3]), Set::from([1, 2, 3])]);
        assert_eq!(hitting(&[], 100).unwrap(), [Set::new()]);
    }
}
