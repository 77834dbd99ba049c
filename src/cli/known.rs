//! `--record-a` and `--record-b`: what is known of the two builds.

use super::Error;
use repro::{model::Record, record};
use std::path::PathBuf;

/// Records of both sides.
#[derive(clap::Args, Debug)]
pub(super) struct Records {
    /// Record of the build of a (gate: of the reference): what `repro build --record` wrote, a .buildinfo, a .BUILDINFO, or provenance
    #[arg(long, value_name = "FILE", requires = "record_b")]
    record_a: Option<PathBuf>,
    /// Record of the build of b (gate: of the artifact that was found)
    #[arg(long, value_name = "FILE", requires = "record_a")]
    record_b: Option<PathBuf>,
}

impl Records {
    /// Reads them; none if none is given.
    pub(super) fn read(&self) -> Result<Option<[Record; 2]>, Error> {
        let (Some(a), Some(b)) = (&self.record_a, &self.record_b) else {
            return Ok(None);
        };
        let read = |path: &PathBuf| record::read(path).map_err(Error::from);
        Ok(Some([read(a)?, read(b)?]))
    }
}
