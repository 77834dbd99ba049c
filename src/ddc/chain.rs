//! A chain of compilers, each made by the one before: diverse double-compiling along it, and the first link that does not hold.
//!
//! c_1 … c_n are the compilers as they are claimed, s_1 … s_n their sources. Each toolchain begins a chain of its own: it compiles s_1,
//! what comes of it compiles s_2, and so on. Where that gives c_k, bit for bit, c_k corresponds to s_k and the sources before it. The first
//! generation is judged only if it is its own parent; else it is made by something that the spec claims nothing of.

use super::{
    classes,
    experiment::{Experiment, differs_at, normalised},
    failure::Failure,
    inputs,
    job::{Job, Made, Recipe, Set, Task, Tree},
    perturbation::Perturbation,
    replay, say, sources,
    spec::{Generation, Subject},
    verdict::{self, LinkFacts, Regeneration},
};
use crate::{
    model::{DdcGeneration, DdcLink, DdcReport, DdcVerdict, ToolchainVerdict},
    rebuild::Error,
};
use std::sync::Arc;

/// One generation, and what has come of it so far.
struct Link<'s> {
    generation: &'s Generation,
    source: Arc<Tree>,
    /// Whether it is claimed to come from its source by way of a compiler of the chain.
    judged: bool,
    /// c_k.
    claimed: Arc<Set>,
    regeneration: Regeneration,
    /// By toolchain, what it made of the source itself, where that only begins its chain.
    begun: Vec<Option<Made>>,
    /// By toolchain, what its chain gave: at first, and again under perturbation.
    made: Vec<Option<[Made; 2]>>,
}

impl Link<'_> {
    fn set(&self, toolchain: usize) -> Option<&Arc<Set>> {
        let [first, _] = self.made[toolchain].as_ref()?;
        first.outcome.as_ref().ok()
    }

    fn repeated(&self, toolchain: usize) -> bool {
        self.made[toolchain]
            .as_ref()
            .is_some_and(|[first, again]| match (&first.outcome, &again.outcome) {
                (Ok(first), Ok(again)) => first.same(again),
                _ => false,
            })
    }
}

/// How one generation is made, whoever compiles.
struct Stage {
    source: Arc<Tree>,
    recipe: Arc<Recipe>,
}

impl Stage {
    fn job(&self, name: String, compiler: &[String], prev: Option<&Arc<Set>>, perturbation: Perturbation) -> Job {
        Job {
            name,
            compiler: inputs::seen(compiler),
            prev: prev.cloned(),
            source: self.source.clone(),
            perturbation,
            task: Task::Stage(self.recipe.clone()),
        }
    }
}

/// Carries it out.
pub fn run(experiment: &mut Experiment<'_>) -> Result<DdcReport, Error> {
    let spec = experiment.spec;
    let Some(subject) = &spec.subject else {
        return Err(Error::usage("there is no [subject]"));
    };
    let count = spec.generations.len();
    let apart = (0..spec.toolchains.len()).filter(|n| !own_lineage(experiment, subject, *n));
    experiment.lab.plan(3 * count + 2 * count * apart.count());
    let mut links: Vec<Link<'_>> = Vec::new();
    for generation in &spec.generations {
        let link = link(experiment, subject, generation, &links)?;
        links.push(link);
    }
    judge(experiment, subject, &links)
}

fn own_lineage(experiment: &Experiment<'_>, subject: &Subject, toolchain: usize) -> bool {
    experiment.spec.toolchains[toolchain].lineage.front_end == subject.lineage.front_end
}

