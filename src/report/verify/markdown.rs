//! Markdown, as a bot would post it.

use super::words::{agreeing, place, state, verdict};
use crate::{
    model::VerifyReport,
    report::parts::{
        markdown::{cell, code},
        words::join,
    },
};
use std::io::{self, Write};

/// The report as GitHub-flavoured markdown.
pub fn write(report: &VerifyReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### `repro verify`: {}\n", verdict(report.verdict).0)?;
    writeln!(out, "{}.", cell(&report.summary))?;
    for artifact in &report.artifacts {
        writeln!(
            out,
            "\n#### {}: {}\n\n{}.\n",
            code(&artifact.path),
            verdict(artifact.verdict).0,
            cell(&agreeing(artifact))
        )?;
        writeln!(out, "| sha256 | whose | rebuilders |\n|---|---|---|")?;
        if artifact.groups.is_empty() {
            writeln!(out, "| `{}` | this artifact | nobody |", artifact.sha256)?;
        }
        for group in &artifact.groups {
            writeln!(
                out,
                "| `{}` | {} | {} |",
                group.sha256,
                place(group.artifact, group.alone),
                cell(&join(&group.rebuilders))
            )?;
        }
        for failed in &artifact.failed {
            writeln!(out, "\n- {} failed: {}", cell(&failed.rebuilder), code(&failed.reason))?;
        }
        let count = artifact.envelopes.len();
        writeln!(out, "\n<details><summary>{count} attestations</summary>\n")?;
        writeln!(out, "| file | rebuilder | state | why |\n|---|---|---|---|")?;
        for envelope in &artifact.envelopes {
            writeln!(
                out,
                "| {} | {} | {} | {} |",
                code(&envelope.file),
                cell(envelope.rebuilder.as_deref().unwrap_or("?")),
                state(envelope.state),
                cell(&envelope.why)
            )?;
        }
        writeln!(out, "\n</details>")?;
    }
    for note in &report.notes {
        writeln!(out, "\n- note: {}", cell(note))?;
    }
    Ok(())
}
