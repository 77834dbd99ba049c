//! `--quick`: one run with everything varied.

use super::{
    answer::Answer,
    blame::blame,
    compare::Control,
    lab::{Halt, Lab},
    probe::Probe,
};
use crate::rebuild::search::{Culprit, Oracle as _, Outcome, Set};
use std::collections::BTreeMap;

/// Whether the build is the same, and not why it is not.
pub(super) fn whole(lab: &mut Lab<'_>, control: &Control, names: &[String], answer: &mut Answer) -> Result<(), Halt> {
    let mut probe = Probe {
        lab,
        control,
        names,
        ids: BTreeMap::from([(Set::new(), control.id)]),
        halt: None,
    };
    let all: Set = (0..names.len()).collect();
    let outcomes = probe.run(std::slice::from_ref(&all));
    let (halt, ids) = (probe.halt, probe.ids);
    let Ok(Some(outcome)) = outcomes.map(|outcomes| outcomes.first().copied()) else {
        return Err(halt.unwrap_or(Halt::Time));
    };
    if outcome != Outcome::Same {
        let culprit = Culprit {
            set: all,
            outcome,
            all_but: None,
        };
        answer.guilty = blame(lab, control, names, &ids, &culprit)?.into_iter().collect();
    }
    answer.complete = true;
    if let Some(said) = lab.made.get(&control.id).and_then(|run| run.passed.first()) {
        answer.open(said.clone());
    }
    Ok(())
}
