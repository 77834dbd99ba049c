//! `repro build`: what is said in `words`, how it looks in the others.

mod failure;
mod fixes;
mod html;
mod markdown;
mod problems;
#[cfg(test)]
pub(super) mod tests;
mod text;
mod words;

use crate::{
    model::{ProblemReport, RebuildReport},
    report::{
        format::Options,
        parts::json,
        subject::{Checked, Report},
    },
};
use std::io::{self, Write};

impl Report for RebuildReport {
    fn text(&self, options: Options, out: &mut dyn Write) -> io::Result<()> {
        text::write(self, options, out)
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        json::write(self, out)
    }

    fn markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        markdown::write(self, out)
    }

    fn html(&self, out: &mut dyn Write) -> io::Result<()> {
        html::write(self, out)
    }
}

impl Checked for RebuildReport {
    fn verdict(&self) -> String {
        // Whatever the artifacts are, nobody should go on with these.
        match self.secrets.iter().all(|secret| secret.found.is_empty()) {
            true => json::word(self.verdict),
            false => "secret-in-artifact".to_owned(),
        }
    }

    fn problems(&self) -> ProblemReport {
        problems::of(self)
    }
}
