//! `repro lint`: one file a format.

mod html;
mod markdown;
mod problems;
mod text;
mod words;

use crate::{
    model::{LintReport, ProblemReport},
    report::{
        format::Options,
        parts::json,
        subject::{Checked, Report},
    },
};
use std::io::{self, Write};

/// What lint found, and how its text is.
pub struct Lint<'l> {
    /// What was found.
    pub found: &'l LintReport,
    /// Count by rule instead of showing each place.
    pub statistics: bool,
    /// The verdict, which what was mended has a part in.
    pub verdict: &'static str,
}

impl Report for Lint<'_> {
    fn text(&self, options: Options, out: &mut dyn Write) -> io::Result<()> {
        match self.statistics {
            true => text::statistics(self.found, options.quiet, out),
            false => text::write(self.found, options, out),
        }
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        json::write(self.found, out)
    }

    fn markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        markdown::write(self.found, out)
    }

    fn html(&self, out: &mut dyn Write) -> io::Result<()> {
        html::write(self.found, out)
    }
}

impl Checked for Lint<'_> {
    fn verdict(&self) -> String {
        self.verdict.to_owned()
    }

    fn problems(&self) -> ProblemReport {
        problems::of(self.found)
    }
}
