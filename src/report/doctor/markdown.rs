//! Markdown, as a bot would post it.

use super::words::answer;
use crate::model::DoctorReport;
use std::io::{self, Write};

/// The report as GitHub-flavoured markdown.
pub fn write(report: &DoctorReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### `repro doctor`")?;
    let tables = [
        ("isolation", &report.means),
        ("variation", &report.variations),
        ("digest", &report.digests),
    ];
    for (title, lines) in tables {
        writeln!(out, "\n| {title} | here |\n|---|---|")?;
        for line in lines {
            writeln!(out, "| {} | {} |", line.name, answer(line).replace('|', "\\|"))?;
        }
    }
    Ok(())
}
