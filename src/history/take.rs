//! What is recorded of a report: each artifact's outcome and its first cause.

use crate::model::{
    ArtifactState, BuildVerdict, Effect, Finding, GateReport, GateVerdict, Guilty, Outcome, PublishedReport,
    PublishedVerdict, RebuildReport, RunOutcome, RunResult,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a gate said: its verdict, and each artifact.
pub fn gate(report: &GateReport) -> (&'static str, Vec<RunResult>) {
    let verdict = match report.verdict {
        GateVerdict::Pass => "pass",
        GateVerdict::Warn => "warn",
        GateVerdict::Reject => "reject",
        GateVerdict::Undetermined => "undetermined",
    };
    let results = report.artifacts.iter().map(|artifact| {
        let (outcome, state) = match artifact.state {
            ArtifactState::Same => (Outcome::Reproduced, "same"),
            ArtifactState::Accepted => (Outcome::Reproduced, "accepted"),
            ArtifactState::Differs => (Outcome::Failed, "differs"),
            ArtifactState::Missing => (Outcome::Failed, "missing"),
            ArtifactState::Extra => (Outcome::Failed, "extra"),
            ArtifactState::Unreadable => (Outcome::Unknown, "unreadable"),
        };
        RunResult {
            path: artifact.path.clone(),
            outcome,
            state: state.to_owned(),
            sha256: artifact.found.as_ref().map(|found| found.sha256.clone()),
            locked: artifact.locked.as_ref().map(|locked| locked.sha256.clone()),
            cause: first(artifact.findings.iter(), artifact.unexplained.is_empty()),
            why: Some(artifact.why.clone()).filter(|why| outcome != Outcome::Reproduced && !why.is_empty()),
        }
    });
    (verdict, results.collect())
}

/// What an experiment said: its verdict, and each artifact that any run made.
pub fn build(report: &RebuildReport) -> (&'static str, Vec<RunResult>) {
    let verdict = match report.verdict {
        BuildVerdict::Reproducible => "reproducible",
        BuildVerdict::Unreproducible => "unreproducible",
        BuildVerdict::IntrinsicallyUnstable => "intrinsically-unstable",
        BuildVerdict::BuildFails => "build-fails",
        BuildVerdict::Undetermined => "undetermined",
    };
    let built = || report.runs.iter().filter(|run| run.outcome == RunOutcome::Built);
    let control: BTreeMap<&String, &String> = built()
        .find(|run| run.varied.is_empty() && run.remedies.is_empty())
        .map(|run| run.sha256.iter().collect())
        .unwrap_or_default();
    let paths: BTreeSet<&String> = built().flat_map(|run| run.sha256.keys()).collect();
    let results = paths.into_iter().map(|path| {
        let (outcome, state, cause, why) = judge(report, path);
        RunResult {
            path: path.clone(),
            outcome,
            state: state.to_owned(),
            sha256: control.get(path).map(|sha256| (*sha256).clone()),
            locked: None,
            cause,
            why,
        }
    });
    (verdict, results.collect())
}

/// What a rebuild of something published said.
pub fn published(report: &PublishedReport) -> (&'static str, Vec<RunResult>) {
    let outcome = match report.verdict {
        PublishedVerdict::Identical => Outcome::Reproduced,
        PublishedVerdict::Explained | PublishedVerdict::Plausible | PublishedVerdict::Different => Outcome::Failed,
        _ => Outcome::Unknown,
    };
    let diff = report.diff.as_ref();
    let result = report.artifact.as_ref().map(|artifact| RunResult {
        path: artifact.path.clone(),
        outcome,
        state: report.verdict.word().to_owned(),
        sha256: report.rebuilt.as_ref().map(|rebuilt| rebuilt.sha256.clone()),
        locked: Some(artifact.sha256.clone()),
        cause: diff.and_then(|diff| first(diff.findings.iter(), diff.unexplained.is_empty())),
        why: Some(report.summary.clone()).filter(|_| outcome != Outcome::Reproduced),
    });
    (report.verdict.word(), result.into_iter().collect())
}

type Judged = (Outcome, &'static str, Option<String>, Option<String>);

fn judge(report: &RebuildReport, path: &str) -> Judged {
    if let Some(unstable) = report.unstable.iter().find(|unstable| unstable.artifact == path) {
        let why = "two builds in the control environment differ".to_owned();
        return (
            Outcome::Failed,
            "unstable",
            first(unstable.findings.iter(), unstable.unexplained.is_empty()),
            Some(why),
        );
    }
    let breaks = |guilty: &&Guilty| guilty.artifacts.iter().any(|artifact| artifact == path);
    if let Some(guilty) = report.guilty.iter().find(breaks) {
        // Addresses begin with the artifact's path.
        let own = |finding: &&Finding| {
            let rest = finding.address.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let explained = guilty.unexplained.is_empty();
        let cause =
            first(guilty.findings.iter().filter(own), explained).or_else(|| match guilty.artifacts.as_slice() {
                [_] => first(guilty.findings.iter(), explained),
                _ => None,
            });
        let names: BTreeSet<&str> = report
            .guilty
            .iter()
            .filter(breaks)
            .flat_map(|guilty| guilty.variations.iter().map(String::as_str))
            .collect();
        let why = format!("changes with {}", names.into_iter().collect::<Vec<_>>().join(", "));
        return (Outcome::Failed, "differs", cause, Some(why));
    }
    // A build that fails under a variation gives no artifact there.
    if let Some(guilty) = report.guilty.iter().find(|guilty| guilty.effect != Effect::Differs) {
        let why = format!(
            "the build {} with {}",
            guilty.effect.word(),
            guilty.variations.join(", ")
        );
        return (Outcome::Failed, "not-built", None, Some(why));
    }
    match report.verdict {
        BuildVerdict::BuildFails | BuildVerdict::Undetermined => {
            (Outcome::Unknown, "undetermined", None, report.reason.clone())
        }
        _ => (Outcome::Reproduced, "same", None, None),
    }
}

/// The first cause that does not follow from another; one that does only if nothing else is left that it could follow from.
fn first<'f>(findings: impl Iterator<Item = &'f Finding> + Clone, explained: bool) -> Option<String> {
    let root = findings.clone().find(|finding| !finding.knock_on);
    let any = || findings.clone().next().filter(|_| explained);
    root.or_else(any).map(|finding| finding.cause.to_owned())
}
