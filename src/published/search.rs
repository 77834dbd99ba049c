//! Builds by a plan, and where that does not give the published bytes, by plans that are likely, too: at most as many as were allowed.

use super::{
    Case, Contents, Ecosystem, Error, described, inputs,
    judge::{self, Judged},
    keep,
    lab::OUT,
};
use crate::model::{PublishedPlan, PublishedReport, PublishedTry, PublishedVerdict};
use std::path::PathBuf;

/// Times that a build may ask for more tools.
const ROUNDS: usize = 3;
/// What a build asks for is not larger.
const ASKED: u64 = 1 << 20;

/// What one plan gave.
struct Attempt {
    plan: PublishedPlan,
    /// The file that was built, or why there is none.
    built: Result<PathBuf, String>,
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
        Ok(path) => judge::compare(case, path).map(Some),
        Err(_) => Ok(None),
    };
    let mut best = (judge(&first)?, first);
    report.tries.push(told("as planned", &best.1, best.0.as_ref()));
    let mut chosen = 0;
    let fixed = case.options.plan.is_some();
    if !fixed && rank(best.0.as_ref()) > 0 {
        for (setting, plan) in ecosystem
            .neighbours(case, &best.1.plan)
            .into_iter()
            .take(case.options.tries)
        {
            let Ok(next) = attempt(ecosystem, case, plan) else {
                continue;
            };
            let found = judge(&next)?;
            report.tries.push(told(&setting, &next, found.as_ref()));
            if rank(found.as_ref()) < rank(best.0.as_ref()) {
                best = (found, next);
                chosen = report.tries.len() - 1;
            }
            if rank(best.0.as_ref()) == 0 {
                break;
            }
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
            report.summary = format!("not built: {}", why.lines().next().unwrap_or_default());
        }
        (Ok(_), None) => {}
    }
    report.plan = Some(attempt.plan);
    Ok(())
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
            (None, Some(why)) => why.lines().next().unwrap_or_default().to_owned(),
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
        if let Ok(text) = crate::bytes::source::text(&asked, ASKED) {
            let asked: Vec<String> = serde_json::from_str(&text).unwrap_or_default();
            match ecosystem.more(&plan, &asked) {
                Some(more) => {
                    plan = more;
                    continue;
                }
                None => {
                    let built = Err(format!("the build asks for {}", asked.join(", ")));
                    return Ok(Attempt { plan, built });
                }
            }
        }
        let built = match made.failure() {
            Some(why) => Err(why),
            None => pick(&made.result.artifacts, case).map(|name| made.path(&name)),
        };
        return Ok(Attempt { plan, built });
    }
    let built = Err("the build asked for more tools again and again".to_owned());
    Ok(Attempt { plan, built })
}

/// Which of what was built is the artifact: the file of its name, else the only one, else the only one of its suffix.
fn pick(built: &std::collections::BTreeMap<String, String>, case: &Case<'_>) -> Result<String, String> {
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
fn changed(plan: &PublishedPlan, found: &[crate::model::PublishedFile]) -> Error {
    let other = plan.inputs.iter().find(|input| !found.contains(input));
    let extra = found.iter().find(|input| !plan.inputs.contains(input));
    let path = other.or(extra).map(|input| input.path.as_str()).unwrap_or_default();
    Error::failed(format!("{path} is not what the plan names among its inputs"))
        .with_hint("leave `inputs` out of the plan to take what is there now")
}
