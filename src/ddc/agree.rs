//! The same source by independent toolchains, or on different hosts: the bytes must agree.

use super::{
    classes,
    experiment::{Experiment, differs_at, normalised},
    failure::Failure,
    job::{Job, Set},
    perturbation::Perturbation,
    replay, say, verdict,
    verdict::Regeneration,
};
use crate::{
    model::{DdcLocalisation, DdcReport, ToolchainVerdict},
    rebuild::Error,
};
use std::sync::Arc;

/// Carries it out.
pub fn run(experiment: &mut Experiment<'_>) -> Result<DdcReport, Error> {
    use ToolchainVerdict as V;
    let spec = experiment.spec;
    let jobs: Vec<Job> = spec
        .toolchains
        .iter()
        .flat_map(|toolchain| {
            [("built", Perturbation::None), ("built-again", Perturbation::First)].map(|(what, how)| {
                experiment.stage(format!("{}/{what}", toolchain.id), &toolchain.compiler(), None, how)
            })
        })
        .collect();
    let made = experiment.make(&jobs)?;
    let sets: Vec<Result<(Arc<Set>, bool), Failure>> = made
        .chunks(2)
        .map(|pair| {
            let first = pair[0].outcome.clone()?;
            let again = pair.get(1).and_then(|made| made.outcome.as_ref().ok());
            let repeated = again.is_some_and(|again| again.same(&first));
            Ok((first, repeated))
        })
        .collect();
    // The first that gave a result is what the others are held against.
    let reference = sets.iter().flatten().map(|(set, _)| set).next().cloned();
    let mut what = Vec::new();
    let mut verdicts = Vec::new();
    for set in &sets {
        verdicts.push(match (set, &reference) {
            (Err(why), _) => {
                let why = why.first_line();
                (V::CannotCompile, format!("it does not build the source: {why}"))
            }
            (Ok((_, false)), _) => (
                V::Nondeterministic,
                "it gave other bytes when it was repeated under perturbation".to_owned(),
            ),
            (Ok((set, true)), Some(reference)) if !set.same(reference) => match normalised(spec, reference, set)? {
                Some(found) => {
                    let why = format!("the first one's bytes but for {}", found.join(", "));
                    what.extend(found);
                    (V::IdenticalAfterNormalising, why)
                }
                None => (V::Differs, "other bytes than the first one's".to_owned()),
            },
            (Ok(_), _) => (V::Identical, "the first one's bytes".to_owned()),
        });
    }
    what.sort();
    what.dedup();
    let given: Vec<_> = sets
        .iter()
        .enumerate()
        .filter_map(|(number, set)| {
            let (id, lineage) = experiment.named(number);
            set.as_ref()
                .ok()
                .filter(|(_, repeated)| *repeated)
                .map(|(set, _)| (id, lineage, set.digest()))
        })
        .collect();
    let classes = classes::group(&given, None);
    let mut differing = Vec::new();
    let mut localised = Vec::new();
    let apart = verdicts.iter().position(|(verdict, _)| *verdict == V::Differs);
    if let (Some(Ok((set, _))), Some(reference)) = (apart.and_then(|n| sets.get(n)), &reference) {
        differing = differs_at(reference, set)?;
        let name = |n: Option<usize>| n.map_or_else(String::new, |n| experiment.named(n).0.to_owned());
        let mut found = DdcLocalisation {
            toolchain: name(apart),
            a: name(sets.iter().position(Result::is_ok)),
            b: name(apart),
            ..DdcLocalisation::default()
        };
        replay::artifacts(reference, set, &mut found)?;
        localised.push(found);
    } else if let Some(number) = verdicts.iter().position(|(verdict, _)| *verdict == V::Nondeterministic)
        && let (Ok(x), Ok(y)) = (&made[2 * number].outcome, &made[2 * number + 1].outcome)
    {
        differing = differs_at(x, y)?;
    }
    let (verdict, reason) = together(experiment, &verdicts);
    let mut report = experiment.report();
    report.toolchains = experiment.toolchains(verdicts);
    report.verdict = verdict;
    report.reason = reason;
    report.normalised = what;
    report.agreement = classes.iter().map(|class| class.toolchains.clone()).collect();
    report.classes = classes;
    report.differs_at = differing;
    report.localised = localised;
    say::all(&mut report, &Regeneration::NotAsked);
    Ok(report)
}

/// The verdict of all, where two distinct lineages are the least that says something.
pub fn together(
    experiment: &Experiment<'_>,
    verdicts: &[(ToolchainVerdict, String)],
) -> (crate::model::DdcVerdict, String) {
    use ToolchainVerdict as V;
    let spec = experiment.spec;
    let counts = |n: usize| matches!(verdicts[n].0, V::Identical | V::IdenticalAfterNormalising);
    let optional = spec.toolchains.iter().map(|toolchain| toolchain.optional);
    let all: Vec<_> = verdicts.iter().map(|(verdict, _)| *verdict).zip(optional).collect();
    verdict::overall(&all, experiment.lineages(counts), spec.agreement.lineages.unwrap_or(2))
}
