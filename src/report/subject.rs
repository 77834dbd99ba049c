//! What every subject's report can do.

use super::format::{Format, Options};
use crate::model::ProblemReport;
use std::io::{self, Write};

/// A report, as its command prints it.
pub trait Report {
    /// For people, on a terminal.
    ///
    /// # Errors
    /// Only what `out` gives, here and below.
    fn text(&self, options: Options, out: &mut dyn Write) -> io::Result<()>;
    /// For programs, by its schema.
    fn json(&self, out: &mut dyn Write) -> io::Result<()>;
    /// As a bot would post it.
    fn markdown(&self, out: &mut dyn Write) -> io::Result<()>;
    /// One page that needs nothing else, where there is one.
    fn html(&self, _out: &mut dyn Write) -> io::Result<()> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "this report has no page"))
    }
}

/// A report that says whether all is well, and what is not.
pub trait Checked: Report {
    /// The verdict in one word, as JSON spells it.
    fn verdict(&self) -> String;
    /// What is wrong, one place at a time.
    fn problems(&self) -> ProblemReport;
}

/// Writes a report in a format that is no list of problems.
///
/// # Errors
/// What `out` gives, or there is no such page.
pub fn write(report: &dyn Report, format: Format, options: Options, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Json => report.json(out),
        Format::Html => report.html(out),
        Format::Markdown => report.markdown(out),
        _ => report.text(options, out),
    }
}
