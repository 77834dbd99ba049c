//! `repro verify`

use super::{Error, Global, Status};

/// Verify that k of n rebuilders agree on an artifact
#[derive(clap::Args, Debug)]
pub struct Args {}

pub fn run(_args: &Args, _global: &Global) -> Result<Status, Error> {
    Err(Error::new("verify: not there yet"))
}
