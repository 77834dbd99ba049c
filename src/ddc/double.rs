//! Diverse double-compiling: which runs are made, and in which order.

use super::{
    classes,
    experiment::{Experiment, differs_at, normalised},
    failure::Failure,
    job::{Job, Made, Set},
    perturbation::Perturbation,
    poison, replay, say, sources,
    spec::Subject,
    verdict::{self, Facts, Regeneration},
};
use crate::{
    model::{DdcReport, ToolchainVerdict},
    rebuild::Error,
};
use std::sync::Arc;

/// What came of one toolchain's stages.
#[derive(Default)]
struct Chain {
    own_lineage: bool,
    one: Option<Made>,
    two: Option<Made>,
    again: Option<Made>,
    three: Option<Made>,
}

fn set(made: Option<&Made>) -> Option<&Arc<Set>> {
    made.and_then(|made| made.outcome.as_ref().ok())
}

fn why(made: Option<&Made>) -> Option<String> {
    made.and_then(|made| made.outcome.as_ref().err().map(Failure::to_string))
}

impl Chain {
    fn facts(&self, subject: &Set, experiment: &Experiment<'_>) -> Result<Facts, Error> {
        let is = |made: Option<&Made>, other: &Set| set(made).map(|set| set.same(other));
        let two = set(self.two.as_ref());
        Ok(Facts {
            own_lineage: self.own_lineage,
            stage1_failed: why(self.one.as_ref()),
            stage1_is_subject: is(self.one.as_ref(), subject) == Some(true),
            stage2_failed: why(self.two.as_ref()),
            repeated: two.is_some_and(|two| is(self.again.as_ref(), two) == Some(true)),
            stage2_is_subject: is(self.two.as_ref(), subject) == Some(true),
            normalised: two.map_or(Ok(None), |two| normalised(experiment.spec, subject, two))?,
            stage3_is_subject: is(self.three.as_ref(), subject),
            stage3_is_stage2: two.is_some_and(|two| is(self.three.as_ref(), two) == Some(true)),
        })
    }

    /// Stage 1, if it is worth going on from there.
    fn parent<'c>(&'c self, subject: &Set) -> Option<&'c Arc<Set>> {
        set(self.one.as_ref()).filter(|one| !one.same(subject))
    }
}

/// Carries it out.
pub fn run(experiment: &mut Experiment<'_>) -> Result<DdcReport, Error> {
    let spec = experiment.spec;
    let Some(subject) = &spec.subject else {
        return Err(Error::usage("there is no [subject]"));
    };
    let parent_source = match &subject.parent_source {
        Some(source) => Arc::new(sources::take(&experiment.lab, "parent-source", source)?),
        None => experiment.source.clone(),
    };
    let of = |toolchain: usize, stage: &str| format!("{}/{stage}", spec.toolchains[toolchain].id);
    let mut chains: Vec<Chain> = spec
        .toolchains
        .iter()
        .map(|toolchain| Chain {
            own_lineage: toolchain.lineage.front_end == subject.lineage.front_end,
            ..Chain::default()
        })
        .collect();

    // c_A where it is to be made, and every stage 1.
    let given = match &subject.artifacts {
        Some(path) => {
            let (from, files) = (spec.folder.join(path), &spec.artifacts.files);
            Some(Arc::new(sources::given(
                &experiment.lab,
                ("[subject]", "subject"),
                &from,
                files,
            )?))
        }
        None => None,
    };
    let own = usize::from(given.is_none()) + 2 * usize::from(subject.regenerate);
    let apart = chains.iter().filter(|chain| !chain.own_lineage).count();
    experiment.lab.plan(own + 4 * apart);
    let mut jobs = Vec::new();
    if given.is_none() {
        jobs.push(experiment.stage("subject/made".to_owned(), &parent(subject), None, Perturbation::None));
    }
    let apart: Vec<usize> = (0..chains.len()).filter(|n| !chains[*n].own_lineage).collect();
    for number in &apart {
        let compiler = spec.toolchains[*number].compiler();
        let job = experiment.stage(of(*number, "stage1"), &compiler, None, Perturbation::None);
        jobs.push(Job {
            source: parent_source.clone(),
            ..job
        });
    }
    let mut made = experiment.make(&jobs)?.into_iter();
    let c_a = match given {
        Some(set) => set,
        None => {
            let outcome = made
                .next()
                .map_or_else(|| Err(Failure::new("no run")), |made| made.outcome);
            outcome.map_err(|why| {
                Error::failed(&why)
                    .about("[subject] the parent does not compile the source")
                    .because(why)
            })?
        }
    };
    for number in &apart {
        chains[*number].one = made.next();
    }

    // Regeneration, and every stage 2, twice.
    let mut jobs = regeneration(experiment, subject, &c_a);
    let attempts = jobs.len();
    let second: Vec<usize> = (0..chains.len())
        .filter(|n| chains[*n].parent(&c_a).is_some())
        .collect();
    for number in &second {
        let prev = chains[*number].parent(&c_a);
        jobs.push(experiment.stage(of(*number, "stage2"), &subject.compiler, prev, Perturbation::None));
        jobs.push(experiment.stage(
            of(*number, "stage2-again"),
            &subject.compiler,
            prev,
            Perturbation::First,
        ));
    }
    let mut made = experiment.make(&jobs)?.into_iter();
    let again: Vec<Result<Arc<Set>, Failure>> = made.by_ref().take(attempts).map(|made| made.outcome).collect();
    for number in &second {
        chains[*number].two = made.next();
        chains[*number].again = made.next();
    }

    // Every stage 3.
    let third: Vec<usize> = (0..chains.len())
        .filter(|n| set(chains[*n].two.as_ref()).is_some())
        .collect();
    let jobs: Vec<Job> = third
        .iter()
        .map(|number| {
            let prev = set(chains[*number].two.as_ref());
            experiment.stage(of(*number, "stage3"), &subject.compiler, prev, Perturbation::None)
        })
        .collect();
    for (number, made) in third.iter().zip(experiment.make(&jobs)?) {
        chains[*number].three = Some(made);
    }
    judge(experiment, subject, &c_a, &again, &chains)
}

