//! Text for a terminal: one line a finding, then the count.

use super::words::{stale, summary};
use crate::{
    model::{CheckReport, CheckWhat as What},
    notation::display,
    report::{
        format::Options,
        parts::text::{Page, color},
    },
};
use anstyle::AnsiColor;
use std::io::{self, Write};

/// The report as text.
pub fn write(report: &CheckReport, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, options);
    for finding in &report.findings {
        let path = display(&finding.path);
        let (word, shade, detail) = match &finding.what {
            What::Changed { field: "content", .. } => ("changed", AnsiColor::Red, String::new()),
            What::Changed { field, expected, found } => {
                ("changed", AnsiColor::Red, format!("  {field} {expected} -> {found}"))
            }
            What::Missing => ("missing", AnsiColor::Red, String::new()),
            What::Extra => ("extra", AnsiColor::Yellow, String::new()),
            What::Mode { expected, found, .. } => ("mode", AnsiColor::Yellow, format!("  {expected} -> {found}")),
            What::Told {
                field: "link", found, ..
            } => ("link", AnsiColor::Yellow, format!("  -> {found}")),
            What::Told { field, expected, found } => (*field, AnsiColor::Yellow, format!("  {expected} -> {found}")),
            What::NotBuilt => ("not built", AnsiColor::Yellow, String::new()),
            What::Stale(what) => ("stale", AnsiColor::Red, format!("  {}", stale(*what))),
            What::Unreadable(_) => continue,
        };
        let word = page.paint(color(shade), &format!("{word:<8}"));
        page.line(format_args!("{word} {path}{detail}"))?;
    }
    if options.quiet {
        return Ok(());
    }
    page.line(summary(report))
}
