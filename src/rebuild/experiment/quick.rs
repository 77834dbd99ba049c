//! `--quick`: one run with everything varied.

use super::{
    answer::Answer,
    blame::blame,
    compare::Control,
    lab::{Halt, Lab},
    probe::once,
};
use crate::rebuild::search::{Culprit, Outcome, Set};

/// Whether the build is the same, and not why it is not.
pub(super) fn whole(lab: &mut Lab<'_>, control: &Control, names: &[String], answer: &mut Answer) -> Result<(), Halt> {
    let all: Set = (0..names.len()).collect();
    let (outcome, ids) = once(lab, control, names, &all)?;
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