/// Makes one generation: as it is claimed, again, and by way of each toolchain.
fn link<'s>(
    experiment: &mut Experiment<'_>,
    subject: &Subject,
    generation: &'s Generation,
    before: &[Link<'s>],
) -> Result<Link<'s>, Error> {
    let spec = experiment.spec;
    let name = &generation.name;
    let place = format!("generation {name}");
    let source = match &generation.source {
        Some(source) => Arc::new(sources::take(&experiment.lab, &format!("source of {name}"), source)?),
        None => experiment.source.clone(),
    };
    let stage = Stage {
        source,
        recipe: Arc::new(Recipe::of_generation(spec, generation)),
    };
    let given = match &generation.artifacts {
        Some(path) => {
            let from = spec.folder.join(path);
            let folder = format!("{name} as it is claimed");
            Some(Arc::new(sources::given(
                &experiment.lab,
                (&place, &folder),
                &from,
                &stage.recipe.files,
            )?))
        }
        None => None,
    };
    let is_own_parent = before.is_empty() && subject.is_own_parent();
    let judged = !before.is_empty() || is_own_parent;
    // What makes c_k, if anything does.
    let parent: Option<(Vec<String>, Option<Arc<Set>>)> = match (before.last(), &subject.parent) {
        (Some(last), _) => Some((last.generation.compiler.clone(), Some(last.claimed.clone()))),
        (None, Some(_)) if is_own_parent => Some((generation.compiler.clone(), given.clone())),
        (None, Some(parent)) => Some((parent.words(), None)),
        (None, None) => None,
    };
    // A first generation that makes itself is judged by what comes of it when it is made by another: stage 2.
    let begun = match is_own_parent {
        true => begin(experiment, subject, &stage, name)?,
        false => spec.toolchains.iter().map(|_| None).collect(),
    };
    let mut jobs = Vec::new();
    if let Some((words, prev)) = &parent {
        let mut add =
            |what: &str, how| jobs.push(stage.job(format!("subject/{name}{what}"), words, prev.as_ref(), how));
        if given.is_none() {
            add("", Perturbation::None);
        }
        if judged && subject.regenerate {
            add("-again", Perturbation::First);
            if given.is_some() {
                add("-again-2", Perturbation::Second);
            }
        }
    }
    let own = jobs.len();
    let mut asked = Vec::new();
    for (number, toolchain) in spec.toolchains.iter().enumerate() {
        let from = match before.last() {
            _ if own_lineage(experiment, subject, number) => None,
            None if is_own_parent => {
                outcome(&begun[number]).map(|set| (generation.compiler.clone(), Some(set.clone())))
            }
            None => Some((toolchain.compiler(), None)),
            Some(last) => last
                .set(number)
                .map(|set| (last.generation.compiler.clone(), Some(set.clone()))),
        };
        if let Some((words, prev)) = from {
            for (what, how) in [("", Perturbation::None), ("-again", Perturbation::First)] {
                let again = judged || how == Perturbation::None;
                let how = if again { how } else { Perturbation::None };
                jobs.push(stage.job(format!("{}/{name}{what}", toolchain.id), &words, prev.as_ref(), how));
            }
            asked.push(number);
        }
    }
    let mut made = experiment.make(&jobs)?.into_iter();
    let mut subject_s: Vec<Result<Arc<Set>, Failure>> = made.by_ref().take(own).map(|made| made.outcome).collect();
    let claimed = match given {
        Some(set) => set,
        None if subject_s.is_empty() => return Err(Error::usage("nothing makes it").about(place)),
        None => subject_s.remove(0).map_err(|why| {
            Error::failed(&why)
                .about("its source is not compiled")
                .about(&place)
                .because(why)
        })?,
    };
    let attempts: Vec<_> = subject_s
        .iter()
        .map(|made| made.as_ref().map(|set| &set.files).map_err(Clone::clone))
        .collect();
    let regeneration = Regeneration::of(&&claimed.files, &attempts);
    let mut by_toolchain: Vec<Option<[Made; 2]>> = spec.toolchains.iter().map(|_| None).collect();
    for number in asked {
        if let (Some(first), Some(again)) = (made.next(), made.next()) {
            by_toolchain[number] = Some([first, again]);
        }
    }
    Ok(Link {
        generation,
        source: stage.source,
        judged,
        claimed,
        regeneration,
        begun,
        made: by_toolchain,
    })
}

