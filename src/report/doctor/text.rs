//! Text for a terminal: what there is, a line each.

use super::words::answer;
use crate::model::{DoctorLine, DoctorReport};
use std::io::{self, Write};

/// The report as text.
pub fn write(report: &DoctorReport, out: &mut dyn Write) -> io::Result<()> {
    table("isolation", &report.means, out)?;
    writeln!(out)?;
    table("variation", &report.variations, out)
}

fn table(title: &str, lines: &[DoctorLine], out: &mut dyn Write) -> io::Result<()> {
    let width = lines
        .iter()
        .map(|line| line.name.len())
        .max()
        .unwrap_or(0)
        .max(title.len());
    writeln!(out, "{title:width$}  here")?;
    for line in lines {
        writeln!(out, "{:width$}  {}", line.name, answer(line))?;
    }
    Ok(())
}
