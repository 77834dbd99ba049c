//! Simulated builds: who is guilty is known, so that the answer and the number of runs can be checked.

use super::*;

const N: usize = 27;

/// A build: culprits, and who hides whom.
#[derive(Default)]
struct Simulated {
    differs: Vec<Set>,
    fails: Vec<Set>,
    /// The first, varied, undoes what culprits with the second do.
    hides: Vec<(usize, usize)>,
    suspects: Vec<Vec<usize>>,
    /// Shows in one run of so many.
    rarely: Option<(usize, usize)>,
    runs: Vec<Set>,
    most_at_once: usize,
}

impl Simulated {
    fn outcome(&self, set: &Set) -> Outcome {
        let hidden = |v: &usize| self.hides.iter().any(|(h, w)| w == v && set.contains(h));
        let holds = |culprit: &Set| culprit.is_subset(set) && !culprit.iter().any(hidden);
        if self.fails.iter().any(holds) {
            Outcome::Fails
        } else if self.differs.iter().any(holds) {
            Outcome::Differs
        } else {
            Outcome::Same
        }
    }
    fn search(&mut self) -> Found {
        search(&Limits::of(N), self)
    }
    fn sets(&mut self) -> Vec<Set> {
        let found = self.search();
        assert_eq!(found.end, End::Complete);
        for culprit in &found.culprits {
            let rest = culprit.all_but.as_ref().unwrap();
            assert_eq!(self.outcome(rest), Outcome::Same);
            let built = |set: &Set| set.is_empty() || self.runs.contains(set);
            assert!(built(rest) && built(&culprit.set));
        }
        found.culprits.into_iter().map(|culprit| culprit.set).collect()
    }
}

impl Oracle for Simulated {
    fn run(&mut self, sets: &[Set]) -> Result<Vec<Outcome>, Stopped> {
        self.most_at_once = self.most_at_once.max(sets.len());
        let mut outcomes = Vec::new();
        for set in sets {
            let quiet = self.rarely.is_some_and(|(v, of)| {
                let before = self.runs.iter().filter(|run| run.contains(&v)).count();
                set.contains(&v) && !(before + 1).is_multiple_of(of)
            });
            outcomes.push(if quiet { Outcome::Same } else { self.outcome(set) });
            self.runs.push(set.clone());
        }
        Ok(outcomes)
    }
    fn suspects(&mut self, _set: &Set) -> Vec<Vec<usize>> {
        self.suspects.clone()
    }
}

fn sets(of: &[&[usize]]) -> Vec<Set> {
    let mut all: Vec<Set> = of.iter().map(|set| set.iter().copied().collect()).collect();
    all.sort();
    all
}

fn differing(of: &[&[usize]]) -> Simulated {
    Simulated {
        differs: sets(of),
        ..Simulated::default()
    }
}

/// Deterministic numbers (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
    fn set(&mut self, size: usize, of: usize) -> Set {
        let mut set = Set::new();
        while set.len() < size {
            set.insert(self.below(of));
        }
        set
    }
}

/// Those that hold no other.
fn minimal(sets: &[Set]) -> Vec<Set> {
    let holds = |set: &Set| sets.iter().any(|other| other != set && other.is_subset(set));
    let mut minimal: Vec<Set> = sets.iter().filter(|set| !holds(set)).cloned().collect();
    minimal.sort();
    minimal.dedup();
    minimal
}

#[test]
fn a_clean_build_takes_eight_runs() {
    let mut build = Simulated::default();
    assert!(build.sets().is_empty());
    assert_eq!(build.runs.len(), 8);
}

#[test]
fn one_culprit_with_the_right_suspect_takes_three_runs() {
    for v in 0..N {
        let mut build = differing(&[&[v]]);
        build.suspects = vec![vec![v]];
        assert_eq!(build.sets(), sets(&[&[v]]));
        assert_eq!(build.runs.len(), 3);
    }
}

#[test]
fn one_culprit_without_a_suspect_takes_at_most_ten_runs() {
    for v in 0..N {
        let mut build = differing(&[&[v]]);
        assert_eq!(build.sets(), sets(&[&[v]]));
        assert!(build.runs.len() <= 10, "{v}: {}", build.runs.len());
    }
}

#[test]
fn wrong_suspects_cost_one_run_each() {
    let mut build = differing(&[&[9]]);
    build.suspects = vec![vec![3], vec![4]];
    assert_eq!(build.sets(), sets(&[&[9]]));
    assert!(build.runs.len() <= 14, "{}", build.runs.len());
}

#[test]
fn pairs_of_culprits_and_conjunctions_of_two() {
    for a in 0..N {
        for b in a + 1..N {
            let mut build = differing(&[&[a], &[b]]);
            assert_eq!(build.sets(), sets(&[&[a], &[b]]));
            assert!(build.runs.len() <= 20, "{a} {b}: {}", build.runs.len());
            let mut build = differing(&[&[a, b]]);
            assert_eq!(build.sets(), sets(&[&[a, b]]));
            assert!(build.runs.len() <= 20, "{a} and {b}: {}", build.runs.len());
        }
    }
}

