//! Markdown, as a bot would post it: the verdict, a table of causes with their fixes, what is not explained folded below.

use crate::{
    model::DiffReport,
    report::parts::{
        markdown::{causes, cell, code, places},
        records,
        words::address_or_whole,
    },
};
use std::io::{self, Write};

/// The report as GitHub-flavoured markdown.
pub fn write(report: &DiffReport, out: &mut dyn Write) -> io::Result<()> {
    let verdict = report.verdict.word();
    writeln!(out, "### `repro diff`: {verdict}\n")?;
    for (letter, side) in [("a", &report.a), ("b", &report.b)] {
        writeln!(
            out,
            "- {letter}: {} (sha256 `{}`, {} bytes)",
            code(&side.path),
            side.sha256,
            side.size
        )?;
    }
    if let Some(reason) = &report.reason {
        writeln!(out, "\n{}", cell(reason))?;
    }
    for (side, line) in records::lines(&report.records, false) {
        writeln!(out, "- record {side}: {}", cell(&line))?;
    }
    causes(&report.findings, out)?;
    places(&report.unexplained, report.unexplained_count, out)?;
    for item in &report.undetermined {
        writeln!(
            out,
            "\n- not compared: {}: {}",
            code(address_or_whole(&item.address)),
            cell(&item.reason)
        )?;
    }
    Ok(())
}
