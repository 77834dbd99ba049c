//! From a run that is not the control's to a minimal set that makes it so.

use super::{DOUBTFUL, End, MANY, Outcome, Search, Set};

impl Search<'_> {
    /// Finds at least one minimal set within `set` that has the outcome, too.
    pub(super) fn narrow(&mut self, set: &Set, outcome: Outcome) -> Result<(), End> {
        if set.len() == 1 {
            self.culprits.push((set.clone(), outcome));
            return Ok(());
        }
        let mut pool = set.clone();
        let mut suspected = Set::new();
        for round in self.oracle.suspects(set) {
            let round: Vec<usize> = round.into_iter().filter(|v| set.contains(v)).collect();
            suspected.extend(&round);
            if self.singles(&round, outcome)? {
                return Ok(());
            }
        }
        if suspected.len() > 1 && suspected.len() < set.len() {
            self.ask(&[suspected.clone()])?;
            if self.outcome(&suspected) == Some(outcome) {
                pool = suspected;
            }
        }
        let many = self.culprits.iter().filter(|(culprit, _)| culprit.len() == 1).count() >= MANY;
        if many && self.singles(&pool.iter().copied().collect::<Vec<_>>(), outcome)? {
            return Ok(());
        }
        let found = self.cut(&pool, outcome)?;
        let found = self.minimal(found, outcome)?;
        self.culprits.push((found, outcome));
        Ok(())
    }

    /// Tries variations alone; says whether one of them is a culprit.
    fn singles(&mut self, variations: &[usize], outcome: Outcome) -> Result<bool, End> {
        let alone: Vec<Set> = variations.iter().map(|v| Set::from([*v])).collect();
        self.ask(&alone)?;
        let mut any = false;
        for single in alone {
            let found = self.outcome(&single).filter(|found| *found != Outcome::Same);
            let known = self.culprits.iter().any(|(culprit, _)| *culprit == single);
            if let Some(found) = found.filter(|_| !known) {
                any |= found == outcome;
                self.culprits.push((single, found));
            }
        }
        Ok(any)
    }

    /// Finds members one after another without which the outcome is another, each by cutting the rest in parts.
    fn cut(&mut self, set: &Set, outcome: Outcome) -> Result<Set, End> {
        let (mut pool, mut low) = self.ordered(set, outcome);
        let mut base = Set::new();
        while self.outcome(&base) != Some(outcome) {
            if base.len() == DOUBTFUL {
                self.again(set, outcome)?;
            }
            // With `base` and the first `low` of the pool it is not so, with the first `high` it is.
            let mut high = pool.len();
            while high - low > 1 {
                let parts = self.limits.width.max(1) + 1;
                let mut cuts: Vec<usize> = (1..parts).map(|i| low + (high - low) * i / parts).collect();
                cuts.retain(|cut| low < *cut && *cut < high);
                cuts.dedup();
                let prefix = |cut: usize| -> Set { base.iter().chain(&pool[..cut]).copied().collect() };
                let prefixes: Vec<Set> = cuts.iter().map(|cut| prefix(*cut)).collect();
                self.oracle.expect(1 + (high - low).ilog2() as usize);
                self.ask(&prefixes)?;
                for (cut, prefix) in cuts.iter().zip(&prefixes) {
                    if self.outcome(prefix) == Some(outcome) {
                        high = *cut;
                        break;
                    }
                    low = *cut;
                }
            }
            let Some(needed) = pool.get(low).copied() else {
                return Ok(set.clone());
            };
            base.insert(needed);
            pool.truncate(low);
            low = 0;
            self.ask(&[base.clone()])?;
        }
        Ok(base)
    }

    /// What is known to be without effect goes first, and how many that are; what does not show in each run goes last.
    fn ordered(&self, set: &Set, outcome: Outcome) -> (Vec<usize>, usize) {
        let other = self
            .seen
            .iter()
            .filter(|(seen, found)| **found != outcome && seen.is_subset(set));
        let known = other.map(|(seen, _)| seen).max_by_key(|seen| seen.len());
        let known: Vec<usize> = known.into_iter().flatten().copied().collect();
        let chancy = &self.limits.chancy;
        let mut rest: Vec<usize> = set.iter().copied().filter(|v| !known.contains(v)).collect();
        rest.sort_by_key(|v| chancy.contains(v));
        (known.iter().copied().chain(rest).collect(), known.len())
    }

    /// Leaves out members as long as the outcome stays: where variations hide each other, cutting may leave too many.
    fn minimal(&mut self, mut set: Set, outcome: Outcome) -> Result<Set, End> {
        loop {
            if set.len() < 2 {
                return Ok(set);
            }
            let without = |member: &usize| set.iter().copied().filter(|v| v != member).collect::<Set>();
            let smaller: Vec<Set> = set.iter().map(without).collect();
            self.ask(&smaller)?;
            match smaller.into_iter().find(|set| self.outcome(set) == Some(outcome)) {
                Some(found) => set = found,
                None => return Ok(set),
            }
        }
    }

    /// Makes a run again; another outcome ends the search.
    fn again(&mut self, set: &Set, outcome: Outcome) -> Result<(), End> {
        let times = if set.is_disjoint(&self.limits.chancy) {
            1
        } else {
            self.limits.repeats
        };
        for _ in 0..times {
            self.make(std::slice::from_ref(set))?;
            if self.outcome(set) == Some(outcome) {
                return Ok(());
            }
        }
        Err(End::Unsteady(set.clone()))
    }
}
