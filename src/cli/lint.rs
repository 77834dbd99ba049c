//! `repro lint`

use super::{Error, Global, Status};

/// Find what in sources and build scripts makes builds differ
#[derive(clap::Args, Debug)]
pub struct Args {}

pub fn run(_args: &Args, _global: &Global) -> Result<Status, Error> {
    Err(Error::new("lint: not there yet"))
}
