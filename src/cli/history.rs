//! `repro history`

use super::{Error, Global, Status};

/// How often builds were reproducible, and what changed when they were not
#[derive(clap::Args, Debug)]
pub struct Args {}

pub fn run(_args: &Args, _global: &Global) -> Result<Status, Error> {
    Err(Error::new("history: not there yet"))
}
