//! A build that fails in the control environment: is it the environment, and what of it?

use super::lab::{Halt, Lab};
use crate::{
    model::{BuildPins, GuiltyPin, RunOutcome},
    rebuild::pin::{PINS, Pin},
};
use std::collections::BTreeSet;

/// Runs once with nothing pinned. If that succeeds, finds by halving which pin makes the build fail; the last pin alone is no proof, so the
/// run with all but that one pinned is made, too.
pub(super) fn search(lab: &mut Lab<'_>) -> Result<BuildPins, Halt> {
    let (plain, works) = run(lab, PINS.iter())?;
    let mut found = BuildPins { plain, guilty: None };
    if !works {
        return Ok(found);
    }
    // With the first `low` of them pinned it works, with the first `high` it does not; the control is the run with all.
    let (mut low, mut high) = (0, PINS.len());
    let mut runs = Vec::new();
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let (id, works) = run(lab, PINS.iter().skip(middle))?;
        runs.push(id);
        match works {
            true => low = middle,
            false => high = middle,
        }
    }
    let Some(pin) = PINS.get(low) else { return Ok(found) };
    let (id, alone) = run(lab, std::iter::once(pin))?;
    runs.push(id);
    found.guilty = Some(GuiltyPin {
        name: pin.name,
        what: pin.what,
        fix: pin.fix,
        alone,
        runs,
    });
    Ok(found)
}

/// The control with these freed; whether it builds.
fn run<'p>(lab: &mut Lab<'_>, freed: impl Iterator<Item = &'p Pin>) -> Result<(usize, bool), Halt> {
    let freed: BTreeSet<String> = freed.map(|pin| pin.name.to_owned()).collect();
    let id = lab.unpinned(&freed)?;
    let works = lab
        .made
        .get(&id)
        .is_some_and(|run| run.result.outcome == RunOutcome::Built);
    lab.discard(id)?;
    Ok((id, works))
}
