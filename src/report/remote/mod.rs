//! `repro remote-check`: one file a format, and one for why a build missed a cache.

mod markdown;
mod miss;
mod text;
mod words;

use crate::{
    model::{MissReport, RemoteReport},
    report::{format::Options, parts::json, subject::Report},
};
use std::io::{self, Write};

impl Report for RemoteReport {
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

impl Report for MissReport {
    fn text(&self, options: Options, out: &mut dyn Write) -> io::Result<()> {
        miss::text(self, options, out)
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        json::write(self, out)
    }

    fn markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        miss::markdown(self, out)
    }
}
