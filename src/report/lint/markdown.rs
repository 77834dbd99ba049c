//! Markdown, as a bot would post it: a table of rules with the first place of each, and all places folded below.

use super::words::{counts, summary};
use crate::{
    model::LintReport,
    report::parts::markdown::{cell, code},
};
use std::io::{self, Write};

/// Places that are listed.
const ROWS: usize = 200;

/// The report as GitHub-flavoured markdown.
pub fn write(report: &LintReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### `repro lint`: {}", cell(&summary(report)))?;
    if !report.findings.is_empty() {
        writeln!(out, "\n| rule | times | first at | fix |\n|---|---|---|---|")?;
    }
    for (rule, count) in counts(report) {
        let Some(first) = report.findings.iter().find(|finding| finding.rule == rule) else {
            continue;
        };
        let place = format!("{}:{}", first.path, first.region.line);
        writeln!(
            out,
            "| {} | {count} | {} {} | {} |",
            code(rule),
            code(&place),
            code(first.snippet.trim()),
            cell(first.fix)
        )?;
    }
    if !report.findings.is_empty() {
        writeln!(
            out,
            "\n<details><summary>Every place</summary>\n\n| place | | rule | message |\n|---|---|---|---|"
        )?;
        for finding in report.findings.iter().take(ROWS) {
            let place = format!("{}:{}:{}", finding.path, finding.region.line, finding.region.column);
            writeln!(
                out,
                "| {} | {} | {} | {} |",
                code(&place),
                finding.level.word(),
                code(finding.rule),
                cell(&finding.message)
            )?;
        }
        if report.findings.len() > ROWS {
            writeln!(out, "\n{} more are not listed.", report.findings.len() - ROWS)?;
        }
        writeln!(out, "\n</details>")?;
    }
    for trouble in &report.troubles {
        writeln!(out, "\n- not read: {}: {}", code(&trouble.path), cell(&trouble.reason))?;
    }
    Ok(())
}
