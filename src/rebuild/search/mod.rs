//! Which variations change the outcome of a build: group testing over runs that someone else makes.
//!
//! A *culprit* is a minimal set of variations under which the outcome is not the control's: one alone, or several that are
//! needed together. All are found, in this way:
//!
//! - A run that is not the control's, and that no known culprit accounts for, holds another one. It is narrowed down by
//!   cutting the set in parts, those first that the differing bytes point at.
//! - When every minimal way of leaving out one member of each culprit gives the control's outcome, there are no more: a
//!   further one would be whole in one of those runs. This finds culprits that share a member, too.
//! - A variation can hide what another one does. If nothing differs with everything varied, or if some run shows that
//!   something hides, runs are made in which any variation is there without any other.

mod narrow;
mod sets;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

/// Variations, by their place in the list.
pub type Set = BTreeSet<usize>;

/// What came of a run, compared with the control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The control's artifacts.
    Same,
    /// Other artifacts.
    Differs,
    /// No artifacts: the build failed or hung.
    Fails,
}

/// No more runs are made; who says so knows why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// Who makes the runs.
pub trait Oracle {
    /// Builds once with each set varied; they may run at the same time.
    fn run(&mut self, sets: &[Set]) -> Result<Vec<Outcome>, Stopped>;
    /// What the differing bytes of the run of a set point at, the most likely first: rounds of single variations.
    fn suspects(&mut self, set: &Set) -> Vec<Vec<usize>>;
    /// At least this many more runs are to come.
    fn expect(&mut self, _runs: usize) {}
}

/// How far a search may go.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Number of variations.
    pub variations: usize,
    /// Most runs.
    pub runs: usize,
    /// Runs that can be made at the same time.
    pub width: usize,
    /// Variations that do not show in each run.
    pub(crate) chancy: Set,
    /// How often a run with such a one is made before it counts as the control's.
    pub repeats: usize,
    /// Look for what others hide even where nothing shows that something hides.
    pub(crate) thorough: bool,
}

impl Limits {
    /// For so many variations.
    pub fn of(variations: usize) -> Self {
        Self {
            variations,
            runs: 300,
            width: 2,
            chancy: Set::new(),
            repeats: 3,
            thorough: false,
        }
    }
}

/// A minimal set of variations that changes the outcome. The run with just this set varied was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Culprit {
    /// The set.
    pub set: Set,
    /// `Differs` or `Fails`.
    pub outcome: Outcome,
    /// A run with everything but some of this and of all other culprits varied, that gave the control's outcome.
    pub(crate) all_but: Option<Set>,
}

/// How a search ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything is decided.
    Complete,
    /// No more runs were made.
    Stopped,
    /// As many runs were made as were allowed.
    Limit,
    /// Two runs of this set had different outcomes.
    Unsteady(Set),
    /// The culprits share so many members that not every combination can be tried.
    Entangled,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Culprits, by their members. If the search is not complete, there may be more.
    pub culprits: Vec<Culprit>,
    /// How it ended.
    pub end: End,
}

/// Most minimal hitting sets that are tried.
const HITTING: usize = 64;
/// From so many culprits on, variations are tried one by one.
const MANY: usize = 3;
/// A set that needs so many members is made again first: it may have differed by chance.
const DOUBTFUL: usize = 4;

/// Runs that a search makes at least: with everything varied, and those that show what one variation hides of another.
pub fn least(variations: usize) -> usize {
    1 + sets::separating(&(0..variations).collect()).len()
}

/// Finds all culprits.
pub fn search(limits: &Limits, oracle: &mut dyn Oracle) -> Found {
    let mut search = Search {
        limits,
        oracle,
        seen: BTreeMap::from([(Set::new(), Outcome::Same)]),
        culprits: Vec::new(),
        made: 0,
    };
    let end = search.all().err().unwrap_or(End::Complete);
    let rests = search.rests().unwrap_or_default();
    let all_but = |set: &Set| {
        let mut same = rests.iter().filter(|rest| search.outcome(rest) == Some(Outcome::Same));
        same.find(|rest| !set.is_subset(rest)).cloned()
    };
    let mut culprits: Vec<_> = search.culprits.iter().collect();
    culprits.sort();
    let culprits = culprits.into_iter().map(|(set, outcome)| Culprit {
        set: set.clone(),
        outcome: *outcome,
        all_but: all_but(set).filter(|_| end == End::Complete),
    });
    Found {
        culprits: culprits.collect(),
        end,
    }
}

