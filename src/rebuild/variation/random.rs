//! Other random bytes.

use super::{Backend, Missing, Variation, interposed};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `random`
pub struct Random;

impl Variation for Random {
    fn name(&self) -> &'static str {
        "random"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        interposed(machine, "random bytes")
    }
    fn vary(&self, environment: &mut Environment, _: &Machine) -> Result<(), Missing> {
        // The control's seeds are even.
        environment.random |= 1;
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["getrandom", "urandom"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["dev_random", "at_random", "proc_uuid"]
    }
}
