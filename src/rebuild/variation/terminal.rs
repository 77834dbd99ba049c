//! Another kind and size of terminal, as TERM, COLUMNS and LINES say; there is none in any case.

use super::{Backend, Missing, Variation};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `terminal`
pub struct Terminal;

impl Variation for Terminal {
    fn name(&self) -> &'static str {
        "terminal"
    }
    fn backend(&self, _: &Machine) -> Result<Backend, Missing> {
        Ok(Backend::Environment)
    }
    fn vary(&self, environment: &mut Environment, _: &Machine) -> Result<(), Missing> {
        environment.terminal = "xterm-256color".to_owned();
        environment.columns = 132;
        environment.lines = 100;
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["TERM", "COLUMNS", "LINES"]
    }
}
