//! The experiment: from variations to the report.
//!
//! Two builds in the control environment show what is stable. Then `search` finds the sets of variations that change it,
//! and the run that varied only such a set is compared with the control, byte by byte and file by file.

mod answer;
mod blame;
mod capture;
mod chain;
mod compare;
mod first;
mod fixes;
mod follow;
mod keep;
mod lab;
mod other;
mod pins;
mod probe;
mod quick;
mod replay;
mod suspects;
mod telling;
#[cfg(test)]
mod tests;

use super::{Build, Error, Progress, remedy, runner::Runner, search};
use crate::model::{
    BuildPlan, BuildVerdict, Effect, NotTested, PlannedVariation, RebuildReport, RunOutcome, Tool, Unstable,
};
use answer::Answer;
use blame::blame;
use compare::Control;
use lab::{Halt, Lab};
use probe::Probe;
use search::{End, Found, Limits, Set};
use std::collections::{BTreeMap, BTreeSet};

/// Does the whole experiment, or the one run that `build.only` asks for. The variations of the plan that are effective and
/// are not in `not_tested` are tested.
pub fn run(
    build: &Build,
    plan: BuildPlan,
    mut not_tested: Vec<NotTested>,
    runner: &mut dyn Runner,
    progress: &dyn Fn(&Progress),
) -> Result<RebuildReport, Error> {
    let mut names = Vec::new();
    for variation in &plan.variations {
        if not_tested.iter().any(|not| not.name == variation.name) {
            continue;
        }
        match ineffective(variation) {
            None => names.push(variation.name.clone()),
            Some(why) => not_tested.push(NotTested {
                name: variation.name.clone(),
                why: why.to_owned(),
            }),
        }
    }
    let mut lab = Lab::new(build, runner, progress);
    let mut answer = Answer::default();
    let halt = match &build.only {
        Some(only) => single(&mut lab, only, &mut answer),
        None => whole(&mut lab, &names, &mut answer),
    };
    match halt {
        Err(Halt::Broken(error)) => return Err(error),
        // That it fails is known by then.
        Err(Halt::Time) if answer.verdict.is_some() => {}
        Err(Halt::Time) => answer.open(over(build)),
        Ok(()) => {}
    }
    if build.only.is_none() && answer.verdict != Some(BuildVerdict::BuildFails) && names.is_empty() {
        answer.open("nothing could be varied".to_owned());
    }
    let missed = not_tested.iter().find(|not| build.variations.contains(&not.name));
    if let Some(not) = missed.filter(|_| answer.guilty.is_empty()) {
        answer.open(format!("{} was asked for, but not tested: {}", not.name, not.why));
    }
    let verdict = answer.verdict();
    let undecided: Vec<String> = answer.undecided(&names);
    let why = match verdict {
        BuildVerdict::BuildFails => "the build fails in the control environment",
        _ => answer.reason.as_deref().unwrap_or("the experiment ended before"),
    };
    let innocent = names
        .iter()
        .filter(|name| !undecided.contains(name) && !answer.blamed(name));
    let innocent = innocent.cloned().collect();
    not_tested.extend(undecided.iter().map(|name| NotTested {
        name: name.clone(),
        why: format!("not decided: {why}"),
    }));
    not_tested.append(&mut answer.untested);
    let known = build.only.as_ref().and_then(|_| lab.made.values().next());
    let known = known.map(|run| run.known.clone());
    Ok(RebuildReport {
        schema_version: 1,
        tool: Tool::SELF,
        plan,
        runs: lab.runs,
        verdict,
        reason: answer.reason,
        pins: answer.pins,
        unstable: answer.unstable,
        guilty: answer.guilty,
        innocent,
        not_tested,
        leftovers: lab.leftovers,
        secrets: lab.secrets,
        against: None,
        replay: replay::all(build),
        known,
    })
}

