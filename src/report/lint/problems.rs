//! The findings as problems: for SARIF, JUnit, code quality and annotations.

use super::words::summary;
use crate::model::{CheckOutcome, CheckResult, Level, LintFinding, LintReport, Problem, ProblemReport};

/// The report as problems. Each file with a finding is a check that failed.
pub fn of(report: &LintReport) -> ProblemReport {
    let mut problems: Vec<Problem> = report.findings.iter().map(|finding| problem(finding, None)).collect();
    let allowed = report.allowed.iter();
    problems.extend(allowed.map(|allowed| problem(&allowed.finding, Some(allowed.reason.clone()))));
    problems.sort_by(|x, y| (&x.path, x.region, x.rule).cmp(&(&y.path, y.region, y.rule)));
    let mut checks = Vec::new();
    for group in report.findings.chunk_by(|x, y| x.path == y.path) {
        let failing: Vec<&LintFinding> = group.iter().filter(|finding| finding.level != Level::Note).collect();
        let Some(first) = failing.first() else { continue };
        let line = match failing.len() {
            1 => format!("{}: {}", first.rule, first.message),
            count => format!("{}: {} and {} more", first.rule, first.message, count - 1),
        };
        checks.push(CheckOutcome {
            name: first.path.clone(),
            result: CheckResult::Fail(line, failing.iter().map(|finding| paragraph(finding)).collect()),
        });
    }
    if checks.is_empty() && report.troubles.is_empty() {
        checks.push(CheckOutcome {
            name: "repro lint".to_owned(),
            result: CheckResult::Pass,
        });
    }
    for trouble in &report.troubles {
        checks.push(CheckOutcome {
            name: trouble.path.clone(),
            result: CheckResult::Error(trouble.reason.clone()),
        });
    }
    ProblemReport {
        command: "repro lint",
        summary: summary(report),
        rules: report.rules.clone(),
        problems,
        checks,
        troubles: report
            .troubles
            .iter()
            .map(|trouble| (trouble.path.clone(), trouble.reason.clone()))
            .collect(),
    }
}

fn problem(finding: &LintFinding, accepted: Option<String>) -> Problem {
    Problem {
        rule: finding.rule,
        level: finding.level,
        message: finding.message.clone(),
        path: finding.path.clone(),
        region: Some(finding.region),
        snippet: Some(finding.snippet.clone()),
        fix: Some(finding.fix.to_owned()),
        fingerprint: finding.fingerprint.clone(),
        accepted,
    }
}

fn paragraph(finding: &LintFinding) -> String {
    format!(
        "{}:{}:{}: {}: {}\n    {}\n    fix  {}\n",
        finding.path,
        finding.region.line,
        finding.region.column,
        finding.rule,
        finding.message,
        finding.snippet.trim(),
        finding.fix
    )
}
