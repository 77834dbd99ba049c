//! A rebuild as problems: that it could not be made, or each cause and each place in which it differs.

use crate::{
    model::{CheckOutcome, CheckResult, Confidence, Level, Problem, ProblemReport, PublishedReport, PublishedVerdict},
    report::parts::problems::{Own, Rules, UNEXPLAINED, by_cause, fingerprint, sentence, sides, unexplained},
};

const NOT_BUILT: Own = (
    "rebuild-not-built",
    "It could not be built again from its source.",
    "Nobody can tell whether what was published comes from its source.",
    "see why in the report, and change the plan: `--save-plan`, then `--plan`",
);

/// The report as problems.
pub fn of(report: &PublishedReport) -> ProblemReport {
    let mut rules = Rules::default();
    let mut problems = Vec::new();
    let path = report.artifact.as_ref().map_or(&report.subject, |file| &file.path);
    let file = |_: &str| path.clone();
    if let Some(failure) = &report.failure {
        problems.push(Problem {
            rule: rules.own(NOT_BUILT, "rebuild"),
            level: Level::Error,
            message: report.summary.clone(),
            path: path.clone(),
            region: None,
            snippet: Some(failure.clone()),
            fix: Some(NOT_BUILT.3.to_owned()),
            fingerprint: fingerprint(&[NOT_BUILT.0, path]),
            accepted: None,
        });
    }
    if let Some(diff) = &report.diff {
        for (path, finding, count, places) in by_cause(&diff.findings, &file) {
            let aside = finding.knock_on || finding.confidence == Confidence::Possible;
            let proved = report.verdict == PublishedVerdict::Explained;
            problems.push(Problem {
                rule: rules.cause(finding),
                level: match (aside, proved) {
                    (true, _) => Level::Note,
                    (false, true) => Level::Warning,
                    (false, false) => Level::Error,
                },
                message: sentence(finding, count, places),
                region: None,
                snippet: Some(sides(&finding.a, &finding.b)),
                fix: Some(finding.fix.clone()),
                fingerprint: fingerprint(&[finding.cause, &path]),
                path,
                accepted: None,
            });
        }
        for place in &diff.unexplained {
            problems.push(Problem {
                rule: rules.own(UNEXPLAINED, "unexplained"),
                level: Level::Error,
                message: unexplained(place),
                path: path.clone(),
                region: None,
                snippet: Some(sides(&place.a, &place.b)),
                fix: None,
                fingerprint: fingerprint(&["unexplained", &place.address]),
                accepted: None,
            });
        }
    }
    ProblemReport {
        command: "repro rebuild",
        summary: format!("{}: {}", report.verdict.word(), report.summary),
        rules: rules.sorted(),
        problems,
        checks: vec![CheckOutcome {
            name: report.subject.clone(),
            result: result(report),
        }],
        troubles: Vec::new(),
    }
}

fn result(report: &PublishedReport) -> CheckResult {
    let summary = report.summary.clone();
    match report.verdict {
        PublishedVerdict::Identical => CheckResult::Pass,
        PublishedVerdict::NotBuilt | PublishedVerdict::Undetermined => CheckResult::Error(summary),
        _ => CheckResult::Fail(summary.clone(), summary),
    }
}
