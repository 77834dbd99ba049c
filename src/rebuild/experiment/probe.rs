//! Answers the search's questions with runs.

use super::{
    compare::{self, Control},
    lab::{Halt, Lab},
    suspects,
};
use crate::{
    model::RunOutcome,
    rebuild::search::{Oracle, Outcome, Set, Stopped},
};
use std::collections::{BTreeMap, BTreeSet};

/// Artifacts that are looked into for a suspicion.
const LOOKED_INTO: usize = 8;

pub(super) struct Probe<'p, 'e> {
    pub(super) lab: &'p mut Lab<'e>,
    pub(super) control: &'p Control,
    /// Names of the variations, by index.
    pub(super) names: &'p [String],
    /// The run of each set: the one that was not as the control, if there is one.
    pub(super) ids: BTreeMap<Set, usize>,
    /// Why no more runs are made.
    pub(super) halt: Option<Halt>,
}

impl Probe<'_, '_> {
    /// The names of a set.
    pub(super) fn varied(&self, set: &Set) -> BTreeSet<String> {
        set.iter().filter_map(|v| self.names.get(*v)).cloned().collect()
    }

    fn outcome(&self, id: usize) -> Outcome {
        match self.lab.made.get(&id).map(|run| &run.result) {
            Some(result) if result.outcome != RunOutcome::Built => Outcome::Fails,
            Some(result) if self.control.differing(result).is_empty() => Outcome::Same,
            _ => Outcome::Differs,
        }
    }

    fn make(&mut self, sets: &[Set]) -> Result<Vec<Outcome>, Halt> {
        let varied: Vec<_> = sets.iter().map(|set| self.varied(set)).collect();
        let ids = self.lab.run(&varied, (&[], &BTreeMap::new()))?;
        let mut outcomes = Vec::new();
        for (set, id) in sets.iter().zip(ids) {
            let outcome = self.outcome(id);
            if outcome == Outcome::Same {
                self.lab.discard(id)?;
            }
            self.ids.insert(set.clone(), id);
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }
}

/// One run with a set varied: what came of it, and the runs by what they varied.
pub(super) fn once(
    lab: &mut Lab<'_>,
    control: &Control,
    names: &[String],
    set: &Set,
) -> Result<(Outcome, BTreeMap<Set, usize>), Halt> {
    let mut probe = Probe {
        lab,
        control,
        names,
        ids: BTreeMap::from([(Set::new(), control.id)]),
        halt: None,
    };
    let outcomes = probe.make(std::slice::from_ref(set))?;
    Ok((outcomes.first().copied().ok_or(Halt::Time)?, probe.ids))
}

impl Oracle for Probe<'_, '_> {
    fn run(&mut self, sets: &[Set]) -> Result<Vec<Outcome>, Stopped> {
        self.make(sets).map_err(|halt| {
            self.halt = Some(halt);
            Stopped
        })
    }

    fn suspects(&mut self, set: &Set) -> Vec<Vec<usize>> {
        let made = |id: usize| self.lab.made.get(&id);
        let (Some(control), Some(run)) = (made(self.control.id), self.ids.get(set).copied().and_then(made)) else {
            return Vec::new();
        };
        if run.result.outcome != RunOutcome::Built {
            return Vec::new();
        }
        let mut artifacts = self.control.differing(&run.result);
        artifacts.truncate(LOOKED_INTO);
        let explained = compare::explain(control, run, &artifacts, false);
        let index = |name: &str| self.names.iter().position(|known| known == name);
        let rounds = suspects::rounds(&explained.causes()).into_iter();
        rounds
            .map(|round| {
                round
                    .into_iter()
                    .filter_map(index)
                    .filter(|v| set.contains(v))
                    .collect()
            })
            .collect()
    }

    fn expect(&mut self, runs: usize) {
        self.lab.expect(runs);
    }
}
