//! `--try-fixes`: remedies are put in force, one after another, until one makes the control and the varied build the same.

use super::{
    compare::Control,
    lab::{Halt, Lab},
};
use crate::{
    model::{RunOutcome, TriedFix},
    rebuild::remedy::{self, Remedy},
};
use std::collections::BTreeSet;

/// Tries what may cure a guilty set; when time is over, what was tried so far is in `tried`.
pub(super) fn attempt(
    lab: &mut Lab<'_>,
    control: &Control,
    variations: &[String],
    tried: &mut Vec<TriedFix>,
) -> Result<(), Halt> {
    let candidates = remedy::candidates(variations);
    for remedy in &candidates {
        if one(lab, control, variations, &[*remedy], tried)? {
            return Ok(());
        }
    }
    // Some differences need several; those that set the same variable to different values can't be joined.
    let mut joined: Vec<&Remedy> = Vec::new();
    for remedy in candidates {
        let sets = |other: &&Remedy| {
            let names = other.variables(0);
            remedy.variables(0).keys().any(|name| names.contains_key(name))
        };
        if !joined.iter().any(sets) {
            joined.push(remedy);
        }
    }
    if joined.len() > 1 {
        one(lab, control, variations, &joined, tried)?;
    }
    Ok(())
}

/// Whether the remedies make the control and the varied build the same, twice.
fn one(
    lab: &mut Lab<'_>,
    control: &Control,
    variations: &[String],
    remedies: &[&Remedy],
    tried: &mut Vec<TriedFix>,
) -> Result<bool, Halt> {
    let names: Vec<String> = remedies.iter().map(|remedy| remedy.name.to_owned()).collect();
    let environment = remedy::variables(remedies, lab.build.clock);
    let pair = [BTreeSet::new(), variations.iter().cloned().collect()];
    let mut runs = lab.run(&pair, (&names, &environment))?;
    let mut proved = alike(lab, control, &runs);
    if proved {
        runs.extend(lab.run(&pair, (&names, &environment))?);
        proved = alike(lab, control, &runs);
    }
    for id in &runs {
        lab.discard(*id)?;
    }
    tried.push(TriedFix {
        name: names.join(" + "),
        environment,
        proved,
        runs,
    });
    Ok(proved)
}

fn alike(lab: &Lab<'_>, control: &Control, ids: &[usize]) -> bool {
    let results: Vec<_> = ids
        .iter()
        .filter_map(|id| lab.made.get(id))
        .map(|run| &run.result)
        .collect();
    let built = results.iter().all(|result| result.outcome == RunOutcome::Built);
    let Some((first, others)) = results.split_first() else {
        return false;
    };
    built && others.iter().all(|other| control.alike(first, other))
}
