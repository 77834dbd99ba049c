//! New files can be written by the group.

use super::{Backend, Missing, Variation};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `umask`
pub struct Umask;

impl Variation for Umask {
    fn name(&self) -> &'static str {
        "umask"
    }
    fn backend(&self, _: &Machine) -> Result<Backend, Missing> {
        Ok(Backend::Environment)
    }
    fn vary(&self, environment: &mut Environment, _: &Machine) -> Result<(), Missing> {
        environment.umask = 0o002;
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["umask", "new_file_mode"]
    }
}
