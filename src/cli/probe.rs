//! `repro _probe`: prints what a build would see in its place. `repro build` runs it in every environment that it tests.

use super::{Error, Global, Status};
use repro::rebuild::probe;

/// Print what a build would see here
#[derive(clap::Args, Debug)]
pub(super) struct Args {}

pub(super) fn run(global: &Global) -> Result<Status, Error> {
    let seen = probe::observe();
    global.write(|out| {
        serde_json::to_writer_pretty(&mut *out, &seen)?;
        writeln!(out)
    })?;
    Ok(Status::Same)
}
