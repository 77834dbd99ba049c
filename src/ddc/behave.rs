//! The same source by independent toolchains: what the programs do must agree, for their bytes can't.

use super::{
    agree, classes,
    experiment::{Experiment, bytes},
    failure::Failure,
    job::{Job, Made, STREAMS, Set, Task},
    perturbation::Perturbation,
    say,
    spec::{Behaviour, BehaviourRun},
    verdict::Regeneration,
    words::Words,
};
use crate::{
    bytes::digest::Algorithm,
    model::{BehaviourDifference, DdcReport, ToolchainVerdict},
    notation::clean,
    rebuild::Error,
};
use std::sync::Arc;

/// What every run of one program left: by run, in the order of the spec.
type Runs = Vec<Result<Arc<Set>, Failure>>;

/// Carries it out.
pub fn run(experiment: &mut Experiment<'_>) -> Result<DdcReport, Error> {
    use ToolchainVerdict as V;
    let spec = experiment.spec;
    let Some(behaviour) = &spec.behaviour else {
        return Err(Error::usage("there is no [behaviour]"));
    };
    let jobs: Vec<Job> = spec
        .toolchains
        .iter()
        .map(|toolchain| {
            let name = format!("{}/built", toolchain.id);
            experiment.stage(name, &toolchain.compiler(), None, Perturbation::None)
        })
        .collect();
    let built = experiment.make(&jobs)?;
    let first = runs(experiment, behaviour, &built, Perturbation::None)?;
    let again = runs(experiment, behaviour, &built, Perturbation::First)?;
    let reference = first.iter().flatten().next();
    let mut verdicts = Vec::new();
    let mut differences = Vec::new();
    for (number, made) in built.iter().enumerate() {
        let said = match (&made.outcome, &first[number], reference) {
            (Err(why), ..) => {
                let why = why.first_line();
                (V::CannotCompile, format!("it does not build the source: {why}"))
            }
            (_, Some(ran), _) if !same(ran, again[number].as_ref()) => (
                V::Nondeterministic,
                "its program did something else when it was run again".to_owned(),
            ),
            (_, Some(ran), Some(reference)) if !same(reference, Some(ran)) => {
                let from = first.iter().position(Option::is_some).unwrap_or(0);
                let ids = [experiment.named(from).0, experiment.named(number).0];
                differences.extend(compare(behaviour, ids, reference, ran)?);
                (
                    V::Differs,
                    "its program does something else than the first one".to_owned(),
                )
            }
            _ => (V::Identical, "its program does what the first one does".to_owned()),
        };
        verdicts.push(said);
    }
    let given: Vec<_> = first
        .iter()
        .enumerate()
        .filter_map(|(number, runs)| {
            let (id, lineage) = experiment.named(number);
            runs.as_ref().map(|runs| (id, lineage, digest(runs)))
        })
        .collect();
    let classes = classes::group(&given, None);
    let (verdict, reason) = agree::together(experiment, &verdicts);
    let mut report = experiment.report();
    report.toolchains = experiment.toolchains(verdicts);
    report.verdict = verdict;
    report.reason = reason;
    report.agreement = classes.iter().map(|class| class.toolchains.clone()).collect();
    report.classes = classes;
    report.behaviour = differences;
    say::all(&mut report, &Regeneration::NotAsked);
    Ok(report)
}

/// Runs every program that was built.
fn runs(
    experiment: &mut Experiment<'_>,
    behaviour: &Behaviour,
    built: &[Made],
    how: Perturbation,
) -> Result<Vec<Option<Runs>>, Error> {
    let again = if how == Perturbation::None { "" } else { "-again" };
    let mut jobs = Vec::new();
    for (number, made) in built.iter().enumerate() {
        let Ok(set) = &made.outcome else { continue };
        for run in &behaviour.runs {
            jobs.push(Job {
                name: format!("{}/{}{again}", experiment.named(number).0, run.name),
                compiler: Vec::new(),
                prev: Some(set.clone()),
                source: experiment.source.clone(),
                perturbation: how,
                task: task(behaviour, run)?,
            });
        }
    }
    let mut outcomes = experiment.make(&jobs)?.into_iter().map(|made| made.outcome);
    let each = built.iter().map(|made| {
        let count = if made.outcome.is_ok() { behaviour.runs.len() } else { 0 };
        let some: Runs = outcomes.by_ref().take(count).collect();
        (count > 0).then_some(some)
    });
    Ok(each.collect())
}

