//! The answer of `verify` as problems: artifacts on which too few agree, and other bytes that are stated.

use super::words::{agreeing, place, state};
use crate::{
    model::{
        CheckOutcome, CheckResult, EnvelopeState, Level, Problem, ProblemReport, VerifyArtifact, VerifyReport,
        VerifyVerdict,
    },
    report::parts::{
        problems::{Own, Rules, fingerprint},
        words::join,
    },
};

const FEW: Own = (
    "verify-not-agreed",
    "Too few trusted rebuilders state these bytes.",
    "Nobody but the publisher vouches that they came from the source.",
    "rebuild and `repro attest`, or look why the attestations do not count: `repro verify`",
);
const DISPUTED: Own = (
    "verify-disputed",
    "Trusted rebuilders state other bytes.",
    "One of the builds is not what the source gives.",
    "compare the artifacts: `repro diff`",
);

/// The report as problems.
pub fn of(report: &VerifyReport) -> ProblemReport {
    let mut rules = Rules::default();
    let mut problems = Vec::new();
    for artifact in &report.artifacts {
        let mut add = |own: Own, level, message: String, more: &str| {
            problems.push(Problem {
                rule: rules.own(own, "verify"),
                level,
                message,
                path: artifact.path.clone(),
                region: None,
                snippet: None,
                fix: Some(own.3.to_owned()),
                fingerprint: fingerprint(&[own.0, &artifact.path, more]),
                accepted: None,
            });
        };
        if artifact.verdict == VerifyVerdict::NotAgreed {
            let message = format!("{}, {} needed", agreeing(artifact), report.threshold);
            add(FEW, Level::Error, message, "");
        }
        let level = match artifact.verdict {
            VerifyVerdict::Disputed => Level::Error,
            VerifyVerdict::Agreed | VerifyVerdict::NotAgreed => Level::Warning,
        };
        for group in artifact.groups.iter().filter(|group| !group.artifact) {
            let who = join(&group.rebuilders);
            add(
                DISPUTED,
                level,
                format!("{who}: other bytes, {}", group.sha256),
                &group.sha256,
            );
        }
        for envelope in &artifact.envelopes {
            use EnvelopeState::{Contradicts, TooLarge, Truncated, Unread};
            if matches!(envelope.state, Contradicts | TooLarge | Truncated | Unread) {
                let message = format!("{}: {}: {}", envelope.file, state(envelope.state), envelope.why);
                add(DISPUTED, level, message, &envelope.file);
            }
        }
    }
    ProblemReport {
        command: "repro verify",
        summary: report.summary.clone(),
        rules: rules.sorted(),
        problems,
        checks: report
            .artifacts
            .iter()
            .map(|artifact| check(report, artifact))
            .collect(),
        troubles: Vec::new(),
    }
}

fn check(report: &VerifyReport, artifact: &VerifyArtifact) -> CheckOutcome {
    let groups = artifact.groups.iter().map(|group| {
        let whose = place(group.artifact, group.alone);
        format!("{} ({whose}): {}", group.sha256, join(&group.rebuilders))
    });
    let envelopes = artifact
        .envelopes
        .iter()
        .map(|envelope| format!("{}: {}: {}", envelope.file, state(envelope.state), envelope.why));
    CheckOutcome {
        name: artifact.path.clone(),
        result: match artifact.verdict {
            VerifyVerdict::Agreed => CheckResult::Pass,
            VerifyVerdict::Disputed | VerifyVerdict::NotAgreed => CheckResult::Fail(
                format!("{}, {} needed", agreeing(artifact), report.threshold),
                groups.chain(envelopes).collect::<Vec<_>>().join("\n"),
            ),
        },
    }
}