/// Why a variation can't be tested here.
fn ineffective(variation: &PlannedVariation) -> Option<&'static str> {
    if variation.backend.is_none() {
        Some("this machine has no means to vary it")
    } else if !variation.effective {
        Some("not effective: a probe in the same sandbox saw no difference")
    } else {
        None
    }
}

fn over(build: &Build) -> String {
    let total = build.total_timeout.unwrap_or_default();
    format!("the total time of {} seconds was over", total.as_secs())
}

/// One run, as a replay asks for it.
fn single(lab: &mut Lab<'_>, only: &[String], answer: &mut Answer) -> Result<(), Halt> {
    let varied: BTreeSet<String> = only.iter().cloned().collect();
    let remedies: Vec<_> = lab
        .build
        .remedies
        .iter()
        .filter_map(|name| remedy::named(name))
        .collect();
    let environment = remedy::variables(&remedies, lab.build.clock);
    let ids = match lab.build.freed.is_empty() {
        true => lab.run(&[varied], (&lab.build.remedies, &environment))?,
        false => vec![lab.unpinned(&lab.build.freed.iter().cloned().collect())?],
    };
    for run in ids.iter().filter_map(|id| lab.made.get(id)) {
        if run.result.outcome == RunOutcome::Built {
            answer.open("one run was asked for: it is compared with nothing".to_owned());
            keep::keep(lab.build, &run.folder, None, only)?;
        } else {
            answer.verdict = Some(BuildVerdict::BuildFails);
            answer.reason = Some(why(&run.result, "the build"));
        }
    }
    Ok(())
}

/// Why a run gave no artifacts, in words.
fn why(result: &super::sandbox::RunResult, what: &str) -> String {
    let said = result.why.clone().unwrap_or_default();
    let said = if said.is_empty() {
        String::new()
    } else {
        format!(": {said}")
    };
    match result.outcome {
        RunOutcome::Hung => {
            let running: Vec<String> = result
                .hanging
                .iter()
                .map(|command| {
                    command
                        .iter()
                        .map(|word| replay::quoted(word))
                        .collect::<Vec<_>>()
                        .join(" ")
                })
                .collect();
            let running = match running.is_empty() {
                true => String::new(),
                false => format!("; still running: {}", running.join(", ")),
            };
            format!("{what} hung{said}{running}")
        }
        _ => format!("{what} failed{said}"),
    }
}

