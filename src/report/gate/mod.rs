//! `repro gate`: one file a format.

pub(super) mod html;
mod markdown;
mod problems;
mod text;
mod words;

use crate::{
    model::{GateReport, ProblemReport},
    report::{
        format::Options,
        parts::json,
        subject::{Checked, Report},
    },
};
use std::{
    io::{self, Write},
    path::Path,
};

/// The gate's answer, and where it is told.
pub struct Gate<'g> {
    /// What was found.
    pub found: &'g GateReport,
    /// The repository: problems name each file by its path from where the command runs.
    pub root: &'g Path,
    /// Where the HTML report will be found.
    pub link: Option<&'g str>,
}

impl Report for Gate<'_> {
    fn text(&self, options: Options, out: &mut dyn Write) -> io::Result<()> {
        text::write(self.found, options, out)
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        json::write(self.found, out)
    }

    fn markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        markdown::write(self.found, self.link, out)
    }

    fn html(&self, out: &mut dyn Write) -> io::Result<()> {
        html::write(self.found, out)
    }
}

impl Checked for Gate<'_> {
    fn verdict(&self) -> String {
        json::word(self.found.verdict)
    }

    fn problems(&self) -> ProblemReport {
        let mut all = problems::of(self.found);
        if self.root != Path::new(".") {
            for problem in &mut all.problems {
                problem.path = self.root.join(&problem.path).to_string_lossy().into_owned();
            }
        }
        all
    }
}