#[test]
fn overlapping_conjunctions() {
    let cases: [&[&[usize]]; 5] = [
        &[&[1, 2], &[1, 3]],
        &[&[1, 2], &[2, 3], &[1, 3]],
        &[&[0, 26], &[26, 5, 7], &[5, 9]],
        &[&[1, 2, 3], &[3, 4, 5], &[11]],
        &[&[1, 2, 3], &[1, 2, 4]],
    ];
    for case in cases {
        assert_eq!(differing(case).sets(), sets(case));
    }
}

#[test]
fn seeded_mixtures() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for _ in 0..400 {
        let many = 1 + numbers.below(5);
        let all: Vec<Set> = (0..many)
            .map(|_| {
                let size = [1, 1, 1, 2, 2, 3][numbers.below(6)];
                numbers.set(size, N)
            })
            .collect();
        let expected = minimal(&all);
        let mut build = Simulated {
            differs: expected.clone(),
            ..Simulated::default()
        };
        build.suspects = vec![vec![numbers.below(N)], vec![numbers.below(N), numbers.below(N)]];
        assert_eq!(build.sets(), expected);
        assert!(build.runs.len() <= 200, "{}: {expected:?}", build.runs.len());
    }
}

#[test]
fn all_are_guilty() {
    let singles: Vec<Set> = (0..N).map(|v| Set::from([v])).collect();
    let mut build = Simulated {
        differs: singles.clone(),
        ..Simulated::default()
    };
    assert_eq!(build.sets(), singles);
    assert!(build.runs.len() <= 60, "{}", build.runs.len());
}

#[test]
fn every_monotone_build_of_four_variations() {
    let subsets: Vec<Set> = (1..16usize)
        .map(|bits| (0..4).filter(|v| bits >> v & 1 == 1).collect())
        .collect();
    let mut tried = 0;
    for choice in 0..1usize << subsets.len() {
        let chosen: Vec<Set> = (0..subsets.len())
            .filter(|i| choice >> i & 1 == 1)
            .map(|i| subsets[i].clone())
            .collect();
        if minimal(&chosen).len() < chosen.len() {
            continue;
        }
        let mut expected = chosen.clone();
        expected.sort();
        let mut build = Simulated {
            differs: chosen,
            ..Simulated::default()
        };
        let found = search(&Limits::of(4), &mut build);
        let found: Vec<Set> = found.culprits.into_iter().map(|culprit| culprit.set).collect();
        assert_eq!(found, expected);
        tried += 1;
    }
    assert_eq!(tried, 167, "all but the one that always differs");
}

#[test]
fn whatever_the_outcomes_a_culprit_is_minimal() {
    // Every way in which three variations can make a build differ or not.
    let sets: Vec<Set> = (0..8usize)
        .map(|bits| (0..3).filter(|v| bits >> v & 1 == 1).collect())
        .collect();
    struct Table(Vec<Set>, usize);
    impl Table {
        fn differs(&self, set: &Set) -> bool {
            self.0
                .iter()
                .position(|s| s == set)
                .is_some_and(|at| at > 0 && self.1 >> (at - 1) & 1 == 1)
        }
    }
    impl Oracle for Table {
        fn run(&mut self, sets: &[Set]) -> Result<Vec<Outcome>, Stopped> {
            let one = |set| {
                if self.differs(set) {
                    Outcome::Differs
                } else {
                    Outcome::Same
                }
            };
            Ok(sets.iter().map(one).collect())
        }
        fn suspects(&mut self, _set: &Set) -> Vec<Vec<usize>> {
            Vec::new()
        }
    }
    for choice in 0..1 << 7 {
        let mut table = Table(sets.clone(), choice);
        let found = search(&Limits::of(3), &mut table);
        assert!(matches!(found.end, End::Complete));
        for culprit in &found.culprits {
            assert!(table.differs(&culprit.set));
            for member in &culprit.set {
                let mut smaller = culprit.set.clone();
                smaller.remove(member);
                assert!(!table.differs(&smaller));
            }
        }
        let clean = sets.iter().filter(|set| set.len() > 1).all(|set| !table.differs(set));
        assert!(clean || !found.culprits.is_empty());
    }
}

#[test]
fn a_masked_culprit_is_found() {
    for a in 0..N {
        for b in (0..N).filter(|b| *b != a) {
            let mut build = differing(&[&[a]]);
            build.hides = vec![(b, a)];
            assert_eq!(build.sets(), sets(&[&[a]]));
            assert!(build.runs.len() <= 40, "{}", build.runs.len());
        }
    }
}