struct Search<'s> {
    limits: &'s Limits,
    oracle: &'s mut dyn Oracle,
    /// Every run that was made.
    seen: BTreeMap<Set, Outcome>,
    culprits: Vec<(Set, Outcome)>,
    made: usize,
}

impl Search<'_> {
    fn all(&mut self) -> Result<(), End> {
        let everything = [(0..self.limits.variations).collect()];
        // Chance has its turns in the family of runs that follows if all look the same; a short list has none.
        if self.limits.variations > 2 {
            self.ask_once(&everything)?;
        } else {
            self.ask(&everything)?;
        }
        loop {
            if let Some((set, outcome)) = self.unaccounted() {
                self.narrow(&set, outcome)?;
                continue;
            }
            let rests = self.rests().ok_or(End::Entangled)?;
            if !self.culprits.is_empty() && self.ask(&rests)? {
                continue;
            }
            if !(self.limits.thorough || self.culprits.is_empty() || self.hides()) {
                return Ok(());
            }
            let family: Vec<Set> = rests.iter().flat_map(sets::separating).collect();
            if !self.ask_once(&family)? {
                return Ok(());
            }
        }
    }

    fn outcome(&self, set: &Set) -> Option<Outcome> {
        self.seen.get(set).copied()
    }

    /// A run that no known culprit accounts for: one that failed first, for a failure hides what else differs.
    fn unaccounted(&self) -> Option<(Set, Outcome)> {
        let open = |set: &Set, outcome: Outcome| {
            let accounts = |(culprit, effect): &(Set, Outcome)| *effect == outcome && culprit.is_subset(set);
            outcome != Outcome::Same && !self.culprits.iter().any(accounts)
        };
        let open = self.seen.iter().filter(|(set, outcome)| open(set, **outcome));
        let first = open.min_by_key(|(set, outcome)| (**outcome != Outcome::Fails, set.len()));
        first.map(|(set, outcome)| (set.clone(), *outcome))
    }

    /// Everything but a minimal set that meets all culprits, for each such set.
    fn rests(&self) -> Option<Vec<Set>> {
        let culprits: Vec<&Set> = self.culprits.iter().map(|(set, _)| set).collect();
        let hitting = sets::hitting(&culprits, HITTING)?;
        let rest = |hit: &Set| (0..self.limits.variations).filter(|v| !hit.contains(v)).collect();
        Some(hitting.iter().map(rest).collect())
    }

    /// Whether a culprit that shows in each run was in a run that gave the control's outcome.
    fn hides(&self) -> bool {
        let steady = |culprit: &Set| culprit.is_disjoint(&self.limits.chancy);
        let hidden = |set: &Set| self.culprits.iter().any(|(c, _)| c.is_subset(set) && steady(c));
        self.seen
            .iter()
            .any(|(set, outcome)| *outcome == Outcome::Same && hidden(set))
    }

    /// Makes the runs that were not made yet, those with chancy variations more than once; says whether there were any.
    fn ask(&mut self, sets: &[Set]) -> Result<bool, End> {
        let fresh = self.fresh(sets);
        self.make(&fresh)?;
        for _ in 1..self.limits.repeats {
            let doubtful =
                |set: &&Set| self.outcome(set) == Some(Outcome::Same) && !set.is_disjoint(&self.limits.chancy);
            let again: Vec<Set> = fresh.iter().filter(doubtful).cloned().collect();
            self.make(&again)?;
        }
        Ok(!fresh.is_empty())
    }

    /// Makes the runs that were not made yet, each once; says whether there were any.
    fn ask_once(&mut self, sets: &[Set]) -> Result<bool, End> {
        let fresh = self.fresh(sets);
        self.make(&fresh)?;
        Ok(!fresh.is_empty())
    }

    fn fresh(&self, sets: &[Set]) -> Vec<Set> {
        let mut fresh: Vec<Set> = Vec::new();
        for set in sets {
            if !self.seen.contains_key(set) && !fresh.contains(set) {
                fresh.push(set.clone());
            }
        }
        fresh
    }

    fn make(&mut self, sets: &[Set]) -> Result<(), End> {
        if sets.is_empty() {
            return Ok(());
        }
        let left = self.limits.runs.saturating_sub(self.made);
        let allowed = &sets[..sets.len().min(left)];
        self.made += allowed.len();
        let outcomes = self.oracle.run(allowed).map_err(|Stopped| End::Stopped)?;
        self.seen.extend(allowed.iter().cloned().zip(outcomes));
        if allowed.len() < sets.len() {
            Err(End::Limit)
        } else {
            Ok(())
        }
    }
}
