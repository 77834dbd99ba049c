//! A comparison as problems: each cause in each file, and each place that no cause explains.

use crate::{
    model::{CheckOutcome, CheckResult, Confidence, DiffReport, Level, Problem, ProblemReport, Verdict},
    report::parts::{
        problems::{Rules, UNEXPLAINED, by_cause, fingerprint, sentence, sides, unexplained},
        words::{address_or_whole, counted},
    },
};

/// Causes and places in the text of a failed check.
const SHOWN: usize = 50;

/// The report as problems; `file` names the file that an address leads into.
pub fn of(report: &DiffReport, file: &dyn Fn(&str) -> String) -> ProblemReport {
    let mut rules = Rules::default();
    let mut problems = Vec::new();
    for (path, finding, count, places) in by_cause(&report.findings, file) {
        // A signature follows from what it signs, and still nobody can recompute it.
        let follows = finding.knock_on && finding.warrant.is_some();
        let level = match follows || finding.confidence == Confidence::Possible {
            true => Level::Note,
            false => Level::Error,
        };
        problems.push(Problem {
            rule: rules.cause(finding),
            level,
            message: sentence(finding, count, places),
            region: None,
            snippet: Some(sides(&finding.a, &finding.b)),
            fix: Some(finding.fix.clone()),
            fingerprint: fingerprint(&[finding.cause, &path]),
            path,
            accepted: None,
        });
    }
    for place in &report.unexplained {
        problems.push(Problem {
            rule: rules.own(UNEXPLAINED, "unexplained"),
            level: Level::Error,
            message: unexplained(place),
            path: file(&place.address),
            region: None,
            snippet: Some(sides(&place.a, &place.b)),
            fix: None,
            fingerprint: fingerprint(&["unexplained", &place.address]),
            accepted: None,
        });
    }
    // In a file, the order of the report: roots first.
    problems.sort_by(|x, y| x.path.cmp(&y.path));
    let summary = summary(report);
    ProblemReport {
        command: "repro diff",
        checks: vec![CheckOutcome {
            name: report.b.path.clone(),
            result: result(report, &summary),
        }],
        summary,
        rules: rules.sorted(),
        problems,
        troubles: report
            .undetermined
            .iter()
            .map(|item| (address_or_whole(&item.address).to_owned(), item.reason.clone()))
            .collect(),
    }
}

fn summary(report: &DiffReport) -> String {
    let word = match report.verdict {
        Verdict::Identical => return "identical".to_owned(),
        Verdict::Undetermined => {
            return format!("undetermined: {}", report.reason.as_deref().unwrap_or("not compared"));
        }
        verdict => verdict.word(),
    };
    let mut causes: Vec<&str> = Vec::new();
    for finding in report.findings.iter().filter(|finding| !finding.knock_on) {
        if !causes.contains(&finding.cause) {
            causes.push(finding.cause);
        }
    }
    let causes = match causes.as_slice() {
        [] => "no cause found".to_owned(),
        names => names.join(", "),
    };
    match report.unexplained_count {
        0 => format!("{word}: {causes}"),
        count => format!("{word}: {causes}; {} not explained", counted(count, "place")),
    }
}

fn result(report: &DiffReport, summary: &str) -> CheckResult {
    match report.verdict {
        Verdict::Identical => CheckResult::Pass,
        Verdict::Undetermined => CheckResult::Error(summary.to_owned()),
        Verdict::Explained | Verdict::Plausible | Verdict::Different => {
            CheckResult::Fail(summary.to_owned(), text(report))
        }
    }
}

/// What differs, in words: roots first.
fn text(report: &DiffReport) -> String {
    let whole = |_: &str| String::new();
    let roots: Vec<_> = by_cause(&report.findings, &whole)
        .into_iter()
        .filter(|group| !group.1.knock_on)
        .collect();
    let mut blocks: Vec<String> = roots
        .iter()
        .take(SHOWN)
        .map(|(_, f, count, places)| {
            let what = sentence(f, *count, *places);
            format!("{}: {what}\n{}\nfix  {}", f.cause, sides(&f.a, &f.b), f.fix)
        })
        .collect();
    for place in report.unexplained.iter().take(SHOWN) {
        blocks.push(format!("{}\n{}", unexplained(place), sides(&place.a, &place.b)));
    }
    let left = roots.len().saturating_sub(SHOWN) + report.unexplained_count.saturating_sub(SHOWN);
    if left > 0 {
        blocks.push(format!("{left} more are in the JSON report"));
    }
    blocks.join("\n\n")
}
