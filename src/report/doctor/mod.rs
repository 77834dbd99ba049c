//! `repro doctor`: one file a format.

mod markdown;
mod text;
mod words;

use crate::{
    model::DoctorReport,
    report::{format::Options, parts::json, subject::Report},
};
use std::io::{self, Write};

impl Report for DoctorReport {
    fn text(&self, options: Options, out: &mut dyn Write) -> io::Result<()> {
        text::write(self, options, out)
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        json::write(self, out)
    }

    fn markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        markdown::write(self, out)
    }
}
