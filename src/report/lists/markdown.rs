//! Markdown, as a bot would post it: what failed, and each problem in a row.

use super::text::by_weight;
use crate::{
    model::{CheckOutcome, CheckResult, ProblemReport},
    report::parts::markdown::{cell, code},
};
use std::io::{self, Write};

/// Rows of the table; the text says how many are left out.
const MOST: usize = 200;

/// The report as GitHub-flavoured markdown.
pub fn write(report: &ProblemReport, out: &mut dyn Write) -> io::Result<()> {
    let passed = |check: &&CheckOutcome| matches!(check.result, CheckResult::Pass);
    let passed = report.checks.iter().filter(passed).count();
    let all = report.checks.len() + report.troubles.len();
    let command = report.command;
    let verdict = if passed == all { "pass" } else { "fail" };
    writeln!(out, "### `{command}`: {verdict}\n\n{}", cell(&report.summary))?;
    for (path, reason) in report.troubles.iter().take(MOST) {
        writeln!(out, "\n- {}: {}", code(path), cell(reason))?;
    }
    if !report.problems.is_empty() {
        writeln!(out, "\n| | where | what | fix |\n|---|---|---|---|")?;
    }
    for problem in by_weight(&report.problems).iter().take(MOST) {
        let (path, message) = (code(&problem.path), cell(&problem.message));
        let fix = cell(problem.fix.as_deref().unwrap_or_default());
        writeln!(out, "| {} | {path} | {message} | {fix} |", problem.level.word())?;
    }
    let left = |all: usize| all.saturating_sub(MOST);
    let left = left(report.problems.len()) + left(report.troubles.len());
    if left > 0 {
        writeln!(out, "\n{left} more are not shown.")?;
    }
    Ok(())
}
