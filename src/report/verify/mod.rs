//! `repro verify`: one file a format.

mod markdown;
mod problems;
mod text;
mod words;

use crate::{
    model::{ProblemReport, VerifyReport},
    report::{
        format::Options,
        lists,
        parts::json,
        subject::{Checked, Report},
    },
};
use std::io::{self, Write};

impl Report for VerifyReport {
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
        lists::html::write(&self.problems(), out)
    }
}

impl Checked for VerifyReport {
    fn verdict(&self) -> String {
        json::word(self.verdict)
    }

    fn problems(&self) -> ProblemReport {
        problems::of(self)
    }
}
