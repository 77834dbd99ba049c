//! The gate's failures as problems: for SARIF, JUnit, code quality and annotations.

use super::words::{rule, state, verdict};
use crate::{
    model::{
        ArtifactState, CheckOutcome, CheckResult, Enforce, GateArtifact, GateReport, Level, Problem, ProblemReport,
    },
    report::parts::problems::{Own, Rules, fingerprint, sides},
};

/// Rules of the gate itself.
const OWN: &[Own] = &[
    (
        "gate-differs",
        "The artifact is not the locked bytes.",
        "What is published would not be what was reviewed.",
        "fix the build, or `repro lock` if the change is meant",
    ),
    (
        "gate-missing",
        "A locked artifact was not built.",
        "A build that makes less than it should is another build.",
        "build it, or `repro lock` if it is gone",
    ),
    (
        "gate-empty",
        "No artifact is locked or built.",
        "A gate that looks at nothing lets everything through.",
        "name the `artifacts` in repro.toml, build, and `repro lock`",
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
    let mut rules = Rules::default();
    let mut problems = Vec::new();
    let mut checks = Vec::new();
    for artifact in &report.artifacts {
        checks.push(CheckOutcome {
            name: artifact.path.clone(),
            result: result(artifact),
        });
        for accepted in &artifact.accepted {
            let finding = artifact.findings.iter().find(|finding| finding.cause == accepted.cause);
            problems.extend(finding.map(|finding| Problem {
                rule: rules.cause(finding),
                level: Level::Note,
                message: format!(
                    "{} differs by {}, which the policy accepts{}",
                    artifact.path,
                    finding.cause,
                    if accepted.plausible {
                        " though nothing proves it"
                    } else {
                        ""
                    }
                ),
                path: artifact.path.clone(),
                region: None,
                snippet: Some(sides(&finding.a, &finding.b)),
                fix: None,
                fingerprint: fingerprint(&[finding.cause, &artifact.path, "accepted"]),
                accepted: Some(accepted.reason.clone()),
            }));
        }
        let Some(id) = own(artifact) else { continue };
        let level = match artifact.enforced {
            true => Level::Error,
            false => Level::Warning,
        };
        let first = artifact.findings.iter().find(|finding| !finding.knock_on);
        let rule = match first {
            Some(finding) => rules.cause(finding),
            None => rules.own(own_rule(id), "gate"),
        };
        problems.push(Problem {
            rule,
            level,
            message: format!("{} {}", artifact.path, artifact.why),
            path: artifact.path.clone(),
            region: None,
            snippet: first.map(|finding| sides(&finding.a, &finding.b)),
            fix: Some(artifact.fix.clone()),
            fingerprint: fingerprint(&[rule, &artifact.path, state(artifact)]),
            accepted: None,
        });
    }
    let blocks = match report.enforce {
        Enforce::Block => Level::Error,
        Enforce::Warn => Level::Warning,
    };
    if report.artifacts.is_empty() {
        checks.push(CheckOutcome {
            name: report.lock.clone(),
            result: match report.enforce {
                Enforce::Block => CheckResult::Fail(report.summary.clone(), String::new()),
                Enforce::Warn => CheckResult::Skipped(format!("warning only: {}", report.summary)),
            },
        });
        problems.push(Problem {
            rule: rules.own(own_rule("gate-empty"), "gate"),
            level: blocks,
            message: report.summary.clone(),
            path: report.lock.clone(),
            region: None,
            snippet: None,
            fix: Some(own_rule("gate-empty").3.to_owned()),
            fingerprint: fingerprint(&["gate-empty", &report.lock]),
            accepted: None,
        });
    }
    let useless: Vec<String> = report.rules.iter().filter_map(rule).collect();
    if report.strict && !useless.is_empty() {
        checks.push(CheckOutcome {
            name: "repro.toml".to_owned(),
            result: CheckResult::Fail("rules of the policy are of no use".to_owned(), useless.join("\n")),
        });
    }
    for line in useless {
        problems.push(Problem {
            rule: rules.own(own_rule("gate-rule"), "gate"),
            level: if report.strict { Level::Error } else { Level::Note },
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
        rules: rules.sorted(),
        problems,
        checks,
        troubles: troubles(report),
    }
}

/// What leaves the answer open.
fn troubles(report: &GateReport) -> Vec<(String, String)> {
    let unreadable = report.artifacts.iter().filter(|a| a.state == ArtifactState::Unreadable);
    let of_all = report.reason.iter().map(|why| ("repro gate".to_owned(), why.clone()));
    unreadable
        .map(|a| (a.path.clone(), a.why.clone()))
        .chain(of_all)
        .collect()
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

fn own_rule(id: &'static str) -> Own {
    OWN.iter().find(|own| own.0 == id).copied().unwrap_or((id, id, "", ""))
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
