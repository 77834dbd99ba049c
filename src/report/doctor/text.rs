//! Text for a terminal: what there is, a line each.

use super::words::answer;
use crate::{
    model::{DoctorLine, DoctorReport},
    report::{format::Options, parts::text::Page},
};
use std::io::{self, Write};

/// The report as text.
pub fn write(report: &DoctorReport, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, options);
    table("isolation", &report.means, &mut page)?;
    page.line("")?;
    table("variation", &report.variations, &mut page)?;
    page.line("")?;
    table("digest", &report.digests, &mut page)
}

fn table(title: &str, lines: &[DoctorLine], page: &mut Page<'_>) -> io::Result<()> {
    let width = lines
        .iter()
        .map(|line| line.name.len())
        .max()
        .unwrap_or(0)
        .max(title.len());
    page.line(format_args!("{title:width$}  here"))?;
    for line in lines {
        page.prose(width + 2, format_args!("{:width$}  {}", line.name, answer(line)))?;
    }
    Ok(())
}
