//! `--try-fixes`: remedies are put in force, one after another, until each artifact is the same in the control and in the varied build.

use super::{
    compare::Control,
    lab::{Halt, Lab},
};
use crate::{
    model::{Guilty, RunOutcome, TriedFix},
    rebuild::remedy::{self, Remedy},
};
use std::collections::BTreeSet;

/// Tries what may cure a guilty set; when time is over, what was tried so far is noted with it.
pub(super) fn attempt(lab: &mut Lab<'_>, control: &Control, guilty: &mut Guilty) -> Result<(), Halt> {
    let candidates = remedy::candidates(&guilty.variations);
    let mut open: BTreeSet<String> = guilty.artifacts.iter().cloned().collect();
    // What mends an artifact that nothing before did.
    let mut partial = Vec::new();
    for remedy in &candidates {
        let tried = one(lab, control, guilty, &[*remedy])?;
        if tried.proved {
            return Ok(());
        }
        if tried.mends.iter().any(|artifact| open.contains(artifact)) {
            partial.push(*remedy);
        }
        open.retain(|artifact| !tried.mends.contains(artifact));
        if open.is_empty() {
            break;
        }
    }
    // Some differences need several: those that mend something, and else all.
    let joined = match open.is_empty() {
        true => joined(partial),
        false => joined(partial.into_iter().chain(candidates)),
    };
    if joined.len() > 1 {
        one(lab, control, guilty, &joined)?;
    }
    Ok(())
}

/// Those that can be in force together: what sets the same variable to another value can't be.
fn joined(remedies: impl IntoIterator<Item = &'static Remedy>) -> Vec<&'static Remedy> {
    let mut joined: Vec<&Remedy> = Vec::new();
    for remedy in remedies {
        let sets = |other: &&Remedy| {
            let names = other.variables(0);
            remedy.variables(0).keys().any(|name| names.contains_key(name))
        };
        if !joined.iter().any(sets) {
            joined.push(remedy);
        }
    }
    joined
}

/// Puts remedies in force, and notes which artifacts they make the same, twice.
fn one(lab: &mut Lab<'_>, control: &Control, guilty: &mut Guilty, remedies: &[&Remedy]) -> Result<TriedFix, Halt> {
    let names: Vec<String> = remedies.iter().map(|remedy| remedy.name.to_owned()).collect();
    let environment = remedy::variables(remedies, lab.build.clock);
    let pair = [BTreeSet::new(), guilty.variations.iter().cloned().collect()];
    let mut runs = lab.run(&pair, (&names, &environment))?;
    let mut found = seen(lab, control, guilty, &runs);
    if !found.mends.is_empty() {
        runs.extend(lab.run(&pair, (&names, &environment))?);
        found = seen(lab, control, guilty, &runs);
    }
    for id in &runs {
        lab.discard(*id)?;
    }
    let tried = TriedFix {
        name: names.join(" + "),
        environment,
        runs,
        ..found
    };
    guilty.fixes.push(tried.clone());
    Ok(tried)
}

/// What came of some runs: all must have built, and given the same.
fn seen(lab: &Lab<'_>, control: &Control, guilty: &Guilty, ids: &[usize]) -> TriedFix {
    let made = ids.iter().filter_map(|id| lab.made.get(id));
    let results: Vec<_> = made.map(|run| &run.result).collect();
    let built = results.iter().all(|result| result.outcome == RunOutcome::Built);
    let pairs = || {
        results
            .iter()
            .skip(1)
            .filter_map(|other| Some((*results.first()?, *other)))
    };
    let same = |artifact: &&String| {
        let mut digests = results.iter().map(|result| result.artifacts.get(*artifact));
        let first = digests.next().flatten();
        built && first.is_some() && digests.all(|digest| digest == first)
    };
    let (mends, leaves): (Vec<&String>, Vec<&String>) = guilty.artifacts.iter().partition(same);
    TriedFix {
        name: String::new(),
        environment: std::collections::BTreeMap::new(),
        proved: built && pairs().count() > 0 && pairs().all(|(first, other)| control.alike(first, other)),
        mends: mends.into_iter().cloned().collect(),
        leaves: leaves.into_iter().cloned().collect(),
        breaks: !built,
        runs: Vec::new(),
    }
}