/// Has each toolchain compile the source of the first generation.
fn begin(
    experiment: &mut Experiment<'_>,
    subject: &Subject,
    stage: &Stage,
    name: &str,
) -> Result<Vec<Option<Made>>, Error> {
    let spec = experiment.spec;
    let apart = |n: &usize| !own_lineage(experiment, subject, *n);
    let numbers: Vec<usize> = (0..spec.toolchains.len()).filter(apart).collect();
    let job = |number: &usize| {
        let toolchain = &spec.toolchains[*number];
        let what = format!("{}/{name}-stage1", toolchain.id);
        stage.job(what, &toolchain.compiler(), None, Perturbation::None)
    };
    let jobs: Vec<Job> = numbers.iter().map(job).collect();
    let mut all: Vec<Option<Made>> = spec.toolchains.iter().map(|_| None).collect();
    for (number, made) in numbers.into_iter().zip(experiment.make(&jobs)?) {
        all[number] = Some(made);
    }
    Ok(all)
}

fn outcome(made: &Option<Made>) -> Option<&Arc<Set>> {
    made.as_ref()?.outcome.as_ref().ok()
}

/// What one toolchain's chain says of generation `at`.
fn said(
    experiment: &Experiment<'_>,
    subject: &Subject,
    links: &[Link<'_>],
    at: usize,
    toolchain: usize,
) -> Result<(ToolchainVerdict, String, Vec<String>), Error> {
    let link = &links[at];
    let set = link.set(toolchain);
    let failed = links[..=at].iter().find_map(|link| {
        let made = link.made[toolchain].as_ref().map(|[first, _]| first);
        let mut all = link.begun[toolchain].iter().chain(made);
        let why = all.find_map(|made| made.outcome.as_ref().err())?;
        Some((link.generation.name.clone(), why.first_line().to_owned()))
    });
    // Where the first is judged, the two chains must not be one already.
    let first_judged = links.iter().position(|link| link.judged) == Some(at);
    let begins = match at.checked_sub(1) {
        None => outcome(&link.begun[toolchain]).map(|set| (set, &link.claimed)),
        Some(before) => links[before].set(toolchain).map(|set| (set, &links[before].claimed)),
    };
    let one_chain = first_judged && begins.is_some_and(|(set, claimed)| set.same(claimed));
    let normal = match set {
        Some(set) => normalised(experiment.spec, &link.claimed, set)?,
        None => None,
    };
    let facts = LinkFacts {
        name: &link.generation.name,
        own_lineage: own_lineage(experiment, subject, toolchain),
        failed,
        one_chain,
        repeated: link.repeated(toolchain),
        is_claimed: set.is_some_and(|set| set.same(&link.claimed)),
        normalised: normal.clone(),
    };
    let (verdict, why) = verdict::link(&facts, &link.regeneration);
    let what = match verdict {
        ToolchainVerdict::IdenticalAfterNormalising => normal.unwrap_or_default(),
        _ => Vec::new(),
    };
    Ok((verdict, why, what))
}

/// What all of it says.
fn judge(experiment: &mut Experiment<'_>, subject: &Subject, links: &[Link<'_>]) -> Result<DdcReport, Error> {
    use ToolchainVerdict as V;
    let holds = |verdict: V| matches!(verdict, V::Identical | V::IdenticalAfterNormalising);
    let toolchains = experiment.spec.toolchains.len();
    let mut generations = Vec::new();
    let mut what = Vec::new();
    for (at, link) in links.iter().enumerate() {
        let mut all = Vec::new();
        for toolchain in (0..toolchains).filter(|_| link.judged) {
            let (verdict, why, normal) = said(experiment, subject, links, at, toolchain)?;
            what.extend(normal);
            all.push(DdcLink {
                toolchain: experiment.named(toolchain).0.to_owned(),
                sha256: link.set(toolchain).map(|set| set.digest()),
                verdict,
                why,
            });
        }
        generations.push(DdcGeneration {
            name: link.generation.name.clone(),
            source: link.source.digest.clone(),
            sha256: link.claimed.digest(),
            regeneration: link
                .regeneration
                .words()
                .map(|words| words.replace("c_A", &link.generation.name)),
            links: all,
        });
    }
    what.sort();
    what.dedup();
    // A toolchain says what the first link says that does not hold, else what the last one says.
    let verdicts: Vec<(V, String)> = (0..toolchains)
        .map(|number| {
            let mut own = generations.iter().filter_map(|generation| generation.links.get(number));
            let told = own
                .clone()
                .find(|link| !holds(link.verdict))
                .or_else(|| own.next_back());
            told.map_or((V::Invalid, "no generation is judged".to_owned()), |link| {
                (link.verdict, link.why.clone())
            })
        })
        .collect();
    let lineages = experiment.lineages(|n| holds(verdicts[n].0));
    let optional = experiment.spec.toolchains.iter().map(|toolchain| toolchain.optional);
    let all: Vec<_> = verdicts.iter().map(|(verdict, _)| *verdict).zip(optional).collect();
    let needed = experiment.spec.agreement.lineages.unwrap_or(1);
    let (verdict, reason) = verdict::overall(&all, lineages, needed);
    let good = matches!(verdict, DdcVerdict::Match | DdcVerdict::MatchAfterNormalising);
    let breaks_at = generations.iter().find(|generation| {
        let mut links = generation.links.iter().zip(&all);
        links.any(|(link, (_, optional))| !holds(link.verdict) && !optional)
    });
    let breaks_at = breaks_at.filter(|_| !good).map(|generation| generation.name.clone());

    let broken = breaks_at
        .as_ref()
        .and_then(|name| links.iter().find(|link| link.generation.name == *name));
    let (mut differing, mut localised) = (Vec::new(), Vec::new());
    if let Some(link) = broken {
        let apart = |n: &usize| link.set(*n).is_some_and(|set| !set.same(&link.claimed)) && link.repeated(*n);
        if let Some(number) = (0..toolchains).find(apart)
            && let Some(set) = link.set(number)
        {
            differing = differs_at(set, &link.claimed)?;
            let made = format!("{} by its source", link.generation.name);
            let unlike = replay::Unlike {
                toolchain: number,
                compiler: &link.generation.compiler,
                source: link.source.clone(),
                sets: [set, &link.claimed],
                names: [&made, &link.generation.name],
            };
            localised.push(replay::localise(experiment, &unlike)?);
        }
    }
    let mut report = experiment.report();
    if let Some(last) = links.last() {
        let given: Vec<_> = (0..toolchains)
            .filter(|n| last.repeated(*n))
            .filter_map(|n| {
                let (id, lineage) = experiment.named(n);
                last.set(n).map(|set| (id, lineage, set.digest()))
            })
            .collect();
        report.classes = classes::group(&given, Some(&last.claimed.digest()));
        report.subject = Some(last.claimed.digest());
        report.subject_files.clone_from(&last.claimed.files);
        report.source.clone_from(&last.source.digest);
    }
    report.regeneration = generations
        .last()
        .and_then(|generation| generation.regeneration.clone());
    report.toolchains = experiment.toolchains(verdicts);
    report.verdict = verdict;
    report.reason = match &breaks_at {
        Some(name) => format!("{reason}; the chain breaks at {name}"),
        None => reason,
    };
    report.generations = generations;
    report.breaks_at = breaks_at;
    report.normalised = what;
    report.agreement = report.classes.iter().map(|class| class.toolchains.clone()).collect();
    report.differs_at = differing;
    report.localised = localised;
    let last = links.last().map_or(&Regeneration::NotAsked, |link| &link.regeneration);
    say::all(&mut report, last);
    Ok(report)
}
