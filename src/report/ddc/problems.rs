//! A double compilation as problems: each toolchain is a check, and what differs is told of the spec, which the repository has.

use super::words;
use crate::{
    model::{
        CheckOutcome, CheckResult, DdcReport, DdcToolchain, DdcVerdict, DiffersAt, Level, Problem, ProblemReport,
        ToolchainVerdict,
    },
    report::parts::{
        problems::{Own, Rules, UNEXPLAINED, fingerprint, sides},
        words::address_or_whole,
    },
};

const DIFFERS: Own = (
    "ddc-mismatch",
    "Independent toolchains do not give the same bytes.",
    "The compiler may not be what its source says.",
    "see where they differ: `repro ddc --verbose`",
);
const BEHAVIOUR: Own = (
    "ddc-behaviour",
    "Programs made by independent toolchains behave differently.",
    "One of the toolchains compiles the source wrongly, or the source relies on what is undefined.",
    "see where they differ: `repro ddc --verbose`",
);

/// The report as problems of a spec.
pub fn of(report: &DdcReport, spec: &str) -> ProblemReport {
    let mut rules = Rules::default();
    let mut problems = Vec::new();
    let mut add = |rule: &'static str, message: String, snippet: Option<String>, fix: &str, more: &str| {
        problems.push(Problem {
            rule,
            level: Level::Error,
            message,
            path: spec.to_owned(),
            region: None,
            snippet,
            fix: Some(fix.to_owned()),
            fingerprint: fingerprint(&[rule, spec, more]),
            accepted: None,
        });
    };
    for toolchain in differing(report) {
        let message = format!("{}: {}", toolchain.id, toolchain.why);
        add(rules.own(DIFFERS, "ddc"), message, None, DIFFERS.3, &toolchain.id);
    }
    for differs in &report.differs_at {
        match differs {
            DiffersAt::Finding(finding) if finding.knock_on => (),
            DiffersAt::Finding(finding) => {
                let address = address_or_whole(&finding.address);
                let message = format!("{address}: {}", finding.summary);
                let snippet = Some(sides(&finding.a, &finding.b));
                add(rules.cause(finding), message, snippet, &finding.fix, &finding.address);
            }
            DiffersAt::Place(place) => {
                let message = format!("{}: {}", address_or_whole(&place.address), place.summary);
                let snippet = Some(sides(&place.a, &place.b));
                let rule = rules.own(UNEXPLAINED, "unexplained");
                add(rule, message, snippet, UNEXPLAINED.3, &place.address);
            }
        }
    }
    for found in &report.behaviour {
        let message = format!(
            "{}: {} differs with {} and {}",
            found.run, found.what, found.a[0], found.b[0]
        );
        let snippet = Some(sides(&found.a[1], &found.b[1]));
        let more = format!("{} {}", found.run, found.what);
        add(rules.own(BEHAVIOUR, "ddc"), message, snippet, BEHAVIOUR.3, &more);
    }
    let open = matches!(report.verdict, DdcVerdict::NotDeterministic | DdcVerdict::Failed);
    ProblemReport {
        command: "repro ddc",
        summary: format!("{}: {}", words::verdict(report).0, report.reason),
        rules: rules.sorted(),
        problems,
        checks: report
            .toolchains
            .iter()
            .map(|toolchain| check(report, toolchain))
            .collect(),
        troubles: open
            .then(|| (spec.to_owned(), report.reason.clone()))
            .into_iter()
            .collect(),
    }
}

fn differing(report: &DdcReport) -> impl Iterator<Item = &DdcToolchain> {
    let differs = |toolchain: &&DdcToolchain| toolchain.verdict == ToolchainVerdict::Differs;
    let mismatch = report.verdict == DdcVerdict::Mismatch;
    report.toolchains.iter().filter(differs).filter(move |_| mismatch)
}

fn check(report: &DdcReport, toolchain: &DdcToolchain) -> CheckOutcome {
    use ToolchainVerdict::{ConvergesAtStage3, Differs, Identical, IdenticalAfterNormalising};
    let why = toolchain.why.clone();
    CheckOutcome {
        name: toolchain.id.clone(),
        result: match toolchain.verdict {
            Identical | IdenticalAfterNormalising => CheckResult::Pass,
            ConvergesAtStage3 if report.verdict != DdcVerdict::Mismatch => CheckResult::Pass,
            ConvergesAtStage3 | Differs => CheckResult::Fail(why, report.proves.clone()),
            _ if toolchain.optional => CheckResult::Skipped(why),
            _ => CheckResult::Error(why),
        },
    }
}