#[test]
fn two_culprits_hidden_by_the_same_one() {
    for (a, b, hider) in [(3, 4, 5), (0, 26, 1), (10, 20, 0)] {
        let mut build = differing(&[&[a], &[b]]);
        build.hides = vec![(hider, a), (hider, b)];
        assert_eq!(build.sets(), sets(&[&[a], &[b]]));
    }
}

#[test]
fn a_culprit_that_hides_another() {
    let mut build = differing(&[&[4], &[9]]);
    build.hides = vec![(4, 9)];
    assert_eq!(build.sets(), sets(&[&[4], &[9]]));
}

#[test]
fn a_hidden_culprit_beside_one_that_shows_is_found_by_a_thorough_search() {
    let mut build = differing(&[&[4], &[9]]);
    build.hides = vec![(20, 9)];
    let limits = Limits {
        thorough: true,
        ..Limits::of(N)
    };
    let found = search(&limits, &mut build);
    let found: Vec<Set> = found.culprits.into_iter().map(|culprit| culprit.set).collect();
    assert_eq!(found, sets(&[&[4], &[9]]));
}

#[test]
fn two_that_undo_each_other() {
    for (a, b) in [(0, 1), (5, 19), (26, 3)] {
        let mut build = differing(&[&[a], &[b]]);
        build.hides = vec![(a, b), (b, a)];
        assert_eq!(build.sets(), sets(&[&[a], &[b]]));
    }
}

#[test]
fn failures_first_then_the_rest() {
    let mut numbers = Numbers(42);
    for _ in 0..200 {
        let (f, d, c) = (numbers.set(1, N), numbers.set(1, N), numbers.set(2, N));
        let mut build = Simulated {
            fails: vec![f.clone()],
            ..Simulated::default()
        };
        build.differs = minimal(&[d.clone(), c.clone()]);
        // What holds a failing variation can't be seen to differ.
        let mut expected = minimal(&[vec![f.clone()], build.differs.clone()].concat());
        expected.sort();
        let found = build.search();
        assert_eq!(found.end, End::Complete);
        for culprit in &found.culprits {
            let expected = if culprit.set == f {
                Outcome::Fails
            } else {
                Outcome::Differs
            };
            assert_eq!(culprit.outcome, expected);
        }
        let found: Vec<Set> = found.culprits.into_iter().map(|culprit| culprit.set).collect();
        assert_eq!(found, expected);
        assert!(build.runs.len() <= 45, "{}", build.runs.len());
    }
}

#[test]
fn a_conjunction_that_fails() {
    let mut build = Simulated {
        fails: sets(&[&[2, 8]]),
        differs: sets(&[&[2], &[5]]),
        ..Simulated::default()
    };
    assert_eq!(build.sets(), sets(&[&[2], &[2, 8], &[5]]));
}

#[test]
fn one_that_shows_in_every_third_run() {
    for v in [0, 13, 26] {
        let mut build = differing(&[&[v]]);
        build.rarely = Some((v, 3));
        let limits = Limits {
            chancy: Set::from([v]),
            ..Limits::of(N)
        };
        let found = search(&limits, &mut build);
        let found: Vec<Set> = found.culprits.into_iter().map(|culprit| culprit.set).collect();
        assert_eq!(found, sets(&[&[v]]));
    }
}

#[test]
fn a_build_that_differs_by_chance_is_not_pinned_on_anyone() {
    struct Once(usize);
    impl Oracle for Once {
        fn run(&mut self, sets: &[Set]) -> Result<Vec<Outcome>, Stopped> {
            self.0 += 1;
            let first = if self.0 == 1 { Outcome::Differs } else { Outcome::Same };
            Ok(sets.iter().map(|_| first).collect())
        }
        fn suspects(&mut self, _set: &Set) -> Vec<Vec<usize>> {
            Vec::new()
        }
    }
    let found = search(&Limits::of(N), &mut Once(0));
    assert!(found.culprits.is_empty());
    assert_eq!(found.end, End::Unsteady((0..N).collect()));
}

#[test]
fn the_limit_of_runs_is_kept_and_told() {
    for runs in 0..12 {
        let mut build = differing(&[&[3], &[17], &[5, 6]]);
        let found = search(&Limits { runs, ..Limits::of(N) }, &mut build);
        assert_eq!(found.end, End::Limit);
        assert_eq!(build.runs.len(), runs);
        assert!(found.culprits.iter().all(|culprit| culprit.all_but.is_none()));
    }
}

#[test]
fn no_run_is_made_twice() {
    let mut build = differing(&[&[1, 2], &[2, 3], &[9]]);
    build.suspects = vec![vec![9, 9], vec![1, 2]];
    build.sets();
    let distinct: BTreeSet<&Set> = build.runs.iter().collect();
    assert_eq!(distinct.len(), build.runs.len());
    assert!(build.most_at_once > 1, "some can be made at the same time");
}
