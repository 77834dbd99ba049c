//! `--record-a` and `--record-b`: what is known of the two builds.

use super::Error;
use repro::{model::Record, record};
use std::path::PathBuf;

/// Records of both sides.
#[derive(clap::Args, Debug)]
pub(super) struct Records {
    /// What a (of the gate: the reference) was built in: a record of `repro build`, a .buildinfo, a .BUILDINFO, or provenance
    #[arg(long, value_name = "FILE", requires = "record_b")]
    record_a: Option<PathBuf>,
    /// What b (of the gate: the artifact that was found) was built in
    #[arg(long, value_name = "FILE", requires = "record_a")]
    record_b: Option<PathBuf>,
}

impl Records {
    /// Reads them; none if none is given.
    pub(super) fn read(&self) -> Result<Option<[Record; 2]>, Error> {
        let (Some(a), Some(b)) = (&self.record_a, &self.record_b) else {
            return Ok(None);
        };
        let read = |path: &PathBuf| record::read(path).map_err(Error::new);
        Ok(Some([read(a)?, read(b)?]))
    }
}
