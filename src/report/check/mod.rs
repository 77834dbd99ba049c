//! `repro check`: one file a format; its page and its markdown are those of any list of problems.

mod json;
mod problems;
mod text;
mod words;

pub use words::troubles;

use crate::{
    model::{CheckReport, ProblemReport},
    report::{
        format::Options,
        lists, parts,
        subject::{Checked, Report},
    },
};
use std::io::{self, Write};

impl Report for CheckReport {
    fn text(&self, options: Options, out: &mut dyn Write) -> io::Result<()> {
        text::write(self, options, out)
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        parts::json::write(&json::Whole(self), out)
    }

    fn markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        lists::markdown::write(&self.problems(), out)
    }

    fn html(&self, out: &mut dyn Write) -> io::Result<()> {
        lists::html::write(&self.problems(), out)
    }
}

impl Checked for CheckReport {
    fn verdict(&self) -> String {
        words::verdict(self).to_owned()
    }

    fn problems(&self) -> ProblemReport {
        problems::of(self)
    }
}
