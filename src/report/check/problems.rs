//! What is not as listed as problems: for SARIF, JUnit, code quality, annotations and pages.

use super::words::{stale, summary, troubles};
use crate::{
    model::{
        CheckFinding as Finding, CheckOutcome, CheckReport, CheckResult, CheckWhat as What, Level, Problem,
        ProblemReport, RuleHelp, fingerprint,
    },
    notation::display,
};

/// Id, what it is, what to do.
type Own = (&'static str, &'static str, &'static str);

const CHANGED: Own = (
    "file-changed",
    "A file is not what the manifest lists.",
    "restore it, or write the manifest anew if the change is meant: `repro hash`, `repro lock`",
);
const MISSING: Own = (
    "file-missing",
    "A listed file is not there.",
    "restore it, or write a new manifest if the file is gone: `repro hash`, `repro lock`",
);
const EXTRA: Own = (
    "file-extra",
    "A file is not in the manifest.",
    "remove it, or write the manifest anew if it belongs there: `repro hash`",
);
const MODE: Own = (
    "mode-changed",
    "A file has other permissions than the manifest lists.",
    "restore them with chmod, or write the manifest anew: `repro hash`",
);

const LINK: Own = (
    "path-linked",
    "A path of a list leads through a symbolic link.",
    "put the file itself there, or write a JSON manifest, which knows links: `repro hash --format json`",
);

const STALE: Own = (
    "lock-stale",
    "Lock file, artifact and build command are not of one build.",
    "build and lock it again: `repro lock --build`",
);

/// The report as problems.
pub fn of(report: &CheckReport) -> ProblemReport {
    let all: Vec<(Own, Problem)> = report
        .findings
        .iter()
        .filter_map(|finding| problem(report, finding))
        .collect();
    let mut rules: Vec<RuleHelp> = [CHANGED, EXTRA, MISSING, MODE, LINK, STALE]
        .into_iter()
        .filter(|own| all.iter().any(|(rule, _)| rule.0 == own.0))
        .map(|(id, what, fix)| RuleHelp {
            id,
            group: "manifest",
            what: what.to_owned(),
            why: "What is here is not what was listed and reviewed.".to_owned(),
            fix: fix.to_owned(),
            references: vec!["https://reproducible-builds.org/docs/"],
        })
        .collect();
    rules.sort_by_key(|rule| rule.id);
    let failed = all.iter().filter(|(_, problem)| problem.level == Level::Error);
    let mut checks: Vec<CheckOutcome> = failed
        .map(|(_, problem)| CheckOutcome {
            name: problem.path.clone(),
            result: CheckResult::Fail(problem.message.clone(), problem.snippet.clone().unwrap_or_default()),
        })
        .collect();
    let summary = summary(report);
    checks.push(CheckOutcome {
        name: report.manifest.clone(),
        result: match (report.trouble(), report.differs()) {
            (true, _) => CheckResult::Error(summary.clone()),
            (false, true) => CheckResult::Fail(summary.clone(), String::new()),
            (false, false) => CheckResult::Pass,
        },
    });
    ProblemReport {
        command: "repro check",
        summary,
        rules,
        problems: all.into_iter().map(|(_, problem)| problem).collect(),
        checks,
        troubles: troubles(report),
    }
}

fn problem(report: &CheckReport, finding: &Finding) -> Option<(Own, Problem)> {
    let level = if report.counts(finding) {
        Level::Error
    } else {
        Level::Warning
    };
    let (own, message, sides) = match &finding.what {
        What::Changed { field, expected, found } => (
            CHANGED,
            format!("{field} changed"),
            Some((expected.clone(), found.clone())),
        ),
        What::Missing => (MISSING, "missing".to_owned(), None),
        What::Extra => (EXTRA, "not in the manifest".to_owned(), None),
        What::Mode { expected, found, .. } => (
            MODE,
            "permissions changed".to_owned(),
            Some((expected.clone(), found.clone())),
        ),
        What::Told {
            field: "link", found, ..
        } => (LINK, format!("is a symbolic link to {found}"), None),
        What::Stale(what) => (STALE, stale(*what).to_owned(), None),
        What::Told { .. } | What::Unreadable(_) | What::NotBuilt => return None,
    };
    let path = display(&finding.path);
    let problem = Problem {
        rule: own.0,
        level,
        message,
        region: None,
        snippet: sides.map(|(expected, found)| format!("listed  {expected}\nhere    {found}")),
        fix: Some(own.2.to_owned()),
        fingerprint: fingerprint(&[own.0, &path]),
        path,
        accepted: None,
    };
    Some((own, problem))
}
