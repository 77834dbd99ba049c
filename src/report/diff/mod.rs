//! `repro diff`: one file a format.

pub(super) mod html;
mod markdown;
mod problems;
mod text;

use crate::{
    model::{DiffReport, ProblemReport},
    report::{
        format::Options,
        parts::json,
        subject::{Checked, Report},
    },
};
use std::io::{self, Write};

/// A comparison, and how its addresses become files.
pub struct Diff<'d> {
    /// What was found.
    pub found: &'d DiffReport,
    /// The file that an address leads into.
    pub file: &'d dyn Fn(&str) -> String,
}

impl Report for Diff<'_> {
    fn text(&self, options: Options, out: &mut dyn Write) -> io::Result<()> {
        text::write(self.found, options, out)
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

impl Checked for Diff<'_> {
    fn verdict(&self) -> String {
        self.found.verdict.word().to_owned()
    }

    fn problems(&self) -> ProblemReport {
        problems::of(self.found, self.file)
    }
}
