//! `repro merge`: many items, joined. One file a format; the items are read one by one as they are written.

mod html;
mod json;
mod markdown;
mod problems;
mod text;
mod words;

use crate::{
    model::{BatchLine, BatchReport, ProblemReport, RuleHelp},
    report::{
        format::Options,
        subject::{Checked, Report},
    },
};
use std::io::{self, Write};

/// What is done with each item.
pub type Act<'a> = &'a mut dyn FnMut(BatchLine) -> io::Result<()>;

/// Joined items.
pub struct Batch<'b> {
    /// What is known of all.
    pub found: &'b BatchReport,
    /// Reads the items in the order of the list, or those of an exit status.
    pub items: &'b dyn Fn(Option<u8>, Act<'_>) -> io::Result<()>,
    /// What a rule or cause is, by its id.
    pub rule: &'b dyn Fn(&str) -> Option<RuleHelp>,
}

impl Report for Batch<'_> {
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

impl Checked for Batch<'_> {
    fn verdict(&self) -> String {
        self.found.verdict.to_owned()
    }

    fn problems(&self) -> ProblemReport {
        problems::of(self)
    }
}

/// How many items are shown one by one, and how many were not.
struct Room {
    left: usize,
    hidden: usize,
}

impl Room {
    fn new(left: usize) -> Self {
        Self { left, hidden: 0 }
    }

    /// Whether there is room for one more.
    fn take(&mut self) -> bool {
        match self.left {
            0 => self.hidden += 1,
            _ => self.left -= 1,
        }
        self.hidden == 0
    }
}
