//! Joined items as problems: what was found in each, up to a limit.

use super::{Batch, words};
use crate::{
    model::{BatchLine, BatchProblem, CheckOutcome, CheckResult, Problem, ProblemReport},
    report::parts::problems::{Own, Rules, fingerprint},
};

/// Problems that are listed: more than that no service takes.
const PROBLEMS: usize = 25_000;
/// Items that are listed.
const ITEMS: usize = 100_000;

/// A problem whose rule this program does not know: another version may.
const OTHER: Own = (
    "item",
    "An item of the list is not as it should be.",
    "The command that looked at it says what is wrong.",
    "see the item's report",
);

/// The items as problems.
pub(super) fn of(batch: &Batch<'_>) -> ProblemReport {
    let mut rules = Rules::default();
    let (mut problems, mut checks, mut troubles) = (Vec::new(), Vec::new(), Vec::new());
    for (what, text) in words::gaps(batch.found) {
        troubles.push((what.to_owned(), text));
    }
    let mut left_out = 0;
    let read = (batch.items)(None, &mut |line| {
        let room = PROBLEMS.saturating_sub(problems.len());
        left_out += line.problems.len().saturating_sub(room);
        problems.extend(
            line.problems
                .iter()
                .take(room)
                .map(|found| problem(batch, &mut rules, &line, found)),
        );
        if checks.len() < ITEMS {
            checks.push(check(&line));
        } else {
            left_out += 1;
        }
        Ok(())
    });
    if let Err(error) = read {
        troubles.push(("lines".to_owned(), error.to_string()));
    }
    if left_out > 0 {
        troubles.push(("limit".to_owned(), format!("{left_out} more are in the JSON report")));
    }
    ProblemReport {
        command: "repro merge",
        summary: format!("{}: {}", batch.found.verdict, words::summary(batch.found)),
        rules: rules.sorted(),
        problems,
        checks,
        troubles,
    }
}

fn problem(batch: &Batch<'_>, rules: &mut Rules, line: &BatchLine, found: &BatchProblem) -> Problem {
    let (rule, message) = match (batch.rule)(&found.rule) {
        Some(help) => (rules.told(help), found.message.clone()),
        None => (rules.own(OTHER, "item"), format!("{}: {}", found.rule, found.message)),
    };
    Problem {
        rule,
        level: found.level,
        message,
        path: found.path.clone(),
        region: found.region,
        snippet: None,
        fix: found.fix.clone(),
        fingerprint: fingerprint(&[&line.item, &found.rule, &found.path]),
        accepted: None,
    }
}

fn check(line: &BatchLine) -> CheckOutcome {
    let summary = line.summary.clone();
    let messages = line
        .problems
        .iter()
        .map(|problem| format!("{}: {}", problem.rule, problem.message));
    CheckOutcome {
        name: line.item.clone(),
        result: match line.exit {
            0 => CheckResult::Pass,
            1 => CheckResult::Fail(summary, messages.collect::<Vec<_>>().join("\n")),
            _ => CheckResult::Error(summary),
        },
    }
}