fn task(behaviour: &Behaviour, run: &BehaviourRun) -> Result<Task, Error> {
    let words = Words::of(&run.command, &["out", "source", "spec"])?;
    let from = run.stdin.as_ref().map(|file| {
        let inputs = behaviour.inputs.clone().unwrap_or_default();
        inputs.join(file).to_string_lossy().into_owned()
    });
    Ok(Task::Behave(words, from))
}

fn same(a: &Runs, b: Option<&Runs>) -> bool {
    b.is_some_and(|b| {
        a.iter().zip(b).all(|pair| match pair {
            (Ok(x), Ok(y)) => x.same(y),
            (x, y) => x.as_ref().err() == y.as_ref().err(),
        })
    })
}

fn digest(runs: &Runs) -> String {
    let all: Vec<String> = runs
        .iter()
        .map(|run| match run {
            Ok(set) => set.digest(),
            Err(why) => why.to_string(),
        })
        .collect();
    Algorithm::Sha256.digest(all.join("\n").as_bytes()).to_string()
}

/// What two programs did otherwise.
fn compare(behaviour: &Behaviour, ids: [&str; 2], a: &Runs, b: &Runs) -> Result<Vec<BehaviourDifference>, Error> {
    let mut all = Vec::new();
    for ((run, x), y) in behaviour.runs.iter().zip(a).zip(b) {
        let mut differ = |what: &str, x: String, y: String| {
            all.push(BehaviourDifference {
                run: run.name.clone(),
                what: what.to_owned(),
                a: [ids[0].to_owned(), x],
                b: [ids[1].to_owned(), y],
            });
        };
        let (x, y) = match (x, y) {
            (Ok(x), Ok(y)) => (x, y),
            (x, y) => {
                let words =
                    |run: &Result<_, Failure>| run.as_ref().err().map_or("ended".to_owned(), Failure::to_string);
                if x.as_ref().err() != y.as_ref().err() {
                    differ("the run", words(x), words(y));
                }
                continue;
            }
        };
        let mut paths: Vec<&String> = x.files.keys().chain(y.files.keys()).collect();
        paths.sort();
        paths.dedup();
        for path in paths {
            if x.files.get(path) != y.files.get(path) {
                differ(stream(path), shown(x, path)?, shown(y, path)?);
            }
        }
    }
    Ok(all)
}

/// What a collected file is.
fn stream(path: &str) -> &str {
    match path.strip_prefix(STREAMS).and_then(|rest| rest.strip_prefix('/')) {
        Some("status") => "exit status",
        Some("stdout") => "standard output",
        Some("stderr") => "standard error",
        _ => path,
    }
}

/// Characters of a file that are shown.
const SHOWN: usize = 120;

fn shown(set: &Set, path: &str) -> Result<String, Error> {
    if !set.files.contains_key(path) {
        return Ok("(not there)".to_owned());
    }
    let bytes = bytes(set, path)?;
    let start = String::from_utf8_lossy(bytes.get(..bytes.len().min(4 * SHOWN)).unwrap_or_default()).into_owned();
    let line = start.lines().next().unwrap_or_default();
    let text: String = line.chars().take(SHOWN).collect();
    Ok(match bytes.len() > text.len() + 1 {
        true => format!("{} … ({} bytes)", clean(&text), bytes.len()),
        false => clean(&text),
    })
}
