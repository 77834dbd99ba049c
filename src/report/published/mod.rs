//! `repro rebuild`: one file a format.

mod html;
mod markdown;
mod problems;
mod text;
mod words;

use crate::{
    model::{ProblemReport, PublishedReport},
    report::{
        format::Options,
        parts::json,
        subject::{Checked, Report},
    },
};
use std::io::{self, Write};

impl Report for PublishedReport {
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

impl Checked for PublishedReport {
    fn verdict(&self) -> String {
        self.verdict.word().to_owned()
    }

    fn problems(&self) -> ProblemReport {
        problems::of(self)
    }
}
