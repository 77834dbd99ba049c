//! Other values of variations: each is tried alone, where the first changed nothing.

use super::{
    answer::Answer,
    blame::blame,
    compare::Control,
    lab::{Halt, Lab},
    probe::once,
};
use crate::{
    model::{BuildRun, NotTested, RunOutcome},
    rebuild::search::{Culprit, Outcome, Set},
};

/// Tries the other value of each variation that is not blamed for anything.
pub(super) fn values(lab: &mut Lab<'_>, control: &Control, names: &[String], answer: &mut Answer) -> Result<(), Halt> {
    let same = |run: &&BuildRun| run.varied.len() == names.len() && run.outcome == RunOutcome::Built;
    // Where nothing is guilty, it gave the control's artifacts.
    let everything = lab.runs.iter().find(same).map(|run| run.id);
    let everything = everything.filter(|_| answer.guilty.is_empty());
    for name in names {
        let Some(other) = lab.runner.other(name).filter(|_| !answer.blamed(name)) else {
            continue;
        };
        match value(lab, control, (name, other), everything, answer) {
            Err(Halt::Time) => answer.open(super::over(lab.build)),
            done => done?,
        }
    }
    Ok(())
}

fn value(
    lab: &mut Lab<'_>,
    control: &Control,
    (name, other): (&str, &str),
    everything: Option<usize>,
    answer: &mut Answer,
) -> Result<(), Halt> {
    let names = [other.to_owned()];
    let set = Set::from([0]);
    let (outcome, ids) = once(lab, control, &names, &set)?;
    match outcome {
        Outcome::Same => {}
        // Many tools need one, and say so; what is built is not another thing for it.
        Outcome::Fails => answer.untested.push(NotTested {
            name: other.to_owned(),
            why: "the build fails there".to_owned(),
        }),
        Outcome::Differs => {
            let culprit = Culprit {
                set,
                outcome,
                all_but: None,
            };
            if let Some(mut guilty) = blame(lab, control, &names, &ids, &culprit)? {
                guilty.variations = vec![name.to_owned()];
                guilty.all_but = everything;
                answer.guilty.push(guilty);
            }
        }
    }
    Ok(())
}
