//! Markdown, for a job's summary: the rate, what fails and since when, the rest folded.

use super::words::{cause, headline, path, point, several, window};
use crate::{
    model::{HistoryReport, Outcome},
    report::parts::markdown::{cell, code},
};
use std::io::{self, Write};

/// Rows of a table.
const ROWS: usize = 200;

/// The report as GitHub-flavoured markdown.
pub fn write(report: &HistoryReport, out: &mut dyn Write) -> io::Result<()> {
    match report.runs {
        0 => writeln!(out, "### `repro history`: no run")?,
        _ => writeln!(out, "### `repro history`: {}", cell(&headline(report)))?,
    }
    let window = window(report);
    if !window.is_empty() {
        writeln!(out, "\nOf {}.", cell(&window))?;
    }
    for line in &report.checks.failed {
        writeln!(out, "\n- **alarm**: {}", cell(line))?;
    }
    let (projects, kinds) = several(report);
    let bad: Vec<_> = report
        .artifacts
        .iter()
        .filter(|a| a.newest.outcome != Outcome::Reproduced)
        .collect();
    if !bad.is_empty() {
        writeln!(
            out,
            "\n| artifact | rate | since | last reproduced | how it went |\n|---|---|---|---|---|"
        )?;
        for artifact in bad.iter().take(ROWS) {
            let mut name = code(&path(artifact));
            if projects {
                name = format!("{} {name}", code(&artifact.project));
            }
            if kinds {
                name = format!("{name} ({})", artifact.kind.word());
            }
            let mark = if artifact.regression { "**regression**: " } else { "" };
            writeln!(
                out,
                "| {name} | {} | {} | {} | {mark}{} |",
                artifact.count.percent(),
                artifact.first_failure.as_ref().map(point).unwrap_or_default(),
                artifact
                    .last_reproduced
                    .as_ref()
                    .map_or_else(|| "never".to_owned(), point),
                cell(&artifact.summary)
            )?;
        }
        if bad.len() > ROWS {
            writeln!(out, "\n{} more are in the JSON report.", bad.len() - ROWS)?;
        }
    }
    if !report.causes.is_empty() {
        writeln!(out, "\n| first cause | failures | artifacts |\n|---|---|---|")?;
        for one in report.causes.iter().take(ROWS) {
            writeln!(out, "| {} | {} | {} |", code(cause(one)), one.count, one.artifacts)?;
        }
    }
    if !report.buckets.is_empty() {
        writeln!(
            out,
            "\n<details><summary>Rate by {0}</summary>\n\n| {0} | runs | reproduced | rate |\n|---|---|---|---|",
            report.bucket
        )?;
        for bucket in report.buckets.iter().rev().take(ROWS) {
            let count = &bucket.count;
            writeln!(
                out,
                "| {} | {} | {} of {} | {} |",
                bucket.from,
                bucket.runs,
                count.reproduced,
                count.results,
                count.percent()
            )?;
        }
        writeln!(out, "\n</details>")?;
    }
    for note in &report.notes {
        writeln!(out, "\n- {}", cell(note))?;
    }
    Ok(())
}
