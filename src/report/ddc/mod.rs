//! `repro ddc`: one file a format.

mod graph;
mod html;
mod markdown;
mod problems;
mod text;
mod words;

use crate::{
    model::{DdcReport, ProblemReport},
    report::{
        format::Options,
        parts::json,
        subject::{Checked, Report},
    },
};
use std::io::{self, Write};

/// A double compilation, and its spec, which problems are told of.
pub struct Ddc<'d> {
    /// What was found.
    pub found: &'d DdcReport,
    /// The spec's path.
    pub spec: &'d str,
}

impl Report for Ddc<'_> {
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

impl Checked for Ddc<'_> {
    fn verdict(&self) -> String {
        json::word(self.found.verdict)
    }

    fn problems(&self) -> ProblemReport {
        problems::of(self.found, self.spec)
    }
}
