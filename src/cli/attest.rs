//! `repro attest`

use super::{Error, Global, Status};

/// Sign what was rebuilt
#[derive(clap::Args, Debug)]
pub struct Args {}

pub fn run(_args: &Args, _global: &Global) -> Result<Status, Error> {
    Err(Error::new("attest: not there yet"))
}