fn whole(lab: &mut Lab<'_>, names: &[String], answer: &mut Answer) -> Result<(), Halt> {
    lab.expect(2 + if lab.build.quick { 1 } else { search::least(names.len()) });
    let ids = lab.run(&[BTreeSet::new(), BTreeSet::new()], (&[], &BTreeMap::new()))?;
    let made: Vec<_> = ids.iter().filter_map(|id| Some((*id, lab.made.get(id)?))).collect();
    let [(id, first), (_, second)] = made[..] else {
        return Ok(());
    };
    let failed = |result: &super::sandbox::RunResult| result.outcome != RunOutcome::Built;
    match (failed(&first.result), failed(&second.result)) {
        (true, true) => {
            answer.verdict = Some(BuildVerdict::BuildFails);
            answer.reason = Some(why(&first.result, "in the control environment, the build"));
            // Elsewhere nothing is pinned that could be freed.
            if lab.runner.pins() {
                answer.pins = Some(pins::search(lab)?);
            }
            return Ok(());
        }
        (false, false) => {}
        (one, _) => {
            let result = if one { &first.result } else { &second.result };
            answer.verdict = Some(BuildVerdict::IntrinsicallyUnstable);
            answer.reason = Some(why(result, "of two builds in the control environment, one"));
            return Ok(());
        }
    }
    let control = Control::of(id, &first.result, &second.result);
    unstable(&control, (first, second), lab.build.details, answer);
    if !control.unstable.is_empty() {
        keep::keep(
            lab.build,
            &first.folder,
            Some(&control.unstable),
            &["control".to_owned()],
        )?;
        keep::keep(
            lab.build,
            &second.folder,
            Some(&control.unstable),
            &["control-again".to_owned()],
        )?;
    }
    if control.nothing_stable() {
        answer.reason = Some("no artifact is stable, so that nothing can be compared".to_owned());
        return Ok(());
    }
    if lab.build.quick {
        return quick::whole(lab, &control, names, answer);
    }
    let (found, ids) = find(lab, &control, names)?;
    let mut all = Vec::new();
    for culprit in &found.culprits {
        all.extend(blame(lab, &control, names, &ids, culprit)?);
    }
    answer.guilty = all;
    answer.complete = found.end == End::Complete;
    if let Some(said) = lab.made.get(&control.id).and_then(|run| run.passed.first()) {
        answer.open(said.clone());
    }
    follow::captured(lab, &control, &mut answer.guilty);
    follow::mixed(&mut answer.guilty);
    match &found.end {
        End::Complete => other::values(lab, &control, names, answer)?,
        End::Stopped => answer.open(over(lab.build)),
        End::Limit => answer.open(format!("{} runs were made, and not all is decided", lab.runs.len())),
        End::Entangled => answer.open("too many conjunctions share variations: not all is decided".to_owned()),
        End::Unsteady(set) => again(lab, &control, (set.len(), names.len()), answer)?,
    }
    if lab.build.try_fixes {
        for guilty in answer
            .guilty
            .iter_mut()
            .filter(|guilty| guilty.effect == Effect::Differs)
        {
            match fixes::attempt(lab, &control, guilty) {
                Err(Halt::Time) => {
                    answer
                        .reason
                        .get_or_insert(format!("{}: not all remedies were tried", over(lab.build)));
                    break;
                }
                done => done?,
            }
        }
    }
    Ok(())
}

fn unstable(control: &Control, (a, b): (&super::runner::Run, &super::runner::Run), details: bool, answer: &mut Answer) {
    for artifact in &control.unstable {
        let explained = compare::explain(a, b, std::slice::from_ref(artifact), details);
        answer.unstable.push(Unstable {
            artifact: artifact.clone(),
            findings: explained.findings,
            unexplained: explained.unexplained,
            layouts: explained.layouts,
        });
    }
}

/// Two runs of one set came out differently: perhaps two controls do, too.
fn again(lab: &mut Lab<'_>, control: &Control, (of, all): (usize, usize), answer: &mut Answer) -> Result<(), Halt> {
    answer.open(format!(
        "two runs that varied the same {of} of {all} variations did not give the same: the build depends on chance"
    ));
    let ids = lab.run(&[BTreeSet::new(), BTreeSet::new()], (&[], &BTreeMap::new()))?;
    for id in ids {
        let (Some(a), Some(b)) = (lab.made.get(&control.id), lab.made.get(&id)) else {
            continue;
        };
        let renewed = Control::of(control.id, &a.result, &b.result);
        if !control.differing(&b.result).is_empty() && b.result.outcome == RunOutcome::Built {
            answer.unstable.clear();
            unstable(&renewed, (a, b), lab.build.details, answer);
        }
    }
    Ok(())
}

/// Searches; gives the runs by what they varied, too.
fn find(lab: &mut Lab<'_>, control: &Control, names: &[String]) -> Result<(Found, BTreeMap<Set, usize>), Halt> {
    let chancy = |at: &usize| lab.runner.nondeterministic(&names[*at]);
    let limits = Limits {
        width: lab.runner.width(),
        chancy: (0..names.len()).filter(chancy).collect(),
        ..Limits::of(names.len())
    };
    let mut probe = Probe {
        lab,
        control,
        names,
        ids: BTreeMap::from([(Set::new(), control.id)]),
        halt: None,
    };
    let found = search::search(&limits, &mut probe);
    match probe.halt {
        Some(Halt::Broken(error)) => Err(Halt::Broken(error)),
        _ => Ok((found, probe.ids)),
    }
}
