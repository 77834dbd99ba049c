//! The gate's failures as problems: for SARIF, JUnit, code quality and annotations.

use super::{rule, state, verdict};
use crate::model::{
    ArtifactState, CheckOutcome, CheckResult, GateArtifact, GateReport, Level, Problem, ProblemReport, RuleHelp,
};
use std::collections::BTreeMap;

const REFERENCES: &[&str] = &["https://reproducible-builds.org/docs/"];

/// Rules of the gate itself: id, what, why, fix.
const OWN: &[(&str, &str, &str, &str)] = &[
    (
        "gate-differs",
        "The artifact is not the locked bytes.",
        "What is published would not be what was reviewed.",
        "mend the build, or `repro lock` if the change is meant",
    ),
    (
        "gate-missing",
        "A locked artifact was not built.",
        "A build that makes less than it should is another build.",
        "build it, or `repro lock` if it is no more",
    ),
    (
        "gate-extra",
        "An artifact was built that is not locked.",
        "Nothing vouches for it.",
        "`repro lock`",
    ),
    (
        "gate-unreadable",
        "An artifact could not be read.",
        "What can't be read can't be checked.",
        "make it readable for the gate",
    ),
    (
        "gate-rule",
        "A rule of the policy is of no use.",
        "What it once accepted is gone, or its date has passed.",
        "remove it from repro.toml",
    ),
];

/// The report as problems.
pub fn of(report: &GateReport) -> ProblemReport {
    let mut rules: BTreeMap<&'static str, RuleHelp> = BTreeMap::new();
    let mut problems = Vec::new();
    let mut checks = Vec::new();
    for artifact in &report.artifacts {
        checks.push(CheckOutcome {
            name: artifact.path.clone(),
            result: result(artifact),
        });
        let Some(id) = own(artifact) else { continue };
        let level = match artifact.enforced {
            true => Level::Error,
            false => Level::Warning,
        };
        let first = artifact.findings.iter().find(|finding| !finding.knock_on);
        let rule = first.map_or(id, |finding| finding.cause);
        match first {
            Some(finding) => rules.insert(
                rule,
                RuleHelp {
                    id: rule,
                    group: finding.group,
                    what: finding.summary.clone(),
                    why: String::new(),
                    fix: finding.fix.clone(),
                    references: finding.references.clone(),
                },
            ),
            None => rules.insert(rule, help(rule)),
        };
        problems.push(Problem {
            rule,
            level,
            message: format!("{} {}", artifact.path, artifact.why),
            path: artifact.path.clone(),
            region: None,
            snippet: first.map(|finding| format!("a  {}\nb  {}", finding.a, finding.b)),
            fix: Some(artifact.fix.clone()),
            fingerprint: fingerprint(&[rule, &artifact.path, state(artifact)]),
            accepted: None,
        });
    }
    for line in report.rules.iter().filter_map(rule) {
        rules.insert("gate-rule", help("gate-rule"));
        problems.push(Problem {
            rule: "gate-rule",
            level: Level::Note,
            fingerprint: fingerprint(&["gate-rule", &line]),
            message: line,
            path: "repro.toml".to_owned(),
            region: None,
            snippet: None,
            fix: None,
            accepted: None,
        });
    }
    ProblemReport {
        command: "repro gate",
        summary: format!("{}: {}", verdict(report).0, report.summary),
        rules: rules.into_values().collect(),
        problems,
        checks,
        troubles: Vec::new(),
    }
}

fn own(artifact: &GateArtifact) -> Option<&'static str> {
    match artifact.state {
        ArtifactState::Same | ArtifactState::Accepted => None,
        ArtifactState::Differs => Some("gate-differs"),
        ArtifactState::Missing => Some("gate-missing"),
        ArtifactState::Extra => Some("gate-extra"),
        ArtifactState::Unreadable => Some("gate-unreadable"),
    }
}

fn help(id: &'static str) -> RuleHelp {
    let (_, what, why, fix) = OWN.iter().find(|own| own.0 == id).copied().unwrap_or((id, id, "", ""));
    RuleHelp {
        id,
        group: "gate",
        what: what.to_owned(),
        why: why.to_owned(),
        fix: fix.to_owned(),
        references: REFERENCES.to_vec(),
    }
}

fn result(artifact: &GateArtifact) -> CheckResult {
    let text = || {
        let causes: Vec<String> = artifact
            .findings
            .iter()
            .filter(|finding| !finding.knock_on)
            .map(|f| format!("{} in {}\na  {}\nb  {}\nfix  {}", f.cause, f.address, f.a, f.b, f.fix))
            .collect();
        format!("{}\nfix  {}\n{}", artifact.why, artifact.fix, causes.join("\n"))
    };
    match artifact.state {
        ArtifactState::Same | ArtifactState::Accepted => CheckResult::Pass,
        ArtifactState::Unreadable => CheckResult::Error(artifact.why.clone()),
        _ if !artifact.enforced => CheckResult::Skipped(format!("warning only: {}", artifact.why)),
        _ => CheckResult::Fail(artifact.why.clone(), text()),
    }
}

/// FNV-1a of the words, twice with another start: hex.
fn fingerprint(words: &[&str]) -> String {
    let hash = |start: u64| {
        let bytes = words.iter().flat_map(|word| word.bytes().chain([0]));
        bytes.fold(start, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        })
    };
    format!(
        "{:016x}{:016x}",
        hash(0xcbf2_9ce4_8422_2325),
        hash(0x8422_2325_cbf2_9ce4)
    )
}
