//! One page that needs nothing else, and runs no script: the checks, then the problems, those that weigh most first.

use super::text::by_weight;
use crate::{
    model::{CheckResult, Level, ProblemReport},
    report::parts::html::frame::{escape, heading, page, sentence},
};
use std::io::{self, Write};

/// Rows of a table; the page says how many are left out.
const MOST: usize = 2_000;

/// The report as a page.
pub fn write(report: &ProblemReport, out: &mut dyn Write) -> io::Result<()> {
    page(report.command, |out| body(report, out), out)
}

fn body(report: &ProblemReport, out: &mut dyn Write) -> io::Result<()> {
    heading(report.command, verdict(report), &report.summary, out)?;
    writeln!(
        out,
        "</header>\n<h2>Checks</h2>\n<table class=\"stack\"><thead><tr><th>what<th>result<th></thead><tbody>"
    )?;
    for check in report.checks.iter().take(MOST) {
        let (word, color, why) = match &check.result {
            CheckResult::Pass => ("pass", "green", ""),
            CheckResult::Fail(why, _) => ("fail", "red", why.as_str()),
            CheckResult::Error(why) => ("undetermined", "magenta", why.as_str()),
            CheckResult::Skipped(why) => ("not checked", "dim", why.as_str()),
        };
        let name = escape(&check.name);
        writeln!(
            out,
            "<tr><td><code>{name}</code><td class=\"{color}\">{word}<td>{}",
            escape(why)
        )?;
    }
    for (path, reason) in report.troubles.iter().take(MOST) {
        let (path, reason) = (escape(path), escape(reason));
        writeln!(
            out,
            "<tr><td><code>{path}</code><td class=\"magenta\">undetermined<td>{reason}"
        )?;
    }
    writeln!(out, "</tbody></table>")?;
    left(report.checks.len(), out)?;
    left(report.troubles.len(), out)?;
    if report.problems.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>Problems</h2>")?;
    for problem in by_weight(&report.problems).iter().take(MOST) {
        let color = match problem.level {
            Level::Error => "red",
            Level::Warning => "yellow",
            Level::Note => "dim",
        };
        writeln!(
            out,
            "<h3><code>{}</code> <span class=\"{color}\">{}</span> {}</h3>\n<p>{}</p>",
            escape(&problem.path),
            problem.level.word(),
            problem.rule,
            escape(&problem.message)
        )?;
        if let Some(snippet) = &problem.snippet {
            writeln!(out, "<pre>{}</pre>", escape(snippet))?;
        }
        if let Some(fix) = &problem.fix {
            writeln!(out, "<p><b>Fix:</b> {}</p>", sentence(fix))?;
        }
    }
    left(report.problems.len(), out)
}

/// The weightiest of what the checks gave.
fn verdict(report: &ProblemReport) -> (&'static str, &'static str) {
    let is = |of: fn(&CheckResult) -> bool| report.checks.iter().any(|check| of(&check.result));
    match () {
        () if is(|result| matches!(result, CheckResult::Fail(..))) => ("fail", "red"),
        () if is(|result| matches!(result, CheckResult::Error(_))) => ("undetermined", "magenta"),
        () if !report.troubles.is_empty() => ("undetermined", "magenta"),
        () => ("pass", "green"),
    }
}

fn left(count: usize, out: &mut dyn Write) -> io::Result<()> {
    match count.saturating_sub(MOST) {
        0 => Ok(()),
        more => writeln!(out, "<p>{more} more are not shown: the JSON report has them.</p>"),
    }
}
