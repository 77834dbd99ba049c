//! Markdown, as a bot would post it: the verdict, the evidence, the plan, a table of causes, what is not explained.

use super::words;
use crate::{
    model::PublishedReport,
    report::parts::markdown::{causes, cell, code, places},
};
use std::io::{self, Write};

/// The report as GitHub-flavoured markdown.
pub fn write(report: &PublishedReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### `repro rebuild`: {}\n", report.verdict.word())?;
    writeln!(out, "{}: {}\n", code(&report.subject), cell(&report.summary))?;
    for (name, file) in [("published", &report.artifact), ("rebuilt", &report.rebuilt)] {
        if let Some(file) = file {
            let path = code(&file.path);
            writeln!(out, "- {name}: {path} (sha256 `{}`, {} bytes)", file.sha256, file.size)?;
        }
    }
    if !report.evidence.is_empty() {
        writeln!(out, "\n| it says | | where |\n|---|---|---|")?;
        for fact in &report.evidence {
            writeln!(
                out,
                "| {} | {} | {} |",
                cell(&fact.what),
                cell(&fact.value),
                cell(&fact.place)
            )?;
        }
    }
    if let Some(plan) = &report.plan {
        writeln!(out, "\n| plan | |\n|---|---|")?;
        for (name, value) in words::plan(plan) {
            writeln!(out, "| {name} | {} |", cell(&value))?;
        }
    }
    for tried in words::tries(report) {
        let best = if tried.best { " (reported)" } else { "" };
        writeln!(out, "\n- tried {}{best}", cell(&words::tried(tried)))?;
    }
    if let Some(failure) = &report.failure {
        writeln!(out, "\n- failure: {}", cell(failure))?;
    }
    if let Some(diff) = &report.diff {
        causes(&diff.findings, out)?;
        places(&diff.unexplained, diff.unexplained_count, out)?;
    }
    for note in &report.notes {
        writeln!(out, "\n- note: {}", cell(note))?;
    }
    Ok(())
}
