//! Builds by a plan, and where that does not give the published bytes, by plans that are likely, too: at most as many as were allowed.

use super::{
    Case, Contents, Ecosystem, Error, Neighbour, described, inputs,
    judge::{self, Judged},
    keep,
    lab::OUT,
};
use crate::{
    bytes::{
        digest::Algorithm,
        source::{self, text},
    },
    model::{Digests, PublishedFile, PublishedPlan, PublishedReport, PublishedTry, PublishedVerdict, Record},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Times that a build may ask for more tools.
const ROUNDS: usize = 3;
/// What a build asks for is not larger.
const ASKED: u64 = 1 << 20;

/// What one plan gave.
struct Attempt {
    plan: PublishedPlan,
    /// The file that was built, or why there is none.
    built: Result<PathBuf, String>,
    /// The environment of the build.
    known: Record,
}

/// Fills in what came of a plan and its neighbours.
pub(super) fn run(
    ecosystem: &dyn Ecosystem,
    case: &Case<'_>,
    plan: PublishedPlan,
    report: &mut PublishedReport,
) -> Result<(), Error> {
    let first = attempt(ecosystem, case, plan)?;
    let judge = |attempt: &Attempt| match &attempt.built {
        Ok(path) => judge::compare(case, path, &attempt.known).map(Some),
        Err(_) => Ok(None),
    };
    let mut best = (judge(&first)?, first);
    report.tries.push(told("as planned", &best.1, best.0.as_ref()));
    let mut chosen = 0;
    let left = match case.options.plan {
        // A plan that was given is followed as it is.
        Some(_) => 0,
        None => case.options.tries,
    };
    for _ in 0..left {
        if rank(best.0.as_ref()) == 0 {
            break;
        }
        // What was better is what the next change is made to.
        let known = |setting: &String| report.tries.iter().any(|tried| tried.setting == *setting);
        let matters = best.0.as_ref().map(judge::matters);
        let mut all = ecosystem.neighbours(case, &best.1.plan).into_iter();
        let next = all.find(|next| {
            !known(&next.setting) && matters.as_ref().is_none_or(|matters| matters.contains(&next.touches))
        });
        let Some(Neighbour { setting, plan, .. }) = next else {
            break;
        };
        let next = match attempt(ecosystem, case, plan.clone()) {
            Ok(next) => next,
            // Tools that are not to be had are no answer about the artifact.
            Err(error) => Attempt {
                plan,
                built: Err(error.to_string()),
                known: Record::default(),
            },
        };
        let found = judge(&next)?;
        report.tries.push(told(&setting, &next, found.as_ref()));
        if rank(found.as_ref()) < rank(best.0.as_ref()) {
            best = (found, next);
            chosen = report.tries.len() - 1;
        }
    }
    if let Some(tried) = report.tries.get_mut(chosen) {
        tried.best = true;
    }
    conclude(ecosystem, case, best, report)
}

fn conclude(
    ecosystem: &dyn Ecosystem,
    case: &Case<'_>,
    (judged, attempt): (Option<Judged>, Attempt),
    report: &mut PublishedReport,
) -> Result<(), Error> {
    match (&attempt.built, judged) {
        (Ok(path), Some(judged)) => {
            let root = path.parent().unwrap_or(path);
            report.rebuilt = Some(described(root, path)?);
            report.built = Some(digests(path)?);
            if let Some(folder) = &case.options.keep {
                keep(path, folder)?;
            }
            report.verdict = judged.verdict;
            if judged.verdict == PublishedVerdict::Different {
                let source = ecosystem.source(case, &attempt.plan);
                let rebuilt = Contents::read(path)?;
                report.foreign = judge::foreign(case.artifact, source.as_ref(), &rebuilt, &judged.diff);
            }
            report.summary = judge::summary(&judged, report.foreign.as_deref());
            report.diff = Some(judged.diff);
        }
        (Err(why), _) => {
            report.failure = Some(why.clone());
            report.summary = last(why);
        }
        (Ok(_), None) => {}
    }
    report.plan = Some(attempt.plan);
    Ok(())
}

/// What says most of a failure in one line: the last that was printed.
fn last(why: &str) -> String {
    why.lines().last().unwrap_or_default().trim().to_owned()
}

/// All digests of what was built.
fn digests(path: &Path) -> Result<Digests, Error> {
    let bytes = source::load(path).map_err(|error| Error::at(path, &error))?;
    let hex = |algorithm: Algorithm| algorithm.digest(&bytes).to_string();
    Ok(Digests {
        size: bytes.len() as u64,
        sha256: hex(Algorithm::Sha256),
        blake3: hex(Algorithm::Blake3),
        symlink: false,
    })
}

/// Identical is 0; what is less like it is more.
fn rank(judged: Option<&Judged>) -> usize {
    match judged {
        None => usize::MAX,
        Some(judged) => match judged.verdict {
            PublishedVerdict::Identical => 0,
            PublishedVerdict::Explained => 1,
            PublishedVerdict::Plausible => 2,
            _ => 3 + judged.diff.unexplained_count,
        },
    }
}

fn told(setting: &str, attempt: &Attempt, judged: Option<&Judged>) -> PublishedTry {
    let why = attempt.built.as_ref().err();
    PublishedTry {
        setting: setting.to_owned(),
        verdict: judged.map_or(PublishedVerdict::NotBuilt, |judged| judged.verdict),
        sha256: judged.map(|judged| judged.diff.b.sha256.clone()),
        what: match (judged, why) {
            (Some(judged), _) => judge::causes(&judged.diff),
            (None, Some(why)) => last(why),
            (None, None) => String::new(),
        },
        best: false,
    }
}

/// Builds once; again, with more tools, as long as the build asks for some.
fn attempt(ecosystem: &dyn Ecosystem, case: &Case<'_>, mut plan: PublishedPlan) -> Result<Attempt, Error> {
    for _ in 0..ROUNDS {
        let folder = case.site.lab.folder("staged")?;
        ecosystem.stage(case, &plan, &folder)?;
        let found = inputs(&folder)?;
        if !plan.inputs.is_empty() && plan.inputs != found {
            return Err(changed(&plan, &found));
        }
        plan.inputs = found;
        let made = case.site.lab.build(&plan, &folder)?;
        let asked = made.path(&format!("{OUT}/missing.json"));
        if let Ok(text) = text(&asked, ASKED) {
            let asked: Vec<String> = serde_json::from_str(&text).unwrap_or_default();
            match ecosystem.more(&plan, &asked) {
                Some(more) => {
                    plan = more;
                    continue;
                }
                None => {
                    let built = Err(format!("the build asks for {}", asked.join(", ")));
                    let known = made.known;
                    return Ok(Attempt { plan, built, known });
                }
            }
        }
        let built = match made.failure() {
            Some(why) => Err(why),
            None => pick(&made.result.artifacts, case).map(|name| made.path(&name)),
        };
        let known = made.known;
        return Ok(Attempt { plan, built, known });
    }
    let built = Err("the build asked for more tools again and again".to_owned());
    let known = Record::default();
    Ok(Attempt { plan, built, known })
}

/// Which of what was built is the artifact: the file of its name, else the only one, else the only one of its suffix.
fn pick(built: &BTreeMap<String, String>, case: &Case<'_>) -> Result<String, String> {
    let wanted = &case.artifact.file.path;
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let suffix = |name: &str| name.rsplit_once('.').map(|(_, suffix)| suffix.to_owned());
    let found = built.keys().find(|path| name(path) == *wanted);
    let mut alike = built.keys().filter(|path| suffix(path) == suffix(wanted));
    match (found, alike.next(), alike.next()) {
        (Some(path), ..) | (None, Some(path), None) => Ok(path.clone()),
        _ => {
            let names: Vec<&str> = built.keys().map(String::as_str).collect();
            Err(format!("the build made no {wanted}, but {}", names.join(", ")))
        }
    }
}

/// What of a plan's inputs is not as it was.
fn changed(plan: &PublishedPlan, found: &[PublishedFile]) -> Error {
    let other = plan.inputs.iter().find(|input| !found.contains(input));
    let extra = found.iter().find(|input| !plan.inputs.contains(input));
    let path = other.or(extra).map(|input| input.path.as_str()).unwrap_or_default();
    Error::failed(format!("{path} is not what the plan names among its inputs"))
        .with_hint("leave `inputs` out of the plan to take what is there now")
}