/// The words of c_P.
fn parent(subject: &Subject) -> Vec<String> {
    match &subject.parent {
        Some(_) if subject.is_own_parent() => subject.compiler.clone(),
        Some(parent) => parent.words(),
        None => Vec::new(),
    }
}

fn regeneration(experiment: &Experiment<'_>, subject: &Subject, c_a: &Arc<Set>) -> Vec<Job> {
    if !subject.regenerate {
        return Vec::new();
    }
    let prev = subject.is_own_parent().then_some(c_a);
    [
        ("subject/regenerated-1", Perturbation::First),
        ("subject/regenerated-2", Perturbation::Second),
    ]
    .into_iter()
    .map(|(name, how)| experiment.stage(name.to_owned(), &parent(subject), prev, how))
    .collect()
}

/// What all of it says.
fn judge(
    experiment: &mut Experiment<'_>,
    subject: &Subject,
    c_a: &Arc<Set>,
    again: &[Result<Arc<Set>, Failure>],
    chains: &[Chain],
) -> Result<DdcReport, Error> {
    use ToolchainVerdict as V;
    let files: Vec<_> = again
        .iter()
        .map(|made| made.as_ref().map(|set| &set.files).map_err(Clone::clone))
        .collect();
    let regeneration = Regeneration::of(&&c_a.files, &files);
    let mut verdicts = Vec::new();
    let mut what = Vec::new();
    for chain in chains {
        let facts = chain.facts(c_a, experiment)?;
        let said = verdict::toolchain(&facts, &regeneration);
        if said.0 == V::IdenticalAfterNormalising {
            what.extend(facts.normalised.unwrap_or_default());
        }
        verdicts.push(said);
    }
    what.sort();
    what.dedup();
    let counts = |n: usize| matches!(verdicts[n].0, V::Identical | V::IdenticalAfterNormalising);
    let lineages = experiment.lineages(counts);
    let optional = experiment.spec.toolchains.iter().map(|toolchain| toolchain.optional);
    let all: Vec<_> = verdicts.iter().map(|(verdict, _)| *verdict).zip(optional).collect();
    let needed = experiment.spec.agreement.lineages.unwrap_or(1);
    let (verdict, reason) = verdict::overall(&all, lineages, needed);

    let stage2: Vec<(usize, &Arc<Set>)> = chains
        .iter()
        .enumerate()
        .filter_map(|(number, chain)| Some((number, set(chain.two.as_ref())?)))
        .collect();
    // What does not come out twice agrees with nothing.
    let given: Vec<_> = stage2
        .iter()
        .filter(|(number, set)| self::set(chains[*number].again.as_ref()).is_some_and(|again| again.same(set)))
        .map(|(number, set)| {
            let (id, lineage) = experiment.named(*number);
            (id, lineage, set.digest())
        })
        .collect();
    let classes = classes::group(&given, Some(&c_a.digest()));

    let mut differing = Vec::new();
    let mut localised = Vec::new();
    let mut seen: Vec<&Arc<Set>> = Vec::new();
    for (number, set) in &stage2 {
        let apart = matches!(
            verdicts[*number].0,
            V::Differs | V::ConvergesAtStage3 | V::RegenerationFailed
        );
        if apart && !seen.iter().any(|other| other.same(set)) {
            if seen.is_empty() {
                differing = differs_at(set, c_a)?;
            }
            let unlike = replay::Unlike {
                toolchain: *number,
                compiler: &subject.compiler,
                source: experiment.source.clone(),
                sets: [set, c_a],
                names: ["stage 2", "c_A"],
            };
            localised.push(replay::localise(experiment, &unlike)?);
            seen.push(set);
        }
    }
    let mut unwritten = (0, 0);
    if seen.is_empty() {
        // Where the same inputs gave other bytes, the two runs show where.
        let unstable = chains
            .iter()
            .find_map(|chain| Some((set(chain.two.as_ref())?, set(chain.again.as_ref())?)));
        let (none, first, second) = (Perturbation::None, Perturbation::First, Perturbation::Second);
        let regenerated = match again {
            [Ok(x), Ok(y)] => Some(((x, first), (y, second))),
            _ => None,
        };
        let made = again
            .iter()
            .find_map(|made| Some(((c_a, none), (made.as_ref().ok()?, first))));
        let unstable = unstable.map(|(x, y)| ((x, none), (y, first)));
        let pairs = [regenerated, made, unstable];
        if let Some(((x, how), (y, other))) = pairs.into_iter().flatten().find(|((x, _), (y, _))| !x.same(y)) {
            differing = differs_at(x, y)?;
            unwritten = poison::count((x, how), (y, other))?;
        }
    }
    let mut report = experiment.report();
    report.subject = Some(c_a.digest());
    report.subject_files.clone_from(&c_a.files);
    report.regeneration = regeneration.words();
    report.toolchains = experiment.toolchains(verdicts);
    report.verdict = verdict;
    report.reason = reason;
    report.normalised = what;
    report.agreement = classes.iter().map(|class| class.toolchains.clone()).collect();
    report.classes = classes;
    report.differs_at = differing;
    report.localised = localised;
    say::all(&mut report, &regeneration);
    if unwritten.1 > 0 {
        report.advice.insert(0, say::unwritten(unwritten.0, unwritten.1));
    }
    Ok(report)
}
