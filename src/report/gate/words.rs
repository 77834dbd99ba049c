//! Words that the formats share.

use crate::{
    model::{AcceptedCause, ArtifactState, GateArtifact, GateReport, GateRule, GateVerdict, RuleState},
    notation::clean,
};
use anstyle::AnsiColor;

pub(super) fn verdict(report: &GateReport) -> (&'static str, AnsiColor) {
    match report.verdict {
        GateVerdict::Pass => ("pass", AnsiColor::Green),
        GateVerdict::Warn => ("warn", AnsiColor::Yellow),
        GateVerdict::Reject => ("reject", AnsiColor::Red),
        GateVerdict::Undetermined => ("undetermined", AnsiColor::Magenta),
    }
}

pub(super) fn state(artifact: &GateArtifact) -> &'static str {
    match artifact.state {
        ArtifactState::Same => "same",
        ArtifactState::Accepted => "accepted",
        ArtifactState::Differs => "differs",
        ArtifactState::Missing => "missing",
        ArtifactState::Extra => "extra",
        ArtifactState::Unreadable => "unreadable",
    }
}

/// Artifacts that are not as locked, those that the policy blocks first.
pub(super) fn bad(report: &GateReport) -> Vec<&GateArtifact> {
    let mut all: Vec<&GateArtifact> = report
        .artifacts
        .iter()
        .filter(|a| !matches!(a.state, ArtifactState::Same | ArtifactState::Accepted))
        .collect();
    all.sort_by_key(|artifact| !artifact.enforced);
    all
}

/// An accepted cause with the policy's reason, and that nothing proves it where that is so.
pub(super) fn accepted(accepted: &AcceptedCause) -> String {
    let mark = match accepted.plausible {
        true => "plausible, not proved: ",
        false => "",
    };
    format!("{} ({mark}{})", accepted.cause, clean(&accepted.reason))
}

/// What is wrong with a rule of the policy, in one line.
pub(super) fn rule(rule: &GateRule) -> Option<String> {
    let what = format!("rule for {} ({})", rule.artifact, rule.causes.join(", "));
    match rule.state {
        RuleState::Used => None,
        _ if rule.causes.is_empty() => Some(format!(
            "stale: `identical` names {}, which matches no artifact",
            rule.artifact
        )),
        RuleState::Stale => Some(format!(
            "stale {what}: matches no difference: remove it if that stays so"
        )),
        RuleState::Expired => {
            let day = rule.until.as_deref().unwrap_or_default();
            Some(format!("expired {what}: it held until {day}: {}", rule.reason))
        }
    }
}
