//! Another folder for temporary files.

use super::{Backend, Missing, Variation};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `tmpdir`
pub struct Tmpdir;

impl Variation for Tmpdir {
    fn name(&self) -> &'static str {
        "tmpdir"
    }
    fn backend(&self, _: &Machine) -> Result<Backend, Missing> {
        Ok(Backend::Environment)
    }
    fn vary(&self, environment: &mut Environment, machine: &Machine) -> Result<(), Missing> {
        environment.temporary = format!("{}/temporary", machine.base);
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["TMPDIR"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["temporary_folder"]
    }
}
